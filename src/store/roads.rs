//! Roads and basemap: the network as one binary row, what is drawn as ordinary layers.

use geo_types::{Geometry, LineString, Polygon};
use jiff::Timestamp;
use tokio_stream::StreamExt;

use crate::place::basemap::{BasemapFeature, BasemapShape};
use crate::place::position::Position;
use crate::roads::speed::SpeedTable;
use crate::store::codes::Coded;
use crate::store::connection::Connection;
use crate::store::error::StoreError;
use crate::store::gpkg::contents::{Extent, set_extent, touch};
use crate::store::layers::shape_value;
use crate::store::record::{RoadRows, WriteOutcome};
use crate::store::row::Reader;
use crate::store::statement::{Statement, Value};
use crate::store::tables::{read_speeds, write_speeds};
use crate::store::workspace::Workspace;

const LINES: &str = "basemap_lines";
const AREAS: &str = "basemap_areas";
const LABELS: &str = "basemap_labels";
const COLUMNS: [&str; 5] = ["geom", "kind", "class", "name", "synthetic"];

impl Workspace {
    /// Speeds by road class.
    pub async fn speeds(&self) -> Result<SpeedTable, StoreError> {
        read_speeds(&mut self.reader().await?).await
    }
    /// `RoadNetwork::to_bytes` of the stored roads.
    pub async fn road_network(&self) -> Result<Option<Vec<u8>>, StoreError> {
        read_network(&mut self.reader().await?).await
    }
    /// What to draw under the map.
    pub async fn basemap(&self) -> Result<Vec<BasemapFeature>, StoreError> {
        read_basemap(&mut self.reader().await?).await
    }
}

/// Replaces roads, speeds and basemap. Counted are the network and what is drawn.
///
/// # Errors
/// [`StoreError`]; the caller's transaction should then be rolled back.
pub async fn write_roads(
    conn: &mut Connection,
    roads: &RoadRows,
    synthetic: &'static str,
    at: Timestamp,
) -> Result<WriteOutcome, StoreError> {
    let before = read_network(conn).await?;
    let statement = Statement::new(
        "INSERT INTO road_network (fid, imported_at, attribution, network) VALUES (1, ?, ?, ?)
         ON CONFLICT (fid) DO UPDATE SET imported_at = excluded.imported_at,
             attribution = excluded.attribution, network = excluded.network",
    )
    .bind(at)
    .bind(roads.attribution.as_str())
    .bind(Value::Blob(Some(roads.network.clone())));
    conn.execute(statement).await?;
    touch(conn, "road_network", at).await?;
    write_speeds(conn, &roads.speeds, at).await?;
    for table in [LINES, AREAS, LABELS] {
        write_basemap(conn, table, &roads.basemap, synthetic, at).await?;
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

async fn read_network(conn: &mut Connection) -> Result<Option<Vec<u8>>, StoreError> {
    let statement = Statement::new("SELECT network FROM road_network WHERE fid = 1");
    conn.row(statement)
        .await?
        .map(|row| Reader::new(&row, "road_network").get("network"))
        .transpose()
}

/// What to draw: lines, areas, labels, each in the order they were given.
async fn read_basemap(conn: &mut Connection) -> Result<Vec<BasemapFeature>, StoreError> {
    let mut features = Vec::new();
    for table in [LINES, AREAS, LABELS] {
        let sql = format!("SELECT geom, kind, class, name FROM {table} ORDER BY fid");
        let mut rows = conn.stream(Statement::new(sql));
        while let Some(row) = rows.next().await {
            let row = row?;
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
    conn: &mut Connection,
    table: &'static str,
    features: &[BasemapFeature],
    synthetic: &'static str,
    at: Timestamp,
) -> Result<(), StoreError> {
    conn.execute(Statement::new(format!("DELETE FROM {table}")))
        .await?;
    let mut extent = Extent::default();
    let mut rows = Vec::new();
    for feature in features.iter().filter(|f| table_of(&f.shape) == table) {
        extent.add(extent_of(&feature.shape));
        rows.push(vec![
            value(table, &feature.shape)?,
            Value::Word(feature.kind.code()),
            Value::text(feature.class.as_str()),
            Value::text(feature.name.as_str()),
            Value::Word(synthetic),
        ]);
    }
    conn.insert_all(table, &COLUMNS, "", rows.into_iter())
        .await?;
    set_extent(conn, table, extent, at).await
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

fn value(table: &str, shape: &BasemapShape) -> Result<Value, StoreError> {
    let line = |p: &Vec<Position>| LineString(p.iter().map(|p| p.coord()).collect());
    match shape {
        BasemapShape::Point(position) => Ok(Value::Point(*position)),
        BasemapShape::Line(positions) => shape_value(table, &Geometry::LineString(line(positions))),
        BasemapShape::Polygon(rings) => {
            let mut rings = rings.iter().map(line);
            let outer = rings.next().unwrap_or_else(|| LineString(Vec::new()));
            let polygon = Polygon::new(outer, rings.collect());
            shape_value(table, &Geometry::Polygon(polygon))
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
