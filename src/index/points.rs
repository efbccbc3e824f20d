//! What stands near a position, by metres on the sphere.
//!
//! Idea: points on the unit sphere in space; the straight chord between two of them grows
//! with the great-circle distance, so the nearest by chord is the nearest by metres, at
//! the poles and across the antimeridian too. Chords only choose the candidates: the
//! order and the distances returned are those of [`Position::metres_to`].

use std::f64::consts::FRAC_PI_2;

use rstar::primitives::GeomWithData;
use rstar::{AABB, RTree};

use crate::index::strips::StripedArea;
use crate::place::area::Area;
use crate::place::measure::{EARTH_RADIUS_M, Metres};
use crate::place::position::Position;

/// Rounding of a squared chord and of the haversine together stays below this.
const ROUNDING: f64 = 1e-14;

/// Points, found by nearness.
#[derive(Debug)]
pub struct PointIndex {
    points: Vec<Position>,
    on_sphere: RTree<GeomWithData<[f64; 3], usize>>,
    on_map: RTree<GeomWithData<[f64; 2], usize>>,
}

impl PointIndex {
    /// Indexes the points; answers are places in this list.
    pub fn new(points: Vec<Position>) -> Self {
        let numbered = || points.iter().enumerate();
        let on_sphere = numbered().map(|(i, &p)| GeomWithData::new(unit_vector(p), i));
        let on_map = numbered().map(|(i, p)| GeomWithData::new([p.lon(), p.lat()], i));
        Self {
            on_sphere: RTree::bulk_load(on_sphere.collect()),
            on_map: RTree::bulk_load(on_map.collect()),
            points,
        }
    }

    /// The `k` nearest, nearest first (ties: lower place first), with their distances.
    pub fn nearest(&self, from: Position, k: usize) -> Vec<(usize, Metres)> {
        let mut near: Vec<(usize, Metres)> = Vec::new();
        let mut reach = f64::INFINITY;
        let query = unit_vector(from);
        for (point, chord2) in self.on_sphere.nearest_neighbor_iter_with_distance_2(query) {
            if k == 0 || chord2 > reach {
                break;
            }
            near.push((point.data, from.metres_to(self.points[point.data])));
            if near.len() == k {
                reach = chord2 + ROUNDING;
            }
        }
        near.sort_by(|a, b| a.1.0.total_cmp(&b.1.0).then(a.0.cmp(&b.0)));
        near.truncate(k);
        near
    }

    /// Every point within a distance, in no order.
    pub fn within_distance(&self, from: Position, most: Metres) -> Vec<usize> {
        let half_angle = (most.0 / EARTH_RADIUS_M / 2.0).clamp(0.0, FRAC_PI_2);
        let chord2 = (2.0 * half_angle.sin()).powi(2) + ROUNDING;
        self.on_sphere
            .locate_within_distance(unit_vector(from), chord2)
            .map(|point| point.data)
            .filter(|&i| from.metres_to(self.points[i]).0 <= most.0)
            .collect()
    }

    /// Every point that the area covers, ascending.
    pub fn within(&self, area: &Area) -> Vec<usize> {
        let [west, south, east, north] = area.bbox();
        let prepared = StripedArea::new(area);
        let mut found: Vec<usize> = self
            .on_map
            .locate_in_envelope(AABB::from_corners([west, south], [east, north]))
            .map(|point| point.data)
            .filter(|&i| prepared.covers(self.points[i]))
            .collect();
        found.sort_unstable();
        found
    }
}

fn unit_vector(position: Position) -> [f64; 3] {
    let (lat_sin, lat_cos) = position.lat().to_radians().sin_cos();
    let (lon_sin, lon_cos) = position.lon().to_radians().sin_cos();
    [lat_cos * lon_cos, lat_cos * lon_sin, lat_sin]
}

#[cfg(test)]
#[path = "points_tests.rs"]
mod tests;
