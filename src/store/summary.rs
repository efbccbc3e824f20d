//! What a workspace says of itself: counts, dates, versions.

use sqlx::{AssertSqlSafe, SqliteConnection};

use crate::calendar::window::Window;
use crate::store::error::StoreError;
use crate::store::fault::database_fault;
use crate::store::record::WorkspaceInfo;
use crate::store::{instant, log, schema};

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
    // Two statements: SQLite takes each from an end of the index.
    let first: Option<i64> = sqlx::query_scalar("SELECT min(at_ms) FROM incidents")
        .fetch_one(&mut *conn)
        .await
        .map_err(fault)?;
    let last: Option<i64> = sqlx::query_scalar("SELECT max(at_ms) FROM incidents")
        .fetch_one(&mut *conn)
        .await
        .map_err(fault)?;
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
        has_roads: attribution.is_some(),
        attribution: attribution.unwrap_or_default(),
    })
}

/// From the first to just after the last.
fn span(first: i64, last: i64) -> Option<Window> {
    let start = instant::from_millis(first)?;
    let end = instant::from_millis(last.checked_add(1)?)?;
    Window::new(start, end).ok()
}
