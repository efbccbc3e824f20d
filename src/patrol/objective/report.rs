//! What a plan comes to, in figures that a planner reads: risk covered and the most that
//! could be, calls reached within 1, 3 and 5 minutes, what had to be done and was, driving,
//! minutes wanted and given by beat.

use serde::{Deserialize, Serialize};

use crate::patrol::coverage::expected::CoverCounts;
use crate::patrol::coverage::rings::{CoverageFault, Reach, Rings};
use crate::patrol::objective::demand::{calls_in, is_of_whole_area, reach_from};
use crate::patrol::objective::rhythm::{PointRhythm, rhythms};
use crate::patrol::plan::{Missed, MissedKind};
use crate::patrol::problem::{Pin, PlanProblem, StopFor};
use crate::patrol::rules::due::DueFor;
use crate::patrol::search::rounds::{MissedDue, RoundStop, Rounds};
use crate::place::measure::Seconds;

/// Seconds between two samples of where units are.
const STEP_S: u32 = 300;

/// The figures of a plan.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct PlanReport {
    /// Share of the expected incidents that is covered.
    pub risk_share: f64,
    /// The most incidents that any plan could cover which keeps as many must-visits: a
    /// bound, not a promise. None in mid-shift.
    pub risk_bound: Option<f64>,
    /// Expected calls that a free unit reaches in time.
    pub response: Vec<RingShare>,
    /// Whether these are the calls of the whole area; in plans made before they counted, those
    /// at the places worth a stop.
    #[serde(default)]
    pub of_whole_area: bool,
    /// The share of the time that a unit is taken by another call, as assumed.
    pub busy: f64,
    /// Must-visits within their windows.
    pub must_visits: Kept,
    /// Points with a frequency that are visited as often as they should be, or are not due
    /// within the window.
    pub frequencies: Kept,
    /// These points one by one; none in plans made before they were listed.
    #[serde(default)]
    pub rhythms: Vec<PointRhythm>,
    /// Breaks.
    pub breaks: Kept,
    /// Pinned stops: at places worth a stop, and visits that are asked of a unit or a time.
    pub pins: Kept,
    /// Share of the working time that is spent driving.
    pub travel_share: f64,
    /// Share of the wanted patrol minutes that beats are given, minutes beyond what a beat
    /// wants not counted; none where there are no beats.
    pub fairness: Option<f64>,
    /// By beat, in the order of the beats.
    pub beats: Vec<BeatMinutes>,
    /// Share of the stops that the last plan had too, at about the same time of its window;
    /// none where there is no last plan.
    #[serde(default)]
    pub same_as_last: Option<f64>,
    /// Of how many near-best plans it was drawn; none: it is the best found.
    #[serde(default)]
    pub drawn_of: Option<usize>,
    /// Covered incidents of the best plan found, where this one was drawn.
    #[serde(default)]
    pub best_covered: Option<f64>,
}

/// A response time and the share of calls that is reached within it.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct RingShare {
    /// The time.
    pub within: Seconds,
    /// 0 to 1.
    pub share: f64,
}

/// How many were asked for, and how many are kept.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Kept {
    /// Kept.
    pub kept: usize,
    /// Asked for.
    pub asked: usize,
}

/// Patrol minutes of a beat.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct BeatMinutes {
    /// Its name.
    pub name: String,
    /// Its part of all minutes given, by its risk.
    pub wanted_min: f64,
    /// Given.
    pub given_min: f64,
}

impl PlanReport {
    /// Counts what was asked for and is not even in the problem, as not kept.
    #[must_use]
    pub fn with_not_posed(mut self, not_posed: &[Missed]) -> Self {
        for missed in not_posed {
            let of_kind = match missed.kind {
                MissedKind::MustVisit => &mut self.must_visits,
                MissedKind::Frequency | MissedKind::FirstVisit => &mut self.frequencies,
                MissedKind::Break => &mut self.breaks,
                MissedKind::Pin => &mut self.pins,
            };
            of_kind.asked += 1;
        }
        self
    }
}

/// Draws a plan's figures up.
///
/// # Errors
/// [`CoverageFault`] where rings are not valid.
pub fn report(
    problem: &PlanProblem,
    rounds: &Rounds,
    rings: &Rings,
    risk_bound: Option<f64>,
) -> Result<PlanReport, CoverageFault> {
    let shares = response(problem, &rounds.of_unit, rings)?;
    let limits = rings.limits_ms().iter();
    let missed =
        |is_it: fn(&DueFor) -> bool| rounds.missed.iter().filter(|m| is_it(&m.what)).count();
    let kept = |asked: usize, missed: usize| Kept {
        kept: asked.saturating_sub(missed),
        asked,
    };
    let windows = problem.must_visits.iter().map(|m| m.windows_ms.len()).sum();
    let breaks = problem.units.iter().map(|u| u.breaks.len()).sum();
    let pins = problem.pins.iter().enumerate();
    let kept_pins = pins.filter(|&(number, pin)| is_kept(number, pin, &rounds.missed));
    let beats = beats(problem, &rounds.of_unit);
    let rhythms = rhythms(problem, rounds);
    Ok(PlanReport {
        risk_share: share(rounds.value, problem.risk_total),
        risk_bound,
        of_whole_area: is_of_whole_area(problem),
        response: limits
            .zip(shares)
            .map(|(&ms, share)| RingShare {
                within: Seconds(f64::from(ms) / 1000.0),
                share,
            })
            .collect(),
        busy: rings.busy(),
        must_visits: kept(windows, missed(|w| matches!(w, DueFor::MustVisit { .. }))),
        frequencies: Kept {
            kept: rhythms.iter().filter(|rhythm| rhythm.kept).count(),
            asked: rhythms.len(),
        },
        rhythms,
        breaks: kept(breaks, missed(|w| matches!(w, DueFor::Break { .. }))),
        pins: Kept {
            kept: kept_pins.count(),
            asked: problem.pins.len(),
        },
        travel_share: travel_share(problem, &rounds.of_unit),
        fairness: fairness(&beats),
        beats,
        same_as_last: None,
        drawn_of: rounds.drawn.map(|d| d.plans),
        best_covered: rounds.drawn.map(|d| d.best_value),
    })
}

/// Whether a pin is not among what is missed: its own due, or the one of a must-visit that it
/// binds. What is listed as missed is never counted as kept.
fn is_kept(number: usize, pin: &Pin, missed: &[MissedDue]) -> bool {
    !missed.iter().any(|missed| match (missed.what, pin.what) {
        (DueFor::Pin { pin, .. }, _) => pin as usize == number,
        (DueFor::MustVisit { must_visit, window }, what) => {
            let of = StopFor::MustVisit {
                must_visit: must_visit as usize,
                window: window as usize,
            };
            what == of
        }
        (DueFor::Break { .. }, _) => false,
    })
}

fn share(part: f64, whole: f64) -> f64 {
    if whole > 0.0 { part / whole } else { 0.0 }
}

/// Of each ring, the share of the window's expected calls that a free unit reaches. A unit
/// counts where it stands or drives to, from its start to the end of its shift, but on
/// breaks and calls.
fn response(
    problem: &PlanProblem,
    rounds: &[Vec<RoundStop>],
    rings: &Rings,
) -> Result<Vec<f64>, CoverageFault> {
    let mut reaches: Vec<Option<Reach>> = vec![None; problem.points()];
    let end = problem.window_s() as u32;
    let (mut sums, mut calls) = (vec![0.0; rings.len()], 0.0);
    let mut at = STEP_S / 2;
    while at < end {
        let hour = (at / 3600) as usize;
        let mut counts = CoverCounts::new(&calls_in(problem, hour), rings.clone())?;
        for (unit, round) in rounds.iter().enumerate() {
            if let Some(point) = free_at(problem, unit, round, at) {
                let reach = reaches[point].get_or_insert_with(|| reach_from(problem, rings, point));
                counts.add(reach)?;
            }
        }
        calls += counts.total();
        for (sum, share) in sums.iter_mut().zip(counts.shares()) {
            *sum += share * counts.total();
        }
        at += STEP_S;
    }
    Ok(sums.into_iter().map(|sum| share(sum, calls)).collect())
}

/// The point where a unit is free at a second; none where it is not.
fn free_at(problem: &PlanProblem, unit: usize, round: &[RoundStop], at: u32) -> Option<usize> {
    let of = &problem.units[unit];
    let (from, until) = (of.from_ms.div_ceil(1000), of.until_ms / 1000);
    let made = of.so_far.as_ref().map_or(0, |s| s.stops.len());
    let began = of
        .so_far
        .as_ref()
        .map_or(from, |s| s.from_ms.div_ceil(1000));
    if at < began || at >= until {
        return None;
    }
    let next = round.partition_point(|stop| stop.leave_s <= at);
    if next >= made && at < from {
        // On a call: nothing of the plan is under way.
        return None;
    }
    let point = |stop: &RoundStop| match stop.what {
        StopFor::Candidate(c) => Some(problem.candidate_point(c)),
        StopFor::MustVisit { must_visit, .. } => Some(problem.must_visit_point(must_visit)),
        StopFor::Break(_) => None,
    };
    match round.get(next) {
        Some(stop) => point(stop),
        // The round is over: it stays where it made its last stop.
        None if next > made => round[..next].iter().rev().find_map(point).or(Some(unit)),
        None => Some(unit),
    }
}

fn travel_share(problem: &PlanProblem, rounds: &[Vec<RoundStop>]) -> f64 {
    let driven: u64 = rounds.iter().flatten().map(|s| u64::from(s.drive_ms)).sum();
    let work = problem.units.iter().map(|unit| {
        let began = unit.so_far.as_ref().map_or(unit.from_ms, |s| s.from_ms);
        u64::from(unit.until_ms.saturating_sub(began))
    });
    share(driven as f64, work.sum::<u64>() as f64)
}

fn beats(problem: &PlanProblem, rounds: &[Vec<RoundStop>]) -> Vec<BeatMinutes> {
    let mut given = vec![0.0; problem.beats.len()];
    for stop in rounds.iter().flatten() {
        if let StopFor::Candidate(c) = stop.what
            && let Some(beat) = problem.candidates[c].beat
            && let Some(given) = given.get_mut(beat as usize)
        {
            *given += f64::from(stop.leave_s - stop.begin_s) / 60.0;
        }
    }
    let all: f64 = given.iter().sum();
    let wanted: f64 = problem.beats.iter().map(|b| b.wanted).sum();
    let of = problem.beats.iter().zip(given);
    of.map(|(beat, given_min)| BeatMinutes {
        name: beat.name.clone(),
        wanted_min: share(beat.wanted, wanted) * all,
        given_min,
    })
    .collect()
}

fn fairness(beats: &[BeatMinutes]) -> Option<f64> {
    let wanted: f64 = beats.iter().map(|b| b.wanted_min).sum();
    let met: f64 = beats.iter().map(|b| b.wanted_min.min(b.given_min)).sum();
    (wanted > 0.0).then(|| met / wanted)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::patrol::made_up::{TownSize, town};
    use crate::patrol::objective::weights::Preset;
    use crate::patrol::search::anneal::search;
    use crate::patrol::search::budget::Budget;

    fn figures(preset: Preset, seed: u64) -> PlanReport {
        let size = TownSize {
            units: 8,
            candidates: 80,
            must_visits: 2,
            hours: 4.0,
            side_m: 8000.0,
        };
        let mut problem = town(size, seed).unwrap();
        problem.weights = preset.weights();
        let rounds = search(&problem, &Budget::iterations(500)).unwrap();
        report(&problem, &rounds, &Rings::default(), None).unwrap()
    }

    #[test]
    fn presets_steer() {
        for seed in 0..2 {
            let [deter, respond, balanced] = Preset::ALL.map(|preset| figures(preset, seed));
            let reached = |r: &PlanReport| r.response.iter().map(|r| r.share).sum::<f64>();
            assert!(deter.risk_share > respond.risk_share, "seed {seed}");
            assert!(reached(&respond) > reached(&deter), "seed {seed}");
            assert!(balanced.travel_share < deter.travel_share, "seed {seed}");
            assert!(balanced.fairness > deter.fairness, "seed {seed}");
            assert_eq!(deter.must_visits, Kept { kept: 4, asked: 4 });
        }
    }

    /// Two pins at one cell within one time: a stop at it is what both ask for, but it keeps
    /// one of them.
    #[test]
    fn a_pin_is_kept_or_missed_and_never_both() {
        let size = TownSize {
            units: 1,
            candidates: 10,
            must_visits: 1,
            hours: 2.0,
            side_m: 3000.0,
        };
        let mut problem = town(size, 2).unwrap();
        let whole = 7_200_000;
        let pin = |what, unit| Pin {
            what,
            unit,
            window_ms: (0, whole),
        };
        let cell = StopFor::Candidate(3);
        // The second can't be ended within the shift.
        problem.pins = vec![pin(cell, None), pin(cell, Some(0))];
        problem.pins[1].window_ms.0 = whole - 1000;
        problem.must_visits[0].windows_ms = vec![(0, 1)];
        let visit = StopFor::MustVisit {
            must_visit: 0,
            window: 0,
        };
        problem.pins.push(pin(visit, Some(0)));
        let rounds = search(&problem, &Budget::iterations(100)).unwrap();
        let figures = report(&problem, &rounds, &Rings::default(), None).unwrap();
        assert_eq!(figures.pins, Kept { kept: 1, asked: 3 });
        // Now the first one's stop is within the second's time, but it is still missed.
        problem.pins[1].window_ms.0 = 0;
        let figures = report(&problem, &rounds, &Rings::default(), None).unwrap();
        assert_eq!(figures.pins, Kept { kept: 1, asked: 3 });
    }

    #[test]
    fn minutes_by_beat_add_up() {
        let figures = figures(Preset::Deter, 4);
        let sum = |of: fn(&BeatMinutes) -> f64| figures.beats.iter().map(of).sum::<f64>();
        assert!((sum(|b| b.wanted_min) - sum(|b| b.given_min)).abs() < 1e-6);
        assert!(
            figures
                .response
                .windows(2)
                .all(|r| r[0].share <= r[1].share)
        );
    }
}
