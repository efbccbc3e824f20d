//! Which area (beat, zone) holds a point.
//!
//! CONTRACT (the part that owns `index/` writes the bodies).

use crate::place::area::Area;
use crate::place::position::Position;

/// Areas, found by a point inside them.
#[derive(Debug)]
pub struct AreaIndex {
    areas: Vec<Area>,
}

impl AreaIndex {
    /// Indexes the areas; answers are places in this list.
    pub fn new(areas: Vec<Area>) -> Self {
        Self { areas }
    }

    /// The area that covers the position; on a shared border, the first in the list.
    pub fn at(&self, position: Position) -> Option<usize> {
        self.areas.iter().position(|a| a.covers(position))
    }
}
