//! The incident 警情: one reported event at a place, at a time or within a time span.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::place::id::Id;
use crate::place::position::Position;

/// How urgent.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Priority {
    /// 一级.
    One,
    /// 二级.
    Two,
    /// 三级.
    Three,
}

impl Priority {
    /// 1, 2 or 3, as stored and shown.
    pub fn number(self) -> u8 {
        match self {
            Self::One => 1,
            Self::Two => 2,
            Self::Three => 3,
        }
    }

    /// From 1, 2 or 3.
    pub fn from_number(number: u8) -> Option<Self> {
        match number {
            1 => Some(Self::One),
            2 => Some(Self::Two),
            3 => Some(Self::Three),
            _ => None,
        }
    }
}

/// Who or what reported it 来源.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Origin {
    /// 110 报警.
    CitizenCall,
    /// A one-touch pillar.
    AlarmPillar,
    /// A sensor.
    Sensor,
    /// 巡逻发现: not learned from, or patrols would draw patrols.
    PatrolDiscovered,
    /// 窗口.
    Counter,
}

impl Origin {
    /// Whether models learn from it by default.
    pub fn is_reported(self) -> bool {
        self != Self::PatrolDiscovered
    }
}

/// How far the answer to a call is 处警状态.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum CallState {
    /// 接警.
    Received,
    /// 派警.
    Dispatched,
    /// 到达.
    Arrived,
    /// 处置.
    Handling,
    /// 反馈.
    Closed,
}

/// One reported event.
#[derive(Debug, Clone, PartialEq)]
pub struct Incident {
    /// Stable: made of the source's id, or of place, time and category, so that the same
    /// file imported twice adds nothing.
    pub id: Id<Incident>,
    /// When it happened, or the earliest it can have.
    pub at: Timestamp,
    /// The latest it can have happened, where the source gives a span.
    pub until: Option<Timestamp>,
    /// Where.
    pub position: Position,
    /// Code of its category.
    pub category: String,
    /// How urgent.
    pub priority: Priority,
    /// Who reported it.
    pub origin: Origin,
    /// How far the answer is.
    pub state: CallState,
    /// The id its source gave it.
    pub source_id: Option<String>,
}
