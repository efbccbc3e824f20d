//! What happened, to which place, as the board had it right after the event: the same for
//! whoever folds the same log, however late.

use jiff::Timestamp;

use crate::incident::record::{CallState, Incident, Origin, Priority};
use crate::live::alarm::AlarmLevel;
use crate::live::board::Board;
use crate::live::board_event::{BoardEvent, Received};
use crate::live::call::{Call, CancelReason};
use crate::live::event::{EventKind, LoggedEvent};
use crate::live::ground::Ground;
use crate::live::hook::event::HookEvent;
use crate::place::feature::{AlarmPillar, Unit};
use crate::place::id::Id;
use crate::place::position::Position;

/// One event that a hook may be told of.
#[derive(Debug, Clone, PartialEq)]
pub struct Happening {
    /// Number of the event in the log.
    pub sequence: u64,
    /// When it was logged.
    pub at: Timestamp,
    /// What.
    pub event: HookEvent,
    /// To what.
    pub subject: Subject,
}

/// What an event is about.
#[derive(Debug, Clone, PartialEq)]
pub enum Subject {
    /// An incident.
    Incident(IncidentThen),
    /// An alarm of a pillar.
    Alarm(AlarmThen),
    /// A stored plan, by its id.
    Plan(String),
    /// A published version of beats or zones.
    Areas {
        /// `beats` or `zones`.
        layer: String,
        /// Its number.
        version: u64,
    },
}

/// An incident as of an event.
#[derive(Debug, Clone, PartialEq)]
pub struct IncidentThen {
    /// Its id.
    pub id: Id<Incident>,
    /// Its number on the radio.
    pub number: u32,
    /// Its category.
    pub category: String,
    /// What it was taken for before this event, where that was something else.
    pub category_before: Option<String>,
    /// How urgent.
    pub priority: Priority,
    /// Who or what reported it.
    pub origin: Origin,
    /// How far the answer is.
    pub state: CallState,
    /// Where.
    pub position: Position,
    /// When it came in.
    pub received_at: Timestamp,
    /// When it happened, where the event says so.
    pub happened_at: Option<Timestamp>,
    /// The latest it can have happened, where that is a span.
    pub until: Option<Timestamp>,
    /// The unit that the event is about.
    pub unit: Option<Id<Unit>>,
    /// Why it was cancelled.
    pub reason: Option<CancelReason>,
    /// The incident that it was merged into.
    pub merged_into: Option<Id<Incident>>,
}

/// An alarm as of an event.
#[derive(Debug, Clone, PartialEq)]
pub struct AlarmThen {
    /// Its number.
    pub number: u64,
    /// The pillar.
    pub pillar: Id<AlarmPillar>,
    /// Where that stands, where its layer still has it.
    pub position: Option<Position>,
    /// How far it was escalated.
    pub level: AlarmLevel,
}

impl Happening {
    /// What an event is to others, on the board right after it; none where it is nothing, or
    /// about something that the board does not have.
    pub fn of(logged: &LoggedEvent, board: &Board, ground: &Ground) -> Option<Self> {
        let event = HookEvent::of(&logged.event)?;
        let subject = match &logged.event {
            EventKind::PlanMade { plan } => Subject::Plan(plan.clone()),
            EventKind::AreasPublished { layer, version, .. } => Subject::Areas {
                layer: layer.clone(),
                version: *version,
            },
            EventKind::Board(told) => of_board(told, logged.at, board, ground)?,
            _ => return None,
        };
        Some(Self {
            sequence: logged.sequence,
            at: logged.at,
            event,
            subject,
        })
    }

    /// Where it is; none of what is nowhere.
    pub fn position(&self) -> Option<Position> {
        match &self.subject {
            Subject::Incident(incident) => Some(incident.position),
            Subject::Alarm(alarm) => alarm.position,
            Subject::Plan(_) | Subject::Areas { .. } => None,
        }
    }

    /// The categories that it is about: what an incident is, and what it was until now.
    pub fn categories(&self) -> impl Iterator<Item = &str> {
        let incident = match &self.subject {
            Subject::Incident(incident) => Some(incident),
            _ => None,
        };
        let now = incident.map(|incident| incident.category.as_str());
        let before = incident.and_then(|incident| incident.category_before.as_deref());
        now.into_iter().chain(before)
    }
}

fn of_board(event: &BoardEvent, at: Timestamp, board: &Board, ground: &Ground) -> Option<Subject> {
    let call = |id: &Id<Incident>| board.calls.get(id).map(then);
    let alarm = |number: u64| alarm_then(number, board, ground).map(Subject::Alarm);
    let incident = match event {
        BoardEvent::IncidentReceived(received) => received_then(received, at),
        BoardEvent::UnitAssigned { call: id, unit }
        | BoardEvent::UnitArrived { call: id, unit } => IncidentThen {
            unit: Some(unit.clone()),
            ..call(id)?
        },
        BoardEvent::CallHandling { call: id }
        | BoardEvent::CallClosed { call: id }
        | BoardEvent::CallReopened { call: id } => call(id)?,
        BoardEvent::CallCancelled { call: id, reason } => IncidentThen {
            reason: Some(*reason),
            ..call(id)?
        },
        BoardEvent::CallReclassified { call: id, .. } => IncidentThen {
            category_before: category_before(board.calls.get(id)?),
            ..call(id)?
        },
        BoardEvent::CallMerged { call: id, into } => IncidentThen {
            merged_into: Some(into.clone()),
            ..call(id)?
        },
        BoardEvent::PillarPressed { alarm: number, .. }
        | BoardEvent::AlarmEscalated { alarm: number, .. }
        | BoardEvent::AlarmAnswered { alarm: number }
        | BoardEvent::AlarmEnded { alarm: number } => return alarm(*number),
        _ => return None,
    };
    Some(Subject::Incident(incident))
}

fn category_before(call: &Call) -> Option<String> {
    let before = &call.changes.last()?.category;
    (*before != call.category).then(|| before.clone())
}

fn then(call: &Call) -> IncidentThen {
    IncidentThen {
        id: call.id.clone(),
        number: call.number,
        category: call.category.clone(),
        category_before: None,
        priority: call.priority,
        origin: call.origin,
        state: match call.is_open() {
            true => call.state,
            false => CallState::Closed,
        },
        position: call.position,
        received_at: call.times.received,
        happened_at: None,
        until: None,
        unit: None,
        reason: None,
        merged_into: None,
    }
}

/// Of what was known and over when it came in the board has nothing: the event says it all.
fn received_then(received: &Received, at: Timestamp) -> IncidentThen {
    IncidentThen {
        id: received.id.clone(),
        number: received.number,
        category: received.category.clone(),
        category_before: None,
        priority: received.priority,
        origin: received.origin,
        state: received.state,
        position: received.position,
        received_at: at,
        happened_at: Some(received.happened_at),
        until: received.until,
        unit: None,
        reason: None,
        merged_into: None,
    }
}

fn alarm_then(number: u64, board: &Board, ground: &Ground) -> Option<AlarmThen> {
    let alarm = board.alarms.get(&number)?;
    Some(AlarmThen {
        number,
        pillar: alarm.pillar.clone(),
        position: ground.pillar(&alarm.pillar).map(|pillar| pillar.position),
        level: alarm.level,
    })
}
