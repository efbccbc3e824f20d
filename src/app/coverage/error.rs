//! Why there is no answer about coverage, and whose fault it is.

use thiserror::Error;

use crate::app::risk::RiskJobError;
use crate::grid::hexgrid::GridError;
use crate::patrol::coverage::rings::CoverageFault;
use crate::risk::model::RiskError;
use crate::roads::network::RoadError;
use crate::store::error::StoreError;

/// Why there is no answer.
#[derive(Debug, Error)]
pub enum CoverageJobError {
    /// The store.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// The surface that says where calls are expected.
    #[error(transparent)]
    Risk(#[from] RiskJobError),
    /// The stored roads.
    #[error(transparent)]
    Roads(#[from] RoadError),
    /// Rings or busy fraction.
    #[error(transparent)]
    Coverage(#[from] CoverageFault),
    /// No roads imported.
    #[error("the workspace has no roads: import them with --as roads FILE.osm.pbf")]
    NoRoads,
    /// Nobody whose coverage it could be.
    #[error(
        "no idle unit that drives and no post stands by a road: import units with --as units (some of them idle), or posts with --as posts"
    )]
    NoSources,
    /// A unit that the workspace does not have.
    #[error("no unit has the id or call sign {0:?}")]
    UnknownUnit(String),
    /// No unit that could be told where to stand.
    #[error(
        "no idle unit that drives stands by a road: set units idle, or import some with --as units"
    )]
    NoUnits,
    /// Nothing is expected.
    #[error("no incident is expected anywhere in the window: there is nothing to cover")]
    NoDemand,
    /// All demand is far from roads.
    #[error("no cell where an incident is expected lies within {0} m of an imported road")]
    AllOffRoad(u32),
    /// A number that can't be asked for.
    #[error("{0}")]
    Unfit(String),
    /// The program is shutting down.
    #[error("the computation was broken off; ask again")]
    BrokenOff,
}

impl From<GridError> for CoverageJobError {
    fn from(fault: GridError) -> Self {
        Self::Risk(RiskJobError::Risk(RiskError::Grid(fault)))
    }
}

impl CoverageJobError {
    /// Whether whoever asked must ask otherwise (and not the workspace be mended).
    pub fn is_of_the_question(&self) -> bool {
        match self {
            Self::Coverage(_) | Self::Unfit(_) | Self::UnknownUnit(_) => true,
            Self::Risk(fault) => matches!(fault, RiskJobError::Risk(_)),
            _ => false,
        }
    }
}
