//! One area, prepared for many "does it cover this point?" questions.
//!
//! Idea: cut the area's box into horizontal strips and keep, for each ring and strip, the
//! edges whose closed range of latitudes meets the strip. A point then looks only at the
//! edges of its own strip. The answer is that of `Area::covers`, bit for bit: edges in
//! other strips add nothing to the winding number, and the exact predicate is the same.
//!
//! Source of the rule: Sunday's winding number, as in `geo`'s
//! `coord_pos_relative_to_ring`.

use geo::algorithm::kernels::{Kernel, Orientation, RobustKernel};
use geo::{Coord, Line, LineString};

use crate::place::area::Area;
use crate::place::position::Position;

/// About so many edges a strip in the mean; fewer cost memory, more cost time.
const EDGES_A_STRIP: usize = 4;

/// Not more strips than this a ring: a coastline needs no more.
const MOST_STRIPS: usize = 4096;

/// An area, prepared.
#[derive(Debug)]
pub struct StripedArea {
    polygons: Vec<StripedPolygon>,
}

#[derive(Debug)]
struct StripedPolygon {
    outer: StripedRing,
    holes: Vec<StripedRing>,
}

#[derive(Debug)]
struct StripedRing {
    west: f64,
    south: f64,
    east: f64,
    north: f64,
    strips_a_degree: f64,
    /// Edges of strip `s` are `edges[starts[s]..starts[s + 1]]`.
    starts: Vec<u32>,
    edges: Vec<Line<f64>>,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Side {
    Inside,
    Border,
    Outside,
}

impl StripedArea {
    /// Prepares an area; linear in its edges.
    pub fn new(area: &Area) -> Self {
        let polygons = area.shape().iter();
        Self {
            polygons: polygons
                .map(|polygon| StripedPolygon {
                    outer: StripedRing::new(polygon.exterior()),
                    holes: polygon.interiors().iter().map(StripedRing::new).collect(),
                })
                .collect(),
        }
    }

    /// The same as `Area::covers`: inside or on the border.
    pub fn covers(&self, position: Position) -> bool {
        let at = position.coord();
        self.polygons.iter().any(|polygon| polygon.covers(at))
    }
}

impl StripedPolygon {
    fn covers(&self, at: Coord<f64>) -> bool {
        match self.outer.side(at) {
            Side::Outside => false,
            Side::Border => true,
            Side::Inside => {
                let first_not_outside = self
                    .holes
                    .iter()
                    .map(|hole| hole.side(at))
                    .find(|&side| side != Side::Outside);
                first_not_outside != Some(Side::Inside)
            }
        }
    }
}

impl StripedRing {
    fn new(ring: &LineString<f64>) -> Self {
        let corners = || ring.coords();
        let mut striped = Self {
            west: corners().fold(f64::INFINITY, |m, c| m.min(c.x)),
            south: corners().fold(f64::INFINITY, |m, c| m.min(c.y)),
            east: corners().fold(f64::NEG_INFINITY, |m, c| m.max(c.x)),
            north: corners().fold(f64::NEG_INFINITY, |m, c| m.max(c.y)),
            strips_a_degree: 0.0,
            starts: Vec::new(),
            edges: Vec::new(),
        };
        let strips = (ring.0.len() / EDGES_A_STRIP).clamp(1, MOST_STRIPS);
        let height = striped.north - striped.south;
        if height > 0.0 {
            striped.strips_a_degree = strips as f64 / height;
        }
        let mut by_strip: Vec<Vec<Line<f64>>> = vec![Vec::new(); strips + 1];
        for edge in ring.lines() {
            let from = striped.strip_of(edge.start.y.min(edge.end.y));
            let to = striped.strip_of(edge.start.y.max(edge.end.y));
            for strip in by_strip.iter_mut().take(to + 1).skip(from) {
                strip.push(edge);
            }
        }
        striped.starts.push(0);
        for strip in by_strip {
            striped.edges.extend(strip);
            striped.starts.push(striped.edges.len() as u32);
        }
        striped
    }

    /// Which strip a latitude falls in. Monotone, so an edge is in every strip that one of
    /// its latitudes falls in.
    fn strip_of(&self, lat: f64) -> usize {
        ((lat - self.south) * self.strips_a_degree) as usize
    }

    fn side(&self, at: Coord<f64>) -> Side {
        if at.x < self.west || at.x > self.east || at.y < self.south || at.y > self.north {
            return Side::Outside;
        }
        let strip = self.strip_of(at.y);
        let (Some(&from), Some(&to)) = (self.starts.get(strip), self.starts.get(strip + 1)) else {
            return Side::Outside;
        };
        let mut winding = 0;
        for edge in &self.edges[from as usize..to as usize] {
            match turn(edge, at) {
                Some(turn) => winding += turn,
                None => return Side::Border,
            }
        }
        if winding == 0 {
            Side::Outside
        } else {
            Side::Inside
        }
    }
}

/// What an edge adds to the winding number; none where the point lies on it.
fn turn(edge: &Line<f64>, at: Coord<f64>) -> Option<i32> {
    let (start, end) = (edge.start, edge.end);
    if at.y < start.y.min(end.y) || at.y > start.y.max(end.y) || at.x > start.x.max(end.x) {
        return Some(0); // above, below or to the west of the point: no crossing
    }
    let upward = start.y <= at.y;
    if upward && end.y < at.y {
        return Some(0); // a downward edge excludes its start
    }
    let orientation = RobustKernel::orient2d(start, end, at);
    match orientation {
        Orientation::Collinear => {
            let between = start.x.min(end.x) <= at.x && at.x <= start.x.max(end.x);
            if between { None } else { Some(0) }
        }
        Orientation::CounterClockwise if upward && end.y != at.y => Some(1),
        Orientation::Clockwise if !upward => Some(-1),
        _ => Some(0),
    }
}
