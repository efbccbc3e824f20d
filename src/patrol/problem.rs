//! A patrol problem: idle units, places worth a stop, must-visit points, travel times.
//!
//! Times are whole milliseconds since the window's start, so that plans are exact.

use crate::calendar::window::Window;
use crate::grid::cell::Cell;
use crate::place::feature::Unit;
use crate::place::id::Id;
use crate::place::position::Position;
use crate::roads::network::{Snap, TravelMatrix};

/// One idle unit for the window.
#[derive(Debug, Clone, PartialEq)]
pub struct PatrolUnit {
    /// Which.
    pub id: Id<Unit>,
    /// What it is called on the radio.
    pub call_sign: String,
    /// Where it starts, on the road.
    pub start: Snap,
    /// First millisecond of work.
    pub from_ms: u32,
    /// Work ends: its last stop is left by then.
    pub until_ms: u32,
}

/// A cell worth a stop.
#[derive(Debug, Clone, PartialEq)]
pub struct Candidate {
    /// Its hexagon.
    pub cell: Cell,
    /// Where a unit would stand, on the road.
    pub snap: Snap,
    /// Expected incidents in each hour of the window, from its start.
    pub risk_by_hour: Vec<f64>,
    /// Where that is, in words: `"Beat 3, by pillar 12"`.
    pub label: String,
}

/// A point that must be visited.
#[derive(Debug, Clone, PartialEq)]
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
}

/// The whole question.
#[derive(Debug, Clone, PartialEq)]
pub struct PlanProblem {
    /// The shift.
    pub window: Window,
    /// Who drives.
    pub units: Vec<PatrolUnit>,
    /// Where risk is.
    pub candidates: Vec<Candidate>,
    /// Where one must go.
    pub must_visits: Vec<MustVisit>,
    /// Allowed dwell times at a candidate, milliseconds, ascending.
    pub dwell_options_ms: Vec<u32>,
    /// After how long a visit's effect on a cell has halved, milliseconds.
    pub decay_half_life_ms: u32,
    /// Milliseconds between points: rows and columns are units' starts, then candidates,
    /// then must-visits.
    pub travel: TravelMatrix,
    /// Seed of the search.
    pub seed: u64,
}
