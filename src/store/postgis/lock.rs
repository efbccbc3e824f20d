//! One writer at a time: an advisory lock of the writing session, named after the schema.
//!
//! The server frees it when the session ends, however it ends. A connection that was lost
//! lost its lock too, so that a new one has to win it again before it writes.

use std::sync::atomic::{AtomicBool, Ordering};

use sqlx::PgConnection;

use crate::store::error::StoreError;
use crate::store::postgis::fault::database_fault;

/// Whether the present writing session holds the lock.
#[derive(Debug, Default)]
pub struct WriterLock {
    held: AtomicBool,
}

impl WriterLock {
    /// A new session has no lock.
    pub fn forget(&self) {
        self.held.store(false, Ordering::Release);
    }

    /// Takes the lock of a schema's workspace, without waiting; nothing to do where the
    /// session holds it.
    ///
    /// # Errors
    /// [`StoreError::Busy`] where another session holds it.
    pub async fn take(
        &self,
        conn: &mut PgConnection,
        schema: &str,
        shown: &str,
    ) -> Result<(), StoreError> {
        if self.held.load(Ordering::Acquire) {
            return Ok(());
        }
        let taken: bool = sqlx::query_scalar(
            "SELECT pg_try_advisory_lock(hashtextextended('frontbeat writes ' || $1, 0))",
        )
        .bind(schema)
        .fetch_one(conn)
        .await
        .map_err(|e| database_fault(shown, e))?;
        if !taken {
            return Err(StoreError::Busy {
                path: shown.to_owned(),
            });
        }
        self.held.store(true, Ordering::Release);
        Ok(())
    }
}
