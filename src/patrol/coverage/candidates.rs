//! Places to choose from where nobody names any: cells that can be driven to, spread over
//! the district. One for each coarser cell, the one in it where most is expected.

use std::collections::BTreeMap;

use crate::grid::hexgrid::{GridError, HexGrid};

/// At most `most` of the usable cells, ascending: of each parent cell (one resolution up)
/// the usable one where most is expected; where that is too many, those whose parents
/// expect most.
///
/// # Errors
/// [`GridError::Resolution`] where the grid is the coarsest already.
pub fn candidates(
    grid: &HexGrid,
    expected: &[f64],
    usable: impl Fn(usize) -> bool,
    most: usize,
) -> Result<Vec<usize>, GridError> {
    let parents = grid.parents(grid.resolution().saturating_sub(1))?;
    // Of each parent: what all of it expects, and its best usable cell.
    let mut by_parent: BTreeMap<usize, (f64, Option<usize>)> = BTreeMap::new();
    for (cell, &here) in expected.iter().enumerate().take(grid.len()) {
        let Some(parent) = grid.parent_in(cell, &parents) else {
            continue;
        };
        let entry = by_parent.entry(parent).or_default();
        entry.0 += here;
        let better = entry.1.is_none_or(|best| here > expected[best]);
        if better && usable(cell) {
            entry.1 = Some(cell);
        }
    }
    let mut found: Vec<(f64, usize)> = by_parent
        .into_values()
        .filter_map(|(sum, best)| Some((sum, best?)))
        .collect();
    found.sort_by(|a, b| b.0.total_cmp(&a.0).then(a.1.cmp(&b.1)));
    found.truncate(most);
    let mut cells: Vec<usize> = found.into_iter().map(|f| f.1).collect();
    cells.sort_unstable();
    Ok(cells)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::place::area::Area;

    fn grid(resolution: u8) -> HexGrid {
        let ring = vec![
            [11.0, 48.0],
            [11.04, 48.0],
            [11.04, 48.03],
            [11.0, 48.03],
            [11.0, 48.0],
        ];
        HexGrid::cover(&Area::from_rings(&[vec![ring]]).unwrap(), resolution, &[]).unwrap()
    }

    #[test]
    fn one_a_parent_and_the_best_of_it() {
        let coarsest = grid(7);
        let grid = grid(9);
        let expected: Vec<f64> = (0..grid.len()).map(|c| ((c * 37) % 101) as f64).collect();
        let usable = |cell: usize| !cell.is_multiple_of(5);
        let parents = grid.parents(8).unwrap();
        let all = candidates(&grid, &expected, usable, usize::MAX).unwrap();
        let mut seen = Vec::new();
        for &cell in &all {
            assert!(usable(cell));
            let parent = grid.parent_in(cell, &parents).unwrap();
            assert!(!seen.contains(&parent));
            seen.push(parent);
            let siblings = (0..grid.len()).filter(|&c| grid.parent_in(c, &parents) == Some(parent));
            let best = siblings
                .filter(|&c| usable(c))
                .map(|c| expected[c])
                .fold(0.0, f64::max);
            assert_eq!(expected[cell], best);
        }
        assert!(all.len() + 3 > parents.len());
        let few = candidates(&grid, &expected, usable, 4).unwrap();
        assert_eq!(few.len(), 4);
        assert!(few.iter().all(|c| all.contains(c)));
        assert!(
            candidates(&grid, &expected, |_| false, 9)
                .unwrap()
                .is_empty()
        );
        assert!(candidates(&coarsest, &[], usable, 9).is_err());
    }
}
