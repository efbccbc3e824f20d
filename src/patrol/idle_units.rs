//! Units that the plan gives no stop, each with the reason: nobody is left standing without a
//! word. Found after the search; what made a unit's round impossible is named before it.

use crate::patrol::feasible::{Obstacle, ObstacleWhy};
use crate::patrol::problem::{PlanProblem, StopFor};
use crate::patrol::rules::access::Access;
use crate::patrol::rules::reach::Reach;
use crate::patrol::rules::shift::Shift;
use crate::patrol::search::rounds::RoundStop;

/// The units without a stop, in the problem's order. A unit that is replanned has had its
/// part of the shift, and one that can't work or go anywhere is named before the search.
pub fn idle_units(problem: &PlanProblem, rounds: &[Vec<RoundStop>]) -> Vec<Obstacle> {
    if problem.candidates.is_empty() || problem.risk_total <= 0.0 {
        return Vec::new();
    }
    let (reach, access) = (Reach::new(problem), Access::new(problem));
    let units = problem.units.iter().enumerate().zip(rounds);
    units
        .filter(|((_, unit), round)| {
            // A unit that does nothing but rest has no stop either.
            let rests = |stop: &RoundStop| matches!(stop.what, StopFor::Break(_));
            round.iter().all(rests) && unit.so_far.is_none()
        })
        .filter_map(|((number, unit), _)| {
            Some(Obstacle::Idle {
                unit: unit.call_sign.clone(),
                why: why(problem, number, &reach, &access)?,
            })
        })
        .collect()
}

/// Why a unit has no stop; none where that was named before.
fn why(
    problem: &PlanProblem,
    unit: usize,
    reach: &Reach<'_>,
    access: &Access,
) -> Option<ObstacleWhy> {
    let shift = Shift::of(problem, unit);
    let start = unit as u32;
    if shift.from >= shift.until || shift.last_leave(start, reach).is_none() {
        return None;
    }
    let reached = |point: u32| {
        access.may(unit, point) && reach.arrive(start, point, shift.from) < shift.until
    };
    let first = problem.candidate_point(0) as u32;
    let last = problem.place_point(0) as u32;
    if !(first..last).any(reached) {
        return None;
    }
    let stay = problem.dwell_options_ms.first()?.div_ceil(1000);
    let mut worth_it = false;
    for (number, candidate) in problem.candidates.iter().enumerate() {
        let point = problem.candidate_point(number) as u32;
        if !reached(point) || candidate.risk_by_hour.iter().all(|&risk| risk <= 0.0) {
            continue;
        }
        worth_it = true;
        let arrive = reach.arrive(start, point, shift.from);
        let latest = shift.latest_begin(point, stay, reach);
        if latest.is_some_and(|latest| arrive <= latest) {
            return Some(ObstacleWhy::NothingGained);
        }
    }
    Some(match worth_it {
        true => ObstacleWhy::NoTimeToStop,
        false => ObstacleWhy::NothingThere,
    })
}

#[cfg(test)]
#[path = "idle_units_tests.rs"]
mod tests;
