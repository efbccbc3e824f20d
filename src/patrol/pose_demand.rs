//! Where calls are expected that no candidate stands for. A unit that stands well for the
//! candidates alone may stand badly for the area: where units are bound to beats, no cell of
//! the other beats is a candidate, and yet calls come from there.

use std::collections::BTreeMap;

use crate::grid::hexgrid::HexGrid;
use crate::patrol::pose::{Layers, PatrolSettings};
use crate::patrol::problem::{Candidate, DemandPoint};
use crate::roads::network::Snap;

/// At most so many points: each is a row of the matrix.
const MOST: usize = 240;
/// So many levels of the grid above its cells they are gathered: 49 cells of resolution 10
/// are a hexagon of 0.7 km².
const LEVELS: u8 = 2;

/// The cells that are no candidates, gathered by the finest hexagons that are not too many,
/// each at the middle of its cell with the most risk that has a road. What lies in a hexagon
/// without a road is left out, as is all but the [`MOST`] with the most risk.
pub fn demand(
    layers: &Layers<'_>,
    settings: &PatrolSettings,
    candidates: &[Candidate],
) -> Vec<DemandPoint> {
    let grid = &layers.surface.grid;
    let expected = &layers.surface.expected;
    let mut is_candidate = vec![false; grid.len()];
    for candidate in candidates {
        if let Some(cell) = grid.index_of(candidate.cell) {
            is_candidate[cell] = true;
        }
    }
    let mut rest: Vec<usize> = (0..grid.len())
        .filter(|&cell| !is_candidate[cell] && expected[cell] > 0.0)
        .collect();
    rest.sort_by(|&a, &b| expected[b].total_cmp(&expected[a]).then(a.cmp(&b)));
    let Some(coarser) = overview(grid) else {
        return Vec::new();
    };
    let mut gathered: BTreeMap<usize, Gathered> = BTreeMap::new();
    for cell in rest {
        let Some(parent) = grid.parent_in(cell, &coarser) else {
            continue;
        };
        let of = gathered.entry(parent).or_default();
        of.expected += expected[cell];
        if of.at.is_none() {
            of.at = layers
                .network
                .snap(grid.centre(cell), settings.cell_off_road);
        }
    }
    let mut points: Vec<Gathered> = gathered.into_values().filter(|g| g.at.is_some()).collect();
    points.sort_by(|a, b| b.expected.total_cmp(&a.expected));
    points.truncate(MOST);
    let made = points.into_iter().filter_map(|Gathered { at, expected }| {
        Some(DemandPoint {
            snap: at?,
            risk_by_hour: layers.hour_shares.iter().map(|s| s * expected).collect(),
        })
    });
    made.collect()
}

#[derive(Default)]
struct Gathered {
    at: Option<Snap>,
    expected: f64,
}

/// The finest grid that has few enough hexagons, or else the coarsest there is.
fn overview(grid: &HexGrid) -> Option<HexGrid> {
    let mut found = None;
    for resolution in (0..=grid.resolution().saturating_sub(LEVELS)).rev() {
        match grid.parents(resolution) {
            Ok(coarser) if coarser.len() <= MOST => return Some(coarser),
            Ok(coarser) => found = Some(coarser),
            Err(_) => break,
        }
    }
    // A grid that is coarse itself has none two levels up.
    found.or_else(|| grid.parents(grid.resolution().saturating_sub(1)).ok())
}
