//! How foreseeable plans are: how much a night repeats the night before, and how evenly the
//! visits to a place are spread over the hours.

use std::collections::BTreeMap;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::patrol::plan::{PatrolPlan, Stop};

/// Two stops are at about the same time if they begin within so many seconds.
const SAME_TIME_S: i64 = 1800;
/// Visit times are counted in pieces of so many seconds.
const PIECE_S: i64 = 1800;

/// A stop as one who watches the place sees it.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Sight {
    /// The place: a cell.
    pub place: u64,
    /// Seconds since its window's start.
    pub second: i64,
}

/// How foreseeable a row of nights is.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Foreseeable {
    /// Nights.
    pub nights: usize,
    /// Share of a night's stops that the night before had too, at about the same time; the
    /// mean over nights.
    pub overlap: f64,
    /// What that share would be if the same places were visited as often, at times drawn
    /// evenly over the window: as good as it gets without giving up places.
    pub by_chance: f64,
    /// Entropy of the times of visits to a place over the pieces of the window, as a share
    /// of the most there could be with as many visits; the mean over visits to places that
    /// are visited at least twice. 0: always at the same time; 1: at any.
    pub entropy: f64,
    /// Covered incidents that nights lose on average against their best plan, as a share.
    pub loss: f64,
}

/// The stops at cells of a plan; must-visits are due when they are due.
pub fn sights(plan: &PatrolPlan) -> Vec<Sight> {
    let start = plan.window.start();
    let since = |at: Timestamp| at.as_second() - start.as_second();
    let stops = plan.routes.iter().flat_map(|r| &r.stops);
    let sight = |stop: &Stop| {
        Some(Sight {
            place: stop.cell?.number(),
            second: since(stop.arrival),
        })
    };
    stops.filter_map(sight).collect()
}

/// The share of stops that the plan before had too, at about the same time of its window;
/// none where there are no stops.
pub fn overlap(now: &[Sight], before: &[Sight]) -> Option<f64> {
    let mut times = BTreeMap::<u64, Vec<i64>>::new();
    for sight in before {
        times.entry(sight.place).or_default().push(sight.second);
    }
    let same = now.iter().filter(|sight| {
        let near = |other: &&i64| (*other - sight.second).abs() < SAME_TIME_S;
        let times = times.get(&sight.place);
        times.is_some_and(|times| times.iter().any(|t| near(&t)))
    });
    (!now.is_empty()).then(|| same.count() as f64 / now.len() as f64)
}

/// What a row of nights comes to; `losses` are shares of each night's best plan.
pub fn foreseeable(nights: &[Vec<Sight>], window_s: i64, losses: &[f64]) -> Foreseeable {
    let pairs = nights.windows(2);
    let overlaps: Vec<f64> = pairs.filter_map(|p| overlap(&p[1], &p[0])).collect();
    let pairs = nights.windows(2);
    let chances: Vec<f64> = pairs
        .filter_map(|p| by_chance(&p[1], &p[0], window_s))
        .collect();
    Foreseeable {
        nights: nights.len(),
        overlap: mean(&overlaps),
        by_chance: mean(&chances),
        entropy: entropy(nights, window_s),
        loss: mean(losses),
    }
}

/// The overlap to be expected if the visits of the night before had been at any time.
fn by_chance(now: &[Sight], before: &[Sight], window_s: i64) -> Option<f64> {
    let mut visits = BTreeMap::<u64, i32>::new();
    for sight in before {
        *visits.entry(sight.place).or_default() += 1;
    }
    let length = window_s.max(1) as f64;
    let hits = now.iter().map(|sight| {
        // The part of the window within which a visit is at about the same time.
        let from = (sight.second - SAME_TIME_S).max(0);
        let until = (sight.second + SAME_TIME_S).min(window_s);
        let near = (until - from).max(0) as f64 / length;
        1.0 - (1.0 - near).powi(visits.get(&sight.place).copied().unwrap_or(0))
    });
    (!now.is_empty()).then(|| hits.sum::<f64>() / now.len() as f64)
}

fn entropy(nights: &[Vec<Sight>], window_s: i64) -> f64 {
    let pieces = ((window_s + PIECE_S - 1) / PIECE_S).max(1) as usize;
    let mut by_place = BTreeMap::<u64, Vec<u32>>::new();
    for sight in nights.iter().flatten() {
        let counts = by_place
            .entry(sight.place)
            .or_insert_with(|| vec![0; pieces]);
        let piece = (sight.second.max(0) / PIECE_S) as usize;
        counts[piece.min(pieces - 1)] += 1;
    }
    let (mut sum, mut visits_all) = (0.0, 0.0);
    for counts in by_place.values() {
        let visits = f64::from(counts.iter().sum::<u32>());
        if visits < 2.0 {
            continue;
        }
        let shares = counts.iter().map(|&n| f64::from(n) / visits);
        let bits: f64 = shares.filter(|p| *p > 0.0).map(|p| -p * p.log2()).sum();
        let most = visits.min(pieces as f64).log2();
        if most > 0.0 {
            sum += visits * bits / most;
            visits_all += visits;
        }
    }
    if visits_all > 0.0 {
        sum / visits_all
    } else {
        0.0
    }
}

fn mean(values: &[f64]) -> f64 {
    match values.len() {
        0 => 0.0,
        n => values.iter().sum::<f64>() / n as f64,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn night(sights: &[(u64, i64)]) -> Vec<Sight> {
        let sight = |&(place, second): &(u64, i64)| Sight { place, second };
        sights.iter().map(sight).collect()
    }

    #[test]
    fn the_same_night_again_is_wholly_foreseeable() {
        let nights = vec![night(&[(1, 100), (2, 4000)]); 5];
        let found = foreseeable(&nights, 28_800, &[0.0; 5]);
        assert_eq!((found.overlap, found.entropy), (1.0, 0.0));
    }

    #[test]
    fn other_times_and_places_are_not() {
        let nights: Vec<_> = (0..8).map(|n| night(&[(1, n * 1800 + 7)])).collect();
        let found = foreseeable(&nights, 14_400, &[0.01, 0.03]);
        assert!((found.entropy - 1.0).abs() < 1e-12);
        // One visit the night before: an hour around it of four, less at the ends.
        assert!(
            (0.12..0.25).contains(&found.by_chance),
            "{}",
            found.by_chance
        );
        assert_eq!(found.overlap, 0.0);
        assert!((found.loss - 0.02).abs() < 1e-12);
        assert_eq!(
            overlap(&night(&[(1, 0), (2, 0)]), &night(&[(1, 1799)])),
            Some(0.5)
        );
        assert_eq!(overlap(&[], &night(&[(1, 0)])), None);
    }
}
