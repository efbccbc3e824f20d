//! Pins: a candidate that has to be stopped at, by a given unit or by any, within a time;
//! or a must-visit's due that a given unit has to keep.

use crate::patrol::problem::{PlanProblem, StopFor};
use crate::patrol::rules::due::{Due, DueFor};

/// The number of the stay at a pinned candidate: the middle one of those allowed.
fn option(problem: &PlanProblem) -> usize {
    problem.dwell_options_ms.len() / 2
}

/// How long a pinned candidate is stopped at, seconds.
pub fn stay_s(problem: &PlanProblem) -> u32 {
    problem.dwell_options_ms[option(problem)].div_ceil(1000)
}

/// An errand for each pinned candidate.
pub fn dues(problem: &PlanProblem) -> Vec<Due> {
    let option = option(problem);
    let pins = problem.pins.iter().enumerate();
    pins.filter_map(|(p, pin)| {
        let StopFor::Candidate(cell) = pin.what else {
            return None;
        };
        Some(Due {
            what: DueFor::Pin {
                pin: p as u32,
                cell: cell as u32,
                option: option as u8,
            },
            point: problem.candidate_point(cell) as u32,
            opens: pin.window_ms.0.div_ceil(1000),
            closes: (pin.window_ms.1 - 1) / 1000,
            stay: stay_s(problem),
            unit: pin.unit.map(|unit| unit as u32),
            possible: false,
        })
    })
    .collect()
}

/// Binds the dues of pinned must-visits to their unit and time.
pub fn bind(problem: &PlanProblem, dues: &mut [Due]) {
    for pin in &problem.pins {
        let StopFor::MustVisit { must_visit, window } = pin.what else {
            continue;
        };
        let pinned = DueFor::MustVisit {
            must_visit: must_visit as u32,
            window: window as u32,
        };
        for due in dues.iter_mut().filter(|due| due.what == pinned) {
            due.unit = pin.unit.map(|unit| unit as u32).or(due.unit);
            due.opens = due.opens.max(pin.window_ms.0.div_ceil(1000));
            due.closes = due.closes.min((pin.window_ms.1 - 1) / 1000);
        }
    }
}
