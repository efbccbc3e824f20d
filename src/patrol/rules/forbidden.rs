//! Where nobody stops: in a forbidden area, and at candidates that are not wanted. Driving
//! through stays allowed, since a forbidden stop is not a closed street.

use crate::patrol::problem::PlanProblem;
use crate::place::position::Position;

/// Whether a stop on the road at this position lies in a forbidden area.
pub fn is_in_area(problem: &PlanProblem, position: Position) -> bool {
    problem.forbidden.iter().any(|f| f.area.covers(position))
}

/// For each candidate, whether nobody stops at it.
pub fn candidates(problem: &PlanProblem) -> Vec<bool> {
    let mut closed: Vec<bool> = problem
        .candidates
        .iter()
        .map(|c| is_in_area(problem, c.snap.position))
        .collect();
    for &candidate in &problem.not_these {
        closed[candidate] = true;
    }
    closed
}
