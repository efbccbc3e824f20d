//! Scores of forecasts that can be reckoned by hand, and their laws.

use proptest::prelude::*;

use crate::calendar::window::Window;
use crate::risk::score::{EVEN_SHARE, Flagged, WindowScore, score};

fn window() -> Window {
    let at = |s: i64| jiff::Timestamp::from_second(s).unwrap();
    Window::new(at(0), at(604_800)).unwrap()
}

fn of(expected: &[f64], observed: &[f64], area: &[f64], flagged: &[Flagged]) -> WindowScore {
    score(window(), expected, observed, area, flagged)
}

#[test]
fn by_hand() {
    let found = of(
        &[4.0, 1.0, 2.0, 0.0],
        &[3.0, 0.0, 1.0, 2.0],
        &[1.0; 4],
        &[Flagged::Share(0.25), Flagged::Km2(1.5), Flagged::Share(1.0)],
    );
    let hits: Vec<f64> = found.flagged.iter().map(|f| f.hits).collect();
    assert_eq!(hits, [3.0, 3.5, 6.0]);
    let best: Vec<f64> = found.flagged.iter().map(|f| f.best_hits).collect();
    assert_eq!(best, [3.0, 4.0, 6.0]);
    let expected: Vec<f64> = found.flagged.iter().map(|f| f.expected).collect();
    assert_eq!(expected, [4.0, 5.0, 7.0]);
    let floored = |x: f64| (1.0 - EVEN_SHARE) * x + EVEN_SHARE * 7.0 / 4.0;
    let log = 3.0 * floored(4.0).ln() - 6f64.ln() + floored(2.0).ln() + 2.0 * floored(0.0).ln()
        - 2f64.ln()
        - 7.0;
    assert!((found.log_sum - log).abs() < 1e-12);
    let brier: f64 = [(4f64, 1.0), (1.0, 0.0), (2.0, 1.0), (0.0, 1.0)]
        .iter()
        .map(|(l, y)| (1.0 - (-l).exp() - y).powi(2))
        .sum();
    assert!((found.brier_sum - brier).abs() < 1e-12);
}

#[test]
fn ties_are_scored_at_their_mean() {
    // Ten cells alike, one of them with all events: a tenth flagged hits a tenth.
    let mut observed = [0.0; 10];
    observed[3] = 20.0;
    let found = of(&[0.5; 10], &observed, &[1.0; 10], &[Flagged::Share(0.1)]);
    assert!((found.flagged[0].hits - 2.0).abs() < 1e-12);
    assert_eq!(found.flagged[0].best_hits, 20.0);
}

/// Cells of slightly different size with the same expectation are one tie, wherever their
/// densities lie.
#[test]
fn sizes_break_no_tie() {
    for scale in [1.0, 1.003, 1.006, 1.009] {
        let expected = [0.5; 11];
        let area: Vec<f64> = (0..11)
            .map(|i| scale * (1.0 + 0.0008 * f64::from(i)))
            .collect();
        let mut observed = [0.0; 11];
        observed[0] = 20.0;
        let found = of(&expected, &observed, &area, &[Flagged::Share(0.25)]);
        assert!((found.flagged[0].hits - 5.0).abs() < 1e-9, "{scale}");
    }
}

#[test]
fn an_empty_forecast_has_a_score() {
    let found = of(
        &[0.0; 3],
        &[1.0, 0.0, 0.0],
        &[1.0; 3],
        &[Flagged::Share(0.5)],
    );
    assert!(found.log_sum.is_finite() && found.where_sum.is_finite());
    assert!((found.where_sum - (1f64 / 3.0).ln()).abs() < 1e-12);
    assert!((found.flagged[0].hits - 0.5).abs() < 1e-12);
}

#[test]
fn areas_are_read() {
    assert_eq!("1%".parse(), Ok(Flagged::Share(0.01)));
    assert_eq!(" 0.5 % ".parse(), Ok(Flagged::Share(0.005)));
    assert_eq!("2km2".parse(), Ok(Flagged::Km2(2.0)));
    let Ok(Flagged::Km2(km2)) = "0.26mi2".parse() else {
        panic!("an area");
    };
    assert!((km2 - 0.673_396_9).abs() < 1e-6);
    for bad in ["", "1", "-1%", "NaN%", "inf km2", "101%", "0km2", "x%"] {
        assert!(bad.parse::<Flagged>().is_err(), "{bad}");
    }
}

proptest! {
    #[test]
    fn laws(
        cells in prop::collection::vec((0.0..3.0f64, 0u8..4, 0.5..1.5f64), 1..40),
        share in 0.01..1.0f64,
    ) {
        let expected: Vec<f64> = cells.iter().map(|c| c.0).collect();
        let observed: Vec<f64> = cells.iter().map(|c| f64::from(c.1)).collect();
        let area: Vec<f64> = cells.iter().map(|c| c.2).collect();
        let found = of(&expected, &observed, &area, &[Flagged::Share(share), Flagged::Share(1.0)]);
        let [part, all] = found.flagged[..] else { panic!("two areas") };
        prop_assert!(part.hits >= 0.0 && part.hits <= part.best_hits + 1e-9);
        prop_assert!(part.best_hits <= found.events + 1e-9);
        prop_assert!((all.hits - found.events).abs() < 1e-9);
        prop_assert!((all.expected - found.expected).abs() < 1e-9);
        prop_assert!(found.brier_sum >= 0.0 && found.brier_sum <= cells.len() as f64);
        // The truth itself has the best hits and no worse a log score.
        let truth = of(&observed, &observed, &area, &[Flagged::Share(share)]);
        prop_assert!(truth.flagged[0].hits >= part.hits - 0.011 * found.events - 1e-9);
    }
}
