//! What the visits of an earlier plan have left of their effect when a shift begins.
//!
//! The law is that of `rules/gain.rs`: a stay of `d` lifts a cell's level of protection by
//! `1 − exp(−d/τ)` of what is missing to 1, and the level halves every half-life. After ten
//! half-lives less than a thousandth is left.

use std::collections::BTreeMap;

use jiff::Timestamp;

use crate::grid::cell::Cell;
use crate::patrol::plan::PatrolPlan;

/// Levels of the cells that a plan visited before a moment, 0 to 1; cells that it did not
/// visit are not in it. `presence_ms` and `half_life_ms` are those of the problem.
pub fn left_of(
    plan: &PatrolPlan,
    at: Timestamp,
    presence_ms: u32,
    half_life_ms: u32,
) -> BTreeMap<Cell, f64> {
    let millis = |from: Timestamp, to: Timestamp| to.duration_since(from).as_millis_f64();
    let mut stays: Vec<(Timestamp, Timestamp, Cell)> = Vec::new();
    for stop in plan.routes.iter().flat_map(|route| &route.stops) {
        let begins = stop.begins.unwrap_or(stop.arrival);
        // A plan goes on after the moment where the shifts overlap.
        if let Some(cell) = stop.cell.filter(|_| begins < at) {
            stays.push((begins, stop.departure.min(at), cell));
        }
    }
    stays.sort();
    let mut levels: BTreeMap<Cell, (f64, Timestamp)> = BTreeMap::new();
    let left =
        |from: Timestamp, to: Timestamp| (-millis(from, to) / f64::from(half_life_ms)).exp2();
    for (begins, leaves, cell) in stays {
        let (level, since) = levels.get(&cell).copied().unwrap_or((0.0, begins));
        let level = level * left(since, begins);
        let effect = -(-millis(begins, leaves) / f64::from(presence_ms)).exp_m1();
        levels.insert(cell, (level + effect * (1.0 - level), begins));
    }
    levels
        .into_iter()
        .map(|(cell, (level, since))| (cell, (level * left(since, at)).clamp(0.0, 1.0)))
        .collect()
}

#[cfg(test)]
#[path = "lasting_tests.rs"]
mod tests;
