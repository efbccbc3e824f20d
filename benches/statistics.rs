//! Statistics at a city's size: Gi* with its neighbours and 999 permutations on the cells of
//! 2,100 km² with a million incidents; near repeat of 20,000 incidents, 999 shuffles.

use std::hint::black_box;

use criterion::{Criterion, criterion_group, criterion_main};
use frontbeat::grid::hexgrid::HexGrid;
use frontbeat::place::area::Area;
use frontbeat::place::position::Position;
use frontbeat::risk::model::RiskEvent;
use frontbeat::risk::statistics::e_test::e_test;
use frontbeat::risk::statistics::gi_star::gi_star;
use frontbeat::risk::statistics::knox::{KnoxQuestion, knox};
use frontbeat::risk::statistics::neighbours::Neighbours;
use frontbeat::risk::statistics::permutation::conditional_p;
use jiff::Timestamp;
use rand::rngs::ChaCha8Rng;
use rand::{RngExt, SeedableRng};

const WEST: f64 = 123.0;
const SOUTH: f64 = 41.5;

fn city(side: f64, resolution: u8) -> HexGrid {
    let (e, n) = (WEST + side, SOUTH + side);
    let ring = vec![[WEST, SOUTH], [e, SOUTH], [e, n], [WEST, n], [WEST, SOUTH]];
    let area = Area::from_rings(&[vec![ring]]).expect("a square is an area");
    HexGrid::cover(&area, resolution, &[]).expect("a grid")
}

/// Half of them around sixteen corners, the rest anywhere.
fn crowd(number: usize, side: f64) -> Vec<RiskEvent> {
    let mut rng = ChaCha8Rng::seed_from_u64(11);
    (0..number)
        .map(|i| {
            let (mut x, mut y): (f64, f64) = (rng.random(), rng.random());
            if i % 2 == 0 {
                let corner = rng.random_range(0..16);
                x = (f64::from(corner % 4) + 0.5) / 4.0 + (x - 0.5) * 0.05;
                y = (f64::from(corner / 4) + 0.5) / 4.0 + (y - 0.5) * 0.05;
            }
            let second = 1_400_000_000 + rng.random_range(0..31_536_000);
            RiskEvent {
                position: Position::wrapped(WEST + x * side, SOUTH + y * side),
                at: Timestamp::from_second(second).expect("a time"),
            }
        })
        .collect()
}

fn statistics(c: &mut Criterion) {
    let grid = city(0.425, 10);
    let mut counts = vec![0u32; grid.len()];
    for event in crowd(1_000_000, 0.425) {
        if let Some(i) = grid.index_at(event.position) {
            counts[i] += 1;
        }
    }
    let values: Vec<f64> = counts.iter().map(|&n| f64::from(n)).collect();
    let mut group = c.benchmark_group("statistics");
    group.sample_size(10);
    let cells = grid.len();
    group.bench_function(format!("neighbours of {cells} cells"), |b| {
        b.iter(|| Neighbours::of_grid(black_box(&grid)));
    });
    let near = Neighbours::of_grid(&grid);
    group.bench_function(format!("Gi* of {cells} cells"), |b| {
        b.iter(|| gi_star(black_box(&values), &near));
    });
    for permutations in [999, 99_999] {
        group.bench_function(
            format!("{permutations} permutations of {cells} cells"),
            |b| {
                b.iter(|| conditional_p(black_box(&counts), &near, permutations, 1));
            },
        );
    }
    for side in [0.3, 0.12] {
        let events = crowd(20_000, side);
        let pairs = knox(
            &events,
            &KnoxQuestion {
                permutations: 1,
                ..KnoxQuestion::default()
            },
        );
        let pairs = pairs.map_or(0, |k| k.near_pairs);
        group.bench_function(
            format!("near repeat, 20000 incidents, {pairs} pairs, 999"),
            |b| {
                b.iter(|| knox(black_box(&events), &KnoxQuestion::default()));
            },
        );
    }
    group.bench_function("e-test of a million and a million", |b| {
        b.iter(|| e_test(black_box(1_001_000), 999_000, 1.0, 1.0));
    });
    group.finish();
}

criterion_group!(benches, statistics);
criterion_main!(benches);
