//! The models' records in memory, by what was asked at a data version. Who asks for a
//! record that is being scored waits for that scoring. One is scored at a time and few may
//! wait, so that the map's surfaces always find a turn of their own.

use std::sync::Arc;

use moka::future::Cache;
use tokio::sync::Semaphore;

use crate::app::record::{ModelRecord, RecordRequest, model_record};
use crate::app::session::Session;
use crate::app::session::error::SessionError;

/// Records kept; each is about twelve weeks of sums.
const MOST: u64 = 64;

/// How many may wait for their turn; more are refused.
const WAITING: usize = 4;

/// The cache.
#[derive(Debug)]
pub struct Records {
    by_request: Cache<(u64, RecordRequest), Arc<ModelRecord>>,
    turns: Semaphore,
    places: Semaphore,
}

impl Default for Records {
    fn default() -> Self {
        Self::new()
    }
}

impl Records {
    /// An empty cache.
    pub fn new() -> Self {
        Self {
            by_request: Cache::new(MOST),
            turns: Semaphore::new(1),
            places: Semaphore::new(1 + WAITING),
        }
    }
}

impl Session {
    /// The models' record for what was asked: from memory, or scored.
    ///
    /// # Errors
    /// [`SessionError`].
    pub async fn record(
        self: &Arc<Self>,
        request: RecordRequest,
    ) -> Result<Arc<ModelRecord>, SessionError> {
        let key = (self.snapshot().data_version, request.clone());
        let session = self.clone();
        let scoring = async move {
            tokio::spawn(async move {
                let Ok(_place) = session.records.places.try_acquire() else {
                    return Err(SessionError::Overloaded);
                };
                let Ok(_turn) = session.records.turns.acquire().await else {
                    return Err(SessionError::BrokenOff);
                };
                let record = model_record(session.workspace(), &request).await?;
                Ok::<_, SessionError>(Arc::new(record))
            })
            .await
            .map_err(|_| SessionError::BrokenOff)?
        };
        self.records
            .by_request
            .try_get_with(key, scoring)
            .await
            .map_err(|shared: Arc<SessionError>| SessionError::clone(&shared))
    }
}
