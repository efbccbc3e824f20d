//! Which area (beat, zone) holds a point.
//!
//! Idea: an R-tree over the areas' boxes finds the few that may, and a prepared test of
//! each decides. The answer is that of asking `Area::covers` one after the other: on a
//! shared border the first in the list.

use rstar::primitives::{GeomWithData, Rectangle};
use rstar::{AABB, RTree};

use crate::index::strips::StripedArea;
use crate::place::area::Area;
use crate::place::position::Position;

/// Areas, found by a point inside them.
#[derive(Debug)]
pub struct AreaIndex {
    boxes: RTree<GeomWithData<Rectangle<[f64; 2]>, usize>>,
    prepared: Vec<StripedArea>,
}

impl AreaIndex {
    /// Indexes the areas; answers are places in this list.
    pub fn new(areas: Vec<Area>) -> Self {
        let boxes = areas
            .iter()
            .enumerate()
            .map(|(i, area)| {
                let [west, south, east, north] = area.bbox();
                let corners = Rectangle::from_corners([west, south], [east, north]);
                GeomWithData::new(corners, i)
            })
            .collect();
        Self {
            boxes: RTree::bulk_load(boxes),
            prepared: areas.iter().map(StripedArea::new).collect(),
        }
    }

    /// How many areas.
    pub fn len(&self) -> usize {
        self.prepared.len()
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.prepared.is_empty()
    }

    /// The area that covers the position; on a shared border, the first in the list.
    pub fn at(&self, position: Position) -> Option<usize> {
        let point = AABB::from_point([position.lon(), position.lat()]);
        let mut first: Option<usize> = None;
        for candidate in self.boxes.locate_in_envelope_intersecting(point) {
            let i = candidate.data;
            if first.is_none_or(|found| i < found) && self.prepared[i].covers(position) {
                first = Some(i);
            }
        }
        first
    }
}

#[cfg(test)]
#[path = "areas_tests.rs"]
mod tests;
