//! Did a measure work, or did it move incidents next door? Two answers from counts before
//! and after: the weighted displacement difference (WDD, Wheeler & Ratcliffe 2018) with its
//! standard error, and the weighted displacement quotient (WDQ, Bowers & Johnson 2003).
//!
//! `WDD = (T_a/w_a − T_b/w_b) − (C_a/w_a − C_b/w_b)`, plus the same for the buffer and its
//! own control; variance: the sum of count/w². `WDQ = (D_a/C_a − D_b/C_b)/(R_a/C_a − R_b/C_b)`.

use statrs::distribution::{ContinuousCDF, Normal};

use crate::risk::statistics::error::{StatisticsError, above_zero};

/// Counts of an area before and after.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct BeforeAfter {
    /// Incidents before the measure began.
    pub before: u64,
    /// Incidents after.
    pub after: u64,
}

/// How long the periods are and how large the areas; counts are divided by both.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Weights {
    /// Length of the period before, in any unit.
    pub before: f64,
    /// Length of the period after, in the same unit.
    pub after: f64,
    /// Size of the area in any unit; 1 where sizes shall not matter.
    pub area: f64,
}

impl Weights {
    /// Counts as they are.
    pub const ONE: Self = Self {
        before: 1.0,
        after: 1.0,
        area: 1.0,
    };
}

/// A change beyond the control's, with its uncertainty.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Difference {
    /// Incidents more (less: below zero) than the control's change explains; per unit of
    /// the weights.
    pub estimate: f64,
    /// Its standard error.
    pub standard_error: f64,
    /// Lower end of the interval.
    pub low: f64,
    /// Upper end of the interval.
    pub high: f64,
    /// Two-sided p of no difference.
    pub p: f64,
}

/// WDD in parts and as a whole.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Wdd {
    /// The treated area against its control.
    pub local: Difference,
    /// The buffer against its control; none where there is no buffer.
    pub displaced: Option<Difference>,
    /// Both together.
    pub total: Difference,
}

/// An area and its control, each with its weights.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Pair {
    /// The area.
    pub area: BeforeAfter,
    /// Its weights.
    pub area_weights: Weights,
    /// Its control.
    pub control: BeforeAfter,
    /// The control's weights.
    pub control_weights: Weights,
}

impl Pair {
    /// An area and its control, counts as they are.
    pub fn unweighted(area: BeforeAfter, control: BeforeAfter) -> Self {
        Self {
            area,
            area_weights: Weights::ONE,
            control,
            control_weights: Weights::ONE,
        }
    }
}

/// The weighted displacement difference, with an interval at `level` (0.90, say). The
/// normal distribution stands for Poisson's: with a handful of incidents it is rough.
///
/// # Errors
/// [`StatisticsError::Parameter`] where a weight is not above 0 or the level is not
/// between 0 and 1.
pub fn wdd(treated: Pair, buffer: Option<Pair>, level: f64) -> Result<Wdd, StatisticsError> {
    if !(level > 0.0 && level < 1.0) {
        return Err(StatisticsError::Parameter {
            name: "the interval's level",
            wanted: "between 0 and 1",
            value: level,
        });
    }
    let local = change(&treated)?;
    let displaced = buffer.map(|pair| change(&pair)).transpose()?;
    let total = displaced.map_or(local, |(estimate, variance)| {
        (local.0 + estimate, local.1 + variance)
    });
    Ok(Wdd {
        local: with_interval(local, level),
        displaced: displaced.map(|d| with_interval(d, level)),
        total: with_interval(total, level),
    })
}

/// Estimate and variance of one pair.
fn change(pair: &Pair) -> Result<(f64, f64), StatisticsError> {
    let (area, control) = (
        rate_change(pair.area, pair.area_weights)?,
        rate_change(pair.control, pair.control_weights)?,
    );
    Ok((area.0 - control.0, area.1 + control.1))
}

fn rate_change(counts: BeforeAfter, weights: Weights) -> Result<(f64, f64), StatisticsError> {
    let size = above_zero("an area's weight", weights.area)?;
    let before = above_zero("a period's weight", weights.before)? * size;
    let after = above_zero("a period's weight", weights.after)? * size;
    let (b, a) = (counts.before as f64, counts.after as f64);
    Ok((
        a / after - b / before,
        a / (after * after) + b / (before * before),
    ))
}

fn with_interval((estimate, variance): (f64, f64), level: f64) -> Difference {
    let normal = Normal::standard();
    let standard_error = variance.sqrt();
    let reach = normal.inverse_cdf(0.5 + level / 2.0) * standard_error;
    let p = if standard_error > 0.0 {
        2.0 * normal.cdf(-(estimate / standard_error).abs())
    } else {
        1.0
    };
    Difference {
        estimate,
        standard_error,
        low: estimate - reach,
        high: estimate + reach,
        p,
    }
}

/// A displacement quotient, or why there is none.
#[derive(Debug, Clone, PartialEq)]
pub enum Wdq {
    /// Above 0 the buffer gained with the treated area, below 0 it paid for it; at −1 all
    /// was displaced.
    Quotient(f64),
    /// Why it is not defined.
    Undefined(&'static str),
}

/// The weighted displacement quotient of the treated area, its buffer and their control.
pub fn wdq(treated: BeforeAfter, buffer: BeforeAfter, control: BeforeAfter) -> Wdq {
    if control.before == 0 || control.after == 0 {
        return Wdq::Undefined("the control area has no incidents in one of the periods");
    }
    let change = |area: BeforeAfter| {
        area.after as f64 / control.after as f64 - area.before as f64 / control.before as f64
    };
    let success = change(treated);
    // Compared as whole numbers: a share that did not change must not pass by rounding.
    let (after, before) = (
        u128::from(treated.after) * u128::from(control.before),
        u128::from(treated.before) * u128::from(control.after),
    );
    if after == before {
        return Wdq::Undefined("the treated area did not change relative to its control");
    }
    if after > before {
        return Wdq::Undefined(
            "the treated area did not fall relative to its control: nothing to displace",
        );
    }
    Wdq::Quotient(change(buffer) / success)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn counts(before: u64, after: u64) -> BeforeAfter {
        BeforeAfter { before, after }
    }

    fn near(a: f64, b: f64, off: f64) {
        assert!((a - b).abs() < off, "{a} is not {b}");
    }

    #[test]
    fn as_published() {
        let found = wdd(
            Pair::unweighted(counts(130, 74), counts(133, 91)),
            None,
            0.9,
        )
        .unwrap();
        assert_eq!(found.local.estimate, -14.0);
        near(found.local.standard_error, 20.68816, 5e-6);
        near(found.total.low, -48.029, 5e-4);
        near(found.total.high, 20.029, 5e-4);
        assert_eq!(found.displaced, None);
        // Wheeler & Ratcliffe 2018, and the same with areas of different sizes.
        let treated = Pair::unweighted(counts(207, 110), counts(308, 318));
        let buffer = Pair::unweighted(counts(178, 157), counts(150, 140));
        let found = wdd(treated, Some(buffer), 0.95).unwrap();
        assert_eq!(found.total.estimate, -118.0);
        near(found.total.standard_error, 1568f64.sqrt(), 1e-12);
        near(found.total.low, -196.0, 0.5);
        near(found.total.high, -40.0, 0.5);
        let sized = |pair: Pair, area: f64, control: f64| Pair {
            area_weights: Weights {
                area,
                ..Weights::ONE
            },
            control_weights: Weights {
                area: control,
                ..Weights::ONE
            },
            ..pair
        };
        let found = wdd(
            sized(treated, 1.2, 0.9),
            Some(sized(buffer, 1.5, 1.6)),
            0.95,
        )
        .unwrap();
        near(found.total.estimate, -99.69444444, 1e-8);
        near(found.total.standard_error, 35.4280755, 1e-6);
    }

    #[test]
    fn periods_of_different_length() {
        let weights = Weights {
            before: 2.0,
            after: 1.0,
            area: 1.0,
        };
        let pair = Pair {
            area_weights: weights,
            control_weights: weights,
            ..Pair::unweighted(counts(80, 20), counts(100, 50))
        };
        let found = wdd(pair, None, 0.95).unwrap();
        assert_eq!(found.total.estimate, -20.0);
        near(found.total.standard_error, 115f64.sqrt(), 1e-12);
    }

    #[test]
    fn the_quotient() {
        let Wdq::Quotient(q) = wdq(counts(130, 74), counts(60, 50), counts(133, 91)) else {
            panic!("defined");
        };
        near(q, -0.598592, 5e-7);
        let undefined = [
            (counts(130, 74), counts(0, 91)),
            (counts(130, 74), counts(133, 0)),
            (counts(10, 20), counts(30, 60)),
            (counts(10, 30), counts(10, 10)),
            (counts(0, 0), counts(10, 10)),
        ];
        for (treated, control) in undefined {
            assert!(matches!(
                wdq(treated, counts(5, 5), control),
                Wdq::Undefined(_)
            ));
        }
    }

    #[test]
    fn nothing_anywhere_and_bad_weights() {
        let nothing = Pair::unweighted(counts(0, 0), counts(0, 0));
        let found = wdd(nothing, Some(nothing), 0.9).unwrap();
        assert_eq!((found.total.estimate, found.total.p), (0.0, 1.0));
        for bad in [0.0, -1.0, f64::NAN] {
            let weights = Weights {
                before: bad,
                ..Weights::ONE
            };
            assert!(
                wdd(
                    Pair {
                        area_weights: weights,
                        ..nothing
                    },
                    None,
                    0.9
                )
                .is_err()
            );
            assert!(wdd(nothing, None, bad).is_err());
        }
        assert!(wdd(nothing, None, 1.0).is_err());
    }

    proptest! {
        #[test]
        fn finite_and_in_order(c in prop::array::uniform6(0u64..100_000), level in 0.01..0.999f64) {
            let pair = Pair::unweighted(counts(c[0], c[1]), counts(c[2], c[3]));
            let found = wdd(pair, Some(Pair::unweighted(counts(c[4], c[5]), counts(c[2], c[3]))), level).unwrap();
            for d in [found.local, found.displaced.unwrap(), found.total] {
                prop_assert!(d.low <= d.estimate && d.estimate <= d.high);
                prop_assert!(d.estimate.is_finite() && (0.0..=1.0).contains(&d.p));
            }
            if let Wdq::Quotient(q) = wdq(counts(c[0], c[1]), counts(c[4], c[5]), counts(c[2], c[3])) {
                prop_assert!(q.is_finite());
            }
        }
    }
}
