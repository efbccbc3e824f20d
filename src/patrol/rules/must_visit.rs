//! Must-visits: each window of each point is one errand that some unit has to begin within
//! it. Who is early waits; who is late has missed it.

use crate::patrol::problem::PlanProblem;
use crate::patrol::rules::due::{Due, DueFor};

/// Every due window, in the problem's order.
pub fn dues(problem: &PlanProblem) -> Vec<Due> {
    let mut dues = Vec::new();
    for (m, must) in problem.must_visits.iter().enumerate() {
        for (w, &(from, until)) in must.windows_ms.iter().enumerate() {
            dues.push(Due {
                what: DueFor::MustVisit {
                    must_visit: m as u32,
                    window: w as u32,
                },
                point: problem.must_visit_point(m) as u32,
                opens: from.div_ceil(1000),
                // The last whole second before `until`: `begin × 1000 < until`.
                closes: (until - 1) / 1000,
                stay: must.dwell_ms.div_ceil(1000),
                unit: None,
                possible: false,
            });
        }
    }
    dues
}
