//! The invariants of a grid: it covers, it holds nothing that does not touch, it is safe
//! at pentagons, poles and the antimeridian.

use geo::Intersects;
use proptest::prelude::*;

use crate::grid::cell::Cell;
use crate::grid::hexgrid::{GridError, HexGrid};
use crate::place::area::Area;
use crate::place::position::Position;

fn boxed(west: f64, south: f64, east: f64, north: f64) -> Area {
    Area::from_rings(&[vec![vec![
        [west, south],
        [east, south],
        [east, north],
        [west, north],
        [west, south],
    ]]])
    .unwrap()
}

fn at(lon: f64, lat: f64) -> Position {
    Position::new(lon, lat).unwrap()
}

/// The definition, cell by cell: does the cell's polygon share a point with the area?
fn touches_slowly(grid: &HexGrid, i: usize, area: &Area) -> bool {
    let mut ring: Vec<geo::Coord<f64>> = grid.corners(i).iter().map(|p| p.coord()).collect();
    ring.push(ring[0]);
    geo::Polygon::new(geo::LineString(ring), vec![]).intersects(area.shape())
}

#[test]
fn a_city_is_covered_with_true_areas() {
    let area = boxed(123.4, 41.75, 123.55, 41.85);
    let grid = HexGrid::cover(&area, 10, &[]).unwrap();
    let sum: f64 = grid.area_km2().iter().sum();
    assert!(sum > area.km2() * 0.99 && sum < area.km2() * 1.1, "{sum}");
    let mean = sum / grid.len() as f64;
    assert!(
        (mean - 0.0102).abs() < 0.0003,
        "H3 cells at Dadong: {mean} km²"
    );
    assert!(grid.cells().windows(2).all(|w| w[0] < w[1]));
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(40))]

    /// A triangle anywhere between the polar circles: all its points are in the grid,
    /// and exactly the cells that touch are there (by the slow definition, over the grid
    /// of a larger box).
    #[test]
    fn exactly_the_touching_cells(
        lon in -179.0..178.9, lat in -65.0..65.0, seed in prop::array::uniform6(0.0..1.0f64),
        res in 7u8..=9,
    ) {
        let size = [0.2, 0.08, 0.03][usize::from(res - 7)];
        let p = |i: usize| [lon + seed[2 * i] * size, lat + seed[2 * i + 1] * size];
        let Ok(area) = Area::from_rings(&[vec![vec![p(0), p(1), p(2), p(0)]]]) else { return Ok(()) };
        let grid = HexGrid::cover(&area, res, &[]).unwrap();
        for i in 0..30 {
            let (a, b) = (f64::from(i % 6) / 5.0, f64::from(i / 6) / 4.0);
            let (a, b) = if a + b > 1.0 { (1.0 - a, 1.0 - b) } else { (a, b) };
            let mix = |k: usize| p(0)[k] + a * (p(1)[k] - p(0)[k]) + b * (p(2)[k] - p(0)[k]);
            prop_assert!(grid.index_at(at(mix(0), mix(1))).is_some());
        }
        let wide = HexGrid::cover(&boxed(lon - size, lat - size, lon + 2.0 * size, lat + 2.0 * size), res, &[]).unwrap();
        let expected: Vec<Cell> = (0..wide.len())
            .filter(|&i| touches_slowly(&wide, i, &area))
            .map(|i| wide.cells()[i])
            .collect();
        prop_assert_eq!(grid.cells(), &expected[..]);
    }

    /// `index_at` and `centre`, `corners`, `disk`, anywhere on Earth.
    #[test]
    fn cells_know_their_place(lon in -180.0..=180.0f64, lat in -90.0..=90.0f64, res in 7u8..=11) {
        let tiny = boxed(10.0, 10.0, 10.0001, 10.0001);
        let grid = HexGrid::cover(&tiny, res, &[at(lon, lat)]).unwrap();
        let i = grid.index_at(at(lon, lat)).unwrap();
        prop_assert_eq!(grid.index_at(grid.centre(i)), Some(i));
        prop_assert_eq!(grid.index_of(grid.cells()[i]), Some(i));
        prop_assert!(grid.corners(i).len() >= 5);
        prop_assert!(grid.disk(i, 2).contains(&i));
        let coarser = HexGrid::cover(&tiny, 7, &[]).unwrap();
        prop_assert!(grid.parent_in(i, &coarser).is_none_or(|p| p < coarser.len()));
    }
}

#[test]
fn holes_are_left_out_and_slivers_kept() {
    let outer = vec![
        [10.0, 50.0],
        [10.1, 50.0],
        [10.1, 50.1],
        [10.0, 50.1],
        [10.0, 50.0],
    ];
    let hole = vec![
        [10.02, 50.02],
        [10.02, 50.08],
        [10.08, 50.08],
        [10.08, 50.02],
        [10.02, 50.02],
    ];
    let grid = HexGrid::cover(&Area::from_rings(&[vec![outer, hole]]).unwrap(), 9, &[]).unwrap();
    assert_eq!(grid.index_at(at(10.05, 50.05)), None);
    assert!(grid.index_at(at(10.01, 50.05)).is_some());

    let inside_one_cell = boxed(10.0, 50.0, 10.00001, 50.00001);
    let grid = HexGrid::cover(&inside_one_cell, 8, &[]).unwrap();
    assert!((1..=3).contains(&grid.len()));
    assert!(grid.index_at(at(10.000005, 50.000005)).is_some());
}

#[test]
fn extra_positions_get_their_cells() {
    let area = boxed(10.0, 50.0, 10.01, 50.01);
    let far = at(11.0, 51.0);
    assert_eq!(HexGrid::cover(&area, 10, &[]).unwrap().index_at(far), None);
    let grid = HexGrid::cover(&area, 10, &[far, far]).unwrap();
    assert!(grid.index_at(far).is_some());
    assert!(!grid.is_inner(grid.index_at(far).unwrap()));
    assert!(grid.is_inner(grid.index_at(at(10.005, 50.005)).unwrap()));
    for i in (0..grid.len()).filter(|&i| grid.is_inner(i)) {
        assert_eq!(grid.disk(i, 1).len(), 7);
    }
}

#[test]
fn refusals_come_before_the_work() {
    let city = boxed(10.0, 50.0, 10.1, 50.1);
    for res in [0, 6, 12, 15, 16, 255] {
        assert_eq!(
            HexGrid::cover(&city, res, &[]),
            Err(GridError::Resolution(res))
        );
    }
    for area in [
        boxed(-170.0, -80.0, 170.0, 80.0),
        boxed(0.0, 40.0, 10.0, 50.0),
    ] {
        let refused = HexGrid::cover(&area, 11, &[]);
        assert!(matches!(refused, Err(GridError::TooLarge { cells, .. }) if cells > 3_000_000));
    }
}

#[test]
fn across_the_antimeridian() {
    let ring = |w: f64, e: f64| {
        vec![vec![
            [w, -17.0],
            [e, -17.0],
            [e, -16.9],
            [w, -16.9],
            [w, -17.0],
        ]]
    };
    let area = Area::from_rings(&[ring(179.95, 180.0), ring(-180.0, -179.95)]).unwrap();
    let grid = HexGrid::cover(&area, 8, &[]).unwrap();
    let sum: f64 = grid.area_km2().iter().sum();
    assert!(
        sum > area.km2() && sum < area.km2() * 1.6,
        "{sum} of {}",
        area.km2()
    );
    for lon in [179.96, 179.99999, 180.0, -180.0, -179.99999, -179.96] {
        assert!(grid.index_at(at(lon, -16.95)).is_some(), "{lon}");
    }
    assert_eq!(grid.index_at(at(0.0, -16.95)), None);
}

#[test]
fn to_the_pole() {
    for sign in [1.0, -1.0] {
        let (south, north) = if sign > 0.0 {
            (89.5, 90.0)
        } else {
            (-90.0, -89.5)
        };
        let area = boxed(-180.0, south, 179.9, north); // a full turn has no area on a sphere
        let grid = HexGrid::cover(&area, 7, &[]).unwrap();
        for lon in [-180.0, -77.0, 0.0, 33.3, 180.0] {
            for lat in [90.0, 89.99, 89.8, 89.51] {
                assert!(grid.index_at(at(lon, lat * sign)).is_some(), "{lon} {lat}");
            }
        }
        assert!(grid.len() < 3000, "{}", grid.len());
    }
}

#[test]
fn rings_at_a_pentagon() {
    // Every resolution has twelve pentagons, all at sea.
    let pentagon = h3o::Resolution::Nine.pentagons().next().unwrap();
    let centre = h3o::LatLng::from(pentagon);
    let (lon, lat) = (centre.lng(), centre.lat());
    let area = boxed(lon - 0.02, lat - 0.02, lon + 0.02, lat + 0.02);
    let grid = HexGrid::cover(&area, 9, &[]).unwrap();
    let i = grid.index_at(at(lon, lat)).unwrap();
    assert_eq!(grid.disk(i, 0), [i]);
    assert_eq!(grid.disk(i, 1).len(), 6);
    assert_eq!(grid.disk(i, 2).len(), 16);
    assert!(grid.is_inner(i));
    let neighbour = grid.disk(i, 1).into_iter().find(|&n| n != i).unwrap();
    assert_eq!(grid.disk(neighbour, 1).len(), 7);
}

#[test]
fn parents_lack_nothing() {
    let grid = HexGrid::cover(&boxed(10.0, 50.0, 10.1, 50.1), 10, &[]).unwrap();
    let overview = grid.parents(8).unwrap();
    assert_eq!(overview.resolution(), 8);
    assert!((0..grid.len()).all(|i| grid.parent_in(i, &overview).is_some()));
    assert_eq!(grid.parents(10), Err(GridError::Resolution(10)));
    assert_eq!(grid.parents(11), Err(GridError::Resolution(11)));
    assert_eq!(grid.parents(6), Err(GridError::Resolution(6)));
    assert_eq!(grid.parent_in(0, &grid), Some(0));
}

#[test]
fn a_grid_of_cells_has_just_these() {
    let ring = vec![
        [11.0, 48.0],
        [11.03, 48.0],
        [11.03, 48.02],
        [11.0, 48.02],
        [11.0, 48.0],
    ];
    let area = Area::from_rings(&[vec![ring]]).unwrap();
    let whole = HexGrid::cover(&area, 9, &[]).unwrap();
    let mut some: Vec<Cell> = whole.cells().iter().copied().step_by(2).collect();
    some.reverse();
    some.push(some[0]);
    let grid = HexGrid::of_cells(&some, 9).unwrap();
    some.sort_unstable();
    some.dedup();
    assert_eq!(grid.cells(), some);
    assert_eq!(grid.resolution(), 9);
    assert_eq!(HexGrid::of_cells(&some, 8), Err(GridError::Resolution(9)));
    assert!(HexGrid::of_cells(&[], 9).unwrap().is_empty());
}
