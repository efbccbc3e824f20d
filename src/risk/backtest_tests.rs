//! The laws of a backtest: no model sees the future, and figures are what they say.

use std::ops::ControlFlow;

use jiff::civil::date;
use jiff::{SignedDuration, Timestamp, tz::TimeZone};
use rand::rngs::ChaCha8Rng;
use rand::{RngExt, SeedableRng};

use crate::calendar::rolling::Step;
use crate::calendar::shift::Shift;
use crate::calendar::week::HourSet;
use crate::calendar::window::Window;
use crate::grid::hexgrid::HexGrid;
use crate::place::area::Area;
use crate::place::position::Position;
use crate::risk::backtest::{Figure, Record, Trial, difference, estimate, run};
use crate::risk::contenders::contender;
use crate::risk::model::{RiskError, RiskEvent};
use crate::risk::models;
use crate::risk::score::Flagged;

fn grid() -> HexGrid {
    let ring = vec![
        [5.0, 52.0],
        [5.03, 52.0],
        [5.03, 52.02],
        [5.0, 52.02],
        [5.0, 52.0],
    ];
    HexGrid::cover(&Area::from_rings(&[vec![ring]]).unwrap(), 9, &[]).unwrap()
}

fn zone() -> TimeZone {
    TimeZone::get("Europe/Amsterdam").unwrap()
}

fn first() -> Timestamp {
    "2024-01-01T00:00+01:00".parse().unwrap()
}

/// Two thirds in one corner; by time.
fn events(days: i64, a_day: usize) -> Vec<RiskEvent> {
    let mut rng = ChaCha8Rng::seed_from_u64(11);
    let mut events = Vec::new();
    for day in 0..days {
        for _ in 0..a_day {
            let part = if rng.random_bool(0.66) { 0.2 } else { 1.0 };
            events.push(RiskEvent {
                position: Position::wrapped(
                    5.0 + 0.03 * part * rng.random::<f64>(),
                    52.0 + 0.02 * part * rng.random::<f64>(),
                ),
                at: first() + SignedDuration::from_mins(day * 1440 + rng.random_range(0..1440)),
            });
        }
    }
    events.sort_by_key(|event| event.at);
    events
}

fn windows(step: Step) -> Vec<Window> {
    step.windows(
        date(2024, 3, 11),
        date(2024, 5, 6),
        &Shift::defaults(),
        &zone(),
    )
    .unwrap()
}

fn of(name: &str, windows: &[Window], events: &[RiskEvent]) -> Record {
    let (grid, zone, hours) = (grid(), zone(), HourSet::full());
    let trial = Trial {
        grid: &grid,
        windows,
        data_from: first(),
        hours: &hours,
        zone: &zone,
        terrain: &[],
        without: &[],
        flagged: &[Flagged::Share(0.05), Flagged::Share(0.2)],
    };
    let go_on = &mut || ControlFlow::Continue(());
    run(&trial, &contender(name).unwrap(), events, go_on).unwrap()
}

/// The future is planted: a model that saw it would score differently.
#[test]
fn no_model_sees_the_window_it_is_scored_on_nor_what_comes_after() {
    let windows = windows(Step::Days(7));
    let honest = events(130, 6);
    let last = windows[windows.len() - 1];
    let mut planted: Vec<RiskEvent> = honest
        .iter()
        .copied()
        .filter(|e| e.at < last.start())
        .collect();
    planted.extend((0..400).map(|i| RiskEvent {
        position: Position::wrapped(5.029, 52.019),
        at: last.start() + SignedDuration::from_mins(i),
    }));
    for name in models::NAMES {
        let (as_was, as_planted) = (of(name, &windows, &honest), of(name, &windows, &planted));
        for (a, b) in as_was.windows.iter().zip(&as_planted.windows) {
            assert_eq!(a.expected.to_bits(), b.expected.to_bits(), "{name}");
            if a.window != last {
                assert_eq!(a, b, "{name}");
            }
        }
        // The crowd came where nobody looked for it.
        let surprised = as_planted.windows.last().unwrap();
        assert_eq!(surprised.events, 400.0);
        assert!(surprised.flagged[0].hits < 100.0, "{name} saw it coming");
    }
}

#[test]
fn the_corner_is_found_and_the_figures_agree() {
    let windows = windows(Step::Days(7));
    let events = events(130, 6);
    let all = vec![1.0; windows.len()];
    let record = of("kde/300m", &windows, &events);
    let figure = |f: Figure| f.of(&record.windows, &all).unwrap();
    let scored: f64 = record.windows.iter().map(|w| w.events).sum();
    assert_eq!(scored, 8.0 * 7.0 * 6.0);
    let rate = figure(Figure::HitRate(0));
    assert!((0.4..0.95).contains(&rate), "{rate}");
    assert!((figure(Figure::Pai(0)) - rate / 0.05).abs() < 1e-9);
    assert!((figure(Figure::Total) - 1.0).abs() < 0.1);
    assert!(figure(Figure::Pei(0)) <= 1.0 && figure(Figure::HitRate(1)) > rate);
    let tenths: f64 = record.deciles.iter().map(|d| d.observed).sum();
    assert!((tenths - scored).abs() < 1e-6);
    let expected: f64 = record.deciles.iter().map(|d| d.expected).sum();
    assert!((expected - record.windows.iter().map(|w| w.expected).sum::<f64>()).abs() < 1e-6);
    // What is expected comes true, where much is expected and where little.
    for decile in record.deciles.iter().filter(|d| d.expected > 20.0) {
        let ratio = decile.observed / decile.expected;
        assert!((0.4..2.2).contains(&ratio), "{decile:?}");
    }
    let estimate = estimate(&record, Figure::HitRate(0)).unwrap();
    assert!(estimate.low < rate && rate < estimate.high);
    assert_eq!(estimate.value, rate);
}

#[test]
fn a_model_is_no_better_than_itself_and_better_than_a_worse_one() {
    let windows = windows(Step::Shift);
    let record = of("count", &windows, &events(130, 6));
    assert_eq!(record.windows.len(), windows.len());
    let none = difference(&record, &record, Figure::LogScore).unwrap();
    assert_eq!(
        [none.value, none.low, none.high, none.p],
        [0.0, 0.0, 0.0, 1.0]
    );
    // Forgetting in three days is worse, and it shows, whichever way it is asked.
    let forgetful = of("count/3d", &windows, &events(130, 6));
    let worse = difference(&forgetful, &record, Figure::LogScore).unwrap();
    assert!(worse.high < 0.0 && worse.p < 0.01, "{worse:?}");
    let better = difference(&record, &forgetful, Figure::LogScore).unwrap();
    assert_eq!([better.value, better.low], [-worse.value, -worse.high]);
}

#[test]
fn it_can_be_broken_off() {
    let (grid, zone, hours) = (grid(), zone(), HourSet::full());
    let windows = windows(Step::Days(7));
    let trial = Trial {
        grid: &grid,
        windows: &windows,
        data_from: first(),
        hours: &hours,
        zone: &zone,
        terrain: &[],
        without: &[],
        flagged: &[],
    };
    for name in models::NAMES {
        let mut left = 3;
        let broken = run(
            &trial,
            &contender(name).unwrap(),
            &events(100, 5),
            &mut || {
                left -= 1;
                if left == 0 {
                    ControlFlow::Break(())
                } else {
                    ControlFlow::Continue(())
                }
            },
        );
        assert_eq!(broken, Err(RiskError::BrokenOff));
        assert_eq!(left, 0, "{name} went on");
    }
}
