//! What a search answers: rounds in seconds, not yet on the map.

use serde::{Deserialize, Serialize};

use crate::patrol::problem::{DoneStop, PlanProblem, StopFor};
use crate::patrol::rules::due::DueFor;
use crate::patrol::rules::frequency::Watch;
use crate::patrol::search::route::Errand;
use crate::patrol::search::state::State;

/// The rounds of all units.
#[derive(Debug, Clone, PartialEq)]
pub struct Rounds {
    /// One a unit, in the problem's order.
    pub of_unit: Vec<Vec<RoundStop>>,
    /// Dues that nobody keeps.
    pub missed: Vec<MissedDue>,
    /// Gaps between visits that are longer than they may be.
    pub overdue: Vec<OverdueGap>,
    /// Covered incidents.
    pub value: f64,
    /// Covered incidents of the first plan, before it was improved.
    pub first_value: f64,
    /// How many times a change was tried.
    pub iterations: u64,
    /// Of how many plans it was drawn, if it was.
    pub drawn: Option<Drawn>,
}

/// A plan drawn by chance among near-best ones, or the one of them that the nights before
/// foretell least.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Drawn {
    /// Of how many plans that the search came by.
    pub plans: usize,
    /// Covered incidents of the best.
    pub best_value: f64,
}

/// One stop; seconds since the window's start.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct RoundStop {
    /// What it is for.
    pub what: StopFor,
    /// The unit is there.
    pub arrive_s: u32,
    /// Its stay begins.
    pub begin_s: u32,
    /// It drives on.
    pub leave_s: u32,
    /// Drive from the stop before at its hour's speed, milliseconds, rounded up.
    pub drive_ms: u32,
    /// Covered incidents that it adds to those of earlier stops.
    pub gain: f64,
    /// Stops at the same cell that begin earlier, by any unit.
    pub earlier_visits: u32,
    /// It was asked for.
    pub pinned: bool,
    /// Of a visit that is for a frequency: when the visit before it in the window began, by
    /// any unit; none where it is the first. (In plans made before the first one was told
    /// apart, before the window's start where negative.)
    pub since_s: Option<i64>,
}

/// A gap between visits to a point with a frequency that is longer than it may be.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct OverdueGap {
    /// Which point.
    pub must_visit: usize,
    /// Nobody comes from this second on (before the window's start where negative)…
    pub from_s: i64,
    /// … until this one.
    pub until_s: i64,
    /// By when the window's first visit was due, where it is that one that is late or not
    /// made.
    pub first_by_s: Option<u32>,
    /// Whether some unit could come in time if it did nothing else.
    pub possible: bool,
}

/// A due that is not kept.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct MissedDue {
    /// What it was for.
    pub what: DueFor,
    /// Whether some unit could keep it if it did nothing else.
    pub possible: bool,
}

impl Rounds {
    /// Reads them off a state; stops that have been made come first.
    pub fn of(state: &State<'_>, problem: &PlanProblem) -> Self {
        let mut of_unit: Vec<Vec<RoundStop>> = Vec::with_capacity(state.units());
        for (unit, of) in problem.units.iter().enumerate() {
            let done = of.so_far.iter().flat_map(|so_far| &so_far.stops);
            let mut round: Vec<RoundStop> = done.map(RoundStop::made).collect();
            let mut point = unit as u32;
            for stop in state.round(unit) {
                let drive_ms = if point == stop.demand.point {
                    0
                } else {
                    state
                        .ground
                        .reach
                        .drive_ms(point, stop.demand.point, stop.depart)
                };
                point = stop.demand.point;
                round.push(RoundStop {
                    what: what_for(state, stop.errand),
                    arrive_s: stop.arrive,
                    begin_s: stop.begin,
                    leave_s: stop.leave(),
                    drive_ms,
                    gain: 0.0,
                    earlier_visits: 0,
                    pinned: false,
                    since_s: None,
                });
            }
            of_unit.push(round);
        }
        for cell in 0..state.ground.candidates {
            let visits = state.visits(cell);
            let mut earlier = 0;
            state.gain.each(cell, visits, |gain, _| {
                let visit = visits[earlier as usize];
                let round = &mut of_unit[visit.unit as usize];
                let place = round.partition_point(|s| s.begin_s < visit.at);
                round[place].gain = gain;
                round[place].earlier_visits = earlier;
                earlier += 1;
            });
        }
        let mut rounds = Self {
            value: of_unit.iter().flatten().map(|s| s.gain).sum(),
            of_unit,
            missed: missed(state),
            overdue: overdue(state, problem),
            first_value: 0.0,
            iterations: 0,
            drawn: None,
        };
        rounds.mark_pins(problem);
        rounds.mark_frequencies(state, problem);
        rounds
    }

    fn mark_frequencies(&mut self, state: &State<'_>, problem: &PlanProblem) {
        for stop in self.of_unit.iter_mut().flatten() {
            let StopFor::MustVisit { must_visit, window } = stop.what else {
                continue;
            };
            if window < problem.must_visits[must_visit].windows_ms.len() {
                continue;
            }
            let mut watches = (0..).zip(&state.ground.watches);
            let watch = watches.find(|(_, w)| w.must_visit as usize == must_visit);
            stop.since_s = watch.and_then(|(number, _)| {
                let begins = state.begins(number);
                let earlier = begins.partition_point(|&b| b < stop.begin_s);
                Some(i64::from(begins[earlier.checked_sub(1)?]))
            });
        }
    }

    fn mark_pins(&mut self, problem: &PlanProblem) {
        for pin in &problem.pins {
            let stops = self.of_unit.iter_mut().enumerate();
            for (_, round) in stops.filter(|(u, _)| pin.unit.is_none_or(|only| only == *u)) {
                for stop in round.iter_mut().filter(|stop| stop.what == pin.what) {
                    let begin_ms = u64::from(stop.begin_s) * 1000;
                    stop.pinned |= u64::from(pin.window_ms.0) <= begin_ms
                        && begin_ms < u64::from(pin.window_ms.1);
                }
            }
        }
    }
}

impl RoundStop {
    /// One that has been made; its gain is counted with all others'.
    fn made(stop: &DoneStop) -> Self {
        Self {
            what: stop.what,
            arrive_s: stop.arrive_s,
            begin_s: stop.begin_s,
            leave_s: stop.leave_s,
            drive_ms: stop.drive_ms,
            gain: 0.0,
            earlier_visits: 0,
            pinned: false,
            since_s: None,
        }
    }
}

fn what_for(state: &State<'_>, errand: Errand) -> StopFor {
    match errand {
        Errand::Cell { cell, .. } => StopFor::Candidate(cell as usize),
        Errand::Watch(watch) => {
            let must_visit = state.ground.watches[watch as usize].must_visit;
            let windows = state.ground.dues.iter().filter(|due| {
                matches!(due.what, DueFor::MustVisit { must_visit: of, .. } if of == must_visit)
            });
            StopFor::MustVisit {
                must_visit: must_visit as usize,
                window: windows.count(),
            }
        }
        Errand::Due(due) => match state.ground.dues[due as usize].what {
            DueFor::MustVisit { must_visit, window } => StopFor::MustVisit {
                must_visit: must_visit as usize,
                window: window as usize,
            },
            DueFor::Pin { cell, .. } => StopFor::Candidate(cell as usize),
            DueFor::Break { number, .. } => StopFor::Break(number as usize),
        },
    }
}

fn missed(state: &State<'_>) -> Vec<MissedDue> {
    let dues = state.ground.dues.iter().enumerate();
    dues.filter(|(d, _)| !state.is_kept(*d as u32))
        .map(|(_, due)| MissedDue {
            what: due.what,
            possible: due.possible,
        })
        .collect()
}

fn overdue(state: &State<'_>, problem: &PlanProblem) -> Vec<OverdueGap> {
    let mut overdue = Vec::new();
    for (number, watch) in state.ground.watches.iter().enumerate() {
        let begins = state.begins(number as u32);
        for (from_s, until_s) in watch.overdue_gaps(begins) {
            let is_first = begins.first().is_none_or(|&b| i64::from(b) == until_s);
            let after_s = if is_first { -1 } else { from_s };
            let due_by_s = from_s + i64::from(watch.every);
            overdue.push(OverdueGap {
                must_visit: watch.must_visit as usize,
                from_s,
                until_s,
                first_by_s: is_first.then_some(watch.first_by),
                possible: could_come(state, problem, watch, (after_s, due_by_s)),
            });
        }
    }
    overdue
}

/// Whether some unit that does nothing else could come after a second and until another.
fn could_come(
    state: &State<'_>,
    problem: &PlanProblem,
    watch: &Watch,
    (after_s, due_by_s): (i64, i64),
) -> bool {
    let ground = &state.ground;
    (0..problem.units.len()).any(|unit| {
        let shift = ground.shifts[unit];
        let begin = ground.reach.arrive(unit as u32, watch.point, shift.from);
        let latest = shift.latest_begin(watch.point, watch.stay, &ground.reach);
        ground.access.may(unit, watch.point)
            && i64::from(begin) <= due_by_s
            && latest.is_some_and(|latest| begin <= latest && i64::from(latest) > after_s)
    })
}
