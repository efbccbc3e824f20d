//! Which layers may matter: Poisson regression under an elastic-net penalty, by coordinate
//! descent (Friedman, Hastie & Tibshirani 2010), the penalty's strength by cross-validation
//! over blocks of cells.
//!
//! `−ℓ/N + s (α Σ|b| + (1 − α)/2 Σ b²)` with `N` events and `α = 0.5`; the intercept is
//! free. Each round approximates the likelihood by weighted squares at the last estimate.

use crate::risk::risk_terrain::layers::{FOLDS, Row};

/// Between ridge (0) and lasso (1).
const ALPHA: f64 = 0.5;

/// Strengths tried, from the one that lets nothing in down to a hundredth of it.
const STRENGTHS: usize = 12;
const LEAST_STRENGTH: f64 = 0.01;

/// Rounds of squares, and sweeps over the layers in each, at most.
const ROUNDS: usize = 8;
const SWEEPS: usize = 20;

/// Change of a coefficient that is none.
const STILL: f64 = 1e-4;

/// Estimates are held within this, so that no exponential overflows.
const MOST: f64 = 15.0;

/// A fitted regression.
#[derive(Debug, Clone, PartialEq)]
pub struct Regression {
    /// Logarithm of events per km² where no layer holds.
    pub intercept: f64,
    /// Logarithm of the relative risk of each layer; 0 where it is out.
    pub coefficients: Vec<f64>,
}

impl Regression {
    /// Expected events of a row.
    pub fn expected(&self, row: &Row) -> f64 {
        let sum: f64 = (self.coefficients.iter().enumerate())
            .filter(|(k, b)| **b != 0.0 && row.holds(*k))
            .map(|(_, b)| b)
            .sum();
        row.area * (self.intercept + sum).clamp(-MOST * 2.0, MOST * 2.0).exp()
    }
}

/// The regression of the strength that predicts left-out blocks best. `layers` is their
/// number.
pub fn cross_validated(rows: &[Row], layers: usize) -> Regression {
    let all: Vec<&Row> = rows.iter().collect();
    let path = strengths(&all, layers);
    let mut deviance = vec![0.0; path.len()];
    for fold in 0..FOLDS {
        let kept: Vec<&Row> = rows.iter().filter(|row| row.fold != fold).collect();
        if !kept.iter().any(|row| row.events > 0.0) {
            continue;
        }
        let regressions = along(&kept, layers, &path);
        for (deviance, regression) in deviance.iter_mut().zip(&regressions) {
            for row in rows.iter().filter(|row| row.fold == fold) {
                let expected = regression.expected(row).max(1e-12);
                *deviance += expected - row.events * expected.ln();
            }
        }
    }
    let mut best = 0;
    for (i, value) in deviance.iter().enumerate() {
        if *value < deviance[best] {
            best = i;
        }
    }
    along(&all, layers, &path[..=best])
        .pop()
        .unwrap_or_else(|| none(&all, layers))
}

/// No layer at all.
fn none(rows: &[&Row], layers: usize) -> Regression {
    let (events, area) = totals(rows);
    Regression {
        intercept: (events.max(1e-9) / area.max(1e-12)).ln(),
        coefficients: vec![0.0; layers],
    }
}

fn totals(rows: &[&Row]) -> (f64, f64) {
    rows.iter()
        .fold((0.0, 0.0), |(y, a), row| (y + row.events, a + row.area))
}

/// Strengths, the greatest first: with it no layer comes in.
fn strengths(rows: &[&Row], layers: usize) -> Vec<f64> {
    let (events, area) = totals(rows);
    let most = (0..layers)
        .map(|k| {
            let held = rows.iter().filter(|row| row.holds(k));
            let slope: f64 = held.map(|row| row.events - row.area * events / area).sum();
            slope.abs() / events / ALPHA
        })
        .fold(0.0, f64::max);
    (0..STRENGTHS)
        .map(|i| most * LEAST_STRENGTH.powf(i as f64 / (STRENGTHS - 1) as f64))
        .collect()
}

/// One regression a strength, each starting from the one before.
pub fn along(rows: &[&Row], layers: usize, strengths: &[f64]) -> Vec<Regression> {
    let columns: Vec<Vec<usize>> = (0..layers)
        .map(|k| (0..rows.len()).filter(|&i| rows[i].holds(k)).collect())
        .collect();
    let mut regression = none(rows, layers);
    strengths
        .iter()
        .map(|&strength| {
            descend(rows, &columns, strength, &mut regression);
            regression.clone()
        })
        .collect()
}

fn descend(rows: &[&Row], columns: &[Vec<usize>], strength: f64, at: &mut Regression) {
    let (events, _) = totals(rows);
    if events <= 0.0 {
        return;
    }
    for _ in 0..ROUNDS {
        let weights: Vec<f64> = rows.iter().map(|row| at.expected(row)).collect();
        // Weighted residuals of the working response: y − μ at first.
        let mut residuals: Vec<f64> = (rows.iter().zip(&weights))
            .map(|(row, weight)| row.events - weight)
            .collect();
        let sum: f64 = weights.iter().sum();
        let of_layer: Vec<f64> = (columns.iter())
            .map(|held| held.iter().map(|&i| weights[i]).sum())
            .collect();
        let mut moved: f64 = 0.0;
        for _ in 0..SWEEPS {
            let mut most: f64 = 0.0;
            let step = residuals.iter().sum::<f64>() / sum;
            at.intercept = (at.intercept + step).clamp(-MOST, MOST);
            for (residual, weight) in residuals.iter_mut().zip(&weights) {
                *residual -= weight * step;
            }
            most = most.max(step.abs());
            for (k, held) in columns.iter().enumerate() {
                let before = at.coefficients[k];
                let slope: f64 = held.iter().map(|&i| residuals[i]).sum();
                let pull = (slope + of_layer[k] * before) / events;
                let held_back = (pull.abs() - strength * ALPHA).max(0.0).copysign(pull);
                let stiffness = of_layer[k] / events + strength * (1.0 - ALPHA);
                let after = if stiffness > 0.0 {
                    held_back / stiffness
                } else {
                    0.0
                };
                let after = after.clamp(-MOST, MOST);
                let step = after - before;
                if step != 0.0 {
                    at.coefficients[k] = after;
                    for &i in held {
                        residuals[i] -= weights[i] * step;
                    }
                    most = most.max(step.abs());
                }
            }
            moved = moved.max(most);
            if most < STILL {
                break;
            }
        }
        if moved < STILL {
            break;
        }
    }
}
