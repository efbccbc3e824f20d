//! The problem that a change leaves: what has been made is history, each unit goes on from
//! where it is free, and new points are in the matrix.

use crate::patrol::problem::{
    Candidate, DoneStop, MustVisit, PatrolUnit, PlanProblem, SoFar, StopFor,
};
use crate::patrol::replan::change::Change;
use crate::patrol::replan::replan::{Present, ReplanFault};
use crate::patrol::replan::travel::{self, Travel};
use crate::patrol::search::rounds::RoundStop;
use crate::roads::network::Snap;

/// A problem in mid-shift, and what each unit was going to do in it.
#[derive(Debug, Clone, PartialEq)]
pub struct Adapted {
    /// From now on.
    pub problem: PlanProblem,
    /// For each unit, the stops that are neither made nor under way.
    pub rest: Vec<Vec<RoundStop>>,
}

/// Adapts a problem to a change.
///
/// # Errors
/// [`ReplanFault`] where the change names a unit that there is not, or travel times are
/// missing.
pub fn adapt(
    present: &Present<'_>,
    change: &Change,
    times: Travel<'_>,
) -> Result<Adapted, ReplanFault> {
    let units = present.problem.units.len();
    if present.rounds.len() != units {
        return Err(ReplanFault::Rounds);
    }
    if let Some(unit) = change.unit().filter(|&unit| unit >= units) {
        return Err(ReplanFault::UnknownUnit(unit));
    }
    let mut adapted = Adapted {
        problem: present.problem.clone(),
        rest: Vec::with_capacity(units),
    };
    for unit in 0..units {
        let gone = match change {
            Change::SentToCall { .. } | Change::DropsOut { .. } | Change::Back { .. } => {
                change.unit() == Some(unit)
            }
            _ => false,
        };
        if gone {
            break_off(&mut adapted.problem.units[unit], present.now_s);
        }
        let rest = adapted.go_on(present, unit, change);
        adapted.rest.push(rest);
    }
    match change {
        Change::SentToCall { unit, back } => {
            let until_ms = adapted.problem.units[*unit].until_ms;
            match back {
                Some(back) => {
                    let from_ms = u64::from(back.second) * 1000;
                    let from_ms = from_ms.min(u64::from(until_ms)) as u32;
                    adapted.free_at(*unit, back.at, from_ms, times)?;
                }
                None => adapted.end(*unit),
            }
        }
        Change::Back { unit, at } => {
            let of = &adapted.problem.units[*unit];
            let from_ms = ms(present.now_s).min(of.until_ms);
            adapted.free_at(*unit, *at, from_ms, times)?;
        }
        Change::DropsOut { unit } => adapted.end(*unit),
        Change::PillarPressed(must) => adapted.add_must_visit(must, times)?,
        Change::NewHotspot(candidate) => adapted.add_candidate(candidate, times)?,
        Change::TimePassed => {}
    }
    Ok(adapted)
}

impl Adapted {
    /// Makes the past of a unit's round history; answers the rest of it.
    fn go_on(&mut self, present: &Present<'_>, unit: usize, change: &Change) -> Vec<RoundStop> {
        let round = present.rounds[unit].as_slice();
        let before = present.problem.units[unit].so_far.as_ref();
        let made = before.map_or(0, |s| s.stops.len());
        let of = &mut self.problem.units[unit];
        let (made, now_s) = (made.min(round.len()), present.now_s);
        let is_about = change.unit() == Some(unit);
        if is_about && matches!(change, Change::Back { .. }) {
            // What it was thought to do meanwhile has not happened.
            return round[made..].to_vec();
        }
        let mut leave_s = of.from_ms.div_ceil(1000);
        let mut begun = made;
        while begun < round.len() && leave_s < now_s {
            leave_s = round[begun].leave_s;
            begun += 1;
        }
        let called_away =
            is_about && matches!(change, Change::SentToCall { .. } | Change::DropsOut { .. });
        let mut history = round[made..begun].to_vec();
        if called_away && let Some(last) = history.last_mut() {
            // A stay that has begun ends now; a drive is broken off.
            last.leave_s = last.leave_s.min(now_s);
            if last.begin_s >= now_s {
                history.pop();
            }
        }
        let rest = round[begun..].to_vec();
        let broken_off = round[made + history.len()..begun].to_vec();
        let start = history
            .iter()
            .rev()
            .find_map(|stop| point_of(&self.problem, unit, stop.what));
        let of = &mut self.problem.units[unit];
        let free_s = history
            .last()
            .map_or(of.from_ms.div_ceil(1000), |last| last.leave_s);
        if !history.is_empty() {
            let (start, from_ms) = (of.start, of.from_ms);
            let so_far = of.so_far.get_or_insert_with(|| SoFar {
                start,
                from_ms,
                stops: Vec::new(),
            });
            so_far.stops.extend(history.iter().map(made_of));
        }
        if !history.is_empty() || of.from_ms < ms(now_s) {
            of.from_ms = ms(free_s.max(now_s)).min(of.until_ms);
        }
        if let Some((point, snap)) = start {
            of.start = snap;
            travel::copy(&mut self.problem.travel, unit, point);
        }
        match called_away {
            true => broken_off.into_iter().chain(rest).collect(),
            false => rest,
        }
    }

    /// A unit goes on from a place of its own.
    fn free_at(
        &mut self,
        unit: usize,
        at: Snap,
        from_ms: u32,
        times: Travel<'_>,
    ) -> Result<(), ReplanFault> {
        let of = &mut self.problem.units[unit];
        remember(of);
        of.start = at;
        of.from_ms = from_ms;
        match travel::ask(&mut self.problem, unit, at, times) {
            true => Ok(()),
            false => Err(ReplanFault::Travel),
        }
    }

    /// A unit makes no more stops.
    fn end(&mut self, unit: usize) {
        let of = &mut self.problem.units[unit];
        remember(of);
        of.from_ms = of.until_ms;
        of.end = None;
        let taken = of.so_far.iter().flat_map(|s| &s.stops);
        let taken = taken.filter_map(|stop| match stop.what {
            StopFor::Break(number) => Some(number + 1),
            _ => None,
        });
        let taken = taken.max().unwrap_or(0);
        of.breaks.truncate(taken);
    }

    fn add_must_visit(&mut self, must: &MustVisit, times: Travel<'_>) -> Result<(), ReplanFault> {
        let point = self
            .problem
            .must_visit_point(self.problem.must_visits.len());
        travel::insert(&mut self.problem.travel, point);
        self.problem.must_visits.push(must.clone());
        match travel::ask(&mut self.problem, point, must.snap, times) {
            true => Ok(()),
            false => Err(ReplanFault::Travel),
        }
    }

    fn add_candidate(&mut self, new: &Candidate, times: Travel<'_>) -> Result<(), ReplanFault> {
        let risk = |candidate: &Candidate| candidate.risk_by_hour.iter().sum::<f64>();
        let mut known = self.problem.candidates.iter_mut();
        if let Some(known) = known.find(|c| c.cell == new.cell) {
            self.problem.risk_total += risk(new) - risk(known);
            known.risk_by_hour.clone_from(&new.risk_by_hour);
            known.rank_by_hour.clone_from(&new.rank_by_hour);
            return Ok(());
        }
        let point = self.problem.candidate_point(self.problem.candidates.len());
        travel::insert(&mut self.problem.travel, point);
        self.problem.risk_total += risk(new);
        self.problem.candidates.push(new.clone());
        match travel::ask(&mut self.problem, point, new.snap, times) {
            true => Ok(()),
            false => Err(ReplanFault::Travel),
        }
    }
}

/// Ends what a unit has under way since an earlier change: a stay that has begun ends now, a
/// drive leads nowhere.
fn break_off(unit: &mut PatrolUnit, now_s: u32) {
    let Some(so_far) = &mut unit.so_far else {
        return;
    };
    so_far.stops.retain(|stop| stop.begin_s < now_s);
    if let Some(last) = so_far.stops.last_mut() {
        last.leave_s = last.leave_s.min(now_s);
    }
}

/// Where a unit's shift began is kept before it goes on from elsewhere.
fn remember(unit: &mut PatrolUnit) {
    let (start, from_ms) = (unit.start, unit.from_ms);
    unit.so_far.get_or_insert_with(|| SoFar {
        start,
        from_ms,
        stops: Vec::new(),
    });
}

fn made_of(stop: &RoundStop) -> DoneStop {
    DoneStop {
        what: stop.what,
        arrive_s: stop.arrive_s,
        begin_s: stop.begin_s,
        leave_s: stop.leave_s,
        drive_ms: stop.drive_ms,
    }
}

/// Row and place of a stop; none where it is made wherever the unit is.
fn point_of(problem: &PlanProblem, unit: usize, what: StopFor) -> Option<(usize, Snap)> {
    match what {
        StopFor::Candidate(number) => Some((
            problem.candidate_point(number),
            problem.candidates[number].snap,
        )),
        StopFor::MustVisit { must_visit, .. } => Some((
            problem.must_visit_point(must_visit),
            problem.must_visits[must_visit].snap,
        )),
        StopFor::Break(number) => {
            let place = problem.units[unit].breaks[number].place?;
            Some((problem.place_point(place), problem.places[place].snap))
        }
    }
}

fn ms(seconds: u32) -> u32 {
    seconds.saturating_mul(1000)
}
