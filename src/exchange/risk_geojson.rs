//! A risk surface as GeoJSON (RFC 7946): one hexagon a feature, with what made it.
//!
//! Rings run counter-clockwise; positions have 7 decimals (a centimetre). A cell across
//! the antimeridian is cut there (§ 3.1.9); one around a pole or beside it, which
//! has no true ring in longitude and latitude, gets a null geometry (§ 3.2). Provenance is a foreign member.

use serde::Serialize;

use crate::grid::hexgrid::HexGrid;
use crate::place::position::Position;
use crate::risk::classes::Classes;
use crate::risk::dispersion::{INTERVAL, Law};
use crate::risk::surface::{Provenance, RiskSurface};

/// What `expected` and `per_km2` count.
const UNIT: &str = "expected: incidents in the cell in the window; low to high: 80 % of what may come; at_least_one: the chance of one or more; per_km2: expected incidents per km² in the window";

/// Said of a district that is made up.
const NOTICE: &str = "SYNTHETIC 模拟数据";

type Ring = Vec<[f64; 2]>;

#[derive(Serialize)]
struct FeatureCollection<'a> {
    #[serde(rename = "type")]
    kind: &'static str,
    name: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    notice: Option<&'static str>,
    unit: &'static str,
    total: f64,
    provenance: &'a Provenance,
    /// By what law `low`, `high` and `at_least_one` were found.
    law: Law,
    features: Vec<Feature>,
}

#[derive(Serialize)]
struct Feature {
    #[serde(rename = "type")]
    kind: &'static str,
    id: String,
    geometry: Option<Geometry>,
    properties: Properties,
}

#[derive(Serialize)]
#[serde(tag = "type", content = "coordinates")]
enum Geometry {
    Polygon([Ring; 1]),
    MultiPolygon(Vec<[Ring; 1]>),
}

#[derive(Serialize)]
struct Properties {
    cell: String,
    expected: f64,
    low: u64,
    high: u64,
    at_least_one: f64,
    per_km2: f64,
    class: u8,
    rank: u32,
    synthetic: bool,
}

/// The surface as a GeoJSON text, with 80 % intervals by a law. `synthetic` says that the
/// district is made up.
pub fn risk_geojson(surface: &RiskSurface, law: Law, synthetic: bool) -> String {
    let classes = Classes::of(surface);
    let features = (0..surface.grid.len())
        .map(|i| {
            let cell = surface.grid.cells()[i].to_string();
            let [low, high] = law.interval(surface.expected[i], INTERVAL);
            Feature {
                kind: "Feature",
                id: cell.clone(),
                geometry: hexagon(&surface.grid, i),
                properties: Properties {
                    cell,
                    expected: surface.expected[i],
                    low,
                    high,
                    at_least_one: law.at_least_one(surface.expected[i]),
                    per_km2: surface.per_km2(i),
                    class: classes.class[i],
                    rank: classes.rank[i],
                    synthetic,
                },
            }
        })
        .collect();
    let collection = FeatureCollection {
        kind: "FeatureCollection",
        name: "risk",
        notice: synthetic.then_some(NOTICE),
        unit: UNIT,
        total: surface.total(),
        provenance: &surface.provenance,
        law,
        features,
    };
    // Finite numbers and text only: this can't fail.
    serde_json::to_string(&collection).unwrap_or_default()
}

/// The geometry of cell `i` as a GeoJSON value, for other maps of cells; null round a pole.
pub fn hexagon_geometry(grid: &HexGrid, i: usize) -> serde_json::Value {
    serde_json::json!(hexagon(grid, i))
}

/// The same as polygons; none round a pole.
pub fn hexagon_polygons(grid: &HexGrid, i: usize) -> Option<geo_types::MultiPolygon<f64>> {
    let polygon = |[ring]: [Ring; 1]| {
        let line = ring.into_iter().map(|[x, y]| geo_types::Coord { x, y });
        geo_types::Polygon::new(line.collect(), Vec::new())
    };
    let polygons = match hexagon(grid, i)? {
        Geometry::Polygon(rings) => vec![polygon(rings)],
        Geometry::MultiPolygon(parts) => parts.into_iter().map(polygon).collect(),
    };
    Some(geo_types::MultiPolygon(polygons))
}

fn hexagon(grid: &HexGrid, i: usize) -> Option<Geometry> {
    let near = grid.centre(i).lon();
    let turned: Ring = grid
        .corners(i)
        .into_iter()
        .map(|corner| [turn_near(corner, near), corner.lat()])
        .collect();
    let west = turned.iter().fold(f64::INFINITY, |w, c| w.min(c[0]));
    let east = turned.iter().fold(f64::NEG_INFINITY, |e, c| e.max(c[0]));
    if east - west > 90.0 {
        return None; // around a pole, or beside it
    }
    // At most one side of the cell lies beyond a turn.
    let beyond = if east > 180.0 { 180.0 } else { -180.0 };
    if east <= 180.0 && west >= -180.0 {
        return Some(Geometry::Polygon([closed(turned)]));
    }
    let side = |sign: f64| clip(&turned, beyond, sign);
    let outside_sign = beyond.signum();
    let back: Ring = side(outside_sign)
        .into_iter()
        .map(|[lon, lat]| [lon - 2.0 * beyond, lat])
        .collect();
    let parts = [side(-outside_sign), back];
    let parts: Vec<[Ring; 1]> = parts
        .into_iter()
        .filter(|ring| ring.len() >= 3)
        .map(|ring| [closed(ring)])
        .collect();
    Some(Geometry::MultiPolygon(parts))
}

fn turn_near(corner: Position, near: f64) -> f64 {
    let lon = corner.lon();
    if lon - near > 180.0 {
        lon - 360.0
    } else if near - lon > 180.0 {
        lon + 360.0
    } else {
        lon
    }
}

/// The part of a convex ring on one side of a meridian: east of it where `sign` is 1,
/// west where −1.
fn clip(ring: &Ring, meridian: f64, sign: f64) -> Ring {
    let inside = |c: &[f64; 2]| (c[0] - meridian) * sign >= 0.0;
    let mut kept = Ring::new();
    for (i, from) in ring.iter().enumerate() {
        let to = &ring[(i + 1) % ring.len()];
        if inside(from) {
            kept.push(*from);
        }
        if inside(from) != inside(to) {
            let t = (meridian - from[0]) / (to[0] - from[0]);
            kept.push([meridian, from[1] + t * (to[1] - from[1])]);
        }
    }
    kept
}

fn closed(ring: Ring) -> Ring {
    let rounded = |v: f64| (v * 1e7).round() / 1e7;
    let mut ring: Ring = ring.into_iter().map(|c| c.map(rounded)).collect();
    ring.extend(ring.first().copied());
    ring
}

#[cfg(test)]
#[path = "risk_geojson_tests.rs"]
mod tests;
