//! The feedback loop, broken: what patrols discover says where patrols were.
//!
//! A patrol finds incidents only where it is. Learned from as they are, they send it back
//! there, and the areas drift apart whatever the truth (Lum & Isaac 2016; Ensign et al.
//! 2018, who show it on urns). Two cures. The default: learn from what was *reported*
//! ([`Origin::is_reported`]), which does not depend on patrols. Where discovered incidents
//! must count, each stands for the ones that nobody was there to see: its weight is one
//! over the probability that its place was visited (Horvitz & Thompson 1952).
//!
//! [`Origin::is_reported`]: crate::incident::record::Origin::is_reported

use crate::grid::hexgrid::HexGrid;
use crate::place::position::Position;
use crate::risk::model::RiskEvent;
use crate::risk::statistics::error::StatisticsError;

/// Said of what learned from patrols' discoveries too.
pub const OVERRIDDEN: &str = "reported and patrol_discovered (overridden)";

/// Least probability of a visit that is believed: an incident weighs at most twenty. Where
/// patrols go more rarely they can't say much, and one find must not outweigh the town.
pub const LEAST_VISIT: f64 = 0.05;

/// Fewer planned shifts than this say too little of where patrols were.
pub const FEWEST_SHIFTS: usize = 20;

/// The mean over all cells counts as much as so many shifts.
const PRIOR_SHIFTS: f64 = 2.0;

/// What a discovered incident counts, from the probability (0 to 1) that its place was
/// visited when it was found.
///
/// # Errors
/// [`StatisticsError::Parameter`] where it is no probability, or 0: what was found where
/// nobody can have been is a fault of the data.
pub fn inverse_visit_weight(visit: f64) -> Result<f64, StatisticsError> {
    if visit > 0.0 && visit <= 1.0 {
        Ok(1.0 / visit.max(LEAST_VISIT))
    } else {
        Err(StatisticsError::Parameter {
            name: "the probability of a visit",
            wanted: "above 0 and at most 1",
            value: visit,
        })
    }
}

/// Share of each area's patrols, in proportion to what is believed of it, but for an
/// exploring part that goes everywhere alike: without it an area that is never visited
/// can never be found to be busy.
///
/// # Errors
/// [`StatisticsError::Parameter`] where a belief is negative or not finite, or `exploring`
/// is not within 0 to 1.
pub fn visit_shares(belief: &[f64], exploring: f64) -> Result<Vec<f64>, StatisticsError> {
    if !(0.0..=1.0).contains(&exploring) {
        return Err(StatisticsError::Parameter {
            name: "the exploring share",
            wanted: "from 0 to 1",
            value: exploring,
        });
    }
    if let Some(&value) = belief.iter().find(|b| !(b.is_finite() && **b >= 0.0)) {
        return Err(StatisticsError::Parameter {
            name: "a belief",
            wanted: "a finite number, 0 or more",
            value,
        });
    }
    let even = 1.0 / belief.len().max(1) as f64;
    let sum: f64 = belief.iter().sum();
    let share = |b: f64| if sum > 0.0 { b / sum } else { even };
    Ok(belief
        .iter()
        .map(|&b| (1.0 - exploring) * share(b) + exploring * even)
        .collect())
}

/// How often patrols were in each cell, from past shifts' plans.
#[derive(Debug, Clone, PartialEq)]
pub struct Visits {
    shifts: f64,
    by_cell: Vec<f64>,
    mean: f64,
}

impl Visits {
    /// Counts the shifts that had a stop in each cell; of each shift the places of its
    /// stops. None with fewer shifts than [`FEWEST_SHIFTS`], or without any stop.
    pub fn of(grid: &HexGrid, shifts: &[Vec<Position>]) -> Option<Self> {
        let mut by_cell = vec![0.0; grid.len()];
        for stops in shifts {
            let mut cells: Vec<usize> = stops.iter().filter_map(|&p| grid.index_at(p)).collect();
            cells.sort_unstable();
            cells.dedup();
            for cell in cells {
                by_cell[cell] += 1.0;
            }
        }
        let visits: f64 = by_cell.iter().sum();
        let known = shifts.len() >= FEWEST_SHIFTS && visits > 0.0;
        known.then(|| Self {
            shifts: shifts.len() as f64,
            mean: visits / shifts.len() as f64 / grid.len() as f64,
            by_cell,
        })
    }

    /// The probability that a shift visits a cell; drawn to the mean of all cells by as much
    /// as [`PRIOR_SHIFTS`] shifts would, so never 0.
    pub fn probability(&self, cell: usize) -> f64 {
        (self.by_cell[cell] + PRIOR_SHIFTS * self.mean) / (self.shifts + PRIOR_SHIFTS)
    }

    /// What was discovered, each as often as it counts: an event of weight 2.4 is there twice
    /// or three times, the remainder carried on to the next. Events outside the cells are
    /// left as they are. The order is that of `discovered`.
    ///
    /// # Errors
    /// None that data could cause; see [`inverse_visit_weight`].
    pub fn weigh(
        &self,
        grid: &HexGrid,
        discovered: &[RiskEvent],
    ) -> Result<Vec<RiskEvent>, StatisticsError> {
        let mut weighed = Vec::with_capacity(discovered.len());
        let mut carried = 0.5;
        for event in discovered {
            carried += match grid.index_at(event.position) {
                Some(cell) => inverse_visit_weight(self.probability(cell).min(1.0))?,
                None => 1.0,
            };
            let times = carried as usize;
            carried -= times as f64;
            weighed.extend(std::iter::repeat_n(*event, times));
        }
        Ok(weighed)
    }
}

#[cfg(test)]
#[path = "feedback_tests.rs"]
mod tests;
