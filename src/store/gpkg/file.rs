//! The file of a workspace: made, told apart from other files, opened, closed.
//!
//! While a writer has it open the file is in WAL mode, so that readers never wait; the last
//! writer to close leaves a single plain file. Reading never modifies it.

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use jiff::Timestamp;
use sqlx::sqlite::{SqliteConnectOptions, SqliteJournalMode, SqlitePoolOptions, SqliteSynchronous};
use sqlx::{ConnectOptions, Connection, SqliteConnection, SqlitePool};

use crate::live::event::EventKind;
use crate::store::connection::Connection as Port;
use crate::store::error::StoreError;
use crate::store::gpkg::contents::{APPLICATION_ID, USER_VERSION};
use crate::store::gpkg::fault::{database_fault, file_fault};
use crate::store::gpkg::lock::WriterLock;
use crate::store::gpkg::{migrate, styles};
use crate::store::record::NewWorkspace;
use crate::store::workspace::Access;
use crate::store::{instant, log, schema, tables};

const READERS: u32 = 4;
const PATIENCE: Duration = Duration::from_secs(2);
/// A long import holds the one writing connection: others of this process wait for it.
const LONGEST_IMPORT: Duration = Duration::from_secs(120);
const ROWS_AHEAD: usize = 4096;
/// Negative: KiB.
const WRITER_CACHE: &str = "-65536";

/// The open connections to one file.
#[derive(Debug)]
pub struct Connections {
    shown: Arc<str>,
    reader: SqlitePool,
    writer: Option<SqlitePool>,
    lock: Mutex<Option<WriterLock>>,
}

impl Connections {
    /// A connection for reading.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn read(&self) -> Result<Port, StoreError> {
        let conn = self.reader.acquire().await;
        conn.map(|conn| Port::gpkg_reader(self.shown.clone(), conn))
            .map_err(|e| database_fault(&self.shown, e))
    }

    /// A transaction.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn begin(&self) -> Result<Port, StoreError> {
        let writer = self.writer()?;
        let mut begun = writer.begin_with("BEGIN IMMEDIATE").await;
        // SQLite ends a transaction by itself where the disk is full; the connection then
        // counts one that is no more, and begins none. A new one takes its place.
        if matches!(begun, Err(sqlx::Error::InvalidSavePointStatement)) {
            let stuck = writer.acquire().await;
            let stuck = stuck.map_err(|e| database_fault(&self.shown, e))?;
            if let Err(fault) = stuck.close().await {
                tracing::debug!(%fault, "a connection could not be closed");
            }
            begun = writer.begin_with("BEGIN IMMEDIATE").await;
        }
        begun
            .map(|transaction| Port::gpkg_writer(self.shown.clone(), transaction))
            .map_err(|e| database_fault(&self.shown, e))
    }

    /// The writing connection.
    ///
    /// # Errors
    /// [`StoreError::NotWritable`] where the file was opened for reading.
    pub fn writer(&self) -> Result<&SqlitePool, StoreError> {
        self.writer.as_ref().ok_or_else(|| StoreError::NotWritable {
            path: self.shown.to_string(),
            why: "it was opened for reading".into(),
        })
    }

    /// Closes all connections, empties the write-ahead log, lets go of the lock.
    pub async fn close(&self) {
        self.reader.close().await;
        let mut lock = self
            .lock
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .take();
        if let Some(writer) = &self.writer {
            // Beside another writer the log is that one's to empty.
            if lock.is_some()
                && let Ok(mut conn) = writer.acquire().await
            {
                leave_single_file(&mut conn).await;
            }
            writer.close().await;
        }
        lock.take();
    }
}

/// Makes a file and opens it for writing; without `new` its tables stay empty. It is made
/// under another name first, so that a half-made workspace is never found at `path`.
///
/// # Errors
/// [`StoreError::Exists`], [`StoreError::NotWritable`], [`StoreError::Busy`].
pub async fn create_file(
    path: &Path,
    new: Option<&NewWorkspace>,
) -> Result<Connections, StoreError> {
    let shown = path.display().to_string();
    let exists = || StoreError::Exists {
        path: shown.clone(),
    };
    if path.exists() {
        return Err(exists());
    }
    let lock = WriterLock::take(path)?;
    if path.exists() {
        return Err(exists());
    }
    let draft = beside(path, ".new");
    remove_draft(&draft);
    if let Err(fault) = fill_draft(&draft, &shown, new).await {
        remove_draft(&draft);
        return Err(fault);
    }
    remove_journals(path);
    fs::rename(&draft, path).map_err(|e| file_fault(&shown, &e))?;
    open_locked(path, shown, lock).await
}

/// Takes away what a killed writer of a file that is no more has left beside its name: SQLite
/// would play it into the file that gets the name next. The caller holds the name's lock, and
/// there is no file of it.
pub fn remove_journals(path: &Path) {
    for suffix in ["-wal", "-shm", "-journal"] {
        let _ = fs::remove_file(beside(path, suffix));
    }
}

/// Opens a file.
///
/// # Errors
/// [`StoreError`].
pub async fn open_file(path: &Path, access: Access) -> Result<Connections, StoreError> {
    let shown = path.display().to_string();
    check_file(path, &shown)?;
    // Looked at for reading first: what is no workspace is not touched at all.
    let options = identify(path, &shown).await?;
    match access {
        Access::Read => Ok(Connections {
            shown: shown.into(),
            reader: readers(options),
            writer: None,
            lock: Mutex::new(None),
        }),
        // A file has one writer: nobody shares it.
        Access::Write | Access::Share => {
            let lock = WriterLock::take(path)?;
            open_locked(path, shown, lock).await
        }
        Access::Beside => open_beside(path, shown).await,
    }
}

/// Opens a file beside its writer, who has brought its tables up to date.
async fn open_beside(path: &Path, shown: String) -> Result<Connections, StoreError> {
    let fault = |e| database_fault(&shown, e);
    let writer = SqlitePoolOptions::new()
        .max_connections(1)
        .connect_with(for_writing(path))
        .await
        .map_err(fault)?;
    let mut conn = writer.acquire().await.map_err(fault)?;
    let found = migrate::version(&mut conn).await.map_err(fault)?;
    drop(conn);
    let (found, known) = (found.unwrap_or(0), schema::newest());
    if found != known {
        return Err(StoreError::TooOld {
            path: shown,
            found,
            known,
        });
    }
    Ok(Connections {
        reader: readers(for_reading(path)),
        writer: Some(writer),
        lock: Mutex::new(None),
        shown: shown.into(),
    })
}

async fn open_locked(
    path: &Path,
    shown: String,
    lock: WriterLock,
) -> Result<Connections, StoreError> {
    let fault = |e| database_fault(&shown, e);
    let writer = SqlitePoolOptions::new()
        .max_connections(1)
        .idle_timeout(None)
        .max_lifetime(None)
        .acquire_timeout(LONGEST_IMPORT)
        .test_before_acquire(false)
        .connect_with(for_writing(path).journal_mode(SqliteJournalMode::Wal))
        .await
        .map_err(fault)?;
    let mut conn = writer.acquire().await.map_err(fault)?;
    // SQLite opens a protected file for reading without a word: find out now.
    let probe = conn.begin_with("BEGIN IMMEDIATE").await.map_err(fault)?;
    probe.rollback().await.map_err(fault)?;
    migrate::migrate(&mut conn, &shown, schema::GPKG).await?;
    styles::complete(&mut conn).await.map_err(fault)?;
    drop(conn);
    Ok(Connections {
        reader: readers(for_reading(path)),
        writer: Some(writer),
        lock: Mutex::new(Some(lock)),
        shown: shown.into(),
    })
}

async fn fill_draft(
    draft: &Path,
    shown: &str,
    new: Option<&NewWorkspace>,
) -> Result<(), StoreError> {
    let fault = |e| database_fault(shown, e);
    let mut conn = for_writing(draft)
        .create_if_missing(true)
        .connect()
        .await
        .map_err(fault)?;
    for (name, value) in [
        ("application_id", APPLICATION_ID),
        ("user_version", USER_VERSION),
    ] {
        sqlx::raw_sql(sqlx::AssertSqlSafe(format!("PRAGMA {name} = {value}")))
            .execute(&mut conn)
            .await
            .map_err(fault)?;
    }
    migrate::migrate(&mut conn, shown, schema::GPKG).await?;
    styles::complete(&mut conn).await.map_err(fault)?;
    let made_at = database_time(&mut conn).await.map_err(fault)?;
    let mut conn = Port::gpkg_alone(shown.into(), conn);
    if let Some(new) = new {
        tables::fill_new(&mut conn, new, made_at).await?;
        let event = EventKind::WorkspaceMade {
            name: new.name.clone(),
        };
        log::append(&mut conn, event, made_at).await?;
    }
    conn.close().await
}

/// The database's clock: only `app::clock` reads the program's.
async fn database_time(conn: &mut SqliteConnection) -> Result<Timestamp, sqlx::Error> {
    let millis: i64 = sqlx::query_scalar(
        "SELECT CAST(round((julianday('now') - 2440587.5) * 86400000) AS INTEGER)",
    )
    .fetch_one(conn)
    .await?;
    Ok(instant::from_millis(millis).unwrap_or_default())
}

/// Tells a workspace from other files, and returns how to open it for reading.
async fn identify(path: &Path, shown: &str) -> Result<SqliteConnectOptions, StoreError> {
    let options = for_reading(path);
    let first = look(&options, shown).await;
    let Err(StoreError::NotWritable { .. }) = first else {
        return first.map(|()| options);
    };
    // A file left in WAL mode in a folder that can't be written: SQLite wants to make its
    // index beside it. Without a log there is nothing to index, and nobody writes.
    let log_is_empty = fs::metadata(beside(path, "-wal")).map_or(true, |m| m.len() == 0);
    if !log_is_empty {
        return first.map(|()| options);
    }
    let options = options.immutable(true);
    look(&options, shown).await.map(|()| options)
}

async fn look(options: &SqliteConnectOptions, shown: &str) -> Result<(), StoreError> {
    let fault = |e| database_fault(shown, e);
    let not_ours = |why: &str| StoreError::NotAWorkspace {
        path: shown.to_owned(),
        why: why.to_owned(),
    };
    let mut conn = options.connect().await.map_err(fault)?;
    let application: i64 = sqlx::query_scalar("PRAGMA application_id")
        .fetch_one(&mut conn)
        .await
        .map_err(fault)?;
    let version = migrate::version(&mut conn).await.map_err(fault)?;
    conn.close().await.map_err(fault)?;
    if application != APPLICATION_ID {
        return Err(not_ours("it is an SQLite database, but no GeoPackage 1.3"));
    }
    let Some(found) = version else {
        return Err(not_ours(
            "it is a GeoPackage of another program; import its layers into a workspace instead",
        ));
    };
    let known = schema::newest();
    if found > known {
        return Err(StoreError::TooNew {
            path: shown.to_owned(),
            found,
            known,
        });
    }
    Ok(())
}

fn check_file(path: &Path, shown: &str) -> Result<(), StoreError> {
    let not_ours = |why: &str| StoreError::NotAWorkspace {
        path: shown.to_owned(),
        why: why.to_owned(),
    };
    let found = fs::metadata(path).map_err(|e| match e.kind() {
        std::io::ErrorKind::NotFound => StoreError::Missing {
            path: shown.to_owned(),
        },
        _ => not_ours(&e.to_string()),
    })?;
    if !found.is_file() {
        return Err(not_ours("it is no file"));
    }
    if found.len() == 0 {
        return Err(not_ours("it is empty"));
    }
    Ok(())
}

fn for_reading(path: &Path) -> SqliteConnectOptions {
    SqliteConnectOptions::new()
        .filename(path)
        .read_only(true)
        .busy_timeout(PATIENCE)
        .row_buffer_size(ROWS_AHEAD)
        .disable_statement_logging()
}

fn for_writing(path: &Path) -> SqliteConnectOptions {
    SqliteConnectOptions::new()
        .filename(path)
        .synchronous(SqliteSynchronous::Full)
        .foreign_keys(true)
        .busy_timeout(PATIENCE)
        .pragma("cache_size", WRITER_CACHE)
        .disable_statement_logging()
}

fn readers(options: SqliteConnectOptions) -> SqlitePool {
    SqlitePoolOptions::new()
        .max_connections(READERS)
        .test_before_acquire(false)
        .connect_lazy_with(options)
}

/// Leaves WAL mode; where other processes still read it stays, and that is as good.
async fn leave_single_file(conn: &mut SqliteConnection) {
    for pragma in [
        "PRAGMA busy_timeout = 0",
        "PRAGMA wal_checkpoint(TRUNCATE)",
        "PRAGMA journal_mode = DELETE",
    ] {
        if let Err(fault) = sqlx::raw_sql(pragma).execute(&mut *conn).await {
            tracing::debug!(%fault, pragma, "the workspace stays in WAL mode");
        }
    }
}

fn remove_draft(draft: &Path) {
    for name in [draft.to_path_buf(), beside(draft, "-journal")] {
        // Not there in nearly every case; where it can't be removed, SQLite will say so.
        let _ = fs::remove_file(name);
    }
}

/// Refuses a name that is taken.
///
/// # Errors
/// [`StoreError::Exists`].
pub fn refuse_existing(path: &Path) -> Result<(), StoreError> {
    if path.symlink_metadata().is_ok() {
        return Err(StoreError::Exists {
            path: path.display().to_string(),
        });
    }
    Ok(())
}

/// The name of a file with an ending more: what lies beside it, on the same disk.
pub fn beside(path: &Path, ending: &str) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push(ending);
    PathBuf::from(name)
}

#[cfg(test)]
#[path = "file_tests.rs"]
mod tests;
