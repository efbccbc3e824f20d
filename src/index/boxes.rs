//! Which boxes meet a box? For things that are drawn: a tile asks for what it may show.

use rstar::primitives::{GeomWithData, Rectangle};
use rstar::{AABB, RTree};

/// A box on the map with its place in the list.
type Numbered = GeomWithData<Rectangle<[f64; 2]>, u32>;

/// Boxes `[west, south, east, north]` in degrees, found by overlap.
#[derive(Debug)]
pub struct BoxIndex {
    tree: RTree<Numbered>,
}

impl BoxIndex {
    /// Indexes the boxes; answers are places in this list.
    pub fn new(boxes: &[[f64; 4]]) -> Self {
        let boxes = boxes
            .iter()
            .zip(0u32..)
            .map(|(b, i)| Numbered::new(Rectangle::from_corners([b[0], b[1]], [b[2], b[3]]), i))
            .collect();
        Self {
            tree: RTree::bulk_load(boxes),
        }
    }

    /// Every box that meets this one, edges included, ascending.
    pub fn meeting(&self, bounds: [f64; 4]) -> Vec<u32> {
        let [west, south, east, north] = bounds;
        let window = AABB::from_corners([west, south], [east, north]);
        let mut found: Vec<u32> = self
            .tree
            .locate_in_envelope_intersecting(window)
            .map(|b| b.data)
            .collect();
        found.sort_unstable();
        found
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::BoxIndex;

    fn a_box() -> impl Strategy<Value = [f64; 4]> {
        (-180.0..170.0, -90.0..80.0, 0.0..10.0, 0.0..10.0)
            .prop_map(|(w, s, dx, dy): (f64, f64, f64, f64)| [w, s, w + dx, s + dy])
    }

    proptest! {
        #[test]
        fn finds_what_a_full_scan_finds(
            boxes in prop::collection::vec(a_box(), 0..60),
            window in a_box(),
        ) {
            let slow: Vec<u32> = (0u32..)
                .zip(&boxes)
                .filter(|(_, b)| {
                    b[0] <= window[2] && b[2] >= window[0] && b[1] <= window[3] && b[3] >= window[1]
                })
                .map(|(i, _)| i)
                .collect();
            prop_assert_eq!(BoxIndex::new(&boxes).meeting(window), slow);
        }
    }
}
