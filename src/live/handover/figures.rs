//! The figures of a hand-over. What is counted adds up: the calls received by priority, by
//! category and by state are the same calls.

use std::collections::BTreeMap;

use jiff::Timestamp;

use crate::calendar::window::Window;
use crate::incident::record::{CallState, Priority};
use crate::live::alarm::{Alarm, AlarmLevel};
use crate::live::call::{Call, CancelReason, How};
use crate::live::handover::spread::Spread;
use crate::place::feature::{AlarmPillar, Unit, UnitStatus};
use crate::place::id::Id;
use crate::place::measure::Seconds;

/// All statuses of a unit, in the order of [`UnitTime::seconds`].
pub const STATUSES: [UnitStatus; 5] = [
    UnitStatus::Idle,
    UnitStatus::Dispatched,
    UnitStatus::OnScene,
    UnitStatus::Break,
    UnitStatus::OffDuty,
];

/// What a shift hands over.
#[derive(Debug, Clone, PartialEq)]
pub struct Handover {
    /// The time; its end is no later than what is known.
    pub window: Window,
    /// Number of the last event that it has taken in.
    pub sequence: u64,
    /// Calls.
    pub calls: CallFigures,
    /// How fast calls were answered: all, then priority 1, 2, 3.
    pub response: [Response; 4],
    /// Calls that are open at its end, the most urgent first, then the oldest.
    pub open: Vec<Call>,
    /// Alarms.
    pub alarms: AlarmFigures,
    /// Pillars that were silent at its end or at some time, by id.
    pub pillars: Vec<PillarTime>,
    /// Units, by id.
    pub units: Vec<UnitTime>,
}

/// Calls of a shift.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct CallFigures {
    /// Received in it.
    pub received: usize,
    /// Open as it began.
    pub taken_over: usize,
    /// Of these, open as it ended.
    pub still_open: usize,
    /// Open as it ended, whenever received.
    pub open: usize,
    /// Incidents that came in known and over, as an officer's find may.
    pub noted: usize,
    /// Of those received: priority as it stood last, 1, 2, 3.
    pub by_priority: [usize; 3],
    /// Of those received: category as it stood last, with how many of them are open.
    pub by_category: BTreeMap<String, (usize, usize)>,
    /// Of those received: how far they were as it ended.
    pub by_state: BTreeMap<Stand, usize>,
    /// How often a call was opened again.
    pub reopened: usize,
    /// How often a call was merged into another one.
    pub merged: usize,
    /// How often a call was cancelled, by the reason, in the order of the first of each.
    pub cancelled: Vec<(CancelReason, usize)>,
    /// How often a call was taken for something else than before.
    pub reclassified: usize,
    /// How often two calls were said to be two.
    pub kept_apart: usize,
}

impl CallFigures {
    /// One more that nobody had to go to.
    pub fn count_cancelled(&mut self, reason: CancelReason) {
        match self.cancelled.iter_mut().find(|(why, _)| *why == reason) {
            Some((_, count)) => *count += 1,
            None => self.cancelled.push((reason, 1)),
        }
    }
}

/// How far a call is, or how it ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Stand {
    /// It waits.
    Received,
    /// A unit is on its way.
    Dispatched,
    /// A unit is there.
    Arrived,
    /// It is seen to.
    Handling,
    /// Handled and fed back.
    Closed,
    /// Nobody had to go.
    Cancelled,
    /// It was the event of another call.
    Merged,
}

impl Stand {
    /// Of a call.
    pub fn of(call: &Call) -> Self {
        match call.ending.as_ref().map(|ending| &ending.how) {
            Some(How::Closed) => Self::Closed,
            Some(How::Cancelled { .. }) => Self::Cancelled,
            Some(How::Merged { .. }) => Self::Merged,
            None => match call.state {
                CallState::Received => Self::Received,
                CallState::Dispatched => Self::Dispatched,
                CallState::Arrived => Self::Arrived,
                CallState::Handling => Self::Handling,
                CallState::Closed => Self::Closed,
            },
        }
    }

    /// The word for it.
    pub fn word(self) -> &'static str {
        match self {
            Self::Received => "received",
            Self::Dispatched => "dispatched",
            Self::Arrived => "arrived",
            Self::Handling => "handling",
            Self::Closed => "closed",
            Self::Cancelled => "cancelled",
            Self::Merged => "merged",
        }
    }
}

/// How fast calls were answered: those received in the shift that were calls of their own.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub struct Response {
    /// How many calls.
    pub calls: usize,
    /// 接警 to 派警.
    pub to_dispatch: Option<Spread>,
    /// 派警 to 到达.
    pub on_the_way: Option<Spread>,
    /// 接警 to 到达.
    pub to_arrival: Option<Spread>,
}

impl Response {
    /// Of calls; cancelled and merged ones are left out.
    pub fn of<'c>(calls: impl Iterator<Item = &'c Call>) -> Self {
        let own = |call: &&Call| !matches!(Stand::of(call), Stand::Cancelled | Stand::Merged);
        let calls: Vec<&Call> = calls.filter(own).collect();
        let spread = |from: fn(&Call) -> Option<Timestamp>, to: fn(&Call) -> Option<Timestamp>| {
            let wait = |call: &&Call| Some(between(from(call)?, to(call)?));
            Spread::of(calls.iter().filter_map(wait))
        };
        Self {
            calls: calls.len(),
            to_dispatch: spread(received, dispatched),
            on_the_way: spread(dispatched, arrived),
            to_arrival: spread(received, arrived),
        }
    }
}

fn received(call: &Call) -> Option<Timestamp> {
    Some(call.times.received)
}

fn dispatched(call: &Call) -> Option<Timestamp> {
    call.times.dispatched
}

fn arrived(call: &Call) -> Option<Timestamp> {
    call.times.arrived
}

/// Alarms of a shift.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct AlarmFigures {
    /// Rung for the first time in it.
    pub rung: usize,
    /// How often pillars were pressed.
    pub presses: usize,
    /// From the first press to "seen", of those rung in it.
    pub acknowledged: Option<Spread>,
    /// From the first press to the answer, of those rung in it.
    pub answered: Option<Spread>,
    /// How many nobody acknowledged in time.
    pub unacknowledged: usize,
    /// How many nobody answered in time.
    pub unanswered: usize,
    /// How many of those rung in it became a call.
    pub calls: usize,
    /// Those rung in it, and those open as it began, by number.
    pub all: Vec<Alarm>,
}

/// How an alarm was escalated in a shift.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Escalations {
    /// To [`AlarmLevel::Unacknowledged`].
    pub unacknowledged: usize,
    /// To [`AlarmLevel::Unanswered`].
    pub unanswered: usize,
}

impl Escalations {
    /// One more.
    pub fn note(&mut self, level: AlarmLevel) {
        match level {
            AlarmLevel::Ringing => {}
            AlarmLevel::Unacknowledged => self.unacknowledged += 1,
            AlarmLevel::Unanswered => self.unanswered += 1,
        }
    }
}

/// A pillar's silences in a shift.
#[derive(Debug, Clone, PartialEq)]
pub struct PillarTime {
    /// The pillar.
    pub id: Id<AlarmPillar>,
    /// Whether it gives signs of life as the shift ends.
    pub online: bool,
    /// Since when it does or does not; none where its layer says so.
    pub since: Option<Timestamp>,
    /// How often it fell silent in the shift.
    pub silences: usize,
    /// For how long of the shift it was silent.
    pub silent: Seconds,
}

/// What a unit did in a shift.
#[derive(Debug, Clone, PartialEq)]
pub struct UnitTime {
    /// The unit.
    pub id: Id<Unit>,
    /// For how long it was in each of [`STATUSES`].
    pub seconds: [Seconds; 5],
    /// How often it was sent to a call.
    pub sent: usize,
    /// How often it reached one.
    pub reached: usize,
}

/// From one instant to another.
pub fn between(from: Timestamp, to: Timestamp) -> Seconds {
    Seconds(to.duration_since(from).as_secs_f64())
}

/// The place of a priority in a list of three.
pub fn slot(priority: Priority) -> usize {
    match priority {
        Priority::One => 0,
        Priority::Two => 1,
        Priority::Three => 2,
    }
}
