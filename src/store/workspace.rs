//! An open workspace.
//!
//! CONTRACT (the part that owns `store/` writes the bodies).

use std::path::Path;

use crate::calendar::shift::Shift;
use crate::incident::category::IncidentCategory;
use crate::incident::record::Incident;
use crate::live::event::{EventKind, LoggedEvent};
use crate::patrol::plan::PatrolPlan;
use crate::place::basemap::BasemapFeature;
use crate::place::district::District;
use crate::place::feature::{
    AlarmPillar, Beat, Camera, CommercialDistrict, JointDutyPost, PatrolZone, Place, Post, Station,
    Unit,
};
use crate::risk::model::RiskEvent;
use crate::roads::speed::SpeedTable;
use crate::store::error::StoreError;
use crate::store::record::{
    ImportSource, IncidentFilter, LayerRows, NewWorkspace, WorkspaceInfo, WriteOutcome,
};

/// How a workspace is opened.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Access {
    /// Reads only; any number of processes.
    Read,
    /// Reads and writes; one process at a time, the second gets `StoreError::Busy`.
    Write,
}

/// An open workspace: a pool of connections to one GeoPackage file. Cheap to clone.
#[derive(Debug, Clone)]
pub struct Workspace {}

impl Workspace {
    /// Makes a new file and opens it for writing.
    ///
    /// # Errors
    /// [`StoreError::Exists`], [`StoreError::NotWritable`].
    pub async fn create(path: &Path, new: &NewWorkspace) -> Result<Self, StoreError> {
        let _ = new;
        Err(StoreError::Missing {
            path: path.display().to_string(),
        })
    }

    /// Opens a file, migrating older tables where opened for writing.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn open(path: &Path, access: Access) -> Result<Self, StoreError> {
        let _ = access;
        Err(StoreError::Missing {
            path: path.display().to_string(),
        })
    }

    /// Checkpoints the write-ahead log and closes all connections.
    pub async fn close(self) {}

    /// Name, time zone, boundary.
    pub async fn district(&self) -> Result<District, StoreError> {
        todo!()
    }
    /// Police stations, by id.
    pub async fn stations(&self) -> Result<Vec<Station>, StoreError> {
        todo!()
    }
    /// Beats, by id.
    pub async fn beats(&self) -> Result<Vec<Beat>, StoreError> {
        todo!()
    }
    /// Patrol zones, by id.
    pub async fn zones(&self) -> Result<Vec<PatrolZone>, StoreError> {
        todo!()
    }
    /// Police posts, by id.
    pub async fn posts(&self) -> Result<Vec<Post>, StoreError> {
        todo!()
    }
    /// Joint-duty posts, by id.
    pub async fn joint_duty_posts(&self) -> Result<Vec<JointDutyPost>, StoreError> {
        todo!()
    }
    /// Commercial districts, by id.
    pub async fn commercial_districts(&self) -> Result<Vec<CommercialDistrict>, StoreError> {
        todo!()
    }
    /// Alarm pillars, by id.
    pub async fn pillars(&self) -> Result<Vec<AlarmPillar>, StoreError> {
        todo!()
    }
    /// Camera sites, by id.
    pub async fn cameras(&self) -> Result<Vec<Camera>, StoreError> {
        todo!()
    }
    /// Places of interest, by id.
    pub async fn places(&self) -> Result<Vec<Place>, StoreError> {
        todo!()
    }
    /// Units, by id.
    pub async fn units(&self) -> Result<Vec<Unit>, StoreError> {
        todo!()
    }
    /// The category table, by code.
    pub async fn categories(&self) -> Result<Vec<IncidentCategory>, StoreError> {
        todo!()
    }
    /// The shift table, by start.
    pub async fn shifts(&self) -> Result<Vec<Shift>, StoreError> {
        todo!()
    }
    /// Speeds by road class.
    pub async fn speeds(&self) -> Result<SpeedTable, StoreError> {
        todo!()
    }
    /// `RoadNetwork::to_bytes` of the stored roads.
    pub async fn road_network(&self) -> Result<Option<Vec<u8>>, StoreError> {
        todo!()
    }
    /// What to draw under the map.
    pub async fn basemap(&self) -> Result<Vec<BasemapFeature>, StoreError> {
        todo!()
    }

    /// Incidents, oldest first by (time, id).
    pub async fn incidents(&self, filter: &IncidentFilter) -> Result<Vec<Incident>, StoreError> {
        let _ = filter;
        todo!()
    }
    /// The same, as the models see them: place and time only, a time span by its middle.
    pub async fn risk_events(&self, filter: &IncidentFilter) -> Result<Vec<RiskEvent>, StoreError> {
        let _ = filter;
        todo!()
    }
    /// How many incidents the filter takes, by category code.
    pub async fn incident_counts(
        &self,
        filter: &IncidentFilter,
    ) -> Result<Vec<(String, u64)>, StoreError> {
        let _ = filter;
        todo!()
    }

    /// Writes rows and the event of it, in one transaction: all or nothing.
    ///
    /// # Errors
    /// [`StoreError`]; the workspace is then unchanged.
    pub async fn write(
        &self,
        rows: LayerRows,
        source: &ImportSource,
    ) -> Result<WriteOutcome, StoreError> {
        let _ = (rows, source);
        todo!()
    }

    /// Stores a plan and its event.
    pub async fn save_plan(&self, plan: &PatrolPlan) -> Result<(), StoreError> {
        let _ = plan;
        todo!()
    }
    /// A stored plan.
    pub async fn plan(&self, id: &str) -> Result<Option<PatrolPlan>, StoreError> {
        let _ = id;
        todo!()
    }
    /// Ids and times of the newest plans, newest first.
    pub async fn plans(&self, limit: u32) -> Result<Vec<PatrolPlan>, StoreError> {
        let _ = limit;
        todo!()
    }

    /// Appends to the log; on disk (`synchronous=FULL`) when this returns.
    pub async fn append(
        &self,
        event: EventKind,
        at: jiff::Timestamp,
    ) -> Result<LoggedEvent, StoreError> {
        let _ = (event, at);
        todo!()
    }
    /// Events after a sequence number, oldest first.
    pub async fn events_after(
        &self,
        sequence: u64,
        limit: u32,
    ) -> Result<Vec<LoggedEvent>, StoreError> {
        let _ = (sequence, limit);
        todo!()
    }

    /// Counts, dates, versions.
    pub async fn info(&self) -> Result<WorkspaceInfo, StoreError> {
        todo!()
    }
}
