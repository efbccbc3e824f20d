//! The newest frozen forecast as hexagons, for GIS programs: the rows behind the view
//! `risk_latest` of a PostGIS workspace. Not part of what is kept: drawn anew from the
//! forecast whenever one is frozen.

use geo_types::{Geometry, LineString, Polygon};

use crate::grid::hexgrid::HexGrid;
use crate::risk::forecast::Forecast;
use crate::store::connection::Connection;
use crate::store::error::StoreError;
use crate::store::forecasts::read;
use crate::store::layers::shape_value;
use crate::store::row::Reader;
use crate::store::statement::{Dialect, Statement, Value};

const TABLE: &str = "risk_cells";

/// Draws the forecast that was frozen last, where it isn't drawn so far.
///
/// # Errors
/// [`StoreError`].
pub async fn draw(conn: &mut Connection) -> Result<(), StoreError> {
    if conn.dialect() != Dialect::Postgis {
        return Ok(());
    }
    let newest = Statement::new(
        "SELECT id FROM forecasts f WHERE NOT EXISTS
             (SELECT 1 FROM risk_cells c WHERE c.forecast = f.id)
         AND fid = (SELECT max(fid) FROM forecasts)",
    );
    let Some(row) = conn.row(newest).await? else {
        return Ok(());
    };
    let id: String = Reader::new(&row, "forecasts").get("id")?;
    let Some(forecast) = read(conn, &id).await? else {
        return Ok(());
    };
    let rows = hexagons(&forecast)?;
    conn.execute(Statement::new("DELETE FROM risk_cells"))
        .await?;
    let columns = ["geom", "forecast", "cell", "expected", "area_km2"];
    conn.insert_all(TABLE, &columns, "", rows.into_iter())
        .await
        .map(|_| ())
}

fn hexagons(forecast: &Forecast) -> Result<Vec<Vec<Value>>, StoreError> {
    let resolution = forecast.provenance.resolution;
    let grid =
        HexGrid::of_cells(&forecast.cells, resolution).map_err(|fault| StoreError::Damaged {
            table: "forecasts".into(),
            why: fault.to_string(),
        })?;
    let row = |i: usize| {
        let corners = grid.corners(i).into_iter().map(|p| p.coord()).collect();
        // Closes the ring.
        let hexagon = Polygon::new(LineString(corners), Vec::new());
        Ok(vec![
            shape_value(TABLE, &Geometry::Polygon(hexagon))?,
            Value::text(forecast.id.as_str()),
            Value::text(grid.cells()[i].to_string()),
            Value::from(f64::from(forecast.expected[i])),
            Value::from(grid.area_km2()[i]),
        ])
    };
    (0..grid.len().min(forecast.expected.len()))
        .map(row)
        .collect()
}
