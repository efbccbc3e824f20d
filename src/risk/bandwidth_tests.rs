//! The choice of a bandwidth against every window's surface from scratch, and against
//! towns whose smoothness is known.

use jiff::SignedDuration;
use rand::{RngExt, SeedableRng, rngs::ChaCha8Rng};

use crate::calendar::week::HourSet;
use crate::calendar::window::Window;
use crate::grid::hexgrid::HexGrid;
use crate::risk::bandwidth::{CANDIDATES_M, Choice, DEFAULT_M, choose};
use crate::risk::kde::Kde;
use crate::risk::kernel;
use crate::risk::model::{RiskEvent, RiskQuestion};
use crate::risk::past::Past;
use crate::risk::small_town::{ask, event, events, grid, window, zone};

fn look_back() -> Window {
    window("2010-01-01T00:00Z", "2011-01-01T00:00Z")
}

fn past_of(grid: &HexGrid, events: &[RiskEvent], half_life_days: Option<f64>) -> Past {
    let question = RiskQuestion {
        grid,
        look_back: look_back(),
        window: window("2011-01-01T00:00Z", "2011-01-08T00:00Z"),
        hours: &HourSet::full(),
        zone: &zone(),
        terrain: &[],
        without: &[],
    };
    Past::new(&question, events, half_life_days).unwrap()
}

fn choice(grid: &HexGrid, events: &[RiskEvent]) -> Choice {
    choose(grid, &past_of(grid, events, None), look_back())
}

/// Eight windows of a week, each by itself.
fn slow(grid: &HexGrid, past: &Past, bandwidth_m: f64) -> f64 {
    let area: f64 = grid.area_km2().iter().sum();
    let end = look_back().end();
    let (mut sum, mut scored) = (0.0, 0.0);
    for week in (1..=8).rev() {
        let from = end - SignedDuration::from_hours(168 * week);
        let to = end - SignedDuration::from_hours(168 * (week - 1));
        let before: Vec<usize> = (0..past.at.len())
            .filter(|&i| past.at[i] < from && grid.index_at(past.positions[i]).is_some())
            .collect();
        let positions: Vec<_> = before.iter().map(|&i| past.positions[i]).collect();
        let weights: Vec<_> = before.iter().map(|&i| past.weights[i]).collect();
        let mass = kernel::quartic(grid, &positions, &weights, bandwidth_m).mass;
        let total: f64 = mass.iter().sum();
        for i in (0..past.at.len()).filter(|&i| (from..to).contains(&past.at[i])) {
            if let Some(cell) = grid.index_at(past.positions[i]) {
                let even = grid.area_km2()[cell] / area;
                sum += (0.99 * mass[cell] / total + 0.01 * even).ln();
                scored += 1.0;
            }
        }
    }
    sum / scored
}

#[test]
fn as_by_the_slow_one() {
    let grid = grid(9);
    // Enough that eight weeks hold more than the events that are enough.
    let events = events(4000, look_back(), 8);
    for half_life_days in [None, Some(40.0)] {
        let past = past_of(&grid, &events, half_life_days);
        let choice = choose(&grid, &past, look_back());
        assert!(choice.scored > 400);
        for (bandwidth, score) in CANDIDATES_M.iter().zip(&choice.scores) {
            let wanted = slow(&grid, &past, *bandwidth);
            assert!((score - wanted).abs() < 1e-9, "{score} for {wanted}");
        }
    }
}

#[test]
fn sharp_towns_get_sharp_kernels_and_smooth_ones_wide_ones() {
    let grid = grid(10);
    let mut rng = ChaCha8Rng::seed_from_u64(4);
    let mut town = |spread: f64| -> f64 {
        let spots: Vec<[f64; 2]> = (0..12).map(|_| [rng.random(), rng.random()]).collect();
        let events: Vec<RiskEvent> = (0..2000)
            .map(|i| {
                let at = look_back().start() + SignedDuration::from_mins(i * 262);
                let [x, y] = spots[rng.random_range(0..spots.len())];
                let mut off = || spread * (rng.random::<f64>() + rng.random::<f64>() - 1.0);
                event((x + off()).rem_euclid(1.0), (y + off()).rem_euclid(1.0), at)
            })
            .collect();
        choice(&grid, &events).bandwidth_m
    };
    let (sharp, smooth) = (town(0.01), town(0.6));
    assert!(sharp <= 100.0, "{sharp}");
    assert!(smooth >= 300.0, "{smooth}");
}

#[test]
fn thin_pasts_have_the_default_and_say_so() {
    let grid = grid(9);
    let one = event(0.5, 0.5, look_back().start());
    for events in [
        vec![],
        vec![one],
        vec![one; 300],
        events(40, look_back(), 1),
    ] {
        let choice = choice(&grid, &events);
        assert_eq!(choice.bandwidth_m, DEFAULT_M);
        assert!(choice.reason().starts_with("default"));
    }
}

#[test]
fn a_given_bandwidth_is_used_as_it_is_and_a_chosen_one_is_told() {
    let (grid, events) = (grid(9), events(900, look_back(), 6));
    let later = window("2011-01-01T00:00Z", "2011-01-08T00:00Z");
    let ask = |bandwidth_m| {
        let kde = Kde {
            bandwidth_m,
            half_life_days: None,
        };
        ask(&kde, &grid, &events, look_back(), later).unwrap()
    };
    let given = ask(Some(123.0));
    assert_eq!(given.parameters["bandwidth_m"], "123");
    assert!(!given.parameters.contains_key("bandwidth_choice"));
    let chosen = ask(None);
    let bandwidth_m: f64 = chosen.parameters["bandwidth_m"].parse().unwrap();
    assert!(CANDIDATES_M.contains(&bandwidth_m));
    assert!(chosen.parameters["bandwidth_choice"].starts_with("best rolling"));
    assert_eq!(chosen.expected, ask(Some(bandwidth_m)).expected);
}
