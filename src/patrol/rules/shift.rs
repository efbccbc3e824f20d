//! When a unit works: it leaves its start at the first whole second of its shift and has
//! left its last stop by the last.

use crate::patrol::problem::PatrolUnit;

/// A unit's working time in whole seconds since the window's start.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Shift {
    /// It may drive off from here on.
    pub from: u32,
    /// It has left its last stop by then.
    pub until: u32,
}

impl Shift {
    /// Rounded inwards.
    pub fn of(unit: &PatrolUnit) -> Self {
        Self {
            from: unit.from_ms.div_ceil(1000),
            until: unit.until_ms / 1000,
        }
    }

    /// The latest begin of a stay of `stay` seconds; none where the shift is too short.
    pub fn latest_begin(self, stay: u32) -> Option<u32> {
        self.until.checked_sub(stay).filter(|&t| t >= self.from)
    }
}
