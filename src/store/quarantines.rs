//! Quarantines: added and lifted, never deleted; and the condition that leaves their
//! incidents out of what is learned from. A file that was never opened for writing since
//! version 1 has no such table, and so no quarantine.

use jiff::Timestamp;
use sqlx::SqliteConnection;
use sqlx::sqlite::SqliteRow;

use crate::calendar::window::Window;
use crate::incident::quarantine::{Batch, Quarantine, Quarantined};
use crate::store::error::StoreError;
use crate::store::fault::database_fault;
use crate::store::filter::{CATEGORY_WITHIN, Condition};
use crate::store::gpkg::contents::touch;
use crate::store::instant;
use crate::store::row::{Reader, Value, bind};
use crate::store::tables::is_there;

const TABLE: &str = "quarantines";

/// Adds a quarantine under the next free id.
///
/// # Errors
/// [`StoreError`].
pub async fn add(
    conn: &mut SqliteConnection,
    path: &str,
    what: &Quarantined,
    reason: &str,
    at: Timestamp,
) -> Result<Quarantine, StoreError> {
    let fault = |e| database_fault(path, e);
    let last: i64 = sqlx::query_scalar("SELECT coalesce(max(fid), 0) FROM quarantines")
        .fetch_one(&mut *conn)
        .await
        .map_err(fault)?;
    let id = format!("q{}", last + 1);
    let (batch, window, categories) = match what {
        Quarantined::Batch(number) => (Some(*number as i64), None, Vec::new()),
        Quarantined::Period { window, categories } => (None, Some(*window), categories.clone()),
    };
    sqlx::query(
        "INSERT INTO quarantines (id, batch, start_ms, end_ms, categories, reason, added_at)
         VALUES (?, ?, ?, ?, ?, ?, ?)",
    )
    .bind(&id)
    .bind(batch)
    .bind(window.map(|w| instant::millis_from(w.start())))
    .bind(window.map(|w| instant::millis_from(w.end())))
    .bind(serde_json::Value::from(categories).to_string())
    .bind(reason)
    .bind(instant::text(at))
    .execute(&mut *conn)
    .await
    .map_err(fault)?;
    touch(conn, TABLE, at).await.map_err(fault)?;
    Ok(Quarantine {
        id,
        what: what.clone(),
        reason: reason.into(),
        added_at: instant::stored(at),
        lifted_at: None,
    })
}

/// Lifts a quarantine; false where there is none of that id that holds.
///
/// # Errors
/// [`StoreError`].
pub async fn lift(
    conn: &mut SqliteConnection,
    path: &str,
    id: &str,
    at: Timestamp,
) -> Result<bool, StoreError> {
    let fault = |e| database_fault(path, e);
    let done =
        sqlx::query("UPDATE quarantines SET lifted_at = ? WHERE id = ? AND lifted_at IS NULL")
            .bind(instant::text(at))
            .bind(id)
            .execute(&mut *conn)
            .await
            .map_err(fault)?;
    touch(conn, TABLE, at).await.map_err(fault)?;
    Ok(done.rows_affected() > 0)
}

/// All quarantines, oldest first, or only those that hold.
///
/// # Errors
/// [`StoreError`].
pub async fn read(
    conn: &mut SqliteConnection,
    path: &str,
    only_holding: bool,
) -> Result<Vec<Quarantine>, StoreError> {
    let fault = |e| database_fault(path, e);
    if !is_there(conn, TABLE).await.map_err(fault)? {
        return Ok(Vec::new());
    }
    sqlx::query(
        "SELECT id, batch, start_ms, end_ms, categories, reason, added_at, lifted_at
         FROM quarantines WHERE lifted_at IS NULL OR NOT ? ORDER BY fid",
    )
    .bind(only_holding)
    .fetch_all(conn)
    .await
    .map_err(fault)?
    .iter()
    .map(quarantine)
    .collect()
}

/// The imports of incidents, oldest first.
///
/// # Errors
/// [`StoreError`].
pub async fn read_batches(
    conn: &mut SqliteConnection,
    path: &str,
) -> Result<Vec<Batch>, StoreError> {
    let fault = |e| database_fault(path, e);
    if !is_there(conn, TABLE).await.map_err(fault)? {
        return Ok(Vec::new());
    }
    sqlx::query(
        "SELECT e.sequence, e.at, json_extract(e.body, '$.file') AS file,
                (SELECT count(*) FROM incidents i WHERE i.batch = e.sequence) AS incidents
         FROM events e
         WHERE e.kind = 'imported' AND json_extract(e.body, '$.layer') = 'incidents'
         ORDER BY e.sequence",
    )
    .fetch_all(conn)
    .await
    .map_err(fault)?
    .iter()
    .map(|row| {
        let row = Reader::new(row, "events");
        let (number, incidents): (i64, i64) = (row.get("sequence")?, row.get("incidents")?);
        let at: &str = row.get("at")?;
        Ok(Batch {
            number: number.unsigned_abs(),
            file: row.get("file")?,
            at: at.parse().map_err(|e| row.damaged(e))?,
            incidents: incidents.unsigned_abs(),
        })
    })
    .collect()
}

/// How many incidents a quarantine is about.
///
/// # Errors
/// [`StoreError`].
pub async fn count(
    conn: &mut SqliteConnection,
    path: &str,
    what: &Quarantined,
) -> Result<u64, StoreError> {
    let (term, values) = term(what);
    let sql = format!("SELECT count(*) AS number FROM incidents WHERE {term}");
    let query = values
        .into_iter()
        .fold(sqlx::query(sqlx::AssertSqlSafe(sql)), |query, value| {
            bind(query, value)
        });
    let row = query
        .fetch_one(conn)
        .await
        .map_err(|e| database_fault(path, e))?;
    let count: i64 = Reader::new(&row, "incidents").get("number")?;
    Ok(count.unsigned_abs())
}

/// The condition without the incidents of these quarantines.
pub fn without(condition: Condition, held: &[Quarantine]) -> Condition {
    let mut left = condition;
    for quarantine in held {
        let (term, values) = term(&quarantine.what);
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
fn term(what: &Quarantined) -> (String, Vec<Value>) {
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
                sql.push_str(CATEGORY_WITHIN);
                let wanted = serde_json::Value::from(categories.clone());
                values.push(Value::text(wanted.to_string()));
            }
            (sql, values)
        }
    }
}

fn quarantine(row: &SqliteRow) -> Result<Quarantine, StoreError> {
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
    let time = |text: &str| text.parse::<Timestamp>().map_err(|e| row.damaged(e));
    let lifted: Option<&str> = row.get("lifted_at")?;
    Ok(Quarantine {
        id: row.get("id")?,
        what,
        reason: row.get("reason")?,
        added_at: time(row.get("added_at")?)?,
        lifted_at: lifted.map(time).transpose()?,
    })
}
