//! How far a count may lie from its forecast: Poisson's law or, where past counts scattered
//! more than that, the negative binomial's; intervals and the chance of at least one.
//!
//! The negative binomial of mean `λ` and size `k` has the variance `λ + λ²/k`; it is a
//! Poisson whose mean is itself off by a gamma factor of variance `1/k`, which is what a
//! forecast is. Small `k`: much scatter; `k → ∞`: Poisson. The size is found on forecasts
//! of past windows and what then happened, by moments for a start and by likelihood; it is
//! used only where it beats Poisson by BIC. Distribution functions are those of `statrs`,
//! kept off the corners where they give NaN (`λ = 0`, a probability that rounds to 1).

use serde::{Deserialize, Serialize};
use statrs::distribution::{ContinuousCDF, DiscreteCDF, NegativeBinomial, Normal, Poisson};
use statrs::function::gamma::ln_gamma;

/// A forecast below this, where something happened, counts as this.
const LEAST_MEAN: f64 = 1e-9;

/// Sizes looked at, as natural logarithms: 0.0001 to a million.
const LN_SIZES: [f64; 2] = [-9.210_340_371_976_182, 13.815_510_557_964_274];

/// A size so many times the mean is Poisson's law to the last digit that matters.
const SIZE_OF_POISSON: f64 = 1e7;

/// Above this mean a quantile is the normal law's: nobody can tell the difference.
const NORMAL_FROM: f64 = 1e5;

/// Sizes beyond these are reckoned as these.
const SIZES: [f64; 2] = [1e-9, 1e12];

/// The likelihood must gain at least this, however few the pairs: Poisson is the law until
/// something speaks against it.
const LEAST_GAIN: f64 = 2.0;

/// Halvings of the golden section: to about 1e-6 of the logarithm.
const STEPS: usize = 35;

/// The share of the probability that a cell's interval holds.
pub const INTERVAL: f64 = 0.8;

/// What was expected in a cell and what happened there, so many times.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Outcome {
    /// Expected events.
    pub mean: f64,
    /// Events.
    pub count: u32,
    /// How often this was so.
    pub times: f64,
}

/// By what law counts scatter about a forecast.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Law {
    /// Variance = mean.
    Poisson,
    /// Variance = mean + mean²/size.
    NegativeBinomial {
        /// Positive; held within 1e-9 and 1e12.
        size: f64,
    },
}

impl Law {
    /// The law that past windows speak for. Outcomes with an expectation that is not
    /// finite or is negative are left out. Without outcomes: Poisson.
    pub fn fit(outcomes: &[Outcome]) -> Self {
        let usable = |o: &&Outcome| {
            o.mean.is_finite() && o.mean >= 0.0 && (o.mean > 0.0 || o.count > 0) && o.times > 0.0
        };
        let outcomes: Vec<Outcome> = outcomes
            .iter()
            .filter(usable)
            .map(|&o| Outcome {
                mean: o.mean.max(LEAST_MEAN),
                ..o
            })
            .collect();
        if outcomes.is_empty() {
            return Self::Poisson;
        }
        let gain = |size: f64| -> f64 {
            let law = Self::NegativeBinomial { size };
            let gain_of =
                |o: &Outcome| law.ln_pmf(o.mean, o.count) - Self::Poisson.ln_pmf(o.mean, o.count);
            outcomes.iter().map(|o| o.times * gain_of(o)).sum()
        };
        // The likelihood has one hump in ln k; the moments' size starts the bracket.
        let around = size_by_moments(&outcomes).map_or(LN_SIZES[1], f64::ln);
        let size = golden_section(LN_SIZES, around, &|ln_size| gain(ln_size.exp())).exp();
        let times: f64 = outcomes.iter().map(|o| o.times).sum();
        let wins = gain(size) > (0.5 * times.ln()).max(LEAST_GAIN);
        if wins {
            Self::NegativeBinomial { size }
        } else {
            Self::Poisson
        }
    }

    /// Natural logarithm of the probability of a count. Minus infinity is never given: a
    /// mean of 0 or less counts as 1e-9.
    pub fn ln_pmf(self, mean: f64, count: u32) -> f64 {
        let mean = usable(mean).max(LEAST_MEAN);
        let y = f64::from(count);
        match self.usable_for(mean.max(y)) {
            Self::Poisson => y * mean.ln() - mean - ln_gamma(y + 1.0),
            Self::NegativeBinomial { size } => {
                // (k)_y/y! · (λ/(k+λ))^y · (1 + λ/k)^(−k)
                let rising: f64 = if count <= 64 {
                    (0..count).map(|i| (size + f64::from(i)).ln()).sum()
                } else {
                    ln_gamma(size + y) - ln_gamma(size)
                };
                rising - ln_gamma(y + 1.0) + y * (mean / (size + mean)).ln()
                    - size * (mean / size).ln_1p()
            }
        }
    }

    /// The chance of at least one event where `mean` are expected; 0 to 1.
    pub fn at_least_one(self, mean: f64) -> f64 {
        let mean = usable(mean);
        let p = match self.usable_for(mean) {
            Self::Poisson => -(-mean).exp_m1(),
            Self::NegativeBinomial { size } => -(-size * (mean / size).ln_1p()).exp_m1(),
        };
        p.clamp(0.0, 1.0)
    }

    /// The variance of the count.
    pub fn variance(self, mean: f64) -> f64 {
        let mean = usable(mean);
        match self.usable_for(mean) {
            Self::Poisson => mean,
            Self::NegativeBinomial { size } => mean + mean * (mean / size),
        }
    }

    /// The least count that is not exceeded with probability `p` (held within 0 and
    /// 1 − 1e-9).
    pub fn quantile(self, mean: f64, p: f64) -> u64 {
        let mean = usable(mean);
        let p = if p.is_nan() {
            0.5
        } else {
            p.clamp(0.0, 1.0 - 1e-9)
        };
        if 1.0 - self.at_least_one(mean) >= p {
            return 0;
        }
        if mean >= NORMAL_FROM {
            let z = Normal::standard().inverse_cdf(p);
            return (mean + z * self.variance(mean).sqrt()).max(0.0).round() as u64;
        }
        match self.usable_for(mean) {
            Self::NegativeBinomial { size } => NegativeBinomial::new(size, size / (size + mean))
                .map_or(0, |law| least(p, |count| law.cdf(count))),
            Self::Poisson => Poisson::new(mean).map_or(0, |law| least(p, |count| law.cdf(count))),
        }
    }

    /// A central interval that holds at least `level` (0 to 1) of the probability, both
    /// ends included.
    pub fn interval(self, mean: f64, level: f64) -> [u64; 2] {
        let outside = (1.0 - level.clamp(0.0, 1.0)) / 2.0;
        [
            self.quantile(mean, outside),
            self.quantile(mean, 1.0 - outside),
        ]
    }

    /// The same law, kept off sizes that can't be reckoned with; Poisson's where the size
    /// is so far above the numbers at hand that the difference drowns in rounding.
    fn usable_for(self, number: f64) -> Self {
        match self {
            Self::NegativeBinomial { size } if size.is_nan() => Self::Poisson,
            Self::NegativeBinomial { size } if size > SIZE_OF_POISSON * number.max(1.0) => {
                Self::Poisson
            }
            Self::NegativeBinomial { size } => Self::NegativeBinomial {
                size: size.clamp(SIZES[0], SIZES[1]),
            },
            Self::Poisson => Self::Poisson,
        }
    }
}

/// The method of moments' size: `Σλ² / Σ((y − λ)² − λ)`; none where the counts scatter no
/// more than Poisson's.
pub fn size_by_moments(outcomes: &[Outcome]) -> Option<f64> {
    let usable = outcomes.iter().filter(|o| o.mean.is_finite());
    let (mut excess, mut squares) = (0.0, 0.0);
    for outcome in usable {
        let Outcome { mean, count, times } = *outcome;
        excess += times * ((f64::from(count) - mean).powi(2) - mean);
        squares += times * mean * mean;
    }
    let size = squares / excess;
    (excess > 0.0 && size.is_finite() && size > 0.0).then_some(size)
}

/// A mean that can be reckoned with.
fn usable(mean: f64) -> f64 {
    if mean.is_nan() {
        0.0
    } else {
        mean.clamp(0.0, 1e15)
    }
}

/// The least count whose distribution function reaches `p`, by doubling and halving.
fn least(p: f64, cdf: impl Fn(u64) -> f64) -> u64 {
    let mut above = 1u64;
    while cdf(above) < p && above < 1 << 40 {
        above *= 2;
    }
    let mut below = above / 2; // not enough, or 0
    while above - below > 1 {
        let middle = below + (above - below) / 2;
        if cdf(middle) < p {
            below = middle;
        } else {
            above = middle;
        }
    }
    above
}

/// The place of a function's greatest value, of a function with one hump; first looked
/// for within 4 of `around`.
fn golden_section([least, most]: [f64; 2], around: f64, f: &dyn Fn(f64) -> f64) -> f64 {
    let ratio = (5f64.sqrt() - 1.0) / 2.0;
    let search = |mut low: f64, mut high: f64| {
        let mut inner = [high - ratio * (high - low), low + ratio * (high - low)];
        let mut values = [f(inner[0]), f(inner[1])];
        for _ in 0..STEPS {
            if values[0] >= values[1] {
                high = inner[1];
                inner = [high - ratio * (high - low), inner[0]];
                values = [f(inner[0]), values[0]];
            } else {
                low = inner[0];
                inner = [inner[1], low + ratio * (high - low)];
                values = [values[1], f(inner[1])];
            }
        }
        (low + high) / 2.0
    };
    let (low, high) = ((around - 4.0).max(least), (around + 4.0).min(most));
    if low < high {
        let found = search(low, high);
        if found - low > 0.01 && high - found > 0.01 {
            return found;
        }
    }
    search(least, most)
}

#[cfg(test)]
#[path = "dispersion_tests.rs"]
mod tests;
