//! A surface made ready for the map: classes and ranks for each zoom's hexagons, and an
//! order by longitude in which a tile's hexagons are found without looking at all of them.
//!
//! Below zoom 12 a tile shows resolution-9 parents, below zoom 9 resolution 8: a district
//! of ten thousand cells is then a few hundred shapes. A parent's expectation is the sum of
//! its children's; its class is computed anew.

use std::sync::Arc;

use crate::app::session::bodies::short_hash;
use crate::exchange::risk_tile::RiskHexagon;
use crate::grid::hexgrid::GridError;
use crate::index::boxes::BoxIndex;
use crate::place::position::Position;
use crate::risk::classes::Classes;
use crate::risk::rollup::rollup;
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
    /// Its own cells.
    pub fine: Level,
    middle: Option<Level>,
    coarse: Option<Level>,
}

/// Hexagons of one resolution.
#[derive(Debug)]
pub struct Level {
    /// The cells and what is expected in them.
    pub surface: RiskSurface,
    /// Class and rank of each cell.
    pub classes: Classes,
    /// The same for every surface on the same cells.
    shapes: Arc<Shapes>,
}

/// How the cells lie.
#[derive(Debug)]
struct Shapes {
    outlines: Vec<Vec<Position>>,
    index: BoxIndex,
}

impl PreparedSurface {
    /// Prepares a surface.
    ///
    /// # Errors
    /// [`GridError`] where a coarser grid can't be made.
    pub fn new(surface: RiskSurface) -> Result<Self, GridError> {
        let coarser = |resolution| {
            (surface.grid.resolution() > resolution)
                .then(|| rollup(&surface, resolution).map(Level::new))
                .transpose()
        };
        Ok(Self {
            id: name_of(&surface),
            middle: coarser(9)?,
            coarse: coarser(8)?,
            fine: Level::new(surface),
        })
    }

    /// Another surface on the same cells, in classes of its own: `classes` has the surface of
    /// a level and this one's.
    ///
    /// # Errors
    /// [`GridError`] where a coarser grid can't be made.
    pub fn with(
        &self,
        surface: RiskSurface,
        classes: impl Fn(&RiskSurface, &Level) -> Classes,
    ) -> Result<Self, GridError> {
        let level = |surface: RiskSurface, like: &Level| {
            let classes = classes(&surface, like);
            Level::of(surface, classes, like.shapes.clone())
        };
        let coarser = |like: &Option<Level>| {
            (like.as_ref())
                .map(|like| {
                    let summed = rollup(&surface, like.surface.grid.resolution())?;
                    Ok(level(summed, like))
                })
                .transpose()
        };
        Ok(Self {
            id: name_of(&surface),
            middle: coarser(&self.middle)?,
            coarse: coarser(&self.coarse)?,
            fine: level(surface, &self.fine),
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
}

impl Level {
    fn new(surface: RiskSurface) -> Self {
        let outlines: Vec<Vec<Position>> = (0..surface.grid.len())
            .map(|i| surface.grid.corners(i))
            .collect();
        let boxes: Vec<[f64; 4]> = outlines.iter().map(|o| bounds(o)).collect();
        let shapes = Shapes {
            index: BoxIndex::new(&boxes),
            outlines,
        };
        let classes = Classes::of(&surface);
        Self::of(surface, classes, Arc::new(shapes))
    }

    fn of(surface: RiskSurface, classes: Classes, shapes: Arc<Shapes>) -> Self {
        Self {
            // "Not enough data" is said instead of a confident map.
            classes: match surface.is_thin() {
                true => classes.without_colours(),
                false => classes,
            },
            shapes,
            surface,
        }
    }

    /// The hexagons that may touch a box `[west, south, east, north]`, in the grid's order.
    pub fn hexagons_in(&self, bounds: [f64; 4]) -> Vec<RiskHexagon<'_>> {
        self.shapes
            .index
            .meeting(bounds)
            .into_iter()
            .map(|i| self.hexagon(i as usize))
            .collect()
    }

    /// Everything that is shown of cell `i`; panics where there is no such cell.
    pub fn hexagon(&self, i: usize) -> RiskHexagon<'_> {
        RiskHexagon {
            cell: self.surface.grid.cells()[i],
            outline: &self.shapes.outlines[i],
            expected: self.surface.expected[i],
            per_km2: self.surface.per_km2(i),
            class: self.classes.class[i],
            rank: self.classes.rank[i],
        }
    }
}

/// The name of a surface: a hash of its provenance.
fn name_of(surface: &RiskSurface) -> String {
    short_hash(&serde_json::to_vec(&surface.provenance).unwrap_or_default())
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
