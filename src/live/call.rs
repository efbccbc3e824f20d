//! A call: an incident on its way from the first ring to the feedback 接警 → 派警 → 到达 →
//! 处置 → 反馈, with the time of each step, for as long as it is on the board.
//!
//! There is no room for a word about people: why a call was cancelled is a choice.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::incident::record::{CallState, Incident, Origin, Priority};
use crate::place::feature::{AlarmPillar, Unit};
use crate::place::id::Id;
use crate::place::position::Position;

/// A call on the board.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Call {
    /// The incident's id.
    pub id: Id<Incident>,
    /// What it is called on the radio: `C` and this number.
    pub number: u32,
    /// Where.
    pub position: Position,
    /// Code of its category, as it stands now.
    pub category: String,
    /// How urgent, as it stands now.
    pub priority: Priority,
    /// Who or what reported it.
    pub origin: Origin,
    /// The pillar it came from.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub pillar: Option<Id<AlarmPillar>>,
    /// How far the answer is; that before the end, where it has ended.
    pub state: CallState,
    /// When each state was reached first.
    pub times: Times,
    /// Units that are sent or there, in the order they were sent.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub units: Vec<Id<Unit>>,
    /// How it ended; none while it is open.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ending: Option<Ending>,
    /// Calls that may be the same event: near in place and time; a person decides.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub maybe_same: Vec<Id<Incident>>,
    /// Calls that were merged into it.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub merged: Vec<Id<Incident>>,
    /// What it was taken for before, oldest first.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub changes: Vec<CallChange>,
}

/// When each state was reached first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Times {
    /// 接警.
    pub received: Timestamp,
    /// 派警.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub dispatched: Option<Timestamp>,
    /// 到达.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub arrived: Option<Timestamp>,
    /// 处置.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub handling: Option<Timestamp>,
    /// 反馈.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub closed: Option<Timestamp>,
}

/// How a call ended.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Ending {
    /// When.
    pub at: Timestamp,
    /// How.
    #[serde(flatten)]
    pub how: How,
}

/// How a call ends.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "how", rename_all = "snake_case")]
pub enum How {
    /// Handled and fed back.
    Closed,
    /// Nobody has to go any more.
    Cancelled {
        /// Why.
        reason: CancelReason,
    },
    /// It was the same event as another call.
    Merged {
        /// That one.
        into: Id<Incident>,
    },
}

/// Why a call is cancelled.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum CancelReason {
    /// Nothing had happened.
    FalseAlarm,
    /// Whoever called needs nobody any more.
    Withdrawn,
    /// Somebody else sees to it.
    HandedOver,
    /// A test of the system.
    Test,
    /// Entered by mistake.
    Mistake,
}

/// What a call was taken for before.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct CallChange {
    /// Until when.
    pub at: Timestamp,
    /// Its category until then.
    pub category: String,
    /// Its priority until then.
    pub priority: Priority,
}

impl Call {
    /// Whether somebody may still have to see to it.
    pub fn is_open(&self) -> bool {
        self.ending.is_none()
    }

    /// What it is called on the radio, as `C0417`.
    pub fn name(&self) -> String {
        format!("C{:04}", self.number)
    }
}
