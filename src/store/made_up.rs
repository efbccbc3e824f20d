//! Whether everything of a workspace is made up: one mark for all of it, set when it is made, or
//! by its first records where they say so. It is never taken back.

use jiff::Timestamp;

use crate::store::connection::Connection;
use crate::store::error::StoreError;
use crate::store::gpkg::contents::{Extent, grow_extent, touch};
use crate::store::row::Reader;
use crate::store::statement::Statement;
use crate::store::tables::SYNTHETIC;
use crate::store::workspace::Workspace;

/// Tables whose rows are records: one of them, and the workspace holds some.
const RECORDS: [&str; 10] = [
    "incidents",
    "stations",
    "beats",
    "zones",
    "posts",
    "joint_duty_posts",
    "commercial_districts",
    "pillars",
    "cameras",
    "units",
];

/// Places that are no records: a map has them (`node/…`, `way/…`, with a source's name before it
/// or not), as it has roads and what is drawn.
const OWN_PLACES: &str = "SELECT 1 FROM places WHERE id NOT LIKE 'node/%' AND id NOT LIKE 'way/%'
     AND id NOT LIKE '%:node/%' AND id NOT LIKE '%:way/%'";

/// What may be there without any record, and bears the mark.
const MAP: [&str; 5] = [
    "boundary",
    "places",
    "basemap_lines",
    "basemap_areas",
    "basemap_labels",
];

impl Workspace {
    /// Whether there is any record: an incident, or something that stands in the district; a map
    /// (boundary, roads, places out of OpenStreetMap) is none.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn holds_records(&self) -> Result<bool, StoreError> {
        holds_records(&mut self.reader().await?).await
    }
}

/// Whether everything is made up.
///
/// # Errors
/// [`StoreError`].
pub async fn is_made_up(conn: &mut Connection) -> Result<bool, StoreError> {
    let statement = Statement::new("SELECT synthetic FROM district WHERE fid = 1");
    let Some(row) = conn.row(statement).await? else {
        return Ok(false);
    };
    let said: &str = Reader::new(&row, "district").get("synthetic")?;
    Ok(said == SYNTHETIC)
}

/// Marks a workspace without records as made up, with all that is in it.
///
/// # Errors
/// [`StoreError::FilledMeanwhile`] where it has some; the caller's transaction should then be
/// rolled back.
pub async fn mark_all(conn: &mut Connection, at: Timestamp) -> Result<(), StoreError> {
    if holds_records(conn).await? {
        return Err(StoreError::FilledMeanwhile);
    }
    for table in ["district"].into_iter().chain(MAP) {
        let update = format!("UPDATE {table} SET synthetic = ?");
        conn.execute(Statement::new(update).bind(SYNTHETIC)).await?;
    }
    touch(conn, "district", at).await?;
    for table in MAP {
        grow_extent(conn, table, Extent::default(), at).await?;
    }
    Ok(())
}

async fn holds_records(conn: &mut Connection) -> Result<bool, StoreError> {
    let any = |rows: &str| format!("EXISTS ({rows})");
    let tables = RECORDS.iter().map(|it| any(&format!("SELECT 1 FROM {it}")));
    let all: Vec<String> = tables.chain([any(OWN_PLACES)]).collect();
    let sql = format!(
        "SELECT CAST(CASE WHEN {} THEN 1 ELSE 0 END AS BIGINT)",
        all.join(" OR ")
    );
    Ok(conn.number(Statement::new(sql)).await? > 0)
}
