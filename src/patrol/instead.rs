//! What was dropped for each stop: the place that could have been stopped at in its time, by
//! the same unit with all else as it is, and that would have added most.
//!
//! Exact: every candidate is looked at that could add more than the best so far. No stop adds
//! more than the longest stay's effect on all the risk ahead of its cell, and cells are looked
//! at in that order, so that for most stops a few dozen of hundreds are enough.

use crate::patrol::problem::{PlanProblem, StopFor};
use crate::patrol::rules::gain::{CellVisit, GainRule};
use crate::patrol::search::rounds::RoundStop;
use crate::patrol::search::route::Ground;

/// Less than this is nothing: rounding.
const NOTHING: f64 = 1e-9;
const HOUR_S: u32 = 3600;

/// What could have stood in a stop's place.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Displaced {
    /// The candidate that would have added most.
    Candidate {
        /// Which.
        candidate: usize,
        /// Expected incidents that it would have added.
        gain: f64,
    },
    /// None that adds anything could have been stopped at.
    Nothing,
}

/// For each unit's stops what was dropped for them; none for breaks, and for what has been
/// made: nothing could stand in its place any more.
pub fn displaced(problem: &PlanProblem, rounds: &[Vec<RoundStop>]) -> Vec<Vec<Option<Displaced>>> {
    let mut looking = Looking::new(problem, rounds);
    let units = rounds.iter().enumerate();
    units
        .map(|(unit, round)| looking.of_round(unit, round))
        .collect()
}

struct Looking<'a> {
    problem: &'a PlanProblem,
    ground: Ground<'a>,
    gain: GainRule,
    /// Each candidate's visits, in order of time.
    visits: Vec<Vec<CellVisit>>,
    /// For each hour, the most that a stop at a candidate adds from then on, and which; most
    /// first. Made when it is needed.
    promising: Vec<Option<Vec<(f64, u32)>>>,
}

/// When and where a unit is free for a stop.
#[derive(Clone, Copy)]
struct Free {
    unit: usize,
    point: u32,
    ready_s: u32,
}

impl<'a> Looking<'a> {
    fn new(problem: &'a PlanProblem, rounds: &[Vec<RoundStop>]) -> Self {
        let ground = Ground::new(problem);
        let mut gain = GainRule::new(problem);
        let mut visits = vec![Vec::new(); problem.candidates.len()];
        for (unit, round) in rounds.iter().enumerate() {
            let so_far = problem.units[unit].so_far.as_ref();
            let made = so_far.map_or(0, |so_far| so_far.stops.len());
            for (place, stop) in round.iter().enumerate() {
                let StopFor::Candidate(candidate) = stop.what else {
                    continue;
                };
                let stay = stop.leave_s - stop.begin_s;
                let allowed = ground.dwells.iter().position(|&dwell| dwell == stay);
                // What was made counts as long as it took.
                let allowed = allowed.filter(|_| place >= made);
                let option = allowed.map_or_else(|| gain.made(stay), |option| option as u16);
                visits[candidate].push(CellVisit {
                    at: stop.begin_s,
                    unit: unit as u32,
                    option,
                });
            }
        }
        for of_cell in &mut visits {
            of_cell.sort_by_key(|visit| (visit.at, visit.unit));
        }
        Self {
            promising: vec![None; problem.hours() + 1],
            problem,
            ground,
            gain,
            visits,
        }
    }

    fn of_round(&mut self, unit: usize, round: &[RoundStop]) -> Vec<Option<Displaced>> {
        let of = &self.problem.units[unit];
        let made = of.so_far.as_ref().map_or(0, |so_far| so_far.stops.len());
        let made = made.min(round.len());
        let mut found = vec![None; made];
        let mut free = Free {
            unit,
            point: unit as u32,
            ready_s: self.ground.shifts[unit].from,
        };
        for place in made..round.len() {
            let stop = &round[place];
            found.push(match stop.what {
                StopFor::Break(_) => None,
                _ => Some(self.of_stop(free, round, place)),
            });
            free.ready_s = stop.leave_s;
            free.point = self.point(unit, stop).unwrap_or(free.point);
        }
        found
    }

    fn of_stop(&mut self, free: Free, round: &[RoundStop], place: usize) -> Displaced {
        let hour = ((free.ready_s / HOUR_S) as usize).min(self.promising.len() - 1);
        if self.promising[hour].is_none() {
            self.promising[hour] = Some(self.by_promise(hour));
        }
        let not = |beside: Option<&RoundStop>| match beside.map(|stop| stop.what) {
            Some(StopFor::Candidate(candidate)) => Some(candidate as u32),
            _ => None,
        };
        // Its own cell would be the same stop, and two stops in a row at one cell are none.
        let before = place.checked_sub(1).and_then(|before| round.get(before));
        let closed = [
            not(before),
            not(round.get(place)),
            not(round.get(place + 1)),
        ];
        let mut best = Displaced::Nothing;
        let mut most = NOTHING;
        for &(bound, cell) in self.promising[hour].iter().flatten() {
            if bound <= most {
                break;
            }
            if closed.contains(&Some(cell)) {
                continue;
            }
            let Some((begin, option)) = self.longest(free, round, place, cell) else {
                continue;
            };
            let visits = &self.visits[cell as usize];
            let gain = self.gain.marginal(cell, visits, begin, option);
            if gain > most {
                most = gain;
                best = Displaced::Candidate {
                    candidate: cell as usize,
                    gain,
                };
            }
        }
        best
    }

    /// The begin and the longest stay of a stop at a cell in the time of another stop; none
    /// where not even the shortest fits.
    fn longest(
        &self,
        free: Free,
        round: &[RoundStop],
        place: usize,
        cell: u32,
    ) -> Option<(u32, u16)> {
        let point = self.ground.first_candidate + cell;
        if !self.ground.access.may(free.unit, point) {
            return None;
        }
        let begin = self.ground.reach.arrive(free.point, point, free.ready_s);
        let dwells = self.ground.dwells.iter().enumerate().rev();
        dwells
            .map(|(option, &dwell)| (option as u16, begin.saturating_add(dwell)))
            .find(|&(_, leave)| self.is_in_time(free.unit, point, leave, &round[place + 1..]))
            .map(|(option, _)| (begin, option))
    }

    /// Whether a unit that leaves a point then begins all that follows when it is to begin.
    fn is_in_time(&self, unit: usize, point: u32, leave_s: u32, rest: &[RoundStop]) -> bool {
        let mut leave_s = leave_s;
        for next in rest {
            match self.point(unit, next) {
                Some(to) => return self.ground.reach.arrive(point, to, leave_s) <= next.begin_s,
                // A break that is taken wherever the unit is.
                None if leave_s > next.begin_s => return false,
                None => leave_s = next.leave_s,
            }
        }
        let last = self.ground.shifts[unit].last_leave(point, &self.ground.reach);
        last.is_some_and(|last| leave_s <= last)
    }

    /// Row of a stop in the matrix; none where it is made wherever the unit is.
    fn point(&self, unit: usize, stop: &RoundStop) -> Option<u32> {
        let problem = self.problem;
        let point = match stop.what {
            StopFor::Candidate(candidate) => problem.candidate_point(candidate),
            StopFor::MustVisit { must_visit, .. } => problem.must_visit_point(must_visit),
            StopFor::Break(number) => {
                problem.place_point(problem.units[unit].breaks[number].place?)
            }
        };
        Some(point as u32)
    }

    /// The most that a stop at each cell adds that begins in an hour or later.
    fn by_promise(&self, hour: usize) -> Vec<(f64, u32)> {
        let effect = (0..u16::from(self.gain.options())).map(|option| self.gain.effect(option));
        let effect = effect.fold(0.0, f64::max);
        // Within an hour what is ahead only rises or only falls: its ends are its most.
        let ahead = |cell: u32| {
            let ends = hour as u32..=self.problem.hours() as u32;
            ends.map(|hour| self.gain.ahead(cell, hour * HOUR_S))
                .fold(0.0, f64::max)
        };
        let cells = 0..self.ground.candidates;
        // A little more, so that rounding never hides one.
        let mut all: Vec<(f64, u32)> = cells
            .map(|cell| (effect * ahead(cell) * (1.0 + 1e-9), cell))
            .collect();
        all.sort_by(|a, b| b.0.total_cmp(&a.0).then(a.1.cmp(&b.1)));
        all
    }
}

#[cfg(test)]
#[path = "instead_tests.rs"]
mod tests;
