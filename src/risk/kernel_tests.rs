//! The fast kernel against the plain slow one: every event with every cell.

use proptest::prelude::*;

use crate::grid::hexgrid::HexGrid;
use crate::place::area::Area;
use crate::place::position::Position;
use crate::risk::kernel::{Spread, quartic, quartic_each};

fn slow(grid: &HexGrid, positions: &[Position], weights: &[f64], h: f64) -> Spread {
    slow_each(grid, positions, weights, &vec![h; positions.len()])
}

fn slow_each(grid: &HexGrid, positions: &[Position], weights: &[f64], each: &[f64]) -> Spread {
    let mut spread = Spread {
        mass: vec![0.0; grid.len()],
        inside: 0,
    };
    for ((&position, weight), &h) in positions.iter().zip(weights).zip(each) {
        let Some(own) = grid.index_at(position) else {
            continue;
        };
        spread.inside += 1;
        let kernel: Vec<f64> = (0..grid.len())
            .map(|i| {
                let d = position.metres_to(grid.centre(i)).0;
                if d < h {
                    (1.0 - (d / h).powi(2)).powi(2)
                } else {
                    0.0
                }
            })
            .collect();
        let sum: f64 = kernel.iter().sum();
        if sum > 0.0 {
            for (mass, k) in spread.mass.iter_mut().zip(&kernel) {
                *mass += weight * k / sum;
            }
        } else {
            spread.mass[own] += weight;
        }
    }
    spread
}

fn same(
    grid: &HexGrid,
    positions: &[Position],
    weights: &[f64],
    h: f64,
) -> Result<(), TestCaseError> {
    agree(
        grid,
        (positions, weights),
        &quartic(grid, positions, weights, h),
        &slow(grid, positions, weights, h),
    )?;
    // Bandwidths over a few octaves, the given one among them.
    let each: Vec<f32> = (0..positions.len())
        .map(|i| (h * [1.0, 0.3, 2.2, 0.7][i % 4]) as f32)
        .collect();
    let wide: Vec<f64> = each.iter().map(|&h| f64::from(h)).collect();
    agree(
        grid,
        (positions, weights),
        &quartic_each(grid, positions, weights, &each),
        &slow_each(grid, positions, weights, &wide),
    )
}

fn agree(
    grid: &HexGrid,
    (positions, weights): (&[Position], &[f64]),
    fast: &Spread,
    slow: &Spread,
) -> Result<(), TestCaseError> {
    prop_assert_eq!(fast.inside, slow.inside);
    for i in 0..grid.len() {
        let (a, b) = (fast.mass[i], slow.mass[i]);
        prop_assert!(
            (a - b).abs() <= 1e-7 * (a + b) + 1e-9,
            "cell {}: {} for {}",
            i,
            a,
            b
        );
    }
    let total: f64 = weights
        .iter()
        .zip(positions)
        .filter(|(_, p)| grid.index_at(**p).is_some())
        .map(|(w, _)| w)
        .sum();
    prop_assert!((fast.mass.iter().sum::<f64>() - total).abs() < 1e-9 * (1.0 + total));
    Ok(())
}

/// The south-west corner of a small district: cities, both poles, the antimeridian, a
/// pentagon's neighbourhood.
fn corner() -> impl Strategy<Value = (f64, f64)> {
    prop_oneof![
        Just((123.5, 41.8)),
        Just((-95.4, 29.7)),
        Just((179.99, -16.9)),
        Just((-180.0, 65.0)),
        Just((12.0, 89.96)),
        Just((100.0, -90.0)),
        Just((-0.01, -0.01)),
        (-179.0..178.0f64, -80.0..80.0f64),
    ]
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(60))]

    #[test]
    fn as_by_the_slow_one(
        (west, south) in corner(), res in 8u8..=10, h in 20.0..900.0f64,
        points in prop::collection::vec((-0.3..1.3f64, -0.3..1.3f64, 0.01..1.0f64), 0..60),
        doubled in 0usize..3, far in any::<bool>(),
    ) {
        let size = [0.06, 0.025, 0.01][usize::from(res - 8)];
        let width = (size / south.to_radians().cos().max(0.05)).min(40.0);
        let (east, north) = ((west + width).min(180.0), (south + size).min(90.0));
        let area = Area::from_rings(&[vec![vec![
            [west, south], [east, south], [east, north], [west, north], [west, south],
        ]]]);
        let Ok(area) = area else { return Ok(()) };
        let mut positions: Vec<Position> = points
            .iter()
            .map(|p| Position::wrapped(west + p.0 * width, south + p.1 * size))
            .collect();
        for _ in 0..doubled {
            positions.extend(positions.first().copied());
        }
        if far {
            positions.push(Position::wrapped(west + 170.0, -south));
        }
        let weights: Vec<f64> = (0..positions.len()).map(|i| points.get(i).map_or(1.0, |p| p.2)).collect();
        let extra: Vec<Position> = positions.iter().copied().take(3).collect();
        let grid = HexGrid::cover(&area, res, &extra).unwrap();
        same(&grid, &positions, &weights, h)?;
    }
}

#[test]
fn the_same_bits_on_any_number_of_threads() {
    let ring = vec![
        [123.4, 41.75],
        [123.5, 41.75],
        [123.5, 41.82],
        [123.4, 41.82],
        [123.4, 41.75],
    ];
    let grid = HexGrid::cover(&Area::from_rings(&[vec![ring]]).unwrap(), 10, &[]).unwrap();
    let positions: Vec<Position> = (0..20_000u32)
        .map(|i| {
            let (a, b) = (
                f64::from(i * 7919 % 10_007) / 10_007.0,
                f64::from(i * 104_729 % 9_973) / 9_973.0,
            );
            Position::wrapped(123.39 + 0.12 * a, 41.74 + 0.09 * b * a)
        })
        .collect();
    let weights: Vec<f64> = (0..positions.len())
        .map(|i| 1.0 / (1.0 + i as f64))
        .collect();
    let on = |threads| {
        let pool = rayon::ThreadPoolBuilder::new()
            .num_threads(threads)
            .build()
            .unwrap();
        pool.install(|| quartic(&grid, &positions, &weights, 200.0))
    };
    let bits = |spread: &Spread| spread.mass.iter().map(|m| m.to_bits()).collect::<Vec<_>>();
    let one = on(1);
    assert!(one.inside > 10_000);
    for threads in [2, 3, 7] {
        assert_eq!(bits(&on(threads)), bits(&one));
    }
}
