//! Measures the risk surfaces and statistics at a city's size: 141,000 cells, a million
//! incidents, as `frontbeat bench risk` prints them beside what others were measured at.

use std::hint::black_box;
use std::time::Instant;

use jiff::{Timestamp, tz::TimeZone};
use rand::rngs::ChaCha8Rng;
use rand::{RngExt, SeedableRng};
use rand_distr::{Distribution, Normal};
use thiserror::Error;

use crate::calendar::week::HourSet;
use crate::calendar::window::Window;
use crate::grid::hexgrid::{GridError, HexGrid};
use crate::place::area::{Area, AreaFault};
use crate::place::position::Position;
use crate::risk::footprint::{Footprints, Share};
use crate::risk::hawkes::Hawkes;
use crate::risk::kernel::quartic;
use crate::risk::model::{RiskError, RiskEvent, RiskModel, RiskQuestion};
use crate::risk::statistics::error::StatisticsError;
use crate::risk::statistics::gi_star::gi_star;
use crate::risk::statistics::knox::{KnoxQuestion, knox};
use crate::risk::statistics::neighbours::Neighbours;
use crate::risk::statistics::permutation::conditional_p;

/// Middle of the made-up city.
const LON: f64 = -95.37;
const LAT: f64 = 29.76;

/// Half the side of a square of about 141,469 cells of resolution 10, degrees of latitude.
const HALF: f64 = 0.2148;

/// Half the side of a square of about 10,000.
const SMALL_HALF: f64 = 0.057;

/// Bandwidth of the kernel, metres.
const BANDWIDTH_M: f64 = 200.0;

/// Each figure is the best of so many runs: noise only ever adds.
const RUNS: usize = 3;

const START_S: i64 = 1_262_304_000;
const YEAR_S: i64 = 31_536_000;

/// Why nothing was measured.
#[derive(Debug, Error)]
pub enum BenchError {
    /// The square.
    #[error(transparent)]
    Area(#[from] AreaFault),
    /// The grid.
    #[error(transparent)]
    Grid(#[from] GridError),
    /// A model.
    #[error(transparent)]
    Risk(#[from] RiskError),
    /// A statistic.
    #[error(transparent)]
    Statistics(#[from] StatisticsError),
    /// The threads.
    #[error("threads can't be started: {0}")]
    Threads(#[from] rayon::ThreadPoolBuildError),
}

/// One figure.
#[derive(Debug, Clone, PartialEq)]
pub struct Figure {
    /// What was measured.
    pub what: &'static str,
    /// Ours, in `unit`.
    pub ours: f64,
    /// `s`, `µs`, `MiB`.
    pub unit: &'static str,
    /// What is aimed at, in the same unit; none where nothing is.
    pub aim: Option<f64>,
    /// What others were measured at, on another two-core machine.
    pub others: &'static str,
}

/// The cost of the exact kernel for so many events on so many cells.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Cost {
    /// Cells.
    pub cells: usize,
    /// Events.
    pub events: usize,
    /// Seconds.
    pub seconds: f64,
}

/// All that was measured.
#[derive(Debug, Clone, PartialEq)]
pub struct RiskBench {
    /// Cells of the large grid.
    pub cells: usize,
    /// The figures.
    pub figures: Vec<Figure>,
    /// The kernel's cost as events and cells grow.
    pub costs: Vec<Cost>,
    /// Whether one and two threads gave the same bits.
    pub same_bits: bool,
    /// The largest difference between a surface that took in one more incident and one
    /// made afresh.
    pub update_error: f64,
}

/// Measures all; takes a minute or so.
///
/// # Errors
/// [`BenchError`].
pub fn bench() -> Result<RiskBench, BenchError> {
    let grid = square(HALF, 10)?;
    let million = crowd(1_000_000, HALF);
    let positions: Vec<Position> = million.iter().map(|e| e.position).collect();
    let weights = vec![1.0; positions.len()];
    let surface =
        |events: usize| quartic(&grid, &positions[..events], &weights[..events], BANDWIDTH_M);

    let mut figures = vec![
        figure(
            "exact kernel of 200 m, 1,000,000 incidents",
            best_of(|| black_box(surface(1_000_000))),
            Some(0.10),
            "raster and Gaussian filter 0.17 s, cKDTree 1.87 s, KDEpy 0.40 s",
        ),
        figure(
            "exact kernel of 200 m, 100,000 incidents",
            best_of(|| black_box(surface(100_000))),
            None,
            "raster and Gaussian filter 0.05 s, cKDTree 0.33 s, KDEpy 0.28 s",
        ),
    ];
    let (update, update_error) = one_more(&grid, &positions[..100_000]);
    figures.push(Figure {
        what: "one new incident, 200 m",
        ours: update * 1e6,
        unit: "µs",
        aim: Some(50.0),
        others: "",
    });
    figures.push(self_exciting()?);
    figures.extend(statistics(&grid, &million)?);
    figures.extend(peak_mib().map(|mib| Figure {
        what: "most memory of this whole bench",
        ours: mib,
        unit: "MiB",
        aim: None,
        others: "",
    }));
    Ok(RiskBench {
        cells: grid.len(),
        figures,
        costs: costs(&positions, &weights)?,
        same_bits: same_bits(&grid, &positions, &weights)?,
        update_error,
    })
}

fn square(half: f64, resolution: u8) -> Result<HexGrid, BenchError> {
    let wide = half / LAT.to_radians().cos();
    let (w, s, e, n) = (LON - wide, LAT - half, LON + wide, LAT + half);
    let ring = vec![[w, s], [e, s], [e, n], [w, n], [w, s]];
    Ok(HexGrid::cover(
        &Area::from_rings(&[vec![ring]])?,
        resolution,
        &[],
    )?)
}

/// Half in 200 clusters of 300 m, half anywhere, over a year.
fn crowd(number: usize, half: f64) -> Vec<RiskEvent> {
    let mut rng = ChaCha8Rng::seed_from_u64(11);
    let wide = half / LAT.to_radians().cos();
    let spot = |rng: &mut ChaCha8Rng| {
        let (x, y): (f64, f64) = (rng.random(), rng.random());
        (LON + 1.9 * wide * (x - 0.5), LAT + 1.9 * half * (y - 0.5))
    };
    let clusters: Vec<(f64, f64)> = (0..200).map(|_| spot(&mut rng)).collect();
    let scatter = Normal::new(0.0, 0.0027);
    (0..number)
        .map(|i| {
            let (mut lon, mut lat) = spot(&mut rng);
            if let (0, Ok(scatter)) = (i % 2, &scatter) {
                let (x, y) = clusters[i / 2 % clusters.len()];
                (lon, lat) = (x + scatter.sample(&mut rng), y + scatter.sample(&mut rng));
            }
            RiskEvent {
                position: Position::wrapped(lon, lat),
                at: Timestamp::from_second(START_S + rng.random_range(0..YEAR_S))
                    .unwrap_or(Timestamp::UNIX_EPOCH),
            }
        })
        .collect()
}

fn figure(what: &'static str, seconds: f64, aim: Option<f64>, others: &'static str) -> Figure {
    Figure {
        what,
        ours: seconds,
        unit: "s",
        aim,
        others,
    }
}

/// The least seconds of some runs.
fn best_of<T>(mut work: impl FnMut() -> T) -> f64 {
    let mut best = f64::INFINITY;
    for _ in 0..RUNS {
        let started = Instant::now();
        let made = work();
        best = best.min(started.elapsed().as_secs_f64());
        drop(made);
    }
    best
}

/// Mean seconds to take one more incident into a surface, and how far that surface then is
/// from one made afresh.
fn one_more(grid: &HexGrid, positions: &[Position]) -> (f64, f64) {
    const MORE: usize = 1000;
    let (before, new) = positions.split_at(positions.len() - MORE);
    let mut mass = quartic(grid, before, &vec![1.0; before.len()], BANDWIDTH_M).mass;
    let footprints = Footprints::new(grid);
    let mut shares: Vec<Share> = Vec::new();
    let started = Instant::now();
    for &position in new {
        footprints.shares(position, BANDWIDTH_M, &mut shares);
        for share in &shares {
            mass[share.cell as usize] += share.share;
        }
    }
    let seconds = started.elapsed().as_secs_f64() / MORE as f64;
    let afresh = quartic(grid, positions, &vec![1.0; positions.len()], BANDWIDTH_M).mass;
    let apart = mass.iter().zip(&afresh).map(|(a, b)| (a - b).abs());
    (seconds, apart.fold(0.0, f64::max))
}

fn self_exciting() -> Result<Figure, BenchError> {
    let grid = square(SMALL_HALF, 10)?;
    let events = crowd(20_000, SMALL_HALF);
    let at = |s: i64| Timestamp::from_second(s).unwrap_or(Timestamp::MAX);
    let window = |from, to| Window::new(at(from), at(to)).map_err(|_| RiskError::NoHours);
    let hours = HourSet::full();
    let question = RiskQuestion {
        grid: &grid,
        look_back: window(START_S, START_S + YEAR_S)?,
        window: window(START_S + YEAR_S, START_S + YEAR_S + 28_800)?,
        hours: &hours,
        zone: &TimeZone::UTC,
        terrain: &[],
        without: &[],
    };
    Hawkes::default().predict(&question, &events)?;
    Ok(figure(
        "hawkes, fit and forecast, 20,000 incidents, 10,000 cells",
        best_of(|| black_box(Hawkes::default().predict(&question, &events)).is_ok()),
        Some(1.0),
        "PredictCode grid ETAS 35 s, SEPP (2,000) 55 s",
    ))
}

fn statistics(grid: &HexGrid, events: &[RiskEvent]) -> Result<Vec<Figure>, BenchError> {
    let mut counts = vec![0u32; grid.len()];
    for event in events {
        if let Some(cell) = grid.index_at(event.position) {
            counts[cell] += 1;
        }
    }
    let values: Vec<f64> = counts.iter().map(|&n| f64::from(n)).collect();
    let near = Neighbours::of_grid(grid);
    gi_star(&values, &near)?;
    let question = KnoxQuestion::default();
    let sample = crowd(20_000, HALF);
    knox(&sample, &question)?;
    Ok(vec![
        figure(
            "Gi* with its neighbours and 999 permutations",
            best_of(|| {
                let near = Neighbours::of_grid(grid);
                let found = gi_star(&values, &near);
                (found.is_ok(), conditional_p(&counts, &near, 999, 1))
            }),
            Some(1.0),
            "PySAL esda: analytic 2.1 s, 99 permutations 41.6 s",
        ),
        figure(
            "near repeat (Knox), 20,000 incidents, 999 shuffles",
            best_of(|| knox(&sample, &question).is_ok()),
            Some(5.0),
            "numpy, 99 shuffles 8.7 s",
        ),
    ])
}

fn costs(positions: &[Position], weights: &[f64]) -> Result<Vec<Cost>, BenchError> {
    let mut costs = Vec::new();
    for (half, events) in [
        (HALF, 125_000),
        (HALF, 250_000),
        (HALF, 500_000),
        (HALF, 1_000_000),
        (HALF / 2.0, 1_000_000),
        (HALF / 4.0, 1_000_000),
    ] {
        let grid = square(half, 10)?;
        // The same events, drawn together into the smaller square.
        let share = half / HALF;
        let drawn: Vec<Position> = positions[..events]
            .iter()
            .map(|p| {
                Position::wrapped(LON + share * (p.lon() - LON), LAT + share * (p.lat() - LAT))
            })
            .collect();
        costs.push(Cost {
            cells: grid.len(),
            events,
            seconds: best_of(|| black_box(quartic(&grid, &drawn, &weights[..events], BANDWIDTH_M))),
        });
    }
    Ok(costs)
}

fn same_bits(grid: &HexGrid, positions: &[Position], weights: &[f64]) -> Result<bool, BenchError> {
    let on = |threads: usize| -> Result<Vec<u64>, BenchError> {
        let pool = rayon::ThreadPoolBuilder::new()
            .num_threads(threads)
            .build()?;
        let spread = pool.install(|| quartic(grid, positions, weights, BANDWIDTH_M));
        Ok(spread.mass.iter().map(|v| v.to_bits()).collect())
    };
    Ok(on(1)? == on(2)?)
}

/// Most memory that this process ever had, MiB; none where the system does not say.
fn peak_mib() -> Option<f64> {
    let status = std::fs::read_to_string("/proc/self/status").ok()?;
    let line = status.lines().find(|l| l.starts_with("VmHWM:"))?;
    let kib: f64 = line.split_whitespace().nth(1)?.parse().ok()?;
    Some(kib / 1024.0)
}
