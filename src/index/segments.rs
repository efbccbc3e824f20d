//! Which street is nearest? Line segments, found by metres on the sphere.
//!
//! Segments are chords between points of the sphere in space, so that the antimeridian
//! and the poles are places like any other. A chord runs below the surface by its
//! sagitta; the search goes on until no chord could still win by that much.

use rstar::{AABB, PointDistance, RTree, RTreeObject};

use crate::place::measure::EARTH_RADIUS_M;
use crate::place::measure::Metres;
use crate::place::position::Position;

/// Segments that are nearer to each other than this, metres, count as equally near.
const TIE: f64 = 1e-6;

/// The nearest point of a segment.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct SegmentHit {
    /// The segment's place in the list.
    pub segment: usize,
    /// How far along it, 0 to 1.
    pub along: f64,
    /// The point on it.
    pub position: Position,
    /// How far away that is.
    pub distance: Metres,
}

/// Segments, found by nearness.
#[derive(Debug)]
pub struct SegmentIndex {
    tree: RTree<Chord>,
    /// The deepest that a chord runs below the surface, metres.
    sagitta: f64,
}

#[derive(Debug, Clone, Copy)]
struct Chord {
    from: [f64; 3],
    to: [f64; 3],
    number: u32,
}

impl SegmentIndex {
    /// Indexes the segments; answers are places in this list.
    pub fn new(segments: impl IntoIterator<Item = (Position, Position)>) -> Self {
        let chords: Vec<Chord> = segments
            .into_iter()
            .zip(0u32..)
            .map(|((from, to), number)| Chord {
                from: in_space(from),
                to: in_space(to),
                number,
            })
            .collect();
        let longest = chords
            .iter()
            .map(|c| square(minus(c.to, c.from)))
            .fold(0.0, f64::max);
        Self {
            tree: RTree::bulk_load(chords),
            sagitta: longest / (8.0 * EARTH_RADIUS_M),
        }
    }

    /// The nearest segment within `most`; of equally near ones, the first in the list.
    pub fn nearest(&self, from: Position, most: Metres) -> Option<SegmentHit> {
        let point = in_space(from);
        let mut best: Option<SegmentHit> = None;
        for (chord, squared) in self.tree.nearest_neighbor_iter_with_distance_2(point) {
            let limit = best.map_or(most.0, |b| b.distance.0);
            if squared.sqrt() > limit + 2.0 * self.sagitta + TIE {
                break;
            }
            let hit = chord.hit(from, point);
            let better = match &best {
                None => hit.distance.0 <= most.0,
                Some(b) if (hit.distance.0 - b.distance.0).abs() <= TIE => hit.segment < b.segment,
                Some(b) => hit.distance.0 < b.distance.0,
            };
            if better {
                best = Some(hit);
            }
        }
        best
    }
}

impl Chord {
    /// The fraction of the chord's point nearest to `point`, and that point.
    fn foot(&self, point: [f64; 3]) -> (f64, [f64; 3]) {
        let run = minus(self.to, self.from);
        let length = square(run);
        let along = if length > 0.0 {
            (dot(minus(point, self.from), run) / length).clamp(0.0, 1.0)
        } else {
            0.0
        };
        let foot = [0, 1, 2].map(|i| self.from[i] + along * run[i]);
        (along, foot)
    }

    fn hit(&self, from: Position, point: [f64; 3]) -> SegmentHit {
        let (along, foot) = self.foot(point);
        let position = on_earth(foot);
        SegmentHit {
            segment: self.number as usize,
            along,
            position,
            distance: from.metres_to(position),
        }
    }
}

impl RTreeObject for Chord {
    type Envelope = AABB<[f64; 3]>;

    fn envelope(&self) -> Self::Envelope {
        AABB::from_corners(self.from, self.to)
    }
}

impl PointDistance for Chord {
    fn distance_2(&self, point: &[f64; 3]) -> f64 {
        square(minus(*point, self.foot(*point).1))
    }
}

fn in_space(position: Position) -> [f64; 3] {
    let (lon, lat) = (position.lon().to_radians(), position.lat().to_radians());
    [
        EARTH_RADIUS_M * lat.cos() * lon.cos(),
        EARTH_RADIUS_M * lat.cos() * lon.sin(),
        EARTH_RADIUS_M * lat.sin(),
    ]
}

fn on_earth([x, y, z]: [f64; 3]) -> Position {
    Position::wrapped(y.atan2(x).to_degrees(), z.atan2(x.hypot(y)).to_degrees())
}

fn minus(a: [f64; 3], b: [f64; 3]) -> [f64; 3] {
    [a[0] - b[0], a[1] - b[1], a[2] - b[2]]
}

fn dot(a: [f64; 3], b: [f64; 3]) -> f64 {
    a[0] * b[0] + a[1] * b[1] + a[2] * b[2]
}

fn square(a: [f64; 3]) -> f64 {
    dot(a, a)
}

#[cfg(test)]
#[path = "segments_tests.rs"]
mod tests;
