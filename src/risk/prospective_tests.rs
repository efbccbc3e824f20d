//! `prospective` against the sum over every event and every cell.

use jiff::SignedDuration;

use crate::risk::count::Count;
use crate::risk::prospective::Prospective;
use crate::risk::small_town::{ask, event, events, grid, total, window};

/// Ring by ring outwards by neighbours of neighbours, every event by itself.
fn slow(
    model: Prospective,
    grid: &crate::grid::hexgrid::HexGrid,
    fresh: &[(usize, f64)],
) -> Vec<f64> {
    let mut score = vec![0.0; grid.len()];
    for &(cell, weeks) in fresh {
        for d in 0..=model.reach_cells {
            for near in grid.disk(cell, d) {
                // Within d but not within d − 1.
                let nearer = d > 0 && grid.disk(cell, d - 1).contains(&near);
                if !nearer {
                    score[near] += 1.0 / (1.0 + f64::from(d)) / (1.0 + weeks.floor());
                }
            }
        }
    }
    score
}

#[test]
fn as_by_the_slow_one() {
    let (past, later) = (
        window("2010-01-01T00:00Z", "2010-04-01T00:00Z"),
        window("2010-04-01T00:00Z", "2010-04-15T00:00Z"),
    );
    let grid = grid(9);
    let events = events(80, past, 3);
    let model = Prospective {
        reach_cells: 3,
        memory_weeks: 5,
        half_life_days: None,
    };
    let answer = ask(&model, &grid, &events, past, later).unwrap();
    let fresh: Vec<(usize, f64)> = events
        .iter()
        .filter_map(|e| {
            let weeks = (past.end().as_second() - e.at.as_second()) as f64 / 604_800.0;
            Some((grid.index_at(e.position)?, weeks)).filter(|(_, weeks)| *weeks < 5.0)
        })
        .collect();
    assert!(fresh.len() > 10);
    let score = slow(model, &grid, &fresh);
    let sum: f64 = score.iter().sum();
    for (found, score) in answer.expected.iter().zip(&score) {
        assert!((found - score / sum * total(&answer)).abs() < 1e-12);
    }
    let count = ask(&Count::default(), &grid, &events, past, later).unwrap();
    assert!((total(&answer) - total(&count)).abs() < 1e-9);
    assert_eq!(answer.events, count.events);
}

#[test]
fn a_week_or_a_cell_away_counts_half() {
    let (past, later) = (
        window("2010-01-01T00:00Z", "2010-04-01T00:00Z"),
        window("2010-04-01T00:00Z", "2010-04-15T00:00Z"),
    );
    let grid = grid(9);
    let ago = |days: i64| past.end() - SignedDuration::from_hours(24 * days);
    let old = event(0.2, 0.5, ago(8));
    let new = event(0.8, 0.5, ago(1));
    let model = Prospective::default();
    let answer = ask(&model, &grid, &[old, new], past, later).unwrap();
    let model = Prospective {
        reach_cells: 0,
        ..model
    };
    let sharp = ask(&model, &grid, &[old, new], past, later).unwrap();
    let at = |e: crate::risk::model::RiskEvent| grid.index_at(e.position).unwrap();
    assert!((sharp.expected[at(new)] / sharp.expected[at(old)] - 2.0).abs() < 1e-12);
    assert_eq!(sharp.expected.iter().filter(|v| **v > 0.0).count(), 2);
    let beside = grid
        .disk(at(new), 1)
        .into_iter()
        .find(|&c| c != at(new))
        .unwrap();
    assert!(answer.expected[beside] > 0.4 * answer.expected[at(new)]);
}

#[test]
fn nothing_fresh_is_an_even_surface_that_says_so() {
    let (past, later) = (
        window("2010-01-01T00:00Z", "2010-04-01T00:00Z"),
        window("2010-04-01T00:00Z", "2010-04-15T00:00Z"),
    );
    let grid = grid(9);
    let old = event(0.5, 0.5, past.start());
    let answer = ask(&Prospective::default(), &grid, &[old], past, later).unwrap();
    assert!(answer.parameters["pattern"].starts_with("flat"));
    assert!((total(&answer) - 14.0 / 90.0).abs() < 1e-12);
    for (expected, area) in answer.expected.iter().zip(grid.area_km2()) {
        assert!((expected / area - answer.expected[0] / grid.area_km2()[0]).abs() < 1e-12);
    }
}
