//! `prospective`: near repeats. Each recent event adds `1/(1+d) · 1/(1+t)` to the cells
//! round it, `d` being the distance in cells (H3 rings) and `t` the whole weeks since
//! (Bowers, Johnson & Pease 2004: "Prospective hot-spotting"). Beyond 8 cells or 8 weeks
//! an event adds nothing.
//!
//! The sum is a score, not a number of events: it says where. How many is the past's rate,
//! as with every model. Where nothing happened within the cut-offs the score says nothing
//! and the rate is spread evenly over the ground; the parameters say so.

use rayon::prelude::*;

use crate::grid::hexgrid::HexGrid;
use crate::grid::rings::Rings;
use crate::risk::model::{RiskAnswer, RiskError, RiskEvent, RiskModel, RiskQuestion};
use crate::risk::past::Past;

const WEEK_MS: i64 = 7 * 86_400_000;

/// Cells with events are dealt to this many chunks, whatever the number of threads.
const CHUNKS: usize = 8;

/// Near repeats, scaled to the past's rate.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Prospective {
    /// The last ring of cells that an event reaches.
    pub reach_cells: u32,
    /// An event of so many weeks ago or more says nothing.
    pub memory_weeks: u32,
    /// Half-life of an event's weight, days, on top of `1/(1+t)`; none: no more forgetting.
    pub half_life_days: Option<f64>,
}

impl Default for Prospective {
    fn default() -> Self {
        Self {
            reach_cells: 8,
            memory_weeks: 8,
            half_life_days: None,
        }
    }
}

impl RiskModel for Prospective {
    fn name(&self) -> &'static str {
        "prospective"
    }

    fn predict(
        &self,
        question: &RiskQuestion<'_>,
        events: &[RiskEvent],
    ) -> Result<RiskAnswer, RiskError> {
        let past = Past::new(question, events, self.half_life_days)?;
        let grid = question.grid;
        let cells: Vec<Option<usize>> = past
            .positions
            .par_iter()
            .map(|&position| grid.index_at(position))
            .collect();
        let cut_off = question.look_back.end().as_millisecond();
        let mut fresh = vec![0.0; grid.len()];
        let (mut learned, mut total) = (0, 0.0);
        for (i, cell) in cells.iter().enumerate() {
            let Some(cell) = *cell else { continue };
            learned += 1;
            total += past.weights[i];
            let weeks = (cut_off - past.at[i].as_millisecond()).max(0) / WEEK_MS;
            if weeks < i64::from(self.memory_weeks) {
                fresh[cell] += past.weights[i] / (1.0 + weeks as f64);
            }
        }
        let mut parameters = past.parameters;
        parameters.insert("reach_cells".into(), self.reach_cells.to_string());
        parameters.insert("memory_weeks".into(), self.memory_weeks.to_string());
        let mut expected = spread(grid, &fresh, self.reach_cells);
        if learned > 0 && !scale_to(&mut expected, total * past.factor) {
            parameters.insert(
                "pattern".into(),
                "flat: nothing happened within the memory".into(),
            );
            expected = grid.area_km2().to_vec();
            scale_to(&mut expected, total * past.factor);
        }
        Ok(RiskAnswer {
            expected,
            parameters,
            events: learned,
        })
    }
}

/// Scales scores so that they sum to `total`; false where they are all 0.
fn scale_to(scores: &mut [f64], total: f64) -> bool {
    let sum: f64 = scores.iter().sum();
    if sum <= 0.0 {
        return false;
    }
    for score in scores {
        *score *= total / sum;
    }
    true
}

/// Each cell's weight over its surroundings, falling as `1/(1 + ring)`.
fn spread(grid: &HexGrid, weights: &[f64], reach: u32) -> Vec<f64> {
    let sources: Vec<usize> = (0..grid.len()).filter(|&i| weights[i] > 0.0).collect();
    let size = sources.len().div_ceil(CHUNKS).max(1);
    let parts: Vec<Vec<f64>> = sources
        .par_chunks(size)
        .map(|sources| {
            let mut part = vec![0.0; grid.len()];
            let rings = Rings::new(grid, sources, reach);
            for (n, &source) in sources.iter().enumerate() {
                for ring in 0..=rings.most() {
                    let score = weights[source] / (1.0 + ring as f64);
                    for &cell in rings.ring(n, ring) {
                        part[cell as usize] += score;
                    }
                }
            }
            part
        })
        .collect();
    let mut spread = vec![0.0; grid.len()];
    for part in parts {
        for (sum, score) in spread.iter_mut().zip(part) {
            *sum += score;
        }
    }
    spread
}

#[cfg(test)]
#[path = "prospective_tests.rs"]
mod tests;
