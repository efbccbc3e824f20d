//! One event at a time against the kernel for many.

use proptest::prelude::*;

use crate::grid::hexgrid::HexGrid;
use crate::place::area::Area;
use crate::place::position::Position;
use crate::risk::footprint::{Footprints, Share};
use crate::risk::kernel::quartic;

fn box_at(lon: f64, lat: f64, width: f64, height: f64) -> Area {
    let corner = |x: f64, y: f64| [lon + x, lat + y];
    let ring = vec![
        corner(0.0, 0.0),
        corner(width, 0.0),
        corner(width, height),
        corner(0.0, height),
        corner(0.0, 0.0),
    ];
    Area::from_rings(&[vec![ring]]).unwrap()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]

    #[test]
    fn as_the_kernel_for_many(
        (lon, lat) in prop_oneof![
            Just((123.5, 41.8)), Just((-95.4, 29.7)), Just((10.0, 89.97)), Just((-70.0, -53.0)),
        ],
        places in prop::collection::vec((0.0..1.0f64, 0.0..1.0f64), 1..12),
        bandwidth_m in 30.0..900.0f64,
    ) {
        let height = if lat > 80.0 { 0.03 } else { 0.02 };
        let width: f64 = if lat > 80.0 { 60.0 } else { 0.02 };
        let grid = HexGrid::cover(&box_at(lon, lat, width, height), 9, &[]).unwrap();
        let footprints = Footprints::new(&grid);
        let positions: Vec<Position> = places
            .iter()
            .map(|(x, y)| Position::wrapped(lon + width * (x * 1.2 - 0.1), lat + height * y))
            .collect();
        let many = quartic(&grid, &positions, &vec![1.0; positions.len()], bandwidth_m);
        let mut one = vec![0.0; grid.len()];
        let mut shares: Vec<Share> = Vec::new();
        let mut inside = 0;
        for &position in &positions {
            footprints.shares(position, bandwidth_m, &mut shares);
            inside += usize::from(!shares.is_empty());
            for share in &shares {
                one[share.cell as usize] += share.share;
            }
        }
        prop_assert_eq!(inside, many.inside);
        for (a, b) in one.iter().zip(&many.mass) {
            prop_assert!((a - b).abs() < 1e-9, "{} for {}", a, b);
        }
    }
}

#[test]
fn an_empty_grid_gives_nothing() {
    let area = box_at(123.5, 41.8, 0.01, 0.01);
    let grid = HexGrid::cover(&area, 9, &[]).unwrap();
    let mut shares = vec![Share {
        cell: 0,
        share: 1.0,
    }];
    Footprints::new(&grid).shares(Position::wrapped(0.0, 0.0), 200.0, &mut shares);
    assert!(shares.is_empty());
}
