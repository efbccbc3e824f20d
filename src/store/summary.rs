//! What a workspace says of itself: counts, dates, versions.

use sqlx::{AssertSqlSafe, SqliteConnection};

use crate::calendar::window::Window;
use crate::incident::quarantine::Quarantine;
use crate::store::error::StoreError;
use crate::store::fault::database_fault;
use crate::store::filter::condition;
use crate::store::record::{IncidentFilter, WorkspaceInfo};
use crate::store::row::{Reader, bind};
use crate::store::{instant, log, quarantines, schema};

/// The tables that are counted, in the order they are told.
pub const COUNTED: [&str; 18] = [
    "boundary",
    "stations",
    "beats",
    "zones",
    "posts",
    "joint_duty_posts",
    "commercial_districts",
    "pillars",
    "cameras",
    "places",
    "units",
    "incidents",
    "incident_categories",
    "shifts",
    "basemap_lines",
    "basemap_areas",
    "basemap_labels",
    "plans",
];

/// Counts, dates, versions.
///
/// # Errors
/// [`StoreError`].
pub async fn summary(conn: &mut SqliteConnection, path: &str) -> Result<WorkspaceInfo, StoreError> {
    let fault = |e| database_fault(path, e);
    let mut counts = Vec::with_capacity(COUNTED.len());
    for table in COUNTED {
        let count: i64 = sqlx::query_scalar(AssertSqlSafe(format!("SELECT count(*) FROM {table}")))
            .fetch_one(&mut *conn)
            .await
            .map_err(fault)?;
        counts.push((table.to_owned(), count.unsigned_abs()));
    }
    // What is in quarantine says nothing of when the data begin or end.
    let held = quarantines::read(conn, path, true).await?;
    let first = end_of_times(conn, path, "min", &held).await?;
    let last = end_of_times(conn, path, "max", &held).await?;
    let attribution: Option<String> =
        sqlx::query_scalar("SELECT attribution FROM road_network WHERE fid = 1")
            .fetch_optional(&mut *conn)
            .await
            .map_err(fault)?;
    Ok(WorkspaceInfo {
        schema_version: schema::version(conn).await.map_err(fault)?.unwrap_or(0),
        counts,
        incidents: first.zip(last).and_then(|(first, last)| span(first, last)),
        last_event: log::last(conn, path).await?,
        last_change: log::last_change(conn, path).await?,
        has_roads: attribution.is_some(),
        attribution: attribution.unwrap_or_default(),
    })
}

/// The first or last time of an incident. Two statements for the two: SQLite takes each
/// from an end of the index.
async fn end_of_times(
    conn: &mut SqliteConnection,
    path: &str,
    end: &'static str,
    held: &[Quarantine],
) -> Result<Option<i64>, StoreError> {
    let condition = quarantines::without(condition(&IncidentFilter::default()), held);
    let sql = format!(
        "SELECT {end}(at_ms) AS at_ms FROM incidents{}",
        condition.sql
    );
    let row = condition
        .values
        .into_iter()
        .fold(sqlx::query(AssertSqlSafe(sql)), bind)
        .fetch_one(conn)
        .await
        .map_err(|e| database_fault(path, e))?;
    Reader::new(&row, "incidents").get("at_ms")
}

/// From the first to just after the last.
fn span(first: i64, last: i64) -> Option<Window> {
    let start = instant::from_millis(first)?;
    let end = instant::from_millis(last.checked_add(1)?)?;
    Window::new(start, end).ok()
}
