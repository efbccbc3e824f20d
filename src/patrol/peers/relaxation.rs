//! The additive relaxation: visits with prizes that don't depend on each other.
//!
//! A cell may be visited once in each of a number of equal slots of the window (one slot:
//! once), for the stay that earns most for its time. The prize of a visit is what it would
//! cover if every earlier slot had a visit too, at the mean over the slot's times of
//! beginning; that is what is known before there is a plan. Must-visits are visits with
//! their own windows, required.

use crate::patrol::problem::{PlanProblem, StopFor};
use crate::patrol::rules::gain::GainRule;
use crate::patrol::rules::reach::{NEVER, Reach};

/// Prizes are means over begins so far apart, seconds.
const SAMPLE_S: usize = 300;

/// A visit that may be made once; whole seconds since the window's start.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Visit {
    /// What it is for.
    pub what: StopFor,
    /// Row in the travel matrix.
    pub point: usize,
    /// How long to stay.
    pub stay_s: u32,
    /// The stay begins no earlier…
    pub from_s: u32,
    /// … and no later.
    pub until_s: u32,
    /// Expected incidents covered.
    pub prize: f64,
    /// It has to be made.
    pub required: bool,
}

/// What a solver of additive problems is told.
#[derive(Debug, Clone, PartialEq)]
pub struct Relaxation {
    /// How many slots the window is cut into.
    pub slots: u32,
    /// Every visit; a solution names them by their place here.
    pub visits: Vec<Visit>,
}

/// Relaxes a checked problem.
///
/// Only starts, ends, shifts, must-visit windows and risk are kept: skills, beats, breaks,
/// pins, frequencies and speeds by hour are not for these solvers, and a plan that breaks
/// them loses those stops when it is judged.
pub fn relax(problem: &PlanProblem, slots: u32) -> Relaxation {
    let slots = slots.max(1);
    let gain = GainRule::new(problem);
    let option = best_stay(problem, &gain);
    let stay_s = problem.dwell_options_ms[usize::from(option)].div_ceil(1000);
    let length = problem.window_s() as u32;
    let mut visits = Vec::new();
    for (cell, candidate) in problem.candidates.iter().enumerate() {
        let mut level = candidate.protected;
        let slot_s = length / slots;
        for slot in 0..slots {
            let from_s = slot * slot_s;
            let until_s = (from_s + slot_s).min(length).saturating_sub(1);
            let begins = (from_s..=until_s).step_by(SAMPLE_S);
            let count = begins.clone().count().max(1) as f64;
            let ahead: f64 = begins.map(|at| gain.ahead(cell as u32, at)).sum::<f64>() / count;
            let lift = gain.effect(u16::from(option)) * (1.0 - level);
            visits.push(Visit {
                what: StopFor::Candidate(cell),
                point: problem.candidate_point(cell),
                stay_s,
                from_s,
                until_s,
                prize: lift * ahead,
                required: false,
            });
            level = (level + lift) * gain.left_after(slot_s);
        }
    }
    for (must_visit, must) in problem.must_visits.iter().enumerate() {
        for (window, &(from_ms, until_ms)) in must.windows_ms.iter().enumerate() {
            visits.push(Visit {
                what: StopFor::MustVisit { must_visit, window },
                point: problem.must_visit_point(must_visit),
                stay_s: must.dwell_ms.div_ceil(1000),
                from_s: from_ms.div_ceil(1000),
                // The window is half-open.
                until_s: (until_ms - 1) / 1000,
                prize: 0.0,
                required: true,
            });
        }
    }
    Relaxation { slots, visits }
}

/// The allowed stay whose effect is most for its time, the drive to the next cell included.
fn best_stay(problem: &PlanProblem, gain: &GainRule) -> u8 {
    let drive_s = mean_nearest_s(problem);
    let options = problem.dwell_options_ms.iter().zip(0u8..);
    let rate = |(ms, option): (&u32, u8)| {
        let effect = gain.effect(u16::from(option));
        (effect / (f64::from(*ms) / 1000.0 + drive_s), option)
    };
    let rates = options.map(rate);
    rates.max_by(|a, b| a.0.total_cmp(&b.0)).map_or(0, |r| r.1)
}

/// The mean over candidates of the drive to the nearest other one, seconds.
fn mean_nearest_s(problem: &PlanProblem) -> f64 {
    let reach = Reach::new(problem);
    let point = |cell| problem.candidate_point(cell) as u32;
    let cells = problem.candidates.len();
    let nearest = |from: usize| {
        let others = (0..cells).filter(|&to| to != from);
        others.map(|to| reach.seconds(point(from), point(to))).min()
    };
    let drives: Vec<u32> = (0..cells)
        .filter_map(nearest)
        .filter(|&s| s < NEVER)
        .collect();
    drives.iter().map(|&s| f64::from(s)).sum::<f64>() / drives.len().max(1) as f64
}
