//! The tile layer of a risk surface: hexagons with what the map colours and pops up.

use crate::exchange::tile::{self, TileError, TileFeature, TileId, TileShape, TileValue};
use crate::grid::cell::Cell;
use crate::place::position::Position;

/// One hexagon as shown.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct RiskHexagon<'a> {
    /// Which.
    pub cell: Cell,
    /// Its corners, not closed.
    pub outline: &'a [Position],
    /// Expected incidents in the window.
    pub expected: f64,
    /// The same per km².
    pub per_km2: f64,
    /// 5 (hottest) to 1, or 0.
    pub class: u8,
    /// From 1.
    pub rank: u32,
}

/// Encodes a tile with the layer `risk`. The feature's id is its rank.
///
/// # Errors
/// [`TileError::Encoding`].
pub fn risk_tile(tile: TileId, hexagons: &[RiskHexagon<'_>]) -> Result<Vec<u8>, TileError> {
    let features = hexagons
        .iter()
        .map(|hexagon| TileFeature {
            geometry: TileShape::polygon(vec![closed(hexagon.outline)]),
            properties: vec![
                ("cell", TileValue::from(hexagon.cell.to_string())),
                ("expected", TileValue::from(hexagon.expected)),
                ("per_km2", TileValue::from(hexagon.per_km2)),
                ("class", TileValue::from(i64::from(hexagon.class))),
                ("rank", TileValue::from(i64::from(hexagon.rank))),
            ],
            id: Some(u64::from(hexagon.rank)),
        })
        .collect();
    tile::encode(tile, &[("risk", features)])
}

/// The corners with the first repeated at the end.
fn closed(outline: &[Position]) -> Vec<Position> {
    outline.iter().chain(outline.first()).copied().collect()
}
