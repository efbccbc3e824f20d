//! Breaks: each begins within its window and takes its length, at its place or wherever the
//! unit then is. On a break a unit covers nothing.

use crate::patrol::problem::PlanProblem;
use crate::patrol::rules::due::{ANYWHERE, Due, DueFor};

/// Every break, unit by unit.
pub fn dues(problem: &PlanProblem) -> Vec<Due> {
    let mut dues = Vec::new();
    for (u, unit) in problem.units.iter().enumerate() {
        for (b, rest) in unit.breaks.iter().enumerate() {
            dues.push(Due {
                what: DueFor::Break {
                    unit: u as u32,
                    number: b as u32,
                },
                point: rest
                    .place
                    .map_or(ANYWHERE, |place| problem.place_point(place) as u32),
                opens: rest.window_ms.0.div_ceil(1000),
                closes: (rest.window_ms.1 - 1) / 1000,
                stay: rest.length_ms.div_ceil(1000),
                unit: Some(u as u32),
                possible: false,
            });
        }
    }
    dues
}
