//! The hexagons that cover an area, each with its true area.
//!
//! CONTRACT (the part that owns `grid/` writes the bodies).

use thiserror::Error;

use crate::grid::cell::Cell;
use crate::place::area::Area;
use crate::place::position::Position;

/// Cells of one resolution, ascending by number. A cell's place in that order is its
/// index in every array over the grid.
#[derive(Debug, Clone, PartialEq)]
pub struct HexGrid {
    resolution: u8,
    cells: Vec<Cell>,
    area_km2: Vec<f64>,
}

/// Why no grid can be made.
#[derive(Debug, Clone, PartialEq, Error)]
pub enum GridError {
    /// Only 7 to 11 are of use to a patrol.
    #[error("grid resolution {0} is not within 7 to 11")]
    Resolution(u8),
    /// More cells than a map can show.
    #[error(
        "the area would need {cells} cells at resolution {resolution}; at most {most} are allowed: choose a coarser resolution"
    )]
    TooLarge {
        /// How many it would need, at least.
        cells: usize,
        /// The resolution asked for.
        resolution: u8,
        /// The limit.
        most: usize,
    },
}

impl HexGrid {
    /// All cells that touch the area, and those that hold one of the extra positions
    /// (kept incidents just outside the border).
    ///
    /// # Errors
    /// [`GridError`].
    pub fn cover(area: &Area, resolution: u8, extra: &[Position]) -> Result<Self, GridError> {
        let _ = (area, extra);
        Err(GridError::Resolution(resolution))
    }

    /// H3 resolution.
    pub fn resolution(&self) -> u8 {
        self.resolution
    }

    /// The cells, ascending.
    pub fn cells(&self) -> &[Cell] {
        &self.cells
    }

    /// True area of each cell on the sphere, km².
    pub fn area_km2(&self) -> &[f64] {
        &self.area_km2
    }

    /// Index of the cell that holds a position; none outside the grid.
    pub fn index_at(&self, position: Position) -> Option<usize> {
        let _ = position;
        None
    }

    /// Index of a cell.
    pub fn index_of(&self, cell: Cell) -> Option<usize> {
        self.cells.binary_search(&cell).ok()
    }

    /// Centre of cell `i`; panics where `i` is not an index of the grid.
    pub fn centre(&self, i: usize) -> Position {
        let _ = i;
        Position::wrapped(0.0, 0.0)
    }

    /// Corners of cell `i`, counter-clockwise, not closed.
    pub fn corners(&self, i: usize) -> Vec<Position> {
        let _ = i;
        Vec::new()
    }

    /// Indexes of the cells within `k` rings of cell `i`, itself included.
    pub fn disk(&self, i: usize, k: u32) -> Vec<usize> {
        let _ = (i, k);
        Vec::new()
    }

    /// Index of the cell's parent in a coarser grid.
    pub fn parent_in(&self, i: usize, coarser: &Self) -> Option<usize> {
        let _ = (i, coarser);
        None
    }
}
