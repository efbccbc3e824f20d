//! Places against their rules.

use super::*;
use crate::patrol::simulator::small_town::grid;
use crate::place::measure::Metres;

/// Every cell has a road at its centre, but for those west of a line.
fn on_road(grid: &HexGrid) -> impl Fn(Position) -> Option<Snap> {
    let west = grid.centre(0).lon() - 0.002;
    move |position: Position| {
        (position.lon() > west).then_some(Snap {
            arc: 0,
            along: 0.0,
            position,
            off_road: Metres(0.0),
        })
    }
}

#[test]
fn wanted_and_hot_cells_are_places_and_the_rest_go_to_a_near_one() {
    let grid = grid(10);
    let on_road = on_road(&grid);
    let demand: Vec<f64> = (0..grid.len()).map(|i| ((i * 37) % 101) as f64).collect();
    let wanted: Vec<u32> = (0..grid.len() as u32).filter(|i| i % 50 == 3).collect();
    let found = choose(&grid, &demand, &wanted, 40, &on_road);
    assert_eq!(found.snaps.len(), found.own_cell.len());
    assert!(found.snaps.len() < grid.len(), "some stand for others");
    let has_road = |cell: u32| on_road(grid.centre(cell as usize)).is_some();
    let own = |cell: u32| found.own_cell.contains(&Some(cell));
    for &cell in wanted.iter().filter(|&&c| has_road(c)) {
        assert!(own(cell));
    }
    // Each place is the middle of its own cell, once.
    for (place, cell) in found.own_cell.iter().enumerate() {
        let cell = cell.unwrap();
        assert_eq!(found.of_cell[cell as usize], Some(place as u32));
        assert_eq!(found.snaps[place].position, grid.centre(cell as usize));
    }
    // No cell off all places is hotter than the coldest of the first forty.
    let first = found.own_cell[..40].iter().flatten();
    let coldest = first
        .filter(|c| !wanted.contains(c))
        .map(|&c| demand[c as usize])
        .fold(f64::INFINITY, f64::min);
    let parents = grid.parents(9).unwrap();
    for cell in 0..grid.len() as u32 {
        let parent = |c: u32| grid.parent_in(c as usize, &parents);
        match found.of_cell[cell as usize] {
            Some(place) if !own(cell) => {
                let there = found.own_cell[place as usize].unwrap();
                assert_eq!(parent(there), parent(cell), "it stays in the family");
                assert!(demand[cell as usize] <= coldest || !has_road(cell));
                let metres = |c: u32| {
                    grid.centre(c as usize)
                        .metres_to(grid.centre(cell as usize))
                        .0
                };
                let siblings =
                    (0..grid.len() as u32).filter(|&c| own(c) && parent(c) == parent(cell));
                let nearest = siblings.map(metres).fold(f64::INFINITY, f64::min);
                assert!((metres(there) - nearest).abs() < 1e-9);
            }
            Some(_) => {}
            None => {
                let family = (0..grid.len() as u32).filter(|&c| parent(c) == parent(cell));
                assert!(
                    family.into_iter().all(|c| !has_road(c)),
                    "a family without a road"
                );
            }
        }
    }
}

#[test]
fn a_base_is_a_place_of_its_own_once() {
    let mut places = Places::default();
    let snap = |along| Snap {
        arc: 4,
        along,
        position: Position::wrapped(1.0, 2.0),
        off_road: Metres(1.0),
    };
    assert_eq!(places.add_base(snap(0.5)), 0);
    assert_eq!(places.add_base(snap(0.25)), 1);
    assert_eq!(places.add_base(snap(0.5)), 0);
    assert_eq!(places.own_cell, [None, None]);
}
