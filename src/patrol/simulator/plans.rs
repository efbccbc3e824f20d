//! The plans of the simulated shifts: made once, before anything happens, and the same for
//! all seeds, as a planner makes them from a forecast.

use std::ops::ControlFlow;
use std::sync::atomic::{AtomicBool, Ordering};

use rayon::prelude::*;

use crate::patrol::problem::{PlanProblem, StopFor};
use crate::patrol::rules::access::Access;
use crate::patrol::rules::gain::GainRule;
use crate::patrol::search::anneal::search;
use crate::patrol::search::budget::Budget;
use crate::patrol::search::rounds::RoundStop;
use crate::patrol::simulator::town::{SimulationFault, Stretch, Town};

/// A shift to plan.
#[derive(Debug, Clone, PartialEq)]
pub struct ShiftToPlan {
    /// When it is; the problem's window is as long.
    pub stretch: Stretch,
    /// The patrol problem.
    pub problem: PlanProblem,
    /// Which crew each unit of the problem is.
    pub crews: Vec<u32>,
    /// The place of each candidate.
    pub candidates: Vec<u32>,
    /// The place of each must-visit point.
    pub must_visits: Vec<u32>,
}

/// A stop of a round.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PlannedStop {
    /// Where.
    pub place: u32,
    /// Which candidate, and which of the dwell times; none at a must-visit.
    pub candidate: Option<(u32, u8)>,
    /// The stay begins, milliseconds since the simulation's start.
    pub begin_ms: u64,
    /// The unit drives on.
    pub leave_ms: u64,
}

/// A shift with its plan.
#[derive(Debug)]
pub struct ShiftPlan {
    /// What was planned.
    pub shift: ShiftToPlan,
    /// The round of each unit of the problem.
    pub rounds: Vec<Vec<PlannedStop>>,
    /// The same as the search found them.
    pub found: Vec<Vec<RoundStop>>,
    /// What stops are worth.
    pub gain: GainRule,
    /// Who may stop where.
    pub access: Access,
}

/// Plans all shifts, each by so many changes. `watch` is called after each and may break off.
///
/// # Errors
/// [`SimulationFault::Plan`], [`SimulationFault::BrokenOff`].
pub fn plan_shifts(
    town: &Town,
    shifts: Vec<ShiftToPlan>,
    iterations: u64,
    watch: &(dyn Fn() -> ControlFlow<()> + Sync),
) -> Result<Vec<ShiftPlan>, SimulationFault> {
    let stop = AtomicBool::new(false);
    let planned: Vec<Result<ShiftPlan, SimulationFault>> = shifts
        .into_par_iter()
        .with_max_len(1)
        .map(|shift| {
            let time_used = || {
                if stop.load(Ordering::Relaxed) {
                    1.0
                } else {
                    0.0
                }
            };
            let budget = Budget {
                iterations,
                time_used: &time_used,
            };
            let plan = plan(town, shift, &budget);
            if watch().is_break() {
                stop.store(true, Ordering::Relaxed);
            }
            plan
        })
        .collect();
    if stop.into_inner() {
        return Err(SimulationFault::BrokenOff);
    }
    planned.into_iter().collect()
}

fn plan(
    town: &Town,
    shift: ShiftToPlan,
    budget: &Budget<'_>,
) -> Result<ShiftPlan, SimulationFault> {
    fits(town, &shift)?;
    let found = search(&shift.problem, budget);
    let found = found.map_err(|fault| SimulationFault::Plan(fault.to_string()))?;
    let rounds = found
        .of_unit
        .iter()
        .map(|round| {
            let stops = round.iter();
            stops.filter_map(|s| planned_stop(&shift, s)).collect()
        })
        .collect();
    Ok(ShiftPlan {
        gain: GainRule::new(&shift.problem),
        access: Access::new(&shift.problem),
        found: found.of_unit,
        rounds,
        shift,
    })
}

fn fits(town: &Town, shift: &ShiftToPlan) -> Result<(), SimulationFault> {
    let problem = &shift.problem;
    let places = town.travel().places();
    let is_place = |&place: &u32| (place as usize) < places;
    let sound = shift.crews.len() == problem.units.len()
        && shift.candidates.len() == problem.candidates.len()
        && shift.must_visits.len() == problem.must_visits.len()
        && shift
            .crews
            .iter()
            .all(|&c| (c as usize) < town.crews().len())
        && shift.candidates.iter().all(is_place)
        && shift.must_visits.iter().all(is_place)
        && problem.units.iter().all(|u| u.breaks.is_empty())
        && problem.window_s() == shift.stretch.length_ms() / 1000;
    if sound {
        Ok(())
    } else {
        Err(SimulationFault::Plan("it does not fit the town".into()))
    }
}

/// A stop of the search as one of the simulated time. None for a break: problems with breaks
/// are refused.
pub fn planned_stop(shift: &ShiftToPlan, stop: &RoundStop) -> Option<PlannedStop> {
    let at_ms = |seconds: u32| shift.stretch.from_ms + u64::from(seconds) * 1000;
    let stay_ms = (stop.leave_s - stop.begin_s) * 1000;
    let (place, candidate) = match stop.what {
        StopFor::Candidate(number) => {
            let options = &shift.problem.dwell_options_ms;
            let option = options
                .partition_point(|&d| d < stay_ms)
                .min(options.len() - 1);
            (
                shift.candidates[number],
                Some((number as u32, option as u8)),
            )
        }
        StopFor::MustVisit { must_visit, .. } => (shift.must_visits[must_visit], None),
        StopFor::Break(_) => return None,
    };
    Some(PlannedStop {
        place,
        candidate,
        begin_ms: at_ms(stop.begin_s),
        leave_ms: at_ms(stop.leave_s),
    })
}
