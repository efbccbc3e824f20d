//! Where calls are expected that no candidate stands for. A unit that stands well for the
//! candidates alone may stand badly for the area: where units are bound to beats, no cell of
//! the other beats is a candidate, and yet calls come from there.

use std::cmp::Ordering;
use std::collections::{BTreeMap, BinaryHeap};

use crate::grid::hexgrid::HexGrid;
use crate::patrol::pose::{Layers, PatrolSettings};
use crate::patrol::problem::{Candidate, DemandPoint};
use crate::place::position::Position;
use crate::roads::network::Snap;

/// At most so many points: each is a row of the matrix.
const MOST: usize = 240;
/// A hexagon's calls are put on a road near one of so many of its cells, or else go to the
/// nearest hexagon that has a road.
const LOOKED_AT: usize = 8;

/// The cells that are no candidates, gathered by hexagons: small ones where many calls are
/// expected, large ones where few are. All their calls count: those of ground without a road
/// (and of a huge area's quietest hexagons) come from the nearest point.
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
    let rest = (0..grid.len()).filter(|&cell| !is_candidate[cell] && expected[cell] > 0.0);
    let mut groups = gathered(grid, expected, rest.collect(), MOST);
    groups.sort_by(|a, b| {
        b.expected
            .total_cmp(&a.expected)
            .then(a.cells.cmp(&b.cells))
    });
    let snap = |at: Position| layers.network.snap(at, settings.cell_off_road);
    let (mut points, mut roadless) = (Vec::new(), Vec::new());
    for group in groups {
        let middle = middle_of(grid, expected, &group.cells);
        let mut cells: Vec<usize> = group.cells;
        let away = |cell: usize| grid.centre(cell).metres_to(middle).0;
        cells.sort_by(|&a, &b| away(a).total_cmp(&away(b)).then(a.cmp(&b)));
        let looked_at = if points.len() < MOST { LOOKED_AT } else { 0 };
        let mut near = cells.iter().take(looked_at);
        match near.find_map(|&cell| snap(grid.centre(cell))) {
            Some(snap) => points.push((snap, group.expected)),
            None => roadless.push((middle, group.expected)),
        }
    }
    for (middle, expected) in roadless {
        let away = |snap: &Snap| snap.position.metres_to(middle).0;
        let nearest = points
            .iter_mut()
            .min_by(|a, b| away(&a.0).total_cmp(&away(&b.0)));
        if let Some((_, calls)) = nearest {
            *calls += expected;
        }
    }
    let made = points.into_iter().map(|(snap, expected)| DemandPoint {
        snap,
        risk_by_hour: layers.hour_shares.iter().map(|s| s * expected).collect(),
    });
    made.collect()
}

/// Cells of one hexagon.
struct Group {
    cells: Vec<usize>,
    expected: f64,
    /// How many levels above the cells.
    level: usize,
}

impl Group {
    fn of(cells: Vec<usize>, expected: &[f64], level: usize) -> Self {
        Self {
            expected: cells.iter().map(|&cell| expected[cell]).sum(),
            cells,
            level,
        }
    }

    /// What it would gain by being split: one of a single cell can't be.
    fn calls(&self) -> f64 {
        match self.cells.len() {
            0 | 1 => 0.0,
            _ => self.expected,
        }
    }
}

impl Ord for Group {
    fn cmp(&self, other: &Self) -> Ordering {
        let calls = self.calls().total_cmp(&other.calls());
        calls.then_with(|| other.cells.first().cmp(&self.cells.first()))
    }
}

impl PartialOrd for Group {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl PartialEq for Group {
    fn eq(&self, other: &Self) -> bool {
        self.cmp(other) == Ordering::Equal
    }
}

impl Eq for Group {}

/// Cells in about so many groups: from the coarsest hexagons on, the one with the
/// most calls is split into those one level finer, again and again.
fn gathered(grid: &HexGrid, expected: &[f64], cells: Vec<usize>, most: usize) -> Vec<Group> {
    let finer = (0..grid.resolution()).rev();
    // The grids above this one, finest first; the coarsest resolution ends them.
    let above: Vec<HexGrid> = finer.map_while(|r| grid.parents(r).ok()).collect();
    let split = |group: Group| -> Vec<Group> {
        let level = group.level - 1;
        let mut parts: BTreeMap<usize, Vec<usize>> = BTreeMap::new();
        for cell in group.cells {
            let part = match level {
                0 => Some(cell),
                level => grid.parent_in(cell, &above[level - 1]),
            };
            parts.entry(part.unwrap_or(cell)).or_default().push(cell);
        }
        let parts = parts.into_values();
        parts
            .map(|cells| Group::of(cells, expected, level))
            .collect()
    };
    let all = Group::of(cells, expected, above.len() + 1);
    let mut groups: BinaryHeap<Group> = split(all).into();
    while groups.len() < most && groups.peek().is_some_and(|group| group.calls() > 0.0) {
        let Some(group) = groups.pop() else { break };
        groups.extend(split(group));
    }
    groups.into_vec()
}

/// Where the calls of cells are in the mean.
fn middle_of(grid: &HexGrid, expected: &[f64], cells: &[usize]) -> Position {
    let (mut lon, mut lat, mut all) = (0.0, 0.0, 0.0);
    for &cell in cells {
        let (at, calls) = (grid.centre(cell), expected[cell]);
        lon += at.lon() * calls;
        lat += at.lat() * calls;
        all += calls;
    }
    Position::wrapped(lon / all, lat / all)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::place::area::Area;

    /// A square of some 11 km.
    fn square(resolution: u8) -> HexGrid {
        let ring = vec![
            [123.4, 41.8],
            [123.53, 41.8],
            [123.53, 41.9],
            [123.4, 41.9],
            [123.4, 41.8],
        ];
        let area = Area::from_rings(&[vec![ring]]).unwrap();
        HexGrid::cover(&area, resolution, &[]).unwrap()
    }

    #[test]
    fn every_cell_is_in_one_group_and_the_busiest_are_the_smallest() {
        for resolution in [7, 8, 9, 10] {
            let grid = square(resolution);
            // Ever more towards the south-west corner.
            let calls =
                |at: Position| (-(at.lon() - 123.4) * 60.0 - (at.lat() - 41.8) * 80.0).exp();
            let expected: Vec<f64> = grid.centres().iter().map(|&at| calls(at)).collect();
            let groups = gathered(&grid, &expected, (0..grid.len()).collect(), MOST);
            let mut cells: Vec<usize> = groups.iter().flat_map(|g| g.cells.clone()).collect();
            cells.sort_unstable();
            assert_eq!(cells, (0..grid.len()).collect::<Vec<_>>(), "{resolution}");
            // One split more than fits, of seven children, or of a hexagon's torn off edge.
            assert!(groups.len() < MOST + 9, "{} at {resolution}", groups.len());
            assert!(groups.len() >= MOST.min(grid.len()));
            let all: f64 = expected.iter().sum();
            let largest = groups.iter().filter(|g| g.cells.len() > 1);
            let largest = largest.map(|g| g.expected / all).fold(0.0, f64::max);
            assert!(
                largest < 0.03,
                "{largest} of all calls at one point, {resolution}"
            );
        }
    }
}
