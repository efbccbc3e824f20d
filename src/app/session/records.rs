//! The models' records in memory, by what was asked at a data version. Who asks for a
//! record that is being scored waits for that scoring. One is scored at a time and few may
//! wait, so that the map's surfaces always find a turn of their own.

use std::sync::Arc;

use moka::future::Cache;

use crate::app::record::{BEST, TrustedModel, of_all, scorecard, trusted};
use crate::app::risk::RiskRequest;
use crate::app::session::Session;
use crate::app::session::error::SessionError;
use crate::app::session::snapshot::Edition;
use crate::app::session::turns::Turns;
use crate::risk::dispersion::Law;
use crate::risk::scorecard::{Question, Scorecard};
use crate::risk::surface::Provenance;

/// Records kept; each is about twelve weeks of sums.
const MOST: u64 = 64;

/// How many may wait for their turn; more are refused.
const WAITING: usize = 4;

/// The cache.
#[derive(Debug)]
pub struct Records {
    by_question: Cache<(Edition, Question), Arc<Scorecard>>,
    /// To score or to freeze.
    pub turns: Turns,
}

impl Default for Records {
    fn default() -> Self {
        Self::new()
    }
}

impl Records {
    /// Lets go of everything: it was made of another log.
    pub(super) fn forget(&self) {
        self.by_question.invalidate_all();
    }

    /// An empty cache.
    pub fn new() -> Self {
        Self {
            by_question: Cache::new(MOST),
            turns: Turns::new(1, WAITING),
        }
    }
}

impl Session {
    /// The models' record for a question: from memory, from the workspace, or scored.
    ///
    /// # Errors
    /// [`SessionError`].
    pub async fn record(
        self: &Arc<Self>,
        question: Question,
    ) -> Result<Arc<Scorecard>, SessionError> {
        let key = (self.snapshot().data(), question.clone());
        let session = self.clone();
        let scoring = async move {
            tokio::spawn(async move {
                let _turn = session.records.turns.turn().await?;
                let record = scorecard(session.workspace(), &question).await?;
                Ok::<_, SessionError>(Arc::new(record))
            })
            .await
            .map_err(|_| SessionError::BrokenOff)?
        };
        self.records
            .by_question
            .try_get_with(key, scoring)
            .await
            .map_err(|shared: Arc<SessionError>| SessionError::clone(&shared))
    }

    /// The model that the records known so far speak for; nothing is scored.
    ///
    /// # Errors
    /// [`SessionError::Store`].
    pub async fn trusted_model(&self, question: &Question) -> Result<TrustedModel, SessionError> {
        let version = self.snapshot().data();
        if let Some(card) = self.records.known(version, question).await {
            return Ok(TrustedModel::by_record(card));
        }
        let all = of_all(question.resolution);
        let kept = trusted(self.workspace(), question).await?;
        // A workspace that can't be written to has its records in memory only.
        match self.records.known(version, &all).await {
            Some(card) if kept.is_without_record() => Ok(TrustedModel::by_record_of_all(card)),
            _ => Ok(kept),
        }
    }

    /// A request with the model that the records speak for where [`BEST`] is asked for,
    /// and what they say.
    ///
    /// # Errors
    /// [`SessionError::Store`].
    pub async fn resolved(
        &self,
        mut request: RiskRequest,
    ) -> Result<(RiskRequest, TrustedModel), SessionError> {
        let trusted = self.trusted_model(&request.question()).await?;
        if request.model == BEST {
            request.model.clone_from(&trusted.model);
        }
        Ok((request, trusted))
    }

    /// By what law counts scatter about a surface's expectations: that of its model in the
    /// record of its question or, where there is none so far, of all incidents. None where
    /// the model has no record.
    ///
    /// # Errors
    /// [`SessionError::Store`].
    pub async fn law_of(&self, made: &Provenance) -> Result<Option<Law>, SessionError> {
        let trusted = self.trusted_model(&made.question()).await?;
        Ok(trusted.law_of(&made.model))
    }
}

impl Records {
    async fn known(&self, version: Edition, question: &Question) -> Option<Arc<Scorecard>> {
        self.by_question.get(&(version, question.clone())).await
    }
}
