//! Somebody else's GeoPackage: one layer of it as a table, read-only, nothing assumed
//! but the standard's own tables.

use std::path::Path;

use sqlx::sqlite::{SqliteConnectOptions, SqliteConnection, SqliteRow};
use sqlx::{AssertSqlSafe, Column, Connection, Row};

use crate::exchange::read::fault::ReadFault;
use crate::exchange::read::table::{RawShape, StatedFrame, Table};
use crate::exchange::read::wkb_shape::shape_of_gpkg;

/// Cells held in memory at most, bytes.
const TEXT_LIMIT: usize = 1 << 30;

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
    let statement = format!("SELECT * FROM {}", quoted(&chosen.table));
    let place = format!("table {}", chosen.table);
    let rows = sqlx::query(AssertSqlSafe(statement))
        .fetch_all(&mut *connection)
        .await
        .map_err(|fault| damaged(&place, &fault))?;
    let names: Vec<String> = rows
        .first()
        .map(|row| row.columns().iter().map(|c| c.name().to_owned()).collect())
        .unwrap_or_default();
    let geometry = chosen.geometry.as_ref();
    let geometry_at = names.iter().position(|name| Some(name) == geometry);
    let is_cell = |at: &usize| Some(*at) != geometry_at;
    let cells_at: Vec<usize> = (0..names.len()).filter(is_cell).collect();
    let columns: Vec<String> = cells_at.iter().map(|&at| names[at].clone()).collect();
    if rows.is_empty() {
        return Err(ReadFault::NoRows {
            columns: format!("layer {}", chosen.table),
        });
    }
    let description = format!("GeoPackage, layer {}", chosen.table);
    let mut table = Table::new(columns, description, "feature");
    let mut held = 0;
    for (at, row) in rows.iter().enumerate() {
        let cells: Vec<String> = cells_at.iter().map(|&cell| text_of(row, cell)).collect();
        held += cells.iter().map(String::len).sum::<usize>();
        if held > TEXT_LIMIT {
            return Err(ReadFault::TooLarge {
                what: place,
                limit_mib: (TEXT_LIMIT >> 20) as u64,
            });
        }
        let number = u32::try_from(at + 1).unwrap_or(u32::MAX);
        let cells = cells.iter().map(String::as_str);
        match geometry_at {
            Some(column) => {
                let blob: Option<Vec<u8>> = row.try_get_unchecked(column).unwrap_or_default();
                let shape = blob.map_or(RawShape::Nothing, |blob| shape_of_gpkg(&blob));
                table.push_with_shape(number, cells, shape);
            }
            None => table.push(number, cells),
        }
    }
    if geometry_at.is_some() {
        table.frame = frame_of(connection, chosen.srs).await?;
    }
    Ok(table)
}

async fn layers_of(connection: &mut SqliteConnection) -> Result<Vec<LayerOfFile>, ReadFault> {
    let rows = sqlx::query(
        "SELECT c.table_name, g.column_name, coalesce(g.srs_id, 0)
         FROM gpkg_contents c
         LEFT JOIN gpkg_geometry_columns g ON g.table_name = c.table_name
         WHERE c.data_type IN ('features', 'attributes')
         ORDER BY c.table_name",
    )
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
    let names: Vec<&str> = layers.iter().map(|l| l.table.as_str()).collect();
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
        layers: names.join(", "),
    })
}

async fn frame_of(connection: &mut SqliteConnection, srs: i64) -> Result<StatedFrame, ReadFault> {
    // 0 and -1 mean undefined in the standard.
    if srs <= 0 {
        return Ok(StatedFrame::Unstated);
    }
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
    ReadFault::Damaged {
        format: "GeoPackage",
        place: place.to_owned(),
        why: match fault.as_database_error() {
            Some(told) => told.message().to_owned(),
            None => fault.to_string(),
        },
    }
}
