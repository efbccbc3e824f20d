//! Ground for tests: hexagons of a real grid, with calls as a test wants them.

use proptest::prelude::*;

use crate::grid::hexgrid::HexGrid;
use crate::patrol::zones::ground::{WorkSettings, ZoneGround};
use crate::place::area::{Area, RawPolygon};

fn rectangle(west: f64, south: f64, wide: f64, high: f64) -> RawPolygon {
    vec![vec![
        [west, south],
        [west + wide, south],
        [west + wide, south + high],
        [west, south + high],
        [west, south],
    ]]
}

/// A grid of about `wide` × `high` cells of resolution 9, and an island beside it where
/// told.
pub fn grid(wide: f64, high: f64, island: bool) -> HexGrid {
    let step = 0.0036;
    let mut parts = vec![rectangle(11.0, 48.0, wide * step, high * step)];
    if island {
        parts.push(rectangle(
            11.0 + wide * step + 0.03,
            48.0,
            2.0 * step,
            2.0 * step,
        ));
    }
    HexGrid::cover(&Area::from_rings(&parts).unwrap(), 9, &[]).unwrap()
}

/// Ground with these calls, again and again over the cells.
pub fn ground(grid: &HexGrid, calls: &[f64]) -> ZoneGround {
    let calls: Vec<f64> = (0..grid.len()).map(|c| calls[c % calls.len()]).collect();
    ZoneGround::new(grid, &calls, WorkSettings::default(), &[]).unwrap()
}

/// Random small ground, with or without an island.
pub fn any_ground() -> impl Strategy<Value = ZoneGround> {
    let calls = prop::collection::vec(prop_oneof![0.0..5.0f64, Just(0.0), Just(20.0)], 1..80);
    (1.0..9.0f64, 1.0..6.0f64, any::<bool>(), calls).prop_map(|(wide, high, island, mut calls)| {
        calls[0] += 0.1;
        ground(&grid(wide, high, island), &calls)
    })
}
