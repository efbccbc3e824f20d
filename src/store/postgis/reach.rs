//! Whether the server answers, and which of its hosts is the primary: asked every second
//! while a service runs.
//!
//! While it does not answer, whoever wants a connection is told so at once, instead of
//! waiting in a long row; when it is silent, connections are given up and made anew. So no
//! pool is ever used up by what nobody will answer any more. That the connection on which it
//! is asked was lost says nothing: it is asked on another one first.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, PoisonError, RwLock};
use std::time::Duration;

use sqlx::postgres::PgConnectOptions;
use sqlx::{ConnectOptions, Connection as _, PgConnection};
use tokio::sync::watch;
use tokio::time::{Instant, sleep, timeout};

use crate::store::address::host_of;
use crate::store::error::StoreError;
use crate::store::postgis::given_up::GivenUp;
use crate::store::postgis::pools::{Pools, Recipe, is_primary, quiet};

/// How often it is asked.
const EVERY: Duration = Duration::from_secs(1);

/// How long it may take to answer…
const SILENCE: Duration = Duration::from_secs(3);

/// …and then on another connection.
const SECOND_SILENCE: Duration = Duration::from_secs(2);

/// The way to one workspace on a server.
#[derive(Debug)]
pub struct Reach {
    hosts: Vec<PgConnectOptions>,
    recipe: Recipe,
    pools: RwLock<Arc<Pools>>,
    /// Whether the present host was a primary when it was asked last.
    primary: AtomicBool,
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
    pub fn new(
        hosts: Vec<PgConnectOptions>,
        host: PgConnectOptions,
        is_primary: bool,
        recipe: Recipe,
    ) -> Self {
        Self {
            primary: AtomicBool::new(is_primary),
            pools: RwLock::new(Arc::new(Pools::new(recipe.clone(), host))),
            hosts,
            recipe,
            away: watch::Sender::new(None),
            moved: watch::Sender::new(0),
        }
    }

    /// The connections as they are now; new ones to the same host where those were given up.
    pub fn pools(&self) -> Arc<Pools> {
        let pools = {
            let pools = self.pools.read().unwrap_or_else(PoisonError::into_inner);
            pools.clone()
        };
        match pools.are_given_up() {
            true => self.replace(Some(&pools), pools.host().clone()),
            false => pools,
        }
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

    /// The connections, where the server answers and is no standby.
    ///
    /// # Errors
    /// [`StoreError::Unreachable`], [`StoreError::NotWritable`].
    pub fn writable(&self) -> Result<Arc<Pools>, StoreError> {
        let pools = self.answering()?;
        match self.is_primary() {
            true => Ok(pools),
            false => Err(StoreError::NotWritable {
                path: self.recipe.shown.to_string(),
                why: "the server is a standby; promote it, or name the primary too".into(),
            }),
        }
    }

    /// Whether the present host was a primary when it was asked last.
    pub fn is_primary(&self) -> bool {
        self.primary.load(Ordering::Acquire)
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
            let pools = self.pools();
            match ask_twice(&mut asking, &pools).await {
                Ok(is_primary) => {
                    self.primary.store(is_primary, Ordering::Release);
                    self.is_here();
                    if !is_primary && self.recipe.writing.is_some() {
                        self.look_elsewhere().await;
                    }
                }
                Err(fault) => {
                    self.is_away(why(&fault));
                    if is_silence(&fault) {
                        self.move_to(pools.host().clone());
                    }
                    self.look_elsewhere().await;
                }
            }
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
                self.primary.store(is_primary, Ordering::Release);
                self.move_to(host.clone());
                self.is_here();
                return;
            }
        }
    }

    fn move_to(&self, host: PgConnectOptions) {
        self.replace(None, host);
    }

    /// Gives the connections up for others; where they are not `only` these any more, somebody
    /// else has done it.
    fn replace(&self, only: Option<&Arc<Pools>>, host: PgConnectOptions) -> Arc<Pools> {
        let (old, new) = {
            let mut pools = self.pools.write().unwrap_or_else(PoisonError::into_inner);
            if only.is_some_and(|only| !Arc::ptr_eq(only, &pools)) {
                return pools.clone();
            }
            let new = Arc::new(Pools::new(self.recipe.clone(), host));
            (std::mem::replace(&mut *pools, new.clone()), new)
        };
        old.give_up();
        self.moved.send_modify(|moved| *moved += 1);
        new
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

/// Asks the present host; whether it is a primary. Where the connection on which it is asked
/// does not do any more, another one may.
async fn ask_twice(asking: &mut Option<PgConnection>, pools: &Pools) -> Result<bool, sqlx::Error> {
    let fault = match timeout(SILENCE, ask(asking, pools.host())).await {
        Ok(Ok(is_primary)) => return Ok(is_primary),
        Ok(Err(fault)) => fault,
        Err(_) => silence(),
    };
    // Broken off in the midst of an answer it can't be asked again.
    *asking = None;
    let mut other = None;
    let anew = async {
        match ask(&mut other, pools.host()).await {
            Ok(is_primary) => Ok(is_primary),
            // It lets nobody in, and those who are in may work.
            Err(fault) => pools.ask_primary().await.ok_or(fault),
        }
    };
    let again = async {
        tokio::select! {
            answer = anew => answer,
            Some(is_primary) = pools.ask_primary() => Ok(is_primary),
        }
    };
    let answer = timeout(SECOND_SILENCE, again).await;
    *asking = other;
    answer.unwrap_or(Err(fault))
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
    is_primary(conn).await
}

fn silence() -> sqlx::Error {
    let why = "it does not answer";
    sqlx::Error::Io(std::io::Error::new(std::io::ErrorKind::TimedOut, why))
}

fn is_silence(fault: &sqlx::Error) -> bool {
    matches!(fault, sqlx::Error::Io(io) if io.kind() == std::io::ErrorKind::TimedOut)
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
