//! Policies compared on the same calls: histories by policy and seed, means, and paired
//! differences with their intervals.
//!
//! For a seed, all policies answer the same calls with the same handling times (common
//! random numbers), so that differences are those of the policies. Intervals are Student's,
//! over seeds.

use std::ops::ControlFlow;
use std::sync::atomic::{AtomicBool, Ordering};

use rayon::prelude::*;
use statrs::distribution::{ContinuousCDF, StudentsT};

use crate::patrol::simulator::history::Leg;
use crate::patrol::simulator::idle::Plans;
use crate::patrol::simulator::policy::Policy;
use crate::patrol::simulator::run::{Case, run};
use crate::patrol::simulator::settings::SimulationSettings;
use crate::patrol::simulator::tally::{Figure, Tally};
use crate::patrol::simulator::town::{SimulationFault, Town};

/// Half of what lies outside an interval.
const TAIL: f64 = 0.025;

/// What is compared.
pub struct Experiment<'a> {
    /// Where.
    pub town: &'a Town,
    /// Plans of its shifts.
    pub plans: Plans<'a>,
    /// How.
    pub settings: &'a SimulationSettings,
    /// Which policies.
    pub policies: &'a [Policy],
    /// On which calls: seeds.
    pub seeds: &'a [u64],
    /// Measures a leg by road, metres.
    pub metres: &'a (dyn Fn(&Leg) -> Option<f64> + Sync),
}

/// What came of it: a tally for each policy and seed.
#[derive(Debug, Clone, PartialEq)]
pub struct Comparison {
    /// In the order asked for.
    pub policies: Vec<Policy>,
    /// In the order asked for.
    pub seeds: Vec<u64>,
    /// By policy, then seed.
    pub tallies: Vec<Vec<Tally>>,
}

/// A mean with its 95 % interval.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Interval {
    /// Over seeds.
    pub mean: f64,
    /// The interval's ends; not finite where there is a single seed.
    pub low: f64,
    /// See `low`.
    pub high: f64,
}

impl Experiment<'_> {
    /// Runs all histories. `watch` is called after each and may break off.
    ///
    /// # Errors
    /// [`SimulationFault`].
    pub fn run(
        &self,
        watch: &(dyn Fn() -> ControlFlow<()> + Sync),
    ) -> Result<Comparison, SimulationFault> {
        self.settings.check()?;
        if self.policies.is_empty() || self.seeds.is_empty() {
            return Err(SimulationFault::NothingToRun);
        }
        let stop = AtomicBool::new(false);
        // A seed's calls are drawn once for all policies.
        let by_seed: Vec<Result<Vec<Tally>, SimulationFault>> = self
            .seeds
            .par_iter()
            .with_max_len(1)
            .map(|&seed| {
                let parts = self.town.parts();
                let mut calls = parts.process.draw(seed, &parts.open)?;
                calls.retain(|call| parts.cells[call.cell as usize].place.is_some());
                let one = |&policy: &Policy| {
                    if stop.load(Ordering::Relaxed) {
                        return Err(SimulationFault::BrokenOff);
                    }
                    let case = Case {
                        town: self.town,
                        plans: self.plans,
                        policy,
                        settings: self.settings,
                        calls: &calls,
                        seed,
                    };
                    let history = run(&case, &mut |_| {})?;
                    if watch().is_break() {
                        stop.store(true, Ordering::Relaxed);
                    }
                    Ok(Tally::new(&calls, &history, self.metres))
                };
                self.policies.iter().map(one).collect()
            })
            .collect();
        if stop.into_inner() {
            return Err(SimulationFault::BrokenOff);
        }
        let mut tallies = vec![Vec::with_capacity(self.seeds.len()); self.policies.len()];
        for of_seed in by_seed {
            for (of_policy, tally) in tallies.iter_mut().zip(of_seed?) {
                of_policy.push(tally);
            }
        }
        Ok(Comparison {
            policies: self.policies.to_vec(),
            seeds: self.seeds.to_vec(),
            tallies,
        })
    }
}

impl Comparison {
    /// A policy's figure over the seeds; none where some seed has none.
    pub fn estimate(&self, policy: Policy, figure: Figure) -> Option<Interval> {
        interval(&self.values(policy, figure)?)
    }

    /// By how much a policy's figure is above another's, seed by seed.
    pub fn difference(&self, policy: Policy, from: Policy, figure: Figure) -> Option<Interval> {
        let (ours, theirs) = (self.values(policy, figure)?, self.values(from, figure)?);
        let each: Vec<f64> = ours.iter().zip(&theirs).map(|(a, b)| a - b).collect();
        interval(&each)
    }

    /// How many times another's figure a policy's is, seed by seed; none where one is 0.
    pub fn ratio(&self, policy: Policy, to: Policy, figure: Figure) -> Option<Interval> {
        let (ours, theirs) = (self.values(policy, figure)?, self.values(to, figure)?);
        if theirs.contains(&0.0) {
            return None;
        }
        let each: Vec<f64> = ours.iter().zip(&theirs).map(|(a, b)| a / b).collect();
        interval(&each)
    }

    /// A policy's tallies, one a seed.
    pub fn of(&self, policy: Policy) -> Option<&[Tally]> {
        let number = self.policies.iter().position(|&p| p == policy)?;
        self.tallies.get(number).map(Vec::as_slice)
    }

    fn values(&self, policy: Policy, figure: Figure) -> Option<Vec<f64>> {
        self.of(policy)?.iter().map(|t| t.figure(figure)).collect()
    }
}

/// Mean and Student's interval; none of nothing.
pub fn interval(values: &[f64]) -> Option<Interval> {
    if values.is_empty() {
        return None;
    }
    let n = values.len() as f64;
    let mean = values.iter().sum::<f64>() / n;
    let squares: f64 = values.iter().map(|v| (v - mean).powi(2)).sum();
    let half = match StudentsT::new(0.0, 1.0, n - 1.0) {
        Ok(student) => student.inverse_cdf(1.0 - TAIL) * (squares / (n - 1.0) / n).sqrt(),
        // A single value says nothing of its spread.
        Err(_) => f64::INFINITY,
    };
    Some(Interval {
        mean,
        low: mean - half,
        high: mean + half,
    })
}

#[cfg(test)]
#[path = "experiment_tests.rs"]
mod tests;
