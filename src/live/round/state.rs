//! A round as it stands: each stop with its plan and what became of it.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::calendar::window::Window;
use crate::grid::cell::Cell;
use crate::live::round::notice::{Mute, Notice, NoticeKind};
use crate::patrol::plan::{PatrolPlan, StopReason};
use crate::place::id::Id;
use crate::place::position::Position;

/// A unit's round of a plan, in force.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Round {
    /// The plan.
    pub plan: Id<PatrolPlan>,
    /// Its shift.
    pub window: Window,
    /// Since when it is in force.
    pub followed_at: Timestamp,
    /// Its stops, by number.
    pub stops: Vec<RoundStop>,
    /// What a dispatcher should know of, each kind once.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub notices: Vec<Notice>,
    /// What nobody wants to hear of for now, each kind once.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub mutes: Vec<Mute>,
    /// Why changing the plan is offered; none where nothing has come between.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub offer: Option<Offer>,
}

/// A stop of a round.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct RoundStop {
    /// As planned.
    #[serde(flatten)]
    pub planned: PlannedStop,
    /// What became of it.
    #[serde(default)]
    pub state: StopState,
    /// When the unit got there.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reached_at: Option<Timestamp>,
    /// When it left.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub left_at: Option<Timestamp>,
    /// How one knows.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub by: Option<CheckInBy>,
    /// Why it was skipped.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub skipped: Option<SkipWhy>,
    /// What the unit thinks of it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub judged: Option<Judgement>,
}

/// A stop as planned.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct PlannedStop {
    /// From 1, ascending.
    pub number: u32,
    /// Where the unit stands.
    pub position: Position,
    /// The hexagon it is for.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cell: Option<Cell>,
    /// Where that is, in words.
    pub label: String,
    /// Arrival.
    pub arrival: Timestamp,
    /// When what the unit came for begins, where it has to wait for it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub begins: Option<Timestamp>,
    /// Departure.
    pub departure: Timestamp,
    /// Why it is there.
    pub reason: StopReason,
    /// The way from the stop before, or from the start; without what changes nothing to the
    /// eye.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub line: Vec<Position>,
}

/// What became of a stop.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum StopState {
    /// Nothing so far.
    #[default]
    Planned,
    /// The unit is there.
    Here,
    /// It was there, and left.
    Made,
    /// The unit does not go there, and says why.
    Skipped,
    /// It had to be visited by a time that has passed.
    Missed,
}

/// How a check-in is known.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum CheckInBy {
    /// By the unit's positions.
    Geofence,
    /// Somebody pressed a button.
    Hand,
}

/// Why a stop is skipped.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum SkipWhy {
    /// A call came between.
    Call,
    /// It can't be reached.
    Blocked,
    /// There is no time left for it.
    NoTime,
}

/// What a unit thinks of a stop 反向评价.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Judgement {
    /// Whether it was of use.
    pub useful: bool,
    /// Why.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub why: Option<JudgeWhy>,
}

/// Why a stop was of use, or of none.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum JudgeWhy {
    /// Nothing goes on there.
    Calm,
    /// It should be elsewhere.
    WrongPlace,
    /// It should be at another hour.
    WrongTime,
    /// Somebody is there anyway.
    AlreadyCovered,
    /// There was something to see to.
    SeenSomething,
}

/// Why changing a plan is offered. Nothing changes by itself.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Offer {
    /// The unit was sent to a call.
    SentAway,
    /// It is free again.
    FreeAgain,
}

impl RoundStop {
    /// Before anything happens.
    pub fn new(planned: PlannedStop) -> Self {
        Self {
            planned,
            state: StopState::Planned,
            reached_at: None,
            left_at: None,
            by: None,
            skipped: None,
            judged: None,
        }
    }

    /// Until when it must be visited; none where it need not.
    pub fn due_until(&self) -> Option<Timestamp> {
        match self.planned.reason {
            StopReason::MustVisit { until, .. } => Some(until),
            _ => None,
        }
    }

    /// Whether anything has become of it.
    pub fn is_open(&self) -> bool {
        self.state == StopState::Planned
    }
}

impl Round {
    /// A stop by its number.
    pub fn stop(&self, number: u32) -> Option<&RoundStop> {
        self.stops.iter().find(|stop| stop.planned.number == number)
    }

    /// The stop where the unit is.
    pub fn here(&self) -> Option<&RoundStop> {
        self.stops.iter().find(|stop| stop.state == StopState::Here)
    }

    /// The next one in the order of the plan: the first open one after the last of which
    /// anything has become.
    pub fn next(&self) -> Option<&RoundStop> {
        let settled = |stop: &RoundStop| {
            matches!(
                stop.state,
                StopState::Here | StopState::Made | StopState::Skipped
            )
        };
        let after = self.stops.iter().rposition(settled).map_or(0, |i| i + 1);
        self.stops[after..].iter().find(|stop| stop.is_open())
    }

    /// The one that the timetable says is the next: the first open one whose time is not
    /// over.
    pub fn timely(&self, now: Timestamp) -> Option<&RoundStop> {
        let mut open = self.stops.iter().filter(|stop| stop.is_open());
        open.find(|stop| stop.planned.departure > now)
    }

    /// A notice that stands.
    pub fn notice(&self, kind: NoticeKind) -> Option<&Notice> {
        self.notices.iter().find(|notice| notice.kind == kind)
    }

    /// Whether, and until when, nobody wants to hear of something.
    pub fn muted(&self, kind: NoticeKind, now: Timestamp) -> Option<&Mute> {
        let mut mutes = self.mutes.iter();
        mutes.find(|mute| mute.notice == kind && mute.until > now)
    }
}
