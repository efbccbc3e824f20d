//! Frozen forecasts of the open workspace, and the caretaker: it keeps the record of the
//! models, freezes what stands, and scores what is over, while the service runs.

use std::collections::BTreeSet;
use std::sync::Arc;
use std::time::Duration;

use crate::app::clock;
use crate::app::forecast::{Due, FreezeRequest, Listed, freeze, frozen_card, newest, score_due};
use crate::app::record::of_all;
use crate::app::session::error::SessionError;
use crate::app::session::{DEFAULT_RESOLUTION, Readiness, Session};
use crate::app::standing_forecasts::freeze_due;
use crate::calendar::cadence::Cadence;
use crate::risk::forecast::Forecast;
use crate::risk::scorecard::{Question, Scorecard};

/// How often the caretaker looks around.
const EVERY: Duration = Duration::from_secs(30);

impl Session {
    /// The newest forecasts in one line each, those that end last first.
    ///
    /// # Errors
    /// [`SessionError`].
    pub async fn forecasts(&self, limit: u32) -> Result<Vec<Listed>, SessionError> {
        Ok(newest(self.workspace(), limit).await?)
    }

    /// A frozen forecast.
    ///
    /// # Errors
    /// [`SessionError`].
    pub async fn forecast(&self, id: &str) -> Result<Option<Forecast>, SessionError> {
        Ok(self.workspace().forecast(id).await?)
    }

    /// Freezes a question for a window that lies ahead, by all contenders.
    ///
    /// # Errors
    /// [`SessionError`].
    pub async fn freeze(
        self: &Arc<Self>,
        request: FreezeRequest,
    ) -> Result<Vec<Forecast>, SessionError> {
        let session = self.clone();
        // A task of its own: what was begun is finished when whoever asked has left.
        let freezing = tokio::spawn(async move {
            let _turn = session.records.turns.turn().await?;
            Ok(freeze(session.workspace(), &request, clock::now()).await?)
        });
        freezing.await.map_err(|_| SessionError::BrokenOff)?
    }

    /// How frozen forecasts of a question did in the last twelve weeks.
    ///
    /// # Errors
    /// [`SessionError`].
    pub async fn frozen_card(
        &self,
        question: &Question,
        cadence: Cadence,
    ) -> Result<Option<Scorecard>, SessionError> {
        Ok(frozen_card(self.workspace(), question, cadence, clock::now()).await?)
    }

    /// Looks after records and forecasts until the task is dropped. A fault is said once
    /// and tried again; what is served does not wait for any of it.
    pub async fn take_care(self: Arc<Self>) {
        let mut ready = self.readiness.subscribe();
        if ready
            .wait_for(|now| !matches!(now, Readiness::Warming(_)))
            .await
            .is_err()
        {
            return;
        }
        let mut seen = Seen::default();
        let is_shared = self.workspace().is_shared();
        loop {
            // Of services that share a workspace one looks after it; the others find its
            // records there.
            if self.live.leads() || !is_shared {
                self.look_around(&mut seen).await;
            }
            tokio::time::sleep(EVERY).await;
        }
    }

    /// Each job by itself, so that a fault of one does not keep the others.
    async fn look_around(self: &Arc<Self>, seen: &mut Seen) {
        let version = self.snapshot().data_version;
        let data_changed = seen.version != Some(version);
        let mut faults = Vec::new();
        if data_changed {
            match self.record(of_all(DEFAULT_RESOLUTION)).await {
                // A new workspace has too little to score.
                Ok(_) | Err(SessionError::Backtest(_) | SessionError::Risk(_)) => {}
                Err(other) => faults.push(other.to_string()),
            }
        }
        if self.read_only_because().is_none() {
            match self.score_and_freeze(data_changed, seen).await {
                Ok(()) => {}
                Err(fault) => faults.push(fault.to_string()),
            }
        }
        if faults.is_empty() {
            seen.version = Some(version);
        }
        let fault = faults.join("; ");
        if fault != seen.fault && !fault.is_empty() {
            tracing::warn!(%fault, "records and forecasts are not up to date");
        }
        seen.fault = fault;
    }

    async fn score_and_freeze(
        &self,
        data_changed: bool,
        seen: &mut Seen,
    ) -> Result<(), SessionError> {
        let _turn = self.records.turns.turn().await?;
        let due = if data_changed {
            Due::Changed
        } else {
            Due::Unscored
        };
        let scored = score_due(self.workspace(), due, clock::now()).await;
        let frozen = freeze_due(self.workspace(), clock::now()).await?;
        let scored = scored?;
        for id in scored.forged {
            if seen.forged.insert(id.clone()) {
                tracing::warn!(forecast = id, "is not what was frozen, and is not scored");
            }
        }
        if scored.added + frozen > 0 {
            tracing::info!(scored = scored.added, frozen, "forecasts");
        }
        Ok(())
    }
}

/// What the caretaker has seen and said.
#[derive(Debug, Default)]
struct Seen {
    /// The data version that records and scores are of.
    version: Option<u64>,
    fault: String,
    forged: BTreeSet<String>,
}
