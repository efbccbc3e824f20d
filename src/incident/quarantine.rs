//! Quarantine 隔离: incidents that nobody learns from until somebody has looked at them. A
//! batch (one import), or a period with its categories; with a reason, never a name.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::calendar::window::Window;

/// Which incidents.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Quarantined {
    /// All that came with one import, by the number of its event in the log.
    Batch(u64),
    /// All that began in a period.
    Period {
        /// The period.
        window: Window,
        /// Category codes, children included; empty means all.
        categories: Vec<String>,
    },
}

/// A quarantine.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Quarantine {
    /// `q1`, `q2`…
    pub id: String,
    /// Which incidents.
    pub what: Quarantined,
    /// Why, as somebody wrote it.
    pub reason: String,
    /// Since when.
    pub added_at: Timestamp,
    /// Until when; none while it holds.
    pub lifted_at: Option<Timestamp>,
}

/// One import of incidents.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Batch {
    /// Number of its event in the log.
    pub number: u64,
    /// Name of the file.
    pub file: String,
    /// When.
    pub at: Timestamp,
    /// Incidents of it that are in the workspace.
    pub incidents: u64,
}
