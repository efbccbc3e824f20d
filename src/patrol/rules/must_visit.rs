//! Must-visits: each window of each point is one errand that some unit has to begin within
//! it. Who is early waits; who is late has missed it.

use crate::patrol::problem::PlanProblem;
use crate::patrol::rules::reach::Reach;
use crate::patrol::rules::shift::Shift;

/// One window of one must-visit point, in whole seconds since the window's start.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Due {
    /// Which point, in the problem's order.
    pub must_visit: u32,
    /// Which of its windows.
    pub window: u32,
    /// Its row in the matrix.
    pub point: u32,
    /// The stay begins at this second at the earliest.
    pub opens: u32,
    /// The stay begins at this second at the latest.
    pub closes: u32,
    /// How long to stay.
    pub stay: u32,
    /// Whether any unit can keep it if it does nothing else.
    pub possible: bool,
}

/// Every due of a problem, in its order.
///
/// `possible` is exact: the drive straight from the start is the earliest arrival there is,
/// since travel times are shortest paths and each stop in between costs time.
pub fn dues(problem: &PlanProblem, reach: &Reach<'_>) -> Vec<Due> {
    let mut dues = Vec::new();
    for (m, must) in problem.must_visits.iter().enumerate() {
        for (w, &(from, until)) in must.windows_ms.iter().enumerate() {
            let mut due = Due {
                must_visit: m as u32,
                window: w as u32,
                point: problem.must_visit_point(m) as u32,
                opens: from.div_ceil(1000),
                // The last whole second before `until`: `begin × 1000 < until`.
                closes: (until - 1) / 1000,
                stay: must.dwell_ms.div_ceil(1000),
                possible: false,
            };
            due.possible = due.opens <= due.closes
                && problem.units.iter().enumerate().any(|(u, unit)| {
                    let shift = Shift::of(unit);
                    let arrival =
                        shift.from + reach.seconds(problem.unit_point(u) as u32, due.point);
                    let begin = arrival.max(due.opens);
                    begin <= due.closes
                        && shift
                            .latest_begin(due.stay)
                            .is_some_and(|latest| begin <= latest)
                });
            dues.push(due);
        }
    }
    dues
}
