//! Roads and basemap: the network as one binary row, what is drawn as ordinary layers.

use geo_types::{Geometry, LineString, Polygon};
use jiff::Timestamp;
use sqlx::{AssertSqlSafe, SqliteConnection};
use tokio_stream::StreamExt;

use crate::place::basemap::{BasemapFeature, BasemapShape};
use crate::place::position::Position;
use crate::store::codes::Coded;
use crate::store::error::StoreError;
use crate::store::fault::database_fault;
use crate::store::gpkg::contents::{Extent, set_extent, touch};
use crate::store::gpkg::geometry::encode_point;
use crate::store::instant;
use crate::store::layers::geometry_blob;
use crate::store::record::{RoadRows, WriteOutcome};
use crate::store::row::{Reader, Value, insert_all};
use crate::store::tables::write_speeds;

const LINES: &str = "basemap_lines";
const AREAS: &str = "basemap_areas";
const LABELS: &str = "basemap_labels";
const COLUMNS: [&str; 5] = ["geom", "kind", "class", "name", "synthetic"];

/// Replaces roads, speeds and basemap. Counted are the network and what is drawn.
///
/// # Errors
/// [`StoreError`]; the caller's transaction should then be rolled back.
pub async fn write_roads(
    conn: &mut SqliteConnection,
    path: &str,
    roads: &RoadRows,
    synthetic: &'static str,
    at: Timestamp,
) -> Result<WriteOutcome, StoreError> {
    let fault = |e| database_fault(path, e);
    let before = read_network(conn, path).await?;
    sqlx::query(
        "INSERT OR REPLACE INTO road_network (fid, imported_at, attribution, network)
         VALUES (1, ?, ?, ?)",
    )
    .bind(instant::text(at))
    .bind(roads.attribution.as_str())
    .bind(roads.network.as_slice())
    .execute(&mut *conn)
    .await
    .map_err(fault)?;
    touch(conn, "road_network", at).await.map_err(fault)?;
    write_speeds(conn, &roads.speeds, at).await.map_err(fault)?;
    for table in [LINES, AREAS, LABELS] {
        write_basemap(conn, path, table, &roads.basemap, synthetic, at).await?;
    }

    let rows = 1 + roads.basemap.len() as u64;
    let mut outcome = WriteOutcome::default();
    match before {
        None => outcome.added = rows,
        Some(same) if same == roads.network => outcome.known = rows,
        Some(_) => outcome.replaced = rows,
    }
    Ok(outcome)
}

/// The network's bytes.
///
/// # Errors
/// [`StoreError`].
pub async fn read_network(
    conn: &mut SqliteConnection,
    path: &str,
) -> Result<Option<Vec<u8>>, StoreError> {
    sqlx::query_scalar("SELECT network FROM road_network WHERE fid = 1")
        .fetch_optional(conn)
        .await
        .map_err(|e| database_fault(path, e))
}

/// What to draw: lines, areas, labels, each in the order they were given.
///
/// # Errors
/// [`StoreError`].
pub async fn read_basemap(
    conn: &mut SqliteConnection,
    path: &str,
) -> Result<Vec<BasemapFeature>, StoreError> {
    let fault = |e| database_fault(path, e);
    let mut features = Vec::new();
    for table in [LINES, AREAS, LABELS] {
        let sql = format!("SELECT geom, kind, class, name FROM {table} ORDER BY fid");
        let mut rows = sqlx::query(AssertSqlSafe(sql)).fetch(&mut *conn);
        while let Some(row) = rows.try_next().await.map_err(fault)? {
            let row = Reader::new(&row, table);
            features.push(BasemapFeature {
                kind: row.code("kind")?,
                class: row.get("class")?,
                name: row.get("name")?,
                shape: shape(row)?,
            });
        }
    }
    Ok(features)
}

async fn write_basemap(
    conn: &mut SqliteConnection,
    path: &str,
    table: &'static str,
    features: &[BasemapFeature],
    synthetic: &'static str,
    at: Timestamp,
) -> Result<(), StoreError> {
    let fault = |e| database_fault(path, e);
    sqlx::query(AssertSqlSafe(format!("DELETE FROM {table}")))
        .execute(&mut *conn)
        .await
        .map_err(fault)?;
    let mut extent = Extent::default();
    let mut rows = Vec::new();
    for feature in features.iter().filter(|f| table_of(&f.shape) == table) {
        extent.add(extent_of(&feature.shape));
        rows.push(vec![
            Value::Blob(Some(blob(table, &feature.shape)?)),
            Value::Word(feature.kind.code()),
            Value::text(feature.class.as_str()),
            Value::text(feature.name.as_str()),
            Value::Word(synthetic),
        ]);
    }
    insert_all(conn, table, &COLUMNS, "", rows.into_iter())
        .await
        .map_err(fault)?;
    set_extent(conn, table, extent, at).await.map_err(fault)
}

fn table_of(shape: &BasemapShape) -> &'static str {
    match shape {
        BasemapShape::Point(_) => LABELS,
        BasemapShape::Line(_) => LINES,
        BasemapShape::Polygon(_) => AREAS,
    }
}

fn extent_of(shape: &BasemapShape) -> Extent {
    match shape {
        BasemapShape::Point(position) => Extent::of_position(*position),
        BasemapShape::Line(line) => Extent::of_positions(line),
        BasemapShape::Polygon(rings) => {
            Extent::of_positions(rings.first().map_or(&[][..], Vec::as_slice))
        }
    }
}

fn blob(table: &str, shape: &BasemapShape) -> Result<Vec<u8>, StoreError> {
    let line = |p: &Vec<Position>| LineString(p.iter().map(|p| p.coord()).collect());
    match shape {
        BasemapShape::Point(position) => Ok(encode_point(*position)),
        BasemapShape::Line(positions) => {
            geometry_blob(table, &Geometry::LineString(line(positions)))
        }
        BasemapShape::Polygon(rings) => {
            let mut rings = rings.iter().map(line);
            let outer = rings.next().unwrap_or_else(|| LineString(Vec::new()));
            geometry_blob(
                table,
                &Geometry::Polygon(Polygon::new(outer, rings.collect())),
            )
        }
    }
}

fn shape(row: Reader<'_>) -> Result<BasemapShape, StoreError> {
    let positions = |line: &LineString<f64>| {
        line.0
            .iter()
            .map(|c| Position::new(c.x, c.y).map_err(|e| row.damaged(e)))
            .collect::<Result<Vec<Position>, StoreError>>()
    };
    match row.geometry()? {
        Geometry::Point(p) => Position::new(p.x(), p.y())
            .map(BasemapShape::Point)
            .map_err(|e| row.damaged(e)),
        Geometry::LineString(line) => Ok(BasemapShape::Line(positions(&line)?)),
        Geometry::Polygon(polygon) => {
            let mut rings = vec![positions(polygon.exterior())?];
            for hole in polygon.interiors() {
                rings.push(positions(hole)?);
            }
            Ok(BasemapShape::Polygon(rings))
        }
        _ => Err(row.damaged("the geometry is of another type than its layer")),
    }
}
