//! A planner's draft with a name, and the versions that were published: every one is kept.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::place::partition::part::Part;

/// Which areas are drawn.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum AreaLayer {
    /// Beats: they cover the district's ground, each point once.
    Beats,
    /// Patrol zones: none overlaps another, but they need not cover everything.
    Zones,
}

impl AreaLayer {
    /// Its name, as the API and the tables have it.
    pub fn name(self) -> &'static str {
        match self {
            Self::Beats => "beats",
            Self::Zones => "zones",
        }
    }

    /// The layer of that name.
    pub fn of(name: &str) -> Option<Self> {
        [Self::Beats, Self::Zones]
            .into_iter()
            .find(|layer| layer.name() == name)
    }

    /// Whether they cover the ground without a gap.
    pub fn covers(self) -> bool {
        self == Self::Beats
    }
}

/// A draft in one line.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ScenarioLine {
    /// Its id.
    pub id: String,
    /// Its name.
    pub name: String,
    /// What is drawn.
    pub layer: AreaLayer,
    /// How often it was saved.
    pub version: u64,
    /// The published version that it began from.
    pub base: u64,
    /// When it was made.
    pub made_at: Timestamp,
    /// When it was saved last.
    pub changed_at: Timestamp,
}

/// A draft.
#[derive(Debug, Clone, PartialEq)]
pub struct Scenario {
    /// All but the areas.
    pub line: ScenarioLine,
    /// The areas, by id.
    pub parts: Vec<Part>,
}

/// A published version in one line.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct VersionLine {
    /// What was published.
    pub layer: AreaLayer,
    /// From 1, without gaps in a layer.
    pub number: u64,
    /// When; of a version that was found (imported), when it was found.
    pub at: Timestamp,
    /// Why, as somebody wrote it; empty where it was found and not published.
    pub reason: String,
    /// Name of the draft; none where it was found.
    pub scenario: Option<String>,
    /// How many areas it has.
    pub areas: u64,
}

/// A published version.
#[derive(Debug, Clone, PartialEq)]
pub struct AreaVersion {
    /// All but the areas.
    pub line: VersionLine,
    /// The areas, by id.
    pub parts: Vec<Part>,
}

/// What became of an edit that says which version it is of.
#[derive(Debug, Clone, PartialEq)]
pub enum Kept<T> {
    /// It is on disk.
    Done(T),
    /// Somebody was first: the version that there is now.
    Stale(u64),
    /// There is no such thing.
    Missing,
}
