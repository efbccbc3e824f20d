//! How true was it? A forecast against what happened in its window.
//!
//! | figure | definition |
//! |---|---|
//! | hits | events inside the flagged area: the densest cells up to that area, the last one in part |
//! | hit rate | hits / events |
//! | PAI | hit rate / (flagged area / whole area) (Chainey, Tompson & Uhlig 2008) |
//! | PEI | hits / the most hits that any choice of the same area could have had |
//! | log score | `Σ (y ln λ − λ − ln y!)` over cells, per event (Poisson) |
//! | where score | `Σ ln p` over events, per event: p the cell's share of the whole forecast |
//! | Brier score | mean over cells of `(P(y ≥ 1) − [y ≥ 1])²` |
//! | calibration ratio | expected over observed inside the flagged area |
//!
//! Ties are scored at their expected value, never the lucky one: cells whose densities
//! differ by less than a hundredth (no more than the areas of hexagons differ within a
//! city) are flagged in part, all by the same part.
//!
//! Both logarithms are taken of a forecast mixed with 1 % of an even one of the same
//! total, and of at least [`LEAST_TOTAL`] events, so that an event where nothing was
//! expected costs much but not everything.

use serde::{Deserialize, Serialize};
use statrs::function::factorial::ln_factorial;

use crate::calendar::window::Window;

/// Share of an even forecast that is mixed in before a logarithm is taken.
pub const EVEN_SHARE: f64 = 0.01;

/// A forecast of fewer events in all than this is scored as one of so many.
pub const LEAST_TOTAL: f64 = 0.01;

/// Square kilometres in a square mile.
const KM2_A_MI2: f64 = 2.589_988_110_336;

/// A density is tied with the densest of its group where it is not lower by more than this.
pub const TIE_RATIO: f64 = 1.01;

/// How much of the area is flagged.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Flagged {
    /// A share of the whole, 0 to 1.
    Share(f64),
    /// Square kilometres.
    Km2(f64),
}

/// A text that is no area.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{0:?} is no area to flag: write a share like 1% or an area like 0.26mi2 or 0.7km2")]
pub struct FlaggedError(String);

impl std::str::FromStr for Flagged {
    type Err = FlaggedError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let refuse = || FlaggedError(text.to_owned());
        let trimmed = text.trim();
        let number = |digits: &str| {
            let value: f64 = digits.trim().parse().map_err(|_| refuse())?;
            if value.is_finite() && value > 0.0 {
                Ok(value)
            } else {
                Err(refuse())
            }
        };
        if let Some(percent) = trimmed.strip_suffix('%') {
            let share = number(percent)? / 100.0;
            if share <= 1.0 {
                Ok(Self::Share(share))
            } else {
                Err(refuse())
            }
        } else if let Some(miles) = trimmed.strip_suffix("mi2") {
            Ok(Self::Km2(number(miles)? * KM2_A_MI2))
        } else if let Some(km2) = trimmed.strip_suffix("km2") {
            Ok(Self::Km2(number(km2)?))
        } else {
            Err(refuse())
        }
    }
}

impl Flagged {
    /// Square kilometres of a whole; at most all of it.
    pub fn km2_of(self, whole_km2: f64) -> f64 {
        match self {
            Self::Share(share) => whole_km2 * share,
            Self::Km2(km2) => km2.min(whole_km2),
        }
    }
}

/// The score of one forecast in one window. Sums, so that windows can be added up.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct WindowScore {
    /// The window.
    pub window: Window,
    /// Events that happened in the grid.
    pub events: f64,
    /// Events that were expected.
    pub expected: f64,
    /// One entry for each flagged area asked for.
    pub flagged: Vec<FlaggedScore>,
    /// Poisson log score, summed over the cells.
    pub log_sum: f64,
    /// Natural logarithm of each event's cell's share, summed over the events.
    pub where_sum: f64,
    /// Squared errors of P(≥ 1), summed over the cells.
    pub brier_sum: f64,
    /// How many cells.
    pub cells: usize,
}

/// What the flagged part had.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct FlaggedScore {
    /// Square kilometres flagged.
    pub km2: f64,
    /// Of so many in all.
    pub whole_km2: f64,
    /// Events inside.
    pub hits: f64,
    /// Events that were expected inside.
    pub expected: f64,
    /// The most that any choice of the same area could have had.
    pub best_hits: f64,
}

/// Scores a forecast: `expected` and `observed` events a cell of `area_km2`, all of one
/// length; `expected` finite and not negative.
pub fn score(
    window: Window,
    expected: &[f64],
    observed: &[f64],
    area_km2: &[f64],
    flagged: &[Flagged],
) -> WindowScore {
    let whole_km2: f64 = area_km2.iter().sum();
    let events: f64 = observed.iter().sum();
    let total: f64 = expected.iter().sum();
    let by_forecast = Curve::new(area_km2, expected, TIE_RATIO);
    let by_truth = Curve::new(area_km2, observed, 1.0);
    let flagged = flagged
        .iter()
        .map(|flagged| {
            let km2 = flagged.km2_of(whole_km2);
            FlaggedScore {
                km2,
                whole_km2,
                hits: by_forecast.within(km2, observed),
                expected: by_forecast.within(km2, expected),
                best_hits: by_truth.within(km2, observed),
            }
        })
        .collect();

    let floored_total = total.max(LEAST_TOTAL);
    let floored = |i: usize| {
        let even = floored_total * area_km2[i] / whole_km2;
        let mixed = if total > 0.0 {
            expected[i] / total * floored_total
        } else {
            even
        };
        (1.0 - EVEN_SHARE) * mixed + EVEN_SHARE * even
    };
    let (mut log_sum, mut where_sum, mut brier_sum) = (-floored_total, 0.0, 0.0);
    for (i, &y) in observed.iter().enumerate() {
        if y > 0.0 {
            let rate = floored(i).ln();
            log_sum += y * rate - ln_factorial(y as u64);
            where_sum += y * (rate - floored_total.ln());
        }
        let some = -(-expected[i]).exp_m1();
        brier_sum += (some - f64::from(y > 0.0)).powi(2);
    }
    WindowScore {
        window,
        events,
        expected: total,
        flagged,
        log_sum,
        where_sum,
        brier_sum,
        cells: expected.len(),
    }
}

/// Cells from the densest down, ties in one group.
struct Curve<'a> {
    area_km2: &'a [f64],
    order: Vec<u32>,
    /// Where each group ends in `order`.
    ends: Vec<usize>,
}

impl<'a> Curve<'a> {
    fn new(area_km2: &'a [f64], value: &[f64], tie_ratio: f64) -> Self {
        let density: Vec<f64> = value
            .iter()
            .zip(area_km2)
            .map(|(v, a)| if *a > 0.0 { v / a } else { 0.0 })
            .collect();
        let mut order: Vec<u32> = (0..value.len() as u32).collect();
        order.sort_unstable_by(|&a, &b| {
            let (x, y) = (density[a as usize], density[b as usize]);
            y.total_cmp(&x).then(a.cmp(&b))
        });
        let mut ends = Vec::new();
        let mut densest = f64::NAN;
        for (place, &cell) in order.iter().enumerate() {
            let own = density[cell as usize];
            if place > 0 && own * tie_ratio < densest {
                ends.push(place);
            }
            if ends.last().copied().unwrap_or(0) == place {
                densest = own;
            }
        }
        ends.push(order.len());
        Self {
            area_km2,
            order,
            ends,
        }
    }

    /// How much of `value` lies in the densest cells up to an area.
    fn within(&self, km2: f64, value: &[f64]) -> f64 {
        let (mut left, mut sum, mut start) = (km2, 0.0, 0);
        for &end in &self.ends {
            if left <= 0.0 {
                break;
            }
            let group = &self.order[start..end];
            start = end;
            let area: f64 = group.iter().map(|&i| self.area_km2[i as usize]).sum();
            let inside: f64 = group.iter().map(|&i| value[i as usize]).sum();
            let part = if area > left { left / area } else { 1.0 };
            sum += inside * part;
            left -= area;
        }
        sum
    }
}

#[cfg(test)]
#[path = "score_tests.rs"]
mod tests;
