//! A valid polygon or set of polygons on the Earth.
//!
//! Invariant: every ring is closed, has at least three distinct corners, does not cross
//! itself, lies within ±180° and ±90°; the area is not zero. Outer rings run
//! counter-clockwise (RFC 7946). Outside data becomes an `Area` once, by
//! [`Area::from_rings`]; what is refused says which ring and where.

use geo::algorithm::validation::Validation;
use geo::line_intersection::LineIntersection;
use geo::sweep::Intersections;
use geo::{
    BooleanOps, BoundingRect, Contains, GeodesicArea, Intersects, Orient, Relate, orient::Direction,
};
use geo::{Closest, HaversineClosestPoint};
use serde::{Deserialize, Deserializer, Serialize, Serializer, de::Error as _};
use thiserror::Error;

use crate::place::measure::Metres;
use crate::place::position::{Position, PositionError};

/// A degree of a great circle of the mean sphere; rounded up, so that sums of it stay an
/// upper bound.
const METRES_PER_DEGREE: f64 = 111_195.09;

/// Rings of one polygon as read: the outer one first, then the holes; `[lon, lat]`.
pub type RawPolygon = Vec<Vec<[f64; 2]>>;

/// A valid polygon or multi-polygon in WGS 84.
#[derive(Debug, Clone, PartialEq)]
pub struct Area {
    shape: geo::MultiPolygon<f64>,
}

/// Why rings are not an area.
#[derive(Debug, Clone, PartialEq, Error)]
pub enum AreaFault {
    /// There is no ring at all.
    #[error("the polygon is empty")]
    Empty,
    /// First and last point of a ring differ.
    #[error("ring {ring} is not closed: it starts at {start:?} and ends at {end:?}")]
    NotClosed {
        /// Which ring, from 1.
        ring: usize,
        /// First point, `[lon, lat]`.
        start: [f64; 2],
        /// Last point, `[lon, lat]`.
        end: [f64; 2],
    },
    /// Fewer than four points, the closing one included.
    #[error("ring {ring} has {points} points; a closed ring needs at least 4")]
    TooFewPoints {
        /// Which ring, from 1.
        ring: usize,
        /// How many points it has.
        points: usize,
    },
    /// A corner is not a position.
    #[error("point {point} of ring {ring}: {fault}")]
    Corner {
        /// Which ring, from 1.
        ring: usize,
        /// Which point, from 1.
        point: usize,
        /// What is wrong with it.
        fault: PositionError,
    },
    /// A ring crosses or touches itself.
    #[error(
        "the polygon is not valid: ring {ring} crosses itself at longitude {:.6}, latitude {:.6} (WGS 84)",
        at[0], at[1]
    )]
    SelfCrossing {
        /// Which ring, from 1.
        ring: usize,
        /// Where, `[lon, lat]` in WGS 84; of several, the one on the westernmost segment.
        at: [f64; 2],
    },
    /// A hole outside, overlapping parts…
    #[error("the polygon is not valid: {0}")]
    Invalid(String),
    /// Encloses nothing.
    #[error("the polygon encloses no area")]
    ZeroArea,
}

impl Area {
    /// Parses rings (each polygon: outer ring, then holes) into an area.
    ///
    /// # Errors
    /// The first [`AreaFault`] found.
    pub fn from_rings(polygons: &[RawPolygon]) -> Result<Self, AreaFault> {
        let mut number = 0;
        let mut shapes = Vec::with_capacity(polygons.len());
        for polygon in polygons {
            let mut lines = Vec::with_capacity(polygon.len());
            for ring in polygon {
                number += 1;
                lines.push(ring_line(ring, number)?);
            }
            if lines.is_empty() {
                return Err(AreaFault::Empty);
            }
            let outer = lines.remove(0);
            shapes.push(geo::Polygon::new(outer, lines));
        }
        Self::from_shape(geo::MultiPolygon(shapes))
    }

    /// Checks a computed shape and orients its rings.
    ///
    /// # Errors
    /// [`AreaFault::SelfCrossing`], [`AreaFault::Invalid`], [`AreaFault::Empty`] or
    /// [`AreaFault::ZeroArea`].
    pub fn from_shape(shape: geo::MultiPolygon<f64>) -> Result<Self, AreaFault> {
        if shape.0.is_empty() {
            return Err(AreaFault::Empty);
        }
        if let Err(fault) = shape.check_validation() {
            return Err(self_crossing(&shape).unwrap_or(AreaFault::Invalid(fault.to_string())));
        }
        let area = Self {
            shape: shape.orient(Direction::Default),
        };
        if area.km2() <= 0.0 {
            return Err(AreaFault::ZeroArea);
        }
        Ok(area)
    }

    /// Its rings (each polygon: outer ring, then holes), as they are read.
    pub fn to_rings(&self) -> Vec<RawPolygon> {
        let ring = |line: &geo::LineString<f64>| line.coords().map(|c| [c.x, c.y]).collect();
        let polygons = self.shape.iter();
        polygons
            .map(|p| {
                let rings = std::iter::once(p.exterior()).chain(p.interiors());
                rings.map(ring).collect()
            })
            .collect()
    }

    /// The polygons.
    pub fn shape(&self) -> &geo::MultiPolygon<f64> {
        &self.shape
    }

    /// How many corners its rings have.
    pub fn corners(&self) -> usize {
        let rings = self.shape.iter().flat_map(|polygon| {
            let holes = polygon.interiors().iter();
            std::iter::once(polygon.exterior()).chain(holes)
        });
        // The first one is the last one too.
        rings.map(|ring| ring.0.len().saturating_sub(1)).sum()
    }

    /// Area on the ellipsoid, in km².
    pub fn km2(&self) -> f64 {
        self.shape.geodesic_area_unsigned() / 1e6
    }

    /// Whether the position lies inside or on the border.
    pub fn covers(&self, position: Position) -> bool {
        self.shape.intersects(&position.point())
    }

    /// Whether the position lies strictly inside.
    pub fn contains(&self, position: Position) -> bool {
        self.shape.contains(&position.point())
    }

    /// Whether the other area lies wholly inside; borders may touch.
    pub fn covers_area(&self, other: &Self) -> bool {
        self.shape.relate(&other.shape).is_covers()
    }

    /// Ground that both hold, km²; 0 where they only touch.
    pub fn shared_km2(&self, other: &Self) -> f64 {
        let ([w, s, e, n], [west, south, east, north]) = (self.bbox(), other.bbox());
        if w > east || west > e || s > north || south > n {
            return 0.0;
        }
        let shared = self.shape.intersection(&other.shape);
        shared.geodesic_area_unsigned() / 1e6
    }

    /// All the ground of some areas; none where there is none.
    pub fn together<'a>(areas: impl IntoIterator<Item = &'a Self>) -> Option<Self> {
        let polygons = areas.into_iter().flat_map(|area| area.shape.iter());
        Self::from_shape(geo::unary_union(polygons)).ok()
    }

    /// Ground that both hold; none where there is no such ground.
    pub fn shared(&self, other: &Self) -> Option<Self> {
        Self::from_shape(self.shape.intersection(&other.shape)).ok()
    }

    /// Distance to the nearest point of the area; 0 inside.
    pub fn metres_from(&self, position: Position) -> Metres {
        if self.covers(position) {
            return Metres(0.0);
        }
        match self.shape.haversine_closest_point(&position.point()) {
            Closest::Intersection(p) | Closest::SinglePoint(p) => {
                position.metres_to(Position::wrapped(p.x(), p.y()))
            }
            Closest::Indeterminate => Metres(f64::INFINITY),
        }
    }

    /// Whether the position is inside or at most so far outside: what
    /// `metres_from(position) <= most` says, without the distance where a corner is near
    /// enough already. A million rows just outside a border are asked this.
    pub fn lies_within(&self, position: Position, most: Metres) -> bool {
        // Along the position's parallel, then along the corner's meridian: never shorter
        // than the great circle.
        let per_lon_degree_m = METRES_PER_DEGREE * position.lat().to_radians().cos();
        let mut corners = self.shape.iter().flat_map(|p| p.exterior().coords());
        let has_near_corner = corners.any(|c| {
            let east_m = (c.x - position.lon()).abs() * per_lon_degree_m;
            let north_m = (c.y - position.lat()).abs() * METRES_PER_DEGREE;
            east_m + north_m <= most.0
        });
        has_near_corner || self.metres_from(position).0 <= most.0
    }

    /// `[west, south, east, north]` in degrees.
    pub fn bbox(&self) -> [f64; 4] {
        match self.shape.bounding_rect() {
            Some(r) => [r.min().x, r.min().y, r.max().x, r.max().y],
            None => [0.0; 4],
        }
    }
}

/// As rings: what is read is checked again.
impl Serialize for Area {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        self.to_rings().serialize(serializer)
    }
}

impl<'de> Deserialize<'de> for Area {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let rings: Vec<RawPolygon> = Vec::deserialize(deserializer)?;
        Self::from_rings(&rings).map_err(D::Error::custom)
    }
}

fn ring_line(ring: &[[f64; 2]], number: usize) -> Result<geo::LineString<f64>, AreaFault> {
    for (i, &corner) in ring.iter().enumerate() {
        if let Err(fault) = Position::try_from(corner) {
            return Err(AreaFault::Corner {
                ring: number,
                point: i + 1,
                fault,
            });
        }
    }
    if let (Some(&start), Some(&end)) = (ring.first(), ring.last())
        && start != end
    {
        return Err(AreaFault::NotClosed {
            ring: number,
            start,
            end,
        });
    }
    if ring.len() < 4 {
        return Err(AreaFault::TooFewPoints {
            ring: number,
            points: ring.len(),
        });
    }
    Ok(ring.iter().map(|&[x, y]| geo::Coord { x, y }).collect())
}

/// The first ring that crosses itself, and where. By the library's own rule: two segments
/// meet that don't follow each other.
fn self_crossing(shape: &geo::MultiPolygon<f64>) -> Option<AreaFault> {
    let rings = shape
        .iter()
        .flat_map(|polygon| std::iter::once(polygon.exterior()).chain(polygon.interiors()));
    rings.enumerate().find_map(|(number, ring)| {
        let met = Intersections::from_iter(ring.lines())
            .find(|(a, b, _)| a.start != b.end && a.end != b.start)?;
        let at = match met.2 {
            LineIntersection::SinglePoint { intersection, .. } => intersection,
            LineIntersection::Collinear { intersection } => intersection.start,
        };
        Some(AreaFault::SelfCrossing {
            ring: number + 1,
            at: [at.x, at.y],
        })
    })
}

#[cfg(test)]
#[path = "area_tests.rs"]
mod tests;
