//! Where calls are expected, for response: at the candidates, and for the rest of the area at
//! the points that its cells are gathered at. In this order everywhere.

use crate::patrol::coverage::rings::{Reach, Rings};
use crate::patrol::problem::PlanProblem;

/// Sums of the same numbers in another order are off by far less.
const ROUNDING: f64 = 1e-6;

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

/// Whether the calls of the whole area are at these points: not so in problems that were posed
/// before all of them counted. Where every cell is a candidate there is nothing else.
pub fn is_of_whole_area(problem: &PlanProblem) -> bool {
    let at_candidates = problem.candidates.iter().map(|c| &c.risk_by_hour);
    let elsewhere = problem.demand.iter().map(|d| &d.risk_by_hour);
    let all: f64 = at_candidates.chain(elsewhere).flatten().sum();
    all >= problem.risk_total * (1.0 - ROUNDING)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::patrol::made_up::{TownSize, town};
    use crate::patrol::problem::DemandPoint;

    #[test]
    fn all_calls_are_there_or_they_are_not() {
        let size = TownSize {
            units: 1,
            candidates: 20,
            must_visits: 0,
            hours: 2.0,
            side_m: 2000.0,
        };
        let mut problem = town(size, 1).unwrap();
        let risks = problem.candidates.iter().flat_map(|c| &c.risk_by_hour);
        problem.risk_total = risks.sum();
        assert!(is_of_whole_area(&problem), "every cell is a candidate");
        let gone = problem.candidates.pop().unwrap();
        assert!(!is_of_whole_area(&problem));
        problem.demand.push(DemandPoint {
            snap: gone.snap,
            risk_by_hour: gone.risk_by_hour,
        });
        assert!(is_of_whole_area(&problem));
    }
}
