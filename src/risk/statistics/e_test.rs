//! The e-test: do two counts come from the same rate? Krishnamoorthy & Thomson (2004),
//! "A more powerful test for comparing two Poisson means".
//!
//! `p = Σ P(x₁) P(x₂) [ |T(x₁, x₂)| ≥ |T(k₁, k₂)| ]` under the common rate
//! `λ = (k₁ + k₂)/(n₁ + n₂)`, with `T = (x₁/n₁ − x₂/n₂) / √(x₁/n₁² + x₂/n₂²)`.
//!
//! How: for each x₁ the statistic falls as x₂ grows, so what counts is the two ends of the
//! distribution of x₂; where they begin moves up with x₁. One walk over both counts
//! instead of all pairs: linear, where the definition is quadratic.

use statrs::function::gamma::ln_gamma;

use crate::risk::statistics::error::{StatisticsError, above_zero};

/// So many standard deviations hold all that a sum of doubles can see.
const REACH: f64 = 12.0;

/// Exposures further apart than this can't be compared.
const LEAST_RATIO: f64 = 1e-9;

/// Largest count taken: past it, rounding of the probabilities would show.
const MOST: u64 = 1_000_000_000;

/// Two-sided p of the counts `k1` in exposure `n1` and `k2` in exposure `n2` (any unit,
/// the same for both). Two zeros differ in nothing: 1.
///
/// # Errors
/// [`StatisticsError::Parameter`] where an exposure is not a number above 0 or a count is
/// beyond 1e9.
pub fn e_test(k1: u64, k2: u64, n1: f64, n2: f64) -> Result<f64, StatisticsError> {
    above_zero("an exposure", n1)?;
    above_zero("an exposure", n2)?;
    for k in [k1, k2] {
        if k > MOST {
            return Err(StatisticsError::Parameter {
                name: "a count",
                wanted: "at most 1000000000",
                value: k as f64,
            });
        }
    }
    if k1 + k2 == 0 {
        return Ok(1.0);
    }
    // Only the ratio of the exposures matters; 1 and below keeps the squares in range.
    let largest = n1.max(n2);
    if n1.min(n2) / largest < LEAST_RATIO {
        return Err(StatisticsError::Parameter {
            name: "the smaller exposure",
            wanted: "at least a billionth of the larger",
            value: n1.min(n2),
        });
    }
    let ratio = Statistic {
        n1: n1 / largest,
        n2: n2 / largest,
    };
    let rate = (k1 + k2) as f64 / (ratio.n1 + ratio.n2);
    let first = Stretch::of(rate * ratio.n1);
    let second = Stretch::of(rate * ratio.n2);
    // A tie by definition must not be lost to rounding.
    let limit = ratio.at(k1 as f64, k2 as f64).abs() * (1.0 - 1e-12);

    // P(x2 < i) for each place of the stretch.
    let mut below = Vec::with_capacity(second.p.len() + 1);
    let mut sum = 0.0;
    below.push(0.0);
    for p in &second.p {
        sum += p;
        below.push(sum);
    }
    let (mut low_end, mut high_start) = (0, 0);
    let mut total = 0.0;
    for (i, p1) in first.p.iter().enumerate() {
        let x1 = (first.from + i as u64) as f64;
        let at = |place: usize| ratio.at(x1, (second.from + place as u64) as f64);
        // Places 0..low_end have T ≥ limit, those from high_start on T ≤ −limit.
        while low_end < second.p.len() && at(low_end) >= limit {
            low_end += 1;
        }
        high_start = high_start.max(low_end);
        while high_start < second.p.len() && at(high_start) > -limit {
            high_start += 1;
        }
        total += p1 * (below[low_end] + (sum - below[high_start]));
    }
    // What rounding leaves over of all probabilities is not part of either end.
    Ok(total.clamp(0.0, 1.0))
}

/// The test statistic at given exposures.
struct Statistic {
    n1: f64,
    n2: f64,
}

impl Statistic {
    fn at(&self, x1: f64, x2: f64) -> f64 {
        let variance = x1 / (self.n1 * self.n1) + x2 / (self.n2 * self.n2);
        if variance > 0.0 {
            (x1 / self.n1 - x2 / self.n2) / variance.sqrt()
        } else {
            0.0
        }
    }
}

/// Poisson probabilities where they are not zero.
struct Stretch {
    from: u64,
    p: Vec<f64>,
}

impl Stretch {
    fn of(mean: f64) -> Self {
        let reach = REACH * mean.sqrt() + 60.0;
        let from = (mean - reach).max(0.0).floor() as u64;
        let to = (mean + reach).ceil() as u64;
        let ln_mean = mean.ln();
        let p = (from..=to)
            .map(|x| {
                let x = x as f64;
                (x * ln_mean - mean - ln_gamma(x + 1.0)).exp()
            })
            .collect();
        Self { from, p }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// The double sum as it is defined.
    fn slow(k1: u64, k2: u64, n1: f64, n2: f64) -> f64 {
        let t = |x1: u64, x2: u64| {
            let (x1, x2) = (x1 as f64, x2 as f64);
            let variance = x1 / (n1 * n1) + x2 / (n2 * n2);
            if variance == 0.0 {
                0.0
            } else {
                ((x1 / n1 - x2 / n2) / variance.sqrt()).abs()
            }
        };
        let rate = (k1 + k2) as f64 / (n1 + n2);
        let poisson = |x: u64, mean: f64| (1..=x).fold((-mean).exp(), |p, i| p * mean / i as f64);
        let most = |mean: f64| (mean + 15.0 * mean.sqrt() + 30.0) as u64;
        let mut sum = 0.0;
        for x1 in 0..most(rate * n1) {
            let p1 = poisson(x1, rate * n1);
            for x2 in 0..most(rate * n2) {
                if t(x1, x2) >= t(k1, k2) - 1e-9 {
                    sum += p1 * poisson(x2, rate * n2);
                }
            }
        }
        sum
    }

    #[test]
    fn as_published() {
        assert!((e_test(3, 0, 1.0, 1.0).unwrap() - 0.088379).abs() < 5e-7);
        assert!((e_test(6, 2, 1.0, 1.0).unwrap() - 0.174875).abs() < 5e-7);
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(40))]
        #[test]
        fn as_the_definition(k1 in 0u64..25, k2 in 0u64..25, n1 in 0.5..3.0f64, n2 in 0.5..3.0f64) {
            prop_assume!(k1 + k2 > 0);
            let fast = e_test(k1, k2, n1, n2).unwrap();
            let slow = slow(k1, k2, n1, n2);
            prop_assert!((fast - slow).abs() < 1e-9, "{fast} {slow}");
        }

        #[test]
        fn sides_and_units_do_not_matter(k1 in 0u64..5000, k2 in 0u64..5000, n1 in 0.01..100.0f64, n2 in 0.01..100.0f64) {
            let p = e_test(k1, k2, n1, n2).unwrap();
            prop_assert!((0.0..=1.0).contains(&p));
            prop_assert!((p - e_test(k2, k1, n2, n1).unwrap()).abs() < 1e-9);
            prop_assert!((p - e_test(k1, k2, 7.0 * n1, 7.0 * n2).unwrap()).abs() < 1e-9);
        }
    }

    #[test]
    fn many_incidents_are_as_the_normal_distribution_has_it() {
        // z = 2000 / √(10⁶ + 10⁶ + …): 1,001,000 against 999,000 is √2 standard deviations.
        let p = e_test(1_001_000, 999_000, 1.0, 1.0).unwrap();
        assert!((p - 0.157_299).abs() < 2e-4, "{p}");
        assert!(e_test(5000, 4000, 1.0, 1.0).unwrap() < 1e-20);
    }

    #[test]
    fn nothing_zero_exposure_and_absurd_counts() {
        assert_eq!(e_test(0, 0, 1.0, 1.0), Ok(1.0));
        for bad in [0.0, -1.0, f64::NAN, f64::INFINITY] {
            assert!(e_test(1, 1, bad, 1.0).is_err());
            assert!(e_test(1, 1, 1.0, bad).is_err());
        }
        assert!(e_test(u64::MAX, 1, 1.0, 1.0).is_err());
        assert!(e_test(1, 0, 1e-300, 1e300).is_err());
    }
}
