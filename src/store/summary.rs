//! What a workspace says of itself: counts, dates, versions.

use crate::calendar::window::Window;
use crate::incident::quarantine::Quarantine;
use crate::store::connection::Connection;
use crate::store::error::StoreError;
use crate::store::filter::condition;
use crate::store::incidents::endings::counted;
use crate::store::record::{IncidentFilter, WorkspaceInfo};
use crate::store::row::Reader;
use crate::store::statement::Statement;
use crate::store::workspace::Workspace;
use crate::store::{instant, log, quarantines};

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

impl Workspace {
    /// Counts, dates, versions.
    pub async fn info(&self) -> Result<WorkspaceInfo, StoreError> {
        summary(&mut self.reader().await?).await
    }
    /// From the first to just after the last incident that is not in quarantine.
    pub async fn incident_span(&self) -> Result<Option<Window>, StoreError> {
        incident_span(&mut self.reader().await?).await
    }
}

async fn summary(conn: &mut Connection) -> Result<WorkspaceInfo, StoreError> {
    let mut counts = Vec::with_capacity(COUNTED.len());
    for table in COUNTED {
        let count = Statement::new(format!("SELECT count(*) FROM {table}"));
        counts.push((table.to_owned(), conn.number(count).await?.unsigned_abs()));
    }
    let incidents = incident_span(conn).await?;
    let roads = Statement::new("SELECT attribution FROM road_network WHERE fid = 1");
    let attribution: Option<String> = conn
        .row(roads)
        .await?
        .map(|row| Reader::new(&row, "road_network").get("attribution"))
        .transpose()?;
    let version = Statement::new("SELECT coalesce(max(version), 0) FROM frontbeat_schema");
    Ok(WorkspaceInfo {
        schema_version: conn.number(version).await?,
        counts,
        incidents,
        last_event: log::last(conn).await?,
        last_change: log::last_change(conn).await?,
        has_roads: attribution.is_some(),
        attribution: attribution.unwrap_or_default(),
    })
}

/// What is in quarantine says nothing of when the data begin or end.
async fn incident_span(conn: &mut Connection) -> Result<Option<Window>, StoreError> {
    let held = quarantines::read(conn, true).await?;
    let first = end_of_times(conn, "min", &held).await?;
    let last = end_of_times(conn, "max", &held).await?;
    Ok(first.zip(last).and_then(|(first, last)| span(first, last)))
}

/// The first or last time of an incident. Two statements for the two: each is taken from an
/// end of the index.
async fn end_of_times(
    conn: &mut Connection,
    end: &'static str,
    held: &[Quarantine],
) -> Result<Option<i64>, StoreError> {
    let dialect = conn.dialect();
    let all = condition(&IncidentFilter::default(), dialect);
    let condition = quarantines::without(all, held, dialect);
    let condition = counted(conn, condition).await?;
    let sql = format!(
        "SELECT {end}(at_ms) AS at_ms FROM incidents{}",
        condition.sql
    );
    let row = conn
        .row(Statement::new(sql).bind_all(condition.values))
        .await?;
    match row {
        Some(row) => Reader::new(&row, "incidents").get("at_ms"),
        None => Ok(None),
    }
}

/// From the first to just after the last.
fn span(first: i64, last: i64) -> Option<Window> {
    let start = instant::from_millis(first)?;
    let end = instant::from_millis(last.checked_add(1)?)?;
    Window::new(start, end).ok()
}
