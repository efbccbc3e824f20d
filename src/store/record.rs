//! What goes into a workspace in one go, what is asked of it, and what it says of itself.

use jiff::Timestamp;

use crate::calendar::window::Window;
use crate::incident::category::IncidentCategory;
use crate::incident::record::{Incident, Origin};
use crate::place::area::Area;
use crate::place::basemap::BasemapFeature;
use crate::place::feature::{
    AlarmPillar, Beat, Camera, CommercialDistrict, JointDutyPost, PatrolZone, Place, Post, Station,
    Unit,
};
use crate::roads::speed::SpeedTable;

/// What `init` needs.
#[derive(Debug, Clone, PartialEq)]
pub struct NewWorkspace {
    /// Name of the district.
    pub name: String,
    /// IANA time zone, checked by the caller.
    pub timezone: String,
    /// Whether everything in it is made up.
    pub synthetic: bool,
}

/// Rows for one layer, written in one transaction.
#[derive(Debug, Clone)]
pub enum LayerRows {
    /// Replaces the boundary.
    Boundary(Area),
    /// Police stations.
    Stations(Vec<Station>),
    /// Beats.
    Beats(Vec<Beat>),
    /// Patrol zones.
    Zones(Vec<PatrolZone>),
    /// Police posts.
    Posts(Vec<Post>),
    /// Joint-duty posts.
    JointDutyPosts(Vec<JointDutyPost>),
    /// Commercial districts.
    CommercialDistricts(Vec<CommercialDistrict>),
    /// Alarm pillars.
    Pillars(Vec<AlarmPillar>),
    /// Camera sites.
    Cameras(Vec<Camera>),
    /// Places of interest.
    Places(Vec<Place>),
    /// Units.
    Units(Vec<Unit>),
    /// Incidents, with the categories that are new, and a boundary where one was derived.
    Incidents {
        /// The incidents.
        incidents: Vec<Incident>,
        /// Categories to add where their code is not in the table.
        categories: Vec<IncidentCategory>,
        /// A boundary derived from the data, set only where the workspace has none.
        derived_boundary: Option<Area>,
    },
    /// Replaces roads and basemap.
    Roads(RoadRows),
}

/// Roads and basemap as stored.
#[derive(Debug, Clone)]
pub struct RoadRows {
    /// `RoadNetwork::to_bytes`.
    pub network: Vec<u8>,
    /// The speeds it was built with.
    pub speeds: SpeedTable,
    /// What to draw.
    pub basemap: Vec<BasemapFeature>,
    /// Shown on every map, e.g. `© OpenStreetMap contributors`.
    pub attribution: String,
}

/// Where rows came from, for the event of the log.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ImportSource {
    /// File name without its folder.
    pub file: String,
    /// Rows refused before they came to the store.
    pub refused: u64,
    /// When.
    pub at: Timestamp,
    /// Whether the workspace is marked as made up with these rows; it must hold no records so
    /// far.
    pub marks_synthetic: bool,
}

/// What became of the rows.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct WriteOutcome {
    /// New rows.
    pub added: u64,
    /// Rows whose id was there with other content (replaced; incidents: never).
    pub replaced: u64,
    /// Rows that were there already.
    pub known: u64,
    /// Those of the known whose category differs from the one here, which is kept: the file
    /// was read with another category map.
    pub other_category: u64,
    /// Incidents, by their place in what was given, that were not written: their id stands
    /// for another place or time.
    pub in_use: Vec<usize>,
    /// Whether the workspace was marked as made up with them.
    pub marked_synthetic: bool,
}

impl WriteOutcome {
    /// Takes in what became of rows that stand so far behind the first.
    pub fn add(&mut self, part: Self, offset: usize) {
        self.added += part.added;
        self.replaced += part.replaced;
        self.known += part.known;
        self.other_category += part.other_category;
        self.marked_synthetic |= part.marked_synthetic;
        self.in_use.extend(part.in_use.iter().map(|at| at + offset));
    }
}

/// Which incidents.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct IncidentFilter {
    /// Only those in this window.
    pub window: Option<Window>,
    /// Only these categories (a first-level code takes its children in); empty means all.
    pub categories: Vec<String>,
    /// Only these origins; empty means all.
    pub origins: Vec<Origin>,
    /// At most so many, oldest first by (time, id); none means all.
    pub limit: Option<u32>,
    /// Continue after this (time, id).
    pub after: Option<(Timestamp, String)>,
}

/// What a workspace says of itself.
#[derive(Debug, Clone, PartialEq)]
pub struct WorkspaceInfo {
    /// Version of its tables.
    pub schema_version: i64,
    /// Layer name to number of rows.
    pub counts: Vec<(String, u64)>,
    /// From the first to just after the last incident that is not in quarantine.
    pub incidents: Option<Window>,
    /// Number of the newest event of the log.
    pub last_event: u64,
    /// Number of the newest event that changed what is learned from.
    pub last_change: u64,
    /// Whether roads are there.
    pub has_roads: bool,
    /// Attribution of roads and basemap.
    pub attribution: String,
}

/// Which forecasts are wanted.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct ForecastFilter {
    /// Windows that end by then.
    pub ended_by: Option<Timestamp>,
    /// Windows that end after then.
    pub ends_after: Option<Timestamp>,
    /// Only those without a score.
    pub unscored: bool,
    /// At most so many, those that end last first.
    pub limit: Option<u32>,
}
