//! The connections to one schema: found out about, made, opened, closed.
//!
//! Each connection sees the workspace's schema first, then the one that PostGIS is in.
//! Those for reading refuse to write; the one for writing waits for the disk at each commit,
//! whatever the server's default.

use std::sync::Arc;
use std::time::Duration;

use jiff::Timestamp;
use sqlx::postgres::{PgConnectOptions, PgPoolOptions};
use sqlx::{AssertSqlSafe, ConnectOptions, Connection as _, Executor, PgConnection, PgPool};

use crate::live::event::EventKind;
use crate::store::address::{DRAFT_PREFIX, ServerAddress};
use crate::store::connection::Connection;
use crate::store::error::StoreError;
use crate::store::postgis::fault::database_fault;
use crate::store::postgis::listen::Listening;
use crate::store::postgis::lock::WriterLock;
use crate::store::postgis::{migrate, reader_role};
use crate::store::record::NewWorkspace;
use crate::store::statement::Statement;
use crate::store::workspace::Access;
use crate::store::{instant, log, schema, tables};

const READERS: u32 = 8;
/// How long a reader waits for a free connection.
const PATIENCE: Duration = Duration::from_secs(10);
/// A long import holds the one writing connection: others of this process wait for it.
const LONGEST_IMPORT: Duration = Duration::from_secs(120);
/// PostgreSQL 15 and PostGIS 3.3.
const OLDEST_SERVER: i32 = 150_000;

/// The open connections to one schema.
#[derive(Debug)]
pub struct Server {
    shown: Arc<str>,
    schema: String,
    reader: PgPool,
    writer: Option<Writer>,
    listening: Listening,
}

#[derive(Debug)]
struct Writer {
    pool: PgPool,
    /// None beside another writer.
    lock: Option<Arc<WriterLock>>,
}

impl Server {
    /// A connection for reading.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn read(&self) -> Result<Connection, StoreError> {
        let conn = self.reader.acquire().await;
        conn.map(|conn| Connection::postgis_reader(self.shown.clone(), conn))
            .map_err(|e| database_fault(&self.shown, e))
    }

    /// A transaction of the one writer.
    ///
    /// # Errors
    /// [`StoreError::Busy`] where the connection was lost and another writes by now;
    /// [`StoreError::NotWritable`] where it was opened for reading.
    pub async fn begin(&self) -> Result<Connection, StoreError> {
        let writer = self
            .writer
            .as_ref()
            .ok_or_else(|| StoreError::NotWritable {
                path: self.shown.to_string(),
                why: "it was opened for reading".into(),
            })?;
        let mut transaction = writer
            .pool
            .begin()
            .await
            .map_err(|e| database_fault(&self.shown, e))?;
        if let Some(lock) = &writer.lock {
            let taken = lock.take(&mut transaction, &self.schema, &self.shown);
            taken.await?;
        }
        Ok(Connection::postgis_writer(self.shown.clone(), transaction))
    }

    /// Whether it was opened for writing.
    pub fn is_writable(&self) -> bool {
        self.writer.is_some()
    }

    /// Returns when something was logged, or after so long at most.
    pub async fn wait_for_event(&self, at_most: Duration) {
        self.listening.wait(&self.schema, at_most).await;
    }

    /// Closes all connections; the server frees the lock.
    pub async fn close(&self) {
        self.listening.close().await;
        self.reader.close().await;
        if let Some(writer) = &self.writer {
            writer.pool.close().await;
        }
    }
}

/// Makes a schema with its tables, in one transaction, and opens it for writing.
///
/// # Errors
/// [`StoreError`]; nothing is made then.
pub async fn create_schema(
    address: &ServerAddress,
    new: &NewWorkspace,
) -> Result<Server, StoreError> {
    let found = look(address).await?;
    if found.has_schema {
        return Err(exists(address));
    }
    let server = connect(address, &found.postgis, Access::Write).await?;
    let mut conn = server.begin().await?;
    fill_schema(&mut conn, address.schema(), address.schema(), Some(new)).await?;
    conn.commit().await?;
    Ok(server)
}

/// Makes the schema that will get its name when it is complete, in the place of one that was
/// left unfinished; without `new` its tables stay empty.
///
/// # Errors
/// [`StoreError::Exists`] where the final one is there.
pub async fn create_draft(
    address: &ServerAddress,
    new: Option<&NewWorkspace>,
) -> Result<Server, StoreError> {
    let found = look(address).await?;
    if found.has_schema {
        return Err(exists(address));
    }
    let draft = address.with_schema(draft_name(address));
    let server = connect(&draft, &found.postgis, Access::Write).await?;
    let mut conn = server.begin().await?;
    let name = draft.schema();
    // What an interrupted run left; the draft's lock is held.
    conn.script(format!("DROP SCHEMA IF EXISTS {name} CASCADE"))
        .await?;
    fill_schema(&mut conn, name, address.schema(), new).await?;
    conn.commit().await?;
    Ok(server)
}

/// Opens the draft that an interrupted run left; none where there is none.
///
/// # Errors
/// [`StoreError`].
pub async fn open_draft(address: &ServerAddress) -> Result<Option<Server>, StoreError> {
    if look(address).await?.has_schema {
        return Err(exists(address));
    }
    let draft = address.with_schema(draft_name(address));
    match open_schema(&draft, Access::Write).await {
        Ok(server) => Ok(Some(server)),
        Err(StoreError::Missing { .. }) => Ok(None),
        Err(fault) => Err(fault),
    }
}

/// Gives a draft its name.
///
/// # Errors
/// [`StoreError`].
pub async fn name_draft(server: &Server, address: &ServerAddress) -> Result<(), StoreError> {
    let mut conn = server.begin().await?;
    let (draft, name) = (draft_name(address), address.schema());
    conn.script(format!("ALTER SCHEMA {draft} RENAME TO {name}"))
        .await?;
    conn.commit().await
}

/// Takes a draft away.
///
/// # Errors
/// [`StoreError`].
pub async fn drop_draft(server: &Server, address: &ServerAddress) -> Result<(), StoreError> {
    let mut conn = server.begin().await?;
    let draft = draft_name(address);
    conn.script(format!("DROP SCHEMA IF EXISTS {draft} CASCADE"))
        .await?;
    conn.commit().await
}

fn draft_name(address: &ServerAddress) -> String {
    format!("{DRAFT_PREFIX}{}", address.schema())
}

fn exists(address: &ServerAddress) -> StoreError {
    StoreError::Exists {
        path: address.shown().to_owned(),
    }
}

async fn fill_schema(
    conn: &mut Connection,
    schema: &str,
    of: &str,
    new: Option<&NewWorkspace>,
) -> Result<(), StoreError> {
    conn.script(format!("CREATE SCHEMA {schema}")).await?;
    migrate::migrate(conn, 0, schema::POSTGIS).await?;
    if let Some(new) = new {
        let made_at = server_time(conn).await?;
        tables::fill_new(conn, new, made_at).await?;
        let event = EventKind::WorkspaceMade {
            name: new.name.clone(),
        };
        log::append(conn, event, made_at).await?;
    }
    reader_role::grant(conn, schema, of).await
}

/// Opens a schema.
///
/// # Errors
/// [`StoreError`].
pub async fn open_schema(address: &ServerAddress, access: Access) -> Result<Server, StoreError> {
    let found = look(address).await?;
    let path = || address.shown().to_owned();
    let Some(version) = found.version else {
        return Err(if found.has_schema {
            StoreError::NotAWorkspace {
                path: path(),
                why: "the schema holds no tables of Frontbeat, or its user may not see them; choose another schema, or let its owner grant the use of it".into(),
            }
        } else {
            StoreError::Missing { path: path() }
        });
    };
    let known = schema::newest();
    if version > known {
        return Err(StoreError::TooNew {
            path: path(),
            found: version,
            known,
        });
    }
    // Only the writer brings the tables up to date.
    if access != Access::Write && version < known {
        return Err(StoreError::TooOld {
            path: path(),
            found: version,
            known,
        });
    }
    if access != Access::Read && !found.may_write {
        return Err(StoreError::NotWritable {
            path: path(),
            why: format!(
                "the user {} may only read it, or the server is a standby",
                address.options.get_username()
            ),
        });
    }
    let server = connect(address, &found.postgis, access).await?;
    if access == Access::Write {
        let mut conn = server.begin().await?;
        migrate::migrate(&mut conn, version, schema::POSTGIS).await?;
        conn.commit().await?;
    }
    Ok(server)
}

/// What there is at an address.
struct Found {
    /// The schema that PostGIS is in.
    postgis: String,
    has_schema: bool,
    /// Version of the workspace's tables; none where there are none to be seen.
    version: Option<i64>,
    may_write: bool,
}

async fn look(address: &ServerAddress) -> Result<Found, StoreError> {
    let fault = |e| database_fault(address.shown(), e);
    let mut conn = quiet(&address.options).connect().await.map_err(fault)?;
    let found = look_with(&mut conn, address).await;
    // Nothing was written: a failing close loses nothing.
    let _ = conn.close().await;
    found
}

async fn look_with(conn: &mut PgConnection, address: &ServerAddress) -> Result<Found, StoreError> {
    let fault = |e| database_fault(address.shown(), e);
    let (server, postgis, has_schema, standby): (i32, Option<String>, bool, bool) = sqlx::query_as(
        "SELECT current_setting('server_version_num')::int,
                    (SELECT n.nspname::text FROM pg_extension e
                     JOIN pg_namespace n ON n.oid = e.extnamespace WHERE e.extname = 'postgis'),
                    EXISTS (SELECT FROM pg_namespace WHERE nspname = $1), pg_is_in_recovery()",
    )
    .bind(address.schema())
    .fetch_one(&mut *conn)
    .await
    .map_err(fault)?;
    if server < OLDEST_SERVER {
        return Err(StoreError::NotAWorkspace {
            path: address.shown().to_owned(),
            why: format!(
                "its server is PostgreSQL {}; Frontbeat needs 15 or newer",
                server / 10_000
            ),
        });
    }
    let Some(postgis) = postgis else {
        return Err(StoreError::NoPostgis {
            path: address.shown().to_owned(),
        });
    };
    let mut found = Found {
        postgis,
        has_schema,
        version: None,
        may_write: false,
    };
    let (is_ours, may_write): (bool, bool) = sqlx::query_as(
        "SELECT coalesce(bool_or(c.relname = 'frontbeat_schema'
                    AND has_table_privilege(c.oid, 'SELECT')), false),
                coalesce(bool_or(c.relname = 'events'
                    AND has_table_privilege(c.oid, 'INSERT')), false)
         FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
         WHERE n.nspname = $1 AND has_schema_privilege(n.oid, 'USAGE')",
    )
    .bind(address.schema())
    .fetch_one(&mut *conn)
    .await
    .map_err(fault)?;
    found.may_write = may_write && !standby;
    if is_ours {
        let sql = format!(
            "SELECT coalesce(max(version), 0) FROM {}.frontbeat_schema",
            address.schema()
        );
        let version: i64 = sqlx::query_scalar(AssertSqlSafe(sql))
            .fetch_one(&mut *conn)
            .await
            .map_err(fault)?;
        found.version = Some(version);
    }
    Ok(found)
}

async fn connect(
    address: &ServerAddress,
    postgis: &str,
    access: Access,
) -> Result<Server, StoreError> {
    let path = format!(
        "SET search_path TO {}, \"{}\", public",
        address.schema(),
        postgis.replace('"', "\"\"")
    );
    let reading = format!("{path}; SET default_transaction_read_only TO on");
    let reader = PgPoolOptions::new()
        .max_connections(READERS)
        .acquire_timeout(PATIENCE)
        .after_connect(move |conn, _| {
            let settings = sqlx::raw_sql(AssertSqlSafe(reading.clone()));
            Box::pin(async move { conn.execute(settings).await.map(|_| ()) })
        })
        .connect_lazy_with(quiet(&address.options));
    let writer = match access {
        Access::Read => None,
        Access::Write => Some(writer(address, path, true).await?),
        Access::Beside => Some(writer(address, path, false).await?),
    };
    Ok(Server {
        shown: address.shown().into(),
        schema: address.schema().to_owned(),
        reader,
        writer,
        listening: Listening::new(quiet(&address.options)),
    })
}

/// The writing connection; with the writer's lock where it is `alone`.
async fn writer(address: &ServerAddress, path: String, alone: bool) -> Result<Writer, StoreError> {
    let lock = Arc::new(WriterLock::default());
    let forgetting = lock.clone();
    let writing = format!("{path}; SET synchronous_commit TO on");
    let pool = PgPoolOptions::new()
        .max_connections(1)
        .idle_timeout(None)
        .max_lifetime(None)
        .acquire_timeout(LONGEST_IMPORT)
        .after_connect(move |conn, _| {
            forgetting.forget();
            let settings = sqlx::raw_sql(AssertSqlSafe(writing.clone()));
            Box::pin(async move { conn.execute(settings).await.map(|_| ()) })
        })
        .connect_with(quiet(&address.options))
        .await
        .map_err(|e| database_fault(address.shown(), e))?;
    let mut conn = pool
        .acquire()
        .await
        .map_err(|e| database_fault(address.shown(), e))?;
    if alone {
        lock.take(&mut conn, address.schema(), address.shown())
            .await?;
    }
    drop(conn);
    let lock = alone.then_some(lock);
    Ok(Writer { pool, lock })
}

fn quiet(options: &PgConnectOptions) -> PgConnectOptions {
    let named = match options.get_application_name() {
        Some(_) => options.clone(),
        None => options.clone().application_name("frontbeat"),
    };
    // Statements hold data; they are nobody's log.
    named.disable_statement_logging()
}

/// The server's clock: only `app::clock` reads the program's.
async fn server_time(conn: &mut Connection) -> Result<Timestamp, StoreError> {
    let millis =
        Statement::new("SELECT floor(extract(epoch FROM clock_timestamp()) * 1000)::bigint");
    Ok(instant::from_millis(conn.number(millis).await?).unwrap_or_default())
}
