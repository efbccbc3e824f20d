//! What is counted: by beat, by cell, by unit.

use std::collections::BTreeMap;

use jiff::Timestamp;

use crate::grid::cell::Cell;
use crate::place::feature::Unit;
use crate::place::id::Id;
use crate::place::measure::Seconds;

/// What became of the plans between two instants.
#[derive(Debug, Clone, PartialEq)]
pub struct FollowUp {
    /// From then on.
    pub from: Timestamp,
    /// Until then, or until now where that is earlier.
    pub until: Timestamp,
    /// Of each beat, in the order of their layer.
    pub beats: Vec<BeatCount>,
    /// Of what is in no beat.
    pub outside: BeatCount,
    /// Of each cell where patrol was or was wanted.
    pub cells: BTreeMap<Cell, CellCount>,
    /// Of each unit that had a round or was on patrol.
    pub units: BTreeMap<Id<Unit>, UnitCount>,
    /// Must-visits that were not made in their window, in its order.
    pub missed: Vec<MissedStop>,
}

/// A must-visit that was not made in its window.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MissedStop {
    /// The unit that was to make it.
    pub unit: Id<Unit>,
    /// Where that is, in words.
    pub label: String,
    /// The beat that it is in.
    pub beat: Option<usize>,
    /// Until when it was due.
    pub due_until: Timestamp,
}

/// What a beat was given.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub struct BeatCount {
    /// Patrol time that the plans in force wanted there: the stops' dwell.
    pub wanted: Seconds,
    /// Patrol time that was given.
    pub given: Seconds,
    /// Minutes in which some unit on patrol was there.
    pub seen_minutes: u32,
    /// Its stops.
    pub stops: StopCount,
}

/// What a cell was given.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub struct CellCount {
    /// Patrol time that was wanted.
    pub wanted: Seconds,
    /// Patrol time that was given.
    pub given: Seconds,
    /// The beat that it is counted in; none outside all.
    pub beat: Option<usize>,
}

/// What a unit did.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub struct UnitCount {
    /// Time on patrol with known positions.
    pub given: Seconds,
    /// Time on patrol without: nobody knows where.
    pub silent: Seconds,
    /// Its stops.
    pub stops: StopCount,
}

/// What became of stops whose arrival was planned in the time that is looked at.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct StopCount {
    /// The unit was there.
    pub made: u32,
    /// It said why it does not go there.
    pub skipped: u32,
    /// Their time has passed.
    pub missed: u32,
    /// Their time is yet to come, or not over.
    pub open: u32,
    /// How many of all had to be visited in a window.
    pub must: u32,
    /// How many of those were.
    pub must_made: u32,
}

impl StopCount {
    /// All stops.
    pub fn planned(&self) -> u32 {
        self.made + self.skipped + self.missed + self.open
    }

    /// How much of what is over was kept, in percent; none where nothing is.
    pub fn kept_percent(&self) -> Option<f64> {
        let over = self.made + self.skipped + self.missed;
        (over > 0).then(|| 100.0 * f64::from(self.made) / f64::from(over))
    }

    /// Adds another count.
    pub fn add(&mut self, other: &Self) {
        self.made += other.made;
        self.skipped += other.skipped;
        self.missed += other.missed;
        self.open += other.open;
        self.must += other.must;
        self.must_made += other.must_made;
    }
}

impl FollowUp {
    /// Whole minutes that are looked at.
    pub fn minutes(&self) -> u32 {
        minutes(self.from, self.until)
    }

    /// The share of the minutes in which a beat saw a unit 见警率; none where there are none.
    pub fn visibility(&self, beat: &BeatCount) -> Option<f64> {
        let minutes = self.minutes();
        (minutes > 0).then(|| f64::from(beat.seen_minutes) / f64::from(minutes))
    }
}

/// Minutes from one instant to another, the last one begun counted too.
pub fn minutes(from: Timestamp, until: Timestamp) -> u32 {
    let seconds = until.duration_since(from).as_secs_f64().max(0.0);
    (seconds / 60.0).ceil() as u32
}
