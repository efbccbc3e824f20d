//! What is left of a shift's plan, made anew for a unit that comes back from a call.
//!
//! The board knows all visits, done and planned, of all units. A unit that is sent to a call
//! gives its later stops up; when it is back, stops are appended to its round by what they
//! add for their time (drive and stay), given everybody else's visits, until its turn ends.
//! The others keep their rounds. That takes well under a millisecond where only covered
//! incidents count, so that a month with thousands of calls can be simulated; where the plan
//! was made for more (`rest_aims`), for that, which takes some milliseconds.

use crate::patrol::rules::gain::CellVisit;
use crate::patrol::simulator::plans::{PlannedStop, ShiftPlan};
use crate::patrol::simulator::rest_aims::{Presence, RestAims};
use crate::patrol::simulator::travel::Travel;

/// All visits of a shift, by candidate, in order of time.
#[derive(Debug, Clone)]
pub struct Board<'a> {
    visits: Vec<Vec<CellVisit>>,
    /// What counts besides covered incidents, if anything does.
    aims: Option<RestAims<'a>>,
}

impl<'a> Board<'a> {
    /// The visits of the plan as it was made.
    pub fn new(plan: &'a ShiftPlan) -> Self {
        let mut board = Self {
            visits: vec![Vec::new(); plan.shift.candidates.len()],
            aims: RestAims::new(plan),
        };
        for (unit, round) in plan.rounds.iter().enumerate() {
            for stop in round {
                board.add(plan, unit as u32, stop);
            }
        }
        board
    }

    /// A unit's visits that have not begun by now are given up.
    pub fn give_up(&mut self, plan: &ShiftPlan, unit: u32, now_ms: u64) {
        let now_s = seconds(plan, now_ms);
        for visits in &mut self.visits {
            visits.retain(|v| v.unit != unit || v.at < now_s);
        }
        if let Some(aims) = &mut self.aims {
            aims.give_up(unit as usize, now_s);
        }
    }

    /// A new round for a unit that is at a place now, until the end of its shift.
    pub fn round_from(
        &mut self,
        plan: &ShiftPlan,
        travel: &Travel,
        unit: u32,
        place: u32,
        now_ms: u64,
    ) -> Vec<PlannedStop> {
        let mut round = Vec::new();
        let mut from = From {
            unit,
            place,
            now_s: seconds(plan, now_ms),
            last: None,
        };
        while let Some(stop) = self.best(plan, travel, from) {
            let at_ms = |s: u32| plan.shift.stretch.from_ms + u64::from(s) * 1000;
            let planned = PlannedStop {
                place: plan.shift.candidates[stop.candidate as usize],
                candidate: Some((stop.candidate, stop.option)),
                begin_ms: at_ms(stop.begin_s),
                leave_ms: at_ms(stop.leave_s),
            };
            self.add(plan, unit, &planned);
            if let Some(aims) = &mut self.aims {
                aims.add(unit as usize, presence(plan, &stop, from.now_s));
            }
            round.push(planned);
            from.place = planned.place;
            from.now_s = stop.leave_s;
            from.last = Some(stop.candidate);
        }
        round
    }

    /// The stop with the most gain for its time; none where no stop fits or adds anything.
    fn best(&self, plan: &ShiftPlan, travel: &Travel, from: From) -> Option<Stop> {
        let From { now_s, .. } = from;
        let until_s = (plan.shift.stretch.length_ms() / 1000) as u32;
        let from_here = travel.from(from.place);
        let dwells: Vec<u32> = plan
            .shift
            .problem
            .dwell_options_ms
            .iter()
            .map(|d| d.div_ceil(1000))
            .collect();
        let most_effect = plan
            .gain
            .effect(u16::from(plan.gain.options().saturating_sub(1)));
        let mut best: Option<(f64, Stop)> = None;
        for (candidate, &target) in (0u32..).zip(&plan.shift.candidates) {
            let drive_ms = from_here[target as usize];
            // No way is longer than any shift.
            let begin_s = now_s.saturating_add(drive_ms.div_ceil(1000));
            let point = plan.shift.problem.candidate_point(candidate as usize) as u32;
            let may = plan.access.may(from.unit as usize, point);
            if !may || from.last == Some(candidate) || begin_s.saturating_add(dwells[0]) > until_s {
                continue;
            }
            let spent = f64::from(begin_s - now_s + dwells[0]);
            let bound = plan.gain.ahead(candidate, begin_s) * most_effect / spent;
            if self.aims.is_none() && best.as_ref().is_some_and(|b| bound <= b.0) {
                continue;
            }
            for (option, dwell) in (0u8..).zip(&dwells) {
                let leave_s = begin_s + dwell;
                if leave_s > until_s {
                    break;
                }
                let visits = &self.visits[candidate as usize];
                let covered = plan
                    .gain
                    .marginal(candidate, visits, begin_s, u16::from(option));
                let stop = Stop {
                    candidate,
                    option,
                    begin_s,
                    leave_s,
                };
                let gain = match &self.aims {
                    Some(aims) => aims.added(&presence(plan, &stop, now_s), covered),
                    None => covered,
                };
                let rate = gain / f64::from(leave_s - now_s);
                if rate > best.as_ref().map_or(0.0, |b| b.0) {
                    best = Some((rate, stop));
                }
            }
        }
        best.map(|(_, stop)| stop)
    }

    fn add(&mut self, plan: &ShiftPlan, unit: u32, stop: &PlannedStop) {
        let Some((candidate, option)) = stop.candidate else {
            return;
        };
        let visit = CellVisit {
            at: seconds(plan, stop.begin_ms),
            unit,
            option: u16::from(option),
        };
        let visits = &mut self.visits[candidate as usize];
        let place = visits.partition_point(|v| (v.at, v.unit) < (visit.at, visit.unit));
        visits.insert(place, visit);
    }
}

/// Who looks for a stop, where and when, and where it was last.
#[derive(Debug, Clone, Copy)]
struct From {
    unit: u32,
    place: u32,
    now_s: u32,
    last: Option<u32>,
}

#[derive(Debug, Clone, Copy)]
struct Stop {
    candidate: u32,
    option: u8,
    begin_s: u32,
    leave_s: u32,
}

/// Where a stop has a unit that sets out now.
fn presence(plan: &ShiftPlan, stop: &Stop, now_s: u32) -> Presence {
    Presence {
        point: plan.shift.problem.candidate_point(stop.candidate as usize) as u32,
        candidate: Some(stop.candidate),
        depart_s: now_s,
        begin_s: stop.begin_s,
        leave_s: stop.leave_s,
    }
}

/// Whole seconds since the shift's start, rounded up.
fn seconds(plan: &ShiftPlan, at_ms: u64) -> u32 {
    at_ms
        .saturating_sub(plan.shift.stretch.from_ms)
        .div_ceil(1000) as u32
}

#[cfg(test)]
#[path = "rest_tests.rs"]
mod tests;
