//! One area of a draft, and points as the borders know them.

use geo::{Area as _, BooleanOps, BoundingRect, MultiPolygon};
use serde::{Deserialize, Serialize};

use crate::place::area::Area;
use crate::place::measure::EARTH_RADIUS_M;

/// `[longitude, latitude]`, WGS 84.
pub type Point = [f64; 2];

/// A border's piece from a point to a point; the area lies to its left.
pub type HalfEdge = (Point, Point);

/// A point to the bit: borders are shared exactly or not at all.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Key(u64, u64);

/// The key of a point. Minus zero is zero.
pub fn key([x, y]: Point) -> Key {
    Key((x + 0.0).to_bits(), (y + 0.0).to_bits())
}

/// A beat or a patrol zone of a draft.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Part {
    /// Its id.
    pub id: String,
    /// Its name.
    pub name: String,
    /// The station responsible for it; none for a zone.
    #[serde(default)]
    pub station: Option<String>,
    /// Its ground.
    pub area: Area,
}

/// The borders of an area: outer rings run counter-clockwise, holes clockwise.
pub fn half_edges(area: &Area) -> Vec<HalfEdge> {
    let rings = area.to_rings().into_iter().flatten();
    rings
        .flat_map(|ring| {
            ring.windows(2)
                .map(|pair| (pair[0], pair[1]))
                .collect::<Vec<_>>()
        })
        .collect()
}

/// A border's two ends in an order that both of its sides agree on.
pub fn undirected((a, b): HalfEdge) -> HalfEdge {
    if (a[0], a[1]) <= (b[0], b[1]) {
        (a, b)
    } else {
        (b, a)
    }
}

/// Metres of a degree of longitude and of latitude at a latitude.
pub fn metres_per_degree(lat: f64) -> [f64; 2] {
    let of_latitude = EARTH_RADIUS_M.to_radians();
    [of_latitude * lat.to_radians().cos(), of_latitude]
}

/// Ground in m², in the plane of longitude and latitude, where borders are straight. What an
/// overlay leaves of nothing may be turned inside out: a measure on the ellipsoid would take
/// that for the rest of the Earth.
pub fn plane_m2(ground: &MultiPolygon<f64>) -> f64 {
    let Some(bounds) = ground.bounding_rect() else {
        return 0.0;
    };
    let [east, north] = metres_per_degree((bounds.min().y + bounds.max().y) / 2.0);
    ground.unsigned_area() * east * north
}

/// Ground that both areas hold, m².
pub fn shared_m2(a: &Area, b: &Area) -> f64 {
    let ([w, s, e, n], [west, south, east, north]) = (a.bbox(), b.bbox());
    if w >= east || west >= e || s >= north || south >= n {
        return 0.0;
    }
    plane_m2(&a.shape().intersection(b.shape()))
}

/// Metres between two points that are near each other.
pub fn metres_between(a: Point, b: Point) -> f64 {
    let [east, north] = metres_per_degree(a[1]);
    ((a[0] - b[0]) * east).hypot((a[1] - b[1]) * north)
}

/// The point of a border's piece that is nearest, how far along it is (0 to 1), and the
/// metres to it.
pub fn nearest_on((a, b): HalfEdge, p: Point) -> (Point, f64, f64) {
    let [east, north] = metres_per_degree(p[1]);
    let (dx, dy) = ((b[0] - a[0]) * east, (b[1] - a[1]) * north);
    let length2 = dx * dx + dy * dy;
    let along = if length2 > 0.0 {
        (((p[0] - a[0]) * east * dx + (p[1] - a[1]) * north * dy) / length2).clamp(0.0, 1.0)
    } else {
        0.0
    };
    let at = [a[0] + along * (b[0] - a[0]), a[1] + along * (b[1] - a[1])];
    (at, along, metres_between(p, at))
}

/// Twice the signed area in square degrees: above zero where a ring (without its closing
/// point) runs counter-clockwise.
pub fn turning(ring: &[Point]) -> f64 {
    let Some(&[x0, y0]) = ring.first() else {
        return 0.0;
    };
    let mut sum = 0.0;
    for (i, a) in ring.iter().enumerate() {
        let b = ring.get(i + 1).or(ring.first()).unwrap_or(a);
        sum += (a[0] - x0) * (b[1] - y0) - (b[0] - x0) * (a[1] - y0);
    }
    sum
}
