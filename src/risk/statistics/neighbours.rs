//! Which cells are near which, listed once for all cells: the disk of one ring in a grid,
//! or any lists that a test wants. Each cell is its own neighbour, as Gi* needs it.

use rayon::prelude::*;

use crate::grid::hexgrid::HexGrid;

/// Neighbours of each cell, ascending, the cell itself included.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Neighbours {
    /// Those of cell `i` are `all[starts[i]..starts[i + 1]]`.
    starts: Vec<u32>,
    all: Vec<u32>,
}

impl Neighbours {
    /// The cells within one ring; those outside the grid are left out.
    pub fn of_grid(grid: &HexGrid) -> Self {
        let disks: Vec<Vec<usize>> = (0..grid.len())
            .into_par_iter()
            .map(|i| grid.disk(i, 1))
            .collect();
        Self::of_lists(&disks)
    }

    /// From one list a cell. The cell itself is added where it is missing; what is no cell
    /// is left out.
    pub fn of_lists(lists: &[Vec<usize>]) -> Self {
        let mut starts = Vec::with_capacity(lists.len() + 1);
        let mut all = Vec::with_capacity(lists.len() * 7);
        starts.push(0);
        let mut near: Vec<u32> = Vec::new();
        for (own, list) in lists.iter().enumerate() {
            near.clear();
            near.push(own as u32);
            near.extend(list.iter().filter(|&&j| j < lists.len()).map(|&j| j as u32));
            near.sort_unstable();
            near.dedup();
            all.extend_from_slice(&near);
            starts.push(all.len() as u32);
        }
        Self { starts, all }
    }

    /// How many cells.
    pub fn len(&self) -> usize {
        self.starts.len() - 1
    }

    /// Whether there is no cell.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// The neighbours of cell `i`, itself included, ascending; panics where `i` is none.
    pub fn of(&self, i: usize) -> &[u32] {
        &self.all[self.starts[i] as usize..self.starts[i + 1] as usize]
    }
}
