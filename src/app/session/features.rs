//! The rows of layers in a running service: what stands comes from the snapshot, surfaces
//! and hot spots from their caches, all else from the store, batch by batch.

use std::io::Write;
use std::sync::Arc;

use jiff::{SignedDuration, Timestamp, ToSpan};

use crate::app::export::error::ExportError;
use crate::app::export::job::{ExportJob, Exported, Style, export_from, options_of};
use crate::app::export::rows::{Rows, first_risk, spot_rows, spots_question};
use crate::app::export::source::{Asked, AskedError, Known};
use crate::app::export::wanted::{After, Wanted};
use crate::app::session::Session;
use crate::app::session::error::SessionError;
use crate::app::session::layers::LayerKind;
use crate::app::session::snapshot::Snapshot;
use crate::app::statistics::Question;
use crate::app::statistics::report::Report;
use crate::calendar::window::Window;
use crate::exchange::write::from_risk;
use crate::exchange::write::layer::Layer;
use crate::exchange::write::options::WriteOptions;
use crate::exchange::write::row::FeatureRow;
use crate::risk::dispersion::Law;
use crate::store::record::IncidentFilter;

impl Session {
    /// The rows of a layer after a given one.
    ///
    /// # Errors
    /// [`SessionError`].
    pub async fn rows(
        self: &Arc<Self>,
        layer: &'static Layer,
        wanted: Wanted,
        after: After,
    ) -> Result<Rows, SessionError> {
        let snapshot = self.snapshot();
        let made = match (LayerKind::of(layer.name), layer.name) {
            (Some(kind), _) => snapshot.layer_rows(kind),
            (None, "risk") => self.risk_rows(&snapshot, &wanted).await?,
            (None, "hot_spots") => self.spot_rows(&snapshot, &wanted).await?,
            _ => return Ok(Rows::open(self.workspace(), layer, wanted, after).await?),
        };
        Ok(Rows::made(self.workspace(), made, after))
    }

    /// Understands what is asked of layers, by what is in memory: what stands in the district can
    /// be taken away while the database is away.
    ///
    /// # Errors
    /// [`AskedError`].
    pub fn wanted(&self, asked: &Asked) -> Result<Wanted, AskedError> {
        let snapshot = self.snapshot();
        let codes = snapshot.categories.iter();
        asked.understood(&Known {
            zone: snapshot.zone.clone(),
            codes: codes.map(|it| it.category.code.as_str()).collect(),
            beats: &snapshot.layers.beats,
            shifts: &snapshot.shifts,
            today: snapshot.today(),
        })
    }

    /// The options of a style.
    ///
    /// # Errors
    /// [`SessionError::TimeZone`].
    pub fn write_options(&self, style: Style) -> Result<WriteOptions, SessionError> {
        let snapshot = self.snapshot();
        let attribution = snapshot.attribution.clone();
        Ok(options_of(&snapshot.district, attribution, style)?)
    }

    /// Writes layers to `out`, when its turn comes.
    ///
    /// # Errors
    /// [`SessionError`]; what was written so far is no whole file.
    pub async fn export(
        self: &Arc<Self>,
        job: ExportJob,
        out: Box<dyn Write + Send>,
    ) -> Result<Exported, SessionError> {
        let _turn = self.exports.turn().await?;
        let (session, asked) = (self.clone(), job.wanted.clone());
        let rows_of = move |layer| {
            let (session, asked) = (session.clone(), asked.clone());
            async move { session.rows(layer, asked, After::Start).await }
        };
        export_from(rows_of, job, out, |_| {}).await
    }

    /// The row of that id; none where there is none.
    ///
    /// # Errors
    /// [`SessionError`].
    pub async fn row(
        self: &Arc<Self>,
        layer: &'static Layer,
        id: &str,
    ) -> Result<Option<FeatureRow>, SessionError> {
        let mut wanted = Wanted::default();
        let owner = id.split('~').next().map(str::to_owned);
        match layer.name {
            "incidents" => {
                let points = self.snapshot().incident_points(self.workspace()).await?;
                let Some(at) = points.time_of(id) else {
                    return Ok(None);
                };
                let end = at.checked_add(1.millisecond()).unwrap_or(Timestamp::MAX);
                wanted.window = Window::new(at, end).ok();
            }
            "forecast_cells" => wanted.forecast = owner,
            "plan_routes" | "plan_stops" => wanted.plan = owner,
            _ => {}
        }
        let mut rows = self.rows(layer, wanted, After::Start).await?;
        while let Some(batch) = rows.next().await? {
            if let Some(found) = batch.into_iter().find(|row| row.id() == id) {
                return Ok(Some(found));
            }
        }
        Ok(None)
    }

    /// The longest span of time that an incident is known by: of a snapshot, or of those that
    /// have come in since one by one, which the store has and no snapshot so far. While an import
    /// is not counted so far it may be any.
    ///
    /// # Errors
    /// [`SessionError`].
    pub async fn longest_span(&self, snapshot: &Snapshot) -> Result<SignedDuration, SessionError> {
        let points = snapshot.incident_points(self.workspace()).await?;
        // Of what came in before the board was made anew nothing is known.
        if !snapshot.is_of_beginning(self.live.beginnings())
            || self.workspace().last_change().await? > snapshot.data_version
        {
            return Ok(SignedDuration::MAX);
        }
        Ok(points.longest().max(self.live.longest_span().await?))
    }

    /// How many incidents a filter takes.
    ///
    /// # Errors
    /// [`SessionError::Store`].
    pub async fn incident_count(&self, wanted: &Wanted) -> Result<u64, SessionError> {
        let filter = IncidentFilter {
            window: wanted.window,
            categories: wanted.categories.clone(),
            ..IncidentFilter::default()
        };
        let counts = self.workspace().incident_counts(&filter).await?;
        Ok(counts.iter().map(|(_, count)| count).sum())
    }

    async fn risk_rows(
        self: &Arc<Self>,
        snapshot: &Snapshot,
        wanted: &Wanted,
    ) -> Result<Vec<FeatureRow>, SessionError> {
        let request = match &wanted.risk {
            Some(request) => Some(request.clone()),
            None => first_risk(self.workspace()).await?,
        };
        let Some(request) = request else {
            return Ok(Vec::new());
        };
        let (request, _) = self.resolved(request).await?;
        let prepared = self.surface(snapshot, request).await?;
        let law = self.law_of(&prepared.fine.surface.provenance).await?;
        let law = law.unwrap_or(Law::Poisson);
        let synthetic = snapshot.district.synthetic;
        off_thread(move || from_risk::surface(&prepared.fine.surface, law, synthetic)).await
    }

    async fn spot_rows(
        self: &Arc<Self>,
        snapshot: &Snapshot,
        wanted: &Wanted,
    ) -> Result<Vec<FeatureRow>, SessionError> {
        if snapshot.incident_count == 0 || snapshot.district.boundary.is_none() {
            return Ok(Vec::new());
        }
        let question = spots_question(wanted.window, wanted);
        let report = self
            .statistics(snapshot, Question::HotSpots(question))
            .await?;
        let synthetic = snapshot.district.synthetic;
        let rows = off_thread(move || {
            let Report::HotSpots(found) = report.as_ref() else {
                return Ok(Vec::new());
            };
            let time = |text: &str| text.parse().ok();
            let period = time(&found.about.start).zip(time(&found.about.end));
            match period.and_then(|(start, end)| Window::new(start, end).ok()) {
                Some(period) => spot_rows(&found.spots, period, synthetic),
                None => Ok(Vec::new()),
            }
        });
        Ok(rows.await??)
    }
}

async fn off_thread<T: Send + 'static>(
    work: impl FnOnce() -> T + Send + 'static,
) -> Result<T, SessionError> {
    tokio::task::spawn_blocking(work)
        .await
        .map_err(|_| SessionError::from(ExportError::BrokenOff))
}
