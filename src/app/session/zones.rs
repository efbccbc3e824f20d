//! Drafts of zones in memory: by what was asked at a data version. One is computed at a
//! time, since each uses all cores; who asks for one that is being computed waits for it.
//! Whoever leaves before their turn leaves the queue too; what was begun is finished and
//! kept, since a planner turns back to it.

use std::sync::Arc;

use metrics::{counter, histogram};
use moka::future::Cache;

use crate::app::session::Session;
use crate::app::session::error::SessionError;
use crate::app::session::snapshot::{Edition, Snapshot};
use crate::app::session::turns::Turns;
use crate::app::zones::report::ZonesReport;
use crate::app::zones::{ZonesRequest, draft};

/// Most drafts kept; a large one, with its outlines, is a few megabytes.
const MOST_KEPT: u64 = 24;

/// How many may wait for their turn; more are refused.
const WAITING: usize = 8;

/// The cache.
#[derive(Debug)]
pub struct Drafts {
    by_question: Cache<(Edition, String), Arc<ZonesReport>>,
    turns: Turns,
}

impl Default for Drafts {
    fn default() -> Self {
        Self::new()
    }
}

impl Drafts {
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
    /// The draft (or comparison) that is asked for: from memory, or computed.
    ///
    /// # Errors
    /// [`SessionError`].
    pub async fn zones(
        self: &Arc<Self>,
        snapshot: &Snapshot,
        mut request: ZonesRequest,
    ) -> Result<Arc<ZonesReport>, SessionError> {
        (request.risk, _) = self.resolved(request.risk).await?;
        let name = (snapshot.data(), format!("{request:?}"));
        let (session, snapshot) = (self.clone(), snapshot.clone());
        let computing = async move {
            let turn = session.drafts.turns.turn().await?;
            tokio::spawn(async move {
                let _turn = turn;
                session.compute_zones(&snapshot, &request).await
            })
            .await
            .map_err(|_| SessionError::BrokenOff)?
        };
        self.drafts
            .by_question
            .try_get_with(name, computing)
            .await
            .map_err(|shared: Arc<SessionError>| SessionError::clone(&shared))
    }

    async fn compute_zones(
        &self,
        snapshot: &Snapshot,
        request: &ZonesRequest,
    ) -> Result<Arc<ZonesReport>, SessionError> {
        let started = tokio::time::Instant::now();
        let network = snapshot.roads(self.workspace()).await?;
        let report = draft(self.workspace(), network, request).await?;
        counter!("frontbeat_zones_drafted_total").increment(1);
        histogram!("frontbeat_zones_seconds").record(started.elapsed().as_secs_f64());
        Ok(Arc::new(report))
    }
}
