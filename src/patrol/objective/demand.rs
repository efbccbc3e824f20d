//! Where calls are expected, for response: at the candidates, and for the rest of the area at
//! the points that its cells are gathered at. In this order everywhere.

use crate::patrol::coverage::rings::{Reach, Rings};
use crate::patrol::problem::PlanProblem;

/// Expected calls of an hour of the window at each point.
pub fn calls_in(problem: &PlanProblem, hour: usize) -> Vec<f64> {
    let of = |risks: &[f64]| risks.get(hour).copied().unwrap_or(0.0);
    let at_candidates = problem.candidates.iter().map(|c| of(&c.risk_by_hour));
    let elsewhere = problem.demand.iter().map(|d| of(&d.risk_by_hour));
    at_candidates.chain(elsewhere).collect()
}

/// Which of them a unit reaches in time from a point of the problem's matrix.
pub fn reach_from(problem: &PlanProblem, rings: &Rings, point: usize) -> Reach {
    let travel = &problem.travel;
    let row = &travel.millis[point * travel.targets..(point + 1) * travel.targets];
    let candidates = problem.candidate_point(0)..problem.candidate_point(problem.candidates.len());
    let elsewhere = problem.demand_point(0)..problem.demand_point(problem.demand.len());
    if elsewhere.is_empty() {
        return rings.reach(&row[candidates]);
    }
    rings.reach(&[&row[candidates], &row[elsewhere]].concat())
}
