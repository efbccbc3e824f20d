//! Why there are no zones, and whose fault it is.

use thiserror::Error;

use crate::app::risk::RiskJobError;
use crate::grid::dissolve::DissolveError;
use crate::patrol::simulator::town::SimulationFault;
use crate::patrol::zones::ground::ZoneFault;
use crate::roads::network::RoadError;
use crate::store::error::StoreError;

/// Why there are none.
#[derive(Debug, Error)]
pub enum ZonesJobError {
    /// The store.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// The surface that says where calls are expected.
    #[error(transparent)]
    Risk(#[from] RiskJobError),
    /// The stored roads.
    #[error(transparent)]
    Roads(#[from] RoadError),
    /// The division.
    #[error(transparent)]
    Zones(#[from] ZoneFault),
    /// The simulation.
    #[error(transparent)]
    Simulation(#[from] SimulationFault),
    /// A zone has no outline.
    #[error("the zone {name} can't be drawn ({fault}); please report this")]
    Outline {
        /// Its name.
        name: String,
        /// Why.
        fault: DissolveError,
    },
    /// There is nothing to start from or to compare with.
    #[error(
        "the workspace has no {0}: import some with --as {0}, or draft from nothing with --count"
    )]
    NoAreas(&'static str),
    /// A name that none has.
    #[error("there is no beat {name:?} to lock; known: {known}")]
    UnknownLock {
        /// As given.
        name: String,
        /// Some that are known.
        known: String,
    },
    /// Something that must not be so.
    #[error("{0}")]
    Unfit(String),
    /// The program is shutting down.
    #[error("the computation was broken off; ask again")]
    BrokenOff,
}

impl ZonesJobError {
    /// Whether whoever asked must ask otherwise (and not the workspace be mended).
    pub fn is_of_the_question(&self) -> bool {
        match self {
            Self::UnknownLock { .. } | Self::Unfit(_) => true,
            Self::Risk(fault) => matches!(fault, RiskJobError::Risk(_)),
            Self::Zones(fault) => matches!(
                fault,
                ZoneFault::Count { .. }
                    | ZoneFault::MovedShare(_)
                    | ZoneFault::NothingToMove(_)
                    | ZoneFault::Work
            ),
            _ => false,
        }
    }
}
