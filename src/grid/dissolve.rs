//! The outline of a set of cells, as an area.

use geo::{Coord, MapCoords};
use h3o::CellIndex;
use h3o::geom::SolventBuilder;
use thiserror::Error;

use crate::grid::cell::Cell;
use crate::place::area::{Area, AreaFault};

/// Why cells have no outline.
#[derive(Debug, Clone, PartialEq, Error)]
pub enum DissolveError {
    /// A cell twice, or of two resolutions.
    #[error("the cells can't be dissolved: {0}")]
    Cells(String),
    /// No cell, or ground round a pole, which has no shape in longitude and latitude.
    #[error("the outline is no valid area: {0}")]
    Area(#[from] AreaFault),
}

/// The outline of cells of one resolution, each once. Where two sets of cells meet, their
/// outlines have the same corners, to the last digit: no gap, no overlap.
///
/// # Errors
/// [`DissolveError`].
pub fn dissolve(cells: impl IntoIterator<Item = Cell>) -> Result<Area, DissolveError> {
    let cells: Vec<CellIndex> = cells
        .into_iter()
        .filter_map(|cell| CellIndex::try_from(cell.number()).ok())
        .collect();
    let solvent = SolventBuilder::new().build();
    let shape = solvent
        .dissolve(cells)
        .map_err(|fault| DissolveError::Cells(fault.to_string()))?;
    // A centimetre, as everywhere: the same corner computed from two cells differs by less.
    let rounded = |v: f64| (v * 1e7).round() / 1e7;
    let shape = shape.map_coords(|c: Coord<f64>| Coord {
        x: rounded(c.x),
        y: rounded(c.y),
    });
    Ok(Area::from_shape(shape)?)
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;
    use crate::grid::hexgrid::HexGrid;

    fn grid() -> HexGrid {
        let ring = vec![
            [11.0, 48.0],
            [11.05, 48.0],
            [11.05, 48.03],
            [11.0, 48.03],
            [11.0, 48.0],
        ];
        HexGrid::cover(&Area::from_rings(&[vec![ring]]).unwrap(), 9, &[]).unwrap()
    }

    #[test]
    fn two_halves_meet_without_gap_or_overlap() {
        let grid = grid();
        let west = |i: &usize| grid.centre(*i).lon() < 11.025;
        let of = |side: bool| {
            let cells = (0..grid.len()).filter(|i| west(i) == side);
            dissolve(cells.map(|i| grid.cells()[i])).unwrap()
        };
        let (a, b) = (of(true), of(false));
        let total: f64 = grid.area_km2().iter().sum();
        assert!((a.km2() + b.km2() - total).abs() / total < 0.01);
        assert!(a.shared_km2(&b) < 1e-9);
        let corners = |area: &Area| -> BTreeSet<(u64, u64)> {
            let rings = area.shape().iter().map(|p| p.exterior());
            rings
                .flat_map(|r| r.coords())
                .map(|c| (c.x.to_bits(), c.y.to_bits()))
                .collect()
        };
        let shared = corners(&a).intersection(&corners(&b)).count();
        assert!(shared > 20, "{shared}");
        for i in 0..grid.len() {
            assert_eq!(a.contains(grid.centre(i)), west(&i));
        }
    }

    #[test]
    fn a_ring_of_cells_has_a_hole_and_islands_are_parts() {
        let grid = grid();
        let middle = grid.index_at(crate::place::position::Position::wrapped(11.025, 48.015));
        let middle = middle.unwrap();
        let ring = grid.disk(middle, 1).into_iter().filter(|&i| i != middle);
        let area = dissolve(ring.map(|i| grid.cells()[i])).unwrap();
        assert_eq!(area.shape().0[0].interiors().len(), 1);
        assert!(!area.covers(grid.centre(middle)));
        let apart = [grid.cells()[0], grid.cells()[grid.len() - 1]];
        assert_eq!(dissolve(apart).unwrap().shape().0.len(), 2);
    }

    #[test]
    fn nothing_and_a_cell_twice_have_no_outline() {
        let grid = grid();
        assert!(matches!(dissolve([]), Err(DissolveError::Area(_))));
        let twice = [grid.cells()[0]; 2];
        assert!(matches!(dissolve(twice), Err(DissolveError::Cells(_))));
    }
}
