//! What a planner asks of a plan besides its window and units: everything that is off or
//! open where nothing is asked.

use crate::calendar::week::HourSet;
use crate::calendar::window::Window;
use crate::grid::cell::Cell;
use crate::patrol::objective::weights::Weights;
use crate::patrol::problem::ForbiddenArea;
use crate::place::position::Position;

/// All wishes.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Wishes {
    /// Of single units.
    pub units: Vec<UnitWish>,
    /// Units stop only in the beats of their own station; its teams stand in for each other
    /// across them.
    pub within_station: bool,
    /// A unit that is bound to beats may stop in all beats of its station too.
    pub backup: bool,
    /// Posts with a period are due by the longest gap between visits, not once in each
    /// period of the shift.
    pub max_gap: bool,
    /// Points that must be visited at least so often.
    pub every: Vec<EveryWish>,
    /// Skills that a visit to a point needs.
    pub needs: Vec<NeedWish>,
    /// Stops that have to be in the plan.
    pub pins: Vec<PinWish>,
    /// Places where nobody stops: cells, or points by id.
    pub not_these: Vec<PlaceWish>,
    /// Ground on which nobody stops.
    pub forbidden: Vec<ForbiddenArea>,
    /// Hours in which roads are slower or faster.
    pub speeds: Vec<SpeedWish>,
    /// What counts how much.
    pub weights: Weights,
    /// Draw among near-best plans by this seed.
    pub draw: Option<u64>,
}

/// A point with a name.
#[derive(Debug, Clone, PartialEq)]
pub struct NamedPoint {
    /// Its name.
    pub name: String,
    /// Where it is.
    pub position: Position,
}

/// What is asked of one unit.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct UnitWish {
    /// Its id or call sign.
    pub unit: String,
    /// It works only within this; none: the whole window.
    pub shift: Option<Window>,
    /// Where it begins; none: where it is.
    pub start: Option<Position>,
    /// Where its shift ends.
    pub end: Option<NamedPoint>,
    /// What it can do that not every unit can.
    pub skills: Vec<String>,
    /// The beats that it is bound to, by their place among the beats; none: as the settings
    /// for all units say.
    pub beats: Option<Vec<u32>>,
    /// Its breaks.
    pub breaks: Vec<BreakWish>,
}

/// A break.
#[derive(Debug, Clone, PartialEq)]
pub struct BreakWish {
    /// It begins within.
    pub window: Window,
    /// How long it is, milliseconds.
    pub length_ms: u32,
    /// Where it is taken; none: wherever the unit is.
    pub place: Option<NamedPoint>,
}

/// A point that must be visited so often.
#[derive(Debug, Clone, PartialEq)]
pub struct EveryWish {
    /// The point's id.
    pub id: String,
    /// Its name.
    pub point: NamedPoint,
    /// The longest gap, milliseconds.
    pub every_ms: u32,
    /// How long to stay, milliseconds; none: as at every must-visit.
    pub dwell_ms: Option<u32>,
}

/// A point whose visits need a skill.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NeedWish {
    /// The point's id.
    pub id: String,
    /// The skill.
    pub skill: String,
}

/// A place to stop at.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum PlaceWish {
    /// A cell.
    Cell(Cell),
    /// A post or pillar, by its id.
    Point(String),
}

/// A stop that has to be in the plan.
#[derive(Debug, Clone, PartialEq)]
pub struct PinWish {
    /// Where.
    pub place: PlaceWish,
    /// The point there, where it is one: it becomes a must-visit where it is none.
    pub point: Option<NamedPoint>,
    /// By which unit, by id or call sign; none: any.
    pub unit: Option<String>,
    /// When it begins; none: any time of the window.
    pub window: Option<Window>,
}

/// Hours in which drives take longer or less.
#[derive(Debug, Clone, PartialEq)]
pub struct SpeedWish {
    /// Hours of the week.
    pub hours: HourSet,
    /// Drives take so many times as long.
    pub factor: f64,
}
