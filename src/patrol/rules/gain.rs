//! What a stop is worth: expected incidents that it covers.
//!
//! A cell has a level of protection between 0 and 1. A stop that begins at `t` and lasts `d`
//! lifts it from `L` to `L + e(d)·(1 − L)`, at once; between stops it decays, halving every
//! half-life `H`, whichever unit came. What is covered is the risk under that level:
//!
//! > covered = ∫ ρ(s)·L(s) ds, over the window; ρ expected incidents a second, by the hour
//!
//! Since the decay is linear in `L`, that sum is made of one term a stop, in order of time:
//!
//! > gain = e(d) × (1 − residual) × A(t), A(t) = ∫ₜ ρ(s)·2^(−(s−t)/H) ds to the window's end
//!
//! which is FORMULAS' risk × effect × (1 − residual), in incidents. `e(d) = 1 − exp(−d/τ)`
//! is concave. Because the level only rises with each further stop, the whole is monotone
//! and submodular: no stop ever lowers it, a second visit adds less, and it never exceeds
//! the risk there is.
//!
//! What visits before the window have left is the level that a cell starts with: its stops
//! add less.

use crate::patrol::problem::PlanProblem;

/// Beyond so many half-lives nothing is left (2⁻⁶⁴).
const SPENT_AFTER: u64 = 64;
const HOUR: u32 = 3600;

/// One stop at a cell.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct CellVisit {
    /// When the stay begins, seconds.
    pub at: u32,
    /// Which unit; orders stops of the same second.
    pub unit: u32,
    /// Which of the allowed dwell times; past them, a stay that was made before.
    pub option: u16,
}

/// The formula with its powers looked up: all times are whole seconds.
#[derive(Debug)]
pub struct GainRule {
    /// `2^(−s/H)` for s = 0, 1, 2…; ends with a 0.
    decay: Vec<f64>,
    /// `e(d)` of each allowed dwell, then of stays of another length that were made.
    effects: Vec<f64>,
    options: u8,
    presence: f64,
    /// Of each cell, its level at the window's start.
    protected: Vec<f64>,
    /// For each cell and hour: ρ·H/ln 2, and A(hour's end) less that.
    ahead: Vec<[f64; 2]>,
    hours: usize,
    end: u32,
}

impl GainRule {
    /// Looks up what the formula needs of a checked problem.
    pub fn new(problem: &PlanProblem) -> Self {
        let half_life = f64::from(problem.decay_half_life_ms) / 1000.0;
        let end = problem.window_s() as u32;
        let spent = ((SPENT_AFTER as f64 * half_life).ceil() as u64).min(u64::from(end)) as usize;
        let mut decay: Vec<f64> = (0..=spent)
            .map(|s| (-(s as f64) / half_life).exp2())
            .collect();
        decay.push(0.0);
        let presence = f64::from(problem.presence_ms);
        let mut rule = Self {
            decay,
            effects: problem
                .dwell_options_ms
                .iter()
                .map(|&d| -(-f64::from(d) / presence).exp_m1())
                .collect(),
            options: problem.dwell_options_ms.len().min(255) as u8,
            presence,
            protected: problem.candidates.iter().map(|c| c.protected).collect(),
            ahead: Vec::with_capacity(problem.candidates.len() * problem.hours()),
            hours: problem.hours(),
            end,
        };
        for candidate in &problem.candidates {
            let first = rule.ahead.len();
            rule.ahead.resize(first + rule.hours, [0.0; 2]);
            let mut after = 0.0;
            for hour in (0..rule.hours).rev() {
                let start = hour as u32 * HOUR;
                let length = (start + HOUR).min(end).saturating_sub(start);
                let steady = if length == 0 {
                    0.0
                } else {
                    candidate.risk_by_hour[hour] / f64::from(length) * half_life
                        / std::f64::consts::LN_2
                };
                rule.ahead[first + hour] = [steady, after - steady];
                after = steady + rule.left_after(length) * (after - steady);
            }
        }
        rule
    }

    /// What is left of 1 after so many seconds.
    pub fn left_after(&self, seconds: u32) -> f64 {
        self.decay[(seconds as usize).min(self.decay.len() - 1)]
    }

    /// Effect of an allowed dwell, or of a stay that was made, 0 to 1.
    pub fn effect(&self, option: u16) -> f64 {
        self.effects[usize::from(option)]
    }

    /// How many dwell times are allowed.
    pub fn options(&self) -> u8 {
        self.options
    }

    /// The number of a stay of so many seconds that was made, of whatever length.
    pub fn made(&mut self, stay_s: u32) -> u16 {
        let effect = -(-f64::from(stay_s) * 1000.0 / self.presence).exp_m1();
        let known = self.effects.iter().position(|e| *e == effect);
        let number = known.unwrap_or_else(|| {
            self.effects.push(effect);
            self.effects.len() - 1
        });
        number.min(usize::from(u16::MAX)) as u16
    }

    /// A(t) of a cell: the expected incidents that a full lift of the level at `t` covers
    /// until the window's end.
    pub fn ahead(&self, cell: u32, t: u32) -> f64 {
        if t >= self.end {
            return 0.0;
        }
        let hour = t / HOUR;
        let hour_end = ((hour + 1) * HOUR).min(self.end);
        let [steady, rest] = self.ahead[cell as usize * self.hours + hour as usize];
        steady + self.left_after(hour_end - t) * rest
    }

    /// Covered incidents of a cell by visits in order of time.
    pub fn value(&self, cell: u32, visits: &[CellVisit]) -> f64 {
        let mut sum = 0.0;
        self.each(cell, visits, |gain, _| sum += gain);
        sum
    }

    /// Calls `what(gain, residual)` for each visit, in order of time.
    pub fn each(&self, cell: u32, visits: &[CellVisit], mut what: impl FnMut(f64, f64)) {
        let (mut level, mut last) = (self.protected[cell as usize], 0);
        for visit in visits {
            level *= self.left_after(visit.at - last);
            let lift = self.effect(visit.option) * (1.0 - level);
            what(lift * self.ahead(cell, visit.at), level);
            level += lift;
            last = visit.at;
        }
    }

    /// What one more visit adds to a cell that has `visits`.
    pub fn marginal(&self, cell: u32, visits: &[CellVisit], at: u32, option: u16) -> f64 {
        let (mut level, mut last, mut i) = (self.protected[cell as usize], 0, 0);
        while i < visits.len() && visits[i].at <= at {
            level *= self.left_after(visits[i].at - last);
            level += self.effect(visits[i].option) * (1.0 - level);
            last = visits[i].at;
            i += 1;
        }
        level *= self.left_after(at - last);
        // How much higher the level is because of the visit, and what that has covered.
        let mut higher = self.effect(option) * (1.0 - level);
        let mut sum = higher * self.ahead(cell, at);
        last = at;
        for visit in &visits[i..] {
            higher *= self.left_after(visit.at - last);
            // The later visit finds less to lift.
            let lost = higher * self.effect(visit.option);
            sum -= lost * self.ahead(cell, visit.at);
            higher -= lost;
            last = visit.at;
        }
        sum.max(0.0)
    }
}

#[cfg(test)]
#[path = "gain_tests.rs"]
mod tests;
