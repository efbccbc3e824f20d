//! Answers about coverage in memory: by what was asked at a data version, and where the live
//! board counts by who is idle where. One is computed at a time, since each uses all cores; who asks for one
//! that is being computed waits for it.

use std::sync::Arc;

use metrics::{counter, histogram};
use moka::future::Cache;

use crate::app::coverage::error::CoverageJobError;
use crate::app::coverage::ground::Kept;
use crate::app::coverage::report::Report;
use crate::app::coverage::{Question, answer};
use crate::app::session::Session;
use crate::app::session::error::SessionError;
use crate::app::session::snapshot::{Edition, Snapshot};
use crate::app::session::turns::Turns;
use crate::app::units_now::UnitsNow;
use crate::calendar::window::Window;
use crate::live::board::Board;
use crate::patrol::units_from::UnitsFrom;

/// Most answers kept; the largest, a map of all gaps, is a few megabytes.
const MOST_KEPT: u64 = 32;

/// How many may wait for their turn; more are refused.
const WAITING: usize = 16;

/// The cache.
#[derive(Debug)]
pub struct Covers {
    by_question: Cache<(Edition, String), Arc<Report>>,
    turns: Turns,
}

impl Default for Covers {
    fn default() -> Self {
        Self::new()
    }
}

impl Covers {
    /// Lets go of everything: it was made of another log.
    pub(super) fn forget(&self) {
        self.by_question.invalidate_all();
    }

    /// An empty cache.
    pub fn new() -> Self {
        Self {
            by_question: Cache::builder().max_capacity(MOST_KEPT).build(),
            turns: Turns::new(1, WAITING),
        }
    }
}

impl Session {
    /// The answer to a question: from memory, or computed.
    ///
    /// # Errors
    /// [`SessionError`].
    pub async fn coverage(
        self: &Arc<Self>,
        snapshot: &Snapshot,
        mut question: Question,
    ) -> Result<Arc<Report>, SessionError> {
        let risk = question.risk_mut();
        (*risk, _) = self.resolved(risk.clone()).await?;
        let units = self.units_for(question.request().risk.window);
        let name = (snapshot.data(), format!("{question:?} {units:?}"));
        let (session, snapshot) = (self.clone(), snapshot.clone());
        // Goes on when whoever asked has left: the next one will want it.
        let computing = async move {
            let work = async move { session.compute_coverage(&snapshot, &question, units).await };
            tokio::spawn(work)
                .await
                .map_err(|_| SessionError::BrokenOff)?
        };
        self.covers
            .by_question
            .try_get_with(name, computing)
            .await
            .map_err(|shared: Arc<SessionError>| SessionError::clone(&shared))
    }

    /// The units that a window is about: the board's, or the layer's.
    fn units_for(&self, window: Window) -> UnitsNow {
        let now = self.live.now();
        let from = UnitsFrom::of(window, now);
        let ground = self.live.ground();
        let units = match from {
            UnitsFrom::Board => ground.units_now(&self.live.board(), now),
            // The board that says nothing.
            UnitsFrom::Layer => ground.units_now(&Board::default(), now),
        };
        UnitsNow { units, from }
    }

    async fn compute_coverage(
        self: &Arc<Self>,
        snapshot: &Snapshot,
        question: &Question,
        units: UnitsNow,
    ) -> Result<Arc<Report>, SessionError> {
        let _turn = self.covers.turns.turn().await?;
        let started = tokio::time::Instant::now();
        // Wrong and unanswerable questions first: a surface takes its time.
        question.refuse()?;
        let Some(network) = snapshot.roads(self.workspace()).await? else {
            return Err(CoverageJobError::NoRoads.into());
        };
        let surface = self
            .surface(snapshot, question.request().risk.clone())
            .await?;
        let kept = Kept {
            network: Some(network),
            surface: Some(surface.fine.surface.clone()),
            units: Some(units),
        };
        let report = answer(self.workspace(), kept, question).await?;
        counter!("frontbeat_coverage_computed_total").increment(1);
        histogram!("frontbeat_coverage_seconds").record(started.elapsed().as_secs_f64());
        Ok(Arc::new(report))
    }
}
