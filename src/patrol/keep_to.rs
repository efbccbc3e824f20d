//! A plan that keeps to an earlier one of the same shift: the earlier rounds in the numbers
//! of the new problem, for the search to start from.

use std::collections::HashMap;

use crate::patrol::basis::PlanBasis;
use crate::patrol::problem::{Pin, PlanProblem, StopFor};
use crate::patrol::search::rounds::RoundStop;

/// The earlier plan's rounds, one a unit of the problem, in its order; empty for a unit that
/// the earlier plan did not have. Left out are stops at what the problem has no more, and
/// those at a place that the problem wants from another unit, or from this one at another
/// time: it is there that the plans are to differ.
///
/// Both are of the same window: seconds are taken as they are.
pub fn rounds_kept_to(problem: &PlanProblem, earlier: &PlanBasis) -> Vec<Vec<RoundStop>> {
    let was = &earlier.problem;
    let candidates = problem.candidates.iter().enumerate();
    let candidates: HashMap<_, _> = candidates.map(|(number, at)| (at.cell, number)).collect();
    let must_visits = problem.must_visits.iter().enumerate();
    let must_visits: HashMap<_, _> = must_visits
        .map(|(number, at)| (at.id.as_str(), number))
        .collect();
    let now = |what: StopFor| match what {
        StopFor::Candidate(number) => {
            let cell = was.candidates.get(number)?.cell;
            Some(StopFor::Candidate(*candidates.get(&cell)?))
        }
        StopFor::MustVisit { must_visit, window } => {
            let id = was.must_visits.get(must_visit)?.id.as_str();
            Some(StopFor::MustVisit {
                must_visit: *must_visits.get(id)?,
                window,
            })
        }
        // The search places breaks by itself.
        StopFor::Break(_) => None,
    };
    let wanted_elsewhere = |unit: usize, stop: &RoundStop| {
        let mut pins = problem.pins.iter().filter(|pin| pin.what == stop.what);
        let fits = |pin: &Pin| {
            let begin_ms = stop.begin_s.saturating_mul(1000);
            pin.unit.is_none_or(|of| of == unit)
                && (pin.window_ms.0..pin.window_ms.1).contains(&begin_ms)
        };
        let pinned = problem.pins.iter().any(|pin| pin.what == stop.what);
        pinned && !pins.any(fits)
    };
    let round_of = |unit: usize, id| {
        let before = was.units.iter().position(|other| other.id == id);
        let round = before.and_then(|number| earlier.rounds.get(number));
        let stops = round.map(Vec::as_slice).unwrap_or_default().iter();
        let stops = stops.filter_map(|stop| {
            let what = now(stop.what)?;
            Some(RoundStop { what, ..*stop })
        });
        stops.filter(|stop| !wanted_elsewhere(unit, stop)).collect()
    };
    let units = problem.units.iter().enumerate();
    units
        .map(|(unit, of)| round_of(unit, of.id.clone()))
        .collect()
}
