//! More or fewer than a year ago? The ratio of two rates with its interval and its e-test.
//! A percentage never stands alone: "+50 %" of two incidents is three, and means nothing.
//!
//! The interval is exact: given both counts together, the first is binomial with share
//! `θ = ρ n₁ / (ρ n₁ + n₂)`, and Clopper and Pearson's interval of θ gives that of the ratio
//! ρ (Przyborowski & Wilenski 1940).

use statrs::distribution::{Beta, ContinuousCDF};

use crate::risk::statistics::e_test::e_test;
use crate::risk::statistics::error::{StatisticsError, above_zero};

/// Level of the interval.
pub const LEVEL: f64 = 0.95;

/// Incidents and the time they were counted in.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Rate {
    /// Incidents.
    pub count: u64,
    /// Exposure: hours, or anything else that is the same for both.
    pub exposure: f64,
}

/// A rate compared with an earlier one.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Comparison {
    /// Now.
    pub now: Rate,
    /// Earlier.
    pub earlier: Rate,
    /// Rate now over rate earlier; none where there was nothing earlier.
    pub ratio: Option<f64>,
    /// Lower end of the interval of the ratio.
    pub low: f64,
    /// Upper end; none where the data set no bound.
    pub high: Option<f64>,
    /// Two-sided p of the e-test: equal rates.
    pub p: f64,
}

/// Compares two rates, with an interval at [`LEVEL`].
///
/// # Errors
/// [`StatisticsError::Parameter`] where an exposure is not above 0.
pub fn compare(now: Rate, earlier: Rate) -> Result<Comparison, StatisticsError> {
    above_zero("the exposure", now.exposure)?;
    above_zero("the earlier exposure", earlier.exposure)?;
    let p = e_test(now.count, earlier.count, now.exposure, earlier.exposure)?;
    let longer = earlier.exposure / now.exposure;
    let (k1, k2) = (now.count as f64, earlier.count as f64);
    let tail = (1.0 - LEVEL) / 2.0;
    let odds = |share: f64| share / (1.0 - share);
    let low = match now.count {
        0 => 0.0,
        _ => odds(quantile(k1, k2 + 1.0, tail)) * longer,
    };
    let high = match earlier.count {
        0 => None,
        _ => Some(odds(quantile(k1 + 1.0, k2, 1.0 - tail)) * longer).filter(|h| h.is_finite()),
    };
    Ok(Comparison {
        now,
        earlier,
        ratio: (earlier.count > 0).then(|| k1 / k2 * longer),
        low,
        high,
        p,
    })
}

/// Quantile of a beta distribution with both parameters above zero.
fn quantile(a: f64, b: f64, at: f64) -> f64 {
    Beta::new(a, b).map_or(f64::NAN, |beta| beta.inverse_cdf(at))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn rate(count: u64, exposure: f64) -> Rate {
        Rate { count, exposure }
    }

    #[test]
    fn as_the_exact_interval() {
        // By bisection on sums of binomial probabilities, in whole numbers.
        let found = compare(rate(11, 800.0), rate(14, 2133.0)).unwrap();
        assert!((found.ratio.unwrap() - 2.094_910_714).abs() < 1e-8);
        assert!((found.low - 0.860_646_117).abs() < 1e-6, "{}", found.low);
        assert!(
            (found.high.unwrap() - 4.967_274_756).abs() < 1e-6,
            "{:?}",
            found.high
        );
    }

    #[test]
    fn nothing_earlier_or_now() {
        let found = compare(rate(3, 1.0), rate(0, 1.0)).unwrap();
        assert_eq!((found.ratio, found.high), (None, None));
        assert!(found.low > 0.0 && (found.p - 0.088379).abs() < 5e-7);
        let found = compare(rate(0, 1.0), rate(3, 1.0)).unwrap();
        assert_eq!((found.ratio, found.low), (Some(0.0), 0.0));
        let found = compare(rate(0, 1.0), rate(0, 1.0)).unwrap();
        assert_eq!(
            (found.ratio, found.low, found.high, found.p),
            (None, 0.0, None, 1.0)
        );
        for bad in [0.0, f64::NAN, -3.0] {
            assert!(compare(rate(1, bad), rate(1, 1.0)).is_err());
            assert!(compare(rate(1, 1.0), rate(1, bad)).is_err());
        }
    }

    #[test]
    fn many_incidents_are_as_the_logarithm_has_it() {
        let found = compare(rate(105_000, 365.0), rate(100_000, 366.0)).unwrap();
        let reach = 1.959964 * (1.0 / 105_000.0f64 + 1.0 / 100_000.0).sqrt();
        let ratio = found.ratio.unwrap();
        assert!((found.low / (ratio * (-reach).exp()) - 1.0).abs() < 1e-4);
        assert!((found.high.unwrap() / (ratio * reach.exp()) - 1.0).abs() < 1e-4);
        assert!(found.p < 1e-10);
    }

    proptest! {
        /// The interval holds the ratio, and turns over with its sides.
        #[test]
        fn turned_over(k1 in 1u64..3000, k2 in 1u64..3000, n1 in 0.1..10.0f64, n2 in 0.1..10.0f64) {
            let there = compare(rate(k1, n1), rate(k2, n2)).unwrap();
            let back = compare(rate(k2, n2), rate(k1, n1)).unwrap();
            let ratio = there.ratio.unwrap();
            prop_assert!(there.low <= ratio && ratio <= there.high.unwrap());
            prop_assert!((there.low * back.high.unwrap() - 1.0).abs() < 1e-6);
            prop_assert!((there.p - back.p).abs() < 1e-9);
        }
    }
}
