//! Incidents: written many at a time, read by filter.
//!
//! An incident is never replaced: its id is made of its source, so the same file imported
//! twice adds nothing, and what the service has noted of it since stays.

use std::collections::{BTreeSet, HashMap, HashSet};

use jiff::Timestamp;
use sqlx::sqlite::SqliteRow;
use sqlx::{AssertSqlSafe, SqliteConnection};
use tokio_stream::StreamExt;

use crate::incident::category::IncidentCategory;
use crate::incident::record::{Incident, Priority};
use crate::place::id::Id;
use crate::place::position::Position;
use crate::risk::model::RiskEvent;
use crate::store::codes::Coded;
use crate::store::error::StoreError;
use crate::store::fault::database_fault;
use crate::store::filter::condition;
use crate::store::gpkg::contents::{Extent, grow_extent};
use crate::store::gpkg::geometry::encode_point;
use crate::store::record::{IncidentFilter, WriteOutcome};
use crate::store::row::{Query, Reader, Value, bind, insert_all};
use crate::store::tables::add_categories;
use crate::store::{instant, quarantines};

const TABLE: &str = "incidents";

const COLUMNS: [&str; 13] = [
    "geom",
    "at_ms",
    "until_ms",
    "category",
    "origin",
    "state",
    "priority",
    "id",
    "at",
    "until",
    "source_id",
    "synthetic",
    "batch",
];

/// From so many new rows on, building the indexes anew beats keeping them up row by row.
const MANY: usize = 20_000;

/// Ids looked up at a time.
const ID_CHUNK: usize = 1_000;

/// Places closer than this are the same: a decimetre.
const SAME_PLACE_DEGREES: f64 = 1e-6;

const DROP_INDEXES: &str = "DROP INDEX incidents_id; DROP INDEX incidents_at";
const MAKE_INDEXES: &str = "CREATE UNIQUE INDEX incidents_id ON incidents (id);
     CREATE INDEX incidents_at ON incidents (at_ms)";

/// Adds the incidents whose id is new, and the categories that they need. `batch` is the
/// number of the import's event.
///
/// # Errors
/// [`StoreError`]; the caller's transaction should then be rolled back.
pub async fn write_incidents(
    conn: &mut SqliteConnection,
    path: &str,
    incidents: &[Incident],
    categories: Vec<IncidentCategory>,
    synthetic: &'static str,
    batch: u64,
    at: Timestamp,
) -> Result<WriteOutcome, StoreError> {
    let fault = |e| database_fault(path, e);
    let categories = with_unnamed(categories, incidents);
    add_categories(conn, &categories, at).await.map_err(fault)?;

    let mut extent = Extent::default();
    for incident in incidents {
        extent.add(Extent::of_position(incident.position));
    }
    let standing = standing(conn, path, incidents).await?;
    let added = if incidents.len() < MANY {
        let rows = incidents.iter().map(|i| values(i, synthetic, batch));
        insert_all(conn, TABLE, &COLUMNS, "ON CONFLICT (id) DO NOTHING", rows).await
    } else {
        insert_many(conn, incidents, &standing, synthetic, batch).await
    };
    let added = added.map_err(fault)?;
    if added > 0 {
        grow_extent(conn, TABLE, extent, at).await.map_err(fault)?;
    }
    Ok(WriteOutcome {
        added,
        replaced: 0,
        known: incidents.len() as u64 - added - standing.in_use.len() as u64,
        other_category: standing.other_category,
        in_use: standing.in_use,
    })
}

/// Which of these incidents, by their place in the list, have the id of a stored one that
/// happened elsewhere or at another time.
///
/// # Errors
/// [`StoreError`].
pub async fn read_ids_in_use(
    conn: &mut SqliteConnection,
    path: &str,
    incidents: &[Incident],
) -> Result<Vec<usize>, StoreError> {
    Ok(standing(conn, path, incidents).await?.in_use)
}

/// Incidents, oldest first by (time, id).
///
/// # Errors
/// [`StoreError`].
pub async fn read_incidents(
    conn: &mut SqliteConnection,
    path: &str,
    filter: &IncidentFilter,
) -> Result<Vec<Incident>, StoreError> {
    let fault = |e| database_fault(path, e);
    let condition = condition(filter);
    let mut sql = format!(
        "SELECT geom, at_ms, until_ms, category, origin, state, priority, id, source_id
         FROM incidents{} ORDER BY at_ms, id",
        condition.sql
    );
    if let Some(limit) = filter.limit {
        sql.push_str(&format!(" LIMIT {limit}"));
    }
    let mut rows = with_values(&sql, condition.values).fetch(conn);
    let mut incidents = Vec::new();
    while let Some(row) = rows.try_next().await.map_err(fault)? {
        incidents.push(incident(&row)?);
    }
    Ok(incidents)
}

/// The incidents that a filter takes, as place and time (of a span: its middle), in order
/// of (time, place), whatever order they were imported in. Those in quarantine are left out.
///
/// # Errors
/// [`StoreError`].
pub async fn read_risk_events(
    conn: &mut SqliteConnection,
    path: &str,
    filter: &IncidentFilter,
) -> Result<Vec<RiskEvent>, StoreError> {
    let fault = |e| database_fault(path, e);
    let held = quarantines::read(conn, path, true).await?;
    let condition = quarantines::without(condition(filter), &held);
    let order = match filter.limit {
        Some(limit) => format!(" ORDER BY at_ms, id LIMIT {limit}"),
        None => String::new(),
    };
    let sql = format!(
        "SELECT geom, (at_ms + coalesce(until_ms, at_ms)) / 2 AS middle_ms FROM incidents{}{order}",
        condition.sql
    );
    let mut rows = with_values(&sql, condition.values).fetch(conn);
    let mut events = Vec::new();
    while let Some(row) = rows.try_next().await.map_err(fault)? {
        let row = Reader::new(&row, TABLE);
        events.push(RiskEvent {
            position: row.position()?,
            at: row.instant("middle_ms")?,
        });
    }
    drop(rows);
    events.sort_unstable_by(|a, b| {
        let key = |p: Position| (p.lon(), p.lat());
        let ((ax, ay), (bx, by)) = (key(a.position), key(b.position));
        a.at.cmp(&b.at)
            .then(ax.total_cmp(&bx))
            .then(ay.total_cmp(&by))
    });
    Ok(events)
}

/// How many incidents a filter takes, by category.
///
/// # Errors
/// [`StoreError`].
pub async fn count_incidents(
    conn: &mut SqliteConnection,
    path: &str,
    filter: &IncidentFilter,
) -> Result<Vec<(String, u64)>, StoreError> {
    let fault = |e| database_fault(path, e);
    let condition = condition(filter);
    let order = match filter.limit {
        Some(limit) => format!(" ORDER BY at_ms, id LIMIT {limit}"),
        None => String::new(),
    };
    let sql = format!(
        "SELECT category, count(*) AS number FROM
             (SELECT category FROM incidents{}{order})
         GROUP BY category ORDER BY category",
        condition.sql
    );
    let rows = with_values(&sql, condition.values)
        .fetch_all(conn)
        .await
        .map_err(fault)?;
    rows.iter()
        .map(|row| {
            let row = Reader::new(row, TABLE);
            let count: i64 = row.get("number")?;
            Ok((row.get("category")?, count.unsigned_abs()))
        })
        .collect()
}

/// The same as inserting row by row, for many: the indexes are built anew where most of
/// the table is new. In a transaction that is SQLite's as well: nobody ever sees the table
/// without them.
async fn insert_many(
    conn: &mut SqliteConnection,
    incidents: &[Incident],
    standing: &Standing,
    synthetic: &'static str,
    batch: u64,
) -> Result<u64, sqlx::Error> {
    let stored: i64 = sqlx::query_scalar("SELECT count(*) FROM incidents")
        .fetch_one(&mut *conn)
        .await?;
    let mut seen: HashSet<&str> = HashSet::with_capacity(incidents.len());
    let fresh: Vec<&Incident> = incidents
        .iter()
        .filter(|i| !standing.known.contains(i.id.as_str()) && seen.insert(i.id.as_str()))
        .collect();
    let rebuild = fresh.len() >= MANY.max(usize::try_from(stored).unwrap_or(usize::MAX));
    drop(seen);
    if rebuild {
        sqlx::raw_sql(DROP_INDEXES).execute(&mut *conn).await?;
    }
    let rows = fresh.iter().map(|i| values(i, synthetic, batch));
    let added = insert_all(conn, TABLE, &COLUMNS, "", rows).await?;
    if rebuild {
        sqlx::raw_sql(MAKE_INDEXES).execute(&mut *conn).await?;
    }
    Ok(added)
}

/// What the table has of a list of incidents.
#[derive(Default)]
struct Standing {
    /// Ids that are stored.
    known: HashSet<String>,
    /// How many are the stored ones but for their category.
    other_category: u64,
    /// Places in the list of those whose id stands for another incident, in order.
    in_use: Vec<usize>,
}

async fn standing(
    conn: &mut SqliteConnection,
    path: &str,
    incidents: &[Incident],
) -> Result<Standing, StoreError> {
    let fault = |e| database_fault(path, e);
    let mut by_id: HashMap<&str, usize> = HashMap::with_capacity(incidents.len());
    for (at, incident) in incidents.iter().enumerate() {
        by_id.entry(incident.id.as_str()).or_insert(at);
    }
    let mut standing = Standing::default();
    // One look at all ids is cheaper for many, one by the index for few.
    let lists: Vec<Option<String>> = if incidents.len() < MANY {
        let chunks = incidents.chunks(ID_CHUNK).map(|chunk| {
            let ids: Vec<&str> = chunk.iter().map(|i| i.id.as_str()).collect();
            Some(serde_json::Value::from(ids).to_string())
        });
        chunks.collect()
    } else {
        vec![None]
    };
    for list in lists {
        let condition = match list {
            Some(_) => " WHERE id IN (SELECT value FROM json_each(?))",
            None => "",
        };
        let sql = format!("SELECT id, geom, at_ms, until_ms, category FROM incidents{condition}");
        let values = list.into_iter().map(Value::text).collect();
        let mut rows = with_values(&sql, values).fetch(&mut *conn);
        while let Some(row) = rows.try_next().await.map_err(fault)? {
            let row = Reader::new(&row, TABLE);
            let id: &str = row.get("id")?;
            let Some(&at) = by_id.get(id) else {
                continue;
            };
            standing.known.insert(id.to_owned());
            if !is_same(&incidents[at], &row)? {
                standing.in_use.push(at);
            } else if row.get::<&str>("category")? != incidents[at].category {
                standing.other_category += 1;
            }
        }
    }
    standing.in_use.sort_unstable();
    Ok(standing)
}

/// Whether a stored row tells of the same event: place and time. Its category may have been
/// read with another map.
fn is_same(incident: &Incident, row: &Reader<'_>) -> Result<bool, StoreError> {
    let there = row.position()?;
    let off = |a: f64, b: f64| (a - b).abs() > SAME_PLACE_DEGREES;
    Ok(row.get::<i64>("at_ms")? == instant::millis(incident.at)
        && row.get::<Option<i64>>("until_ms")? == incident.until.map(instant::millis)
        && !off(there.lon(), incident.position.lon())
        && !off(there.lat(), incident.position.lat()))
}

fn with_values(sql: &str, values: Vec<Value>) -> Query<'static> {
    values.into_iter().fold(
        sqlx::query(AssertSqlSafe(sql.to_owned())),
        |query, value| bind(query, value),
    )
}

/// The given categories, and one by its bare code for each that an incident names and
/// nobody described: an incident is not lost for want of a translation.
fn with_unnamed(
    mut categories: Vec<IncidentCategory>,
    incidents: &[Incident],
) -> Vec<IncidentCategory> {
    let used: BTreeSet<&str> = incidents.iter().map(|i| i.category.as_str()).collect();
    let named: BTreeSet<String> = categories.iter().map(|c| c.code.clone()).collect();
    for code in used.into_iter().filter(|c| !named.contains(*c)) {
        categories.push(IncidentCategory {
            code: code.into(),
            name_en: code.into(),
            name_zh: code.into(),
        });
    }
    categories
}

/// The values of `COLUMNS`.
fn values(incident: &Incident, synthetic: &'static str, batch: u64) -> Vec<Value> {
    vec![
        Value::Blob(Some(encode_point(incident.position))),
        Value::Int(Some(instant::millis(incident.at))),
        Value::Int(incident.until.map(instant::millis)),
        Value::text(incident.category.as_str()),
        Value::Word(incident.origin.code()),
        Value::Word(incident.state.code()),
        Value::Int(Some(i64::from(incident.priority.number()))),
        Value::text(incident.id.as_str()),
        Value::Text(Some(instant::text(incident.at))),
        Value::Text(incident.until.map(instant::text)),
        Value::Text(incident.source_id.clone()),
        Value::Word(synthetic),
        Value::Int(Some(batch as i64)),
    ]
}

fn incident(row: &SqliteRow) -> Result<Incident, StoreError> {
    let row = Reader::new(row, TABLE);
    let priority: u8 = row.get("priority")?;
    Ok(Incident {
        id: Id::new(row.get::<String>("id")?),
        at: row.instant("at_ms")?,
        until: row.optional_instant("until_ms")?,
        position: row.position()?,
        category: row.get("category")?,
        priority: Priority::from_number(priority)
            .ok_or_else(|| row.damaged(format!("priority is {priority}")))?,
        origin: row.code("origin")?,
        state: row.code("state")?,
        source_id: row.get("source_id")?,
    })
}
