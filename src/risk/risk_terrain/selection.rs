//! Which layers stay: Poisson regression again, without the penalty, layer by layer as long
//! as the Bayesian information criterion falls, at most one layer a factor.
//!
//! Choosing the best of many layers is many tries: each costs `2 ln(layers)` on top (extended
//! BIC; Chen & Chen 2008). Counts of incidents scatter more than Poisson's law has it, and plain BIC would then
//! take noise for terrain. So the log-likelihood is divided by the dispersion that the
//! penalised fit leaves (quasi-likelihood; Burnham & Anderson 2002), and so are the
//! intervals widened.

use std::collections::BTreeMap;

use crate::risk::risk_terrain::layers::{Layer, Row};

/// At most this many factors: more is no table that anybody reads.
const MOST_FACTORS: usize = 12;

/// A normal prior of this precision on each logarithm: one pseudo-event's worth, which keeps
/// a layer without any event finite.
const PRIOR: f64 = 0.5;

const NEWTON_STEPS: usize = 50;

/// The chosen layers.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Selection {
    /// Logarithm of events per km² where none holds.
    pub intercept: f64,
    /// Layer, logarithm of its relative risk, and the standard error of that.
    pub chosen: Vec<(usize, f64, f64)>,
}

/// Chooses among `candidates` (places in `layers`). `cells` is the number of cells,
/// `dispersion` the variance over the mean, 1 or more.
pub fn select(
    rows: &[Row],
    layers: &[Layer],
    candidates: &[usize],
    cells: usize,
    dispersion: f64,
) -> Selection {
    let penalty = (cells.max(2) as f64).ln() + 2.0 * (layers.len().max(1) as f64).ln();
    let criterion =
        |fit: &Fit| -2.0 * fit.log_likelihood / dispersion + fit.b.len() as f64 * penalty;
    let mut chosen: Vec<usize> = Vec::new();
    let mut fit = Fit::new(rows, &chosen);
    while chosen.len() < MOST_FACTORS {
        let taken = |k: usize| chosen.iter().any(|&c| layers[c].factor == layers[k].factor);
        let mut best: Option<(f64, usize, Fit)> = None;
        for &k in candidates.iter().filter(|&&k| !taken(k)) {
            let with: Vec<usize> = chosen.iter().copied().chain([k]).collect();
            let tried = Fit::new(rows, &with);
            let value = criterion(&tried);
            if best.as_ref().is_none_or(|(least, ..)| value < *least) {
                best = Some((value, k, tried));
            }
        }
        match best {
            Some((value, k, better)) if value < criterion(&fit) => {
                chosen.push(k);
                fit = better;
            }
            _ => break,
        }
    }
    let errors = fit.standard_errors();
    Selection {
        intercept: fit.b[0],
        chosen: (chosen.iter().zip(&fit.b[1..]).zip(&errors[1..]))
            .map(|((&k, &b), error)| (k, b, error * dispersion.sqrt()))
            .collect(),
    }
}

/// A Poisson regression on some layers, by Newton's method. Cells alike in those layers
/// are one row.
struct Fit {
    /// Intercept first.
    b: Vec<f64>,
    log_likelihood: f64,
    /// Of the log-likelihood, with its sign turned.
    curvature: Vec<Vec<f64>>,
}

impl Fit {
    fn new(rows: &[Row], layers: &[usize]) -> Self {
        let mut alike: BTreeMap<u64, (f64, f64)> = BTreeMap::new();
        for row in rows {
            let key = (layers.iter().enumerate())
                .fold(0, |key, (i, &k)| key | u64::from(row.holds(k)) << i);
            let sums = alike.entry(key).or_default();
            sums.0 += row.area;
            sums.1 += row.events;
        }
        let n = layers.len() + 1;
        let holds = |key: u64, i: usize| i == 0 || key >> (i - 1) & 1 == 1;
        let (area, events) = alike
            .values()
            .fold((0.0, 0.0), |(a, y), sums| (a + sums.0, y + sums.1));
        let mut fit = Self {
            b: vec![0.0; n],
            log_likelihood: 0.0,
            curvature: Vec::new(),
        };
        fit.b[0] = (events.max(1e-9) / area.max(1e-12)).ln();
        for _ in 0..NEWTON_STEPS {
            let mut slope = vec![0.0; n];
            let mut curvature = vec![vec![0.0; n]; n];
            fit.log_likelihood = 0.0;
            for (&key, &(area, events)) in &alike {
                let active: Vec<usize> = (0..n).filter(|&i| holds(key, i)).collect();
                let ln_rate: f64 = active.iter().map(|&i| fit.b[i]).sum();
                let expected = area * ln_rate.clamp(-40.0, 40.0).exp();
                fit.log_likelihood += events * ln_rate - expected;
                for &i in &active {
                    slope[i] += events - expected;
                    for &j in &active {
                        curvature[i][j] += expected;
                    }
                }
            }
            for i in 1..n {
                slope[i] -= PRIOR * fit.b[i];
                curvature[i][i] += PRIOR;
            }
            let step = solve(&curvature, &slope);
            fit.curvature = curvature;
            let most = step.iter().fold(0.0f64, |m, s| m.max(s.abs()));
            // Newton overshoots where the rate is far too low: a step of 2 is a factor of 7.
            let shorter = if most > 2.0 { 2.0 / most } else { 1.0 };
            for (b, step) in fit.b.iter_mut().zip(&step) {
                *b += shorter * step;
            }
            if most < 1e-9 {
                break;
            }
        }
        fit
    }

    fn standard_errors(&self) -> Vec<f64> {
        let n = self.b.len();
        (0..n)
            .map(|i| {
                let unit: Vec<f64> = (0..n).map(|j| f64::from(i == j)).collect();
                solve(&self.curvature, &unit)[i].max(0.0).sqrt()
            })
            .collect()
    }
}

/// Solves a small positive definite system by elimination; what is singular stays 0.
fn solve(matrix: &[Vec<f64>], right: &[f64]) -> Vec<f64> {
    let n = right.len();
    let mut rows: Vec<Vec<f64>> = (matrix.iter().zip(right))
        .map(|(row, &value)| row.iter().copied().chain([value]).collect())
        .collect();
    for i in 0..n {
        let pivot = rows[i][i];
        if pivot.abs() < 1e-12 {
            continue;
        }
        let of_pivot = rows[i].clone();
        for (j, row) in rows.iter_mut().enumerate() {
            if j != i {
                let factor = row[i] / pivot;
                for (value, above) in row.iter_mut().zip(&of_pivot) {
                    *value -= factor * above;
                }
            }
        }
    }
    (0..n)
        .map(|i| {
            if rows[i][i].abs() < 1e-12 {
                0.0
            } else {
                rows[i][n] / rows[i][i]
            }
        })
        .collect()
}

#[cfg(test)]
#[path = "selection_tests.rs"]
mod tests;
