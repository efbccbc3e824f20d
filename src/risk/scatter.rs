//! How outcomes scattered about their forecasts, tallied as they come.
//!
//! A dozen windows of a hundred thousand cells are a million outcomes, nearly all of them
//! "nothing happened where nearly nothing was expected". They are kept as counts by the
//! logarithm of the mean (sixteen bins an e-fold, each with its own mean of means) and by
//! the count; the law found from these is that of all outcomes one by one, to three digits.

use std::collections::BTreeMap;

use crate::risk::dispersion::{Law, Outcome};

/// Bins in an e-fold.
const BINS: f64 = 16.0;

/// Means beyond these, as natural logarithms, share the outermost bins.
const LN_MEANS: [f64; 2] = [-40.0, 20.0];

/// Outcomes tallied.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Scatter {
    /// Of cells where nothing happened, by bin.
    quiet: Vec<Tally>,
    /// Of the others, by bin and count.
    others: BTreeMap<(usize, u32), Tally>,
}

#[derive(Debug, Clone, Copy, PartialEq, Default)]
struct Tally {
    means: f64,
    times: f64,
}

impl Scatter {
    /// Adds the cells of a window: what was expected in each (finite, not negative) and
    /// how many events there were.
    pub fn add(&mut self, expected: &[f64], observed: &[f64]) {
        self.quiet.resize(1 + bin(f64::INFINITY), Tally::default());
        for (&mean, &count) in expected.iter().zip(observed) {
            let tally = match count as u32 {
                0 => &mut self.quiet[bin(mean)],
                some => self.others.entry((bin(mean), some)).or_default(),
            };
            tally.means += mean;
            tally.times += 1.0;
        }
    }

    /// The law that they speak for.
    pub fn law(&self) -> Law {
        let outcome = |tally: &Tally, count| Outcome {
            mean: tally.means / tally.times,
            count,
            times: tally.times,
        };
        let quiet = self.quiet.iter().filter(|tally| tally.times > 0.0);
        let others = self.others.iter();
        let outcomes: Vec<Outcome> = quiet
            .map(|tally| outcome(tally, 0))
            .chain(others.map(|(&(_, count), tally)| outcome(tally, count)))
            .collect();
        Law::fit(&outcomes)
    }
}

fn bin(mean: f64) -> usize {
    let [least, most] = LN_MEANS;
    // A mean of 0 has the logarithm −∞, which is the first bin's.
    ((mean.ln().clamp(least, most) - least) * BINS) as usize
}

#[cfg(test)]
mod tests {
    use super::*;
    use rand::SeedableRng;
    use rand::rngs::ChaCha8Rng;
    use rand_distr::{Distribution, Gamma, Poisson};

    /// Windows of cells whose means are off from the forecast by a gamma factor of `size`.
    fn windows(size: f64, seed: u64) -> Vec<(Vec<f64>, Vec<f64>)> {
        let mut rng = ChaCha8Rng::seed_from_u64(seed);
        let factor = Gamma::new(size, 1.0 / size).unwrap();
        let mut cell = |i: u32| {
            let mean = 1e-4 * 1.003f64.powi((i % 3000) as i32);
            let off: f64 = (mean * factor.sample(&mut rng)).max(1e-12);
            (mean, Poisson::new(off).unwrap().sample(&mut rng))
        };
        (0..4).map(|_| (0..6000).map(&mut cell).unzip()).collect()
    }

    #[test]
    fn the_tally_speaks_for_the_law_of_all_outcomes() {
        for size in [0.4, 3.0] {
            let windows = windows(size, 9);
            let mut scatter = Scatter::default();
            let mut outcomes = Vec::new();
            for (expected, observed) in &windows {
                scatter.add(expected, observed);
                outcomes.extend(
                    expected
                        .iter()
                        .zip(observed)
                        .map(|(&mean, &count)| Outcome {
                            mean,
                            count: count as u32,
                            times: 1.0,
                        }),
                );
            }
            let size_of = |law| match law {
                Law::NegativeBinomial { size } => size,
                Law::Poisson => f64::INFINITY,
            };
            let (tallied, all) = (size_of(scatter.law()), size_of(Law::fit(&outcomes)));
            assert!((tallied / all - 1.0).abs() < 5e-3, "{tallied} for {all}");
        }
    }

    #[test]
    fn nothing_and_empty_cells_are_poisson() {
        let mut scatter = Scatter::default();
        assert_eq!(scatter.law(), Law::Poisson);
        scatter.add(&[0.0; 100], &[0.0; 100]);
        assert_eq!(scatter.law(), Law::Poisson);
        scatter.add(&[f64::MIN_POSITIVE, 1e30], &[3.0, 0.0]);
        scatter.law();
    }
}
