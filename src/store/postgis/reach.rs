//! Whether the server answers, and which of its hosts is the primary: asked every second
//! while a service runs.
//!
//! While it does not answer, whoever wants a connection is told so at once, instead of
//! waiting in a long row; when it is silent, connections are given up and made anew. So no
//! pool is ever used up by what nobody will answer any more.

use std::sync::{Arc, PoisonError, RwLock};
use std::time::Duration;

use sqlx::postgres::PgConnectOptions;
use sqlx::{ConnectOptions, Connection as _, PgConnection};
use tokio::sync::watch;
use tokio::time::{Instant, sleep, timeout};

use crate::store::address::host_of;
use crate::store::error::StoreError;
use crate::store::postgis::given_up::GivenUp;
use crate::store::postgis::pools::{Pools, Recipe, quiet};

/// How often it is asked.
const EVERY: Duration = Duration::from_secs(1);

/// How long it may take to answer.
const SILENCE: Duration = Duration::from_secs(5);

/// The way to one workspace on a server.
#[derive(Debug)]
pub struct Reach {
    hosts: Vec<PgConnectOptions>,
    recipe: Recipe,
    pools: RwLock<Arc<Pools>>,
    away: watch::Sender<Option<Away>>,
    /// Counts the hosts and connections that were left for others.
    moved: watch::Sender<u64>,
}

/// Since when it does not answer, and what is heard instead.
#[derive(Debug, Clone)]
struct Away {
    since: Instant,
    why: String,
}

impl Reach {
    /// By one of the hosts to begin with; nothing is connected so far.
    pub fn new(hosts: Vec<PgConnectOptions>, host: PgConnectOptions, recipe: Recipe) -> Self {
        Self {
            pools: RwLock::new(Arc::new(Pools::new(recipe.clone(), host))),
            hosts,
            recipe,
            away: watch::Sender::new(None),
            moved: watch::Sender::new(0),
        }
    }

    /// The connections as they are now.
    pub fn pools(&self) -> Arc<Pools> {
        let pools = self.pools.read().unwrap_or_else(PoisonError::into_inner);
        pools.clone()
    }

    /// The connections, where the server answers.
    ///
    /// # Errors
    /// [`StoreError::Unreachable`].
    pub fn answering(&self) -> Result<Arc<Pools>, StoreError> {
        match &*self.away.borrow() {
            None => Ok(self.pools()),
            Some(away) => Err(StoreError::Unreachable {
                path: self.recipe.shown.to_string(),
                why: format!("{}; since {} s", away.why, away.since.elapsed().as_secs()),
            }),
        }
    }

    /// Whether it answered when it was asked last.
    pub fn answers(&self) -> bool {
        self.away.borrow().is_none()
    }

    /// Tells when connections should be made anew.
    pub fn moves(&self) -> watch::Receiver<u64> {
        self.moved.subscribe()
    }

    /// Asks every second, until the task is dropped.
    pub async fn watch(&self) {
        let mut asking: Option<PgConnection> = None;
        loop {
            sleep(EVERY).await;
            let host = self.pools().host().clone();
            let is_primary = match timeout(SILENCE, ask(&mut asking, &host)).await {
                Ok(Ok(is_primary)) => is_primary,
                Ok(Err(fault)) => {
                    asking = None;
                    self.is_away(why(&fault));
                    self.look_elsewhere().await;
                    continue;
                }
                Err(_) => {
                    asking = None;
                    self.is_away("it does not answer".into());
                    self.move_to(host);
                    self.look_elsewhere().await;
                    continue;
                }
            };
            if self.recipe.writing.is_some() && !is_primary {
                asking = None;
                self.is_away("it is a standby".into());
                self.look_elsewhere().await;
                continue;
            }
            self.is_here();
        }
    }

    /// Goes to another host that answers, and may be written to where that is wanted.
    async fn look_elsewhere(&self) {
        let here = self.pools().host().clone();
        for host in &self.hosts {
            if host_of(host) == host_of(&here) {
                continue;
            }
            let mut asking = None;
            let answer = timeout(SILENCE, ask(&mut asking, host)).await;
            if let Some(conn) = asking {
                // Nothing was written: a failing close loses nothing.
                let _ = timeout(EVERY, conn.close()).await;
            }
            let wanted = |is_primary| is_primary || self.recipe.writing.is_none();
            if let Ok(Ok(is_primary)) = answer
                && wanted(is_primary)
            {
                tracing::warn!(host = host_of(host), "goes on with another host");
                self.move_to(host.clone());
                self.is_here();
                return;
            }
        }
    }

    fn move_to(&self, host: PgConnectOptions) {
        let new = Arc::new(Pools::new(self.recipe.clone(), host));
        let old = {
            let mut pools = self.pools.write().unwrap_or_else(PoisonError::into_inner);
            std::mem::replace(&mut *pools, new)
        };
        old.give_up();
        self.moved.send_modify(|moved| *moved += 1);
    }

    fn is_away(&self, why: String) {
        let since = self.away.borrow().as_ref().map(|away| away.since);
        if since.is_none() {
            tracing::warn!(%why, "the database's server is away");
        }
        let since = since.unwrap_or_else(Instant::now);
        self.away.send_replace(Some(Away { since, why }));
    }

    fn is_here(&self) {
        if let Some(away) = self.away.send_replace(None) {
            let after_s = away.since.elapsed().as_secs();
            tracing::info!(after_s, "the database's server is back");
        }
    }
}

/// Asks a host; whether it is a primary.
async fn ask(
    asking: &mut Option<PgConnection>,
    host: &PgConnectOptions,
) -> Result<bool, sqlx::Error> {
    let conn = match asking {
        Some(conn) => conn,
        None => asking.insert(quiet(host).connect().await?),
    };
    sqlx::query_scalar("SELECT NOT pg_is_in_recovery()")
        .fetch_one(conn)
        .await
}

fn why(fault: &sqlx::Error) -> String {
    match fault {
        sqlx::Error::Database(said) => said.message().to_owned(),
        other => other.to_string(),
    }
}

/// A connection of one's own, outside of the pools, while these hold.
///
/// # Errors
/// The database's own fault.
pub async fn connect_alone(pools: &Pools) -> Result<(PgConnection, GivenUp), sqlx::Error> {
    let options = quiet(pools.host());
    let conn = pools.given_up().or(options.connect()).await?;
    Ok((conn, pools.given_up()))
}
