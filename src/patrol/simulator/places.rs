//! The places of a simulated town: where units stand and calls happen.
//!
//! A district has ten thousand cells and more; a matrix between all of them would not fit
//! in memory. So the cells where most calls are expected, and all that a policy may want to
//! stand in, are places of their own; each other cell sends its calls to the nearest place
//! of its parent (about 200 m at most at resolution 10), or else the parent's hottest cell
//! becomes a place too. Cells without a road have no place, and their calls are left out
//! and counted.

use std::collections::BTreeMap;

use crate::grid::hexgrid::HexGrid;
use crate::place::position::Position;
use crate::roads::network::Snap;

/// Places, and which cell is where.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Places {
    /// On the road.
    pub snaps: Vec<Snap>,
    /// The cell that a place is the middle of; none for a base of units.
    pub own_cell: Vec<Option<u32>>,
    /// The place of each cell; none where it has no road.
    pub of_cell: Vec<Option<u32>>,
}

/// Chooses the places: the cells of `wanted`, then the first by `demand`, up to `most`
/// cells; then one in each parent that has none. `snap` puts a cell's centre on a road.
pub fn choose(
    grid: &HexGrid,
    demand: &[f64],
    wanted: &[u32],
    most: usize,
    snap: &dyn Fn(Position) -> Option<Snap>,
) -> Places {
    let mut places = Places {
        of_cell: vec![None; grid.len()],
        ..Places::default()
    };
    let snapped: Vec<Option<Snap>> = grid.centres().iter().map(|&c| snap(c)).collect();
    let mut by_demand: Vec<u32> = (0..grid.len() as u32).collect();
    by_demand.sort_by(|&a, &b| {
        let of = |c: u32| demand.get(c as usize).copied().unwrap_or(0.0);
        of(b).total_cmp(&of(a)).then(a.cmp(&b))
    });
    for &cell in wanted {
        places.add(cell, &snapped);
    }
    for &cell in &by_demand {
        if places.snaps.len() >= most {
            break;
        }
        places.add(cell, &snapped);
    }
    // The finest overview there is; a grid without one keeps each cell by itself.
    let coarser = grid.parents(grid.resolution().saturating_sub(1)).ok();
    let family = |cell: u32| match &coarser {
        Some(coarser) => grid.parent_in(cell as usize, coarser),
        None => None,
    };
    let mut of_family: BTreeMap<usize, Vec<u32>> = BTreeMap::new();
    for cell in 0..grid.len() as u32 {
        if let (Some(_), Some(parent)) = (places.of_cell[cell as usize], family(cell)) {
            of_family.entry(parent).or_default().push(cell);
        }
    }
    for &cell in &by_demand {
        if places.of_cell[cell as usize].is_some() {
            continue;
        }
        let Some(parent) = family(cell) else {
            places.add(cell, &snapped);
            continue;
        };
        let kept = of_family.entry(parent).or_default();
        if kept.is_empty() && places.add(cell, &snapped) {
            kept.push(cell);
        }
    }
    // All parents with a road have a place by now.
    for cell in 0..grid.len() as u32 {
        if places.of_cell[cell as usize].is_some() {
            continue;
        }
        let kept = family(cell).and_then(|parent| of_family.get(&parent));
        let centre = grid.centre(cell as usize);
        let nearest = kept.into_iter().flatten().min_by(|&&a, &&b| {
            let off = |c: u32| grid.centre(c as usize).metres_to(centre).0;
            off(a).total_cmp(&off(b)).then(a.cmp(&b))
        });
        places.of_cell[cell as usize] = nearest.and_then(|&c| places.of_cell[c as usize]);
    }
    places
}

impl Places {
    /// Adds a base of units; its number.
    pub fn add_base(&mut self, snap: Snap) -> u32 {
        if let Some(same) = self.snaps.iter().position(|s| *s == snap) {
            return same as u32;
        }
        self.snaps.push(snap);
        self.own_cell.push(None);
        self.snaps.len() as u32 - 1
    }

    fn add(&mut self, cell: u32, snapped: &[Option<Snap>]) -> bool {
        let Some(&Some(snap)) = snapped.get(cell as usize) else {
            return false;
        };
        if self.of_cell[cell as usize].is_none() {
            self.of_cell[cell as usize] = Some(self.snaps.len() as u32);
            self.snaps.push(snap);
            self.own_cell.push(Some(cell));
        }
        true
    }
}

#[cfg(test)]
#[path = "places_tests.rs"]
mod tests;
