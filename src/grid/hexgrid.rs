//! The hexagons that cover an area, each with its true area.
//!
//! Cells of one resolution, ascending by H3 number. A cell's place in that order is its
//! index in every array over the grid.

use h3o::{CellIndex, Resolution};
use rayon::prelude::*;
use thiserror::Error;

use crate::grid::cell::Cell;
use crate::grid::cover;
use crate::place::area::Area;
use crate::place::position::Position;

/// Coarsest resolution of use to a patrol: cells of about 5 km².
pub const COARSEST: u8 = 7;

/// Finest resolution of use to a patrol: cells of about 0.002 km².
pub const FINEST: u8 = 11;

/// More cells than this are refused: a map, a tile and a solver can't use them, and a
/// service could not keep the surface in memory for its tiles.
pub const MOST_CELLS: usize = 600_000;

/// Cells of one resolution, ascending by number. A cell's place in that order is its
/// index in every array over the grid.
#[derive(Debug, Clone, PartialEq)]
pub struct HexGrid {
    resolution: Resolution,
    cells: Vec<Cell>,
    area_km2: Vec<f64>,
    centres: Vec<Position>,
    inner: Vec<bool>,
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
    /// All cells that touch the area (not only those whose centre lies in it: a patrol
    /// must not lose the strip along the border), and those that hold one of the extra
    /// positions (kept incidents just outside the border).
    ///
    /// An area across the antimeridian has two parts that meet at ±180°, as RFC 7946
    /// wants; the cells on that meridian are there once. An area that reaches a pole is
    /// covered to the pole.
    ///
    /// # Errors
    /// [`GridError`]: before anything is computed where the area is far too large.
    pub fn cover(area: &Area, resolution: u8, extra: &[Position]) -> Result<Self, GridError> {
        let resolution = parse_resolution(resolution)?;
        let touching = cover::touching(area, resolution)?;
        let of_extra: Vec<Option<CellIndex>> = extra
            .par_iter()
            .map(|&position| cover::cell_at(position, resolution))
            .collect();
        let mut cells = touching.all.clone();
        cells.extend(of_extra.into_iter().flatten());
        if cells.len() > MOST_CELLS {
            return Err(cover::too_large(cells.len(), resolution));
        }
        let is_inner = |cell| touching.all.contains(&cell) && !touching.on_border.contains(&cell);
        Ok(Self::from_h3(
            cells.into_iter().collect(),
            resolution,
            is_inner,
        ))
    }

    /// The grid of just these cells, each once.
    ///
    /// # Errors
    /// [`GridError`]: a cell of another resolution, or too many of them.
    pub fn of_cells(cells: &[Cell], resolution: u8) -> Result<Self, GridError> {
        let parsed = parse_resolution(resolution)?;
        let of_h3: Vec<CellIndex> = cells
            .iter()
            .filter_map(|cell| CellIndex::try_from(cell.number()).ok())
            .collect();
        if let Some(other) = of_h3.iter().find(|cell| cell.resolution() != parsed) {
            return Err(GridError::Resolution(u8::from(other.resolution())));
        }
        if of_h3.len() > MOST_CELLS {
            return Err(cover::too_large(of_h3.len(), parsed));
        }
        Ok(Self::from_h3(of_h3, parsed, |_| false))
    }

    /// The grid of the parents of all cells, each once: what an overview is summed up in.
    /// H3 parents don't hold their children exactly, so a coarser [`HexGrid::cover`] of
    /// the same area may lack a few of them; this one lacks none.
    ///
    /// # Errors
    /// [`GridError::Resolution`] where it is not coarser, or not within 7 to 11.
    pub fn parents(&self, resolution: u8) -> Result<Self, GridError> {
        let coarser = parse_resolution(resolution)?;
        let parents: Option<Vec<CellIndex>> = self.h3().map(|cell| cell.parent(coarser)).collect();
        match parents {
            Some(mut cells) if coarser < self.resolution => {
                cells.dedup();
                Ok(Self::from_h3(cells, coarser, |_| false))
            }
            _ => Err(GridError::Resolution(resolution)),
        }
    }

    /// H3 resolution.
    pub fn resolution(&self) -> u8 {
        u8::from(self.resolution)
    }

    /// How many cells.
    pub fn len(&self) -> usize {
        self.cells.len()
    }

    /// Whether there is no cell.
    pub fn is_empty(&self) -> bool {
        self.cells.is_empty()
    }

    /// The cells, ascending.
    pub fn cells(&self) -> &[Cell] {
        &self.cells
    }

    /// True area of each cell on the sphere, km².
    pub fn area_km2(&self) -> &[f64] {
        &self.area_km2
    }

    /// Centres of the cells, in the grid's order.
    pub fn centres(&self) -> &[Position] {
        &self.centres
    }

    /// Index of the cell that holds a position; none outside the grid.
    pub fn index_at(&self, position: Position) -> Option<usize> {
        self.index_of_h3(cover::cell_at(position, self.resolution)?)
    }

    /// Index of a cell.
    pub fn index_of(&self, cell: Cell) -> Option<usize> {
        self.cells.binary_search(&cell).ok()
    }

    /// Centre of cell `i`; panics where `i` is not an index of the grid.
    pub fn centre(&self, i: usize) -> Position {
        self.centres[i]
    }

    /// Corners of cell `i`, counter-clockwise, not closed: six, five at a pentagon, and
    /// up to four more where an edge of H3's icosahedron cuts the cell. Across the
    /// antimeridian the longitudes jump by 360°; whoever draws them must cut there.
    pub fn corners(&self, i: usize) -> Vec<Position> {
        self.h3_at(i).map_or_else(Vec::new, |cell| {
            cell.boundary()
                .iter()
                .map(|corner| Position::wrapped(corner.lng(), corner.lat()))
                .collect()
        })
    }

    /// Indexes of the cells within `k` rings of cell `i`, itself included, ascending;
    /// those outside the grid are left out. Right at pentagons too.
    pub fn disk(&self, i: usize, k: u32) -> Vec<usize> {
        let Some(cell) = self.h3_at(i) else {
            return Vec::new();
        };
        let mut near: Vec<usize> = cell
            .grid_disk::<Vec<CellIndex>>(k)
            .into_iter()
            .filter_map(|c| self.index_of_h3(c))
            .collect();
        near.sort_unstable();
        near
    }

    /// Index of the cell's parent in a coarser grid; none where the grid is not coarser
    /// or lacks that parent (see [`HexGrid::parents`]).
    pub fn parent_in(&self, i: usize, coarser: &Self) -> Option<usize> {
        coarser.index_of_h3(self.h3_at(i)?.parent(coarser.resolution)?)
    }

    /// Whether cell `i` lies wholly inside the area, so that all its neighbours are in
    /// the grid too. (In a grid of parents none is said to.)
    pub fn is_inner(&self, i: usize) -> bool {
        self.inner[i]
    }

    fn from_h3(
        mut cells: Vec<CellIndex>,
        resolution: Resolution,
        is_inner: impl Fn(CellIndex) -> bool,
    ) -> Self {
        cells.par_sort_unstable();
        cells.dedup();
        Self {
            resolution,
            inner: cells.iter().map(|&cell| is_inner(cell)).collect(),
            area_km2: cells.par_iter().map(|cell| cell.area_km2()).collect(),
            centres: cells
                .par_iter()
                .map(|&cell| cover::centre_of(cell))
                .collect(),
            cells: cells
                .into_iter()
                .filter_map(|c| Cell::new(c.into()))
                .collect(),
        }
    }

    fn h3(&self) -> impl Iterator<Item = CellIndex> + '_ {
        self.cells
            .iter()
            .filter_map(|cell| CellIndex::try_from(cell.number()).ok())
    }

    fn h3_at(&self, i: usize) -> Option<CellIndex> {
        CellIndex::try_from(self.cells.get(i)?.number()).ok()
    }

    fn index_of_h3(&self, cell: CellIndex) -> Option<usize> {
        self.index_of_number(cell.into())
    }

    /// Index of a cell by H3's number; none where the grid lacks it.
    pub fn index_of_number(&self, number: u64) -> Option<usize> {
        self.cells
            .binary_search_by(|c| c.number().cmp(&number))
            .ok()
    }
}

fn parse_resolution(resolution: u8) -> Result<Resolution, GridError> {
    match Resolution::try_from(resolution) {
        Ok(parsed) if (COARSEST..=FINEST).contains(&resolution) => Ok(parsed),
        _ => Err(GridError::Resolution(resolution)),
    }
}

#[cfg(test)]
#[path = "hexgrid_tests.rs"]
mod tests;
