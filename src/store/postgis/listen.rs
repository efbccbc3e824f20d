//! Being told that something was logged, rather than asking every second: the server's
//! `NOTIFY` at the commit of whoever wrote. And what services tell each other that is not
//! worth a row.
//!
//! It is a hint, not the news: what is new is read from the log by its numbers. So nothing is
//! lost where the hint is, as behind a pooler that hands one session to many.

use std::sync::Arc;
use std::time::Duration;

use sqlx::postgres::{PgListener, PgPoolOptions};
use sqlx::{AssertSqlSafe, Executor};
use tokio::sync::{broadcast, watch};
use tokio::time::{sleep, timeout};

use crate::store::postgis::given_up::silent;
use crate::store::postgis::pools::{NOTICE_THE_LOST, quiet};
use crate::store::postgis::reach::Reach;

/// As in the trigger `events_are_told`; the payload is the schema.
const EVENTS: &str = "frontbeat_events";

/// What services tell each other; the payload is the schema, a space, and what is told.
pub const WORDS: &str = "frontbeat_words";

/// Longest payload that PostgreSQL takes, bytes, less one.
pub const LONGEST: usize = 7_999;

/// How long a connection, or an answer on it, may take.
const PATIENCE: Duration = Duration::from_secs(5);

/// After so long in which nothing is told the connection is tried: it may have died without a
/// word, and whoever only listens would never know.
const QUIET: Duration = Duration::from_secs(20);

/// How soon it is connected again.
const AGAIN: Duration = Duration::from_millis(500);

/// Words that a listener may lag behind.
const LAG: usize = 256;

/// What is heard of one schema.
#[derive(Debug, Clone)]
pub struct Heard {
    /// Counts what was logged.
    pub events: watch::Sender<u64>,
    /// What services tell each other, those that tell it too.
    pub words: broadcast::Sender<String>,
}

impl Default for Heard {
    /// Nothing so far.
    fn default() -> Self {
        Self {
            events: watch::Sender::new(0),
            words: broadcast::Sender::new(LAG),
        }
    }
}

impl Heard {
    /// Listens until the task is dropped, to whatever host is the present one.
    pub async fn listen(self, reach: Arc<Reach>, schema: String) {
        let mut moves = reach.moves();
        loop {
            // Nobody may listen at a standby: it is asked.
            if !reach.is_primary() {
                sleep(AGAIN).await;
                continue;
            }
            tokio::select! {
                heard = self.listen_once(&reach, &schema) => if let Err(fault) = heard {
                    tracing::debug!(%fault, "the server is asked, not listened to");
                },
                _ = moves.changed() => {}
            }
            sleep(AGAIN).await;
        }
    }

    async fn listen_once(&self, reach: &Reach, schema: &str) -> Result<(), sqlx::Error> {
        let pool = PgPoolOptions::new()
            .max_connections(1)
            .acquire_timeout(PATIENCE)
            .after_connect(|conn, _| {
                let settings = sqlx::raw_sql(AssertSqlSafe(NOTICE_THE_LOST));
                Box::pin(async move { conn.execute(settings).await.map(|_| ()) })
            })
            .connect_lazy_with(quiet(reach.pools().host()));
        let mut listener = PgListener::connect_with(&pool).await?;
        listener.eager_reconnect(false);
        let listening = timeout(PATIENCE, listener.listen_all([EVENTS, WORDS]));
        listening.await.map_err(|_| silent())??;
        // Something may have been logged before: look at once.
        self.events.send_modify(|count| *count += 1);
        loop {
            let Ok(told) = timeout(QUIET, listener.try_recv()).await else {
                let trying = timeout(PATIENCE, listener.execute("SELECT 1"));
                trying.await.map_err(|_| silent())??;
                continue;
            };
            let Some(told) = told? else {
                return Ok(());
            };
            let payload = told.payload();
            match (told.channel(), payload.split_once(' ')) {
                (EVENTS, _) if payload == schema => self.events.send_modify(|count| *count += 1),
                (WORDS, Some((of, words))) if of == schema => {
                    // Nobody may be listening.
                    let _ = self.words.send(words.to_owned());
                }
                _ => {}
            }
        }
    }
}
