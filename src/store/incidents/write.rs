//! Incidents on their way in.
//!
//! An incident is never replaced: its id is made of its source, so the same file imported
//! twice adds nothing, and what the service has noted of it since stays.

use std::collections::{BTreeSet, HashMap, HashSet};

use foldhash::fast::RandomState;
use jiff::Timestamp;
use tokio_stream::StreamExt;

use crate::incident::category::IncidentCategory;
use crate::incident::record::Incident;
use crate::store::codes::Coded;
use crate::store::connection::Connection;
use crate::store::error::StoreError;
use crate::store::filter::json_list;
use crate::store::gpkg::contents::{Extent, grow_extent};
use crate::store::instant;
use crate::store::postgis::partitions::Slots;
use crate::store::record::WriteOutcome;
use crate::store::row::Reader;
use crate::store::statement::{Dialect, Statement, Value};
use crate::store::tables::add_categories;

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

/// From so many new rows on, indexes are built anew rather than kept up row by row, and what a
/// server knows of all of them is out of date.
pub const MANY: usize = 20_000;

/// Ids looked up at a time.
const ID_CHUNK: usize = 1_000;

/// Places closer than this are the same: a decimetre.
const SAME_PLACE_DEGREES: f64 = 1e-6;

/// Takes a file's indexes away before a large import. The same as in
/// `schema/gpkg/incidents.sql`.
pub const DROP_INDEXES: &str =
    "DROP INDEX IF EXISTS incidents_id; DROP INDEX IF EXISTS incidents_at";
/// Builds them again.
pub const MAKE_INDEXES: &str = "CREATE UNIQUE INDEX IF NOT EXISTS incidents_id ON incidents (id);
     CREATE INDEX IF NOT EXISTS incidents_at ON incidents (at_ms)";

/// Takes a server's key of ids away where there are none yet, and nobody looks at them.
const DROP_SERVER_KEY: &str = "LOCK TABLE incident_ids IN ACCESS EXCLUSIVE MODE NOWAIT;
     ALTER TABLE incident_ids DROP CONSTRAINT incidents_id";
/// Makes it again. The same as in `schema/postgis/into_partitions.sql`.
const MAKE_SERVER_KEY: &str =
    "ALTER TABLE incident_ids ADD CONSTRAINT incidents_id PRIMARY KEY (id)";

/// Adds the incidents whose id is new, and the categories that they need. `batch` is the
/// number of the import's event.
///
/// # Errors
/// [`StoreError`]; the caller's transaction should then be rolled back.
pub async fn write_incidents(
    conn: &mut Connection,
    incidents: &[Incident],
    categories: Vec<IncidentCategory>,
    synthetic: &'static str,
    batch: u64,
    at: Timestamp,
) -> Result<WriteOutcome, StoreError> {
    let categories = with_unnamed(categories, incidents);
    add_categories(conn, &categories, at).await?;

    let mut extent = Extent::default();
    for incident in incidents {
        extent.add(Extent::of_position(incident.position));
    }
    let standing = standing(conn, incidents).await?;
    let added = insert_fresh(conn, incidents, &standing, synthetic, batch).await?;
    if added > 0 {
        grow_extent(conn, TABLE, extent, at).await?;
    }
    Ok(WriteOutcome {
        added,
        replaced: 0,
        known: incidents.len() as u64 - added - standing.in_use.len() as u64,
        other_category: standing.other_category,
        in_use: standing.in_use,
        ..WriteOutcome::default()
    })
}

/// What the table has of incidents that come in one by one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Stored {
    /// Nothing.
    No,
    /// This one.
    Same,
    /// Another place or time under its id.
    Other,
}

/// What is stored of each of these incidents, in their order.
///
/// # Errors
/// [`StoreError`].
pub async fn stored(
    conn: &mut Connection,
    incidents: &[Incident],
) -> Result<Vec<Stored>, StoreError> {
    let standing = standing(conn, incidents).await?;
    let of = |(at, incident): (usize, &Incident)| {
        if standing.in_use.binary_search(&at).is_ok() {
            Stored::Other
        } else if standing.known.contains(incident.id.as_str()) {
            Stored::Same
        } else {
            Stored::No
        }
    };
    Ok(incidents.iter().enumerate().map(of).collect())
}

/// Adds incidents that are not stored, each under an id of its own, as those that came in one
/// by one and with no import.
///
/// # Errors
/// [`StoreError`]; the caller's transaction should then be rolled back.
pub async fn add_received(
    conn: &mut Connection,
    incidents: &[Incident],
    synthetic: &'static str,
    at: Timestamp,
) -> Result<(), StoreError> {
    let mut extent = Extent::default();
    for incident in incidents {
        extent.add(Extent::of_position(incident.position));
    }
    let mut rows = Vec::with_capacity(incidents.len());
    let mut slots = Slots::default();
    for incident in incidents {
        slots.add_incident(incident.at);
        rows.push(values(incident, synthetic, None));
    }
    slots.make(conn).await?;
    conn.insert_all(TABLE, &COLUMNS, "", rows.into_iter())
        .await?;
    grow_extent(conn, TABLE, extent, at).await
}

/// Which of these incidents, by their place in the list, have the id of a stored one that
/// happened elsewhere or at another time.
///
/// # Errors
/// [`StoreError`].
pub async fn read_ids_in_use(
    conn: &mut Connection,
    incidents: &[Incident],
) -> Result<Vec<usize>, StoreError> {
    Ok(standing(conn, incidents).await?.in_use)
}

/// Inserts those whose id is not stored, of several with one id the first.
async fn insert_fresh(
    conn: &mut Connection,
    incidents: &[Incident],
    standing: &Standing,
    synthetic: &'static str,
    batch: u64,
) -> Result<u64, StoreError> {
    let mut seen = HashSet::with_capacity_and_hasher(incidents.len(), RandomState::default());
    let fresh: Vec<&Incident> = incidents
        .iter()
        .filter(|i| !standing.known.contains(i.id.as_str()) && seen.insert(i.id.as_str()))
        .collect();
    drop(seen);
    let row = |incident: &&Incident| values(incident, synthetic, Some(batch));
    match conn.dialect() {
        Dialect::Gpkg => insert_into_file(conn, &fresh, row).await,
        Dialect::Postgis => insert_into_server(conn, fresh, standing.is_empty, row).await,
    }
}

/// In a file the indexes are built anew where most of the table is new: in a transaction, so that
/// nobody ever sees the table without them.
async fn insert_into_file(
    conn: &mut Connection,
    fresh: &[&Incident],
    row: impl Fn(&&Incident) -> Vec<Value> + Send + Sync,
) -> Result<u64, StoreError> {
    let mut rebuild = false;
    if fresh.len() >= MANY {
        let stored = conn
            .number(Statement::new("SELECT count(*) FROM incidents"))
            .await?;
        rebuild = fresh.len() as i64 >= stored;
    }
    if rebuild {
        conn.script(DROP_INDEXES).await?;
    }
    let rows = fresh.iter().map(&row);
    let added = conn.insert_all(TABLE, &COLUMNS, "", rows).await?;
    if rebuild {
        conn.script(MAKE_INDEXES).await?;
    }
    Ok(added)
}

/// A server's readers would wait for indexes that are built anew. Of many, those of a time that
/// has no partition yet get one that is filled before it is anybody's.
async fn insert_into_server(
    conn: &mut Connection,
    mut fresh: Vec<&Incident>,
    is_first: bool,
    row: impl Fn(&&Incident) -> Vec<Value> + Send + Sync,
) -> Result<u64, StoreError> {
    // What lies together in time is read together.
    fresh.sort_by_key(|incident| incident.at);
    let mut slots = Slots::default();
    fresh.iter().for_each(|it| slots.add_incident(it.at));
    if fresh.len() < MANY {
        slots.make(conn).await?;
        let rows = fresh.iter().map(&row);
        return conn.insert_all(TABLE, &COLUMNS, "", rows).await;
    }
    let is_without_key = is_first && drop_server_key(conn).await?;
    let (mut added, mut done) = (0, 0);
    for apart in slots.prepare(conn).await? {
        let (start, end) = apart.among(&fresh);
        let between = fresh[done..start].iter().map(&row);
        added += conn.insert_all(TABLE, &COLUMNS, "", between).await?;
        let rows = fresh[start..end].iter().map(&row);
        added += conn.insert_all(&apart.table, &COLUMNS, "", rows).await?;
        apart.attach(conn).await?;
        done = end;
    }
    let rows = fresh[done..].iter().map(&row);
    added += conn.insert_all(TABLE, &COLUMNS, "", rows).await?;
    if is_without_key {
        conn.script(MAKE_SERVER_KEY).await?;
    }
    Ok(added)
}

/// Takes the key of ids away; whether it did. A long reader of all tables (`pg_dump`) is not waited
/// for: with the key it takes longer and comes to the same.
async fn drop_server_key(conn: &mut Connection) -> Result<bool, StoreError> {
    conn.script("SAVEPOINT before_the_key").await?;
    match conn.script(DROP_SERVER_KEY).await {
        Err(StoreError::Busy { .. }) => {
            conn.script("ROLLBACK TO SAVEPOINT before_the_key").await?;
            tracing::info!("somebody reads the ids of incidents: the import keeps their key");
            Ok(false)
        }
        done => done.map(|()| true),
    }
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
    /// Whether many were asked for and the table has none at all.
    is_empty: bool,
}

async fn standing(conn: &mut Connection, incidents: &[Incident]) -> Result<Standing, StoreError> {
    if incidents.len() >= MANY {
        let one = Statement::new("SELECT count(*) FROM (SELECT 1 FROM incidents LIMIT 1) AS one");
        if conn.number(one).await? == 0 {
            return Ok(Standing {
                is_empty: true,
                ..Standing::default()
            });
        }
    }
    let mut by_id: HashMap<&str, usize> = HashMap::with_capacity(incidents.len());
    for (at, incident) in incidents.iter().enumerate() {
        by_id.entry(incident.id.as_str()).or_insert(at);
    }
    let mut standing = Standing::default();
    for statement in lookups(conn, incidents).await? {
        let mut rows = conn.stream(statement);
        while let Some(row) = rows.next().await {
            let row = row?;
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

/// How the stored rows of these incidents are found: one look at all where there are no
/// more than these, else by the index, many at a time.
async fn lookups(
    conn: &mut Connection,
    incidents: &[Incident],
) -> Result<Vec<Statement>, StoreError> {
    const WANTED: &str = "SELECT i.id, i.geom, i.at_ms, i.until_ms, i.category FROM incidents i";
    if incidents.len() >= MANY {
        let more =
            Statement::new("SELECT count(*) FROM (SELECT 1 FROM incidents LIMIT ?) AS first_ones")
                .bind(incidents.len() as i64 + 1);
        if conn.number(more).await? <= incidents.len() as i64 {
            return Ok(vec![Statement::new(WANTED)]);
        }
    }
    let dialect = conn.dialect();
    let by_index = match dialect {
        Dialect::Gpkg => format!("{WANTED} WHERE i.id"),
        // When it was says in which partition it is.
        Dialect::Postgis => {
            format!("{WANTED} JOIN incident_ids k ON k.at_ms = i.at_ms AND k.id = i.id WHERE k.id")
        }
    };
    let by_index = format!("{by_index} IN (SELECT value FROM {})", dialect.listed("w"));
    let chunks = incidents.chunks(ID_CHUNK).map(|chunk| {
        let ids: Vec<&str> = chunk.iter().map(|i| i.id.as_str()).collect();
        Statement::new(by_index.clone()).bind(json_list(&ids))
    });
    Ok(chunks.collect())
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

/// The given categories, and one by its bare code for each that an incident names and
/// nobody described: an incident is not lost for want of a translation.
fn with_unnamed(
    mut categories: Vec<IncidentCategory>,
    incidents: &[Incident],
) -> Vec<IncidentCategory> {
    let used: HashSet<&str, RandomState> = incidents.iter().map(|i| i.category.as_str()).collect();
    let used: BTreeSet<&str> = used.into_iter().collect();
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
fn values(incident: &Incident, synthetic: &'static str, batch: Option<u64>) -> Vec<Value> {
    vec![
        Value::Point(incident.position),
        Value::Int(Some(instant::millis(incident.at))),
        Value::Int(incident.until.map(instant::millis)),
        Value::text(incident.category.as_str()),
        Value::Word(incident.origin.code()),
        Value::Word(incident.state.code()),
        Value::Int(Some(i64::from(incident.priority.number()))),
        Value::text(incident.id.as_str()),
        Value::Instant(Some(incident.at)),
        Value::Instant(incident.until),
        Value::Text(incident.source_id.clone()),
        Value::Word(synthetic),
        Value::Int(batch.map(|number| number as i64)),
    ]
}
