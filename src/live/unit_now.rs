//! What is known of a unit now. Units are cars, motorcycles and foot teams: their positions
//! are those of a patrol, never of an officer.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::incident::record::Incident;
use crate::live::round::track::Track;
use crate::live::sending::SentTo;
use crate::place::feature::UnitStatus;
use crate::place::id::Id;
use crate::place::position::Position;

/// A unit now. Where the log says nothing of it, it is as its layer says.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct UnitNow {
    /// What it does; none where only its position is known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub status: Option<UnitStatus>,
    /// Since when it does that.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub since: Option<Timestamp>,
    /// The call it is sent to or at.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub call: Option<Id<Incident>>,
    /// Where it was sent without a call, while it is idle.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sent: Option<SentTo>,
    /// Where it was last.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub fix: Option<Fix>,
    /// How it moves.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub track: Option<Track>,
}

/// Where a unit was, and when.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Fix {
    /// Where.
    pub position: Position,
    /// Where it headed, degrees clockwise from north.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub heading_deg: Option<f64>,
    /// When that was measured.
    pub at: Timestamp,
}

impl UnitNow {
    /// Nothing is known.
    pub const UNKNOWN: Self = Self {
        status: None,
        since: None,
        call: None,
        sent: None,
        fix: None,
        track: None,
    };
}
