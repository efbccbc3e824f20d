//! Near repeat: does an incident raise the risk around it for a while? The Knox test
//! (Knox 1964; Johnson et al. 2007): pairs of incidents counted by distance and time apart,
//! against the same places with their times shuffled, so that neither dense places nor busy
//! seasons pass for repeats. `p = (#{sim ≥ obs} + 1)/(R + 1)`; bands are closed below and
//! open above.
//!
//! How: near pairs are listed once; eight shuffles lie side by side in memory, so that one
//! pair is judged for all of them by a few instructions. Shuffles come in fixed groups of
//! eight, each with its own stream of chance: the same bits on any number of threads.

use rand::SeedableRng;
use rand::rngs::ChaCha8Rng;
use rand::seq::SliceRandom;
use rayon::prelude::*;

use crate::risk::model::RiskEvent;
use crate::risk::statistics::error::StatisticsError;
use crate::risk::statistics::near_pairs::{NearPairs, check_edges, near_pairs};

/// Shuffles side by side.
const LANES: usize = 8;

/// Most shuffles.
pub const MOST_PERMUTATIONS: u32 = 9_999;

/// Fewer incidents than this find only strong repeats: where a quarter of the incidents is
/// triggered by earlier ones, 5,000 find it and 2,000 don't.
pub const FEWEST_FOR_POWER: usize = 5_000;

/// Longest span of time, seconds: 60 years, whose differences fit 32 bits.
const LONGEST_S: i64 = 60 * 31_557_600;

const DAY_S: f64 = 86_400.0;

/// What is asked.
#[derive(Debug, Clone, PartialEq)]
pub struct KnoxQuestion {
    /// Edges of the distance bands, metres.
    pub space_m: Vec<f64>,
    /// Edges of the time bands, days.
    pub time_days: Vec<f64>,
    /// How often times are shuffled.
    pub permutations: u32,
    /// Start of chance.
    pub seed: u64,
}

impl Default for KnoxQuestion {
    fn default() -> Self {
        Self {
            space_m: vec![0.0, 100.0, 200.0, 300.0],
            time_days: vec![0.0, 7.0, 14.0, 21.0],
            permutations: 999,
            seed: 1,
        }
    }
}

/// One distance band and time band.
#[derive(Debug, Clone, PartialEq)]
pub struct KnoxCell {
    /// Distance band, metres: from, and up to but without.
    pub metres: (f64, f64),
    /// Time band, days: from, and up to but without.
    pub days: (f64, f64),
    /// Pairs counted.
    pub observed: u64,
    /// Mean of the shuffles.
    pub expected: f64,
    /// Median of the shuffles.
    pub median: f64,
    /// Observed over expected; none where no shuffle had any.
    pub ratio: Option<f64>,
    /// One-sided: as many or more.
    pub p: f64,
}

/// The table.
#[derive(Debug, Clone, PartialEq)]
pub struct Knox {
    /// Incidents looked at.
    pub events: usize,
    /// Pairs within the distance bands, whatever their times.
    pub near_pairs: usize,
    /// Shuffles.
    pub permutations: u32,
    /// Distance by distance, within each time by time.
    pub cells: Vec<KnoxCell>,
    /// Too few incidents for a finding of nothing to mean anything.
    pub low_power: bool,
}

/// Runs the test.
///
/// # Errors
/// [`StatisticsError`] for bad bands, a number of permutations of 0 or beyond
/// [`MOST_PERMUTATIONS`], too many pairs or too long a span.
pub fn knox(events: &[RiskEvent], question: &KnoxQuestion) -> Result<Knox, StatisticsError> {
    check_edges("the time bands", &question.time_days)?;
    if !(1..=MOST_PERMUTATIONS).contains(&question.permutations) {
        return Err(StatisticsError::Parameter {
            name: "the number of permutations",
            wanted: "1 to 9999",
            value: f64::from(question.permutations),
        });
    }
    let positions: Vec<_> = events.iter().map(|e| e.position).collect();
    let pairs = near_pairs(&positions, &question.space_m)?;
    let times = times_s(events, &pairs.order)?;
    let limits: Vec<i32> = question.time_days.iter().map(|&d| limit_s(d)).collect();

    let as_is: Vec<[i32; LANES]> = times.iter().map(|&t| [t; LANES]).collect();
    let observed: Vec<u64> = lane_counts(&pairs, &as_is, &limits)
        .iter()
        .map(|lanes| u64::from(lanes[0]))
        .collect();
    let shuffled = shuffles(&pairs, &times, &limits, question);
    let bands =
        |edges: &[f64]| -> Vec<(f64, f64)> { edges.windows(2).map(|w| (w[0], w[1])).collect() };
    let mut cells = Vec::with_capacity(observed.len());
    for metres in bands(&question.space_m) {
        for days in bands(&question.time_days) {
            let at = cells.len();
            let sims: Vec<u32> = shuffled.iter().map(|counts| counts[at]).collect();
            cells.push(cell(metres, days, observed[at], sims));
        }
    }
    Ok(Knox {
        events: events.len(),
        near_pairs: pairs.bands.iter().map(Vec::len).sum(),
        permutations: question.permutations,
        cells,
        low_power: events.len() < FEWEST_FOR_POWER,
    })
}

fn cell(metres: (f64, f64), days: (f64, f64), observed: u64, mut sims: Vec<u32>) -> KnoxCell {
    sims.sort_unstable();
    let r = sims.len();
    let expected = sims.iter().map(|&s| f64::from(s)).sum::<f64>() / r as f64;
    let median = f64::midpoint(f64::from(sims[(r - 1) / 2]), f64::from(sims[r / 2]));
    let as_many = r - sims.partition_point(|&s| u64::from(s) < observed);
    KnoxCell {
        metres,
        days,
        observed,
        expected,
        median,
        ratio: (expected > 0.0).then(|| observed as f64 / expected),
        p: (as_many as f64 + 1.0) / (r as f64 + 1.0),
    }
}

/// Seconds since the first event, in the pairs' order; what is finer is cut off.
fn times_s(events: &[RiskEvent], order: &[u32]) -> Result<Vec<i32>, StatisticsError> {
    let first = events.iter().map(|e| e.at.as_second()).min().unwrap_or(0);
    let span = events
        .iter()
        .map(|e| e.at.as_second() - first)
        .max()
        .unwrap_or(0);
    if span > LONGEST_S {
        return Err(StatisticsError::TooLong {
            years: span as f64 / 31_557_600.0,
        });
    }
    let seconds = |&i: &u32| (events[i as usize].at.as_second() - first) as i32;
    Ok(order.iter().map(seconds).collect())
}

/// The first whole second not before a band's edge; beyond any span where it is long.
fn limit_s(days: f64) -> i32 {
    (days * DAY_S).ceil().min(f64::from(i32::MAX)) as i32
}

/// Pair counts of each shuffle, by distance band and time band.
fn shuffles(
    pairs: &NearPairs,
    times: &[i32],
    limits: &[i32],
    question: &KnoxQuestion,
) -> Vec<Vec<u32>> {
    let wanted = question.permutations as usize;
    let groups: Vec<Vec<Vec<u32>>> = (0..wanted.div_ceil(LANES))
        .into_par_iter()
        .map(|group| {
            let mut rng = ChaCha8Rng::seed_from_u64(question.seed);
            rng.set_stream(group as u64);
            let mut lanes = vec![[0; LANES]; times.len()];
            let mut shuffled = times.to_vec();
            for lane in 0..LANES {
                shuffled.shuffle(&mut rng);
                for (row, &time) in lanes.iter_mut().zip(&shuffled) {
                    row[lane] = time;
                }
            }
            let counts = lane_counts(pairs, &lanes, limits);
            (0..LANES)
                .map(|lane| counts.iter().map(|c| c[lane]).collect())
                .collect()
        })
        .collect();
    groups.into_iter().flatten().take(wanted).collect()
}

/// Pairs of each distance band and time band, in each lane.
fn lane_counts(pairs: &NearPairs, times: &[[i32; LANES]], limits: &[i32]) -> Vec<[u32; LANES]> {
    let mut counts = Vec::new();
    for band in &pairs.bands {
        let nearer = nearer_than(band, times, limits);
        for edges in nearer.windows(2) {
            let mut between = [0; LANES];
            for lane in 0..LANES {
                between[lane] = edges[1][lane] - edges[0][lane];
            }
            counts.push(between);
        }
    }
    counts
}

/// How many pairs are less than each limit apart, in each lane. A limit of 0 has none.
fn nearer_than(pairs: &[(u32, u32)], times: &[[i32; LANES]], limits: &[i32]) -> Vec<[u32; LANES]> {
    let none = usize::from(limits.first().is_some_and(|&l| l <= 0));
    let rest = &limits[none..];
    // As many counters as there are limits, known when compiled, stay in registers.
    let counted = match rest.len() {
        0 => Vec::new(),
        1 => counters::<1>(pairs, times, rest),
        2 => counters::<2>(pairs, times, rest),
        3 => counters::<3>(pairs, times, rest),
        4 => counters::<4>(pairs, times, rest),
        5 => counters::<5>(pairs, times, rest),
        6 => counters::<6>(pairs, times, rest),
        7 => counters::<7>(pairs, times, rest),
        8 => counters::<8>(pairs, times, rest),
        _ => counters::<9>(pairs, times, rest),
    };
    let mut counts = vec![[0; LANES]; none];
    counts.extend(counted);
    counts
}

fn counters<const N: usize>(
    pairs: &[(u32, u32)],
    times: &[[i32; LANES]],
    limits: &[i32],
) -> Vec<[u32; LANES]> {
    let mut own = [0; N];
    own.copy_from_slice(&limits[..N]);
    let mut counts = [[0u32; LANES]; N];
    for &(i, j) in pairs {
        let (a, b) = (&times[i as usize], &times[j as usize]);
        let mut apart = [0i32; LANES];
        for lane in 0..LANES {
            apart[lane] = (a[lane] - b[lane]).abs();
        }
        for (count, limit) in counts.iter_mut().zip(own) {
            for lane in 0..LANES {
                count[lane] += u32::from(apart[lane] < limit);
            }
        }
    }
    counts.to_vec()
}

#[cfg(test)]
#[path = "knox_tests.rs"]
mod tests;
