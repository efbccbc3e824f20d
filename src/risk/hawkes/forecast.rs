//! What the process is expected to do in a window: background, the offspring of past
//! events, and the offspring's offspring ("branching").
//!
//! Let `G` spread cell values over rings by `Θ`. Expected triggered intensity `z` obeys
//! `z′ = −ω z + ω G (b + z)` after the cut-off, `b = μ·ν` being the background. With the
//! rhythm at its mean over the gap before the window, and over the window, that is linear
//! with constant coefficients, so with `y = Σ_{k ≥ 1} Gᵏ μ`
//!
//! * at rest `z = ν y`;
//! * what is off from rest fades as `e^(−ωs(I − G)) = Σ_k e^(−ωs) (ωs)ᵏ/k! · Gᵏ`;
//! * over a window of length `L` that leaves `Σ_k P(k + 1, ωL)/ω · Gᵏ`, `P` being the
//!   regularised lower gamma function.
//!
//! Without the branching the forecast is short of what happens by the factor `1 − θ` of
//! the triggered part (predicted over observed 0.92 on a simulated process).

use rayon::prelude::*;
use statrs::function::gamma::checked_gamma_lr;

use crate::grid::rings::Rings;
use crate::risk::hawkes::fit::Fitted;
use crate::risk::hawkes::triggering::RINGS;

/// Terms of a series are left out once all that follow add less than this share.
const NEGLIGIBLE: f64 = 1e-6;

/// Cells are dealt to chunks of this size.
const CHUNK: usize = 4096;

/// The gap between cut-off and window, and the window: wanted days of each, and the mean
/// of the rhythm over them.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Ahead {
    /// Wanted days between cut-off and window.
    pub gap: f64,
    /// Mean rhythm over the gap.
    pub gap_rhythm: f64,
    /// Wanted days of the window.
    pub window: f64,
    /// Mean rhythm over the window.
    pub window_rhythm: f64,
}

/// Expected events in each cell over the window. `rings` are those of all cells.
pub fn forecast(fitted: &Fitted, rings: &Rings, ahead: Ahead) -> Vec<f64> {
    let spread = Spread::new(fitted, rings);
    let decay = fitted.triggering.decay;
    let rest = spread.series(&fitted.background, |k| if k == 0 { 0.0 } else { 1.0 });
    let off = |values: &[f64], rhythm: f64| -> Vec<f64> {
        let rest = rest.iter().map(|y| rhythm * y);
        values.iter().zip(rest).map(|(z, rest)| z - rest).collect()
    };
    // At the cut-off: the offspring of what has happened.
    let mut intensity = spread.once(&fitted.faded);
    for z in &mut intensity {
        *z *= decay;
    }
    if ahead.gap > 0.0 {
        let left = off(&intensity, ahead.gap_rhythm);
        let left = spread.series(&left, poisson_terms(decay * ahead.gap));
        for ((z, left), rest) in intensity.iter_mut().zip(left).zip(&rest) {
            *z = ahead.gap_rhythm * rest + left;
        }
    }
    let fading = off(&intensity, ahead.window_rhythm);
    let reach = decay * ahead.window;
    let fading = spread.series(&fading, |k| {
        checked_gamma_lr(k as f64 + 1.0, reach).unwrap_or(0.0) / decay
    });
    let steady = ahead.window_rhythm * ahead.window;
    (fitted.background.iter().zip(&rest).zip(fading))
        .map(|((mu, rest), fading)| (steady * (mu + rest) + fading).max(0.0))
        .collect()
}

/// Poisson's probabilities of 0, 1, 2… for a mean, asked for in order.
fn poisson_terms(mean: f64) -> impl Fn(usize) -> f64 {
    move |k| {
        let k = k as f64;
        (k * mean.ln() - mean - statrs::function::gamma::ln_gamma(k + 1.0)).exp()
    }
}

/// `G`.
struct Spread<'a> {
    rings: &'a Rings,
    /// Events triggered in each single cell of a ring.
    each: [f64; RINGS],
    total: f64,
}

impl<'a> Spread<'a> {
    fn new(fitted: &Fitted, rings: &'a Rings) -> Self {
        let by_ring = fitted.triggering.by_ring;
        Self {
            rings,
            each: std::array::from_fn(|r| by_ring[r] / Rings::whole(r)),
            total: fitted.triggering.total(),
        }
    }

    /// `G x`; a cell collects what its rings send, which is the same as sending it.
    fn once(&self, values: &[f64]) -> Vec<f64> {
        (0..values.len())
            .into_par_iter()
            .with_min_len(CHUNK)
            .map(|cell| {
                (0..RINGS)
                    .map(|r| {
                        let ring = self.rings.ring(cell, r).iter();
                        self.each[r] * ring.map(|&c| values[c as usize]).sum::<f64>()
                    })
                    .sum()
            })
            .collect()
    }

    /// `Σ_k coefficient(k) Gᵏ x`, the coefficients being within 0 and some bound and, from
    /// where they matter, not growing faster than 1.
    fn series(&self, values: &[f64], coefficient: impl Fn(usize) -> f64) -> Vec<f64> {
        let first = coefficient(0);
        let mut sum: Vec<f64> = values.iter().map(|v| first * v).collect();
        let (mut power, mut size) = (values.to_vec(), 1.0);
        let mut k = 0;
        // G shrinks every sum of absolute values by θ at least.
        while size * self.total / (1.0 - self.total) > NEGLIGIBLE {
            k += 1;
            size *= self.total;
            power = self.once(&power);
            let factor = coefficient(k);
            for (sum, power) in sum.iter_mut().zip(&power) {
                *sum += factor * power;
            }
        }
        sum
    }
}

#[cfg(test)]
#[path = "forecast_tests.rs"]
mod tests;
