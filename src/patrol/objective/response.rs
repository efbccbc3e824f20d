//! Response: the share of the expected calls (see `demand.rs`) that some free unit reaches in
//! time, over the window. Sampled every ten minutes: a unit counts where it stands, or where
//! it drives to; on a break it counts nowhere.
//!
//! Expected coverage with a busy fraction (Daskin 1983) at the rings of
//! `patrol/coverage/rings.rs`, which weigh the same.

use std::cell::{Cell, OnceCell};
use std::ops::Range;

use crate::patrol::coverage::expected::CoverCounts;
use crate::patrol::coverage::rings::{CoverageFault, Reach, Rings};
use crate::patrol::objective::demand::{calls_in, reach_from};
use crate::patrol::problem::PlanProblem;

/// Seconds between two samples.
const STEP_S: u32 = 600;

/// Response of a plan that changes stop by stop.
#[derive(Debug, Clone)]
pub struct Response<'a> {
    problem: &'a PlanProblem,
    rings: Rings,
    samples: Vec<Sample>,
    /// Of each point of the matrix, once asked for.
    reaches: Vec<OnceCell<Reach>>,
    share: f64,
    /// What was asked last, as long as nothing has changed: the same presence is asked for
    /// once for each length of stay.
    asked: Cell<Option<(u32, usize, usize, f64)>>,
    /// `q^k`.
    powers: Vec<f64>,
    /// Expected calls over all samples.
    calls: f64,
}

#[derive(Debug, Clone)]
struct Sample {
    counts: CoverCounts,
    /// Its hour of the window.
    hour: usize,
    /// Its part of the window's expected calls.
    weight: f64,
    score: f64,
}

impl<'a> Response<'a> {
    /// Of a checked problem, before any stop.
    ///
    /// # Errors
    /// [`CoverageFault`] where rings or demand are not valid.
    pub fn new(problem: &'a PlanProblem, rings: Rings) -> Result<Self, CoverageFault> {
        let end = problem.window_s() as u32;
        let mut samples = Vec::with_capacity((end / STEP_S) as usize + 1);
        let mut hourly: Option<(usize, CoverCounts)> = None;
        let mut at = STEP_S / 2;
        while at < end {
            let hour = (at / 3600) as usize;
            let counts = match &hourly {
                Some((same, counts)) if *same == hour => counts.clone(),
                _ => CoverCounts::new(&calls_in(problem, hour), rings.clone())?,
            };
            hourly = Some((hour, counts.clone()));
            samples.push(Sample {
                weight: counts.total(),
                counts,
                hour,
                score: 0.0,
            });
            at += STEP_S;
        }
        let total: f64 = samples.iter().map(|s| s.weight).sum();
        for sample in &mut samples {
            sample.weight = if total > 0.0 {
                sample.weight / total
            } else {
                0.0
            };
        }
        Ok(Self {
            problem,
            samples,
            reaches: (0..problem.points()).map(|_| OnceCell::new()).collect(),
            share: 0.0,
            asked: Cell::new(None),
            powers: (0..=problem.units.len() as i32)
                .map(|k| rings.busy().powi(k))
                .collect(),
            calls: total,
            rings,
        })
    }

    /// The share of expected calls that are reached in time, 0 to 1.
    pub fn share(&self) -> f64 {
        self.share
    }

    /// A unit counts at a point from one second until before another.
    pub fn add(&mut self, point: u32, from: u32, until: u32) {
        self.change(point, from, until, true);
    }

    /// It counts there no more.
    pub fn remove(&mut self, point: u32, from: u32, until: u32) {
        self.change(point, from, until, false);
    }

    /// What a unit more at a point would add to the share.
    pub fn gain(&self, point: u32, from: u32, until: u32) -> f64 {
        let range = self.between(from, until);
        if range.is_empty() || self.calls <= 0.0 {
            return 0.0;
        }
        if let Some((asked, first, last, gain)) = self.asked.get()
            && (asked, first, last) == (point, range.start, range.end)
        {
            return gain;
        }
        let gain = self.gain_in(point, range.clone());
        self.asked.set(Some((point, range.start, range.end, gain)));
        gain
    }

    fn gain_in(&self, point: u32, range: Range<usize>) -> f64 {
        let reach = self.reach(point).points();
        let weights = self.rings.weights();
        let mut sum = 0.0;
        for sample in &self.samples[range] {
            for &(reached, innermost) in reach {
                let risk = self.calls_at(reached as usize, sample.hour);
                let rings = usize::from(innermost)..weights.len();
                let chance: f64 = rings
                    .map(|ring| {
                        let units = sample.counts.count(ring, reached as usize) as usize;
                        let busy = self.powers.get(units).copied().unwrap_or(0.0);
                        weights[ring] * busy
                    })
                    .sum();
                sum += risk * chance;
            }
        }
        sum * (1.0 - self.rings.busy()) / self.calls
    }

    /// Expected calls at a point of demand, by its place in `demand.rs`'s order.
    fn calls_at(&self, place: usize, hour: usize) -> f64 {
        let candidates = &self.problem.candidates;
        let risks = match candidates.get(place) {
            Some(candidate) => &candidate.risk_by_hour,
            None => &self.problem.demand[place - candidates.len()].risk_by_hour,
        };
        risks.get(hour).copied().unwrap_or(0.0)
    }

    /// Adds up afresh, so that rounding does not pile up.
    pub fn settle(&mut self) {
        self.share = self.samples.iter().map(|s| s.weight * s.score).sum();
    }

    fn change(&mut self, point: u32, from: u32, until: u32, more: bool) {
        let range = self.between(from, until);
        if range.is_empty() {
            return;
        }
        self.asked.set(None);
        self.reach(point);
        let Some(reach) = self.reaches[point as usize].get() else {
            return;
        };
        for sample in &mut self.samples[range] {
            // The reach is one of this problem's demand, so that it always fits.
            let changed = match more {
                true => sample.counts.add(reach),
                false => sample.counts.remove(reach),
            };
            debug_assert!(changed.is_ok());
            let score = sample.counts.score();
            self.share += sample.weight * (score - sample.score);
            sample.score = score;
        }
    }

    fn reach(&self, point: u32) -> &Reach {
        self.reaches[point as usize]
            .get_or_init(|| reach_from(self.problem, &self.rings, point as usize))
    }

    /// Samples within `[from, until)`.
    fn between(&self, from: u32, until: u32) -> Range<usize> {
        let first = |second: u32| {
            let sample = (second + STEP_S / 2).div_ceil(STEP_S).saturating_sub(1);
            (sample as usize).min(self.samples.len())
        };
        let from = first(from);
        from..first(until).max(from)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::patrol::made_up::{TownSize, town};
    use crate::patrol::problem::DemandPoint;

    #[test]
    fn as_if_counted_afresh_sample_by_sample() {
        let size = TownSize {
            units: 2,
            candidates: 30,
            must_visits: 0,
            hours: 1.5,
            side_m: 3000.0,
        };
        let mut problem = town(size, 4).unwrap();
        let all: Vec<Vec<f64>> = problem
            .candidates
            .iter()
            .map(|c| c.risk_by_hour.clone())
            .collect();
        // At ten of them nobody may stop any more; calls come from there all the same. In the
        // matrix they stay where they are.
        let gone = problem.candidates.split_off(20).into_iter();
        problem.demand = gone
            .map(|c| DemandPoint {
                snap: c.snap,
                risk_by_hour: c.risk_by_hour,
            })
            .collect();
        problem.check().unwrap();
        let mut response = Response::new(&problem, Rings::default()).unwrap();
        let presence = [
            (2, 0, 700),
            (9, 600, 3000),
            (20, 2900, 5400),
            (9, 100, 5400),
        ];
        for &(point, from, until) in &presence {
            let before = response.share();
            let gain = response.gain(point, from, until);
            response.add(point, from, until);
            assert!((response.share() - before - gain).abs() < 1e-12);
        }
        // An extra one that goes again leaves no trace.
        response.add(5, 0, 5000);
        response.remove(5, 0, 5000);
        let (mut reached, mut calls) = (0.0, 0.0);
        for at in (300..5400).step_by(600) {
            for (c, risks) in all.iter().enumerate() {
                let risk = risks[at as usize / 3600];
                calls += 3.0 * risk;
                for limit in [60_000, 180_000, 300_000] {
                    let near = presence.iter().filter(|&&(point, from, until)| {
                        from <= at
                            && at < until
                            && problem.travel.millis(point as usize, 2 + c).unwrap() <= limit
                    });
                    reached += risk * (1.0 - 0.3f64.powi(near.count() as i32));
                }
            }
        }
        response.settle();
        assert!((response.share() - reached / calls).abs() < 1e-9);
    }
}
