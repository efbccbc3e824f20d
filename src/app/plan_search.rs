//! The search of a plan, as long as a request allows.

use std::sync::atomic::AtomicBool;

use crate::app::plan::{PlanJobError, PlanRequest};
use crate::app::plan_clock::SearchClock;
use crate::patrol::plan::SearchRecord;
use crate::patrol::problem::PlanProblem;
use crate::patrol::replan::replan::ReplanSettings;
use crate::patrol::search::anneal::search_from;
use crate::patrol::search::budget::Budget;
use crate::patrol::search::foreseen::EarlierVisit;
use crate::patrol::search::rounds::{RoundStop, Rounds};
use crate::patrol::search::start::Start;

/// What a search begins with; nothing by default.
#[derive(Debug, Clone, Copy, Default)]
pub struct SearchFrom<'a> {
    /// Draw a plan by this seed that repeats these visits of earlier nights as little as it
    /// can.
    pub draw: Option<(u64, &'a [Vec<EarlierVisit>])>,
    /// The rounds of a plan to keep to, one a unit; none where empty.
    pub kept: &'a [Vec<RoundStop>],
}

/// Searches until the iterations or the time that the request gives are used.
///
/// # Errors
/// [`PlanJobError::Problem`].
pub fn searched(
    problem: &PlanProblem,
    request: &PlanRequest,
    from: SearchFrom<'_>,
    stop: &AtomicBool,
) -> Result<(Rounds, SearchRecord), PlanJobError> {
    let clock = SearchClock::start(request.deadline_ms, request.iterations, stop);
    let time_used = || clock.used();
    let budget = Budget {
        iterations: request.iterations.unwrap_or(u64::MAX),
        time_used: &time_used,
    };
    let kept: Vec<&[RoundStop]> = from.kept.iter().map(Vec::as_slice).collect();
    // A stop is worth as much for staying as when a plan is changed in mid-shift.
    let begin = match kept.iter().all(|round| round.is_empty()) {
        true => Start::nothing(),
        false => ReplanSettings::default().start(&kept, from.kept),
    };
    let start = Start {
        draw: from.draw.map(|(seed, _)| seed),
        earlier: from.draw.map_or(&[], |(_, earlier)| earlier),
        ..begin
    };
    let rounds = search_from(problem, &start, &budget)?;
    let record = SearchRecord {
        iterations: rounds.iterations,
        iterations_asked: request.iterations,
        kept_stops: (!from.kept.is_empty())
            .then(|| from.kept.iter().map(Vec::len).sum::<usize>() as u32),
        ended_by: clock.ended_by(request.iterations.is_some_and(|n| rounds.iterations >= n)),
    };
    Ok((rounds, record))
}
