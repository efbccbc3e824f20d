//! The plain regression against its closed form for one layer and its own slope for more.

use crate::risk::risk_terrain::elastic_net::along;
use crate::risk::risk_terrain::layers::{Layer, LayerKind, Row};
use crate::risk::risk_terrain::selection::{Fit, PRIOR, select, solve};

/// Rows of three layers whose rates are multiplied by 4, 1 and 0.4.
fn made_up() -> Vec<Row> {
    (0..40u64)
        .map(|i| {
            let bits = i % 8;
            let area = 1.0 + (i * 7 % 5) as f64;
            let rate = [4.0, 1.0, 0.4].iter().enumerate();
            let rate: f64 = rate
                .map(|(k, f)| if bits >> k & 1 == 1 { *f } else { 1.0 })
                .product();
            Row {
                bits: vec![bits],
                fold: (i % 5) as usize,
                area,
                events: (20.0 * area * rate).round() + (i % 3) as f64,
            }
        })
        .collect()
}

fn layer(factor: usize) -> Layer {
    Layer {
        factor,
        kind: LayerKind::Within,
        distance_m: 100.0,
        holds: vec![],
    }
}

#[test]
fn one_layer_is_the_ratio_of_two_rates() {
    let rows = made_up();
    let rate = |holds: bool| {
        let alike = rows.iter().filter(|row| row.holds(0) == holds);
        let (y, a) = alike.fold((0.0, 0.0), |(y, a), row| (y + row.events, a + row.area));
        y / a
    };
    let fit = Fit::new(&rows, &[0]);
    assert!((fit.b[0] - rate(false).ln()).abs() < 0.01);
    assert!((fit.b[1] - (rate(true) / rate(false)).ln()).abs() < 0.01);
    // The variance of the logarithm of a ratio of two Poisson rates.
    let seen = |holds: bool| -> f64 {
        let alike = rows.iter().filter(|row| row.holds(0) == holds);
        alike.map(|row| row.events).sum()
    };
    let error = (1.0 / seen(true) + 1.0 / seen(false)).sqrt();
    assert!((fit.standard_errors()[1] / error - 1.0).abs() < 0.02);
}

#[test]
fn at_the_estimate_the_slope_is_none() {
    let rows = made_up();
    let fit = Fit::new(&rows, &[0, 1, 2]);
    for i in 0..4 {
        let mut slope = if i > 0 { -PRIOR * fit.b[i] } else { 0.0 };
        for row in &rows {
            let rate: f64 = (0..3).filter(|&k| row.holds(k)).map(|k| fit.b[k + 1]).sum();
            if i == 0 || row.holds(i - 1) {
                slope += row.events - row.area * (fit.b[0] + rate).exp();
            }
        }
        assert!(slope.abs() < 1e-6, "{i}: {slope}");
    }
}

#[test]
fn what_matters_is_chosen_and_one_layer_a_factor() {
    let rows = made_up();
    let own: Vec<Layer> = (0..3).map(layer).collect();
    let selection = select(&rows, &own, &[0, 1, 2], 400, 1.0);
    let mut chosen: Vec<usize> = selection.chosen.iter().map(|c| c.0).collect();
    chosen.sort_unstable();
    assert_eq!(chosen, [0, 2]);
    for (k, b, _) in &selection.chosen {
        let truth: f64 = [4.0, 1.0, 0.4][*k];
        assert!((b - truth.ln()).abs() < 0.15, "{b} for {truth}");
    }
    let shared: Vec<Layer> = (0..3).map(|_| layer(0)).collect();
    let selection = select(&rows, &shared, &[0, 1, 2], 400, 1.0);
    assert_eq!(selection.chosen.len(), 1);
    // So much scatter that nothing can be told.
    assert!(select(&rows, &own, &[0, 1, 2], 400, 1e4).chosen.is_empty());
}

#[test]
fn a_layer_without_an_event_stays_finite() {
    let mut rows = made_up();
    for row in &mut rows {
        if row.holds(0) {
            row.events = 0.0;
        }
    }
    let fit = Fit::new(&rows, &[0]);
    assert!(fit.b[1].is_finite() && fit.b[1] < -2.0);
    let nothing: Vec<Row> = (rows.into_iter())
        .map(|row| Row { events: 0.0, ..row })
        .collect();
    let fit = Fit::new(&nothing, &[0, 1]);
    assert!(fit.b.iter().all(|b| b.is_finite()), "{:?}", fit.b);
    assert_eq!(solve(&[vec![0.0]], &[1.0]), [0.0]);
}

/// Karush, Kuhn and Tucker: an estimate that is in pulls as hard as the penalty, one that
/// is out pulls less.
#[test]
fn the_penalised_estimate_is_the_optimum() {
    let rows = made_up();
    let all: Vec<&Row> = rows.iter().collect();
    let events: f64 = rows.iter().map(|row| row.events).sum();
    let strengths = [0.8, 0.2, 0.05, 0.01];
    let mut seen = [0; 4];
    for ((regression, strength), seen) in along(&all, 3, &strengths)
        .iter()
        .zip(strengths)
        .zip(&mut seen)
    {
        let pull = |holds: &dyn Fn(&Row) -> bool| -> f64 {
            let held = rows.iter().filter(|row| holds(row));
            held.map(|row| row.events - regression.expected(row))
                .sum::<f64>()
                / events
        };
        assert!(pull(&|_| true).abs() < 1e-3);
        for (k, &b) in regression.coefficients.iter().enumerate() {
            let pull = pull(&|row| row.holds(k));
            if b == 0.0 {
                assert!(pull.abs() <= 0.5 * strength + 1e-3, "{k} {pull}");
            } else {
                let wanted = strength * (0.5 * b.signum() + 0.5 * b);
                assert!((pull - wanted).abs() < 1e-3, "{k}: {pull} for {wanted}");
                *seen += 1;
            }
        }
    }
    assert!(seen[0] < seen[3] && seen[3] >= 2, "{seen:?}");
}
