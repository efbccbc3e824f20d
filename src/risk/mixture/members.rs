//! The members of the mixture: how far an event's risk reaches (scales), how long it lasts
//! (memories), and whether the hour matters.

use crate::risk::mixture::hour_classes::HourReach;

/// How far risk reaches from an event, metres: 0 is the event's own cell and no further,
/// else the radius of a quartic kernel (2.6 times the σ of a Gaussian as wide).
pub const SCALES_M: [f64; 5] = [0.0, 260.0, 520.0, 1040.0, 2600.0];

/// How long it lasts: half-lives in days; none: for ever.
pub const MEMORIES_DAYS: [Option<f64>; MEMORIES] = [
    None,
    Some(720.0),
    Some(365.0),
    Some(180.0),
    Some(90.0),
    Some(45.0),
    Some(15.0),
];

/// How many memories each scale has.
pub const MEMORIES: usize = 7;

/// Scales at which the hour of an event is looked at, metres as in [`SCALES_M`]; all with
/// the same long memory, since an hour's events are few.
pub const HOUR_SCALES_M: [f64; 3] = [0.0, 520.0, 1040.0];

/// One member.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Member {
    /// Every square kilometre alike.
    Even,
    /// Events of all hours.
    Space {
        /// Place in [`SCALES_M`].
        scale: usize,
        /// Place in [`MEMORIES_DAYS`].
        memory: usize,
    },
    /// Events of hours like those of the window.
    Hours {
        /// Place in [`HOUR_SCALES_M`].
        scale: usize,
        /// How alike hours must be.
        reach: HourReach,
    },
}

impl Member {
    /// All members, in the order of their weights. Those of hours only where hours matter.
    pub fn all(hours_matter: bool) -> Vec<Self> {
        let mut members = vec![Self::Even];
        for scale in 0..SCALES_M.len() {
            members.extend((0..MEMORIES).map(|memory| Self::Space { scale, memory }));
        }
        if hours_matter {
            for scale in 0..HOUR_SCALES_M.len() {
                members.extend(HourReach::ALL.map(|reach| Self::Hours { scale, reach }));
            }
        }
        members
    }

    /// How far risk reaches under this member, metres; None: everywhere alike.
    pub fn reach_m(self) -> Option<f64> {
        match self {
            Self::Even => None,
            Self::Space { scale, .. } => SCALES_M.get(scale).copied(),
            Self::Hours { scale, .. } => HOUR_SCALES_M.get(scale).copied(),
        }
    }
}
