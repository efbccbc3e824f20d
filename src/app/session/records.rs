//! The models' records in memory, by what was asked at a data version. Who asks for a
//! record that is being scored waits for that scoring.

use std::sync::Arc;

use moka::future::Cache;

use crate::app::record::{ModelRecord, RecordRequest, model_record};
use crate::app::session::Session;
use crate::app::session::error::SessionError;

/// Records kept; each is about twelve weeks of sums.
const MOST: u64 = 64;

/// The cache.
#[derive(Debug)]
pub struct Records {
    by_request: Cache<(u64, RecordRequest), Arc<ModelRecord>>,
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
        }
    }
}

impl Session {
    /// The models' record for what was asked: from memory, or scored. One is scored at a
    /// time, in the same turns as surfaces, so that the map goes first.
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
                let _turn = session.surfaces.turn().await?;
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
