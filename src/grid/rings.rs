//! The cells round each cell, ring by ring, in one flat table: for models that spread
//! things over neighbours again and again and can't ask H3 each time.
//!
//! Rings are H3's grid distance (right at pentagons too), not the way through the grid's
//! own cells: a hole in an area does not make its two sides far from each other.

use h3o::CellIndex;
use rayon::prelude::*;

use crate::grid::hexgrid::HexGrid;

/// Neighbours of some cells by ring.
#[derive(Debug, Clone, PartialEq)]
pub struct Rings {
    most: u32,
    /// Ring `r` of the `n`-th centre is at `starts[n·(most + 1) + r]` up to the next start.
    starts: Vec<u32>,
    cells: Vec<u32>,
}

impl Rings {
    /// Rings 0 to `most` round each of `centres` (indexes of the grid). Cells outside the
    /// grid are left out.
    pub fn new(grid: &HexGrid, centres: &[usize], most: u32) -> Self {
        let around: Vec<Vec<(u32, u32)>> = centres
            .par_iter()
            .map(|&centre| around(grid, centre, most))
            .collect();
        let mut starts = Vec::with_capacity(centres.len() * (most as usize + 1) + 1);
        let mut cells = Vec::with_capacity(around.iter().map(Vec::len).sum());
        for near in around {
            let mut next = near.iter().peekable();
            for ring in 0..=most {
                starts.push(cells.len() as u32);
                while let Some((_, cell)) = next.next_if(|(r, _)| *r == ring) {
                    cells.push(*cell);
                }
            }
        }
        starts.push(cells.len() as u32);
        Self {
            most,
            starts,
            cells,
        }
    }

    /// The outermost ring.
    pub fn most(&self) -> usize {
        self.most as usize
    }

    /// The cells of a ring round the `n`-th centre, ascending; none past the outermost.
    pub fn ring(&self, n: usize, ring: usize) -> &[u32] {
        if ring > self.most() {
            return &[];
        }
        let at = n * (self.most() + 1) + ring;
        &self.cells[self.starts[at] as usize..self.starts[at + 1] as usize]
    }

    /// How many cells a whole ring has.
    pub fn whole(ring: usize) -> f64 {
        if ring == 0 { 1.0 } else { 6.0 * ring as f64 }
    }
}

fn around(grid: &HexGrid, centre: usize, most: u32) -> Vec<(u32, u32)> {
    let number = grid.cells()[centre].number();
    let Ok(cell) = CellIndex::try_from(number) else {
        return Vec::new();
    };
    let mut near: Vec<(u32, u32)> = cell
        .grid_disk_distances::<Vec<(CellIndex, u32)>>(most)
        .into_iter()
        .filter_map(|(cell, ring)| Some((ring, grid.index_of_number(cell.into())? as u32)))
        .collect();
    near.sort_unstable();
    near
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::place::area::Area;

    #[test]
    fn rings_are_what_a_disk_has_more_than_the_smaller_one() {
        // A town in Europe, and the neighbourhood of a pentagon off Norway.
        for (west, south) in [(11.0, 48.0), (10.53, 64.69)] {
            let ring = vec![
                [west, south],
                [west + 0.03, south],
                [west + 0.03, south + 0.02],
                [west, south + 0.02],
                [west, south],
            ];
            let area = Area::from_rings(&[vec![ring]]).unwrap();
            let grid = HexGrid::cover(&area, 9, &[]).unwrap();
            let all: Vec<usize> = (0..grid.len()).rev().collect();
            let rings = Rings::new(&grid, &all, 3);
            for (n, &cell) in all.iter().enumerate() {
                let mut disk: Vec<usize> = Vec::new();
                for ring in 0..=3 {
                    disk.extend(rings.ring(n, ring).iter().map(|&c| c as usize));
                    disk.sort_unstable();
                    assert_eq!(disk, grid.disk(cell, ring as u32));
                }
                assert!(rings.ring(n, 4).is_empty());
            }
        }
        assert_eq!([0, 1, 3].map(Rings::whole), [1.0, 6.0, 18.0]);
    }
}
