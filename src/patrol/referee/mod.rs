//! The referee: is this plan what it says, by the problem alone?
//!
//! Re-derives times, windows, rules and gains from the plan and the problem, sharing no code
//! with `rules/` or `search/`, and collects every fault. A plan that fails is never shown.

pub mod fault;

mod dues;
mod gains;
mod instead;
mod lines;
mod places;
mod stops;
mod times;

use std::collections::BTreeMap;

use jiff::Timestamp;

use crate::patrol::plan::{PatrolPlan, Stop};
use crate::patrol::problem::PlanProblem;
use crate::patrol::referee::fault::Fault;
use crate::patrol::referee::places::Place;

/// Numbers may differ by so much: two ways of adding up the same ones.
const ROUNDING: f64 = 1e-9;

/// Checks a plan.
///
/// # Errors
/// Every [`Fault`] found.
pub fn check(problem: &PlanProblem, plan: &PatrolPlan) -> Result<(), Vec<Fault>> {
    let starts_as_said = |number: usize| {
        let (route, unit) = (&plan.routes[number], &problem.units[number]);
        let start = unit.so_far.as_ref().map_or(unit.start, |s| s.start);
        route.unit == unit.id && route.call_sign == unit.call_sign && route.start == start.position
    };
    if plan.window != problem.window
        || plan.routes.len() != problem.units.len()
        || !(0..plan.routes.len()).all(starts_as_said)
    {
        return Err(vec![Fault::Units]);
    }
    let mut referee = Referee {
        problem,
        plan,
        faults: Vec::new(),
        seen: Vec::new(),
        kept: BTreeMap::new(),
    };
    for number in 0..plan.routes.len() {
        referee.route(number);
        referee.line(number);
    }
    referee.windows();
    referee.breaks();
    referee.pins();
    referee.frequencies();
    referee.gains();
    if referee.faults.is_empty() {
        referee.instead();
    }
    if referee.faults.is_empty() {
        Ok(())
    } else {
        Err(referee.faults)
    }
}

struct Referee<'a> {
    problem: &'a PlanProblem,
    plan: &'a PatrolPlan,
    faults: Vec<Fault>,
    /// Every stop whose place is known.
    seen: Vec<Seen<'a>>,
    /// How often each window, break or candidate has been stopped for so far.
    kept: BTreeMap<(usize, Place), usize>,
}

/// A stop and what it is for, milliseconds since the window's start.
struct Seen<'a> {
    unit: usize,
    place: Place,
    begins: i64,
    /// How long it counts as a stay: an allowed time, or what was made of it.
    stay: i64,
    stop: &'a Stop,
}

impl Referee<'_> {
    fn millis(&self, at: Timestamp) -> i64 {
        at.duration_since(self.plan.window.start()).as_millis() as i64
    }

    fn number(&mut self, what: impl Fn() -> String, expected: f64, found: f64) {
        let off = (expected - found).abs();
        if off.is_nan() || off > ROUNDING * (1.0 + expected.abs()) {
            self.faults.push(Fault::Number {
                what: what(),
                expected,
                found,
            });
        }
    }
}

#[cfg(test)]
mod referee_tests;
