//! What a dispatcher is told of a unit's round: off the route, standing still, a must-visit
//! missed. Each is raised once, can be muted for a while, and goes away with its cause.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

/// A notice of a unit.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Notice {
    /// Of what.
    pub kind: NoticeKind,
    /// Since when that is so.
    pub since: Timestamp,
    /// The stop that was missed last.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub stop: Option<u32>,
}

/// What a notice is of.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum NoticeKind {
    /// Far from where its round leads, for a while.
    OffRoute,
    /// Idle, at no stop, and does not move.
    StandingStill,
    /// The time of a must-visit has passed.
    Missed,
}

/// Nobody wants to hear of something for a while, whether it is so or comes to be.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Mute {
    /// Of what.
    pub notice: NoticeKind,
    /// Until then.
    pub until: Timestamp,
    /// Why.
    pub why: MuteWhy,
}

/// Why a notice is muted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum MuteWhy {
    /// It was agreed.
    Agreed,
    /// Traffic, a closed road.
    Traffic,
    /// The unit speaks with citizens.
    WithCitizens,
    /// Another task than the plan's.
    OtherTask,
    /// Its positions are not right.
    PositionWrong,
}
