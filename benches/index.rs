//! Point in beat: 1,000,000 look-ups against 500 beats, one core; nearest of 1,000 points.

use std::hint::black_box;
use std::time::Duration;

use criterion::{Criterion, Throughput, criterion_group, criterion_main};
use frontbeat::index::areas::AreaIndex;
use frontbeat::index::points::PointIndex;
use frontbeat::place::area::Area;
use frontbeat::place::position::Position;
use rand::{RngExt, SeedableRng, rngs::StdRng};

const WEST: f64 = 123.35;
const SOUTH: f64 = 41.70;
const SIZE: f64 = 0.25;
const LOOK_UPS: usize = 1_000_000;

/// 500 beats in 20 × 25, neighbours sharing jagged borders of 25 pieces a side.
fn beats() -> Vec<Area> {
    const PIECES: usize = 25;
    let (columns, rows) = (20, 25);
    let (dx, dy) = (SIZE / f64::from(columns), SIZE / f64::from(rows));
    let wobble = |a: f64, b: f64| 0.15 * (a + b).sin();
    let at = |x: f64, y: f64| {
        [
            WEST + dx * (x + wobble(y * 3.1, x)),
            SOUTH + dy * (y + wobble(x * 2.3, y)),
        ]
    };
    let mut beats = Vec::new();
    for i in 0..columns {
        for j in 0..rows {
            let (x, y) = (f64::from(i), f64::from(j));
            let step = |k: usize| k as f64 / PIECES as f64;
            let mut ring: Vec<[f64; 2]> = Vec::new();
            ring.extend((0..PIECES).map(|k| at(x + step(k), y)));
            ring.extend((0..PIECES).map(|k| at(x + 1.0, y + step(k))));
            ring.extend((0..PIECES).map(|k| at(x + 1.0 - step(k), y + 1.0)));
            ring.extend((0..PIECES).map(|k| at(x, y + 1.0 - step(k))));
            ring.push(ring[0]);
            beats.extend(Area::from_rings(&[vec![ring]]));
        }
    }
    assert_eq!(beats.len(), 500);
    beats
}

fn positions(n: usize) -> Vec<Position> {
    let mut rng = StdRng::seed_from_u64(7);
    (0..n)
        .map(|_| {
            let (x, y): (f64, f64) = (rng.random(), rng.random());
            Position::wrapped(WEST + SIZE * x, SOUTH + SIZE * y)
        })
        .collect()
}

fn bench(c: &mut Criterion) {
    let (index, points) = (AreaIndex::new(beats()), positions(LOOK_UPS));
    let mut group = c.benchmark_group("index");
    group
        .sample_size(10)
        .measurement_time(Duration::from_secs(5));
    group.throughput(Throughput::Elements(LOOK_UPS as u64));
    group.bench_function("1,000,000 points in 500 beats", |b| {
        b.iter(|| {
            points
                .iter()
                .filter(|&&p| black_box(index.at(p)).is_some())
                .count()
        });
    });
    let posts = PointIndex::new(positions(1000));
    group.throughput(Throughput::Elements(10_000));
    group.bench_function("3 nearest of 1,000 points, 10,000 times", |b| {
        b.iter(|| {
            points
                .iter()
                .take(10_000)
                .map(|&p| black_box(posts.nearest(p, 3)).len())
                .sum::<usize>()
        });
    });
    group.finish();
}

criterion_group!(benches, bench);
criterion_main!(benches);
