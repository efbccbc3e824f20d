//! What is frozen stays as it was, and is scored as a backtest would have scored it.

use super::*;
use crate::calendar::week::HourSet;
use crate::calendar::window::Window;
use crate::risk::backtest::{Contender, Figure, Trial, run};
use crate::risk::contenders;
use crate::risk::inputs;
use crate::risk::model::RiskQuestion;
use crate::risk::small_town::{event, events, grid, window, zone};
use std::ops::ControlFlow;

const FROM: &str = "2026-01-01T06:00:00Z";
const START: &str = "2026-06-01T05:00:00Z";
const END: &str = "2026-06-08T05:00:00Z";

struct Town {
    grid: HexGrid,
    events: Vec<RiskEvent>,
    ahead: Window,
}

fn town() -> Town {
    let mut all = events(4000, window(FROM, END), 5);
    all.sort_by_key(|e| e.at);
    Town {
        grid: grid(9),
        events: all,
        ahead: window(START, END),
    }
}

fn frozen(town: &Town, model: &str) -> Forecast {
    let contender = contender(model);
    let question = RiskQuestion {
        grid: &town.grid,
        look_back: window(FROM, START),
        window: town.ahead,
        hours: &HourSet::full(),
        zone: &zone(),
        terrain: &[],
        without: &[],
    };
    let surface = inputs::surface(contender.model.as_ref(), &question, &town.events, &[]);
    let at = "2026-05-31T23:59:59.123456789Z".parse().unwrap();
    Forecast::freeze(&surface.unwrap(), at, false).unwrap()
}

fn contender(model: &str) -> Contender {
    contenders::all_of(&[model.to_owned()]).unwrap().remove(0)
}

#[test]
fn a_frozen_forecast_scores_as_the_backtest_does() {
    let town = town();
    for model in ["count", "kde"] {
        let frozen = frozen(&town, model);
        let score = frozen
            .score(&town.events, &zone(), town.ahead.end())
            .unwrap();
        let trial = Trial {
            grid: &town.grid,
            windows: &[town.ahead],
            data_from: FROM.parse().unwrap(),
            hours: &HourSet::full(),
            zone: &zone(),
            terrain: &[],
            without: &[],
            flagged: &SHARES.map(Flagged::Share),
        };
        let mut on = || ControlFlow::Continue(());
        let record = run(&trial, &contender(model), &town.events, &mut on).unwrap();
        let card = record_of(model, std::slice::from_ref(&score));
        for figure in [
            Figure::LogScore,
            Figure::HitRate(3),
            Figure::Total,
            Figure::Brier,
        ] {
            let of = |r: &Record| figure.of(&r.windows, &[1.0]).unwrap();
            assert!((of(&record) - of(&card)).abs() < 1e-4, "{figure:?}");
        }
        assert!(score.outside > 0, "some events of this town lie outside");
    }
}

#[test]
fn what_was_changed_no_longer_is_what_was_frozen() {
    let town = town();
    let frozen = frozen(&town, "count");
    assert!(frozen.is_intact());
    let back: Provenance =
        serde_json::from_str(&serde_json::to_string(&frozen.provenance).unwrap()).unwrap();
    let read = Forecast {
        provenance: back,
        ..frozen.clone()
    };
    assert!(read.is_intact(), "the store gives back what it was given");

    let mut changes: Vec<Forecast> = (0..5).map(|_| frozen.clone()).collect();
    changes[0].expected[3] += 1e-3;
    changes[1].provenance.model = "kde".into();
    changes[2].frozen_at = town.ahead.start();
    changes[3].cells.swap(0, 1);
    changes[4].synthetic = true;
    for changed in &changes {
        assert!(!changed.is_intact());
        assert!(matches!(
            changed.score(&town.events, &zone(), town.ahead.end()),
            Err(ForecastError::Changed { .. })
        ));
    }
}

#[test]
fn a_window_that_has_begun_is_not_frozen() {
    let town = town();
    let surface = frozen(&town, "count").surface().unwrap();
    let late = "2026-06-01T05:00:00.001Z".parse().unwrap();
    assert!(matches!(
        Forecast::freeze(&surface, late, false),
        Err(ForecastError::Begun { .. })
    ));
    assert!(Forecast::freeze(&surface, town.ahead.start(), false).is_ok());
}

#[test]
fn incidents_that_come_later_are_another_score() {
    let mut town = town();
    let frozen = frozen(&town, "count");
    let before = frozen
        .score(&town.events, &zone(), town.ahead.end())
        .unwrap();
    // One after the window is none of it; one inside is.
    town.events.push(event(0.5, 0.5, town.ahead.end()));
    let after = frozen
        .score(&town.events, &zone(), town.ahead.end())
        .unwrap();
    assert_eq!(before, after);
    town.events.insert(0, event(0.5, 0.5, town.ahead.start()));
    town.events.sort_by_key(|e| e.at);
    let more = frozen
        .score(&town.events, &zone(), town.ahead.end())
        .unwrap();
    assert_eq!(more.window.events, before.window.events + 1.0);
    assert_ne!(more.incidents_sha256, before.incidents_sha256);
}
