//! The port: a connection to either database, for one statement after the other.
//!
//! Everything above it (`incidents`, `plans`, `log`…) is written once, for both; everything
//! below it (`gpkg`, `postgis`) is about one database only.

use std::pin::Pin;
use std::sync::Arc;

use sqlx::pool::PoolConnection;
use sqlx::{
    AssertSqlSafe, Connection as _, PgConnection, Postgres, Sqlite, SqliteConnection, Transaction,
};
use tokio_stream::{Stream, StreamExt};

use crate::store::error::StoreError;
use crate::store::postgis::given_up::GivenUp;
use crate::store::row::Row;
use crate::store::statement::{Dialect, Statement, Value};
use crate::store::{gpkg, postgis};

/// Rows in one statement: enough to spread its cost, far below SQLite's 32,766 values and
/// PostgreSQL's 65,535.
const CHUNK: usize = 400;

/// Up to so many rows PostgreSQL takes in one statement too: one way there and back instead of
/// three, and no moment in which it waits for the rest of them.
const FEW: usize = 32;

/// Rows as they come.
pub type Rows<'c> = Pin<Box<dyn Stream<Item = Result<Row, StoreError>> + Send + 'c>>;

/// A connection, or a transaction on one.
#[derive(Debug)]
pub struct Connection {
    /// The workspace's address, for messages.
    shown: Arc<str>,
    inner: Inner,
    given_up: GivenUp,
}

#[derive(Debug)]
enum Inner {
    GpkgAlone(Box<SqliteConnection>),
    GpkgReader(PoolConnection<Sqlite>),
    GpkgWriter(Transaction<'static, Sqlite>),
    PostgisReader(PoolConnection<Postgres>),
    PostgisWriter(Transaction<'static, Postgres>),
}

/// The database's own connection.
pub enum Side<'c> {
    /// SQLite.
    Gpkg(&'c mut SqliteConnection),
    /// PostgreSQL.
    Postgis(&'c mut PgConnection),
}

impl Connection {
    /// A file's connection outside of any pool.
    pub fn gpkg_alone(shown: Arc<str>, conn: SqliteConnection) -> Self {
        Self::of(shown, Inner::GpkgAlone(Box::new(conn)), GivenUp::never())
    }

    /// A file's connection for reading.
    pub fn gpkg_reader(shown: Arc<str>, conn: PoolConnection<Sqlite>) -> Self {
        Self::of(shown, Inner::GpkgReader(conn), GivenUp::never())
    }

    /// A transaction on a file.
    pub fn gpkg_writer(shown: Arc<str>, transaction: Transaction<'static, Sqlite>) -> Self {
        Self::of(shown, Inner::GpkgWriter(transaction), GivenUp::never())
    }

    /// A server's connection for reading.
    pub fn postgis_reader(
        shown: Arc<str>,
        conn: PoolConnection<Postgres>,
        given_up: GivenUp,
    ) -> Self {
        Self::of(shown, Inner::PostgisReader(conn), given_up)
    }

    /// A transaction on a server.
    pub fn postgis_writer(
        shown: Arc<str>,
        transaction: Transaction<'static, Postgres>,
        given_up: GivenUp,
    ) -> Self {
        Self::of(shown, Inner::PostgisWriter(transaction), given_up)
    }

    fn of(shown: Arc<str>, inner: Inner, given_up: GivenUp) -> Self {
        Self {
            shown,
            inner,
            given_up,
        }
    }

    /// The workspace's address, without a password.
    pub fn shown(&self) -> &str {
        &self.shown
    }

    /// Which database it is.
    pub fn dialect(&self) -> Dialect {
        match self.inner {
            Inner::GpkgAlone(_) | Inner::GpkgReader(_) | Inner::GpkgWriter(_) => Dialect::Gpkg,
            Inner::PostgisReader(_) | Inner::PostgisWriter(_) => Dialect::Postgis,
        }
    }

    /// The database's own connection, for what only one of them does.
    pub fn side(&mut self) -> Side<'_> {
        match &mut self.inner {
            Inner::GpkgAlone(conn) => Side::Gpkg(conn),
            Inner::GpkgReader(conn) => Side::Gpkg(conn),
            Inner::GpkgWriter(transaction) => Side::Gpkg(transaction),
            Inner::PostgisReader(conn) => Side::Postgis(conn),
            Inner::PostgisWriter(transaction) => Side::Postgis(transaction),
        }
    }

    /// What a fault of the database means for the caller.
    pub fn fault(&self, fault: sqlx::Error) -> StoreError {
        match self.dialect() {
            Dialect::Gpkg => gpkg::fault::database_fault(&self.shown, fault),
            Dialect::Postgis => postgis::fault::database_fault(&self.shown, fault),
        }
    }

    /// Commits a transaction; what it wrote is on disk when this returns.
    ///
    /// # Errors
    /// [`StoreError`]; nothing was written then, or with [`StoreError::Unreachable`] nobody
    /// knows: the answer may have been lost.
    pub async fn commit(self) -> Result<(), StoreError> {
        let shown = self.shown;
        match self.inner {
            Inner::GpkgWriter(transaction) => transaction
                .commit()
                .await
                .map_err(|e| gpkg::fault::database_fault(&shown, e)),
            Inner::PostgisWriter(transaction) => self
                .given_up
                .or(transaction.commit())
                .await
                .map_err(|e| postgis::fault::database_fault(&shown, e)),
            Inner::GpkgAlone(_) | Inner::GpkgReader(_) | Inner::PostgisReader(_) => Ok(()),
        }
    }

    /// Closes a connection that is outside of any pool.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn close(self) -> Result<(), StoreError> {
        match self.inner {
            Inner::GpkgAlone(conn) => conn
                .close()
                .await
                .map_err(|e| gpkg::fault::database_fault(&self.shown, e)),
            _ => Ok(()),
        }
    }

    /// Runs a statement and returns how many rows it touched.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn execute(&mut self, statement: Statement) -> Result<u64, StoreError> {
        let given_up = self.given_up.clone();
        let done = match self.side() {
            Side::Gpkg(conn) => {
                let done = gpkg::bind::query(statement).execute(conn).await;
                done.map(|d| d.rows_affected())
            }
            Side::Postgis(conn) => {
                let doing = postgis::bind::query(statement).execute(conn);
                let done = given_up.or(doing).await;
                done.map(|d| d.rows_affected())
            }
        };
        done.map_err(|e| self.fault(e))
    }

    /// All rows of a statement.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn rows(&mut self, statement: Statement) -> Result<Vec<Row>, StoreError> {
        let mut all = Vec::new();
        let mut rows = self.stream(statement);
        while let Some(row) = rows.next().await {
            all.push(row?);
        }
        Ok(all)
    }

    /// The first row of a statement.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn row(&mut self, statement: Statement) -> Result<Option<Row>, StoreError> {
        let given_up = self.given_up.clone();
        let found = match self.side() {
            Side::Gpkg(conn) => {
                let row = gpkg::bind::query(statement).fetch_optional(conn).await;
                row.map(|row| row.map(Row::Gpkg))
            }
            Side::Postgis(conn) => {
                let finding = postgis::bind::query(statement).fetch_optional(conn);
                let row = given_up.or(finding).await;
                row.map(|row| row.map(Row::Postgis))
            }
        };
        found.map_err(|e| self.fault(e))
    }

    /// The whole number in the first column of the first row; 0 where there is none.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn number(&mut self, statement: Statement) -> Result<i64, StoreError> {
        let row = self.row(statement).await?;
        let number = row.map(|row| row.first_number()).transpose();
        Ok(number.map_err(|e| self.fault(e))?.unwrap_or(0))
    }

    /// The rows of a statement as they come.
    pub fn stream(&mut self, statement: Statement) -> Rows<'_> {
        let shown = self.shown.clone();
        let given_up = self.given_up.clone();
        match self.side() {
            Side::Gpkg(conn) => {
                let rows = gpkg::bind::query(statement).fetch(conn);
                Box::pin(rows.map(move |row| {
                    row.map(Row::Gpkg)
                        .map_err(|e| gpkg::fault::database_fault(&shown, e))
                }))
            }
            Side::Postgis(conn) => {
                let rows = given_up.or_rows(postgis::bind::query(statement).fetch(conn));
                Box::pin(rows.map(move |row| {
                    row.map(Row::Postgis)
                        .map_err(|e| postgis::fault::database_fault(&shown, e))
                }))
            }
        }
    }

    /// Runs SQL text of the program's own, which may be several statements.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn script(&mut self, sql: impl Into<String>) -> Result<(), StoreError> {
        let query = sqlx::raw_sql(AssertSqlSafe(sql.into()));
        let given_up = self.given_up.clone();
        let done = match self.side() {
            Side::Gpkg(conn) => query.execute(conn).await.map(|_| ()),
            Side::Postgis(conn) => given_up.or(query.execute(conn)).await.map(|_| ()),
        };
        done.map_err(|e| self.fault(e))
    }

    /// Inserts rows of `columns.len()` values and returns how many went in. `on_conflict` is
    /// what follows the values, e.g. `ON CONFLICT (id) DO NOTHING`; without it PostgreSQL
    /// takes many rows by COPY.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn insert_all(
        &mut self,
        table: &str,
        columns: &[&str],
        on_conflict: &str,
        rows: impl Iterator<Item = Vec<Value>> + Send,
    ) -> Result<u64, StoreError> {
        let mut rows = rows;
        let first: Vec<Vec<Value>> = rows.by_ref().take(FEW + 1).collect();
        let are_many = first.len() > FEW;
        let rows = first.into_iter().chain(rows);
        let given_up = self.given_up.clone();
        if on_conflict.is_empty()
            && are_many
            && let Side::Postgis(conn) = self.side()
        {
            let copied = postgis::copy_in::copy_in(conn, &given_up, table, columns, rows).await;
            return copied.map_err(|e| self.fault(e));
        }
        let mut inserted = 0;
        let mut rows = rows.peekable();
        while rows.peek().is_some() {
            let chunk: Vec<Vec<Value>> = rows.by_ref().take(CHUNK).collect();
            let sql = insert_sql(table, columns, on_conflict, chunk.len());
            let statement = Statement::new(sql).bind_all(chunk.into_iter().flatten());
            inserted += self.execute(statement).await?;
        }
        Ok(inserted)
    }
}

fn insert_sql(table: &str, columns: &[&str], on_conflict: &str, rows: usize) -> String {
    let row = format!("({})", vec!["?"; columns.len()].join(","));
    format!(
        "INSERT INTO {table} ({}) VALUES {} {on_conflict}",
        columns.join(","),
        vec![row.as_str(); rows].join(",")
    )
}
