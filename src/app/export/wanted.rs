//! Which rows are wanted.

use jiff::Timestamp;

use crate::app::incident_sieve::Narrowing;
use crate::app::risk::RiskRequest;
use crate::calendar::window::Window;
use crate::store::record::IncidentFilter;

/// What narrows layers down; each counts where its layer is asked for.
#[derive(Debug, Clone, Default)]
pub struct Wanted {
    /// Incidents not before, and before.
    pub window: Option<Window>,
    /// Categories of incidents, children included; empty means all.
    pub categories: Vec<String>,
    /// Incidents (and hot spots) of which beats, in which hours, where.
    pub narrowing: Narrowing,
    /// Only this plan; none: all.
    pub plan: Option<String>,
    /// Only this forecast; none: all.
    pub forecast: Option<String>,
    /// Which surface; none: the one that the map shows first.
    pub risk: Option<RiskRequest>,
    /// Incidents asked of the store at first; none: as many as it gives in one go.
    pub at_first: Option<u32>,
}

/// After which row a page begins.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub enum After {
    /// From the first on.
    #[default]
    Start,
    /// After the row of that id, by id.
    Id(String),
    /// After that incident, by time and id.
    Incident(Timestamp, String),
}

impl Wanted {
    /// As the store asks for incidents.
    pub fn incidents(&self, after: &After, limit: u32) -> IncidentFilter {
        IncidentFilter {
            window: self.window,
            categories: self.categories.clone(),
            origins: Vec::new(),
            limit: Some(limit),
            after: match after {
                After::Incident(at, id) => Some((*at, id.clone())),
                After::Start | After::Id(_) => None,
            },
        }
    }
}
