//! Partitions of incidents and events by time. One is made before the first row that lies in
//! it is written, in the same transaction, whatever the row's date; the leader makes those of
//! the time that comes, so that deliveries find them there. Readers are not held up by it.
//!
//! What lies where is said once, by `frontbeat_make_partition` of the tables. What is here only
//! asks for each of them once. They belong to the owner of the whole, whoever makes them.

use std::collections::BTreeMap;

use jiff::tz::Offset;
use jiff::{SignedDuration, Timestamp};

use crate::incident::record::Incident;
use crate::store::connection::Connection;
use crate::store::error::StoreError;
use crate::store::filter::json_list;
use crate::store::instant;
use crate::store::row::Reader;
use crate::store::statement::{Dialect, Statement, Value};

/// The kind of the events that are kept for some weeks only.
pub const POSITION: &str = "unit_moved";

const INCIDENTS: &str = "incidents";
const POSITIONS: &str = "events_positions";
const OTHER_EVENTS: &str = "events_kept";

const TABLE: &str = "partitions";

/// A week of a row of positions; it begins on a Monday, 1970 did on a Thursday.
const WEEK_MS: i64 = 7 * 24 * 3_600_000;
const MONDAY_MS: i64 = 3 * 24 * 3_600_000;

/// Partitions of positions made ahead, weeks.
const WEEKS_AHEAD: i64 = 6;

/// Where a row goes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Slot {
    parent: &'static str,
    /// Number of the week or year.
    number: i64,
}

/// Slots, each with an instant in it.
#[derive(Debug, Default)]
pub struct Slots {
    wanted: BTreeMap<Slot, i64>,
}

impl Slots {
    /// Adds that of an incident.
    pub fn add_incident(&mut self, at: Timestamp) {
        self.add(INCIDENTS, at);
    }

    /// Adds that of an event.
    pub fn add_event(&mut self, kind: &str, at: Timestamp) {
        let parent = match kind {
            POSITION => POSITIONS,
            _ => OTHER_EVENTS,
        };
        self.add(parent, at);
    }

    /// Adds that of a row of any table; of most there is none.
    pub fn add_row(&mut self, table: &str, columns: &[&str], row: &[Value]) {
        let of = |name| columns.iter().position(|it| *it == name).map(|i| &row[i]);
        match (table, of("at"), of("kind")) {
            ("incidents", Some(Value::Instant(Some(at))), _) => self.add_incident(*at),
            ("events", Some(Value::Instant(Some(at))), Some(Value::Text(Some(kind)))) => {
                self.add_event(kind, *at);
            }
            _ => {}
        }
    }

    fn add(&mut self, parent: &'static str, at: Timestamp) {
        let ms = instant::millis(at);
        let number = match parent {
            POSITIONS => (ms + MONDAY_MS).div_euclid(WEEK_MS),
            _ => i64::from(Offset::UTC.to_datetime(at).year()),
        };
        self.wanted.entry(Slot { parent, number }).or_insert(ms);
    }

    /// Makes the partitions that are missing; how many. Nothing to do in a file.
    ///
    /// # Errors
    /// [`StoreError`]; the caller's transaction should then be rolled back.
    pub async fn make(self, conn: &mut Connection) -> Result<u64, StoreError> {
        if self.wanted.is_empty() || conn.dialect() == Dialect::Gpkg {
            return Ok(0);
        }
        let make = Statement::new(
            "SELECT count(*) FROM json_array_elements(?::text::json) AS w (value)
             WHERE frontbeat_make_partition(w.value ->> 0, (w.value ->> 1)::bigint)",
        );
        let made = conn.number(make.bind(self.listed())).await?;
        Ok(made.unsigned_abs())
    }

    /// Prepares tables for the partitions that are missing, for many rows at once: without
    /// indexes and keys, which are made quicker of all rows together. Each is to be attached in
    /// the same transaction. On PostGIS only.
    ///
    /// # Errors
    /// [`StoreError`]; the caller's transaction should then be rolled back.
    pub async fn prepare(self, conn: &mut Connection) -> Result<Vec<Apart>, StoreError> {
        let prepare = Statement::new(
            "SELECT made FROM json_array_elements(?::text::json) AS w (value),
                 frontbeat_prepare_partition(w.value ->> 0, (w.value ->> 1)::bigint) AS made
             WHERE made IS NOT NULL",
        );
        let mut made: Vec<String> = Vec::new();
        for row in conn.rows(prepare.bind(self.listed())).await? {
            made.push(Reader::new(&row, TABLE).get::<&str>("made")?.to_owned());
        }
        let made: Vec<&str> = made.iter().map(String::as_str).collect();
        // What a statement has written it does not see itself.
        let times = Statement::new(format!(
            "SELECT name, from_ms, until_ms FROM partitions
             WHERE name IN (SELECT value FROM {}) ORDER BY from_ms",
            conn.dialect().listed("w")
        ));
        let mut prepared = Vec::with_capacity(made.len());
        for row in conn.rows(times.bind(json_list(&made))).await? {
            let row = Reader::new(&row, TABLE);
            prepared.push(Apart {
                table: row.get::<&str>("name")?.to_owned(),
                from_ms: row.get("from_ms")?,
                until_ms: row.get("until_ms")?,
            });
        }
        Ok(prepared)
    }

    fn listed(&self) -> Value {
        let wanted: Vec<serde_json::Value> = self
            .wanted
            .iter()
            .map(|(slot, ms)| serde_json::json!([slot.parent, ms]))
            .collect();
        Value::text(serde_json::Value::from(wanted).to_string())
    }
}

/// A table that will be a partition.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Apart {
    /// Its name.
    pub table: String,
    from_ms: i64,
    until_ms: i64,
}

impl Apart {
    /// From where on and up to where those of its time are among incidents that are sorted by
    /// time.
    pub fn among(&self, sorted: &[&Incident]) -> (usize, usize) {
        let before = |ms| sorted.partition_point(|it| instant::millis(it.at) < ms);
        (before(self.from_ms), before(self.until_ms))
    }

    /// Makes it a partition, with indexes and keys of what was written to it.
    ///
    /// # Errors
    /// [`StoreError`], where an id is taken too; the transaction should then be rolled back.
    pub async fn attach(self, conn: &mut Connection) -> Result<(), StoreError> {
        let attach = Statement::new("SELECT count(*) FROM frontbeat_attach_partition(?)");
        conn.number(attach.bind(Value::text(self.table))).await?;
        Ok(())
    }
}

/// Makes the partitions of an instant and of the time after it: a year, six weeks of positions.
///
/// # Errors
/// [`StoreError`].
pub async fn make_ahead(conn: &mut Connection, now: Timestamp) -> Result<u64, StoreError> {
    let mut slots = Slots::default();
    let after = |hours| now.saturating_add(SignedDuration::from_hours(hours));
    for year in [Ok(now), after(366 * 24)].into_iter().flatten() {
        slots.add_incident(year);
        slots.add_event("", year);
    }
    for week in (0..=WEEKS_AHEAD).filter_map(|week| after(week * 7 * 24).ok()) {
        slots.add_event(POSITION, week);
    }
    slots.make(conn).await
}

/// A week of positions that may go, as it was looked at.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OldPositions {
    partition: String,
    newest: i64,
    /// Numbers of the last one of each unit, which stay: a JSON list.
    last_ones: String,
}

/// Looks through the oldest partition of positions that ended by an instant; none where there is
/// none. It takes as long as there are positions in a week: before the turn to write is taken.
///
/// # Errors
/// [`StoreError`].
pub async fn oldest_positions(
    conn: &mut Connection,
    before: Timestamp,
) -> Result<Option<OldPositions>, StoreError> {
    let oldest =
        Statement::new("SELECT partition, newest, last_ones FROM frontbeat_oldest_positions(?)");
    let found = conn.row(oldest.bind(instant::millis(before))).await?;
    let old = |row| {
        let row = Reader::new(&row, TABLE);
        Ok(OldPositions {
            partition: row.get("partition")?,
            newest: row.get("newest")?,
            last_ones: row.get("last_ones")?,
        })
    };
    found.map(old).transpose()
}

/// Drops a week of positions; whether it was still what was looked at.
///
/// # Errors
/// [`StoreError::Busy`] where somebody reads the log for long: the partition stays until the
/// next time.
pub async fn drop_positions(conn: &mut Connection, old: &OldPositions) -> Result<bool, StoreError> {
    // Whoever wants to read meanwhile waits behind this.
    conn.script("SET LOCAL lock_timeout TO '500ms'").await?;
    let drop = Statement::new("SELECT frontbeat_drop_positions(?, ?, ?)::int::bigint")
        .bind(old.partition.as_str())
        .bind(old.newest)
        .bind(old.last_ones.as_str());
    Ok(conn.number(drop).await? == 1)
}

/// The instant before which only the last position of each unit is left.
///
/// # Errors
/// [`StoreError`].
pub async fn positions_begin(conn: &mut Connection) -> Result<Timestamp, StoreError> {
    let begin = "SELECT until_ms FROM partitions WHERE name = 'events_positions_old'";
    let begin = conn.number(Statement::new(begin)).await?;
    Ok(instant::from_millis(begin).unwrap_or(Timestamp::MIN))
}
