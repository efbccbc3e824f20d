//! The nights before: stored plans for the same hours of earlier days, which a drawn plan
//! repeats as little as it can.

use std::collections::BTreeMap;

use jiff::SignedDuration;

use crate::calendar::window::Window;
use crate::patrol::plan::PatrolPlan;
use crate::patrol::point_visits::{PointVisit, visits_of};
use crate::patrol::problem::{PlanProblem, StopFor};
use crate::patrol::search::foreseen::EarlierVisit;
use crate::patrol::search::rounds::Rounds;
use crate::store::error::StoreError;
use crate::store::workspace::Workspace;

/// So many nights are remembered.
pub const NIGHTS: i64 = 7;
/// So many of the newest plans are looked through.
const PLANS_LOOKED_AT: u32 = 200;
/// A window is at the same hours if it begins within so long of them: clocks change.
const ABOUT: SignedDuration = SignedDuration::from_hours(1);

/// The plans for the same hours of the days before, the last day first; of several for a day
/// the newest.
///
/// # Errors
/// [`StoreError`].
pub async fn earlier_plans(
    workspace: &Workspace,
    window: Window,
) -> Result<Vec<PatrolPlan>, StoreError> {
    let mut of_day = BTreeMap::new();
    // Newest first: the first one of a day stays.
    for plan in workspace.plans(PLANS_LOOKED_AT).await? {
        let before = window.start().duration_since(plan.window.start());
        let days = (before + ABOUT).as_hours() / 24;
        let off = before - SignedDuration::from_hours(24 * days);
        if (1..=NIGHTS).contains(&days) && off.abs() <= ABOUT {
            of_day.entry(days).or_insert(plan.id);
        }
    }
    let mut plans = Vec::with_capacity(of_day.len());
    for id in of_day.into_values() {
        plans.extend(workspace.plan(id.as_str()).await?);
    }
    Ok(plans)
}

/// The visits to points by the stored plans of earlier shifts, as far back as `longest` before
/// a window; of several plans for a shift those of the newest. Plans that are stored count,
/// whether or not anybody follows them.
///
/// # Errors
/// [`StoreError`].
pub async fn visits_before(
    workspace: &Workspace,
    window: Window,
    longest: SignedDuration,
) -> Result<Vec<PointVisit>, StoreError> {
    let since = window.start().checked_sub(longest).ok();
    let mut of_shift = BTreeMap::new();
    // Newest first: the first one of a shift stays.
    for plan in workspace.plans(PLANS_LOOKED_AT).await? {
        let is_earlier = plan.window.start() < window.start();
        if is_earlier && since.is_none_or(|since| plan.window.end() > since) {
            of_shift.entry(plan.window.start()).or_insert(plan.id);
        }
    }
    let mut visits = Vec::new();
    for id in of_shift.into_values() {
        if let Some(plan) = workspace.plan(id.as_str()).await? {
            visits.extend(visits_of(&plan, window.start()));
        }
    }
    Ok(visits)
}

/// The visits of a stored plan, as far as the problem has its cells.
pub fn visits_of_plan(problem: &PlanProblem, plan: &PatrolPlan) -> Vec<EarlierVisit> {
    let number_of: BTreeMap<_, _> = problem
        .candidates
        .iter()
        .enumerate()
        .map(|(number, candidate)| (candidate.cell, number))
        .collect();
    let start = plan.window.start().as_second();
    let stops = plan.routes.iter().flat_map(|route| &route.stops);
    let visit = stops.filter_map(|stop| {
        Some(EarlierVisit {
            candidate: *number_of.get(&stop.cell?)?,
            second: u32::try_from(stop.begins.unwrap_or(stop.arrival).as_second() - start).ok()?,
        })
    });
    visit.collect()
}

/// The visits of rounds.
pub fn visits_of_rounds(rounds: &Rounds) -> Vec<EarlierVisit> {
    let stops = rounds.of_unit.iter().flatten();
    let visit = stops.filter_map(|stop| match stop.what {
        StopFor::Candidate(candidate) => Some(EarlierVisit {
            candidate,
            second: stop.begin_s,
        }),
        StopFor::MustVisit { .. } | StopFor::Break(_) => None,
    });
    visit.collect()
}
