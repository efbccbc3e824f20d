//! Somebody else's GeoPackage: one layer of it as a table, read-only, nothing assumed
//! but the standard's own tables.
//!
//! The file may be spoilt or made to harm: only stored columns of real tables are read (a
//! view or a computed column could run without end), row by row, up to a fixed size.

use std::path::Path;

use sqlx::sqlite::{SqliteConnectOptions, SqliteConnection, SqliteRow};
use sqlx::{AssertSqlSafe, Connection, Row};
use tokio_stream::StreamExt;

use crate::exchange::read::fault::ReadFault;
use crate::exchange::read::table::{RawShape, StatedFrame, Table};
use crate::exchange::read::wkb_shape::shape_of_gpkg;

/// Cells and shapes held in memory at most, bytes.
const HELD_LIMIT: u64 = 1 << 30;
/// Layers looked at, and columns read.
const MOST_LAYERS: usize = 1_000;
const MOST_COLUMNS: usize = 2_000;

struct LayerOfFile {
    table: String,
    geometry: Option<String>,
    srs: i64,
}

/// Reads a layer: the one of that name, or the only one.
///
/// # Errors
/// [`ReadFault::Damaged`] where the file is no GeoPackage, [`ReadFault::ChooseLayer`]
/// where there are several layers or none of that name.
pub async fn read_foreign(path: &Path, layer: Option<&str>) -> Result<Table, ReadFault> {
    let options = SqliteConnectOptions::new().filename(path).read_only(true);
    let mut connection = SqliteConnection::connect_with(&options)
        .await
        .map_err(|fault| damaged("its database", &fault))?;
    let found = read(&mut connection, layer).await;
    // Nothing was written: a failing close loses nothing.
    let _ = connection.close().await;
    found
}

async fn read(connection: &mut SqliteConnection, layer: Option<&str>) -> Result<Table, ReadFault> {
    let layers = layers_of(connection).await?;
    let chosen = choose(&layers, layer)?;
    let place = format!("table {}", chosen.table);
    check_is_table(connection, &chosen.table).await?;
    let names = stored_columns(connection, &chosen.table).await?;
    let is_geometry = |name: &String| chosen.geometry.as_ref() == Some(name);
    let geometry_at = names.iter().position(is_geometry);
    let columns: Vec<String> = names.iter().filter(|n| !is_geometry(n)).cloned().collect();
    let description = format!("GeoPackage, layer {}", chosen.table);
    let mut table = Table::new(columns, description, "feature");
    let wanted: Vec<String> = names.iter().map(|name| quoted(name)).collect();
    let statement = format!(
        "SELECT {} FROM {}",
        wanted.join(", "),
        quoted(&chosen.table)
    );
    let mut rows = sqlx::query(AssertSqlSafe(statement)).fetch(&mut *connection);
    while let Some(row) = rows
        .try_next()
        .await
        .map_err(|fault| damaged(&place, &fault))?
    {
        let cells_at = (0..names.len()).filter(|at| Some(*at) != geometry_at);
        let cells: Vec<String> = cells_at.map(|cell| text_of(&row, cell)).collect();
        let blob: Option<Vec<u8>> = geometry_at
            .map(|column| row.try_get_unchecked(column).unwrap_or_default())
            .unwrap_or_default();
        let number = u32::try_from(table.len() + 1).unwrap_or(u32::MAX);
        let cells = cells.iter().map(String::as_str);
        if geometry_at.is_some() {
            let shape = blob.map_or(RawShape::Nothing, |blob| shape_of_gpkg(&blob));
            table.push_with_shape(number, cells, shape);
        } else {
            table.push(number, cells);
        }
        table.check_held(HELD_LIMIT)?;
    }
    drop(rows);
    if table.is_empty() {
        return Err(ReadFault::NoRows {
            columns: format!("layer {}", chosen.table),
        });
    }
    if geometry_at.is_some() {
        table.frame = frame_of(connection, chosen.srs).await?;
    }
    Ok(table)
}

/// Refuses views and virtual tables; a real table has a root page.
async fn check_is_table(connection: &mut SqliteConnection, name: &str) -> Result<(), ReadFault> {
    let real: i64 = sqlx::query_scalar(
        "SELECT count(*) FROM sqlite_schema
         WHERE type = 'table' AND rootpage > 0 AND name = ? COLLATE NOCASE",
    )
    .bind(name)
    .fetch_one(connection)
    .await
    .map_err(|fault| damaged("its schema", &fault))?;
    if real == 1 {
        return Ok(());
    }
    Err(ReadFault::Damaged {
        format: "GeoPackage",
        place: format!("layer {name}"),
        why: "it is no table with rows of its own (a view or a virtual table is not read)"
            .to_owned(),
    })
}

/// Columns whose values are stored, not computed.
async fn stored_columns(
    connection: &mut SqliteConnection,
    table: &str,
) -> Result<Vec<String>, ReadFault> {
    let rows = sqlx::query("SELECT name FROM pragma_table_xinfo(?) WHERE hidden = 0 LIMIT ?")
        .bind(table)
        .bind(MOST_COLUMNS as i64)
        .fetch_all(connection)
        .await
        .map_err(|fault| damaged("its schema", &fault))?;
    let names: Vec<String> = rows
        .iter()
        .filter_map(|row| row.try_get_unchecked(0).ok())
        .collect();
    if names.is_empty() || names.len() < rows.len() {
        return Err(ReadFault::Damaged {
            format: "GeoPackage",
            place: format!("table {table}"),
            why: "its columns can't be read".to_owned(),
        });
    }
    Ok(names)
}

async fn layers_of(connection: &mut SqliteConnection) -> Result<Vec<LayerOfFile>, ReadFault> {
    check_is_table(connection, "gpkg_contents").await?;
    check_is_table(connection, "gpkg_geometry_columns").await?;
    let rows = sqlx::query(
        "SELECT c.table_name, g.column_name, coalesce(g.srs_id, 0)
         FROM gpkg_contents c
         LEFT JOIN gpkg_geometry_columns g ON g.table_name = c.table_name
         WHERE c.data_type IN ('features', 'attributes')
         ORDER BY c.table_name LIMIT ?",
    )
    .bind(MOST_LAYERS as i64)
    .fetch_all(connection)
    .await
    .map_err(|fault| damaged("its list of layers (gpkg_contents)", &fault))?;
    let layers = rows.iter().map(|row| LayerOfFile {
        table: row.try_get_unchecked(0).unwrap_or_default(),
        geometry: row.try_get_unchecked(1).unwrap_or_default(),
        srs: row.try_get_unchecked(2).unwrap_or_default(),
    });
    Ok(layers.collect())
}

fn choose<'a>(
    layers: &'a [LayerOfFile],
    wanted: Option<&str>,
) -> Result<&'a LayerOfFile, ReadFault> {
    let found = match wanted {
        Some(name) => layers.iter().find(|layer| layer.table == name),
        None => {
            let mut drawn = layers.iter().filter(|layer| layer.geometry.is_some());
            match (drawn.next(), drawn.next(), layers) {
                (Some(only), None, _) => Some(only),
                (None, _, [only]) => Some(only),
                _ => None,
            }
        }
    };
    found.ok_or_else(|| ReadFault::ChooseLayer {
        layers: layers.iter().map(|layer| layer.table.clone()).collect(),
    })
}

async fn frame_of(connection: &mut SqliteConnection, srs: i64) -> Result<StatedFrame, ReadFault> {
    // 0 and -1 mean undefined in the standard.
    if srs <= 0 {
        return Ok(StatedFrame::Unstated);
    }
    check_is_table(connection, "gpkg_spatial_ref_sys").await?;
    let row = sqlx::query(
        "SELECT organization, organization_coordsys_id, definition
         FROM gpkg_spatial_ref_sys WHERE srs_id = ?",
    )
    .bind(srs)
    .fetch_optional(connection)
    .await
    .map_err(|fault| damaged("gpkg_spatial_ref_sys", &fault))?;
    let Some(row) = row else {
        return Ok(StatedFrame::Unstated);
    };
    let organization: String = row.try_get_unchecked(0).unwrap_or_default();
    let code: i64 = row.try_get_unchecked(1).unwrap_or_default();
    let definition: String = row.try_get_unchecked(2).unwrap_or_default();
    Ok(match u32::try_from(code) {
        Ok(code) if organization.eq_ignore_ascii_case("EPSG") => StatedFrame::Epsg(code),
        _ => StatedFrame::Wkt(definition),
    })
}

/// A cell as text; NULL and blobs are empty.
fn text_of(row: &SqliteRow, column: usize) -> String {
    let text: Option<String> = row.try_get_unchecked(column).unwrap_or_default();
    text.unwrap_or_default()
}

fn quoted(name: &str) -> String {
    format!("\"{}\"", name.replace('"', "\"\""))
}

fn damaged(place: &str, fault: &sqlx::Error) -> ReadFault {
    let why = match fault.as_database_error() {
        Some(told) => told.message().to_owned(),
        None => fault.to_string(),
    };
    ReadFault::damaged("GeoPackage", place, why)
}

#[cfg(test)]
#[path = "foreign_tests.rs"]
mod tests;
