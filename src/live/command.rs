//! What somebody asks for: a feed that delivers, a dispatcher at the desk, a unit's phone.

use jiff::Timestamp;

use crate::incident::record::{CallState, Incident, Origin, Priority};
use crate::live::call::CancelReason;
use crate::live::note::HandoverNote;
use crate::live::round::check_in::RoundCommand;
use crate::live::settings::SettingsChange;
use crate::place::feature::{AlarmPillar, Unit, UnitStatus};
use crate::place::id::Id;
use crate::place::position::Position;

/// Something asked for.
#[derive(Debug, Clone, PartialEq)]
pub enum Command {
    /// Take an incident in.
    Receive(NewIncident),
    /// Send a unit to a call, away from another one if need be.
    Assign {
        /// The call.
        call: Id<Incident>,
        /// The unit.
        unit: Id<Unit>,
    },
    /// A unit is at its call.
    Arrive {
        /// The unit.
        unit: Id<Unit>,
    },
    /// A unit is done with its call; if it is the last of those who reached it, the call is
    /// closed with it.
    Clear {
        /// The unit.
        unit: Id<Unit>,
    },
    /// Send an idle unit to a place, without a call.
    Send {
        /// The unit.
        unit: Id<Unit>,
        /// Where.
        position: Position,
        /// Beat and street.
        label: String,
    },
    /// A unit need not go where it was sent, or stay there.
    Recall {
        /// The unit.
        unit: Id<Unit>,
    },
    /// The units at a call see to it.
    Handle {
        /// The call.
        call: Id<Incident>,
    },
    /// A call is handled and fed back.
    Close {
        /// The call.
        call: Id<Incident>,
    },
    /// Nobody has to go to a call.
    Cancel {
        /// The call.
        call: Id<Incident>,
        /// Why.
        reason: CancelReason,
    },
    /// A call that ended (closed, cancelled or merged) is open again.
    Reopen {
        /// The call.
        call: Id<Incident>,
    },
    /// A call is something else than it was taken for.
    Reclassify {
        /// The call.
        call: Id<Incident>,
        /// Its category; as before where none.
        category: Option<String>,
        /// Its priority; as before where none.
        priority: Option<Priority>,
    },
    /// A call is the same event as another one.
    Merge {
        /// The call that ends.
        call: Id<Incident>,
        /// The one that stays.
        into: Id<Incident>,
    },
    /// Two calls that look like one event are two.
    KeepApart {
        /// The one.
        call: Id<Incident>,
        /// The other.
        other: Id<Incident>,
    },
    /// A unit is here.
    Move {
        /// The unit.
        unit: Id<Unit>,
        /// Where.
        position: Position,
        /// Where it heads, degrees clockwise from north.
        heading_deg: Option<f64>,
        /// When that was measured.
        measured_at: Timestamp,
    },
    /// A unit says what it does.
    Report {
        /// The unit.
        unit: Id<Unit>,
        /// What.
        status: UnitStatus,
    },
    /// A unit tells what it did at an instant that may be a while ago: its phone had no net.
    ReportOf {
        /// The unit.
        unit: Id<Unit>,
        /// What.
        status: UnitStatus,
        /// The call that it knew of then; none: of none.
        call: Option<Id<Incident>>,
        /// When.
        at: Timestamp,
    },
    /// Somebody presses a pillar.
    Press {
        /// The pillar.
        pillar: Id<AlarmPillar>,
    },
    /// A dispatcher has seen an alarm.
    Acknowledge {
        /// Its number.
        alarm: u64,
    },
    /// The command room speaks at the pillar.
    Answer {
        /// The alarm's number.
        alarm: u64,
    },
    /// An alarm is over.
    EndAlarm {
        /// Its number.
        alarm: u64,
    },
    /// An alarm becomes a call at its pillar.
    CallFor {
        /// The alarm's number.
        alarm: u64,
        /// The call's category.
        category: String,
        /// How urgent it is.
        priority: Priority,
    },
    /// A pillar gives a sign of life after its silence, or its first one.
    Online {
        /// The pillar.
        pillar: Id<AlarmPillar>,
    },
    /// A pillar gives no sign of life.
    Silent {
        /// The pillar.
        pillar: Id<AlarmPillar>,
    },
    /// A dispatcher writes something for the next shift; checked for what tells of persons.
    WriteHandover {
        /// What.
        note: HandoverNote,
    },
    /// Some settings shall be others.
    Set {
        /// Which.
        change: SettingsChange,
    },
    /// Something of units' rounds.
    Round(RoundCommand),
}

/// An incident that comes in.
#[derive(Debug, Clone, PartialEq)]
pub struct NewIncident {
    /// Its id: made of its source, so that what comes twice is there once.
    pub id: Id<Incident>,
    /// The id its source gave it.
    pub source_id: Option<String>,
    /// When it happened, or the earliest it can have.
    pub happened_at: Timestamp,
    /// The latest it can have happened.
    pub until: Option<Timestamp>,
    /// Where.
    pub position: Position,
    /// Code of its category.
    pub category: String,
    /// How urgent.
    pub priority: Priority,
    /// Who or what reported it.
    pub origin: Origin,
    /// `Received`: a call for the board; `Closed`: it is known and over.
    pub state: CallState,
}

impl NewIncident {
    /// The incident as it is stored.
    pub fn incident(&self) -> Incident {
        Incident {
            id: self.id.clone(),
            at: self.happened_at,
            until: self.until,
            position: self.position,
            category: self.category.clone(),
            priority: self.priority,
            origin: self.origin,
            state: self.state,
            source_id: self.source_id.clone(),
        }
    }
}
