//! The mixture's promises: no look ahead, the same bits however it is asked, weights that
//! find the truth, and an honest surface whatever comes in.

use std::ops::ControlFlow;

use jiff::{SignedDuration, Timestamp, tz::TimeZone};
use proptest::prelude::*;
use rand::rngs::ChaCha8Rng;
use rand::{RngExt, SeedableRng};

use crate::calendar::week::HourSet;
use crate::calendar::window::Window;
use crate::grid::hexgrid::HexGrid;
use crate::place::area::Area;
use crate::place::position::Position;
use crate::risk::backtest::observed;
use crate::risk::mixture::Mixture;
use crate::risk::model::{RiskAnswer, RiskEvent, RiskModel, RiskQuestion};
use crate::risk::models::{ModelSettings, by_name};
use crate::risk::score::score;

const WEST: f64 = 123.40;
const SOUTH: f64 = 41.80;
const SIDE: f64 = 0.03;

fn grid() -> HexGrid {
    let (w, s, e, n) = (WEST, SOUTH, WEST + SIDE, SOUTH + SIDE);
    let ring = vec![[w, s], [e, s], [e, n], [w, n], [w, s]];
    HexGrid::cover(&Area::from_rings(&[vec![ring]]).unwrap(), 9, &[]).unwrap()
}

fn zone() -> TimeZone {
    TimeZone::get("Asia/Shanghai").unwrap()
}

fn start() -> Timestamp {
    "2025-01-05T16:00Z".parse().unwrap()
}

fn after(hours: i64) -> Timestamp {
    start() + SignedDuration::from_hours(hours)
}

fn window(from: i64, to: i64) -> Window {
    Window::new(after(from), after(to)).unwrap()
}

fn event(x: f64, y: f64, minutes: i64) -> RiskEvent {
    RiskEvent {
        position: Position::wrapped(WEST + x * SIDE, SOUTH + y * SIDE),
        at: start() + SignedDuration::from_mins(minutes),
    }
}

/// Events round a few centres, a part of them anywhere.
fn clustered(count: usize, days: i64, seed: u64) -> Vec<RiskEvent> {
    let mut rng = ChaCha8Rng::seed_from_u64(seed);
    let centres: Vec<(f64, f64)> = (0..6).map(|_| (rng.random(), rng.random())).collect();
    let mut events: Vec<RiskEvent> = (0..count)
        .map(|_| {
            let minutes = rng.random_range(0..days * 1440);
            if rng.random_bool(0.3) {
                return event(rng.random(), rng.random(), minutes);
            }
            let (x, y) = centres[rng.random_range(0..centres.len())];
            let mut near = || (rng.random::<f64>() + rng.random::<f64>() - 1.0) * 0.06;
            event(x + near(), y + near(), minutes)
        })
        .collect();
    events.sort_by_key(|e| e.at);
    events
}

fn ask(grid: &HexGrid, look_back: Window, window: Window, events: &[RiskEvent]) -> RiskAnswer {
    Mixture::default()
        .predict(
            &question(grid, look_back, window, &zone(), &HourSet::full()),
            events,
        )
        .unwrap()
}

fn question<'a>(
    grid: &'a HexGrid,
    look_back: Window,
    window: Window,
    zone: &'a TimeZone,
    hours: &'a HourSet,
) -> RiskQuestion<'a> {
    RiskQuestion {
        grid,
        look_back,
        window,
        hours,
        zone,
        terrain: &[],
        without: &[],
    }
}

fn bits(answer: &RiskAnswer) -> Vec<u64> {
    answer.expected.iter().map(|v| v.to_bits()).collect()
}

#[test]
fn one_after_another_is_as_each_alone_on_any_number_of_threads() {
    let (grid, zone, hours) = (grid(), zone(), HourSet::full());
    let events = clustered(1500, 300, 1);
    let questions: Vec<RiskQuestion<'_>> = (0..4)
        .map(|week| 24 * (240 + 7 * week))
        .map(|h| question(&grid, window(0, h), window(h, h + 168), &zone, &hours))
        .collect();
    let together = |threads: usize| {
        let pool = rayon::ThreadPoolBuilder::new().num_threads(threads);
        pool.build().unwrap().install(|| {
            let mut answers = Vec::new();
            Mixture::default()
                .predict_each(&questions, &events, &mut |answer| {
                    answers.push(answer);
                    ControlFlow::Continue(())
                })
                .unwrap();
            answers
        })
    };
    let (one, two) = (together(1), together(2));
    for (question, (one, two)) in questions.iter().zip(one.iter().zip(&two)) {
        let alone = Mixture::default().predict(question, &events).unwrap();
        assert_eq!(bits(&alone), bits(one));
        assert_eq!(bits(one), bits(two));
        assert_eq!(alone.parameters, one.parameters);
    }
}

#[test]
fn what_comes_after_the_cut_off_is_not_seen() {
    let grid = grid();
    let (past, window_asked) = (window(0, 24 * 200), window(24 * 200, 24 * 207));
    let events = clustered(1000, 200, 2);
    let mut planted = events.clone();
    planted.extend((0..500).map(|i| event(0.9, 0.1, 200 * 1440 + i)));
    let mut reversed = planted.clone();
    reversed.reverse();
    let honest = ask(&grid, past, window_asked, &events);
    let backwards = ask(&grid, past, window_asked, &reversed);
    assert_eq!(
        bits(&honest),
        bits(&backwards),
        "the order of rows means nothing"
    );
    assert_eq!(
        bits(&honest),
        bits(&ask(&grid, past, window_asked, &planted))
    );
    assert_eq!(
        honest.events,
        1000 - events
            .iter()
            .filter(|e| grid.index_at(e.position).is_none())
            .count()
    );
}

#[test]
fn it_is_as_good_as_the_best_of_its_members_and_better_than_the_rest() {
    let (grid, zone, hours) = (grid(), zone(), HourSet::full());
    let events = clustered(3000, 400, 3);
    let of = |model: &dyn RiskModel| {
        let (mut log, mut count) = (0.0, 0.0);
        for week in 0..8 {
            let h = 24 * (340 + 7 * week);
            let asked = question(&grid, window(0, h), window(h, h + 168), &zone, &hours);
            let answer = model.predict(&asked, &events).unwrap();
            let seen = observed(&asked, &events);
            let scored = score(asked.window, &answer.expected, &seen, grid.area_km2(), &[]);
            log += scored.log_sum;
            count += scored.events;
        }
        log / count
    };
    let mixture = of(&Mixture::default());
    // With so many events a cell the count is the truth, and learning that costs a little.
    for (name, bandwidth_m, by) in [
        ("count", None, -0.01),
        ("kde", Some(300.0), 0.0),
        ("kde", Some(800.0), 0.05),
    ] {
        let settings = ModelSettings {
            bandwidth_m,
            ..ModelSettings::default()
        };
        let other = of(by_name(name, settings).unwrap().as_ref());
        assert!(
            mixture > other + by,
            "{mixture} against {other} of {name} {bandwidth_m:?}"
        );
    }
}

#[test]
fn the_night_has_its_own_map() {
    let grid = grid();
    // One corner by day, the other by night, day for day.
    let mut events = Vec::new();
    let mut rng = ChaCha8Rng::seed_from_u64(4);
    for day in 0..120 {
        for _ in 0..4 {
            let mut near = || rng.random::<f64>() * 0.1;
            events.push(event(0.1 + near(), 0.1 + near(), day * 1440 + 13 * 60));
            events.push(event(0.8 + near(), 0.8 + near(), day * 1440 + 23 * 60));
        }
    }
    let past = window(0, 24 * 120);
    let by_day = ask(&grid, past, window(24 * 120 + 11, 24 * 120 + 15), &events);
    let by_night = ask(&grid, past, window(24 * 120 + 21, 24 * 121 + 1), &events);
    let north = |answer: &RiskAnswer| {
        let in_north = |i: &usize| grid.centre(*i).lat() > SOUTH + SIDE / 2.0;
        let sum: f64 = (0..grid.len())
            .filter(in_north)
            .map(|i| answer.expected[i])
            .sum();
        sum / answer.expected.iter().sum::<f64>()
    };
    assert!(north(&by_day) < 0.2, "{}", north(&by_day));
    assert!(north(&by_night) > 0.8, "{}", north(&by_night));
    // Each is about the four incidents of its hours.
    for answer in [&by_day, &by_night] {
        let total: f64 = answer.expected.iter().sum();
        assert!((2.5..5.5).contains(&total), "{total}");
    }
    let (zone, hours) = (zone(), HourSet::full());
    let asked = question(
        &grid,
        past,
        window(24 * 120 + 21, 24 * 121 + 1),
        &zone,
        &hours,
    );
    let without = Mixture { hours: false }.predict(&asked, &events).unwrap();
    assert!((0.4..0.6).contains(&north(&without)));
}

#[test]
fn no_incident_is_an_empty_surface_and_one_is_a_surface() {
    let grid = grid();
    let (past, asked) = (window(0, 24 * 100), window(24 * 100, 24 * 107));
    let none = ask(&grid, past, asked, &[]);
    assert!(none.expected.iter().all(|v| *v == 0.0));
    let one = ask(&grid, past, asked, &[event(0.5, 0.5, 1000)]);
    let total: f64 = one.expected.iter().sum();
    assert!(total > 0.0 && total < 0.3, "{total}");
    let minute: Vec<RiskEvent> = (0..300).map(|_| event(0.5, 0.5, 1000)).collect();
    let all = ask(&grid, past, asked, &minute);
    assert!(all.expected.iter().all(|v| v.is_finite() && *v >= 0.0));
    // A window of ten years, and a look-back of a minute.
    let long = ask(&grid, past, window(24 * 100, 24 * 3750), &minute);
    assert!(long.expected.iter().all(|v| v.is_finite() && *v >= 0.0));
    let short = Window::new(after(0), start() + SignedDuration::from_mins(1)).unwrap();
    let brief = ask(&grid, short, asked, &[event(0.5, 0.5, 0)]);
    assert!(brief.expected.iter().all(|v| v.is_finite() && *v >= 0.0));
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(12))]

    #[test]
    fn always_finite_and_never_negative(
        places in prop::collection::vec((-0.2..1.2f64, -0.2..1.2f64, 0i64..200_000), 0..60),
        from in 0i64..100, length in 1i64..3000, gap in 0i64..200,
    ) {
        let grid = grid();
        let events: Vec<RiskEvent> = places.iter().map(|&(x, y, m)| event(x, y, m)).collect();
        let end = from + 24 * 100;
        let asked = window(end + gap, end + gap + length);
        let answer = ask(&grid, window(from, end), asked, &events);
        prop_assert_eq!(answer.expected.len(), grid.len());
        prop_assert!(answer.expected.iter().all(|v| v.is_finite() && *v >= 0.0));
    }
}
