//! What has to be done: errands that some unit has to begin within a window. Must-visits,
//! pinned stops and breaks are all of this kind; each has its own file that makes them.

use crate::patrol::problem::PlanProblem;
use crate::patrol::rules::access::Access;
use crate::patrol::rules::must_visit;
use crate::patrol::rules::pin;
use crate::patrol::rules::reach::Reach;
use crate::patrol::rules::rest;
use crate::patrol::rules::shift::Shift;

/// Stands for "wherever the unit is" as the point of an errand.
pub const ANYWHERE: u32 = u32::MAX;

/// What a due is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum DueFor {
    /// One window of a must-visit.
    MustVisit {
        /// Which point, in the problem's order.
        must_visit: u32,
        /// Which of its windows.
        window: u32,
    },
    /// A pinned stop at a candidate.
    Pin {
        /// Which pin, in the problem's order.
        pin: u32,
        /// Which candidate.
        cell: u32,
        /// Which of the allowed dwell times.
        option: u8,
    },
    /// A unit's break.
    Break {
        /// Whose.
        unit: u32,
        /// Which of its breaks.
        number: u32,
    },
}

/// One errand that has to be run; whole seconds since the window's start.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Due {
    /// What for.
    pub what: DueFor,
    /// Its row in the matrix, or [`ANYWHERE`].
    pub point: u32,
    /// The stay begins at this second at the earliest.
    pub opens: u32,
    /// The stay begins at this second at the latest.
    pub closes: u32,
    /// How long to stay.
    pub stay: u32,
    /// The only unit that may run it; none: any.
    pub unit: Option<u32>,
    /// Whether any unit can run it if it does nothing else.
    pub possible: bool,
}

/// Every due of a checked problem: must-visits', then pins', then breaks', each in the
/// problem's order.
pub fn dues(problem: &PlanProblem, reach: &Reach<'_>, access: &Access) -> Vec<Due> {
    let mut dues = must_visit::dues(problem);
    dues.extend(pin::dues(problem));
    pin::bind(problem, &mut dues);
    dues.extend(rest::dues(problem));
    for due in &mut dues {
        due.possible = (0..problem.units.len())
            .any(|unit| earliest_begin(problem, reach, access, due, unit).is_some());
    }
    dues
}

/// When a unit can begin a due at the earliest if it does nothing else; none where it can't
/// in time, or may not.
///
/// Exact: the drive straight from the start is the earliest arrival there is, since travel
/// times are shortest paths, who leaves later never arrives earlier, and each stop in
/// between costs time.
pub fn earliest_begin(
    problem: &PlanProblem,
    reach: &Reach<'_>,
    access: &Access,
    due: &Due,
    unit: usize,
) -> Option<u32> {
    if due.unit.is_some_and(|only| only != unit as u32) {
        return None;
    }
    let shift = Shift::of(problem, unit);
    let start = problem.unit_point(unit) as u32;
    let (point, arrival) = match due.point {
        ANYWHERE => (start, shift.from),
        point if access.may(unit, point) => (point, reach.arrive(start, point, shift.from)),
        _ => return None,
    };
    let begin = arrival.max(due.opens);
    if begin > due.closes {
        return None;
    }
    if due.point == ANYWHERE {
        // It could be taken anywhere, also where the shift ends.
        let latest = shift.until.checked_sub(due.stay)?;
        return (begin <= latest && shift.last_leave(start, reach).is_some()).then_some(begin);
    }
    let latest = shift.latest_begin(point, due.stay, reach)?;
    (begin <= latest).then_some(begin)
}
