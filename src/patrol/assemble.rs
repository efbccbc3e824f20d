//! From rounds in seconds to a plan on the map: timestamps, lines driven, reasons.

use jiff::{SignedDuration, Timestamp};
use sha2::{Digest, Sha256};
use thiserror::Error;

use crate::calendar::window::{Window, WindowError};
use crate::patrol::plan::{
    LeftOut, Missed, MissedWhy, PatrolPlan, PatrolRoute, SearchRecord, Stop, StopReason,
};
use crate::patrol::problem::PlanProblem;
use crate::patrol::search::rounds::{RoundStop, Rounds, StopFor};
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
    /// How the search went.
    pub search: SearchRecord,
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
    let routes = (0..problem.units.len())
        .map(|unit| route(problem, unit, &rounds.of_unit[unit], way))
        .collect::<Result<Vec<_>, _>>()?;
    let mut missed = about.missed;
    for due in &rounds.missed {
        let must = &problem.must_visits[due.must_visit];
        let (from, until) = must.windows_ms[due.window];
        missed.push(Missed {
            name: must.name.clone(),
            due: Window::new(at_ms(problem, from), at_ms(problem, until))?,
            why: if due.possible {
                MissedWhy::Crowded
            } else {
                MissedWhy::NoUnitInTime
            },
        });
    }
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
        risk_total: problem.risk_total,
        risk: about.risk,
        seed: problem.seed,
        search: Some(about.search),
    };
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

fn route(
    problem: &PlanProblem,
    unit: usize,
    round: &[RoundStop],
    way: &dyn Fn(Snap, Snap) -> Option<RoadRoute>,
) -> Result<PatrolRoute, AssembleError> {
    let unit = &problem.units[unit];
    let mut from = unit.start;
    let mut line: Vec<Position> = Vec::new();
    let (mut length, mut driving_ms) = (0.0, 0u64);
    let mut stops = Vec::with_capacity(round.len());
    for (number, stop) in (1u32..).zip(round) {
        let (snap, label) = place(problem, stop.what);
        let driven = way(from, snap).filter(|w| w.millis == stop.drive_ms);
        let Some(driven) = driven else {
            return Err(AssembleError::Way { to: label.into() });
        };
        let repeated = line.last().is_some() && line.last() == driven.line.first();
        line.extend(driven.line.iter().skip(usize::from(repeated)));
        length += driven.length.0;
        driving_ms += u64::from(driven.millis);
        from = snap;
        stops.push(Stop {
            number,
            position: snap.position,
            cell: match stop.what {
                StopFor::Candidate(candidate) => Some(problem.candidates[candidate].cell),
                StopFor::MustVisit { .. } => None,
            },
            label: label.into(),
            arrival: at_s(problem, stop.arrive_s),
            departure: at_s(problem, stop.leave_s),
            drive: driven.time(),
            gain: stop.gain,
            reason: reason(problem, stop),
        });
    }
    Ok(PatrolRoute {
        unit: unit.id.clone(),
        call_sign: unit.call_sign.clone(),
        start: unit.start.position,
        stops,
        line,
        length: Metres(length),
        driving: Seconds(driving_ms as f64 / 1000.0),
    })
}

fn place(problem: &PlanProblem, what: StopFor) -> (Snap, &str) {
    match what {
        StopFor::Candidate(candidate) => {
            let candidate = &problem.candidates[candidate];
            (candidate.snap, &candidate.label)
        }
        StopFor::MustVisit { must_visit, .. } => {
            let must = &problem.must_visits[must_visit];
            (must.snap, &must.name)
        }
    }
}

fn reason(problem: &PlanProblem, stop: &RoundStop) -> StopReason {
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
            let (from, until) = problem.must_visits[must_visit].windows_ms[window];
            StopReason::MustVisit {
                from: at_ms(problem, from),
                until: at_ms(problem, until),
            }
        }
    }
}
