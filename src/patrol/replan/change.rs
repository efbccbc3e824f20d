//! What has happened in mid-shift.

use crate::patrol::problem::{Candidate, MustVisit};
use crate::roads::network::Snap;

/// One change; units by their place in the problem.
#[derive(Debug, Clone, PartialEq)]
pub enum Change {
    /// A unit is sent to a call: its stop under way is broken off.
    SentToCall {
        /// Which.
        unit: usize,
        /// Where and when it is thought to be free again; none: it is not counted on.
        back: Option<FreeAgain>,
    },
    /// A unit is free now.
    Back {
        /// Which.
        unit: usize,
        /// Where it is.
        at: Snap,
    },
    /// An alarm pillar is pressed: someone has to go there. Its windows say by when.
    PillarPressed(MustVisit),
    /// More is expected at a cell than was planned for: a new candidate, or a known one with
    /// other risk.
    NewHotspot(Candidate),
    /// A unit makes no more stops in this shift.
    DropsOut {
        /// Which.
        unit: usize,
    },
    /// Nothing but time: what is left may be improved.
    TimePassed,
}

/// Where and when a unit is free again.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct FreeAgain {
    /// Where, on the road.
    pub at: Snap,
    /// Second since the window's start.
    pub second: u32,
}

impl Change {
    /// The unit that it is about.
    pub fn unit(&self) -> Option<usize> {
        match self {
            Self::SentToCall { unit, .. } | Self::Back { unit, .. } | Self::DropsOut { unit } => {
                Some(*unit)
            }
            Self::PillarPressed(_) | Self::NewHotspot(_) | Self::TimePassed => None,
        }
    }
}
