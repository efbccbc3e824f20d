//! An open workspace.
//!
//! Reads come from a few read-only connections; writes go one after the other through a
//! single connection that holds the writer's lock. Every write is one transaction with its
//! event, `synchronous=FULL`: what has returned is on disk.

use std::path::Path;
use std::sync::Arc;

use sqlx::{Sqlite, SqliteConnection, SqlitePool, Transaction, pool::PoolConnection};

use crate::calendar::shift::Shift;
use crate::calendar::window::Window;
use crate::incident::category::IncidentCategory;
use crate::incident::quarantine::{Batch, Quarantine, Quarantined};
use crate::incident::record::Incident;
use crate::live::event::{EventKind, LoggedEvent};
use crate::patrol::basis::PlanBasis;
use crate::patrol::plan::PatrolPlan;
use crate::patrol::summary::PlanSummary;
use crate::place::basemap::BasemapFeature;
use crate::place::district::District;
use crate::place::feature::{
    AlarmPillar, Beat, Camera, CommercialDistrict, JointDutyPost, PatrolZone, Place, Post, Station,
    Unit,
};
use crate::place::position::Position;
use crate::risk::forecast::{Forecast, ForecastScore, ForecastSummary, StandingForecast};
use crate::risk::model::RiskEvent;
use crate::risk::scorecard::{KeptScorecard, Question, Scorecard};
use crate::roads::speed::SpeedTable;
use crate::store::error::StoreError;
use crate::store::fault::database_fault;
use crate::store::file::{Connections, create_file, open_file};
use crate::store::layers::{LayerRow, read_layer, write_layer};
use crate::store::record::{
    ForecastFilter, ImportSource, IncidentFilter, LayerRows, NewWorkspace, WorkspaceInfo,
    WriteOutcome,
};
use crate::store::tables::mark;
use crate::store::{
    forecasts, incidents, log, plan_basis, plans, quarantines, roads, scorecards, summary, tables,
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
pub struct Workspace {
    file: Arc<Connections>,
}

impl Workspace {
    /// Makes a new file and opens it for writing.
    ///
    /// # Errors
    /// [`StoreError::Exists`], [`StoreError::NotWritable`].
    pub async fn create(path: &Path, new: &NewWorkspace) -> Result<Self, StoreError> {
        let file = Arc::new(create_file(path, new).await?);
        Ok(Self { file })
    }

    /// Opens a file, migrating older tables where opened for writing.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn open(path: &Path, access: Access) -> Result<Self, StoreError> {
        let file = Arc::new(open_file(path, access).await?);
        Ok(Self { file })
    }

    /// A workspace on connections that are open already.
    #[cfg(test)]
    pub(crate) fn of(file: Connections) -> Self {
        Self {
            file: Arc::new(file),
        }
    }

    /// Checkpoints the write-ahead log and closes all connections, those of clones too.
    /// After the last writer the workspace is a single file again.
    pub async fn close(self) {
        self.file.close().await;
    }

    /// Name, time zone, boundary.
    pub async fn district(&self) -> Result<District, StoreError> {
        tables::read_district(&mut *self.reader().await?, self.path()).await
    }
    /// Police stations, by id.
    pub async fn stations(&self) -> Result<Vec<Station>, StoreError> {
        self.layer().await
    }
    /// Beats, by id.
    pub async fn beats(&self) -> Result<Vec<Beat>, StoreError> {
        self.layer().await
    }
    /// Patrol zones, by id.
    pub async fn zones(&self) -> Result<Vec<PatrolZone>, StoreError> {
        self.layer().await
    }
    /// Police posts, by id.
    pub async fn posts(&self) -> Result<Vec<Post>, StoreError> {
        self.layer().await
    }
    /// Joint-duty posts, by id.
    pub async fn joint_duty_posts(&self) -> Result<Vec<JointDutyPost>, StoreError> {
        self.layer().await
    }
    /// Commercial districts, by id.
    pub async fn commercial_districts(&self) -> Result<Vec<CommercialDistrict>, StoreError> {
        self.layer().await
    }
    /// Alarm pillars, by id.
    pub async fn pillars(&self) -> Result<Vec<AlarmPillar>, StoreError> {
        self.layer().await
    }
    /// Camera sites, by id.
    pub async fn cameras(&self) -> Result<Vec<Camera>, StoreError> {
        self.layer().await
    }
    /// Places of interest, by id.
    pub async fn places(&self) -> Result<Vec<Place>, StoreError> {
        self.layer().await
    }
    /// Units, by id.
    pub async fn units(&self) -> Result<Vec<Unit>, StoreError> {
        self.layer().await
    }
    /// The category table, by code.
    pub async fn categories(&self) -> Result<Vec<IncidentCategory>, StoreError> {
        tables::read_categories(&mut *self.reader().await?, self.path()).await
    }
    /// The shift table, by start.
    pub async fn shifts(&self) -> Result<Vec<Shift>, StoreError> {
        tables::read_shifts(&mut *self.reader().await?, self.path()).await
    }
    /// Speeds by road class.
    pub async fn speeds(&self) -> Result<SpeedTable, StoreError> {
        tables::read_speeds(&mut *self.reader().await?, self.path()).await
    }
    /// `RoadNetwork::to_bytes` of the stored roads.
    pub async fn road_network(&self) -> Result<Option<Vec<u8>>, StoreError> {
        roads::read_network(&mut *self.reader().await?, self.path()).await
    }
    /// What to draw under the map.
    pub async fn basemap(&self) -> Result<Vec<BasemapFeature>, StoreError> {
        roads::read_basemap(&mut *self.reader().await?, self.path()).await
    }

    /// Incidents, oldest first by (time, id).
    pub async fn incidents(&self, filter: &IncidentFilter) -> Result<Vec<Incident>, StoreError> {
        incidents::read_incidents(&mut *self.reader().await?, self.path(), filter).await
    }
    /// The same, as the models see them: place and time only, a time span by its middle.
    /// The filter's window looks at the beginning of a span, as in [`Self::incidents`].
    pub async fn risk_events(&self, filter: &IncidentFilter) -> Result<Vec<RiskEvent>, StoreError> {
        incidents::read_risk_events(&mut *self.reader().await?, self.path(), filter).await
    }
    /// How many incidents the filter takes, by category code.
    pub async fn incident_counts(
        &self,
        filter: &IncidentFilter,
    ) -> Result<Vec<(String, u64)>, StoreError> {
        incidents::count_incidents(&mut *self.reader().await?, self.path(), filter).await
    }

    /// Which of these incidents, by their place in the list, have the id of a stored one
    /// with another place, time or category; writing would leave them out.
    pub async fn ids_in_use(&self, incidents: &[Incident]) -> Result<Vec<usize>, StoreError> {
        incidents::read_ids_in_use(&mut *self.reader().await?, self.path(), incidents).await
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
        let layer = layer_name(&rows);
        let mut transaction = self.begin().await?;
        // The event is written last, in this transaction: its number is known now.
        let batch = log::last(&mut transaction, self.path()).await? + 1;
        let outcome = write_rows(&mut transaction, self.path(), rows, source, batch).await?;
        let event = EventKind::Imported {
            layer: layer.into(),
            file: source.file.clone(),
            added: outcome.added,
            refused: source.refused + outcome.in_use.len() as u64,
        };
        log::append(&mut transaction, self.path(), event, source.at).await?;
        self.commit(transaction).await?;
        Ok(outcome)
    }

    /// Stores a plan, what it was made on, and its event; a plan with the same id is
    /// replaced.
    pub async fn save_plan(
        &self,
        plan: &PatrolPlan,
        basis: Option<&PlanBasis>,
    ) -> Result<(), StoreError> {
        let mut transaction = self.begin().await?;
        plans::write_plan(&mut transaction, self.path(), plan).await?;
        if let Some(basis) = basis {
            let id = plan.id.as_str();
            plan_basis::write_basis(&mut transaction, self.path(), id, basis).await?;
        }
        let event = EventKind::PlanMade {
            plan: plan.id.as_str().into(),
        };
        log::append(&mut transaction, self.path(), event, plan.made_at).await?;
        self.commit(transaction).await
    }
    /// A stored plan.
    pub async fn plan(&self, id: &str) -> Result<Option<PatrolPlan>, StoreError> {
        plans::read_plan(&mut *self.reader().await?, self.path(), id).await
    }
    /// What a plan was made on; none where that was not kept.
    pub async fn plan_basis(&self, id: &str) -> Result<Option<PlanBasis>, StoreError> {
        plan_basis::read_basis(&mut *self.reader().await?, self.path(), id).await
    }
    /// The newest plans in one line each, newest first.
    pub async fn plans(&self, limit: u32) -> Result<Vec<PlanSummary>, StoreError> {
        plans::read_plans(&mut *self.reader().await?, self.path(), limit).await
    }

    /// Where planned shifts that begin in a window had their stops, one list a shift.
    pub async fn planned_stops(&self, window: Window) -> Result<Vec<Vec<Position>>, StoreError> {
        plans::read_stops(&mut *self.reader().await?, self.path(), window).await
    }

    /// Keeps incidents out of [`Self::risk_events`]; in the log with its reason.
    pub async fn quarantine(
        &self,
        what: &Quarantined,
        reason: &str,
        at: jiff::Timestamp,
    ) -> Result<Quarantine, StoreError> {
        let mut transaction = self.begin().await?;
        let incidents = quarantines::count(&mut transaction, self.path(), what).await?;
        let added = quarantines::add(&mut transaction, self.path(), what, reason, at).await?;
        let event = EventKind::Quarantined {
            quarantine: added.id.clone(),
            what: what.clone(),
            incidents,
            reason: reason.into(),
        };
        log::append(&mut transaction, self.path(), event, at).await?;
        self.commit(transaction).await?;
        Ok(added)
    }
    /// Lets a quarantine's incidents in again; false where none of that id holds.
    pub async fn lift_quarantine(
        &self,
        id: &str,
        reason: &str,
        at: jiff::Timestamp,
    ) -> Result<bool, StoreError> {
        let mut transaction = self.begin().await?;
        if !quarantines::lift(&mut transaction, self.path(), id, at).await? {
            return Ok(false);
        }
        let event = EventKind::QuarantineLifted {
            quarantine: id.into(),
            reason: reason.into(),
        };
        log::append(&mut transaction, self.path(), event, at).await?;
        self.commit(transaction).await?;
        Ok(true)
    }
    /// Quarantines, oldest first, lifted ones too.
    pub async fn quarantines(&self) -> Result<Vec<Quarantine>, StoreError> {
        quarantines::read(&mut *self.reader().await?, self.path(), false).await
    }
    /// How many incidents a quarantine would be about.
    pub async fn quarantined_count(&self, what: &Quarantined) -> Result<u64, StoreError> {
        quarantines::count(&mut *self.reader().await?, self.path(), what).await
    }
    /// Imports of incidents, oldest first.
    pub async fn batches(&self) -> Result<Vec<Batch>, StoreError> {
        quarantines::read_batches(&mut *self.reader().await?, self.path()).await
    }

    /// Stores forecasts, all or none; they can't be changed afterwards. Those that are there
    /// stay as they are.
    pub async fn freeze(&self, forecasts: &[Forecast]) -> Result<(), StoreError> {
        let mut transaction = self.begin().await?;
        for forecast in forecasts {
            if !forecasts::add(&mut transaction, self.path(), forecast).await? {
                continue;
            }
            let event = EventKind::ForecastFrozen {
                forecast: forecast.id.as_str().into(),
                model: forecast.provenance.model.clone(),
                window: forecast.provenance.window,
            };
            log::append(&mut transaction, self.path(), event, forecast.frozen_at).await?;
        }
        self.commit(transaction).await
    }
    /// A frozen forecast.
    pub async fn forecast(&self, id: &str) -> Result<Option<Forecast>, StoreError> {
        forecasts::read(&mut *self.reader().await?, self.path(), id).await
    }
    /// Forecasts in one line each, those that end last first.
    pub async fn forecasts(
        &self,
        filter: ForecastFilter,
    ) -> Result<Vec<ForecastSummary>, StoreError> {
        forecasts::list(&mut *self.reader().await?, self.path(), filter).await
    }
    /// Adds a forecast's score; earlier scores of it stay.
    pub async fn score_forecast(&self, id: &str, score: &ForecastScore) -> Result<(), StoreError> {
        let mut transaction = self.begin().await?;
        forecasts::add_score(&mut transaction, self.path(), id, score).await?;
        let event = EventKind::ForecastScored {
            forecast: id.into(),
        };
        log::append(&mut transaction, self.path(), event, score.scored_at).await?;
        self.commit(transaction).await
    }
    /// What is frozen by itself, oldest first, ended ones too.
    pub async fn standing_forecasts(&self) -> Result<Vec<StandingForecast>, StoreError> {
        forecasts::standing(&mut *self.reader().await?, self.path()).await
    }
    /// Freezes something by itself from now on.
    pub async fn stand(&self, new: &StandingForecast) -> Result<(), StoreError> {
        let mut transaction = self.begin().await?;
        forecasts::add_standing(&mut transaction, self.path(), new).await?;
        self.log_standing(&mut transaction, &new.id, true, new.since)
            .await?;
        self.commit(transaction).await
    }
    /// Freezes it no longer; false where none of that id stands.
    pub async fn end_standing(&self, id: &str, at: jiff::Timestamp) -> Result<bool, StoreError> {
        let mut transaction = self.begin().await?;
        if !forecasts::end_standing(&mut transaction, self.path(), id, at).await? {
            return Ok(false);
        }
        self.log_standing(&mut transaction, id, false, at).await?;
        self.commit(transaction).await?;
        Ok(true)
    }

    /// Keeps a question's scorecard in the place of the one before. In the log where the
    /// model to trust is another one.
    pub async fn keep_scorecard(
        &self,
        question: &Question,
        data_version: u64,
        card: &Scorecard,
        at: jiff::Timestamp,
    ) -> Result<(), StoreError> {
        let mut transaction = self.begin().await?;
        let conn = &mut transaction;
        let before = scorecards::keep(conn, self.path(), question, data_version, card, at).await?;
        if before.as_deref() != Some(card.model()) {
            let event = EventKind::ModelChosen {
                categories: question.categories.clone(),
                model: card.model().into(),
                before,
            };
            log::append(&mut transaction, self.path(), event, at).await?;
        }
        self.commit(transaction).await
    }
    /// The scorecard kept for a question.
    pub async fn scorecard(
        &self,
        question: &Question,
    ) -> Result<Option<KeptScorecard>, StoreError> {
        scorecards::kept(&mut *self.reader().await?, self.path(), question).await
    }

    /// Whether it was opened for writing.
    pub fn is_writable(&self) -> bool {
        self.file.writer().is_ok()
    }

    /// Appends to the log; on disk (`synchronous=FULL`) when this returns.
    pub async fn append(
        &self,
        event: EventKind,
        at: jiff::Timestamp,
    ) -> Result<LoggedEvent, StoreError> {
        let mut transaction = self.begin().await?;
        let logged = log::append(&mut transaction, self.path(), event, at).await?;
        self.commit(transaction).await?;
        Ok(logged)
    }
    /// Events after a sequence number, oldest first.
    pub async fn events_after(
        &self,
        sequence: u64,
        limit: u32,
    ) -> Result<Vec<LoggedEvent>, StoreError> {
        log::events_after(&mut *self.reader().await?, self.path(), sequence, limit).await
    }

    /// From the first to just after the last incident that is not in quarantine.
    pub async fn incident_span(&self) -> Result<Option<Window>, StoreError> {
        summary::incident_span(&mut *self.reader().await?, self.path()).await
    }
    /// Number of the newest event that changed what is learned from; 0 where there is none.
    pub async fn last_change(&self) -> Result<u64, StoreError> {
        log::last_change(&mut *self.reader().await?, self.path()).await
    }
    /// Counts, dates, versions.
    pub async fn info(&self) -> Result<WorkspaceInfo, StoreError> {
        summary::summary(&mut *self.reader().await?, self.path()).await
    }

    async fn log_standing(
        &self,
        conn: &mut SqliteConnection,
        id: &str,
        on: bool,
        at: jiff::Timestamp,
    ) -> Result<(), StoreError> {
        let event = EventKind::StandingForecast {
            standing: id.into(),
            on,
        };
        log::append(conn, self.path(), event, at).await?;
        Ok(())
    }

    fn path(&self) -> &str {
        self.file.shown()
    }

    async fn layer<T: LayerRow>(&self) -> Result<Vec<T>, StoreError> {
        read_layer(&mut *self.reader().await?, self.path()).await
    }

    async fn reader(&self) -> Result<PoolConnection<Sqlite>, StoreError> {
        acquire(self.file.reader(), self.path()).await
    }

    async fn begin(&self) -> Result<Transaction<'static, Sqlite>, StoreError> {
        self.file
            .writer()?
            .begin_with("BEGIN IMMEDIATE")
            .await
            .map_err(|e| database_fault(self.path(), e))
    }

    async fn commit(&self, transaction: Transaction<'static, Sqlite>) -> Result<(), StoreError> {
        transaction
            .commit()
            .await
            .map_err(|e| database_fault(self.path(), e))
    }
}

async fn acquire(pool: &SqlitePool, path: &str) -> Result<PoolConnection<Sqlite>, StoreError> {
    pool.acquire().await.map_err(|e| database_fault(path, e))
}

async fn write_rows(
    conn: &mut SqliteConnection,
    path: &str,
    rows: LayerRows,
    source: &ImportSource,
    batch: u64,
) -> Result<WriteOutcome, StoreError> {
    let district = tables::read_district(conn, path).await?;
    let synthetic = mark(district.synthetic);
    let at = source.at;
    match rows {
        LayerRows::Boundary(area) => tables::write_boundary(conn, path, &area, &district, at).await,
        LayerRows::Stations(rows) => write_layer(conn, path, rows, synthetic, at).await,
        LayerRows::Beats(rows) => write_layer(conn, path, rows, synthetic, at).await,
        LayerRows::Zones(rows) => write_layer(conn, path, rows, synthetic, at).await,
        LayerRows::Posts(rows) => write_layer(conn, path, rows, synthetic, at).await,
        LayerRows::JointDutyPosts(rows) => write_layer(conn, path, rows, synthetic, at).await,
        LayerRows::CommercialDistricts(rows) => write_layer(conn, path, rows, synthetic, at).await,
        LayerRows::Pillars(rows) => write_layer(conn, path, rows, synthetic, at).await,
        LayerRows::Cameras(rows) => write_layer(conn, path, rows, synthetic, at).await,
        LayerRows::Places(rows) => write_layer(conn, path, rows, synthetic, at).await,
        LayerRows::Units(rows) => write_layer(conn, path, rows, synthetic, at).await,
        LayerRows::Incidents {
            incidents,
            categories,
            derived_boundary,
        } => {
            if let (None, Some(area)) = (&district.boundary, derived_boundary) {
                tables::write_boundary(conn, path, &area, &district, at).await?;
            }
            incidents::write_incidents(conn, path, &incidents, categories, synthetic, batch, at)
                .await
        }
        LayerRows::Roads(roads) => roads::write_roads(conn, path, &roads, synthetic, at).await,
    }
}

/// A layer's name as the API has it.
fn layer_name(rows: &LayerRows) -> &'static str {
    match rows {
        LayerRows::Boundary(_) => "boundary",
        LayerRows::Stations(_) => "stations",
        LayerRows::Beats(_) => "beats",
        LayerRows::Zones(_) => "zones",
        LayerRows::Posts(_) => "posts",
        LayerRows::JointDutyPosts(_) => "joint_duty_posts",
        LayerRows::CommercialDistricts(_) => "commercial_districts",
        LayerRows::Pillars(_) => "pillars",
        LayerRows::Cameras(_) => "cameras",
        LayerRows::Places(_) => "places",
        LayerRows::Units(_) => "units",
        LayerRows::Incidents { .. } => "incidents",
        LayerRows::Roads(_) => "roads",
    }
}
