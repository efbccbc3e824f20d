//! An isochrone as an area: the reached streets, with a strip of ground on both sides.
//!
//! A strip, and not a hull round the reached points: a hull covers parks, rivers and
//! railways that nobody reached. Ground enclosed by reached streets is taken as reached
//! where it is no larger than a block. Buffering is done in metres of a local plane.

use geo::algorithm::buffer::{Buffer, BufferStyle, LineCap, LineJoin};
use geo::{Area as _, Coord, LineString, MapCoords, MultiLineString, MultiPolygon, Polygon};
use thiserror::Error;

use crate::place::area::{Area, AreaFault};
use crate::place::measure::{EARTH_RADIUS_M, Metres};
use crate::place::position::Position;
use crate::roads::isochrone::Reached;

/// Half the strip's width: a plot's depth beside its street.
pub const STRIP: Metres = Metres(40.0);

/// Holes smaller than this are filled, m²: who drives all round a block is at its doors.
const BLOCK_M2: f64 = 20_000.0;

/// A round end or bend has a corner each so many radians.
const ROUNDNESS: f64 = 0.6;

/// Why there is no area.
#[derive(Debug, Clone, PartialEq, Error)]
pub enum ReachAreaError {
    /// Nothing is reached.
    #[error("no street is reached")]
    Nothing,
    /// The library's buffer is no valid area.
    #[error("the reached ground is no valid area: {0}")]
    Invalid(#[from] AreaFault),
}

/// The ground within `strip` of the streets that are reached within a time.
///
/// # Errors
/// [`ReachAreaError`].
pub fn reach_area(
    reached: &Reached<'_>,
    within_ms: u32,
    strip: Metres,
) -> Result<Area, ReachAreaError> {
    let lines = reached.lines(within_ms);
    let Some(origin) = lines.first().and_then(|line| line.first()).copied() else {
        return Err(ReachAreaError::Nothing);
    };
    let plane = Plane::round(origin);
    let flat: Vec<LineString<f64>> = lines
        .iter()
        .map(|line| line.iter().map(|&p| plane.flat(p)).collect())
        .collect();
    let style = BufferStyle::new(strip.0)
        .line_cap(LineCap::Round(ROUNDNESS))
        .line_join(LineJoin::Round(ROUNDNESS));
    let ground = MultiLineString(flat).buffer_with_style(style);
    let filled: Vec<Polygon<f64>> = ground.into_iter().map(without_blocks).collect();
    let round = MultiPolygon(filled).map_coords(|c| plane.on_earth(c));
    Ok(Area::from_shape(round)?)
}

fn without_blocks(polygon: Polygon<f64>) -> Polygon<f64> {
    let (outer, holes) = polygon.into_inner();
    let large =
        |hole: &LineString<f64>| Polygon::new(hole.clone(), Vec::new()).unsigned_area() >= BLOCK_M2;
    Polygon::new(outer, holes.into_iter().filter(large).collect())
}

/// Metres east and north of a point; within 0.1 % some 30 km around.
struct Plane {
    lon: f64,
    lat: f64,
    east_m: f64,
    north_m: f64,
}

impl Plane {
    fn round(origin: Position) -> Self {
        let north_m = EARTH_RADIUS_M.to_radians();
        Self {
            lon: origin.lon(),
            lat: origin.lat(),
            east_m: north_m * origin.lat().to_radians().cos().max(1e-6),
            north_m,
        }
    }

    fn flat(&self, p: Position) -> Coord<f64> {
        let turns = ((p.lon() - self.lon) / 360.0).round();
        Coord {
            x: (p.lon() - self.lon - 360.0 * turns) * self.east_m,
            y: (p.lat() - self.lat) * self.north_m,
        }
    }

    /// Longitudes may run past 180° where the ground does: an area is one plane.
    fn on_earth(&self, c: Coord<f64>) -> Coord<f64> {
        Coord {
            x: self.lon + c.x / self.east_m,
            y: self.lat + c.y / self.north_m,
        }
    }
}
