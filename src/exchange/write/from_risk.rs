//! Rows of risk surfaces and of frozen forecasts: one hexagon each, in the cells' order.

use geo_types::Geometry;

use crate::exchange::risk_geojson::hexagon_polygons;
use crate::exchange::write::row::{FeatureRow, FieldValue};
use crate::grid::hexgrid::{GridError, HexGrid};
use crate::risk::classes::Classes;
use crate::risk::dispersion::{INTERVAL, Law};
use crate::risk::forecast::Forecast;
use crate::risk::surface::RiskSurface;

/// The cells of a surface, with 80 % intervals by a law. A surface that rests on too little
/// has no classes.
pub fn surface(surface: &RiskSurface, law: Law, synthetic: bool) -> Vec<FeatureRow> {
    let classes = Classes::of(surface);
    let classes = match surface.is_thin() {
        true => classes.without_colours(),
        false => classes,
    };
    let made = &surface.provenance;
    (0..surface.grid.len())
        .map(|i| {
            let expected = surface.expected[i];
            let [low, high] = law.interval(expected, INTERVAL);
            FeatureRow {
                geometry: hexagon(&surface.grid, i),
                values: vec![
                    FieldValue::text(surface.grid.cells()[i].to_string()),
                    FieldValue::text(&made.model),
                    FieldValue::Time(made.window.start()),
                    FieldValue::Time(made.window.end()),
                    FieldValue::Real(expected),
                    FieldValue::Whole(low as i64),
                    FieldValue::Whole(high as i64),
                    FieldValue::Real(law.at_least_one(expected)),
                    FieldValue::Real(surface.per_km2(i)),
                    FieldValue::Whole(classes.class[i].into()),
                    FieldValue::Whole(classes.rank[i].into()),
                    FieldValue::Flag(synthetic),
                ],
            }
        })
        .collect()
}

/// The cells of a frozen forecast.
///
/// # Errors
/// [`GridError`] where its cells are no grid.
pub fn forecast(frozen: &Forecast) -> Result<Vec<FeatureRow>, GridError> {
    let made = &frozen.provenance;
    let grid = HexGrid::of_cells(&frozen.cells, made.resolution)?;
    let rows = frozen
        .cells
        .iter()
        .zip(&frozen.expected)
        .map(|(cell, expected)| {
            let geometry = grid.index_of(*cell).and_then(|i| hexagon(&grid, i));
            FeatureRow {
                geometry,
                values: vec![
                    FieldValue::text(format!("{}~{cell}", frozen.id)),
                    FieldValue::text(frozen.id.as_str()),
                    FieldValue::text(cell.to_string()),
                    FieldValue::text(&made.model),
                    FieldValue::Time(frozen.frozen_at),
                    FieldValue::Time(made.window.start()),
                    FieldValue::Time(made.window.end()),
                    FieldValue::Real(f64::from(*expected)),
                    FieldValue::Flag(frozen.synthetic),
                ],
            }
        });
    Ok(rows.collect())
}

fn hexagon(grid: &HexGrid, i: usize) -> Option<Geometry<f64>> {
    hexagon_polygons(grid, i).map(Geometry::MultiPolygon)
}
