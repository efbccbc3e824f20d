//! Fairness: beats want patrol minutes in proportion to their risk; minutes beyond what a
//! beat wants do not make up for those another lacks.

use crate::patrol::problem::{PatrolUnit, PlanProblem};

/// The share of the working time that can be spent at stops; the rest is driving. Only
/// decides how much all beats want together.
const AT_STOPS: f64 = 0.8;

/// Seconds that beats want, and are given by a plan that changes stop by stop.
#[derive(Debug, Clone)]
pub struct Fairness {
    wanted: Vec<f64>,
    given: Vec<u32>,
    /// Of each candidate.
    beat: Vec<Option<u32>>,
    total: f64,
    met: f64,
}

impl Fairness {
    /// Of a checked problem, before any stop.
    pub fn new(problem: &PlanProblem) -> Self {
        let work =
            |unit: &PatrolUnit| f64::from(unit.until_ms.saturating_sub(unit.from_ms)) / 1000.0;
        let time: f64 = problem.units.iter().map(work).sum::<f64>() * AT_STOPS;
        let wanted: Vec<f64> = problem.beats.iter().map(|b| b.wanted * time).collect();
        let beats = wanted.len() as u32;
        let beat = problem.candidates.iter().map(|c| c.beat);
        Self {
            given: vec![0; wanted.len()],
            beat: beat.map(|beat| beat.filter(|&b| b < beats)).collect(),
            total: wanted.iter().sum(),
            met: 0.0,
            wanted,
        }
    }

    /// The share of the wanted minutes that are given, 0 to 1.
    pub fn share(&self) -> f64 {
        if self.total > 0.0 {
            self.met / self.total
        } else {
            0.0
        }
    }

    /// A stay of so many seconds at a candidate.
    pub fn add(&mut self, cell: u32, stay: u32) {
        if let Some(beat) = self.beat[cell as usize] {
            self.set(beat as usize, |given| given + stay);
        }
    }

    /// It is not made.
    pub fn remove(&mut self, cell: u32, stay: u32) {
        if let Some(beat) = self.beat[cell as usize] {
            self.set(beat as usize, |given| given.saturating_sub(stay));
        }
    }

    /// What a stay would add to the share.
    pub fn gain(&self, cell: u32, stay: u32) -> f64 {
        let Some(beat) = self.beat[cell as usize] else {
            return 0.0;
        };
        let beat = beat as usize;
        let lacking = (self.wanted[beat] - f64::from(self.given[beat])).max(0.0);
        if self.total > 0.0 {
            lacking.min(f64::from(stay)) / self.total
        } else {
            0.0
        }
    }

    /// Adds up afresh, so that rounding does not pile up.
    pub fn settle(&mut self) {
        self.met = (0..self.wanted.len()).map(|beat| self.met_of(beat)).sum();
    }

    fn met_of(&self, beat: usize) -> f64 {
        self.wanted[beat].min(f64::from(self.given[beat]))
    }

    fn set(&mut self, beat: usize, change: impl Fn(u32) -> u32) {
        let before = self.met_of(beat);
        self.given[beat] = change(self.given[beat]);
        self.met += self.met_of(beat) - before;
    }
}
