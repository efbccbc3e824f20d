//! Hot spots as places: connected sets of significantly hot cells, each with its ground,
//! what it holds, what even ground would hold, and a name.
//!
//! Two hot cells belong together where they touch. Spots are ordered by how many incidents
//! they hold beyond what their ground's share would be.

use crate::grid::hexgrid::HexGrid;
use crate::place::position::Position;
use crate::risk::statistics::error::StatisticsError;
use crate::risk::statistics::gi_star::Heat;
use crate::risk::statistics::neighbours::Neighbours;
use crate::risk::statistics::surroundings::{SpotName, Surroundings};

/// A connected set of hot cells.
#[derive(Debug, Clone, PartialEq)]
pub struct HotSpot {
    /// Its name.
    pub name: SpotName,
    /// Indexes of its cells, ascending.
    pub cells: Vec<usize>,
    /// Its cell with the largest Gi*.
    pub peak: usize,
    /// The middle of its incidents.
    pub middle: Position,
    /// Its ground, km².
    pub area_km2: f64,
    /// Incidents in it.
    pub observed: u64,
    /// Incidents it would hold, were all ground alike.
    pub expected: f64,
    /// Its share of all incidents.
    pub share: f64,
    /// Its share of all ground.
    pub area_share: f64,
}

/// The hot spots among the cells, the one with the most incidents beyond its share first.
///
/// # Errors
/// [`StatisticsError::Length`] where the lists are not about the same cells.
pub fn hot_spots(
    grid: &HexGrid,
    near: &Neighbours,
    counts: &[u32],
    z: &[f64],
    heat: &[Heat],
    around: &Surroundings,
) -> Result<Vec<HotSpot>, StatisticsError> {
    for found in [near.len(), counts.len(), z.len(), heat.len()] {
        if found != grid.len() {
            return Err(StatisticsError::Length {
                found,
                wanted: grid.len(),
            });
        }
    }
    let whole = Whole {
        incidents: counts.iter().map(|&c| u64::from(c)).sum(),
        area_km2: grid.area_km2().iter().sum(),
    };
    let mut spots: Vec<HotSpot> = connected(near, heat)
        .into_iter()
        .map(|cells| spot(grid, counts, z, &whole, around, cells))
        .collect();
    spots.sort_by(|a, b| {
        let excess = |spot: &HotSpot| spot.observed as f64 - spot.expected;
        excess(b)
            .total_cmp(&excess(a))
            .then(a.cells[0].cmp(&b.cells[0]))
    });
    Ok(spots)
}

/// The district.
struct Whole {
    incidents: u64,
    area_km2: f64,
}

/// Sets of hot cells that touch each other, each ascending.
fn connected(near: &Neighbours, heat: &[Heat]) -> Vec<Vec<usize>> {
    let mut seen = vec![false; heat.len()];
    let mut sets = Vec::new();
    for start in 0..heat.len() {
        if heat[start] != Heat::Hot || seen[start] {
            continue;
        }
        seen[start] = true;
        let mut set = vec![start];
        let mut next = 0;
        while next < set.len() {
            for &j in near.of(set[next]) {
                let j = j as usize;
                if heat[j] == Heat::Hot && !seen[j] {
                    seen[j] = true;
                    set.push(j);
                }
            }
            next += 1;
        }
        set.sort_unstable();
        sets.push(set);
    }
    sets
}

fn spot(
    grid: &HexGrid,
    counts: &[u32],
    z: &[f64],
    whole: &Whole,
    around: &Surroundings,
    cells: Vec<usize>,
) -> HotSpot {
    let area_km2: f64 = cells.iter().map(|&i| grid.area_km2()[i]).sum();
    let observed: u64 = cells.iter().map(|&i| u64::from(counts[i])).sum();
    let area_share = area_km2 / whole.area_km2;
    let peak = cells
        .iter()
        .copied()
        .max_by(|&a, &b| z[a].total_cmp(&z[b]).then(b.cmp(&a)))
        .unwrap_or(0);
    // A hot spot may hold no incident itself: its cells are hot by their neighbours.
    let weight = |i: usize| {
        if observed > 0 {
            f64::from(counts[i])
        } else {
            1.0
        }
    };
    let weighted: Vec<(Position, f64)> = cells
        .iter()
        .map(|&i| (grid.centre(i), weight(i)))
        .filter(|w| w.1 > 0.0)
        .collect();
    let middle = middle(&weighted).unwrap_or(grid.centre(peak));
    HotSpot {
        name: around.name(middle, &weighted),
        peak,
        middle,
        area_km2,
        observed,
        expected: whole.incidents as f64 * area_share,
        share: observed as f64 / whole.incidents.max(1) as f64,
        area_share,
        cells,
    }
}

/// Weighted mean of positions that lie close together; longitudes are taken relative to
/// the first, so that a spot on the antimeridian has its middle there.
fn middle(weighted: &[(Position, f64)]) -> Option<Position> {
    let first = weighted.first()?.0;
    let (mut lon, mut lat, mut sum) = (0.0, 0.0, 0.0);
    for (position, weight) in weighted {
        let east = (position.lon() - first.lon() + 540.0).rem_euclid(360.0) - 180.0;
        lon += weight * east;
        lat += weight * position.lat();
        sum += weight;
    }
    Some(Position::wrapped(first.lon() + lon / sum, lat / sum))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::place::area::Area;
    use crate::risk::statistics::gi_star::gi_star;

    fn grid() -> HexGrid {
        let (w, s, e, n) = (123.40, 41.75, 123.46, 41.79);
        let ring = vec![[w, s], [e, s], [e, n], [w, n], [w, s]];
        HexGrid::cover(&Area::from_rings(&[vec![ring]]).unwrap(), 10, &[]).unwrap()
    }

    fn nobody() -> Surroundings {
        Surroundings::new(Vec::new(), Vec::new())
    }

    #[test]
    fn two_heaps_are_two_spots_the_larger_first() {
        let grid = grid();
        let near = Neighbours::of_grid(&grid);
        let mut counts = vec![1u32; grid.len()];
        let at = |lon, lat| grid.index_at(Position::wrapped(lon, lat)).unwrap();
        let (small, large) = (at(123.41, 41.76), at(123.45, 41.78));
        for (cell, height) in [(small, 20), (large, 60)] {
            for &j in near.of(cell) {
                counts[j as usize] += height;
            }
        }
        let values: Vec<f64> = counts.iter().map(|&c| f64::from(c)).collect();
        let found = gi_star(&values, &near).unwrap();
        let spots = hot_spots(&grid, &near, &counts, &found.z, &found.heat, &nobody()).unwrap();
        assert_eq!(spots.len(), 2);
        assert_eq!((spots[0].peak, spots[1].peak), (large, small));
        for (spot, cell) in spots.iter().zip([large, small]) {
            assert!(
                near.of(cell)
                    .iter()
                    .all(|&j| spot.cells.contains(&(j as usize)))
            );
            assert!(spot.middle.metres_to(grid.centre(cell)).0 < 60.0);
            assert!(spot.observed as f64 > 5.0 * spot.expected);
            assert!((spot.share - spot.observed as f64 / 4000.0).abs() < 1.0);
            assert!(spot.name.en.starts_with("around 123.4"));
        }
        // Every hot cell is in one spot, and cells of a spot reach each other.
        let hot = found.heat.iter().filter(|h| **h == Heat::Hot).count();
        assert_eq!(spots.iter().map(|s| s.cells.len()).sum::<usize>(), hot);
    }

    #[test]
    fn without_incidents_or_with_the_wrong_lists() {
        let grid = grid();
        let near = Neighbours::of_grid(&grid);
        let counts = vec![0; grid.len()];
        let found = gi_star(&vec![0.0; grid.len()], &near).unwrap();
        let spots = hot_spots(&grid, &near, &counts, &found.z, &found.heat, &nobody());
        assert_eq!(spots, Ok(Vec::new()));
        let short = hot_spots(&grid, &near, &[1], &found.z, &found.heat, &nobody());
        assert!(matches!(
            short,
            Err(StatisticsError::Length { found: 1, .. })
        ));
    }

    #[test]
    fn one_incident_is_no_reason_for_nan() {
        let grid = grid();
        let near = Neighbours::of_grid(&grid);
        let mut counts = vec![0; grid.len()];
        counts[100] = 1;
        let values: Vec<f64> = counts.iter().map(|&c| f64::from(c)).collect();
        let found = gi_star(&values, &near).unwrap();
        for spot in hot_spots(&grid, &near, &counts, &found.z, &found.heat, &nobody()).unwrap() {
            assert!(spot.expected.is_finite() && spot.share <= 1.0);
        }
    }
}
