//! The plan while it is searched: rounds with times, the visits of each cell, and the
//! covered risk, kept up to date as rounds change.

use crate::patrol::problem::PlanProblem;
use crate::patrol::rules::gain::{CellVisit, GainRule};
use crate::patrol::rules::must_visit;
use crate::patrol::rules::reach::Reach;
use crate::patrol::rules::shift::Shift;
use crate::patrol::search::route::{Errand, Ground, TimedStop};

/// How good a plan is: errands first, then risk.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Worth {
    /// Dues that no round keeps.
    pub missed: u32,
    /// Covered incidents.
    pub value: f64,
}

impl Worth {
    /// Whether it is better than another by more than rounding.
    pub fn beats(self, other: Self) -> bool {
        self.missed < other.missed
            || (self.missed == other.missed && self.value > other.value + 1e-12)
    }
}

/// Rounds, visits and value.
#[derive(Debug)]
pub struct State<'a> {
    /// Sizes and drives.
    pub ground: Ground<'a>,
    /// The formula.
    pub gain: GainRule,
    rounds: Vec<Vec<TimedStop>>,
    visits: Vec<Vec<CellVisit>>,
    value_of: Vec<f64>,
    /// How many rounds keep each due; two only while rounds exchange errands.
    keepers: Vec<u8>,
    missed: u32,
    value: f64,
    touched: Vec<u32>,
    scratch: Vec<TimedStop>,
}

impl<'a> State<'a> {
    /// Empty rounds for a checked problem.
    pub fn new(problem: &'a PlanProblem) -> Self {
        let reach = Reach::new(&problem.travel);
        let dues = must_visit::dues(problem, &reach);
        let candidates = problem.candidates.len();
        Self {
            gain: GainRule::new(problem),
            rounds: vec![Vec::new(); problem.units.len()],
            visits: vec![Vec::new(); candidates],
            value_of: vec![0.0; candidates],
            keepers: vec![0; dues.len()],
            missed: dues.len() as u32,
            value: 0.0,
            touched: Vec::new(),
            scratch: Vec::new(),
            ground: Ground {
                reach,
                first_candidate: problem.candidate_point(0) as u32,
                candidates: candidates as u32,
                dwells: problem
                    .dwell_options_ms
                    .iter()
                    .map(|d| d.div_ceil(1000))
                    .collect(),
                dues,
                shifts: problem.units.iter().map(Shift::of).collect(),
            },
        }
    }

    /// How many units there are.
    pub fn units(&self) -> usize {
        self.rounds.len()
    }

    /// One unit's stops.
    pub fn round(&self, unit: usize) -> &[TimedStop] {
        &self.rounds[unit]
    }

    /// A cell's visits, in order of time.
    pub fn visits(&self, cell: u32) -> &[CellVisit] {
        &self.visits[cell as usize]
    }

    /// Whether a round keeps the due.
    pub fn is_kept(&self, due: u32) -> bool {
        self.keepers[due as usize] > 0
    }

    /// How good it is now.
    pub fn worth(&self) -> Worth {
        Worth {
            missed: self.missed,
            value: self.value,
        }
    }

    /// What one more stop at a cell would add, later stops staying when they are.
    pub fn marginal(&self, cell: u32, at: u32, option: u8) -> f64 {
        self.gain.marginal(cell, self.visits(cell), at, option)
    }

    /// Replaces a unit's round where the new one keeps all times; else changes nothing.
    pub fn set_round(&mut self, unit: usize, errands: &[Errand]) -> bool {
        let mut timed = std::mem::take(&mut self.scratch);
        let fits = self.ground.timed(unit, errands, &mut timed);
        if fits {
            self.swap_round(unit, &mut timed);
        }
        self.scratch = timed;
        fits
    }

    /// Puts a round back that `round` gave before.
    pub fn restore(&mut self, unit: usize, round: &[TimedStop]) {
        let mut timed = std::mem::take(&mut self.scratch);
        timed.clear();
        timed.extend_from_slice(round);
        self.swap_round(unit, &mut timed);
        self.scratch = timed;
    }

    /// Adds up the value afresh, so that rounding does not pile up.
    pub fn settle(&mut self) {
        for cell in 0..self.visits.len() {
            self.value_of[cell] = self.gain.value(cell as u32, &self.visits[cell]);
        }
        self.value = self.value_of.iter().sum();
    }

    fn swap_round(&mut self, unit: usize, new: &mut Vec<TimedStop>) {
        let old = std::mem::take(&mut self.rounds[unit]);
        let same = |(a, b): &(&TimedStop, &TimedStop)| a.errand == b.errand && a.begin == b.begin;
        let kept = old.iter().zip(new.iter()).take_while(same).count();
        for stop in &old[kept..] {
            self.take_out(unit as u32, stop);
        }
        for stop in &new[kept..] {
            self.put_in(unit as u32, stop);
        }
        self.rounds[unit] = std::mem::replace(new, old);
        while let Some(cell) = self.touched.pop() {
            let value = self.gain.value(cell, &self.visits[cell as usize]);
            self.value += value - self.value_of[cell as usize];
            self.value_of[cell as usize] = value;
        }
    }

    fn take_out(&mut self, unit: u32, stop: &TimedStop) {
        match stop.errand {
            Errand::Cell { cell, .. } => {
                let visits = &mut self.visits[cell as usize];
                if let Some(i) = visits
                    .iter()
                    .position(|v| v.unit == unit && v.at == stop.begin)
                {
                    visits.remove(i);
                }
                self.touched.push(cell);
            }
            Errand::Due(due) => {
                let keepers = &mut self.keepers[due as usize];
                *keepers -= 1;
                self.missed += u32::from(*keepers == 0);
            }
        }
    }

    fn put_in(&mut self, unit: u32, stop: &TimedStop) {
        match stop.errand {
            Errand::Cell { cell, option } => {
                let visit = CellVisit {
                    at: stop.begin,
                    unit,
                    option,
                };
                let visits = &mut self.visits[cell as usize];
                let place = visits.partition_point(|v| (v.at, v.unit) < (visit.at, visit.unit));
                visits.insert(place, visit);
                self.touched.push(cell);
            }
            Errand::Due(due) => {
                let keepers = &mut self.keepers[due as usize];
                self.missed -= u32::from(*keepers == 0);
                *keepers += 1;
            }
        }
    }
}
