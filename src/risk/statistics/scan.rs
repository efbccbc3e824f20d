//! Is "so many at once" unusual? The scan statistic of Naus (1982), "Approximations for
//! distributions of scan statistics", JASA 77:177-183.
//!
//! A week with six incidents where one is usual has p = 0.0006 for one week named
//! beforehand. But whoever watches for five years, and lets the week begin on any day, sees
//! one with probability 0.49. For `L` windows of mean `ψ`, the probability that no window
//! anywhere holds `n` is about `Q₂ (Q₃/Q₂)^(L − 2)`, with Naus's exact `Q₂` and `Q₃` for two
//! and three windows.

use statrs::function::gamma::ln_gamma;

use crate::risk::statistics::error::{StatisticsError, above_zero};

/// Largest count taken; what is beyond is an alarm for anybody.
pub const MOST_COUNT: u64 = 100_000;

/// Probability that, by chance alone, some window among `windows` windows' time holds
/// `count` incidents or more; `mean` is expected in one window. The window may begin at
/// any moment.
///
/// # Errors
/// [`StatisticsError::Parameter`] where `windows` is less than 2, the mean is not a number
/// above 0, or the count is beyond [`MOST_COUNT`].
pub fn scan_probability(windows: f64, mean: f64, count: u64) -> Result<f64, StatisticsError> {
    above_zero("the mean of a window", mean)?;
    if !(windows.is_finite() && windows >= 2.0) {
        return Err(StatisticsError::Parameter {
            name: "the number of windows",
            wanted: "2 or more",
            value: windows,
        });
    }
    if count > MOST_COUNT {
        return Err(StatisticsError::Parameter {
            name: "a count",
            wanted: "at most 100000",
            value: count as f64,
        });
    }
    Ok(match count {
        0 => 1.0,
        1 => -(-mean * windows).exp_m1(),
        n => approximation(mean, n as usize, n as usize - 1, windows - 2.0),
    })
}

/// Probability of `count` or more in one window that was named beforehand.
///
/// # Errors
/// [`StatisticsError::Parameter`] where the mean is not a number above 0.
pub fn single_window_probability(mean: f64, count: u64) -> Result<f64, StatisticsError> {
    above_zero("the mean of a window", mean)?;
    // P(X ≥ n) is the regularised lower incomplete gamma function of n at the mean.
    Ok(match count {
        0 => 1.0,
        n => statrs::function::gamma::checked_gamma_lr(n as f64, mean)
            .unwrap_or(0.0)
            .clamp(0.0, 1.0),
    })
}

/// `1 − Q₂ (Q₃/Q₂)^exponent`, the last sum of `Q₃` up to `last`: `n − 1` in the paper.
fn approximation(mean: f64, n: usize, last: usize, exponent: f64) -> f64 {
    let poisson = Poisson::up_to(mean, 2 * n);
    let (p, f) = (|x: usize| poisson.p[x], |x: isize| poisson.below_or_at(x));
    let (real, signed) = (n as f64, n as isize);

    let q2 = f(signed - 1).powi(2)
        - (real - 1.0) * p(n) * p(n - 2)
        - (real - 1.0 - mean) * p(n) * f(signed - 3);
    let a1 = 2.0 * p(n) * f(signed - 1) * ((real - 1.0) * f(signed - 2) - mean * f(signed - 3));
    let a2 = 0.5
        * p(n).powi(2)
        * ((real - 1.0) * (real - 2.0) * f(signed - 3) - 2.0 * (real - 2.0) * mean * f(signed - 4)
            + mean.powi(2) * f(signed - 5));
    let a3: f64 = (1..n)
        .map(|r| p(2 * n - r) * f(r as isize - 1).powi(2))
        .sum();
    let a4: f64 = (2..=last)
        .map(|r| {
            let at = r as isize;
            p(2 * n - r) * p(r) * ((r as f64 - 1.0) * f(at - 2) - mean * f(at - 3))
        })
        .sum();
    let q3 = f(signed - 1).powi(3) - a1 + a2 + a3 - a4;

    // Where the count is below what is usual, rounding may leave nothing or less.
    if q2 <= 0.0 || q3 <= 0.0 {
        return 1.0;
    }
    // −expm1 keeps a probability that is far below the rounding of 1.
    let ln_none = q2.ln() + exponent * (q3 / q2).ln();
    if ln_none.is_nan() {
        return 1.0;
    }
    (-ln_none.exp_m1()).clamp(0.0, 1.0)
}

/// Probabilities of a Poisson distribution and their running sums.
struct Poisson {
    p: Vec<f64>,
    sums: Vec<f64>,
}

impl Poisson {
    fn up_to(mean: f64, most: usize) -> Self {
        let p: Vec<f64> = (0..=most)
            .map(|x| {
                let x = x as f64;
                (x * mean.ln() - mean - ln_gamma(x + 1.0)).exp()
            })
            .collect();
        let sums = p
            .iter()
            .scan(0.0, |sum, p| {
                *sum += p;
                Some(*sum)
            })
            .collect();
        Self { p, sums }
    }

    fn below_or_at(&self, x: isize) -> f64 {
        usize::try_from(x).map_or(0.0, |x| self.sums[x].min(1.0))
    }
}

#[cfg(test)]
#[path = "scan_tests.rs"]
mod tests;
