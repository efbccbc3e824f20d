//! How often a score comes up by chance alone, and the threshold for one false alarm in so
//! many days.
//!
//! Weeks of usual nights are simulated: incidents by Poisson's law of each hour's rate,
//! where they usually fall. Each week leaves its strongest score; a score that a share `F`
//! of the weeks does not reach comes once in `−7 / ln F` days (arrivals of rare alarms are
//! Poisson's). The workspace's own last weeks are gone through with the same eyes. They are
//! no Poisson process: rain empties streets, one brawl is three calls. Where they ring
//! oftener than chance would, the threshold is theirs.

use rand::rngs::ChaCha8Rng;
use rand::{RngExt, SeedableRng};
use rand_distr::{Distribution, Poisson};
use rayon::prelude::*;

use crate::calendar::week::HOURS;
use crate::risk::unusual::scan::{Counts, Look, Seen, WINDOWS_H};
use crate::risk::unusual::usual::{PARTS, Usual, part_of};
use crate::risk::unusual::zones::Zones;

const HOUR_MS: i64 = 3_600_000;

/// Hours that are simulated before a week begins: as long as the longest look back.
const LEAD_H: usize = WINDOWS_H[WINDOWS_H.len() - 1] as usize;

/// Most weeks that are simulated, and least.
const WEEKS: [usize; 2] = [100, 1000];

/// Zone counts of all weeks together: some seconds of a core.
const WORK: f64 = 1.5e9;

/// Seed of the simulation: the same workspace rings at the same score.
const SEED: u64 = 0x5ca7;

const WEEK_DAYS: f64 = 7.0;

/// The strongest score of each of many weeks.
#[derive(Debug, Clone, PartialEq)]
pub struct Weeks {
    /// Ascending.
    strongest: Vec<f64>,
}

/// How often a score comes up.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct OnceIn {
    /// Once in so many days.
    pub days: f64,
    /// No week reached it: it comes more rarely than that.
    pub or_rarer: bool,
}

impl Weeks {
    /// Of scores that were found elsewhere.
    pub fn of(mut strongest: Vec<f64>) -> Self {
        strongest.sort_by(f64::total_cmp);
        Self { strongest }
    }

    /// Simulates usual weeks.
    pub fn simulate(zones: &Zones, usual: &Usual) -> Self {
        let sampler = Sampler::new(usual);
        let each = sampler.looks_per_week(zones);
        let weeks = ((WORK / each.max(1.0)) as usize).clamp(WEEKS[0], WEEKS[1]);
        let strongest = (0..weeks as u64)
            .into_par_iter()
            .map_init(
                || Counts::new(zones.len()),
                |counts, week| {
                    let mut rng = ChaCha8Rng::seed_from_u64(SEED ^ (week << 16));
                    let seen = sampler.week(&mut rng);
                    let pieces = |from_ms, to_ms| hours_between(from_ms, to_ms);
                    strongest(zones, usual, &seen, LEAD_H as i64 * HOUR_MS, pieces, counts)
                },
            )
            .collect();
        Self::of(strongest)
    }

    /// How many weeks.
    pub fn len(&self) -> usize {
        self.strongest.len()
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.strongest.is_empty()
    }

    /// How many weeks reach a score.
    pub fn reaching(&self, score: f64) -> usize {
        self.len() - self.strongest.partition_point(|&it| it < score)
    }

    /// The score that is reached once in so many days; the strongest of all where the weeks
    /// do not say.
    pub fn threshold(&self, days: f64) -> Option<f64> {
        let share = (-WEEK_DAYS / days).exp();
        let at = (share * self.len() as f64).ceil() as usize;
        let last = self.len().checked_sub(1)?;
        self.strongest.get(at.min(last)).copied()
    }

    /// How often a score comes up; none where there are no weeks.
    pub fn once_in(&self, score: f64) -> Option<OnceIn> {
        let reaching = self.reaching(score);
        if self.is_empty() {
            return None;
        }
        let weeks = self.len() as f64;
        // Of none that reach it, it is said what one would say.
        let below = 1.0 - reaching.max(1) as f64 / weeks;
        Some(OnceIn {
            // Reached in every week: several times a week, and how often is not known.
            days: match below > 0.0 {
                true => -WEEK_DAYS / below.ln(),
                false => 1.0,
            },
            or_rarer: reaching == 0,
        })
    }
}

/// The strongest score of any arrival from `from_ms` on; incidents before are looked back
/// at. `pieces` cuts a stretch at the turns of the hours: hour of the week, hours.
pub fn strongest<P: IntoIterator<Item = (usize, f64)>>(
    zones: &Zones,
    usual: &Usual,
    seen: &[Seen],
    from_ms: i64,
    pieces: impl Fn(i64, i64) -> P,
    counts: &mut Counts,
) -> f64 {
    let mut strongest: f64 = 0.0;
    let mut first = 0;
    for (i, newest) in seen.iter().enumerate() {
        let now_ms = newest.at_ms;
        while seen[first].at_ms <= now_ms - LEAD_H as i64 * HOUR_MS {
            first += 1;
        }
        if now_ms < from_ms {
            continue;
        }
        let look = Look {
            zones,
            usual,
            now_ms,
            stretches: WINDOWS_H
                .map(|hours| usual.over(pieces(now_ms - i64::from(hours) * HOUR_MS, now_ms))),
        };
        strongest = strongest.max(look.score_of_newest(&seen[first..=i], counts));
    }
    strongest
}

/// Cuts a stretch of a simulated week, which begins `LEAD_H` hours before Monday 00:00.
fn hours_between(from_ms: i64, to_ms: i64) -> impl Iterator<Item = (usize, f64)> {
    let mut at = from_ms;
    std::iter::from_fn(move || {
        if at >= to_ms {
            return None;
        }
        let hour = at.div_euclid(HOUR_MS);
        let end = ((hour + 1) * HOUR_MS).min(to_ms);
        let of_week = (hour - LEAD_H as i64).rem_euclid(HOURS as i64) as usize;
        let piece = (of_week, (end - at) as f64 / HOUR_MS as f64);
        at = end;
        Some(piece)
    })
}

/// Draws incidents.
struct Sampler<'a> {
    usual: &'a Usual,
    /// By part of the week: running sums of the cells' shares.
    running: Vec<Vec<f64>>,
}

impl<'a> Sampler<'a> {
    fn new(usual: &'a Usual) -> Self {
        let running = |shares: &Vec<f64>| {
            let mut sum = 0.0;
            let sums = shares.iter().map(|share| {
                sum += share;
                sum
            });
            sums.collect()
        };
        Self {
            usual,
            running: usual.by_cell.iter().map(running).collect(),
        }
    }

    /// About how many counts a week's looks take: arrivals × incidents in the longest
    /// window × zones a cell.
    fn looks_per_week(&self, zones: &Zones) -> f64 {
        let arrivals: f64 = self.usual.per_hour.iter().sum();
        let in_window = arrivals * LEAD_H as f64 / HOURS as f64;
        let cells = self.running.first().map_or(1, Vec::len).max(1) as f64;
        let per_cell = (0..cells as u32)
            .map(|cell| zones.of(cell).len())
            .sum::<usize>() as f64;
        arrivals * (in_window + 1.0) * per_cell / cells
    }

    /// A week's incidents, from `LEAD_H` hours before it, ascending.
    fn week(&self, rng: &mut ChaCha8Rng) -> Vec<Seen> {
        let mut seen = Vec::new();
        for hour in 0..(LEAD_H + HOURS) {
            let of_week = (hour + HOURS - LEAD_H) % HOURS;
            let mean = self.usual.per_hour[of_week];
            let Ok(law) = Poisson::new(mean) else {
                continue;
            };
            let first = seen.len();
            for _ in 0..law.sample(rng) as u64 {
                let at_ms = hour as i64 * HOUR_MS + rng.random_range(0..HOUR_MS);
                let cell = self.cell(part_of(of_week), rng);
                seen.push(Seen { cell, at_ms });
            }
            seen[first..].sort_by_key(|seen| seen.at_ms);
        }
        seen
    }

    fn cell(&self, part: usize, rng: &mut ChaCha8Rng) -> u32 {
        let running = &self.running[part % PARTS];
        let total = running.last().copied().unwrap_or(0.0);
        let drawn = rng.random::<f64>() * total;
        let at = running.partition_point(|&sum| sum <= drawn);
        at.min(running.len().saturating_sub(1)) as u32
    }
}

#[cfg(test)]
#[path = "chance_tests.rs"]
mod tests;
