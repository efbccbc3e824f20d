//! The board: what is open, who is where, what rings. It is the fold of the log's events
//! ([`step`](crate::live::step)); nothing else ever changes it, and the same events give
//! the same board, whoever folds them.
//!
//! Its maps share their parts with their clones: a copy of the board costs nothing, so that
//! a change that could not be stored is simply dropped, and readers never wait.

use imbl::{OrdMap, OrdSet};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::incident::record::Incident;
use crate::live::alarm::{Alarm, PillarNow};
use crate::live::call::Call;
use crate::live::note::{HandoverNote, WrittenNote};
use crate::live::round::state::Round;
use crate::live::settings::BoardSettings;
use crate::live::unit_now::UnitNow;
use crate::place::feature::{AlarmPillar, Unit};
use crate::place::id::Id;
use crate::place::position::Position;

/// Calls are looked for by squares of so many of them a degree: about 110 m from north to
/// south, and less from west to east.
const SQUARES_PER_DEGREE: f64 = 1000.0;

/// Calls in one square that are looked at: ten thousand calls of one event must not cost a
/// hundred million looks.
const CROWD: usize = 128;

/// The board as of one event.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(from = "Kept")]
pub struct Board {
    /// Number of the last event that it has taken in.
    pub sequence: u64,
    /// When that was; the beginning of time where there was none.
    pub at: Timestamp,
    /// Calls: all that are open, and those that ended not long ago.
    pub calls: OrdMap<Id<Incident>, Call>,
    /// Units of which anything is known beyond their layer.
    pub units: OrdMap<Id<Unit>, UnitNow>,
    /// Rounds in force.
    #[serde(default, skip_serializing_if = "OrdMap::is_empty")]
    pub rounds: OrdMap<Id<Unit>, Round>,
    /// Pillars of which anything is known beyond their layer.
    pub pillars: OrdMap<Id<AlarmPillar>, PillarNow>,
    /// Alarms: all that are open, and those that ended not long ago.
    pub alarms: OrdMap<u64, Alarm>,
    /// The newest notes for the next shift, by the number of their event.
    pub notes: OrdMap<u64, WrittenNote>,
    /// The settings.
    pub settings: BoardSettings,
    /// Number that the next call gets.
    pub next_call: u32,
    /// Number that the next alarm gets.
    pub next_alarm: u64,
    /// Calls that have ended, by when.
    #[serde(skip)]
    pub(super) ended: OrdSet<(Timestamp, Id<Incident>)>,
    /// Open calls by the square they are in.
    #[serde(skip)]
    pub(super) squares: OrdMap<(i32, i32), OrdSet<Id<Incident>>>,
}

/// A board as it is kept: what can be made of the rest is not.
#[derive(Deserialize)]
struct Kept {
    sequence: u64,
    at: Timestamp,
    calls: OrdMap<Id<Incident>, Call>,
    units: OrdMap<Id<Unit>, UnitNow>,
    #[serde(default)]
    rounds: OrdMap<Id<Unit>, Round>,
    pillars: OrdMap<Id<AlarmPillar>, PillarNow>,
    alarms: OrdMap<u64, Alarm>,
    /// Boards kept before there were any have none.
    #[serde(default)]
    notes: OrdMap<u64, WrittenNote>,
    settings: BoardSettings,
    next_call: u32,
    next_alarm: u64,
}

impl From<Kept> for Board {
    fn from(kept: Kept) -> Self {
        let mut board = Self {
            sequence: kept.sequence,
            at: kept.at,
            calls: OrdMap::new(),
            units: kept.units,
            rounds: kept.rounds,
            pillars: kept.pillars,
            alarms: kept.alarms,
            notes: kept.notes,
            settings: kept.settings,
            next_call: kept.next_call,
            next_alarm: kept.next_alarm,
            ended: OrdSet::new(),
            squares: OrdMap::new(),
        };
        for call in kept.calls.values() {
            match &call.ending {
                Some(ending) => {
                    board.ended.insert((ending.at, call.id.clone()));
                }
                None => board.open_square(call),
            }
        }
        board.calls = kept.calls;
        board
    }
}

impl Default for Board {
    fn default() -> Self {
        Self {
            sequence: 0,
            at: Timestamp::MIN,
            calls: OrdMap::new(),
            units: OrdMap::new(),
            rounds: OrdMap::new(),
            pillars: OrdMap::new(),
            alarms: OrdMap::new(),
            notes: OrdMap::new(),
            settings: BoardSettings::default(),
            next_call: 1,
            next_alarm: 1,
            ended: OrdSet::new(),
            squares: OrdMap::new(),
        }
    }
}

impl Board {
    /// Open calls, by id.
    pub fn open_calls(&self) -> impl Iterator<Item = &Call> {
        self.calls.values().filter(|call| call.is_open())
    }

    /// Open alarms, oldest first.
    pub fn open_alarms(&self) -> impl Iterator<Item = &Alarm> {
        self.alarms.values().filter(|alarm| alarm.is_open())
    }

    /// The open alarm of a pillar.
    pub fn alarm_at(&self, pillar: &Id<AlarmPillar>) -> Option<&Alarm> {
        self.open_alarms().find(|alarm| alarm.pillar == *pillar)
    }

    /// What is known of a unit.
    pub fn unit(&self, unit: &Id<Unit>) -> &UnitNow {
        self.units.get(unit).unwrap_or(&UnitNow::UNKNOWN)
    }

    /// The newest note of each station, and of the whole district, the newest first.
    pub fn newest_notes(&self) -> Vec<&WrittenNote> {
        let mut newest: Vec<&WrittenNote> = Vec::new();
        for written in self.notes.values().rev() {
            let station = &written.note.station;
            if !newest.iter().any(|of| of.note.station == *station) {
                newest.push(written);
            }
        }
        newest
    }

    /// The newest note about the same time and station as this one.
    pub fn note_like(&self, note: &HandoverNote) -> Option<&WrittenNote> {
        let alike =
            |of: &&WrittenNote| of.note.window == note.window && of.note.station == note.station;
        self.notes.values().rev().find(alike)
    }

    /// Open calls that may be of the same event as one that comes from here now, the latest
    /// first; in a crowd of calls not all are looked at.
    pub fn near(&self, position: Position, at: Timestamp) -> Vec<Id<Incident>> {
        let settings = &self.settings;
        let (y, x) = square(position);
        // A metre is at most so many squares: from west to east they narrow with the
        // cosine of the latitude.
        let degrees = settings.same_within.0 / 111_000.0;
        let rows = (degrees * SQUARES_PER_DEGREE).ceil() as i32;
        let narrow = position.lat().to_radians().cos().max(0.01);
        let columns = (degrees / narrow * SQUARES_PER_DEGREE).ceil() as i32;
        let mut found = Vec::new();
        for row in y - rows..=y + rows {
            for (_, ids) in self.squares.range((row, x - columns)..=(row, x + columns)) {
                let calls = ids.iter().take(CROWD).filter_map(|id| self.calls.get(id));
                found.extend(calls.filter(|call| {
                    let waited = at.duration_since(call.times.received).as_secs_f64();
                    waited <= settings.same_for.0
                        && call.position.metres_to(position) <= settings.same_within
                }));
            }
        }
        found.sort_by(|a, b| (b.times.received, &a.id).cmp(&(a.times.received, &b.id)));
        found.into_iter().map(|call| call.id.clone()).collect()
    }

    /// A call is open: it is found by its square.
    pub(super) fn open_square(&mut self, call: &Call) {
        let ids = self.squares.entry(square(call.position)).or_default();
        ids.insert(call.id.clone());
    }

    /// A call is no longer open.
    pub(super) fn close_square(&mut self, call: &Call) {
        let key = square(call.position);
        if let Some(ids) = self.squares.get_mut(&key) {
            ids.remove(&call.id);
            if ids.is_empty() {
                self.squares.remove(&key);
            }
        }
    }
}

/// The square that holds a position: row, then column, so that a row is one range.
fn square(position: Position) -> (i32, i32) {
    let index = |degrees: f64| (degrees * SQUARES_PER_DEGREE).floor() as i32;
    (index(position.lat()), index(position.lon()))
}
