//! Is it more than luck? Intervals by resampling whole blocks of time.
//!
//! Events of one week hang together, so weeks are drawn, not events: a block bootstrap
//! (Künsch 1989). Two models are compared on the same draws, block by block, so that what
//! makes a week hard for both cancels out.

use rand::rngs::ChaCha8Rng;
use rand::{RngExt, SeedableRng};
use serde::{Deserialize, Serialize};

/// How many times blocks are drawn.
pub const DRAWS: usize = 2000;

/// An estimate with its interval.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Estimate {
    /// From all blocks.
    pub value: f64,
    /// 2.5th percentile of the draws.
    pub low: f64,
    /// 97.5th percentile of the draws.
    pub high: f64,
    /// Two-sided p for "no difference from 0": twice the smaller share of draws on one
    /// side, counting the estimate itself as one draw more, so never 0.
    pub p: f64,
}

/// Draws blocks with replacement and estimates `statistic` of each draw, given as how
/// many times each block was drawn. None where there is no block or the statistic of all
/// blocks is undefined; draws where it is undefined are left out.
pub fn estimate(
    blocks: usize,
    seed: u64,
    statistic: impl Fn(&[f64]) -> Option<f64>,
) -> Option<Estimate> {
    if blocks == 0 {
        return None;
    }
    let value = statistic(&vec![1.0; blocks])?;
    let mut rng = ChaCha8Rng::seed_from_u64(seed);
    let mut times = vec![0.0; blocks];
    let mut drawn: Vec<f64> = Vec::with_capacity(DRAWS);
    for _ in 0..DRAWS {
        times.fill(0.0);
        for _ in 0..blocks {
            times[rng.random_range(0..blocks)] += 1.0;
        }
        drawn.extend(statistic(&times).filter(|v| v.is_finite()));
    }
    if drawn.is_empty() {
        return None;
    }
    drawn.sort_by(f64::total_cmp);
    let at = |share: f64| drawn[((drawn.len() - 1) as f64 * share).round() as usize];
    let below = drawn.iter().filter(|v| **v <= 0.0).count() + 1;
    let above = drawn.iter().filter(|v| **v >= 0.0).count() + 1;
    Some(Estimate {
        value,
        low: at(0.025),
        high: at(0.975),
        p: (2.0 * below.min(above) as f64 / (drawn.len() + 1) as f64).min(1.0),
    })
}

#[cfg(test)]
mod tests {
    use rand_distr::{Distribution, Normal};

    use super::*;

    fn mean(values: &[f64]) -> impl Fn(&[f64]) -> Option<f64> + '_ {
        move |times| {
            let n: f64 = times.iter().sum();
            Some(times.iter().zip(values).map(|(t, v)| t * v).sum::<f64>() / n)
        }
    }

    /// The interval of a mean is the textbook's, and it covers the truth as often as it
    /// says.
    #[test]
    fn the_interval_covers() {
        let normal = Normal::new(1.0, 2.0).unwrap();
        let mut rng = ChaCha8Rng::seed_from_u64(7);
        let mut covered = 0;
        for seed in 0..100 {
            let values: Vec<f64> = (0..50).map(|_| normal.sample(&mut rng)).collect();
            let found = estimate(50, seed, mean(&values)).unwrap();
            let spread = 2.0 * 1.96 * 2.0 / 50f64.sqrt();
            assert!(((found.high - found.low) / spread - 1.0).abs() < 0.6);
            covered += usize::from(found.low < 1.0 && 1.0 < found.high);
        }
        assert!((87..=99).contains(&covered), "{covered}");
    }

    #[test]
    fn p_tells_a_difference_from_none() {
        let values: Vec<f64> = (0..40).map(|i| f64::from(i % 2) - 0.5).collect();
        assert!(estimate(40, 1, mean(&values)).unwrap().p > 0.5);
        let values: Vec<f64> = values.iter().map(|v| v + 1.0).collect();
        let found = estimate(40, 1, mean(&values)).unwrap();
        assert!(found.p < 0.01 && found.p > 0.0);
    }

    #[test]
    fn nothing_gives_nothing() {
        assert_eq!(estimate(0, 1, |_| Some(1.0)), None);
        assert_eq!(estimate(3, 1, |_| None), None);
        let one = estimate(1, 1, |_| Some(2.0)).unwrap();
        assert_eq!([one.low, one.high], [2.0, 2.0]);
    }
}
