//! Being told that something was logged, rather than asking every second: the server's
//! `NOTIFY` at the commit of whoever wrote.
//!
//! It is a hint, not the news: what is new is read from the log by its numbers. So nothing is
//! lost where the hint is, as behind a pooler that hands one session to many.

use std::time::Duration;

use sqlx::PgPool;
use sqlx::postgres::{PgConnectOptions, PgListener, PgPoolOptions};
use tokio::sync::Mutex;
use tokio::time::{Instant, sleep_until, timeout_at};

/// As in the trigger `events_are_told`; the payload is the schema.
const CHANNEL: &str = "frontbeat_events";

/// Waits for what is logged in one schema.
#[derive(Debug)]
pub struct Listening {
    /// One connection, made when somebody first waits.
    pool: PgPool,
    listener: Mutex<Option<PgListener>>,
}

impl Listening {
    /// To a server; nothing is connected so far.
    pub fn new(options: PgConnectOptions) -> Self {
        Self {
            pool: PgPoolOptions::new()
                .max_connections(1)
                .connect_lazy_with(options),
            listener: Mutex::new(None),
        }
    }

    /// Returns when something was logged in the schema, or after so long at most.
    pub async fn wait(&self, schema: &str, at_most: Duration) {
        let end = Instant::now() + at_most;
        let mut slot = self.listener.lock().await;
        if slot.is_none() {
            match timeout_at(end, self.connect()).await {
                // Something may have been logged before: look at once.
                Ok(Ok(listener)) => {
                    *slot = Some(listener);
                    return;
                }
                Ok(Err(fault)) => tracing::debug!(%fault, "the server is asked, not listened to"),
                Err(_) => return,
            }
        }
        let Some(listener) = slot.as_mut() else {
            return sleep_until(end).await;
        };
        loop {
            match timeout_at(end, listener.recv()).await {
                Ok(Ok(told)) if told.payload() == schema => return,
                Ok(Ok(_)) => {}
                Ok(Err(fault)) => {
                    tracing::debug!(%fault, "the server is no longer listened to");
                    *slot = None;
                    return sleep_until(end).await;
                }
                Err(_) => return,
            }
        }
    }

    async fn connect(&self) -> Result<PgListener, sqlx::Error> {
        let mut listener = PgListener::connect_with(&self.pool).await?;
        listener.listen(CHANNEL).await?;
        Ok(listener)
    }

    /// Lets go of the connection.
    pub async fn close(&self) {
        self.listener.lock().await.take();
        self.pool.close().await;
    }
}
