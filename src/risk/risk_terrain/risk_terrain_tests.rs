//! `risk_terrain` on towns whose terrain is made up.

use jiff::SignedDuration;
use rand::{RngExt, SeedableRng, rngs::ChaCha8Rng};
use rand_distr::{Distribution, Poisson};

use crate::calendar::window::Window;
use crate::grid::hexgrid::HexGrid;
use crate::place::position::Position;
use crate::risk::count::Count;
use crate::risk::model::{RiskEvent, TerrainFactor};
use crate::risk::risk_terrain::layers::{LayerKind, layers, rows};
use crate::risk::risk_terrain::{RiskTerrain, fit};
use crate::risk::small_town::{ask, ask_with, event, grid, place, total, window};

fn look_back() -> Window {
    window("2010-01-01T00:00Z", "2011-01-01T00:00Z")
}

fn later() -> Window {
    window("2011-01-01T00:00Z", "2011-02-01T00:00Z")
}

fn factor(name: &str, n: usize, seed: u64) -> TerrainFactor {
    let mut rng = ChaCha8Rng::seed_from_u64(seed);
    TerrainFactor {
        name: name.into(),
        positions: (0..n).map(|_| place(rng.random(), rng.random())).collect(),
    }
}

fn near(places: &TerrainFactor, from: Position, metres: f64) -> bool {
    places
        .positions
        .iter()
        .any(|p| p.metres_to(from).0 <= metres)
}

/// Bars triple, cameras halve, the others do nothing.
fn town() -> (HexGrid, Vec<TerrainFactor>) {
    let terrain = vec![
        factor("places: bar", 25, 1),
        factor("cameras", 20, 2),
        factor("places: school", 12, 3),
        factor("posts", 8, 4),
    ];
    (grid(10), terrain)
}

fn counts(grid: &HexGrid, terrain: &[TerrainFactor], per_cell: f64, seed: u64) -> Vec<f64> {
    let mut rng = ChaCha8Rng::seed_from_u64(seed);
    (0..grid.len())
        .map(|cell| {
            let mut rate = per_cell;
            if near(&terrain[0], grid.centre(cell), 108.0) {
                rate *= 3.0;
            }
            if near(&terrain[1], grid.centre(cell), 217.0) {
                rate *= 0.5;
            }
            Poisson::new(rate).unwrap().sample(&mut rng)
        })
        .collect()
}

fn events(grid: &HexGrid, counts: &[f64]) -> Vec<RiskEvent> {
    let mut all = Vec::new();
    for (cell, &count) in counts.iter().enumerate() {
        for i in 0..count as i64 {
            let hours = (cell as i64 * 37 + i * 311) % 8760;
            all.push(RiskEvent {
                position: grid.centre(cell),
                at: look_back().start() + SignedDuration::from_hours(hours),
            });
        }
    }
    all
}

#[test]
fn layers_are_what_they_say() {
    let (grid, terrain) = town();
    let layers = layers(&grid, &terrain);
    assert!(layers.len() > 12);
    for layer in layers.iter().filter(|l| l.kind == LayerKind::Within) {
        for cell in 0..grid.len() {
            let wanted = near(&terrain[layer.factor], grid.centre(cell), layer.distance_m);
            assert_eq!(layer.holds[cell], wanted);
        }
    }
    let counts = counts(&grid, &terrain, 1.0, 1);
    let (rows, row_of) = rows(&grid, &layers, &counts);
    for (cell, &row) in row_of.iter().enumerate() {
        for (k, layer) in layers.iter().enumerate() {
            assert_eq!(rows[row].holds(k), layer.holds[cell]);
        }
    }
    let sum: f64 = rows.iter().map(|row| row.events).sum();
    assert_eq!(sum, counts.iter().sum::<f64>());
    let area: f64 = rows.iter().map(|row| row.area).sum();
    assert!((area - grid.area_km2().iter().sum::<f64>()).abs() < 1e-9);
    assert!((0..5).all(|fold| rows.iter().any(|row| row.fold == fold)));
}

#[test]
fn the_terrain_is_recovered_and_noise_is_left_out() {
    let (grid, terrain) = town();
    for seed in [5, 6, 7] {
        let counts = counts(&grid, &terrain, 4.0, seed);
        let found = fit(&grid, &terrain, &counts);
        let line = |name: &str| found.table.iter().find(|line| line.factor == name);
        for (name, truth, distance) in [("places: bar", 3.0, 108.0), ("cameras", 0.5, 217.0)] {
            let line = line(name).unwrap();
            assert!((line.relative_risk / truth - 1.0).abs() < 0.25, "{line:?}");
            assert!(line.interval[0] < line.relative_risk && line.relative_risk < line.interval[1]);
            assert!((line.distance_m / distance - 1.0).abs() < 0.1, "{line:?}");
            assert_eq!(line.kind, LayerKind::Within);
        }
        assert_eq!(found.table.len(), 2, "{:?}", found.table);
        assert_eq!(found.table[0].factor, "places: bar");
    }
}

#[test]
fn the_surface_sums_to_the_past_rate_and_the_table_is_in_the_parameters() {
    let (grid, terrain) = town();
    let events = events(&grid, &counts(&grid, &terrain, 2.0, 9));
    let model = RiskTerrain::default();
    let answer = ask_with(&model, &grid, &events, look_back(), later(), &terrain).unwrap();
    let count = ask(&Count::default(), &grid, &events, look_back(), later()).unwrap();
    assert!((total(&answer) / total(&count) - 1.0).abs() < 1e-9);
    assert_eq!(answer.events, count.events);
    let bars: Vec<_> = (answer.parameters.keys())
        .filter(|key| key.starts_with("relative_risk places: bar"))
        .collect();
    assert_eq!(bars.len(), 1);
    // The truth predicts a fresh year better than an even surface, and so must this.
    let fresh = counts(&grid, &terrain, 2.0, 10);
    let score = |expected: &[f64]| -> f64 {
        let sum: f64 = expected.iter().sum();
        fresh
            .iter()
            .zip(expected)
            .map(|(y, e)| y * (e / sum).ln())
            .sum()
    };
    assert!(score(&answer.expected) > score(grid.area_km2()) + 20.0);
}

#[test]
fn it_does_not_see_the_future() {
    let (grid, terrain) = town();
    let mut events = events(&grid, &counts(&grid, &terrain, 1.0, 12));
    let model = RiskTerrain {
        half_life_days: Some(90.0),
    };
    let before = ask_with(&model, &grid, &events, look_back(), later(), &terrain).unwrap();
    for i in 0..200 {
        let at = look_back().end() + SignedDuration::from_hours(i);
        events.push(RiskEvent {
            position: terrain[3].positions[0],
            at,
        });
    }
    let after = ask_with(&model, &grid, &events, look_back(), later(), &terrain).unwrap();
    assert_eq!(before, after);
    assert!(!before.parameters["terrain"].starts_with("even"));
}

#[test]
fn nothing_to_tell_is_an_even_surface_that_says_so() {
    let (grid, terrain) = town();
    let mut rng = ChaCha8Rng::seed_from_u64(33);
    let anywhere: Vec<RiskEvent> = (0..800)
        .map(|i| {
            let at = look_back().start() + SignedDuration::from_hours(i * 10);
            event(rng.random(), rng.random(), at)
        })
        .collect();
    let nowhere = vec![TerrainFactor {
        name: "posts".into(),
        positions: vec![],
    }];
    let far = vec![TerrainFactor {
        name: "posts".into(),
        positions: vec![Position::wrapped(0.0, 0.0); 3],
    }];
    let one_spot = vec![TerrainFactor {
        name: "posts".into(),
        positions: vec![place(0.5, 0.5); 50],
    }];
    let model = RiskTerrain::default();
    for terrain in [&[][..], &terrain[2..], &nowhere, &far, &one_spot] {
        for events in [&anywhere[..], &anywhere[..1], &[]] {
            let answer = ask_with(&model, &grid, events, look_back(), later(), terrain).unwrap();
            assert!(
                answer.parameters["terrain"].starts_with("even"),
                "{:?}",
                answer.parameters
            );
            let sum = total(&answer);
            assert_eq!(sum > 0.0, answer.events > 0);
            for (expected, area) in answer.expected.iter().zip(grid.area_km2()) {
                let even = sum * area / grid.area_km2().iter().sum::<f64>();
                assert!((expected - even).abs() < 1e-12);
            }
        }
    }
}

#[test]
fn scatter_of_the_counts_is_not_taken_for_terrain() {
    // Every event comes fivefold: Poisson's BIC alone would find patterns in the clumps.
    let (grid, terrain) = town();
    let mut clumps = vec![0.0; grid.len()];
    let mut rng = ChaCha8Rng::seed_from_u64(8);
    for _ in 0..150 {
        clumps[rng.random_range(0..grid.len())] += 5.0;
    }
    let found = fit(&grid, &terrain[2..], &clumps);
    assert!(found.dispersion > 3.0, "{}", found.dispersion);
    assert!(found.table.is_empty(), "{:?}", found.table);
}
