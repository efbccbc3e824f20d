//! One of the services that share a workspace does what has to be done once (freezing,
//! scoring, tidying up, looking for pillars that are silent): the one that holds a lock on a
//! connection of its own.
//!
//! The server frees it at once when that process is killed, and after some seconds when its
//! machine or network is gone; the next one has it a moment later. For that moment two may
//! think that they lead: what is done is done once all the same, since each of its writes
//! looks in its turn at what is there.

use std::sync::Arc;
use std::time::Duration;

use sqlx::{Executor, PgConnection};
use tokio::sync::watch;
use tokio::time::{sleep, timeout};

use crate::store::postgis::given_up::GivenUp;
use crate::store::postgis::lock::try_to_lead;
use crate::store::postgis::pools::Pools;
use crate::store::postgis::reach::{Reach, connect_alone};

/// How often the lock is tried for, or the connection that holds it is tried.
const EVERY: Duration = Duration::from_millis(500);

/// How long the server may take to answer.
const PATIENCE: Duration = Duration::from_secs(3);

/// A leader whose network is gone, or that does not get on, has lost the lock in 3 s.
const NOTICE_AT_ONCE: &str = "SET tcp_keepalives_idle TO 1; SET tcp_keepalives_interval TO 1; \
     SET tcp_keepalives_count TO 2; SET tcp_user_timeout TO 3000; \
     SET idle_session_timeout TO '3s'";

/// Tries to lead until the task is dropped, and tells whether it does. Whoever is kept from
/// writing leaves it to others.
pub async fn lead(
    reach: Arc<Reach>,
    schema: String,
    kept_from: watch::Receiver<Option<String>>,
    leads: watch::Sender<bool>,
) {
    loop {
        let pools = reach.pools();
        if let Err(why) = lead_by(&reach, &pools, &schema, &kept_from, &leads).await {
            tracing::debug!(why, "does not lead");
        }
        if leads.send_replace(false) {
            tracing::info!("another service does the scheduled work, if there is one");
        }
        sleep(EVERY).await;
    }
}

/// By one connection, until it breaks off or another host is gone on with.
async fn lead_by(
    reach: &Reach,
    pools: &Arc<Pools>,
    schema: &str,
    kept_from: &watch::Receiver<Option<String>>,
    leads: &watch::Sender<bool>,
) -> Result<(), String> {
    if kept_from.borrow().is_some() {
        return Ok(());
    }
    let connecting = timeout(PATIENCE, connect_alone(pools)).await;
    let connected = connecting.map_err(|_| "no connection in time")?;
    let (mut conn, given_up) = connected.map_err(|e| e.to_string())?;
    let setting = given_up.clone().or(conn.execute(NOTICE_AT_ONCE));
    let set = timeout(PATIENCE, setting).await;
    set.map_err(|_| "no answer in time")?
        .map_err(|e| e.to_string())?;
    while Arc::ptr_eq(pools, &reach.pools()) && kept_from.borrow().is_none() {
        let holds = *leads.borrow();
        let asked = timeout(PATIENCE, ask(&mut conn, &given_up, schema, holds)).await;
        let answer = asked.map_err(|_| "no answer in time")?;
        if answer.map_err(|e| e.to_string())? && !leads.send_replace(true) {
            tracing::info!("does the scheduled work from now on");
        }
        sleep(EVERY).await;
    }
    Ok(())
}

/// Whether the lock is held: tried for, or known to be where its session lives.
async fn ask(
    conn: &mut PgConnection,
    given_up: &GivenUp,
    schema: &str,
    holds: bool,
) -> Result<bool, sqlx::Error> {
    let asking = async {
        match holds {
            true => conn.execute("SELECT 1").await.map(|_| true),
            false => try_to_lead(conn, schema).await,
        }
    };
    given_up.clone().or(asking).await
}
