//! What stands near a position, by metres on the sphere.
//!
//! CONTRACT (the part that owns `index/` writes the bodies).

use crate::place::area::Area;
use crate::place::measure::Metres;
use crate::place::position::Position;

/// Points, found by nearness.
#[derive(Debug)]
pub struct PointIndex {
    points: Vec<Position>,
}

impl PointIndex {
    /// Indexes the points; answers are places in this list.
    pub fn new(points: Vec<Position>) -> Self {
        Self { points }
    }

    /// The `k` nearest, nearest first (ties: lower place first), with their distances.
    pub fn nearest(&self, from: Position, k: usize) -> Vec<(usize, Metres)> {
        let mut all: Vec<(usize, Metres)> = self
            .points
            .iter()
            .enumerate()
            .map(|(i, p)| (i, from.metres_to(*p)))
            .collect();
        all.sort_by(|a, b| a.1.0.total_cmp(&b.1.0).then(a.0.cmp(&b.0)));
        all.truncate(k);
        all
    }

    /// Every point that the area covers, ascending.
    pub fn within(&self, area: &Area) -> Vec<usize> {
        (0..self.points.len())
            .filter(|&i| area.covers(self.points[i]))
            .collect()
    }
}
