//! Frozen forecasts of the open workspace, and the caretaker: it keeps the record of the
//! models, freezes what stands, and scores what is over, while the service runs.

use std::sync::Arc;
use std::time::Duration;

use crate::app::clock;
use crate::app::forecast::{
    Due, FreezeRequest, freeze, freeze_due, frozen_card, newest, score_due,
};
use crate::app::record::of_all;
use crate::app::session::error::SessionError;
use crate::app::session::{DEFAULT_RESOLUTION, Readiness, Session};
use crate::calendar::cadence::Cadence;
use crate::risk::forecast::{Forecast, ForecastSummary};
use crate::risk::scorecard::{Question, Scorecard};

/// How often the caretaker looks around.
const EVERY: Duration = Duration::from_secs(30);

impl Session {
    /// The newest forecasts in one line each, those that end last first.
    ///
    /// # Errors
    /// [`SessionError`].
    pub async fn forecasts(&self, limit: u32) -> Result<Vec<ForecastSummary>, SessionError> {
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
    pub async fn freeze(&self, request: &FreezeRequest) -> Result<Vec<Forecast>, SessionError> {
        let _turn = self.records.turn().await?;
        Ok(freeze(self.workspace(), request, clock::now()).await?)
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
        let mut of_version = None;
        let mut said = String::new();
        loop {
            let version = self.snapshot().data_version;
            let fault = match self.look_around(of_version != Some(version)).await {
                Ok(()) => {
                    of_version = Some(version);
                    String::new()
                }
                Err(fault) => fault.to_string(),
            };
            if fault != said && !fault.is_empty() {
                tracing::warn!(%fault, "records and forecasts are not up to date");
            }
            said = fault;
            tokio::time::sleep(EVERY).await;
        }
    }

    async fn look_around(self: &Arc<Self>, data_changed: bool) -> Result<(), SessionError> {
        if data_changed {
            match self.record(of_all(DEFAULT_RESOLUTION)).await {
                // A new workspace has too little to score.
                Err(SessionError::Backtest(why)) => tracing::debug!(%why, "no record so far"),
                Err(SessionError::Risk(why)) => tracing::debug!(%why, "no record so far"),
                other => {
                    other?;
                }
            }
        }
        if self.read_only_because().is_some() {
            return Ok(());
        }
        let due = if data_changed {
            Due::Changed
        } else {
            Due::Unscored
        };
        let scored = score_due(self.workspace(), due, clock::now()).await?;
        let frozen = freeze_due(self.workspace(), clock::now()).await?;
        if scored + frozen > 0 {
            tracing::info!(scored, frozen, "forecasts");
        }
        Ok(())
    }
}
