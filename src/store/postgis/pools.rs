//! The connections to one host of a server: a few for reading, one for writing, and where the
//! workspace is shared one more for the live board, which waits for nothing in its own process.
//! They are made alike again when they are given up, or when another host has become the primary.
//!
//! Each connection sees the workspace's schema first, then the one that PostGIS is in. Those
//! for reading refuse to write; the one for writing waits for the disk at each commit,
//! whatever the server's default. A server that loses its client notices within seconds, and
//! frees what it held.

use std::sync::Arc;
use std::time::Duration;

use sqlx::postgres::{PgConnectOptions, PgPoolOptions};
use sqlx::{AssertSqlSafe, ConnectOptions, Connection as _, Executor, PgConnection, PgPool};
use tokio::sync::watch;
use tokio::time::timeout;

use crate::store::connection::Connection;
use crate::store::error::StoreError;
use crate::store::postgis::fault::database_fault;
use crate::store::postgis::given_up::{GivenUp, silent};
use crate::store::postgis::lock::{Holding, WriterLock, take_turn};

const READERS: u32 = 8;

/// How long a free connection is waited for.
const PATIENCE: Duration = Duration::from_secs(10);

/// How long a connection that lay idle may take to say that it lives: as long as the server may
/// be silent before its connections are given up (`reach`).
const ALIVE: Duration = Duration::from_secs(5);

/// How long a statement of the live board may take, or of whoever reads the log: longer than
/// it may wait for a lock (`READS`), or wait for it and think in its turn (`TURNS`); by then the
/// server has ended it.
const SOON: Duration = Duration::from_secs(25);

/// How long a statement of any other writer beside others may take, and each part of a copy.
const LONG: Duration = Duration::from_secs(120);

/// A long import holds the one writing connection: others of its process wait for it.
const LONGEST_IMPORT: Duration = Duration::from_secs(120);

/// How long connections may take to close.
const LAST_WORDS: Duration = Duration::from_secs(5);

/// A client that does not answer for 14 s is gone, and what was asked by one that is gone ends
/// within 5 s, where the server's system can tell (all but Windows). A `statement_timeout` would do
/// that for every statement, but also end the long ones that somebody waits for: an export is one
/// statement for as long as its client reads.
pub const NOTICE_THE_LOST: &str = "SET tcp_keepalives_idle TO 5; SET tcp_keepalives_interval TO 3; \
     SET tcp_keepalives_count TO 3; SET tcp_user_timeout TO 14000; \
     DO $$ BEGIN SET client_connection_check_interval TO '5s'; \
     EXCEPTION WHEN invalid_parameter_value THEN NULL; END $$";

/// Whoever reads waits so long for a lock, as behind a change of the tables by hand. Less than
/// [`SOON`]: the server says that it is busy, and takes the next question, before the client gives
/// all its connections up and leaves sessions behind that wait on.
const READS: &str = "SET lock_timeout TO '20s'";

/// Whoever shares a workspace waits so long for its turn, and may think so long in it.
const TURNS: &str = "SET lock_timeout TO '8s'; SET idle_in_transaction_session_timeout TO '10s'";

/// How the connections of a workspace are made.
#[derive(Debug, Clone)]
pub struct Recipe {
    /// The workspace's address, for messages.
    pub shown: Arc<str>,
    /// The workspace's schema.
    pub schema: String,
    /// The schema that PostGIS is in.
    pub postgis: String,
    /// How it is written to; none where it is only read.
    pub writing: Option<Holding>,
}

/// The connections to one host.
#[derive(Debug)]
pub struct Pools {
    recipe: Recipe,
    host: PgConnectOptions,
    reader: PgPool,
    writer: Option<Writer>,
    board: Option<Writer>,
    given_up: watch::Sender<bool>,
}

#[derive(Debug)]
struct Writer {
    pool: PgPool,
    lock: Arc<WriterLock>,
}

impl Pools {
    /// To a host; nothing is connected so far.
    pub fn new(recipe: Recipe, host: PgConnectOptions) -> Self {
        let path = format!(
            "SET search_path TO {}, \"{}\", public; {NOTICE_THE_LOST}",
            recipe.schema,
            recipe.postgis.replace('"', "\"\"")
        );
        let reading = format!("{path}; SET default_transaction_read_only TO on; {READS}");
        let given_up = watch::Sender::new(false);
        let reader = alive_or(&given_up)
            .max_connections(READERS)
            .acquire_timeout(PATIENCE)
            // Whoever waits says so itself.
            .acquire_slow_threshold(PATIENCE)
            .after_connect(move |conn, _| {
                let settings = sqlx::raw_sql(AssertSqlSafe(reading.clone()));
                Box::pin(async move { conn.execute(settings).await.map(|_| ()) })
            })
            .connect_lazy_with(quiet(&host));
        let shared = recipe.writing.filter(|how| *how == Holding::Shared);
        let board = shared.map(|how| Writer::new(how, &path, &host, &given_up));
        let writer = recipe
            .writing
            .map(|how| Writer::new(how, &path, &host, &given_up));
        Self {
            recipe,
            host,
            reader,
            writer,
            board,
            given_up,
        }
    }

    /// The host.
    pub fn host(&self) -> &PgConnectOptions {
        &self.host
    }

    /// Tells when they are given up.
    pub fn given_up(&self) -> GivenUp {
        GivenUp::when(self.given_up.subscribe())
    }

    /// Whether they are: they should be made anew.
    pub fn are_given_up(&self) -> bool {
        *self.given_up.borrow()
    }

    /// The same as [`Pools::given_up`], and each statement gives them up that is not answered
    /// in time.
    fn within(&self, longest: Duration) -> GivenUp {
        self.given_up().within(longest, self.given_up.clone())
    }

    /// As long as statements of a writer may take: where nobody waits for its turn, for ever.
    fn writes_within(&self) -> GivenUp {
        match self.recipe.writing {
            None | Some(Holding::Alone) => self.given_up(),
            Some(Holding::Shared | Holding::Beside) => self.within(LONG),
        }
    }

    /// A connection for reading.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn read(&self) -> Result<Connection, StoreError> {
        self.read_by(self.given_up()).await
    }

    /// A connection for reading what is there soon.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn read_soon(&self) -> Result<Connection, StoreError> {
        self.read_by(self.within(SOON)).await
    }

    async fn read_by(&self, given_up: GivenUp) -> Result<Connection, StoreError> {
        let conn = given_up.clone().or(self.reader.acquire()).await;
        conn.map(|conn| Connection::postgis_reader(self.recipe.shown.clone(), conn, given_up))
            .map_err(|e| database_fault(&self.recipe.shown, e))
    }

    /// A transaction without the turn, for what is no part of the workspace: it waits for
    /// nobody, and nobody for it.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn begin_aside(&self) -> Result<Connection, StoreError> {
        let shown = &self.recipe.shown;
        let beginning = self.reader.begin_with("BEGIN READ WRITE");
        let given_up = self.writes_within();
        let begun = given_up.clone().or(beginning).await;
        let transaction = begun.map_err(|e| database_fault(shown, e))?;
        Ok(Connection::postgis_writer(
            shown.clone(),
            transaction,
            given_up,
        ))
    }

    /// Takes the lock by which the workspace is held, where it is not; on connections that
    /// were lost, anew.
    ///
    /// # Errors
    /// [`StoreError::Busy`] where another keeps it from it.
    pub async fn hold(&self) -> Result<(), StoreError> {
        let Recipe { shown, schema, .. } = &self.recipe;
        for writer in [&self.writer, &self.board].into_iter().flatten() {
            let is_in_use = writer.pool.size() > 0 && writer.pool.num_idle() == 0;
            // Whoever uses it has taken it.
            if is_in_use && writer.lock.is_held() {
                continue;
            }
            let given_up = self.within(SOON);
            let conn = given_up.clone().or(writer.pool.acquire()).await;
            let mut conn = conn.map_err(|e| database_fault(shown, e))?;
            let taking = async { Ok(writer.lock.take(&mut conn, schema, shown).await) };
            let taken = given_up.or(taking).await;
            taken.map_err(|e| database_fault(shown, e))??;
        }
        Ok(())
    }

    /// Whether the host is a primary, asked on a connection that is free; none where none is,
    /// or none answers.
    pub async fn ask_primary(&self) -> Option<bool> {
        for pool in self.all() {
            let Some(mut conn) = pool.try_acquire() else {
                continue;
            };
            if let Ok(is_primary) = is_primary(&mut conn).await {
                return Some(is_primary);
            }
        }
        None
    }

    /// A transaction that has the turn to write.
    ///
    /// # Errors
    /// [`StoreError::Busy`] where another has the workspace alone by now, or the turn for
    /// too long; [`StoreError::NotWritable`] where it was opened for reading.
    pub async fn begin(&self) -> Result<Connection, StoreError> {
        let writer = self.writer.as_ref();
        self.begin_by(writer, self.writes_within()).await
    }

    /// The same for the live board.
    ///
    /// # Errors
    /// As of [`Pools::begin`].
    pub async fn begin_board(&self) -> Result<Connection, StoreError> {
        match &self.board {
            Some(board) => self.begin_by(Some(board), self.within(SOON)).await,
            None => self.begin().await,
        }
    }

    async fn begin_by(
        &self,
        writer: Option<&Writer>,
        given_up: GivenUp,
    ) -> Result<Connection, StoreError> {
        let Recipe { shown, schema, .. } = &self.recipe;
        let writer = writer.ok_or_else(|| StoreError::NotWritable {
            path: shown.to_string(),
            why: "it was opened for reading".into(),
        })?;
        let fault = |e| database_fault(shown, e);
        let begun = given_up.clone().or(writer.pool.begin()).await;
        let mut transaction = begun.map_err(fault)?;
        let mut refused = None;
        let taking = async {
            if let Err(fault) = writer.lock.take(&mut transaction, schema, shown).await {
                refused = Some(fault);
                return Ok(());
            }
            take_turn(&mut transaction, schema).await
        };
        given_up.clone().or(taking).await.map_err(fault)?;
        match refused {
            Some(refused) => Err(refused),
            None => Ok(Connection::postgis_writer(
                shown.clone(),
                transaction,
                given_up,
            )),
        }
    }

    /// Lets go of all connections, and of whoever waits on one, without waiting for them.
    pub fn give_up(&self) {
        self.given_up.send_replace(true);
        for pool in self.all() {
            // What is stuck is forgotten by the network some day.
            tokio::spawn(async move { timeout(LAST_WORDS, pool.close()).await });
        }
    }

    /// Closes all connections; the server frees the locks. Readers that still hold one finish
    /// first, for [`LAST_WORDS`] at most.
    pub async fn close(&self) {
        let closing = async {
            for pool in self.all() {
                pool.close().await;
            }
            Ok(())
        };
        // One that is stuck, or was given up, is not waited for.
        let _ = timeout(LAST_WORDS, self.given_up().or(closing)).await;
    }
}

impl Pools {
    fn all(&self) -> impl Iterator<Item = PgPool> {
        let writers = [&self.board, &self.writer].into_iter().flatten();
        let writers = writers.map(|writer| writer.pool.clone());
        std::iter::once(self.reader.clone()).chain(writers)
    }
}

impl Writer {
    fn new(
        how: Holding,
        path: &str,
        host: &PgConnectOptions,
        given_up: &watch::Sender<bool>,
    ) -> Self {
        let lock = Arc::new(WriterLock::new(how));
        let forgetting = lock.clone();
        let (patience, turns) = match how {
            Holding::Alone => (LONGEST_IMPORT, ""),
            Holding::Shared | Holding::Beside => (PATIENCE, TURNS),
        };
        let writing = format!("{path}; SET synchronous_commit TO on; {turns}");
        let pool = alive_or(given_up)
            .max_connections(1)
            .idle_timeout(None)
            .max_lifetime(None)
            .acquire_timeout(patience)
            .acquire_slow_threshold(patience)
            .after_connect(move |conn, _| {
                forgetting.forget();
                let settings = sqlx::raw_sql(AssertSqlSafe(writing.clone()));
                Box::pin(async move { conn.execute(settings).await.map(|_| ()) })
            })
            .connect_lazy_with(quiet(host));
        Self { pool, lock }
    }
}

/// How connections of a pool are tried before they are used: one that died while it lay idle
/// has others beside it that died with it, so that all are given up.
fn alive_or(given_up: &watch::Sender<bool>) -> PgPoolOptions {
    let given_up = given_up.clone();
    PgPoolOptions::new()
        .test_before_acquire(false)
        .before_acquire(move |conn, _| {
            let given_up = given_up.clone();
            Box::pin(async move {
                let Ok(answer) = timeout(ALIVE, conn.ping()).await else {
                    given_up.send_replace(true);
                    return Err(silent());
                };
                // One that was closed: another one is made in its place.
                Ok(answer.is_ok())
            })
        })
}

/// Whether the server of a connection is a primary.
///
/// # Errors
/// The database's own fault.
pub async fn is_primary(conn: &mut PgConnection) -> Result<bool, sqlx::Error> {
    sqlx::query_scalar("SELECT NOT pg_is_in_recovery()")
        .fetch_one(conn)
        .await
}

/// How a host is connected to: named, and without a log of statements, which hold data.
pub fn quiet(options: &PgConnectOptions) -> PgConnectOptions {
    let named = match options.get_application_name() {
        Some(_) => options.clone(),
        None => options.clone().application_name("frontbeat"),
    };
    // Numbers are sent whole by every server since 12; a pooler refuses to be told so.
    named.extra_float_digits(None).disable_statement_logging()
}
