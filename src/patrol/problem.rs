//! A patrol problem: idle units, places worth a stop, must-visit points, travel times.
//!
//! Times are whole milliseconds since the window's start, so that plans are exact.

use serde::{Deserialize, Serialize};
use thiserror::Error;

use crate::calendar::window::Window;
use crate::grid::cell::Cell;
use crate::patrol::objective::weights::Weights;
use crate::place::area::Area;
use crate::place::feature::Unit;
use crate::place::id::Id;
use crate::place::position::Position;
use crate::roads::network::{Snap, TravelMatrix};

/// One idle unit for the window.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct PatrolUnit {
    /// Which.
    pub id: Id<Unit>,
    /// What it is called on the radio.
    pub call_sign: String,
    /// Where it starts, on the road.
    pub start: Snap,
    /// First millisecond of work.
    pub from_ms: u32,
    /// Work ends: its last stop is left by then, and it is at its end where it has one.
    pub until_ms: u32,
    /// Where it has to be when its work ends, by place in [`PlanProblem::places`]; none:
    /// wherever its last stop is.
    pub end: Option<usize>,
    /// What it can do that not every unit can, e.g. `dog`, `drone`.
    pub skills: Vec<String>,
    /// The beats that it may stop in, by number; none: all. A place in no beat is open to
    /// every unit.
    pub beats: Option<Vec<u32>>,
    /// Its breaks.
    pub breaks: Vec<UnitBreak>,
    /// What it has done before `from_ms`, where its shift has begun: it is replanned from
    /// `start` on.
    pub so_far: Option<SoFar>,
}

/// One break of a unit: begins within its window and takes its length.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct UnitBreak {
    /// Begins within `[from, until)`, milliseconds.
    pub window_ms: (u32, u32),
    /// How long it takes, milliseconds.
    pub length_ms: u32,
    /// Where, by place in [`PlanProblem::places`]; none: wherever the unit then is.
    pub place: Option<usize>,
}

/// The part of a unit's shift that has happened: nothing of it changes any more.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct SoFar {
    /// Where its shift began.
    pub start: Snap,
    /// When it began, milliseconds.
    pub from_ms: u32,
    /// Its stops, the one under way included.
    pub stops: Vec<DoneStop>,
}

/// A stop that has been made, or is under way; seconds since the window's start.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct DoneStop {
    /// What it is for.
    pub what: StopFor,
    /// The unit was there.
    pub arrive_s: u32,
    /// Its stay began.
    pub begin_s: u32,
    /// It drove on; earlier than planned where it was called away.
    pub leave_s: u32,
    /// Drive from the stop before, milliseconds.
    pub drive_ms: u32,
}

/// What a stop is for, by place in the problem.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub enum StopFor {
    /// A candidate.
    Candidate(usize),
    /// A window of a must-visit; a visit for its frequency alone has the number after the
    /// last window's.
    MustVisit {
        /// Which point.
        must_visit: usize,
        /// Which of its windows.
        window: usize,
    },
    /// One of the unit's breaks.
    Break(usize),
}

/// A cell worth a stop.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Candidate {
    /// Its hexagon.
    pub cell: Cell,
    /// Where a unit would stand, on the road.
    pub snap: Snap,
    /// Expected incidents in each hour of the window, from its start; the last hour may be
    /// a part of one.
    pub risk_by_hour: Vec<f64>,
    /// Its place among all cells of the surface in each of these hours, from 1.
    pub rank_by_hour: Vec<u32>,
    /// Where that is, in words: `"Beat 3, by pillar 12"`.
    pub label: String,
    /// The beat it lies in, by number.
    pub beat: Option<u32>,
    /// Skills that a unit needs to stop here, all of them.
    pub needs: Vec<String>,
    /// What visits before the window have left of their effect at its start, 0 to 1.
    pub protected: f64,
}

/// A point that must be visited.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct MustVisit {
    /// Its own id, e.g. a joint-duty post's.
    pub id: String,
    /// Its name.
    pub name: String,
    /// Where a unit would stand, on the road.
    pub snap: Snap,
    /// Its position.
    pub position: Position,
    /// Arrive within one of these `[from, until)`, milliseconds; one visit in each.
    pub windows_ms: Vec<(u32, u32)>,
    /// How long to stay, milliseconds.
    pub dwell_ms: u32,
    /// Besides, no longer than this between the begins of two visits and from the last to
    /// the window's end, milliseconds; none: only windows. When the first is due,
    /// `rules/frequency.rs` says.
    pub every_ms: Option<u32>,
    /// How long before the window's start it was visited last, milliseconds; none: that is
    /// not known. Counts for `every_ms`.
    pub since_ms: Option<u32>,
    /// The beat it lies in, by number.
    pub beat: Option<u32>,
    /// Skills that a unit needs to keep it, all of them.
    pub needs: Vec<String>,
}

/// A place that is no candidate and no must-visit: where a shift ends or a break is taken.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct OtherPlace {
    /// Its name.
    pub name: String,
    /// Where a unit would stand, on the road.
    pub snap: Snap,
}

/// Where calls are expected that no candidate stands for: the rest of the area, gathered.
/// Nobody stops there; it counts for response.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct DemandPoint {
    /// On the road.
    pub snap: Snap,
    /// Expected calls in each hour of the window, as a candidate's.
    pub risk_by_hour: Vec<f64>,
}

/// A stop that has to be in the plan.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Pin {
    /// What has to be stopped at: a candidate or a due of a must-visit.
    pub what: StopFor,
    /// By which unit; none: any.
    pub unit: Option<usize>,
    /// The stay begins within `[from, until)`, milliseconds. For a must-visit's due, its
    /// own window holds too.
    pub window_ms: (u32, u32),
}

/// Ground on which nobody stops.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ForbiddenArea {
    /// What it is called.
    pub name: String,
    /// Its ground.
    pub area: Area,
}

/// From then on roads are driven at this speed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct SpeedPiece {
    /// Milliseconds since the window's start.
    pub from_ms: u32,
    /// In thousandths of the speed that the matrix is made with.
    pub permille: u32,
}

/// A beat, and the share of the patrol minutes that its risk asks for.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct BeatShare {
    /// Its name.
    pub name: String,
    /// 0 to 1.
    pub wanted: f64,
}

/// The whole question.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct PlanProblem {
    /// The shift.
    pub window: Window,
    /// Who drives.
    pub units: Vec<PatrolUnit>,
    /// Where risk is.
    pub candidates: Vec<Candidate>,
    /// Where one must go.
    pub must_visits: Vec<MustVisit>,
    /// Where calls are expected besides; none in plans made before they counted.
    #[serde(default)]
    pub demand: Vec<DemandPoint>,
    /// Allowed dwell times at a candidate, milliseconds, ascending.
    pub dwell_options_ms: Vec<u32>,
    /// A stay of so long has 63 % (1 − 1/e) of the effect that an endless one would have,
    /// milliseconds.
    pub presence_ms: u32,
    /// After how long a visit's effect on a cell has halved, milliseconds.
    pub decay_half_life_ms: u32,
    /// Expected incidents over all cells and hours of the window.
    pub risk_total: f64,
    /// How many cells the surface has.
    pub surface_cells: u32,
    /// Milliseconds between points: rows and columns are units' starts, then candidates,
    /// then must-visits, then other places, then demand. Not stored with the rest: the road network
    /// gives it again.
    #[serde(skip)]
    pub travel: TravelMatrix,
    /// Where shifts end and breaks are taken.
    pub places: Vec<OtherPlace>,
    /// How fast roads are at which hour; ascending from 0. Empty: as the matrix says.
    pub speeds: Vec<SpeedPiece>,
    /// Stops that have to be in the plan.
    pub pins: Vec<Pin>,
    /// Where nobody stops. Driving through is allowed: streets stay open.
    pub forbidden: Vec<ForbiddenArea>,
    /// Candidates that nobody stops at ("not these").
    pub not_these: Vec<usize>,
    /// The beats, by number.
    pub beats: Vec<BeatShare>,
    /// What counts how much.
    pub weights: Weights,
    /// Seed of the search.
    pub seed: u64,
}

/// Why a problem can't be searched: its parts don't fit each other.
#[derive(Debug, Clone, PartialEq, Error)]
pub enum ProblemFault {
    /// The matrix has another number of rows or columns than there are points.
    #[error("the travel matrix is {rows} × {columns}, but there are {points} points")]
    Matrix {
        /// Its rows.
        rows: usize,
        /// Its columns.
        columns: usize,
        /// Units, candidates and must-visits together.
        points: usize,
    },
    /// Risk of another number of hours than the window has, or a number that is no risk.
    #[error("candidate {cell} has no valid risk for each of the window's {hours} hours")]
    Risk {
        /// Its cell.
        cell: Cell,
        /// Hours of the window, the last part of one included.
        hours: usize,
    },
    /// Two candidates stand for one cell.
    #[error("cell {0} is a candidate twice")]
    TwiceACandidate(Cell),
    /// No dwell time, one of 0, or not ascending.
    #[error("dwell times must be positive and ascending")]
    Dwell,
    /// Half-life or presence of 0.
    #[error("the half-life and the presence time must be positive")]
    Decay,
    /// A unit's work ends before it starts, or goes on after the window.
    #[error("unit {0} does not work within the window")]
    Shift(String),
    /// A must-visit's window is empty or its dwell is 0.
    #[error("must-visit {0} has an empty window or no dwell")]
    MustVisit(String),
    /// A pin, end or break that names what the problem does not have.
    #[error("a pin, an end or a break names a place or unit that the problem does not have")]
    Unknown,
    /// Speeds that don't ascend from 0 in time, or are 0.
    #[error("speeds must be positive and given from the window's start on, in order of time")]
    Speeds,
    /// More than the search can number.
    #[error("at most 60 000 units, and windows of at most 40 days, can be planned")]
    TooLarge,
}

impl MustVisit {
    /// Whether it is one point with another: visits may be asked for in several ways.
    pub fn is_one_with(&self, other: &Self) -> bool {
        self.id == other.id && self.position == other.position
    }
}

impl PlanProblem {
    /// Row and column of a unit's start.
    pub fn unit_point(&self, unit: usize) -> usize {
        unit
    }

    /// Row and column of a candidate.
    pub fn candidate_point(&self, candidate: usize) -> usize {
        self.units.len() + candidate
    }

    /// Row and column of a must-visit.
    pub fn must_visit_point(&self, must_visit: usize) -> usize {
        self.units.len() + self.candidates.len() + must_visit
    }

    /// Row and column of another place.
    pub fn place_point(&self, place: usize) -> usize {
        self.units.len() + self.candidates.len() + self.must_visits.len() + place
    }

    /// Row and column of a point of demand.
    pub fn demand_point(&self, demand: usize) -> usize {
        self.place_point(self.places.len()) + demand
    }

    /// Rows and columns there must be.
    pub fn points(&self) -> usize {
        self.demand_point(self.demand.len())
    }

    /// Length of the window in whole seconds, rounded down.
    pub fn window_s(&self) -> u64 {
        self.window.length().0.max(0.0) as u64
    }

    /// Hours of the window, the last part of one included.
    pub fn hours(&self) -> usize {
        self.window.length().0.div_euclid(3600.0) as usize
            + usize::from(self.window.length().0.rem_euclid(3600.0) > 0.0)
    }

    /// Checks that the parts fit each other.
    ///
    /// # Errors
    /// The first [`ProblemFault`] found.
    pub fn check(&self) -> Result<(), ProblemFault> {
        let points = self.points();
        let travel = &self.travel;
        if travel.sources != points
            || travel.targets != points
            || travel.millis.len() != points * points
        {
            return Err(ProblemFault::Matrix {
                rows: travel.sources,
                columns: travel.targets,
                points,
            });
        }
        if self.units.len() > 60_000 || self.window_s() > 40 * 86_400 {
            return Err(ProblemFault::TooLarge);
        }
        self.check_candidates()?;
        if self.dwell_options_ms.is_empty()
            || self.dwell_options_ms[0] == 0
            || self.dwell_options_ms.windows(2).any(|w| w[0] >= w[1])
        {
            return Err(ProblemFault::Dwell);
        }
        if self.decay_half_life_ms == 0 || self.presence_ms == 0 {
            return Err(ProblemFault::Decay);
        }
        let last_ms = self.window.end().as_millisecond() - self.window.start().as_millisecond();
        if let Some(unit) = self
            .units
            .iter()
            .find(|u| u.from_ms > u.until_ms || i64::from(u.until_ms) > last_ms)
        {
            return Err(ProblemFault::Shift(unit.call_sign.clone()));
        }
        let empty = |m: &&MustVisit| {
            m.dwell_ms == 0 || m.every_ms == Some(0) || m.windows_ms.iter().any(|w| w.0 >= w.1)
        };
        if let Some(must) = self.must_visits.iter().find(empty) {
            return Err(ProblemFault::MustVisit(must.name.clone()));
        }
        self.check_names()?;
        let ascending = |w: &[SpeedPiece]| w[0].from_ms < w[1].from_ms;
        let sound = self.speeds.first().is_none_or(|first| first.from_ms == 0)
            && self.speeds.windows(2).all(ascending)
            && self
                .speeds
                .iter()
                .all(|s| (1..=1_000_000).contains(&s.permille));
        if sound {
            Ok(())
        } else {
            Err(ProblemFault::Speeds)
        }
    }

    /// Whether what a stop is for is in the problem; a break belongs to a unit.
    fn has(&self, what: StopFor, unit: Option<usize>) -> bool {
        match what {
            StopFor::Candidate(candidate) => candidate < self.candidates.len(),
            StopFor::MustVisit { must_visit, window } => self
                .must_visits
                .get(must_visit)
                .is_some_and(|m| window < m.windows_ms.len() + usize::from(m.every_ms.is_some())),
            StopFor::Break(number) => {
                let unit = unit.and_then(|unit| self.units.get(unit));
                unit.is_some_and(|unit| number < unit.breaks.len())
            }
        }
    }

    fn check_names(&self) -> Result<(), ProblemFault> {
        let place = |place: &Option<usize>| place.is_none_or(|p| p < self.places.len());
        for (number, unit) in self.units.iter().enumerate() {
            if !place(&unit.end) || !unit.breaks.iter().all(|b| place(&b.place)) {
                return Err(ProblemFault::Unknown);
            }
            let empty = |b: &UnitBreak| b.window_ms.0 >= b.window_ms.1 || b.length_ms == 0;
            if unit.breaks.iter().any(empty) {
                return Err(ProblemFault::Shift(unit.call_sign.clone()));
            }
            let done = unit.so_far.iter().flat_map(|so_far| &so_far.stops);
            if !done.clone().all(|stop| self.has(stop.what, Some(number))) {
                return Err(ProblemFault::Unknown);
            }
        }
        let pin = |pin: &Pin| {
            self.has(pin.what, None)
                && !matches!(pin.what, StopFor::Break(_))
                && pin.unit.is_none_or(|unit| unit < self.units.len())
                && pin.window_ms.0 < pin.window_ms.1
        };
        let never = |&c: &usize| c < self.candidates.len();
        if self.pins.iter().all(pin) && self.not_these.iter().all(never) {
            Ok(())
        } else {
            Err(ProblemFault::Unknown)
        }
    }

    fn check_candidates(&self) -> Result<(), ProblemFault> {
        let hours = self.hours();
        for candidate in &self.candidates {
            let risks = &candidate.risk_by_hour;
            if risks.len() != hours
                || candidate.rank_by_hour.len() != hours
                || risks.iter().any(|r| !r.is_finite() || *r < 0.0)
                || !(0.0..=1.0).contains(&candidate.protected)
            {
                return Err(ProblemFault::Risk {
                    cell: candidate.cell,
                    hours,
                });
            }
        }
        let mut cells: Vec<Cell> = self.candidates.iter().map(|c| c.cell).collect();
        cells.sort_unstable();
        match cells.windows(2).find(|w| w[0] == w[1]) {
            Some(twice) => Err(ProblemFault::TwiceACandidate(twice[0])),
            None => Ok(()),
        }
    }
}
