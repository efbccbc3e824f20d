//! The units for a call in order, with what each choice does to the coverage.

use crate::patrol::coverage::expected::ExpectedCoverage;
use crate::patrol::dispatch::offer::{Offer, When};
use crate::patrol::dispatch::rule::Rule;

/// A unit that may be chosen.
#[derive(Debug, Clone, PartialEq)]
pub struct Choice {
    /// Who, when.
    pub offer: Offer,
    /// By how much the share covered in each ring falls when it is sent; 0 for a busy one,
    /// which covers nothing now.
    pub lost: Vec<f64>,
    /// The share covered in each ring by those that are left.
    pub left: Vec<f64>,
}

/// All units that can come, the proposed one first, the others by when they are there.
#[derive(Debug, Clone, PartialEq)]
pub struct Ranking {
    /// In order.
    pub choices: Vec<Choice>,
    /// Why the first is first; none where nobody can come.
    pub why: Option<Why>,
}

/// Why a unit is the first.
#[derive(Debug, Clone, PartialEq)]
pub enum Why {
    /// No other unit is idle and has a way.
    OnlyOne,
    /// It is there first.
    Nearest {
        /// So much before the next idle one, milliseconds.
        ahead_ms: u32,
        /// That one.
        next: usize,
    },
    /// It is there later than the nearest, and its leaving costs less coverage.
    KeepsCoverage {
        /// So much later, milliseconds.
        later_ms: u32,
        /// The nearest.
        nearest: usize,
        /// Coverage kept in each ring by not sending the nearest.
        saved: Vec<f64>,
    },
    /// Nobody is idle: it is the first to be there after its job.
    FreeFirst,
}

/// Ranks the offers for a call. `cover` counts all idle units, those that offer included.
pub fn rank(offers: &[Offer], cover: &ExpectedCoverage, rule: Rule, urgent: bool) -> Ranking {
    let shares = cover.counts().shares();
    let mut choices: Vec<Choice> = offers
        .iter()
        .map(|&offer| {
            let lost = match offer.when {
                When::Now => cover.losses(offer.unit),
                When::AfterJob => vec![0.0; shares.len()],
            };
            let left = shares.iter().zip(&lost).map(|(all, lost)| all - lost);
            Choice {
                offer,
                left: left.map(|share| share.max(0.0)).collect(),
                lost,
            }
        })
        .collect();
    choices.sort_by_key(|c| (c.offer.eta_ms, c.offer.when == When::AfterJob, c.offer.unit));
    let Some((first, why)) = proposed(&choices, cover, rule, urgent) else {
        return Ranking { choices, why: None };
    };
    let chosen = choices.remove(first);
    choices.insert(0, chosen);
    Ranking {
        choices,
        why: Some(why),
    }
}

/// The place of the proposed choice among those by arrival, and why.
fn proposed(
    by_arrival: &[Choice],
    cover: &ExpectedCoverage,
    rule: Rule,
    urgent: bool,
) -> Option<(usize, Why)> {
    let idle: Vec<usize> = (0..by_arrival.len())
        .filter(|&i| by_arrival[i].offer.when == When::Now)
        .collect();
    let Some(&nearest) = idle.first() else {
        return (!by_arrival.is_empty()).then_some((0, Why::FreeFirst));
    };
    let Some(&next) = idle.get(1) else {
        return Some((nearest, Why::OnlyOne));
    };
    let eta_ms = |i: usize| by_arrival[i].offer.eta_ms;
    let kept = match rule {
        Rule::CoverageAware { patience_ms } if !urgent => {
            let rings = cover.counts().rings();
            let ring = |i| {
                rings
                    .limits_ms()
                    .partition_point(|&limit| limit < eta_ms(i))
            };
            let latest = eta_ms(nearest).saturating_add(patience_ms);
            let price = |i: usize| rings.weigh(&by_arrival[i].lost);
            idle.iter()
                .copied()
                .filter(|&i| eta_ms(i) <= latest && ring(i) == ring(nearest))
                // The first of equals is the earliest.
                .reduce(|best, i| if price(i) < price(best) { i } else { best })
                .unwrap_or(nearest)
        }
        _ => nearest,
    };
    let why = if kept == nearest {
        Why::Nearest {
            ahead_ms: eta_ms(next) - eta_ms(nearest),
            next: by_arrival[next].offer.unit,
        }
    } else {
        let lost = by_arrival[nearest].lost.iter().zip(&by_arrival[kept].lost);
        Why::KeepsCoverage {
            later_ms: eta_ms(kept) - eta_ms(nearest),
            nearest: by_arrival[nearest].offer.unit,
            saved: lost.map(|(theirs, ours)| theirs - ours).collect(),
        }
    };
    Some((kept, why))
}

#[cfg(test)]
#[path = "rank_tests.rs"]
mod tests;
