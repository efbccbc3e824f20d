//! A month of nights planned one after the other on the same problem: how foreseeable plans
//! are, and what it costs to draw them.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use crate::app::plan::{PlanJobError, PlanRequest, load};
use crate::app::plan_earlier::{NIGHTS, visits_of_rounds};
use crate::app::plan_search::{SearchFrom, searched};
use crate::patrol::objective::unpredictable::{Foreseeable, Sight, foreseeable};
use crate::patrol::problem::{PlanProblem, StopFor};
use crate::patrol::search::rounds::Rounds;
use crate::roads::network::RoadNetwork;
use crate::store::workspace::Workspace;

/// How foreseeable nights are, by how their plans are chosen.
#[derive(Debug, Clone, PartialEq)]
pub struct NightsReport {
    /// The best plan found, searched by the same seed each night.
    pub same_seed: Foreseeable,
    /// The best plan found, by another seed each night.
    pub other_seed: Foreseeable,
    /// Near-best plans that repeat the nights before as little as they can, by another seed
    /// each night.
    pub drawn: Foreseeable,
    /// Covered incidents of the best plan of all nights.
    pub best_covered: f64,
}

/// Plans so many nights three ways; each night of the last two takes what the request gives.
/// Once `stop` is set, the nights planned so far are the answer.
///
/// # Errors
/// [`PlanJobError`].
pub async fn plan_nights(
    workspace: &Workspace,
    network: Option<Arc<RoadNetwork>>,
    request: &PlanRequest,
    nights: usize,
    stop: Arc<AtomicBool>,
) -> Result<NightsReport, PlanJobError> {
    let (ground, roads) = load(workspace, network, request).await?;
    let request = request.clone();
    let planned = tokio::task::spawn_blocking(move || {
        let posed = ground.pose(&*roads.open()?, request.seed)?;
        nights_on(posed.problem, &request, nights, &stop)
    });
    planned.await.map_err(|_| PlanJobError::BrokenOff)?
}

fn nights_on(
    mut problem: PlanProblem,
    request: &PlanRequest,
    nights: usize,
    stop: &AtomicBool,
) -> Result<NightsReport, PlanJobError> {
    let (mut best, mut drawn): (Vec<Rounds>, Vec<Rounds>) = (Vec::new(), Vec::new());
    for night in 0..nights as u64 {
        if night > 0 && stop.load(Ordering::Relaxed) {
            break;
        }
        problem.seed = request.seed.wrapping_add(night);
        best.push(searched(&problem, request, SearchFrom::default(), stop)?.0);
        let earlier = drawn.iter().rev().take(NIGHTS as usize);
        let earlier: Vec<_> = earlier.map(visits_of_rounds).collect();
        let from = SearchFrom {
            draw: Some((problem.seed, earlier.as_slice())),
            ..SearchFrom::default()
        };
        drawn.push(searched(&problem, request, from, stop)?.0);
    }
    let all = best.iter().chain(&drawn);
    let best_of = |rounds: &Rounds| rounds.drawn.map_or(rounds.value, |d| d.best_value);
    let best_covered = all.map(best_of).fold(0.0, f64::max);
    let first = best.first().cloned();
    let same: Vec<Rounds> = first.into_iter().cycle().take(best.len()).collect();
    let window_s = problem.window_s() as i64;
    let figures = |rounds: &[Rounds]| {
        let sights: Vec<Vec<Sight>> = rounds.iter().map(|r| sights_of(&problem, r)).collect();
        let loss = |r: &Rounds| match best_covered > 0.0 {
            true => 1.0 - r.value / best_covered,
            false => 0.0,
        };
        let losses: Vec<f64> = rounds.iter().map(loss).collect();
        foreseeable(&sights, window_s, &losses)
    };
    Ok(NightsReport {
        same_seed: figures(&same),
        other_seed: figures(&best),
        drawn: figures(&drawn),
        best_covered,
    })
}

fn sights_of(problem: &PlanProblem, rounds: &Rounds) -> Vec<Sight> {
    let stops = rounds.of_unit.iter().flatten();
    let sight = stops.filter_map(|stop| match stop.what {
        StopFor::Candidate(c) => Some(Sight {
            place: problem.candidates[c].cell.number(),
            second: i64::from(stop.arrive_s),
        }),
        StopFor::MustVisit { .. } | StopFor::Break(_) => None,
    });
    sight.collect()
}
