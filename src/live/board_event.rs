//! What changes the board. Each is one entry of the log: whoever folds them in their order
//! has the board.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::incident::record::{CallState, Incident, Origin, Priority};
use crate::live::alarm::AlarmLevel;
use crate::live::call::CancelReason;
use crate::live::note::HandoverNote;
use crate::live::round::event::RoundEvent;
use crate::live::settings::BoardSettings;
use crate::place::feature::{AlarmPillar, Unit, UnitStatus};
use crate::place::id::Id;
use crate::place::position::Position;

/// What happened on the board.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum BoardEvent {
    /// An incident was received.
    IncidentReceived(Received),
    /// A unit was sent to a call; from the one it was sent to before, if any.
    UnitAssigned {
        /// The call.
        call: Id<Incident>,
        /// The unit.
        unit: Id<Unit>,
    },
    /// A unit is at its call.
    UnitArrived {
        /// The call.
        call: Id<Incident>,
        /// The unit.
        unit: Id<Unit>,
    },
    /// A unit is free of its call.
    UnitReleased {
        /// The call.
        call: Id<Incident>,
        /// The unit.
        unit: Id<Unit>,
    },
    /// An idle unit was sent to a place, without a call.
    UnitSent {
        /// The unit.
        unit: Id<Unit>,
        /// Where.
        position: Position,
        /// Beat and street.
        label: String,
    },
    /// A unit need not go where it was sent, or stay there.
    UnitRecalled {
        /// The unit.
        unit: Id<Unit>,
    },
    /// The units at a call have begun to see to it.
    CallHandling {
        /// The call.
        call: Id<Incident>,
    },
    /// A call is closed: handled and fed back.
    CallClosed {
        /// The call.
        call: Id<Incident>,
    },
    /// A call is cancelled.
    CallCancelled {
        /// The call.
        call: Id<Incident>,
        /// Why.
        reason: CancelReason,
    },
    /// A call that had ended is open again.
    CallReopened {
        /// The call.
        call: Id<Incident>,
    },
    /// A call is taken for something else than before.
    CallReclassified {
        /// The call.
        call: Id<Incident>,
        /// Its category from now on.
        category: String,
        /// Its priority from now on.
        priority: Priority,
    },
    /// A call is the same event as another one.
    CallMerged {
        /// The call that ends.
        call: Id<Incident>,
        /// The one that stays.
        into: Id<Incident>,
    },
    /// Two calls that looked like one event are two.
    CallsKeptApart {
        /// The one.
        call: Id<Incident>,
        /// The other.
        other: Id<Incident>,
    },
    /// A unit has moved.
    UnitMoved {
        /// The unit.
        unit: Id<Unit>,
        /// Where it is.
        position: Position,
        /// Where it heads, degrees clockwise from north.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        heading_deg: Option<f64>,
        /// When that was measured.
        measured_at: Timestamp,
    },
    /// A unit does something else.
    UnitStatusChanged {
        /// The unit.
        unit: Id<Unit>,
        /// What.
        status: UnitStatus,
    },
    /// A pillar was pressed.
    PillarPressed {
        /// The pillar.
        pillar: Id<AlarmPillar>,
        /// Number of the alarm: a new one, or the one that rings already.
        alarm: u64,
    },
    /// An alarm was seen.
    AlarmAcknowledged {
        /// Its number.
        alarm: u64,
    },
    /// The command room answered at the pillar.
    AlarmAnswered {
        /// Its number.
        alarm: u64,
    },
    /// Nobody acknowledged or answered in time.
    AlarmEscalated {
        /// Its number.
        alarm: u64,
        /// How far.
        level: AlarmLevel,
    },
    /// An alarm is over.
    AlarmEnded {
        /// Its number.
        alarm: u64,
    },
    /// A pillar gives no sign of life.
    PillarSilent {
        /// The pillar.
        pillar: Id<AlarmPillar>,
    },
    /// A pillar is back, or gave its first sign of life.
    PillarOnline {
        /// The pillar.
        pillar: Id<AlarmPillar>,
    },
    /// A dispatcher wrote something for the next shift.
    HandoverWritten(HandoverNote),
    /// The settings are others.
    BoardSet {
        /// All of them.
        settings: BoardSettings,
    },
    /// Something of a unit's round.
    #[serde(untagged)]
    Round(RoundEvent),
}

/// An incident as it was received.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Received {
    /// The incident's id.
    pub id: Id<Incident>,
    /// What it is called on the radio: `C` and this number.
    pub number: u32,
    /// When it happened, or the earliest it can have.
    pub happened_at: Timestamp,
    /// The latest it can have happened.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub until: Option<Timestamp>,
    /// Where.
    pub position: Position,
    /// Code of its category.
    pub category: String,
    /// How urgent.
    pub priority: Priority,
    /// Who or what reported it.
    pub origin: Origin,
    /// `received`: a call for the board; `closed`: it is known and over.
    pub state: CallState,
    /// The pillar it came from.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub pillar: Option<Id<AlarmPillar>>,
}

impl BoardEvent {
    /// The word that stands for it in the log.
    pub fn kind(&self) -> &'static str {
        match self {
            Self::IncidentReceived(_) => "incident_received",
            Self::UnitAssigned { .. } => "unit_assigned",
            Self::UnitArrived { .. } => "unit_arrived",
            Self::UnitReleased { .. } => "unit_released",
            Self::UnitSent { .. } => "unit_sent",
            Self::UnitRecalled { .. } => "unit_recalled",
            Self::CallHandling { .. } => "call_handling",
            Self::CallClosed { .. } => "call_closed",
            Self::CallCancelled { .. } => "call_cancelled",
            Self::CallReopened { .. } => "call_reopened",
            Self::CallReclassified { .. } => "call_reclassified",
            Self::CallMerged { .. } => "call_merged",
            Self::CallsKeptApart { .. } => "calls_kept_apart",
            Self::UnitMoved { .. } => "unit_moved",
            Self::UnitStatusChanged { .. } => "unit_status_changed",
            Self::PillarPressed { .. } => "pillar_pressed",
            Self::AlarmAcknowledged { .. } => "alarm_acknowledged",
            Self::AlarmAnswered { .. } => "alarm_answered",
            Self::AlarmEscalated { .. } => "alarm_escalated",
            Self::AlarmEnded { .. } => "alarm_ended",
            Self::PillarSilent { .. } => "pillar_silent",
            Self::PillarOnline { .. } => "pillar_online",
            Self::HandoverWritten(_) => "handover_written",
            Self::BoardSet { .. } => "board_set",
            Self::Round(event) => event.kind(),
        }
    }
}

impl From<RoundEvent> for BoardEvent {
    fn from(event: RoundEvent) -> Self {
        Self::Round(event)
    }
}
