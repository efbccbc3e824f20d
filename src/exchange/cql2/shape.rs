//! The shapes that a filter gives: well-known text, GeoJSON, boxes.
//!
//! What the standards call no geometry is refused, not mended: a line has two positions, a ring
//! four, ends where it began, and does not cross itself (06-103r4 6.1.11, RFC 7946 3.1.6). Rings
//! are looked at one by one: how all of them lie to each other would take too long to find out.

use geo::{CoordsIter, Validation};
use geo_types::{Coord, Geometry, LineString, Polygon, Rect};
use geozero::wkt::Wkt;
use geozero::{GeomProcessor, GeozeroGeometry, ToGeo};
use serde_json::Value;

/// What a box must be.
pub const A_BOX: &str = "a box has 4 (or 6) numbers, the lower corner before the upper one";

/// A box of 4 or 6 numbers as an area; one over the antimeridian as two.
pub fn bbox(sides: &[f64]) -> Option<Geometry<f64>> {
    let [west, south, east, north] = match *sides {
        [w, s, e, n] | [w, s, _, e, n, _] => [w, s, e, n],
        _ => return None,
    };
    if south > north {
        return None;
    }
    let part = |west: f64, east: f64| {
        Rect::new(Coord { x: west, y: south }, Coord { x: east, y: north }).to_polygon()
    };
    let parts = match west <= east {
        true => vec![part(west, east)],
        false => vec![part(west, 180.0), part(-180.0, east)],
    };
    Some(Geometry::MultiPolygon(parts.into_iter().collect()))
}

/// A shape of well-known text.
///
/// # Errors
/// What is wrong.
pub fn of_well_known_text(text: &str) -> Result<Geometry<f64>, String> {
    let mut lines = Lines::default();
    // Before anything closes the rings.
    Wkt(text)
        .process_geom(&mut lines)
        .map_err(|fault| fault.to_string())?;
    lines.fault.map_or(Ok(()), Err)?;
    let shape = Wkt(text).to_geo().map_err(|fault| fault.to_string())?;
    usable(shape)
}

/// A shape of GeoJSON.
///
/// # Errors
/// What is wrong.
pub fn of_geojson(value: &Value) -> Result<Geometry<f64>, String> {
    let none = || "this is no GeoJSON geometry".to_owned();
    let read: geojson::Geometry = serde_json::from_value(value.clone()).map_err(|_| none())?;
    check_lines(value)?;
    usable(Geometry::<f64>::try_from(read).map_err(|_| none())?)
}

/// A shape that has corners, all of them finite.
fn usable(shape: Geometry<f64>) -> Result<Geometry<f64>, String> {
    let is_finite = |c: Coord<f64>| c.x.is_finite() && c.y.is_finite();
    match shape.coords_iter().next().is_some() && shape.coords_iter().all(is_finite) {
        true => Ok(shape),
        false => Err("the geometry is empty or not finite".to_owned()),
    }
}

fn check_line(positions: &[Coord<f64>]) -> Result<(), String> {
    match positions.len() {
        1 => Err("a line has two positions or more".to_owned()),
        _ => Ok(()),
    }
}

fn check_ring(positions: &[Coord<f64>]) -> Result<(), String> {
    if positions.is_empty() {
        return Ok(());
    }
    if positions.len() < 4 {
        let count = positions.len();
        return Err(format!("a ring has four positions or more, not {count}"));
    }
    if positions.first() != positions.last() {
        return Err("a ring ends where it began; repeat its first position".to_owned());
    }
    let ring = Polygon::new(LineString::new(positions.to_vec()), Vec::new());
    match ring.is_valid() {
        true => Ok(()),
        false => Err("a ring crosses itself, or has no area".to_owned()),
    }
}

/// Looks at the lines and rings of GeoJSON that was read already.
fn check_lines(value: &Value) -> Result<(), String> {
    let list = |value: &Value| value.as_array().cloned().unwrap_or_default();
    let positions = |line: &Value| -> Vec<Coord<f64>> {
        let number = |value: &Value| value.as_f64().unwrap_or(f64::NAN);
        let position = |place: &Value| Coord {
            x: number(&place[0]),
            y: number(&place[1]),
        };
        line.as_array()
            .map(|line| line.iter().map(position).collect())
            .unwrap_or_default()
    };
    let rings = |polygon: &Value| {
        let mut rings = list(polygon).into_iter();
        rings.try_for_each(|ring| check_ring(&positions(&ring)))
    };
    let coordinates = &value["coordinates"];
    match value["type"].as_str() {
        Some("LineString") => check_line(&positions(coordinates)),
        Some("MultiLineString") => list(coordinates)
            .iter()
            .try_for_each(|line| check_line(&positions(line))),
        Some("Polygon") => rings(coordinates),
        Some("MultiPolygon") => list(coordinates).iter().try_for_each(rings),
        Some("GeometryCollection") => list(&value["geometries"]).iter().try_for_each(check_lines),
        _ => Ok(()),
    }
}

/// Looks at the lines and rings of a shape as they are written.
#[derive(Debug, Default)]
struct Lines {
    in_polygon: bool,
    line: Vec<Coord<f64>>,
    fault: Option<String>,
}

impl GeomProcessor for Lines {
    fn xy(&mut self, x: f64, y: f64, _: usize) -> geozero::error::Result<()> {
        self.line.push(Coord { x, y });
        Ok(())
    }

    fn empty_point(&mut self, _: usize) -> geozero::error::Result<()> {
        Ok(())
    }

    fn polygon_begin(&mut self, _: bool, _: usize, _: usize) -> geozero::error::Result<()> {
        self.in_polygon = true;
        Ok(())
    }

    fn polygon_end(&mut self, _: bool, _: usize) -> geozero::error::Result<()> {
        self.in_polygon = false;
        Ok(())
    }

    fn linestring_begin(&mut self, _: bool, _: usize, _: usize) -> geozero::error::Result<()> {
        self.line.clear();
        Ok(())
    }

    fn linestring_end(&mut self, _: bool, _: usize) -> geozero::error::Result<()> {
        let checked = match self.in_polygon {
            true => check_ring(&self.line),
            false => check_line(&self.line),
        };
        self.fault = self.fault.take().or(checked.err());
        Ok(())
    }
}
