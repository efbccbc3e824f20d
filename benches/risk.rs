//! Risk surfaces on 141,469 H3 res-10 cells: the exact quartic kernel of 200 m and the
//! plain count, for 100,000 and 1,000,000 events; the self-exciting process on 20,000.

use std::hint::black_box;
use std::time::Duration;

use criterion::{BenchmarkId, Criterion, Throughput, criterion_group, criterion_main};
use frontbeat::calendar::week::HourSet;
use frontbeat::calendar::window::Window;
use frontbeat::grid::hexgrid::HexGrid;
use frontbeat::place::area::Area;
use frontbeat::place::position::Position;
use frontbeat::risk::count::Count;
use frontbeat::risk::hawkes::Hawkes;
use frontbeat::risk::kde::Kde;
use frontbeat::risk::kernel::quartic;
use frontbeat::risk::model::{RiskEvent, RiskModel, RiskQuestion};
use jiff::{Timestamp, tz::TimeZone};
use rand::{RngExt, SeedableRng, rngs::StdRng};
use rand_distr::{Distribution, Normal};

/// The number of cells that the figures of others are for.
const CELLS: usize = 141_469;

const LON: f64 = -95.37;
const LAT: f64 = 29.76;

/// A square that is covered by about [`CELLS`] cells at Houston.
fn grid() -> HexGrid {
    let half = 0.2148;
    let (w, e) = (
        LON - half / LAT.to_radians().cos(),
        LON + half / LAT.to_radians().cos(),
    );
    let (s, n) = (LAT - half, LAT + half);
    let ring = vec![[w, s], [e, s], [e, n], [w, n], [w, s]];
    let area = Area::from_rings(&[vec![ring]]);
    let grid = area.ok().and_then(|a| HexGrid::cover(&a, 10, &[]).ok());
    grid.unwrap_or_else(|| unreachable!("the square is valid"))
}

/// Half in 200 clusters of 300 m, half anywhere.
fn events(n: usize) -> Vec<RiskEvent> {
    let mut rng = StdRng::seed_from_u64(11);
    let normal = Normal::new(0.0, 0.0027).unwrap_or_else(|_| unreachable!());
    let mut spot = || {
        [
            LON + 0.48 * (rng.random::<f64>() - 0.5),
            LAT + 0.42 * (rng.random::<f64>() - 0.5),
        ]
    };
    let clusters: Vec<[f64; 2]> = (0..200).map(|_| spot()).collect();
    let anywhere: Vec<[f64; 2]> = (0..n).map(|_| spot()).collect();
    (0..n)
        .map(|i| {
            let [lon, lat] = if i % 2 == 0 {
                let [x, y] = clusters[i / 2 % clusters.len()];
                [x + normal.sample(&mut rng), y + normal.sample(&mut rng)]
            } else {
                anywhere[i]
            };
            RiskEvent {
                position: Position::wrapped(lon, lat),
                at: Timestamp::from_second(1_262_304_000 + rng.random_range(0..31_536_000))
                    .unwrap_or(Timestamp::UNIX_EPOCH),
            }
        })
        .collect()
}

/// 20,000 events over a year on about 10,000 cells: what the self-exciting process of
/// others took 35 s for.
fn bench_hawkes(c: &mut Criterion) {
    let half = 0.057;
    let (w, e) = (
        LON - half / LAT.to_radians().cos(),
        LON + half / LAT.to_radians().cos(),
    );
    let (s, n) = (LAT - half, LAT + half);
    let ring = vec![[w, s], [e, s], [e, n], [w, n], [w, s]];
    let grid = Area::from_rings(&[vec![ring]])
        .ok()
        .and_then(|area| HexGrid::cover(&area, 10, &[]).ok())
        .unwrap_or_else(|| unreachable!("the square is valid"));
    // The town's events, drawn together towards its middle.
    let share = half / 0.2148;
    let events: Vec<RiskEvent> = events(20_000)
        .into_iter()
        .map(|event| RiskEvent {
            position: Position::wrapped(
                LON + share * (event.position.lon() - LON),
                LAT + share * (event.position.lat() - LAT),
            ),
            ..event
        })
        .collect();
    let at = |s| Timestamp::from_second(s).unwrap_or(Timestamp::UNIX_EPOCH);
    let window = |from, to| Window::new(at(from), at(to)).unwrap_or_else(|_| unreachable!());
    let hours = HourSet::full();
    let question = RiskQuestion {
        grid: &grid,
        look_back: window(1_262_304_000, 1_293_840_000),
        window: window(1_293_840_000, 1_293_868_800),
        hours: &hours,
        zone: &TimeZone::UTC,
        terrain: &[],
        without: &[],
    };
    println!("hawkes on {} cells", grid.len());
    let mut group = c.benchmark_group("risk");
    group.sample_size(10);
    group.bench_function(BenchmarkId::new("hawkes, fit and forecast", 20_000), |b| {
        b.iter(|| black_box(Hawkes::default().predict(&question, &events)));
    });
    group.finish();
}

fn bench(c: &mut Criterion) {
    let grid = grid();
    println!(
        "{} cells (the figures of others are for {CELLS})",
        grid.len()
    );
    let at = |s| Timestamp::from_second(s).unwrap_or(Timestamp::UNIX_EPOCH);
    let window = |from, to| Window::new(at(from), at(to)).unwrap_or_else(|_| unreachable!());
    let hours = HourSet::full();
    let zone = TimeZone::UTC;
    let question = RiskQuestion {
        grid: &grid,
        look_back: window(1_262_304_000, 1_293_840_000),
        window: window(1_293_840_000, 1_293_868_800),
        hours: &hours,
        zone: &zone,
        terrain: &[],
        without: &[],
    };
    let mut group = c.benchmark_group("risk");
    group
        .sample_size(20)
        .measurement_time(Duration::from_secs(5));
    for n in [100_000, 1_000_000] {
        let events = events(n);
        let positions: Vec<Position> = events.iter().map(|e| e.position).collect();
        let weights = vec![1.0; n];
        group.throughput(Throughput::Elements(n as u64));
        group.bench_function(BenchmarkId::new("exact quartic 200 m", n), |b| {
            b.iter(|| black_box(quartic(&grid, &positions, &weights, 200.0)));
        });
        let kde = Kde {
            half_life_days: Some(90.0),
            bandwidth_m: Some(200.0),
        };
        group.bench_function(
            BenchmarkId::new("kde with hours, half-life, rhythm", n),
            |b| {
                b.iter(|| black_box(kde.predict(&question, &events)));
            },
        );
        group.bench_function(BenchmarkId::new("kde, bandwidth chosen", n), |b| {
            b.iter(|| black_box(Kde::default().predict(&question, &events)));
        });
        group.bench_function(BenchmarkId::new("count with hours and rhythm", n), |b| {
            b.iter(|| black_box(Count::default().predict(&question, &events)));
        });
    }
    group.finish();
}

criterion_group!(benches, bench, bench_hawkes);
criterion_main!(benches);
