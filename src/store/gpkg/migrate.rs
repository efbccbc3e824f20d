//! The way from one version of a file's tables to the next. Each step runs in one
//! transaction with the note that it ran, so that a file has either all of it or none.

use sqlx::{AssertSqlSafe, Connection, SqliteConnection};

use crate::store::error::StoreError;
use crate::store::gpkg::fault::database_fault;
use crate::store::schema::Migration;

/// The version of a file's tables; none where they are not Frontbeat's.
///
/// # Errors
/// The database's own fault.
pub async fn version(conn: &mut SqliteConnection) -> Result<Option<i64>, sqlx::Error> {
    let ours: i64 = sqlx::query_scalar(
        "SELECT count(*) FROM sqlite_schema WHERE type = 'table' AND name = 'frontbeat_schema'",
    )
    .fetch_one(&mut *conn)
    .await?;
    if ours == 0 {
        return Ok(None);
    }
    sqlx::query_scalar("SELECT max(version) FROM frontbeat_schema")
        .fetch_one(conn)
        .await
}

/// Runs the steps that a file has not seen, and returns its version afterwards.
///
/// # Errors
/// [`StoreError`]; the file then has the version of the last step that went through.
pub async fn migrate(
    conn: &mut SqliteConnection,
    path: &str,
    steps: &[Migration],
) -> Result<i64, StoreError> {
    let fault = |e| database_fault(path, e);
    let before = version(conn).await.map_err(fault)?.unwrap_or(0);
    let mut at = before;
    for step in steps.iter().filter(|s| s.version > before) {
        let mut transaction = conn.begin_with("BEGIN IMMEDIATE").await.map_err(fault)?;
        sqlx::raw_sql(
            "CREATE TABLE IF NOT EXISTS frontbeat_schema (
                 version INTEGER PRIMARY KEY NOT NULL,
                 applied_at TEXT NOT NULL DEFAULT (strftime('%Y-%m-%dT%H:%M:%fZ', 'now'))
             )",
        )
        .execute(&mut *transaction)
        .await
        .map_err(fault)?;
        for script in step.scripts {
            sqlx::raw_sql(AssertSqlSafe(*script))
                .execute(&mut *transaction)
                .await
                .map_err(fault)?;
        }
        sqlx::query("INSERT INTO frontbeat_schema (version) VALUES (?)")
            .bind(step.version)
            .execute(&mut *transaction)
            .await
            .map_err(fault)?;
        transaction.commit().await.map_err(fault)?;
        at = step.version;
    }
    Ok(at)
}

#[cfg(test)]
#[path = "migrate_tests.rs"]
mod tests;
