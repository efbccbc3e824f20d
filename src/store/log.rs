//! The event log: append-only (triggers refuse anything else), numbered without gaps. Only
//! positions of units may be thinned out of it later.

use jiff::Timestamp;

use crate::live::event::{EventKind, LoggedEvent};
use crate::store::connection::Connection;
use crate::store::error::StoreError;
use crate::store::instant;
use crate::store::postgis::partitions::Slots;
use crate::store::row::Reader;
use crate::store::statement::{Statement, Value};
use crate::store::workspace::Workspace;

const TABLE: &str = "events";

/// Positions taken out in one statement.
const REMOVED_AT_ONCE: usize = 400;

impl Workspace {
    /// Appends to the log; on disk when this returns.
    pub async fn append(&self, event: EventKind, at: Timestamp) -> Result<LoggedEvent, StoreError> {
        let mut conn = self.begin().await?;
        let logged = append(&mut conn, event, at).await?;
        conn.commit().await?;
        Ok(logged)
    }
    /// Events after a sequence number, oldest first.
    pub async fn events_after(
        &self,
        sequence: u64,
        limit: u32,
    ) -> Result<Vec<LoggedEvent>, StoreError> {
        events_after(&mut self.reader_soon().await?, sequence, limit).await
    }
    /// Events after a number and up to another one, but positions of units, oldest first.
    pub async fn events_but_positions(
        &self,
        after: u64,
        last: u64,
        limit: u32,
    ) -> Result<Vec<LoggedEvent>, StoreError> {
        events_but_positions(&mut self.reader().await?, after, last, limit).await
    }
    /// The same, and the number up to which the log is known by them: to `last` where they are
    /// all, but never past its end. That and they are of one connection: of several servers one
    /// may be behind another.
    pub async fn events_looked_at(
        &self,
        after: u64,
        last: u64,
        limit: u32,
    ) -> Result<(Vec<LoggedEvent>, u64), StoreError> {
        let mut conn = self.reader().await?;
        let last = self::last(&mut conn).await?.min(last);
        let events = events_but_positions(&mut conn, after, last, limit).await?;
        let reached = match events.last() {
            Some(event) if events.len() >= limit as usize => event.sequence,
            _ => last,
        };
        Ok((events, reached))
    }
    /// Events after a number that changed what is learned from, oldest first.
    pub async fn changes_after(
        &self,
        sequence: u64,
        limit: u32,
    ) -> Result<Vec<LoggedEvent>, StoreError> {
        changes_after(&mut self.reader().await?, sequence, limit).await
    }
    /// Number of the newest event that changed what is learned from; 0 where there is none.
    pub async fn last_change(&self) -> Result<u64, StoreError> {
        last_change(&mut self.reader().await?).await
    }
}

/// Appends an event; on disk once the transaction it runs in is committed.
///
/// # Errors
/// [`StoreError`].
pub async fn append(
    conn: &mut Connection,
    event: EventKind,
    at: Timestamp,
) -> Result<LoggedEvent, StoreError> {
    let body = serde_json::to_string(&event).map_err(|e| damaged(&e))?;
    let mut slots = Slots::default();
    slots.add_event(kind(&event), at);
    slots.make(conn).await?;
    // The number is taken within the statement, so that a rollback leaves no gap.
    let statement = Statement::new(
        "INSERT INTO events (sequence, at, kind, body)
         SELECT coalesce(max(sequence), 0) + 1, ?, ?, ? FROM events
         RETURNING sequence",
    )
    .bind(at)
    .bind(kind(&event))
    .bind(Value::Json(body));
    let sequence = conn.number(statement).await?;
    Ok(LoggedEvent {
        sequence: sequence.unsigned_abs(),
        at: instant::stored(at),
        event,
    })
}

/// Appends events whose numbers the caller has given, in their order. The caller's
/// transaction keeps others from appending.
///
/// # Errors
/// [`StoreError`]; the transaction should then be rolled back.
pub async fn append_numbered(
    conn: &mut Connection,
    events: &[LoggedEvent],
) -> Result<(), StoreError> {
    let mut rows = Vec::with_capacity(events.len());
    let mut slots = Slots::default();
    for logged in events {
        slots.add_event(kind(&logged.event), logged.at);
        rows.push(vec![
            Value::Int(Some(number(logged.sequence))),
            Value::Instant(Some(logged.at)),
            Value::Word(kind(&logged.event)),
            Value::Json(serde_json::to_string(&logged.event).map_err(|e| damaged(&e))?),
        ]);
    }
    slots.make(conn).await?;
    let columns = ["sequence", "at", "kind", "body"];
    conn.insert_all(TABLE, &columns, "", rows.into_iter())
        .await?;
    Ok(())
}

/// Takes positions of units out of the log, by their numbers.
///
/// # Errors
/// [`StoreError`].
pub async fn remove_positions(conn: &mut Connection, sequences: &[u64]) -> Result<u64, StoreError> {
    let mut removed = 0;
    for chunk in sequences.chunks(REMOVED_AT_ONCE) {
        let marks = vec!["?"; chunk.len()].join(",");
        let sql = format!("DELETE FROM events WHERE kind = 'unit_moved' AND sequence IN ({marks})");
        let numbers = chunk.iter().map(|&sequence| {
            // A number that no log has names no event.
            Value::Int(Some(number(sequence)))
        });
        removed += conn.execute(Statement::new(sql).bind_all(numbers)).await?;
    }
    Ok(removed)
}

/// Events after a number, oldest first.
///
/// # Errors
/// [`StoreError`].
pub async fn events_after(
    conn: &mut Connection,
    sequence: u64,
    limit: u32,
) -> Result<Vec<LoggedEvent>, StoreError> {
    // No log is longer than an i64 counts: past that there is nothing.
    let after = number(sequence);
    let statement = Statement::new(
        "SELECT sequence, at, body FROM events WHERE sequence > ? ORDER BY sequence LIMIT ?",
    )
    .bind(after)
    .bind(i64::from(limit));
    read(conn, statement).await
}

/// Positions of units before an instant and after a number, oldest first.
///
/// # Errors
/// [`StoreError`].
pub async fn positions_before(
    conn: &mut Connection,
    at: Timestamp,
    after: u64,
    limit: u32,
) -> Result<Vec<LoggedEvent>, StoreError> {
    let statement = Statement::new(
        "SELECT sequence, at, body FROM events
         WHERE kind = 'unit_moved' AND sequence > ? AND at < ? ORDER BY sequence LIMIT ?",
    )
    .bind(i64::try_from(after).unwrap_or(i64::MAX))
    .bind(at)
    .bind(i64::from(limit));
    read(conn, statement).await
}

async fn read(conn: &mut Connection, statement: Statement) -> Result<Vec<LoggedEvent>, StoreError> {
    conn.rows(statement)
        .await?
        .iter()
        .map(|row| {
            let row = Reader::new(row, TABLE);
            let sequence: i64 = row.get("sequence")?;
            Ok(LoggedEvent {
                sequence: sequence.unsigned_abs(),
                at: row.time("at")?,
                event: serde_json::from_str(row.json("body")?).map_err(|e| row.damaged(e))?,
            })
        })
        .collect()
}

/// Events after a number and up to another one, but positions of units, oldest first.
async fn events_but_positions(
    conn: &mut Connection,
    after: u64,
    last: u64,
    limit: u32,
) -> Result<Vec<LoggedEvent>, StoreError> {
    let statement = Statement::new(
        "SELECT sequence, at, body FROM events
         WHERE sequence > ? AND sequence <= ? AND kind <> 'unit_moved' ORDER BY sequence LIMIT ?",
    )
    .bind(i64::try_from(after).unwrap_or(i64::MAX))
    .bind(i64::try_from(last).unwrap_or(i64::MAX))
    .bind(i64::from(limit));
    read(conn, statement).await
}

/// Events after a number that changed what is learned from ([`EventKind::changes_data`]).
async fn changes_after(
    conn: &mut Connection,
    sequence: u64,
    limit: u32,
) -> Result<Vec<LoggedEvent>, StoreError> {
    // The condition on the kind is that of the index `events_of_data`, to the letter.
    let statement = Statement::new(
        "SELECT sequence, at, body FROM events
         WHERE kind IN ('workspace_made', 'imported', 'quarantined', 'quarantine_lifted', 'areas_published')
             AND sequence > ? ORDER BY sequence LIMIT ?",
    )
    .bind(number(sequence))
    .bind(i64::from(limit));
    read(conn, statement).await
}

/// A number of the log as a database has it; no log is longer.
pub fn number(sequence: u64) -> i64 {
    i64::try_from(sequence).unwrap_or(i64::MAX)
}

/// The newest event; none in an empty log.
///
/// # Errors
/// [`StoreError`].
pub async fn newest(conn: &mut Connection) -> Result<Option<LoggedEvent>, StoreError> {
    let newest =
        Statement::new("SELECT sequence, at, body FROM events ORDER BY sequence DESC LIMIT 1");
    Ok(read(conn, newest).await?.pop())
}

/// Number of the newest event; 0 where there is none.
///
/// # Errors
/// [`StoreError`].
pub async fn last(conn: &mut Connection) -> Result<u64, StoreError> {
    let last = Statement::new("SELECT coalesce(max(sequence), 0) FROM events");
    Ok(conn.number(last).await?.unsigned_abs())
}

/// Number of the last event that changed what is learned from ([`EventKind::changes_data`]);
/// 0 where there is none.
///
/// # Errors
/// [`StoreError`].
pub async fn last_change(conn: &mut Connection) -> Result<u64, StoreError> {
    // The condition is that of the index `events_of_data`, to the letter.
    let last = Statement::new(
        "SELECT coalesce(max(sequence), 0) FROM events
         WHERE kind IN ('workspace_made', 'imported', 'quarantined', 'quarantine_lifted', 'areas_published')",
    );
    Ok(conn.number(last).await?.unsigned_abs())
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
        EventKind::Board(event) => event.kind(),
        EventKind::ScenarioKept { .. } => "scenario_kept",
        EventKind::AreasPublished { .. } => "areas_published",
    }
}

fn damaged(fault: &serde_json::Error) -> StoreError {
    StoreError::Damaged {
        table: TABLE.into(),
        why: fault.to_string(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The statement's list, the index's and the event's own word must be one.
    #[test]
    fn what_changes_the_data_is_listed_alike_everywhere() {
        let text = String::new;
        let window = crate::calendar::window::Window::new(Timestamp::MIN, Timestamp::MAX).unwrap();
        let all = [
            EventKind::WorkspaceMade { name: text() },
            EventKind::Imported {
                layer: text(),
                file: text(),
                added: 0,
                refused: 0,
                part_of: None,
                marks_synthetic: false,
            },
            EventKind::PlanMade { plan: text() },
            EventKind::Quarantined {
                quarantine: text(),
                what: crate::incident::quarantine::Quarantined::Batch(1),
                incidents: 0,
                reason: text(),
            },
            EventKind::QuarantineLifted {
                quarantine: text(),
                reason: text(),
            },
            EventKind::ForecastFrozen {
                forecast: text(),
                model: text(),
                window,
            },
            EventKind::ForecastScored { forecast: text() },
            EventKind::ModelChosen {
                categories: Vec::new(),
                model: text(),
                before: None,
            },
            EventKind::StandingForecast {
                standing: text(),
                on: true,
            },
            EventKind::OriginOverridden {
                job: text(),
                reason: text(),
            },
            EventKind::ScenarioKept {
                scenario: text(),
                version: None,
            },
            EventKind::AreasPublished {
                layer: text(),
                version: 1,
                areas: 0,
                reason: text(),
            },
        ];
        let changing: Vec<String> = all
            .iter()
            .filter(|event| event.changes_data())
            .map(|event| format!("'{}'", kind(event)))
            .collect();
        let list = format!("kind IN ({})", changing.join(", "));
        for schema in [
            include_str!("schema/gpkg/beats.sql"),
            include_str!("schema/postgis/beats.sql"),
        ] {
            assert!(schema.contains(&list), "{list}");
        }
        let condition = format!("WHERE {list}");
        let said = include_str!("log.rs").matches(&condition).count();
        assert_eq!(said, 2, "{list}");
    }
}
