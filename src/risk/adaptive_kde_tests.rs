//! `adaptive_kde` against Abramson's formula written out, event by event and cell by cell.

use crate::calendar::window::Window;
use crate::grid::hexgrid::HexGrid;
use crate::risk::adaptive_kde::AdaptiveKde;
use crate::risk::kde::Kde;
use crate::risk::model::RiskEvent;
use crate::risk::small_town::{ask, event, events, grid, total, window};

fn look_back() -> Window {
    window("2010-01-01T00:00Z", "2011-01-01T00:00Z")
}

fn later() -> Window {
    window("2011-01-01T00:00Z", "2012-01-01T00:00Z")
}

/// One event over the cells, by a quartic kernel whose shares sum to 1.
fn shares(grid: &HexGrid, event: &RiskEvent, h: f64) -> Vec<f64> {
    let kernel: Vec<f64> = (0..grid.len())
        .map(|i| event.position.metres_to(grid.centre(i)).0 / h)
        .map(|d| if d < 1.0 { (1.0 - d * d).powi(2) } else { 0.0 })
        .collect();
    let sum: f64 = kernel.iter().sum();
    if sum > 0.0 {
        return kernel.iter().map(|k| k / sum).collect();
    }
    let own = grid.index_at(event.position);
    (0..grid.len()).map(|i| f64::from(Some(i) == own)).collect()
}

fn slow(grid: &HexGrid, events: &[RiskEvent], h0: f64) -> Vec<f64> {
    let inside: Vec<&RiskEvent> = (events.iter())
        .filter(|e| grid.index_at(e.position).is_some())
        .collect();
    let sum = |of: &dyn Fn(&RiskEvent) -> Vec<f64>| {
        let mut surface = vec![0.0; grid.len()];
        for event in &inside {
            for (sum, share) in surface.iter_mut().zip(of(event)) {
                *sum += share;
            }
        }
        surface
    };
    let pilot = sum(&|e| shares(grid, e, h0));
    let density = |e: &RiskEvent| {
        let cell = grid.index_at(e.position).unwrap();
        pilot[cell] / grid.area_km2()[cell]
    };
    let logs: f64 = inside.iter().map(|e| density(e).ln()).sum();
    let g = (logs / inside.len() as f64).exp();
    sum(&|e| {
        let h = h0 * (density(e) / g).powf(-0.5).clamp(0.3, 3.0);
        shares(grid, e, h)
    })
}

#[test]
fn as_by_the_slow_one() {
    for (resolution, h0) in [(9, 200.0), (9, 700.0), (10, 90.0)] {
        let grid = grid(resolution);
        let events = events(200, look_back(), 12);
        let model = AdaptiveKde {
            bandwidth_m: Some(h0),
            half_life_days: None,
        };
        let answer = ask(&model, &grid, &events, look_back(), later()).unwrap();
        let slow = slow(&grid, &events, h0);
        // A year from a year: the factor is 1.
        for (found, wanted) in answer.expected.iter().zip(&slow) {
            assert!(
                (found - wanted).abs() < 1e-6 * (1.0 + wanted),
                "{found} for {wanted}"
            );
        }
        let inside = events
            .iter()
            .filter(|e| grid.index_at(e.position).is_some());
        assert_eq!(answer.events, inside.count());
        assert!((total(&answer) - answer.events as f64).abs() < 1e-9);
    }
}

#[test]
fn where_all_is_alike_it_is_the_plain_kernel() {
    let grid = grid(10);
    let one_spot = vec![event(0.5, 0.5, look_back().start()); 50];
    let (bandwidth_m, half_life_days) = (Some(250.0), Some(100.0));
    let adaptive = AdaptiveKde {
        bandwidth_m,
        half_life_days,
    };
    let kde = Kde {
        bandwidth_m,
        half_life_days,
    };
    let adaptive = ask(&adaptive, &grid, &one_spot, look_back(), later()).unwrap();
    let kde = ask(&kde, &grid, &one_spot, look_back(), later()).unwrap();
    for (a, b) in adaptive.expected.iter().zip(&kde.expected) {
        assert!((a - b).abs() <= 1e-6 * (a + b));
    }
}

#[test]
fn busy_spots_stay_sharper_than_with_the_plain_kernel() {
    let (grid, events) = (grid(10), events(600, look_back(), 5));
    let bandwidth_m = Some(300.0);
    let adaptive = AdaptiveKde {
        bandwidth_m,
        half_life_days: None,
    };
    let kde = Kde {
        bandwidth_m,
        half_life_days: None,
    };
    let most = |expected: &[f64]| expected.iter().fold(0.0f64, |m, &v| m.max(v));
    let adaptive = ask(&adaptive, &grid, &events, look_back(), later()).unwrap();
    let kde = ask(&kde, &grid, &events, look_back(), later()).unwrap();
    assert!(most(&adaptive.expected) > 1.3 * most(&kde.expected));
    assert!(adaptive.parameters["bandwidths_m"].contains(" to "));
}
