//! One thing that changed. The log is append-only and numbered; whatever is shown live is
//! a fold over it.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::calendar::window::Window;
use crate::incident::quarantine::Quarantined;
use crate::live::board_event::BoardEvent;

/// What happened.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum EventKind {
    /// The workspace was made.
    WorkspaceMade {
        /// Its name.
        name: String,
    },
    /// A file was imported.
    Imported {
        /// Layer that it went to.
        layer: String,
        /// File name without its folder.
        file: String,
        /// Rows added.
        added: u64,
        /// Rows refused.
        refused: u64,
        /// Number of the event of the import's first part, of a further part of one that was
        /// written step by step.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        part_of: Option<u64>,
        /// Whether the workspace was marked as made up with these rows.
        #[serde(default, skip_serializing_if = "std::ops::Not::not")]
        marks_synthetic: bool,
    },
    /// A plan was made and stored.
    PlanMade {
        /// Its id.
        plan: String,
    },
    /// Incidents are kept out of all learning.
    Quarantined {
        /// Id of the quarantine.
        quarantine: String,
        /// Which incidents.
        what: Quarantined,
        /// How many there were.
        incidents: u64,
        /// Why, as somebody wrote it; no person's name.
        reason: String,
    },
    /// They are learned from again.
    QuarantineLifted {
        /// Id of the quarantine.
        quarantine: String,
        /// Why.
        reason: String,
    },
    /// A forecast was frozen.
    ForecastFrozen {
        /// Its id.
        forecast: String,
        /// The model.
        model: String,
        /// The window it is for.
        window: Window,
    },
    /// A forecast's window is over, and it was scored.
    ForecastScored {
        /// Its id.
        forecast: String,
    },
    /// The model that a question's record speaks for is another one than before, or the
    /// first.
    ModelChosen {
        /// Category codes; empty means all.
        categories: Vec<String>,
        /// The model.
        model: String,
        /// The one before.
        before: Option<String>,
    },
    /// A forecast is frozen by itself from now on, or no longer.
    StandingForecast {
        /// Id of the standing forecast.
        standing: String,
        /// Whether it stands.
        on: bool,
    },
    /// Something was learned from what patrols discovered too.
    OriginOverridden {
        /// `risk`, `statistics`.
        job: String,
        /// Why, where somebody said so.
        reason: String,
    },
    /// A planner's draft of beats or zones was made, saved or taken away.
    ScenarioKept {
        /// Its id.
        scenario: String,
        /// Its version; none where it was taken away.
        version: Option<u64>,
    },
    /// Beats or zones were published: they are in force from now on.
    AreasPublished {
        /// `beats` or `zones`.
        layer: String,
        /// Number of the version.
        version: u64,
        /// How many areas.
        areas: u64,
        /// Why, as somebody wrote it; no person's name.
        reason: String,
    },
    /// Something on the board.
    #[serde(untagged)]
    Board(BoardEvent),
}

impl From<BoardEvent> for EventKind {
    fn from(event: BoardEvent) -> Self {
        Self::Board(event)
    }
}

impl EventKind {
    /// Whether surfaces, layers and records may be others after it.
    pub fn changes_data(&self) -> bool {
        match self {
            Self::WorkspaceMade { .. }
            | Self::Imported { .. }
            | Self::Quarantined { .. }
            | Self::QuarantineLifted { .. }
            | Self::AreasPublished { .. } => true,
            Self::PlanMade { .. }
            | Self::ForecastFrozen { .. }
            | Self::ForecastScored { .. }
            | Self::ModelChosen { .. }
            | Self::StandingForecast { .. }
            | Self::OriginOverridden { .. }
            | Self::ScenarioKept { .. }
            // Nor are models scored anew for each incident that comes in by itself.
            | Self::Board(_) => false,
        }
    }
}

impl EventKind {
    /// Whether the board has taken in an incident or knows of another one than before.
    pub fn changes_incidents(&self) -> bool {
        matches!(
            self,
            Self::Board(
                BoardEvent::IncidentReceived(_)
                    | BoardEvent::CallCancelled { .. }
                    | BoardEvent::CallReopened { .. }
                    | BoardEvent::CallMerged { .. }
                    | BoardEvent::CallReclassified { .. }
            )
        )
    }
}

/// An event in the log.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct LoggedEvent {
    /// Its number, from 1; without gaps but for positions that were thinned out since.
    pub sequence: u64,
    /// When it was logged.
    pub at: Timestamp,
    /// What happened.
    pub event: EventKind,
}
