//! Why a question has no answer, and whose fault it is.

use thiserror::Error;

use crate::app::risk::RiskJobError;
use crate::grid::hexgrid::GridError;
use crate::risk::model::RiskError;
use crate::risk::statistics::error::StatisticsError;
use crate::store::error::StoreError;

/// Why a question has no answer.
#[derive(Debug, Error)]
pub enum StatisticsJobError {
    /// The store.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// The surface that a question is about, or an unknown category.
    #[error(transparent)]
    Risk(#[from] RiskJobError),
    /// The figures.
    #[error(transparent)]
    Statistics(#[from] StatisticsError),
    /// There is nothing to look at.
    #[error("the workspace has no incidents: import some first")]
    NoIncidents,
    /// There is nothing to set it against.
    #[error("the workspace has no beats: import some with --as beats")]
    NoBeats,
    /// An area that is neither a beat nor a patrol zone.
    #[error("there is no beat or patrol zone {id:?}; known: {known}")]
    UnknownArea {
        /// As given.
        id: String,
        /// Some that are known.
        known: String,
    },
    /// Areas that share ground: an incident would count on both sides.
    #[error("{one} and {other} share ground: an incident there would count twice")]
    Overlap {
        /// What one area is for.
        one: String,
        /// What the other is for.
        other: String,
    },
    /// Something that must not be so.
    #[error("{0}")]
    Unfit(String),
    /// The program is shutting down.
    #[error("the computation was broken off; ask again")]
    BrokenOff,
}

impl From<GridError> for StatisticsJobError {
    fn from(fault: GridError) -> Self {
        Self::Risk(RiskJobError::Risk(RiskError::Grid(fault)))
    }
}

impl StatisticsJobError {
    /// Whether whoever asked must ask otherwise (and not the workspace be mended).
    pub fn is_of_the_question(&self) -> bool {
        match self {
            Self::Store(_) | Self::BrokenOff | Self::NoIncidents | Self::NoBeats => false,
            Self::Risk(fault) => matches!(fault, RiskJobError::Risk(_)),
            Self::Statistics(_)
            | Self::UnknownArea { .. }
            | Self::Overlap { .. }
            | Self::Unfit(_) => true,
        }
    }
}
