//! When a unit works: it leaves its start at the first whole second of its shift and has
//! left its last stop by the last; where its end is given, it is there by then.

use crate::patrol::problem::PlanProblem;
use crate::patrol::rules::reach::Reach;

/// A unit's working time in whole seconds since the window's start.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Shift {
    /// It may drive off from here on.
    pub from: u32,
    /// It has left its last stop by then, and is at its end.
    pub until: u32,
    /// The point where it has to be then.
    pub end: Option<u32>,
}

impl Shift {
    /// Rounded inwards.
    pub fn of(problem: &PlanProblem, unit: usize) -> Self {
        let of = &problem.units[unit];
        Self {
            from: of.from_ms.div_ceil(1000),
            until: of.until_ms / 1000,
            end: of.end.map(|place| problem.place_point(place) as u32),
        }
    }

    /// The last second at which it may leave a point for good; none where it can't be at
    /// its end in time from there.
    pub fn last_leave(self, point: u32, reach: &Reach<'_>) -> Option<u32> {
        let leave = match self.end {
            None => Some(self.until),
            Some(end) => reach.leave_by(point, end, self.until),
        };
        leave.filter(|&leave| leave >= self.from)
    }

    /// The latest begin of a stay of `stay` seconds at a point; none where there is none.
    pub fn latest_begin(self, point: u32, stay: u32, reach: &Reach<'_>) -> Option<u32> {
        self.last_leave(point, reach)?
            .checked_sub(stay)
            .filter(|&t| t >= self.from)
    }
}
