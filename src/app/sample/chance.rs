//! Seeded chance. ChaCha8 is the same on every platform and in every release of `rand`
//! (its `StdRng` is not); each subject draws from its own stream, so that a change to the
//! parks leaves the incidents as they were.

use rand::rngs::ChaCha8Rng;
use rand::{RngExt, SeedableRng};
use rand_distr::StandardNormal;
use sha2::{Digest, Sha256};

/// The sample's generator.
pub type Chance = ChaCha8Rng;

/// The stream of one subject under a seed.
pub fn stream(seed: u64, subject: &str) -> Chance {
    let mut hash = Sha256::new();
    hash.update(seed.to_le_bytes());
    hash.update(subject.as_bytes());
    Chance::from_seed(hash.finalize().into())
}

/// A draw from the normal distribution with mean 0.
pub fn normal(chance: &mut Chance, deviation: f64) -> f64 {
    let draw: f64 = chance.sample(StandardNormal);
    draw * deviation
}

/// A draw from the exponential distribution.
pub fn exponential(chance: &mut Chance, mean: f64) -> f64 {
    -mean * (1.0 - chance.random::<f64>()).ln()
}

/// A draw from the Poisson distribution, for small means (Knuth's product of uniforms).
pub fn poisson(chance: &mut Chance, mean: f64) -> usize {
    let floor = (-mean).exp();
    let mut product = chance.random::<f64>();
    let mut count = 0;
    while product > floor {
        product *= chance.random::<f64>();
        count += 1;
    }
    count
}

/// An index drawn by weight, from running sums that end at the total.
pub fn by_weight(chance: &mut Chance, running: &[f64]) -> usize {
    let total = running.last().copied().unwrap_or(0.0);
    let draw = chance.random::<f64>() * total;
    running
        .partition_point(|&sum| sum <= draw)
        .min(running.len().saturating_sub(1))
}

/// Running sums of weights.
pub fn running(weights: impl IntoIterator<Item = f64>) -> Vec<f64> {
    weights
        .into_iter()
        .scan(0.0, |sum, weight| {
            *sum += weight;
            Some(*sum)
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_stream_is_fixed_by_seed_and_subject() {
        let draw = |seed, subject| stream(seed, subject).random::<u64>();
        assert_eq!(draw(7, "roads"), draw(7, "roads"));
        assert_ne!(draw(7, "roads"), draw(8, "roads"));
        assert_ne!(draw(7, "roads"), draw(7, "parks"));
    }

    #[test]
    fn means_are_as_asked() {
        let mut chance = stream(1, "test");
        let n = 20_000;
        let mean = |f: &mut dyn FnMut() -> f64| (0..n).map(|_| f()).sum::<f64>() / f64::from(n);
        assert!((mean(&mut || exponential(&mut chance, 7.0)) - 7.0).abs() < 0.2);
        assert!((mean(&mut || poisson(&mut chance, 0.3) as f64) - 0.3).abs() < 0.02);
        let sums = running([1.0, 0.0, 3.0]);
        let third = mean(&mut || f64::from(by_weight(&mut chance, &sums) == 2));
        assert!((third - 0.75).abs() < 0.02);
    }
}
