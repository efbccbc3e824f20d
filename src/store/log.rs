//! The event log: append-only (triggers refuse anything else), numbered without gaps.

use jiff::Timestamp;
use sqlx::SqliteConnection;

use crate::live::event::{EventKind, LoggedEvent};
use crate::store::error::StoreError;
use crate::store::fault::database_fault;
use crate::store::instant;
use crate::store::row::Reader;

const TABLE: &str = "events";

/// Appends an event; on disk once the transaction it runs in is committed.
///
/// # Errors
/// [`StoreError`].
pub async fn append(
    conn: &mut SqliteConnection,
    path: &str,
    event: EventKind,
    at: Timestamp,
) -> Result<LoggedEvent, StoreError> {
    let body = serde_json::to_string(&event).map_err(|e| damaged(&e))?;
    // The number is taken within the statement, so that a rollback leaves no gap.
    let sequence: i64 = sqlx::query_scalar(
        "INSERT INTO events (sequence, at, kind, body)
         SELECT coalesce(max(sequence), 0) + 1, ?, ?, ? FROM events
         RETURNING sequence",
    )
    .bind(instant::text(at))
    .bind(kind(&event))
    .bind(body)
    .fetch_one(conn)
    .await
    .map_err(|e| database_fault(path, e))?;
    Ok(LoggedEvent {
        sequence: sequence.unsigned_abs(),
        at: instant::stored(at),
        event,
    })
}

/// Events after a number, oldest first.
///
/// # Errors
/// [`StoreError`].
pub async fn events_after(
    conn: &mut SqliteConnection,
    path: &str,
    sequence: u64,
    limit: u32,
) -> Result<Vec<LoggedEvent>, StoreError> {
    // No log is longer than an i64 counts: past that there is nothing.
    let after = i64::try_from(sequence).unwrap_or(i64::MAX);
    sqlx::query(
        "SELECT sequence, at, body FROM events WHERE sequence > ? ORDER BY sequence LIMIT ?",
    )
    .bind(after)
    .bind(limit)
    .fetch_all(conn)
    .await
    .map_err(|e| database_fault(path, e))?
    .iter()
    .map(|row| {
        let row = Reader::new(row, TABLE);
        let sequence: i64 = row.get("sequence")?;
        let at: &str = row.get("at")?;
        let body: &str = row.get("body")?;
        Ok(LoggedEvent {
            sequence: sequence.unsigned_abs(),
            at: at.parse().map_err(|e| row.damaged(e))?,
            event: serde_json::from_str(body).map_err(|e| damaged(&e))?,
        })
    })
    .collect()
}

/// Number of the newest event; 0 where there is none.
///
/// # Errors
/// [`StoreError`].
pub async fn last(conn: &mut SqliteConnection, path: &str) -> Result<u64, StoreError> {
    let last: i64 = sqlx::query_scalar("SELECT coalesce(max(sequence), 0) FROM events")
        .fetch_one(conn)
        .await
        .map_err(|e| database_fault(path, e))?;
    Ok(last.unsigned_abs())
}

/// Number of the last event that changed what is learned from ([`EventKind::changes_data`]);
/// 0 where there is none.
///
/// # Errors
/// [`StoreError`].
pub async fn last_change(conn: &mut SqliteConnection, path: &str) -> Result<u64, StoreError> {
    // The condition is that of the index `events_of_data`, to the letter.
    let last: i64 = sqlx::query_scalar(
        "SELECT coalesce(max(sequence), 0) FROM events
         WHERE kind IN ('workspace_made', 'imported', 'quarantined', 'quarantine_lifted')",
    )
    .fetch_one(conn)
    .await
    .map_err(|e| database_fault(path, e))?;
    Ok(last.unsigned_abs())
}

fn kind(event: &EventKind) -> &'static str {
    match event {
        EventKind::WorkspaceMade { .. } => "workspace_made",
        EventKind::Imported { .. } => "imported",
        EventKind::PlanMade { .. } => "plan_made",
        EventKind::Quarantined { .. } => "quarantined",
        EventKind::QuarantineLifted { .. } => "quarantine_lifted",
        EventKind::ForecastFrozen { .. } => "forecast_frozen",
        EventKind::ForecastScored { .. } => "forecast_scored",
        EventKind::ModelChosen { .. } => "model_chosen",
        EventKind::StandingForecast { .. } => "standing_forecast",
        EventKind::OriginOverridden { .. } => "origin_overridden",
    }
}

fn damaged(fault: &serde_json::Error) -> StoreError {
    StoreError::Damaged {
        table: TABLE.into(),
        why: fault.to_string(),
    }
}
