//! New rounds after a change: a search from the present ones, in which every stop that
//! stays is worth a price.

use thiserror::Error;

use crate::patrol::problem::{PlanProblem, ProblemFault};
use crate::patrol::replan::adapt::{Adapted, adapt};
use crate::patrol::replan::change::Change;
use crate::patrol::replan::explain::{Stability, UnitChange, explain};
use crate::patrol::replan::late::{Late, widen};
use crate::patrol::replan::travel::Travel;
use crate::patrol::search::anneal::{covered, search_from};
use crate::patrol::search::budget::Budget;
use crate::patrol::search::rounds::{RoundStop, Rounds};
use crate::patrol::search::start::Start;

/// How things stand.
#[derive(Debug, Clone, Copy)]
pub struct Present<'a> {
    /// What was planned for.
    pub problem: &'a PlanProblem,
    /// The plan's rounds, in the problem's order, with the stops that have been made.
    pub rounds: &'a [Vec<RoundStop>],
    /// Second since the window's start.
    pub now_s: u32,
}

/// In expected incidents: far less than any stop covers.
const LEAST_PRICE: f64 = 1e-9;

/// How freely a plan may change.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct ReplanSettings {
    /// What it costs to change a stop, in what an average stop covers.
    pub price: f64,
    /// Temperature at the beginning, in average gains of a stop.
    pub hot: f64,
}

impl Default for ReplanSettings {
    fn default() -> Self {
        Self {
            price: 0.25,
            hot: 0.05,
        }
    }
}

impl ReplanSettings {
    /// A search from `stops`, for each unit those it was going to make, where each that stays
    /// is worth the price; the average gain of a stop is that of `planned`, the rounds that
    /// they are of.
    pub fn start<'a>(&self, stops: &'a [&'a [RoundStop]], planned: &[Vec<RoundStop>]) -> Start<'a> {
        let count: usize = planned.iter().map(Vec::len).sum();
        let gains: f64 = planned.iter().flatten().map(|s| s.gain).sum();
        Start {
            rounds: stops,
            // Where stops cover nothing, staying is worth next to nothing, but not nothing.
            price: (self.price * gains / count.max(1) as f64).max(LEAST_PRICE),
            hot: self.hot,
            ..Start::nothing()
        }
    }
}

/// A changed plan.
#[derive(Debug, Clone, PartialEq)]
pub struct Replanned {
    /// The problem from now on: the next change starts from it, and the referee checks by it.
    pub problem: PlanProblem,
    /// Its rounds, with the stops that have been made.
    pub rounds: Rounds,
    /// What changed, one a unit, in the problem's order.
    pub changes: Vec<UnitChange>,
    /// How much of the plan changed.
    pub stability: Stability,
    /// Covered incidents if everyone carried on with what can still be done of the plan.
    pub carried_on: f64,
    /// That nobody can be at a pressed pillar as soon as was asked.
    pub late: Option<Late>,
}

/// Why nothing can be replanned.
#[derive(Debug, Clone, PartialEq, Error)]
pub enum ReplanFault {
    /// The rounds are not those of the problem's units.
    #[error("the rounds are not the problem's units, in order")]
    Rounds,
    /// There is no such unit.
    #[error("the problem has no unit {0}")]
    UnknownUnit(usize),
    /// The travel times that were asked for have another size.
    #[error("travel times of a new point are missing")]
    Travel,
    /// The problem is not sound.
    #[error(transparent)]
    Problem(#[from] ProblemFault),
}

/// Adapts a plan to a change. `travel` is asked only for points that are new: of a unit that
/// is free elsewhere, a pillar, a new hot spot.
///
/// # Errors
/// [`ReplanFault`].
pub fn replan(
    present: &Present<'_>,
    change: &Change,
    travel: Travel<'_>,
    settings: &ReplanSettings,
    budget: &Budget<'_>,
) -> Result<Replanned, ReplanFault> {
    let Adapted { mut problem, rest } = adapt(present, change, travel)?;
    problem.check()?;
    let late = match change {
        Change::PillarPressed(_) => widen(&mut problem),
        _ => None,
    };
    let stops: Vec<&[RoundStop]> = rest.iter().map(Vec::as_slice).collect();
    let start = settings.start(&stops, present.rounds);
    let carried_on = covered(&problem, &start);
    let rounds = search_from(&problem, &start, budget)?;
    let (changes, stability) = explain(&problem, change, &rest, &rounds.of_unit);
    Ok(Replanned {
        problem,
        rounds,
        changes,
        stability,
        carried_on,
        late,
    })
}
