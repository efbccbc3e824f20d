//! A patrol plan: for each unit, stops with arrival, dwell and reason.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::calendar::window::Window;
use crate::grid::cell::Cell;
use crate::patrol::feasible::Obstacle;
use crate::patrol::objective::report::PlanReport;
use crate::patrol::objective::weights::{Preset, Weights};
use crate::patrol::replan::explain::{Stability, UnitChange};
use crate::patrol::replan::late::Late;
use crate::patrol::units_from::UnitsFrom;
use crate::place::feature::Unit;
use crate::place::id::Id;
use crate::place::measure::{Metres, Seconds};
use crate::place::position::Position;
use crate::risk::surface::Provenance;

/// The routes of all idle units for a window.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct PatrolPlan {
    /// Its id.
    pub id: Id<PatrolPlan>,
    /// When it was made.
    pub made_at: Timestamp,
    /// The shift.
    pub window: Window,
    /// True where the workspace is.
    pub synthetic: bool,
    /// One a unit, in the problem's order.
    pub routes: Vec<PatrolRoute>,
    /// Must-visits that could not be kept, each with its reason.
    pub missed: Vec<Missed>,
    /// Idle units that were asked for but can't drive, each with its reason.
    #[serde(default)]
    pub left_out: Vec<LeftOut>,
    /// How many units were asked for; none: all idle ones.
    #[serde(default)]
    pub units_asked: Option<u32>,
    /// Where its units were taken from; the layer in plans made before the board was asked.
    #[serde(default)]
    pub units_from: UnitsFrom,
    /// Expected incidents covered by the stops, visits' overlap discounted.
    pub risk_covered: f64,
    /// Expected incidents over all cells and hours of the window.
    pub risk_total: f64,
    /// The surface it was planned on.
    pub risk: Provenance,
    /// Seed of the search.
    pub seed: u64,
    /// How the search went; none in plans made before this was recorded.
    #[serde(default)]
    pub search: Option<SearchRecord>,
    /// What counted how much; none in plans made before that could be chosen.
    #[serde(default)]
    pub weights: Option<Weights>,
    /// Its figures; none in plans made before they were drawn up.
    #[serde(default)]
    pub report: Option<PlanReport>,
    /// What can't be met, found before the search.
    #[serde(default)]
    pub obstacles: Vec<Obstacle>,
    /// What other presets come to with the same units and wishes, where that was asked for.
    #[serde(default)]
    pub trade_off: Vec<TradeOff>,
    /// What it changes of an earlier plan, where it was made in mid-shift.
    #[serde(default)]
    pub replanned: Option<ReplanRecord>,
}

/// How a plan that was made in mid-shift differs from the one before.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ReplanRecord {
    /// The plan before.
    pub of: Id<PatrolPlan>,
    /// When in the shift: what was made or under way by then stays.
    pub at: Timestamp,
    /// What changed, one a unit, in the problem's order.
    pub changes: Vec<UnitChange>,
    /// How much of the plan changed.
    pub stability: Stability,
    /// Covered incidents if everyone had carried on with what could still be done.
    pub carried_on: f64,
    /// A visit that nobody can make as soon as it was asked for.
    #[serde(default)]
    pub late: Option<Late>,
}

/// What another choice of what counts comes to.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct TradeOff {
    /// The preset.
    pub preset: Preset,
    /// Expected incidents covered.
    pub risk_covered: f64,
    /// Its figures.
    pub report: PlanReport,
}

/// How a search went: with the same inputs and seed, as many iterations asked for give the
/// same plan, but for its id and time of making, where they ended the search both times.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct SearchRecord {
    /// Changes tried.
    pub iterations: u64,
    /// How many were asked for; none: as many as the time allows.
    pub iterations_asked: Option<u64>,
    /// How many stops of an earlier plan it began with, where it keeps to one.
    #[serde(default)]
    pub kept_stops: Option<u32>,
    /// What ended it.
    pub ended_by: SearchEnd,
}

/// What ended a search.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum SearchEnd {
    /// The iterations asked for are done.
    Iterations,
    /// The time was up: another run may give another plan.
    Deadline,
    /// It was told to stop: another run may give another plan.
    Stopped,
    /// There was nothing to search for: no unit, or no place to go to.
    NothingToDo,
}

/// A unit that gets no route.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct LeftOut {
    /// Which unit.
    pub unit: Id<Unit>,
    /// What it is called on the radio.
    pub call_sign: String,
    /// Why, in a code the screen translates.
    pub why: LeftOutWhy,
    /// Call sign of the unit that drives in its place, if one does.
    #[serde(default)]
    pub replaced_by: Option<String>,
}

/// Why a unit gets no route.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum LeftOutWhy {
    /// Its start is too far from any road.
    OffRoad,
    /// It is on foot, and routes are by road.
    OnFoot,
}

/// A must-visit that the plan does not keep.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Missed {
    /// Name of the point.
    pub name: String,
    /// From when to when it was due.
    pub due: Window,
    /// Why it can't be kept, in a code the screen translates.
    pub why: MissedWhy,
    /// What it was; a must-visit in plans made before there was anything else.
    #[serde(default)]
    pub kind: MissedKind,
    /// Call sign of the only unit that was to keep it, where it was asked of one.
    #[serde(default)]
    pub unit: Option<String>,
}

/// What is not kept.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum MissedKind {
    /// A must-visit within its window.
    #[default]
    MustVisit,
    /// A gap between visits that is longer than the point's frequency allows.
    Frequency,
    /// The window's first visit to a point with a frequency.
    FirstVisit,
    /// A pinned stop.
    Pin,
    /// A unit's break.
    Break,
}

/// Why a must-visit is not kept.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum MissedWhy {
    /// No unit can be there in time, whatever else it drops.
    NoUnitInTime,
    /// Possible alone, but not together with the other must-visits.
    Crowded,
    /// It is due outside the shift.
    OutsideShift,
    /// No road is near it.
    NoRoad,
    /// There are more points than the units could visit: it was not searched for.
    TooMany,
}

/// One unit's round.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct PatrolRoute {
    /// Which unit.
    pub unit: Id<Unit>,
    /// What it is called on the radio.
    pub call_sign: String,
    /// Where it starts.
    pub start: Position,
    /// In order of arrival.
    pub stops: Vec<Stop>,
    /// The line driven, start to last stop.
    pub line: Vec<Position>,
    /// Length of the line.
    pub length: Metres,
    /// Time spent driving.
    pub driving: Seconds,
    /// Where its shift ends, if that was given.
    #[serde(default)]
    pub finish: Option<Finish>,
}

/// The way to where a shift ends.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Finish {
    /// Where that is, on the road.
    pub position: Position,
    /// What it is called.
    pub label: String,
    /// When the unit is there.
    pub arrival: Timestamp,
    /// Driving time from the last stop.
    pub drive: Seconds,
}

/// One stop.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Stop {
    /// From 1.
    pub number: u32,
    /// Where the unit stands (on the road).
    pub position: Position,
    /// The hexagon it is for; none for a must-visit.
    pub cell: Option<Cell>,
    /// Where that is, in words.
    pub label: String,
    /// Arrival, to the second rounded up from the network's time.
    pub arrival: Timestamp,
    /// When what the unit came for begins, where it has to wait for it (its window opens, or
    /// a pinned stop's time comes).
    #[serde(default)]
    pub begins: Option<Timestamp>,
    /// Departure.
    pub departure: Timestamp,
    /// Driving time from the stop before (or the start), as the network gives it at the
    /// hour's speed.
    pub drive: Seconds,
    /// What the stop adds: expected incidents covered, overlap discounted.
    pub gain: f64,
    /// Why it is there.
    pub reason: StopReason,
    /// It was asked for: no search moves it away.
    #[serde(default)]
    pub pinned: bool,
    /// What was dropped for it; none for breaks, for what was made before the plan was changed,
    /// and in plans made before that was looked for.
    #[serde(default)]
    pub instead: Option<Instead>,
}

/// What could have stood in a stop's place: by the same unit, in the same time, all else as it
/// is.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Instead {
    /// The place that would have added most.
    Place {
        /// Its hexagon.
        cell: Cell,
        /// Where that is, in words.
        label: String,
        /// Expected incidents that a stop there would have added.
        gain: f64,
    },
    /// No other place that adds anything could be stopped at in its time.
    Nothing,
}

/// Why a stop is in the plan; the screen puts it in words.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum StopReason {
    /// Risk is high here at this hour.
    Risk {
        /// Expected incidents in this cell during the hour of arrival.
        expected_in_hour: f64,
        /// The cell's place among all cells of the surface in that hour, from 1.
        rank: u32,
        /// How many cells the surface has.
        of: u32,
        /// Visits to the same cell earlier in the plan.
        earlier_visits: u32,
    },
    /// It must be visited in a window; of a point with a frequency, from the visit before
    /// until the next is due.
    MustVisit {
        /// Due from.
        from: Timestamp,
        /// Due until.
        until: Timestamp,
    },
    /// The unit has its break.
    Break {
        /// It may begin from.
        from: Timestamp,
        /// It may begin until.
        until: Timestamp,
    },
}
