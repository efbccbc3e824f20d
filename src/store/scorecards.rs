//! The models' records on the workspace's own past, the newest for each question.

use jiff::Timestamp;
use sqlx::SqliteConnection;

use crate::risk::scorecard::{KeptScorecard, Question, Scorecard};
use crate::store::error::StoreError;
use crate::store::fault::database_fault;
use crate::store::gpkg::contents::touch;
use crate::store::instant;
use crate::store::row::Reader;
use crate::store::tables::is_there;

const TABLE: &str = "scorecards";

/// Keeps a card in the place of an earlier one of the same question, and returns the model
/// that the earlier one spoke for.
///
/// # Errors
/// [`StoreError`].
pub async fn keep(
    conn: &mut SqliteConnection,
    path: &str,
    question: &Question,
    data_version: u64,
    card: &Scorecard,
    at: Timestamp,
) -> Result<Option<String>, StoreError> {
    let fault = |e| database_fault(path, e);
    let question = serde_json::to_string(question).map_err(damaged)?;
    let before: Option<String> =
        sqlx::query_scalar("SELECT model FROM scorecards WHERE question = ?")
            .bind(&question)
            .fetch_optional(&mut *conn)
            .await
            .map_err(fault)?;
    sqlx::query(
        "INSERT OR REPLACE INTO scorecards (question, data_version, kept_at, model, document)
         VALUES (?, ?, ?, ?, ?)",
    )
    .bind(&question)
    .bind(data_version as i64)
    .bind(instant::text(at))
    .bind(card.model())
    .bind(serde_json::to_string(card).map_err(damaged)?)
    .execute(&mut *conn)
    .await
    .map_err(fault)?;
    touch(conn, TABLE, at).await.map_err(fault)?;
    Ok(before)
}

/// The card kept for a question. None in a file of an older version.
///
/// # Errors
/// [`StoreError`].
pub async fn kept(
    conn: &mut SqliteConnection,
    path: &str,
    question: &Question,
) -> Result<Option<KeptScorecard>, StoreError> {
    let fault = |e| database_fault(path, e);
    if !is_there(conn, TABLE).await.map_err(fault)? {
        return Ok(None);
    }
    let question = serde_json::to_string(question).map_err(damaged)?;
    let row =
        sqlx::query("SELECT data_version, kept_at, document FROM scorecards WHERE question = ?")
            .bind(question)
            .fetch_optional(conn)
            .await
            .map_err(fault)?;
    row.map(|row| {
        let row = Reader::new(&row, TABLE);
        let version: i64 = row.get("data_version")?;
        let (kept_at, document): (&str, &str) = (row.get("kept_at")?, row.get("document")?);
        Ok(KeptScorecard {
            data_version: version.unsigned_abs(),
            kept_at: kept_at.parse().map_err(|e| row.damaged(e))?,
            card: serde_json::from_str(document).map_err(|e| row.damaged(e))?,
        })
    })
    .transpose()
}

fn damaged(fault: serde_json::Error) -> StoreError {
    StoreError::Damaged {
        table: TABLE.into(),
        why: fault.to_string(),
    }
}
