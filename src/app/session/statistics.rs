//! Answers to planners' questions in memory: by what was asked at a data version. One is
//! computed at a time, since each uses all cores; who asks for one that is being computed
//! waits for it.

use std::sync::Arc;

use metrics::{counter, histogram};
use moka::future::Cache;

use crate::app::session::Session;
use crate::app::session::error::SessionError;
use crate::app::session::snapshot::{Edition, Snapshot};
use crate::app::session::turns::Turns;
use crate::app::statistics::report::Report;
use crate::app::statistics::{Question, answer};

/// Most answers kept; the largest, a map of hot spots, is a megabyte or two.
const MOST_KEPT: u64 = 64;

/// How many may wait for their turn; more are refused.
const WAITING: usize = 16;

/// The cache.
#[derive(Debug)]
pub struct Answers {
    by_question: Cache<(Edition, String), Arc<Report>>,
    turns: Turns,
}

impl Default for Answers {
    fn default() -> Self {
        Self::new()
    }
}

impl Answers {
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
    pub async fn statistics(
        self: &Arc<Self>,
        snapshot: &Snapshot,
        mut question: Question,
    ) -> Result<Arc<Report>, SessionError> {
        if let Question::Fairness(asked) = &mut question {
            (asked.forecast, _) = self.resolved(asked.forecast.clone()).await?;
        }
        let name = (snapshot.content(), format!("{question:?}"));
        let session = self.clone();
        // Goes on when whoever asked has left: the next one will want it.
        let computing = async move {
            tokio::spawn(async move { session.compute_statistics(&question).await })
                .await
                .map_err(|_| SessionError::BrokenOff)?
        };
        self.answers
            .by_question
            .try_get_with(name, computing)
            .await
            .map_err(|shared: Arc<SessionError>| SessionError::clone(&shared))
    }

    async fn compute_statistics(&self, question: &Question) -> Result<Arc<Report>, SessionError> {
        let _turn = self.answers.turns.turn().await?;
        let started = tokio::time::Instant::now();
        let report = answer(self.workspace(), question).await?;
        counter!("frontbeat_statistics_computed_total").increment(1);
        histogram!("frontbeat_statistics_seconds").record(started.elapsed().as_secs_f64());
        Ok(Arc::new(report))
    }
}
