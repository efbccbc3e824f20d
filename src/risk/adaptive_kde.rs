//! `adaptive_kde`: a kernel that is narrow where much happens and wide where little does.
//!
//! Abramson (1982): event `i` spreads by the bandwidth `h₀ · (f(xᵢ)/g)^(−1/2)`, `f` being a
//! first surface of the fixed bandwidth `h₀`, `g` the (weighted) geometric mean of `f` over
//! the events. The factor is held within 0.3 and 3. The kernel is the quartic of
//! [`crate::risk::kernel`], edge-corrected, each event by its very own bandwidth.
//!
//! `f(xᵢ)` is the first surface's density in the cell of `xᵢ`: one number a cell is what
//! the surface is made of, and a factor under a root forgives the rest.

use rayon::prelude::*;

use crate::grid::hexgrid::HexGrid;
use crate::risk::kde::{MOST_BANDWIDTH_M, checked, given_or_chosen};
use crate::risk::kernel;
use crate::risk::model::{RiskAnswer, RiskError, RiskEvent, RiskModel, RiskQuestion};
use crate::risk::past::Past;

/// Least and greatest bandwidth over `h₀`.
const CLIP: [f64; 2] = [0.3, 3.0];

/// Kernel density with a bandwidth for each event.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct AdaptiveKde {
    /// `h₀`, metres; none: as `kde` would choose it.
    pub bandwidth_m: Option<f64>,
    /// Half-life of an event's weight, days; none: all weigh the same.
    pub half_life_days: Option<f64>,
}

impl RiskModel for AdaptiveKde {
    fn name(&self) -> &'static str {
        "adaptive_kde"
    }

    fn predict(
        &self,
        question: &RiskQuestion<'_>,
        events: &[RiskEvent],
    ) -> Result<RiskAnswer, RiskError> {
        let given = self.bandwidth_m.map(checked).transpose()?;
        let past = Past::new(question, events, self.half_life_days)?;
        let grid = question.grid;
        let mut parameters = past.parameters.clone();
        let bandwidth_m = given_or_chosen(given, question, &past, &mut parameters);
        let each = bandwidths(grid, &past, bandwidth_m);
        let spread = kernel::quartic_each(grid, &past.positions, &past.weights, &each);
        let least = each.iter().fold(f32::INFINITY, |m, &h| m.min(h));
        let most = each.iter().fold(0.0, |m: f32, &h| m.max(h));
        parameters.insert("bandwidth_m".into(), bandwidth_m.to_string());
        if !each.is_empty() {
            parameters.insert("bandwidths_m".into(), format!("{least:.1} to {most:.1}"));
        }
        Ok(RiskAnswer {
            expected: spread.mass.iter().map(|mass| mass * past.factor).collect(),
            parameters,
            events: spread.inside,
        })
    }
}

/// Abramson's bandwidth of each event, metres; `h₀` outside the grid.
fn bandwidths(grid: &HexGrid, past: &Past, bandwidth_m: f64) -> Vec<f32> {
    let pilot = kernel::quartic(grid, &past.positions, &past.weights, bandwidth_m);
    let logs: Vec<Option<f64>> = past
        .positions
        .par_iter()
        .map(|&position| {
            let cell = grid.index_at(position)?;
            // 0 where no centre of the event's own cell is within the bandwidth of any
            // event: the density is then too small for a number, not for a bandwidth.
            let density = pilot.mass[cell] / grid.area_km2()[cell];
            Some(density.max(f64::MIN_POSITIVE).ln())
        })
        .collect();
    let (mut sum, mut weight) = (0.0, 0.0);
    for (log, w) in logs.iter().zip(&past.weights) {
        if let Some(log) = log {
            sum += w * log;
            weight += w;
        }
    }
    let mean = if weight > 0.0 { sum / weight } else { 0.0 };
    logs.iter()
        .map(|log| {
            let factor = log.map_or(1.0, |log| (-0.5 * (log - mean)).exp());
            (bandwidth_m * factor.clamp(CLIP[0], CLIP[1])).min(MOST_BANDWIDTH_M) as f32
        })
        .collect()
}

#[cfg(test)]
#[path = "adaptive_kde_tests.rs"]
mod tests;
