//! Quarantines: added and lifted, never deleted; and the condition that leaves their
//! incidents out of what is learned from. A file that was never opened for writing since
//! version 1 has no such table, and so no quarantine.

use jiff::Timestamp;

use crate::calendar::window::Window;
use crate::incident::quarantine::{Batch, Quarantine, Quarantined};
use crate::live::event::EventKind;
use crate::store::connection::Connection;
use crate::store::error::StoreError;
use crate::store::filter::{Condition, category_within, json_list};
use crate::store::gpkg::contents::touch;
use crate::store::row::{Reader, Row};
use crate::store::statement::{Dialect, Statement, Value};
use crate::store::tables::is_there;
use crate::store::workspace::Workspace;
use crate::store::{instant, log};

const TABLE: &str = "quarantines";

impl Workspace {
    /// Keeps incidents out of [`Self::risk_events`]; in the log with its reason.
    pub async fn quarantine(
        &self,
        what: &Quarantined,
        reason: &str,
        at: Timestamp,
    ) -> Result<Quarantine, StoreError> {
        let mut conn = self.begin().await?;
        let incidents = count(&mut conn, what).await?;
        let added = add(&mut conn, what, reason, at).await?;
        let event = EventKind::Quarantined {
            quarantine: added.id.clone(),
            what: what.clone(),
            incidents,
            reason: reason.into(),
        };
        log::append(&mut conn, event, at).await?;
        conn.commit().await?;
        Ok(added)
    }
    /// Lets a quarantine's incidents in again; false where none of that id holds.
    pub async fn lift_quarantine(
        &self,
        id: &str,
        reason: &str,
        at: Timestamp,
    ) -> Result<bool, StoreError> {
        let mut conn = self.begin().await?;
        let statement = Statement::new(
            "UPDATE quarantines SET lifted_at = ? WHERE id = ? AND lifted_at IS NULL",
        )
        .bind(at)
        .bind(id);
        if conn.execute(statement).await? == 0 {
            return Ok(false);
        }
        touch(&mut conn, TABLE, at).await?;
        let event = EventKind::QuarantineLifted {
            quarantine: id.into(),
            reason: reason.into(),
        };
        log::append(&mut conn, event, at).await?;
        conn.commit().await?;
        Ok(true)
    }
    /// Quarantines, oldest first, lifted ones too.
    pub async fn quarantines(&self) -> Result<Vec<Quarantine>, StoreError> {
        read(&mut self.reader().await?, false).await
    }
    /// How many incidents a quarantine would be about.
    pub async fn quarantined_count(&self, what: &Quarantined) -> Result<u64, StoreError> {
        count(&mut self.reader().await?, what).await
    }
    /// Imports of incidents, oldest first.
    pub async fn batches(&self) -> Result<Vec<Batch>, StoreError> {
        read_batches(&mut self.reader().await?).await
    }
}

/// Adds a quarantine under the next free id.
async fn add(
    conn: &mut Connection,
    what: &Quarantined,
    reason: &str,
    at: Timestamp,
) -> Result<Quarantine, StoreError> {
    let last = Statement::new("SELECT coalesce(max(fid), 0) FROM quarantines");
    let fid = conn.number(last).await? + 1;
    let id = format!("q{fid}");
    let (batch, window, categories) = match what {
        Quarantined::Batch(number) => (Some(*number as i64), None, Vec::new()),
        Quarantined::Period { window, categories } => (None, Some(*window), categories.clone()),
    };
    // Its own number too: another database's counter might have left one out.
    let statement = Statement::new(
        "INSERT INTO quarantines (fid, id, batch, start_ms, end_ms, categories, reason, added_at)
         VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
    )
    .bind(fid)
    .bind(id.as_str())
    .bind(batch)
    .bind(window.map(|w| instant::millis_from(w.start())))
    .bind(window.map(|w| instant::millis_from(w.end())))
    .bind(json_list(&categories))
    .bind(reason)
    .bind(at);
    conn.execute(statement).await?;
    touch(conn, TABLE, at).await?;
    Ok(Quarantine {
        id,
        what: what.clone(),
        reason: reason.into(),
        added_at: instant::stored(at),
        lifted_at: None,
    })
}

/// All quarantines, oldest first, or only those that hold.
///
/// # Errors
/// [`StoreError`].
pub async fn read(
    conn: &mut Connection,
    only_holding: bool,
) -> Result<Vec<Quarantine>, StoreError> {
    if !is_there(conn, TABLE).await? {
        return Ok(Vec::new());
    }
    let statement = Statement::new(
        "SELECT id, batch, start_ms, end_ms, categories, reason, added_at, lifted_at
         FROM quarantines WHERE lifted_at IS NULL OR ? = 0 ORDER BY fid",
    )
    .bind(i64::from(only_holding));
    conn.rows(statement).await?.iter().map(quarantine).collect()
}

/// The imports of incidents, oldest first.
async fn read_batches(conn: &mut Connection) -> Result<Vec<Batch>, StoreError> {
    if !is_there(conn, TABLE).await? {
        return Ok(Vec::new());
    }
    let statement = Statement::new(
        "SELECT e.sequence, e.at, e.body ->> 'file' AS file, coalesce(i.number, 0) AS incidents
         FROM events e
         LEFT JOIN (SELECT batch, count(*) AS number FROM incidents GROUP BY batch) i
             ON i.batch = e.sequence
         WHERE e.kind = 'imported' AND e.body ->> 'layer' = 'incidents'
             AND e.body ->> 'part_of' IS NULL
         ORDER BY e.sequence",
    );
    conn.rows(statement)
        .await?
        .iter()
        .map(|row| {
            let row = Reader::new(row, "events");
            let (number, incidents): (i64, i64) = (row.get("sequence")?, row.get("incidents")?);
            Ok(Batch {
                number: number.unsigned_abs(),
                file: row.get("file")?,
                at: row.time("at")?,
                incidents: incidents.unsigned_abs(),
            })
        })
        .collect()
}

/// How many incidents a quarantine is about.
async fn count(conn: &mut Connection, what: &Quarantined) -> Result<u64, StoreError> {
    let (term, values) = term(what, conn.dialect());
    let sql = format!("SELECT count(*) FROM incidents WHERE {term}");
    let number = conn.number(Statement::new(sql).bind_all(values)).await?;
    Ok(number.unsigned_abs())
}

/// The condition without the incidents of these quarantines.
pub fn without(condition: Condition, held: &[Quarantine], dialect: Dialect) -> Condition {
    let mut left = condition;
    for quarantine in held {
        let (term, values) = term(&quarantine.what, dialect);
        let joined = if left.sql.is_empty() {
            " WHERE"
        } else {
            " AND"
        };
        left.sql.push_str(&format!("{joined} NOT ({term})"));
        left.values.extend(values);
    }
    left
}

/// What is true of a quarantine's incidents; never NULL, so that NOT turns it over.
fn term(what: &Quarantined, dialect: Dialect) -> (String, Vec<Value>) {
    match what {
        Quarantined::Batch(number) => (
            "coalesce(batch, 0) = ?".into(),
            vec![Value::Int(Some(*number as i64))],
        ),
        Quarantined::Period { window, categories } => {
            let mut sql = "at_ms >= ? AND at_ms < ?".to_owned();
            let mut values = vec![
                Value::Int(Some(instant::millis_from(window.start()))),
                Value::Int(Some(instant::millis_from(window.end()))),
            ];
            if !categories.is_empty() {
                sql.push_str(" AND ");
                sql.push_str(&category_within(dialect));
                values.push(json_list(categories));
            }
            (sql, values)
        }
    }
}

fn quarantine(row: &Row) -> Result<Quarantine, StoreError> {
    let row = Reader::new(row, TABLE);
    let batch: Option<i64> = row.get("batch")?;
    let what = match batch {
        Some(number) => Quarantined::Batch(number.unsigned_abs()),
        None => {
            let window = Window::new(row.instant("start_ms")?, row.instant("end_ms")?);
            let categories: &str = row.get("categories")?;
            Quarantined::Period {
                window: window.map_err(|e| row.damaged(e))?,
                categories: serde_json::from_str(categories).map_err(|e| row.damaged(e))?,
            }
        }
    };
    Ok(Quarantine {
        id: row.get("id")?,
        what,
        reason: row.get("reason")?,
        added_at: row.time("added_at")?,
        lifted_at: row.optional_time("lifted_at")?,
    })
}
