//! Who may write, by advisory locks that are named after the schema. The server frees them
//! when their session or transaction ends, however it ends.
//!
//! A command that works for long has the workspace **alone**: nobody else opens it for
//! writing. Services **share** it, as many as there are. Whoever writes takes its **turn** at
//! the begin of each transaction and has it until the commit is visible: what is read in it
//! holds, and numbers of the log become visible in their order.

use std::sync::atomic::{AtomicBool, Ordering};

use sqlx::PgConnection;

use crate::store::error::StoreError;
use crate::store::postgis::fault::database_fault;

/// How a workspace is had.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Holding {
    /// By one session.
    Alone,
    /// With others that share it.
    Shared,
    /// Not at all: for a few rows beside those who have it.
    Beside,
}

/// Whether the present writing session holds its lock. A connection that was lost lost its
/// lock too, so that a new one has to win it again before it writes.
#[derive(Debug)]
pub struct WriterLock {
    how: Holding,
    held: AtomicBool,
}

impl WriterLock {
    /// Not held so far.
    pub fn new(how: Holding) -> Self {
        let held = AtomicBool::new(false);
        Self { how, held }
    }

    /// Whether the session took it.
    pub fn is_held(&self) -> bool {
        self.held.load(Ordering::Acquire)
    }

    /// A new session has no lock.
    pub fn forget(&self) {
        self.held.store(false, Ordering::Release);
    }

    /// Takes the lock of a schema's workspace, without waiting; nothing to do where the
    /// session holds it.
    ///
    /// # Errors
    /// [`StoreError::Busy`] where another session keeps it from it.
    pub async fn take(
        &self,
        conn: &mut PgConnection,
        schema: &str,
        shown: &str,
    ) -> Result<(), StoreError> {
        let sql = match self.how {
            Holding::Beside => return Ok(()),
            Holding::Alone => {
                "SELECT pg_try_advisory_lock(hashtextextended('frontbeat writes ' || $1, 0))"
            }
            Holding::Shared => {
                "SELECT pg_try_advisory_lock_shared(hashtextextended('frontbeat writes ' || $1, 0))"
            }
        };
        if self.is_held() {
            return Ok(());
        }
        let taken: bool = sqlx::query_scalar(sql)
            .bind(schema)
            .fetch_one(&mut *conn)
            .await
            .map_err(|e| database_fault(shown, e))?;
        if !taken {
            let path = shown.to_owned();
            let holders = holders(conn, schema).await;
            return Err(match holders.map_err(|e| database_fault(shown, e))? {
                Some(others) => StoreError::Busy {
                    path,
                    who: others.who,
                },
                None => StoreError::busy(path),
            });
        }
        self.held.store(true, Ordering::Release);
        Ok(())
    }
}

/// Who holds the lock of a workspace.
#[derive(Debug)]
pub struct Holders {
    /// Whether it is one that has it alone.
    pub alone: bool,
    /// Their processes on the server, and what they call themselves there.
    pub who: String,
}

/// Who holds the lock of a schema's workspace; none where nobody does. Any user of the database
/// can hold it, whatever program it runs.
///
/// # Errors
/// The database's own fault.
pub async fn holders(
    conn: &mut PgConnection,
    schema: &str,
) -> Result<Option<Holders>, sqlx::Error> {
    let (alone, who): (bool, Option<String>) = sqlx::query_as(
        "SELECT coalesce(bool_or(l.mode = 'ExclusiveLock'), false),
                string_agg(format('pid %s, %s', l.pid,
                    coalesce(nullif(a.application_name, ''), 'without a name')),
                    '; ' ORDER BY l.pid)
         FROM (SELECT hashtextextended('frontbeat writes ' || $1, 0) AS key) k
         JOIN pg_locks l ON l.locktype = 'advisory' AND l.granted AND l.objsubid = 1
             AND l.classid::bigint = (k.key >> 32) & 4294967295
             AND l.objid::bigint = k.key & 4294967295
             AND l.database = (SELECT oid FROM pg_database WHERE datname = current_database())
         LEFT JOIN pg_stat_activity a ON a.pid = l.pid",
    )
    .bind(schema)
    .fetch_one(conn)
    .await?;
    Ok(who.map(|who| Holders { alone, who }))
}

/// Waits for the turn to write to a schema's workspace, within the session's `lock_timeout`.
/// It ends with the transaction, after what was written can be seen.
///
/// # Errors
/// The database's own fault.
pub async fn take_turn(conn: &mut PgConnection, schema: &str) -> Result<(), sqlx::Error> {
    sqlx::query("SELECT pg_advisory_xact_lock(hashtextextended('frontbeat turn ' || $1, 0))")
        .bind(schema)
        .execute(conn)
        .await
        .map(|_| ())
}

/// Tries to become the one of the services that does what has to be done once; held until the
/// session ends.
///
/// # Errors
/// The database's own fault.
pub async fn try_to_lead(conn: &mut PgConnection, schema: &str) -> Result<bool, sqlx::Error> {
    sqlx::query_scalar("SELECT pg_try_advisory_lock(hashtextextended('frontbeat leads ' || $1, 0))")
        .bind(schema)
        .fetch_one(conn)
        .await
}
