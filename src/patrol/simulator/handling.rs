//! How long a unit is busy at a call, from its arrival on.

use rand::rngs::ChaCha8Rng;
use rand_distr::{Distribution, Exp, LogNormal};

use crate::patrol::simulator::town::SimulationFault;

/// The distribution of handling times.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum HandlingTime {
    /// Many short ones and a long tail: what dispatch records show.
    LogNormal {
        /// Mean, seconds.
        mean_s: f64,
        /// Standard deviation over mean.
        variation: f64,
    },
    /// Without a memory: what queueing theory has formulas for.
    Exponential {
        /// Mean, seconds.
        mean_s: f64,
    },
}

impl Default for HandlingTime {
    /// Half an hour in the mean, with a deviation as large.
    fn default() -> Self {
        Self::LogNormal {
            mean_s: 1800.0,
            variation: 1.0,
        }
    }
}

/// A distribution ready to draw from.
#[derive(Debug, Clone, Copy)]
pub enum Drawn {
    /// See [`HandlingTime::LogNormal`].
    LogNormal(LogNormal<f64>),
    /// See [`HandlingTime::Exponential`].
    Exponential(Exp<f64>),
}

impl HandlingTime {
    /// Checks the parameters.
    ///
    /// # Errors
    /// [`SimulationFault::Handling`].
    pub fn check(self) -> Result<Drawn, SimulationFault> {
        let positive = |x: f64| x.is_finite() && x > 0.0 && x <= 7.0 * 86_400.0;
        match self {
            Self::LogNormal { mean_s, variation }
                if positive(mean_s) && (0.0..=10.0).contains(&variation) =>
            {
                // ln of a log-normal has variance ln(1 + variation²).
                let variance = (variation * variation).ln_1p();
                LogNormal::new(mean_s.ln() - variance / 2.0, variance.sqrt())
                    .map(Drawn::LogNormal)
                    .map_err(|_| SimulationFault::Handling)
            }
            Self::Exponential { mean_s } if positive(mean_s) => Exp::new(1.0 / mean_s)
                .map(Drawn::Exponential)
                .map_err(|_| SimulationFault::Handling),
            _ => Err(SimulationFault::Handling),
        }
    }

    /// The mean, seconds.
    pub fn mean_s(self) -> f64 {
        match self {
            Self::LogNormal { mean_s, .. } | Self::Exponential { mean_s } => mean_s,
        }
    }
}

impl Drawn {
    /// A handling time, milliseconds; at least 1.
    pub fn draw_ms(&self, chance: &mut ChaCha8Rng) -> u64 {
        let seconds = match self {
            Self::LogNormal(law) => law.sample(chance),
            Self::Exponential(law) => law.sample(chance),
        };
        (seconds * 1000.0).round().max(1.0) as u64
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::patrol::simulator::chance::{Subject, stream};

    #[test]
    fn draws_have_the_mean_and_deviation_that_were_asked_for() {
        for (law, deviation) in [
            (
                HandlingTime::LogNormal {
                    mean_s: 1500.0,
                    variation: 0.8,
                },
                1200.0,
            ),
            (HandlingTime::Exponential { mean_s: 900.0 }, 900.0),
        ] {
            let drawn = law.check().unwrap();
            let mut chance = stream(3, Subject::Details);
            let n = 200_000;
            let draws: Vec<f64> = (0..n)
                .map(|_| drawn.draw_ms(&mut chance) as f64 / 1000.0)
                .collect();
            let mean = draws.iter().sum::<f64>() / f64::from(n);
            let spread = draws.iter().map(|d| (d - mean).powi(2)).sum::<f64>() / f64::from(n);
            assert!((mean / law.mean_s() - 1.0).abs() < 0.01, "{law:?}: {mean}");
            assert!((spread.sqrt() / deviation - 1.0).abs() < 0.04, "{law:?}");
        }
    }

    #[test]
    fn nonsense_is_refused() {
        for mean_s in [0.0, -1.0, f64::NAN, f64::INFINITY] {
            assert!(HandlingTime::Exponential { mean_s }.check().is_err());
        }
        for variation in [-0.1, f64::NAN, 11.0] {
            let mean_s = 60.0;
            assert!(
                HandlingTime::LogNormal { mean_s, variation }
                    .check()
                    .is_err()
            );
        }
        // No deviation at all: always the mean.
        let mean_s = 60.0;
        let steady = HandlingTime::LogNormal {
            mean_s,
            variation: 0.0,
        }
        .check()
        .unwrap();
        assert_eq!(steady.draw_ms(&mut stream(1, Subject::Details)), 60_000);
    }
}
