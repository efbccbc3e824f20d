//! A surface made ready for the map: classes and ranks for each zoom's hexagons, and an
//! order by longitude in which a tile's hexagons are found without looking at all of them.
//!
//! Below zoom 12 a tile shows resolution-9 parents, below zoom 9 resolution 8: a district
//! of ten thousand cells is then a few hundred shapes. A parent's expectation is the sum of
//! its children's; its class is computed anew.

use crate::app::session::bodies::short_hash;
use crate::app::session::classes::{ClassRow, Classes};
use crate::exchange::risk_tile::RiskHexagon;
use crate::grid::hexgrid::{GridError, HexGrid};
use crate::index::boxes::BoxIndex;
use crate::place::position::Position;
use crate::risk::surface::RiskSurface;

/// From this zoom on the surface's own cells are drawn.
const FINE_FROM_ZOOM: u8 = 12;

/// From this zoom on, and below [`FINE_FROM_ZOOM`], resolution 9.
const MIDDLE_FROM_ZOOM: u8 = 9;

/// A surface, ready to be drawn and listed.
#[derive(Debug)]
pub struct PreparedSurface {
    /// Names it in addresses: a hash of its provenance, inputs included.
    pub id: String,
    /// The surface.
    pub surface: RiskSurface,
    /// Its own cells.
    pub fine: Level,
    middle: Option<Level>,
    coarse: Option<Level>,
}

/// Hexagons of one resolution.
#[derive(Debug)]
pub struct Level {
    /// The cells.
    pub grid: HexGrid,
    /// Expected incidents, one a cell.
    pub expected: Vec<f64>,
    /// Class and rank of each cell.
    pub classes: Classes,
    outlines: Vec<Vec<Position>>,
    index: BoxIndex,
}

impl PreparedSurface {
    /// Prepares a surface.
    ///
    /// # Errors
    /// [`GridError`] where a coarser grid can't be made.
    pub fn new(surface: RiskSurface) -> Result<Self, GridError> {
        let provenance = serde_json::to_vec(&surface.provenance).unwrap_or_default();
        let fine = Level::new(surface.grid.clone(), surface.expected.clone());
        let coarser = |resolution| {
            (fine.grid.resolution() > resolution)
                .then(|| fine.parents(resolution))
                .transpose()
        };
        Ok(Self {
            id: short_hash(&provenance),
            middle: coarser(9)?,
            coarse: coarser(8)?,
            fine,
            surface,
        })
    }

    /// What is drawn at a zoom.
    pub fn level(&self, zoom: u8) -> &Level {
        if zoom >= FINE_FROM_ZOOM {
            return &self.fine;
        }
        let middle = self.middle.as_ref().unwrap_or(&self.fine);
        if zoom >= MIDDLE_FROM_ZOOM {
            return middle;
        }
        self.coarse.as_ref().unwrap_or(middle)
    }

    /// The legend's rows, hottest class first.
    pub fn legend(&self) -> &[ClassRow] {
        &self.fine.classes.rows
    }
}

impl Level {
    fn new(grid: HexGrid, expected: Vec<f64>) -> Self {
        let classes = Classes::of(&expected, grid.area_km2());
        let outlines: Vec<Vec<Position>> =
            (0..grid.cells().len()).map(|i| grid.corners(i)).collect();
        let boxes: Vec<[f64; 4]> = outlines.iter().map(|o| bounds(o)).collect();
        Self {
            grid,
            expected,
            classes,
            index: BoxIndex::new(&boxes),
            outlines,
        }
    }

    fn parents(&self, resolution: u8) -> Result<Self, GridError> {
        let grid = self.grid.parents(resolution)?;
        let mut expected = vec![0.0; grid.cells().len()];
        for (i, value) in self.expected.iter().enumerate() {
            if let Some(parent) = self.grid.parent_in(i, &grid) {
                expected[parent] += value;
            }
        }
        Ok(Self::new(grid, expected))
    }

    /// Expected incidents per km² in cell `i`; 0 where there is no such cell.
    pub fn per_km2(&self, i: usize) -> f64 {
        match (self.expected.get(i), self.grid.area_km2().get(i)) {
            (Some(expected), Some(area)) if *area > 0.0 => expected / area,
            _ => 0.0,
        }
    }

    /// The hexagons that may touch a box `[west, south, east, north]`, in the grid's order.
    pub fn hexagons_in(&self, bounds: [f64; 4]) -> Vec<RiskHexagon<'_>> {
        self.index
            .meeting(bounds)
            .into_iter()
            .map(|i| self.hexagon(i as usize))
            .collect()
    }

    /// Everything that is shown of cell `i`; panics where there is no such cell.
    pub fn hexagon(&self, i: usize) -> RiskHexagon<'_> {
        RiskHexagon {
            cell: self.grid.cells()[i],
            outline: &self.outlines[i],
            expected: self.expected[i],
            per_km2: self.per_km2(i),
            class: self.classes.class[i],
            rank: self.classes.rank[i],
        }
    }
}

/// `[west, south, east, north]` of a cell's corners.
fn bounds(outline: &[Position]) -> [f64; 4] {
    outline
        .iter()
        .fold([180.0, 90.0, -180.0, -90.0], |[w, s, e, n], p| {
            [
                w.min(p.lon()),
                s.min(p.lat()),
                e.max(p.lon()),
                n.max(p.lat()),
            ]
        })
}
