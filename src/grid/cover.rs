//! The cells that touch an area.
//!
//! Mode: every cell that shares a point with the area, "touches", and not "centre
//! inside". A patrol must not lose the strip along the border: with centres, up to half
//! a cell of ground (and the incidents on it) would belong to no cell.
//!
//! Idea: walk the border in steps shorter than a cell and test the cells around each step
//! exactly; then fill inwards. Cells that the border does not touch lie wholly inside or
//! wholly outside, so one point test a connected piece is enough.
//!
//! The plane is that of [`Area::covers`]: longitude and latitude, edges straight, no
//! wrapping. An area across the antimeridian is therefore two parts that meet at ±180°
//! (RFC 7946 § 3.1.9); cells that straddle it are kept by either part. Round a pole a
//! cell has no shape in that plane: there the cells next to the border are kept.

use std::collections::{BTreeSet, HashSet};

use geo::{Coord, Intersects, Line, LineString, Polygon};
use h3o::{CellIndex, LatLng, Resolution};

use crate::grid::hexgrid::{GridError, MOST_CELLS};
use crate::place::area::Area;
use crate::place::position::Position;

/// No H3 cell is larger than this many times the average of its resolution.
const LARGEST_TO_AVERAGE: f64 = 1.5;

/// Length of a step along the border, in average cell edges. The smallest cells, at
/// pentagons, have edges of 0.6 of the average.
const STEP: f64 = 0.3;

/// Metres in a degree of latitude.
const DEGREE_M: f64 = 111_195.1;

/// The cells that touch an area, in no particular order.
pub struct Touching {
    /// All of them.
    pub all: HashSet<CellIndex>,
    /// Those that the border touches. All neighbours of the others are in `all`.
    pub on_border: HashSet<CellIndex>,
}

/// All cells that touch the area.
pub fn touching(area: &Area, resolution: Resolution) -> Result<Touching, GridError> {
    refuse_if_too_large(area, resolution)?;
    let on_border = border_cells(area, resolution)?;
    let mut all = on_border.clone();
    fill_inwards(area, &on_border, &mut all, resolution)?;
    Ok(Touching { all, on_border })
}

/// The H3 cell that holds a position.
pub fn cell_at(position: Position, resolution: Resolution) -> Option<CellIndex> {
    LatLng::new(position.lat(), position.lon())
        .ok()
        .map(|at| at.to_cell(resolution))
}

/// A cell and its five or six neighbours.
pub fn with_neighbours(cell: CellIndex) -> Vec<CellIndex> {
    cell.grid_disk(1)
}

/// The refusal of a grid that would have too many cells.
pub fn too_large(cells: usize, resolution: Resolution) -> GridError {
    GridError::TooLarge {
        cells,
        resolution: u8::from(resolution),
        most: MOST_CELLS,
    }
}

fn refuse_if_too_large(area: &Area, resolution: Resolution) -> Result<(), GridError> {
    let inside = planar_km2(area) / (resolution.area_km2() * LARGEST_TO_AVERAGE);
    let steps: f64 = edges(area).map(|edge| steps_along(edge, resolution)).sum();
    // A straight border takes about four steps a cell; eight leave room for bends.
    let least = inside.max(steps / 8.0);
    if least > MOST_CELLS as f64 {
        return Err(too_large(least as usize, resolution));
    }
    Ok(())
}

/// Area on the sphere of what the rings enclose in the plane of longitude and latitude.
/// Not [`Area::km2`]: that takes edges for geodesics, which is another area where an
/// edge is a thousand kilometres long or runs along a pole.
fn planar_km2(area: &Area) -> f64 {
    let radius_km = DEGREE_M * 180.0 / std::f64::consts::PI / 1000.0;
    let signed: f64 = edges(area)
        .map(|edge| {
            let (from, to) = (edge.start.y.to_radians(), edge.end.y.to_radians());
            let mean_sine = if (to - from).abs() < 1e-9 {
                (from / 2.0 + to / 2.0).sin()
            } else {
                (from.cos() - to.cos()) / (to - from)
            };
            -edge.dx().to_radians() * mean_sine
        })
        .sum();
    signed.abs() * radius_km * radius_km
}

fn edges(area: &Area) -> impl Iterator<Item = Line<f64>> + '_ {
    area.shape().iter().flat_map(|polygon| {
        std::iter::once(polygon.exterior())
            .chain(polygon.interiors())
            .flat_map(LineString::lines)
    })
}

/// How many steps an edge takes; its length is bounded from above, straight in the plane.
fn steps_along(edge: Line<f64>, resolution: Resolution) -> f64 {
    let nearest_equator = if edge.start.y.signum() == edge.end.y.signum() {
        edge.start.y.abs().min(edge.end.y.abs())
    } else {
        0.0
    };
    let east = edge.dx() * nearest_equator.to_radians().cos();
    let metres = east.hypot(edge.dy()) * DEGREE_M;
    (metres / (resolution.edge_length_m() * STEP))
        .ceil()
        .max(1.0)
}

fn border_cells(area: &Area, resolution: Resolution) -> Result<HashSet<CellIndex>, GridError> {
    let mut border = HashSet::new();
    for edge in edges(area) {
        let steps = steps_along(edge, resolution);
        let mut from = edge.start;
        for step in 1..=steps as u64 {
            let t = step as f64 / steps;
            let to = Coord {
                x: edge.start.x + (edge.end.x - edge.start.x) * t,
                y: edge.start.y + (edge.end.y - edge.start.y) * t,
            };
            keep_touched(Line::new(from, to), resolution, &mut border);
            from = to;
        }
        if border.len() > MOST_CELLS {
            return Err(too_large(border.len(), resolution));
        }
    }
    Ok(border)
}

/// Keeps the cells that one step of the border touches. Three cells meet at a corner, so
/// whatever the step cuts besides the cell it starts in is a neighbour of that cell.
fn keep_touched(step: Line<f64>, resolution: Resolution, border: &mut HashSet<CellIndex>) {
    let Some(start) = cell_at(Position::wrapped(step.start.x, step.start.y), resolution) else {
        return;
    };
    border.insert(start);
    for cell in with_neighbours(start) {
        if !border.contains(&cell) && touches(cell, step) {
            border.insert(cell);
        }
    }
}

fn touches(cell: CellIndex, step: Line<f64>) -> bool {
    let corners: Vec<Coord<f64>> = cell
        .boundary()
        .iter()
        .map(|corner| Coord {
            x: nearest_turn(corner.lng(), step.start.x),
            y: corner.lat(),
        })
        .collect();
    let west = corners.iter().fold(f64::INFINITY, |w, c| w.min(c.x));
    let east = corners.iter().fold(f64::NEG_INFINITY, |e, c| e.max(c.x));
    if east - west > 90.0 {
        return true; // around a pole: no shape in this plane
    }
    Polygon::new(LineString(corners), Vec::new()).intersects(&step)
}

/// The same longitude, turned by 360° so that it is within 180° of another.
fn nearest_turn(lon: f64, near: f64) -> f64 {
    if lon - near > 180.0 {
        lon - 360.0
    } else if near - lon > 180.0 {
        lon + 360.0
    } else {
        lon
    }
}

/// Adds the cells that the border does not touch and that lie inside.
fn fill_inwards(
    area: &Area,
    border: &HashSet<CellIndex>,
    kept: &mut HashSet<CellIndex>,
    resolution: Resolution,
) -> Result<(), GridError> {
    // The layer of untouched cells beside the border, in a fixed order.
    let mut layer: BTreeSet<CellIndex> = border
        .iter()
        .flat_map(|&cell| with_neighbours(cell))
        .filter(|cell| !border.contains(cell))
        .collect();
    while let Some(seed) = layer.pop_first() {
        let inside = area.covers(centre_of(seed));
        let mut open = vec![seed];
        if inside {
            kept.insert(seed);
        }
        while let Some(cell) = open.pop() {
            for next in with_neighbours(cell) {
                if border.contains(&next) {
                    continue;
                }
                let in_layer = layer.remove(&next);
                if inside && kept.insert(next) || !inside && in_layer {
                    open.push(next);
                }
            }
            if kept.len() > MOST_CELLS {
                return Err(too_large(kept.len(), resolution));
            }
        }
    }
    Ok(())
}

/// Centre of a cell.
pub fn centre_of(cell: CellIndex) -> Position {
    let at = LatLng::from(cell);
    Position::wrapped(at.lng(), at.lat())
}
