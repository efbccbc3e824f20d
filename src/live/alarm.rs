//! An alarm: somebody pressed a one-touch pillar. It rings until it is acknowledged, is
//! escalated where nobody does, and ends when the command room has spoken.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::incident::record::Incident;
use crate::place::feature::AlarmPillar;
use crate::place::id::Id;

/// A pillar's alarm.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Alarm {
    /// Its number, from 1.
    pub number: u64,
    /// The pillar.
    pub pillar: Id<AlarmPillar>,
    /// When it was pressed first.
    pub pressed_at: Timestamp,
    /// How often it was pressed.
    pub presses: u32,
    /// When a dispatcher said "seen".
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub acknowledged_at: Option<Timestamp>,
    /// When the command room answered at the pillar.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub answered_at: Option<Timestamp>,
    /// How far it was escalated.
    pub level: AlarmLevel,
    /// When it ended.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ended_at: Option<Timestamp>,
    /// The call that was made of it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub call: Option<Id<Incident>>,
}

/// How far an alarm was escalated.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum AlarmLevel {
    /// It rings.
    Ringing,
    /// Nobody acknowledged it in time: it rings everywhere, past every filter.
    Unacknowledged,
    /// Nobody answered it in time: it has become a call of the first priority.
    Unanswered,
}

impl Alarm {
    /// Whether it still rings or waits for an answer.
    pub fn is_open(&self) -> bool {
        self.ended_at.is_none()
    }
}

/// What is known of a pillar's intercom.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct PillarNow {
    /// Whether it gives signs of life.
    pub online: bool,
    /// Since when.
    pub since: Timestamp,
    /// Whether it gives signs of life of its own. Of one that is only ever pressed, silence
    /// says nothing.
    ///
    /// Boards that were kept before this was known take it for granted, as was done then.
    #[serde(default = "yes")]
    pub beats: bool,
}

fn yes() -> bool {
    true
}
