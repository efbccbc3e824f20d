//! Getis-Ord Gi*: is a cell with its neighbours denser than the district's mean explains?
//!
//! `Gi* = (Σ w x − x̄ W) / (s √((n S₁ − W²)/(n − 1)))` with binary weights, the cell itself
//! included (Ord & Getis 1995), so that `W = S₁ =` the number of neighbours. Two-sided p by
//! the normal distribution; findings by Benjamini and Hochberg. With few incidents the
//! normal distribution is a rough guide: `permutation` gives p without it.

use rayon::prelude::*;
use statrs::function::erf::erfc;

use crate::risk::statistics::error::StatisticsError;
use crate::risk::statistics::false_discovery::benjamini_hochberg;
use crate::risk::statistics::neighbours::Neighbours;

/// False discovery rate at which a cell is called hot or cold.
pub const FALSE_DISCOVERY_RATE: f64 = 0.05;

/// What a cell is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Heat {
    /// Denser than its district, beyond chance.
    Hot,
    /// Emptier, beyond chance.
    Cold,
    /// As it may come.
    Usual,
}

/// Gi* of all cells.
#[derive(Debug, Clone, PartialEq)]
pub struct GiStar {
    /// The statistic, one a cell: in standard deviations; 0 where it is not defined (all
    /// cells alike, or all of them neighbours).
    pub z: Vec<f64>,
    /// Two-sided p, one a cell.
    pub p: Vec<f64>,
    /// After Benjamini and Hochberg at [`FALSE_DISCOVERY_RATE`], one a cell.
    pub heat: Vec<Heat>,
}

/// Gi* of a value a cell (incidents, say).
///
/// # Errors
/// [`StatisticsError::Length`], and [`StatisticsError::Parameter`] where a value is not
/// finite.
pub fn gi_star(values: &[f64], near: &Neighbours) -> Result<GiStar, StatisticsError> {
    if values.len() != near.len() {
        return Err(StatisticsError::Length {
            found: values.len(),
            wanted: near.len(),
        });
    }
    if let Some(&value) = values.iter().find(|v| !v.is_finite()) {
        return Err(StatisticsError::Parameter {
            name: "a cell's value",
            wanted: "a finite number",
            value,
        });
    }
    let n = values.len() as f64;
    let mean = values.iter().sum::<f64>() / n.max(1.0);
    let variance = values.iter().map(|v| (v - mean).powi(2)).sum::<f64>() / n.max(1.0);
    let deviation = variance.sqrt();
    let z: Vec<f64> = (0..values.len())
        .into_par_iter()
        .map(|i| {
            let disk = near.of(i);
            let w = disk.len() as f64;
            let sum: f64 = disk.iter().map(|&j| values[j as usize]).sum();
            let spread = deviation * ((n * w - w * w) / (n - 1.0)).sqrt();
            let z = (sum - mean * w) / spread;
            if spread > 0.0 && z.is_finite() {
                z
            } else {
                0.0
            }
        })
        .collect();
    let p: Vec<f64> = z.par_iter().map(|&z| two_sided(z)).collect();
    let heat = heat(&z, &p, FALSE_DISCOVERY_RATE);
    Ok(GiStar { z, p, heat })
}

/// Hot, cold or usual, by the sign of `z` and the findings among `p` at the false discovery
/// rate `q`; for the p of permutations as well.
pub fn heat(z: &[f64], p: &[f64], q: f64) -> Vec<Heat> {
    benjamini_hochberg(p, q)
        .into_iter()
        .zip(z)
        .map(|(found, &z)| match (found, z > 0.0) {
            (false, _) => Heat::Usual,
            (true, true) => Heat::Hot,
            (true, false) => Heat::Cold,
        })
        .collect()
}

fn two_sided(z: f64) -> f64 {
    erfc(z.abs() / std::f64::consts::SQRT_2).clamp(0.0, 1.0)
}

#[cfg(test)]
#[path = "gi_star_tests.rs"]
mod tests;
