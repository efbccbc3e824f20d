//! What a dispatcher writes for the next shift: a sentence or two, of places and work.
//! Whoever takes it in has checked that it holds nothing of a person.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::calendar::window::Window;
use crate::place::feature::Station;
use crate::place::id::Id;

/// Notes that stay on the board, the newest: some weeks of a district with a dozen stations.
/// The log has all.
pub const NOTES_KEPT: usize = 256;

/// Longest text, characters.
pub const LONGEST_NOTE: usize = 500;

/// What was written for the next shift.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct HandoverNote {
    /// The time that it is about.
    #[serde(flatten)]
    pub window: NoteWindow,
    /// The station that it is about; none: the whole district.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub station: Option<Id<Station>>,
    /// The text.
    pub text: String,
}

/// A window, as the log writes it: from, until.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct NoteWindow {
    /// The first instant.
    pub from: Timestamp,
    /// The first instant after.
    pub until: Timestamp,
}

impl From<Window> for NoteWindow {
    fn from(window: Window) -> Self {
        Self {
            from: window.start(),
            until: window.end(),
        }
    }
}

/// A note, and when it was written.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct WrittenNote {
    /// When.
    pub at: Timestamp,
    /// What.
    #[serde(flatten)]
    pub note: HandoverNote,
}
