//! From rounds in seconds to a plan on the map: timestamps, lines driven, reasons.

use jiff::{SignedDuration, Timestamp};
use sha2::{Digest, Sha256};
use thiserror::Error;

use crate::calendar::window::{Window, WindowError};
use crate::patrol::feasible::Obstacle;
use crate::patrol::instead::{Displaced, displaced};
use crate::patrol::objective::report::PlanReport;
use crate::patrol::objective::unpredictable::{overlap, sights};
use crate::patrol::plan::{
    Finish, Instead, LeftOut, Missed, MissedKind, MissedWhy, PatrolPlan, PatrolRoute, ReplanRecord,
    SearchRecord, Stop, StopReason, TradeOff,
};
use crate::patrol::problem::{OtherPlace, PatrolUnit, PlanProblem, StopFor};
use crate::patrol::rules::due::DueFor;
use crate::patrol::rules::frequency::watch;
use crate::patrol::rules::reach::Reach;
use crate::patrol::search::rounds::{RoundStop, Rounds};
use crate::patrol::units_from::UnitsFrom;
use crate::place::id::{Id, hex};
use crate::place::measure::{Metres, Seconds};
use crate::place::position::Position;
use crate::risk::surface::Provenance;
use crate::roads::network::{RoadRoute, Snap};

/// What a plan says of itself besides its routes.
#[derive(Debug, Clone, PartialEq)]
pub struct About {
    /// When it was made.
    pub made_at: Timestamp,
    /// Whether the workspace is made up.
    pub synthetic: bool,
    /// The surface it was planned on.
    pub risk: Provenance,
    /// Must-visits that did not even make it into the problem.
    pub missed: Vec<Missed>,
    /// Units that did not.
    pub left_out: Vec<LeftOut>,
    /// How many units were asked for; none: all idle ones.
    pub units_asked: Option<u32>,
    /// Where its units were taken from.
    pub units_from: UnitsFrom,
    /// How the search went.
    pub search: SearchRecord,
    /// Its figures.
    pub report: Option<PlanReport>,
    /// What can't be met.
    pub obstacles: Vec<Obstacle>,
    /// What other presets come to.
    pub trade_off: Vec<TradeOff>,
    /// The plan before, to be compared with.
    pub last: Option<PatrolPlan>,
    /// What it changes of an earlier plan.
    pub replanned: Option<ReplanRecord>,
}

/// Why rounds don't make a plan: a fault of the program, not of its user.
#[derive(Debug, Clone, PartialEq, Error)]
pub enum AssembleError {
    /// The network has no way, or one of another time, where the matrix has a time.
    #[error("the road network and its travel matrix disagree on the way to {to}")]
    Way {
        /// Label of the stop driven to.
        to: String,
    },
    /// A time out of the calendar's range.
    #[error("a due window can't be placed in time: {0}")]
    Due(#[from] WindowError),
}

/// Puts rounds on the map; `way` is the network's route between two points.
///
/// # Errors
/// [`AssembleError`].
pub fn assemble(
    problem: &PlanProblem,
    rounds: &Rounds,
    about: About,
    way: &dyn Fn(Snap, Snap) -> Option<RoadRoute>,
) -> Result<PatrolPlan, AssembleError> {
    let instead = displaced(problem, &rounds.of_unit);
    let routes = (0..problem.units.len())
        .map(|unit| route(problem, unit, (&rounds.of_unit[unit], &instead[unit]), way))
        .collect::<Result<Vec<_>, _>>()?;
    let mut missed = about.missed;
    missed.extend(not_kept(problem, rounds)?);
    let mut plan = PatrolPlan {
        id: Id::new(""),
        made_at: about.made_at,
        window: problem.window,
        synthetic: about.synthetic,
        // A sum of nothing is −0.
        risk_covered: routes
            .iter()
            .flat_map(|r| &r.stops)
            .map(|s| s.gain)
            .sum::<f64>()
            + 0.0,
        routes,
        missed,
        left_out: about.left_out,
        units_asked: about.units_asked,
        units_from: about.units_from,
        risk_total: problem.risk_total,
        risk: about.risk,
        seed: problem.seed,
        search: Some(about.search),
        weights: Some(problem.weights),
        report: about.report,
        obstacles: about.obstacles,
        trade_off: about.trade_off,
        replanned: about.replanned,
    };
    let same_as_last = about.last.as_ref();
    let same_as_last = same_as_last.and_then(|last| overlap(&sights(&plan), &sights(last)));
    if let Some(report) = &mut plan.report {
        report.same_as_last = same_as_last;
    }
    plan.id = Id::new(digest(&plan));
    Ok(plan)
}

/// The first 64 bits of the hash of all the plan holds, its time of making included.
fn digest(plan: &PatrolPlan) -> String {
    let json = serde_json::to_vec(plan).unwrap_or_default();
    let hash = Sha256::digest(&json);
    hex(&hash[..8])
}

fn at_ms(problem: &PlanProblem, ms: u32) -> Timestamp {
    problem.window.start() + SignedDuration::from_millis(i64::from(ms))
}

fn at_s(problem: &PlanProblem, s: u32) -> Timestamp {
    problem.window.start() + SignedDuration::from_secs(i64::from(s))
}

/// Everything that had to be done and is not in the rounds.
fn not_kept(problem: &PlanProblem, rounds: &Rounds) -> Result<Vec<Missed>, AssembleError> {
    let why = |possible| match possible {
        true => MissedWhy::Crowded,
        false => MissedWhy::NoUnitInTime,
    };
    let mut missed = Vec::new();
    for due in &rounds.missed {
        let (name, (from, until), kind) = match due.what {
            DueFor::MustVisit { must_visit, window } => {
                let must = &problem.must_visits[must_visit as usize];
                let window_ms = must.windows_ms[window as usize];
                (must.name.clone(), window_ms, MissedKind::MustVisit)
            }
            DueFor::Pin { pin, cell, .. } => (
                problem.candidates[cell as usize].label.clone(),
                problem.pins[pin as usize].window_ms,
                MissedKind::Pin,
            ),
            DueFor::Break { unit, number } => {
                let unit = &problem.units[unit as usize];
                let window_ms = unit.breaks[number as usize].window_ms;
                (unit.call_sign.clone(), window_ms, MissedKind::Break)
            }
        };
        missed.push(Missed {
            name,
            due: Window::new(at_ms(problem, from), at_ms(problem, until))?,
            why: why(due.possible),
            kind,
            unit: asked_of(problem, &due.what),
        });
    }
    for gap in &rounds.overdue {
        let at = |s: i64| problem.window.start() + SignedDuration::from_secs(s);
        // What happened before the shift is no miss of its plan: the first visit was due by a
        // time of this window, and is late or not made.
        let (from_s, until_s, kind) = match gap.first_by_s {
            Some(by) => (0, i64::from(by) + 1, MissedKind::FirstVisit),
            None => (gap.from_s, gap.until_s, MissedKind::Frequency),
        };
        missed.push(Missed {
            name: problem.must_visits[gap.must_visit].name.clone(),
            due: Window::new(at(from_s), at(until_s))?,
            why: why(gap.possible),
            kind,
            unit: None,
        });
    }
    Ok(missed)
}

/// The unit that a pin asks something of, by its call sign.
fn asked_of(problem: &PlanProblem, due: &DueFor) -> Option<String> {
    let what = match *due {
        DueFor::MustVisit { must_visit, window } => StopFor::MustVisit {
            must_visit: must_visit as usize,
            window: window as usize,
        },
        DueFor::Pin { pin, .. } => {
            let unit = problem.pins[pin as usize].unit?;
            return Some(problem.units[unit].call_sign.clone());
        }
        DueFor::Break { .. } => return None,
    };
    let mut pins = problem.pins.iter().filter(|pin| pin.what == what);
    let unit = pins.find_map(|pin| pin.unit)?;
    Some(problem.units[unit].call_sign.clone())
}

/// What has been driven so far.
struct Driven<'a> {
    way: &'a dyn Fn(Snap, Snap) -> Option<RoadRoute>,
    at: Snap,
    line: Vec<Position>,
    length_m: f64,
}

impl Driven<'_> {
    /// Drives on; answers the network's milliseconds.
    fn to(&mut self, snap: Snap, label: &str) -> Result<u32, AssembleError> {
        let Some(driven) = (self.way)(self.at, snap) else {
            return Err(AssembleError::Way { to: label.into() });
        };
        let repeated = self.line.last().is_some() && self.line.last() == driven.line.first();
        self.line
            .extend(driven.line.iter().skip(usize::from(repeated)));
        self.length_m += driven.length.0;
        self.at = snap;
        Ok(driven.millis)
    }

    /// Goes to where a unit is free, if it is not there.
    fn go_on_from(&mut self, unit: &PatrolUnit) -> Result<(), AssembleError> {
        if self.at != unit.start {
            self.to(unit.start, &unit.call_sign)?;
        }
        Ok(())
    }
}

fn route(
    problem: &PlanProblem,
    number: usize,
    (round, instead): (&[RoundStop], &[Option<Displaced>]),
    way: &dyn Fn(Snap, Snap) -> Option<RoadRoute>,
) -> Result<PatrolRoute, AssembleError> {
    let unit = &problem.units[number];
    let so_far = unit.so_far.as_ref();
    let start = so_far.map_or(unit.start, |so_far| so_far.start);
    let made = so_far.map_or(0, |so_far| so_far.stops.len());
    let mut driven = Driven {
        way,
        at: start,
        line: Vec::new(),
        length_m: 0.0,
    };
    let (mut row, mut driving_ms) = (number, 0u64);
    let mut leave_s = unit.from_ms.div_ceil(1000);
    let mut stops = Vec::with_capacity(round.len());
    for (i, stop) in round.iter().enumerate() {
        if i == made {
            // From the last stop that was made to where the unit is free.
            driven.go_on_from(unit)?;
            row = number;
        }
        let place = place(problem, unit, stop.what);
        let (snap, label) = match place {
            Some((point, snap, label)) => {
                let millis = driven.to(snap, label)?;
                let expected = problem.travel.millis(row, point);
                if i >= made && expected != Some(millis) {
                    return Err(AssembleError::Way { to: label.into() });
                }
                row = point;
                (snap, label)
            }
            None => (driven.at, ""),
        };
        driving_ms += u64::from(stop.drive_ms);
        leave_s = stop.leave_s.max(leave_s);
        stops.push(Stop {
            number: i as u32 + 1,
            position: snap.position,
            cell: match stop.what {
                StopFor::Candidate(candidate) => Some(problem.candidates[candidate].cell),
                StopFor::MustVisit { .. } | StopFor::Break(_) => None,
            },
            label: label.into(),
            arrival: at_s(problem, stop.arrive_s),
            begins: (stop.begin_s > stop.arrive_s).then(|| at_s(problem, stop.begin_s)),
            departure: at_s(problem, stop.leave_s),
            drive: Seconds(f64::from(stop.drive_ms) / 1000.0),
            gain: stop.gain,
            reason: reason(problem, unit, stop),
            pinned: stop.pinned,
            instead: instead.get(i).copied().flatten().map(|d| named(problem, d)),
        });
    }
    if round.len() <= made {
        row = number;
    }
    let reach = Reach::new(problem);
    let end = unit.end.map(|place| (place, problem.place_point(place)));
    let finish = match end {
        Some((place, point)) if problem.travel.millis(row, point).is_some() => {
            let OtherPlace { name, snap } = &problem.places[place];
            if round.len() <= made {
                driven.go_on_from(unit)?;
            }
            driven.to(*snap, name)?;
            let (row, point) = (row as u32, point as u32);
            let drive_ms = reach.drive_ms(row, point, leave_s);
            driving_ms += u64::from(drive_ms);
            Some(Finish {
                position: snap.position,
                label: name.clone(),
                arrival: at_s(problem, reach.arrive(row, point, leave_s)),
                drive: Seconds(f64::from(drive_ms) / 1000.0),
            })
        }
        _ => None,
    };
    Ok(PatrolRoute {
        unit: unit.id.clone(),
        call_sign: unit.call_sign.clone(),
        start: start.position,
        stops,
        line: driven.line,
        length: Metres(driven.length_m),
        driving: Seconds(driving_ms as f64 / 1000.0),
        finish,
    })
}

/// Row, place and name of what a stop is for; none where that is wherever the unit is.
fn place<'a>(
    problem: &'a PlanProblem,
    unit: &PatrolUnit,
    what: StopFor,
) -> Option<(usize, Snap, &'a str)> {
    match what {
        StopFor::Candidate(number) => {
            let candidate = &problem.candidates[number];
            let point = problem.candidate_point(number);
            Some((point, candidate.snap, &candidate.label))
        }
        StopFor::MustVisit { must_visit, .. } => {
            let must = &problem.must_visits[must_visit];
            Some((problem.must_visit_point(must_visit), must.snap, &must.name))
        }
        StopFor::Break(number) => {
            let place = unit.breaks[number].place?;
            let other = &problem.places[place];
            Some((problem.place_point(place), other.snap, &other.name))
        }
    }
}

/// What was dropped for a stop, by its name.
fn named(problem: &PlanProblem, displaced: Displaced) -> Instead {
    match displaced {
        Displaced::Candidate { candidate, gain } => Instead::Place {
            cell: problem.candidates[candidate].cell,
            label: problem.candidates[candidate].label.clone(),
            gain,
        },
        Displaced::Nothing => Instead::Nothing,
    }
}

fn reason(problem: &PlanProblem, unit: &PatrolUnit, stop: &RoundStop) -> StopReason {
    match stop.what {
        StopFor::Candidate(candidate) => {
            let candidate = &problem.candidates[candidate];
            let hour = (stop.begin_s / 3600) as usize;
            StopReason::Risk {
                expected_in_hour: candidate.risk_by_hour[hour],
                rank: candidate.rank_by_hour[hour],
                of: problem.surface_cells,
                earlier_visits: stop.earlier_visits,
            }
        }
        StopFor::MustVisit { must_visit, window } => {
            let must = &problem.must_visits[must_visit];
            let (from, until) = match must.windows_ms.get(window) {
                Some(&(from, until)) => (at_ms(problem, from), at_ms(problem, until)),
                None => {
                    let at = |s: i64| problem.window.start() + SignedDuration::from_secs(s);
                    let every = i64::from(must.every_ms.unwrap_or(0) / 1000);
                    match (stop.since_s, watch(problem, must_visit)) {
                        (None, Some(watch)) => (at(0), at(i64::from(watch.first_by))),
                        (last, _) => {
                            let last = last.unwrap_or(0);
                            (at(last), at(last + every))
                        }
                    }
                }
            };
            StopReason::MustVisit { from, until }
        }
        StopFor::Break(number) => {
            let (from, until) = unit.breaks[number].window_ms;
            StopReason::Break {
                from: at_ms(problem, from),
                until: at_ms(problem, until),
            }
        }
    }
}
