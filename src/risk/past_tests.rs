//! The numbers that all models share, told through `count` and `kde`: totals, hours,
//! forgetting, rhythm, dates without a time, bad input.

use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp};
use proptest::prelude::*;

use crate::calendar::shift::Shift;
use crate::calendar::text::{parse_hours, parse_window};
use crate::calendar::week::HourSet;
use crate::calendar::window::Window;
use crate::grid::hexgrid::HexGrid;
use crate::place::area::Area;
use crate::place::position::Position;
use crate::risk::count::Count;
use crate::risk::kde::Kde;
use crate::risk::model::{RiskAnswer, RiskError, RiskEvent, RiskModel, RiskQuestion};
use crate::risk::models::{self, ModelSettings};

const WEST: f64 = 123.40;
const SOUTH: f64 = 41.75;
const SIZE: f64 = 0.03;

fn grid() -> HexGrid {
    let (e, n) = (WEST + SIZE, SOUTH + SIZE);
    let ring = vec![[WEST, SOUTH], [e, SOUTH], [e, n], [WEST, n], [WEST, SOUTH]];
    HexGrid::cover(&Area::from_rings(&[vec![ring]]).unwrap(), 9, &[]).unwrap()
}

fn zone() -> TimeZone {
    TimeZone::get("America/Chicago").unwrap()
}

fn window(text: &str) -> Window {
    let today = jiff::civil::date(2010, 1, 1);
    parse_window(text, &Shift::defaults(), &zone(), today).unwrap()
}

fn event(x: f64, y: f64, at: Timestamp) -> RiskEvent {
    RiskEvent {
        position: Position::wrapped(WEST + x * SIZE, SOUTH + y * SIZE),
        at,
    }
}

/// Events every `step` seconds over a window, scattered over the ground.
fn every(step: i64, over: Window) -> Vec<RiskEvent> {
    (0..)
        .map(|i: i64| (i, over.start() + SignedDuration::from_secs(i * step)))
        .take_while(|&(_, at)| at < over.end())
        .map(|(i, at)| {
            event(
                (i * 37 % 101) as f64 / 101.0,
                (i * 53 % 97) as f64 / 97.0,
                at,
            )
        })
        .collect()
}

fn ask(
    model: &dyn RiskModel,
    events: &[RiskEvent],
    look_back: Window,
    window: Window,
    hours: &HourSet,
) -> Result<RiskAnswer, RiskError> {
    let question = RiskQuestion {
        grid: &grid(),
        look_back,
        window,
        hours,
        zone: &zone(),
        terrain: &[],
        without: &[],
    };
    model.predict(&question, events)
}

/// Asks with a stretch of the past of which nothing is known.
fn ask_without(
    model: &dyn RiskModel,
    events: &[RiskEvent],
    [look_back, window, unknown]: [Window; 3],
) -> RiskAnswer {
    let question = RiskQuestion {
        grid: &grid(),
        look_back,
        window,
        hours: &HourSet::full(),
        zone: &zone(),
        terrain: &[],
        without: &[unknown],
    };
    model.predict(&question, events).unwrap()
}

/// Where events come evenly, a quarantine of some weeks changes no rate: neither its events
/// nor its time count, whatever is in it.
#[test]
fn a_quarantined_time_is_no_quiet_time() {
    let past = window("2010-01-01/2010-07-01");
    let unknown = window("2010-05-10/2010-06-14");
    let night = window("night@2010-07-02");
    let events = every(5400, past);
    let outside: Vec<RiskEvent> = events
        .iter()
        .copied()
        .filter(|e| !unknown.contains(e.at))
        .collect();
    let half_life = ModelSettings {
        half_life_days: Some(20.0),
        ..ModelSettings::default()
    };
    let mut tried: Vec<(&str, ModelSettings)> = models::NAMES
        .map(|name| (name, ModelSettings::default()))
        .into();
    tried.push(("count", half_life));
    tried.push(("kde", half_life));
    for (name, settings) in tried {
        let model = models::by_name(name, settings).unwrap();
        let model = model.as_ref();
        let known = total(&ask(model, &events, past, night, &HourSet::full()).unwrap());
        let held = ask_without(model, &outside, [past, night, unknown]);
        assert!(
            (total(&held) / known - 1.0).abs() < 0.06,
            "{name}: {} for {known}",
            total(&held)
        );
        // What the batch held does not matter.
        let flooded = ask_without(model, &events, [past, night, unknown]);
        assert!((total(&flooded) - total(&held)).abs() < 1e-9, "{name}");
        if name == "count" {
            let taken_for_quiet = ask(model, &outside, past, night, &HourSet::full()).unwrap();
            assert!(
                total(&taken_for_quiet) < 0.9 * known,
                "the fault that this is about"
            );
        }
    }
}

fn total(answer: &RiskAnswer) -> f64 {
    assert!(answer.expected.iter().all(|v| v.is_finite() && *v >= 0.0));
    answer.expected.iter().sum()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(40))]

    /// A window as long as its look-back: the events themselves, whatever the season.
    #[test]
    fn the_same_length_gives_the_same_number(
        start in 1_200_000_000i64..1_500_000_000, hours in 1i64..9000, gap in 0i64..5000,
        step in 1800i64..40_000,
    ) {
        let at = |s| Timestamp::from_second(s).unwrap();
        let past = Window::new(at(start), at(start + hours * 3600)).unwrap();
        let later = Window::new(at(start + (hours + gap) * 3600), at(start + (2 * hours + gap) * 3600)).unwrap();
        let events = every(step, past);
        let count = ask(&Count::default(), &events, past, later, &HourSet::full()).unwrap();
        prop_assert_eq!(count.events, events.len());
        prop_assert_eq!(total(&count), events.len() as f64);
        let kde = ask(&Kde::default(), &events, past, later, &HourSet::full()).unwrap();
        prop_assert_eq!(kde.events, events.len());
        prop_assert!((total(&kde) - events.len() as f64).abs() < 1e-9 * (1.0 + events.len() as f64));
    }

    /// What comes after the cut-off is not looked at.
    #[test]
    fn no_model_sees_the_future(late in prop::collection::vec((0.0..1.0f64, 0.0..1.0f64, 0i64..1_000_000), 0..30)) {
        let past = window("2010-01-01/2010-03-01");
        let mut events = every(7000, past);
        for name in models::NAMES {
            let model = models::by_name(name, ModelSettings::default()).unwrap();
            let night = window("night@2010-03-02");
            let before = ask(model.as_ref(), &events, past, night, &HourSet::full()).unwrap();
            let planted = late.iter().map(|&(x, y, s)| event(x, y, past.end() + SignedDuration::from_secs(s)));
            events.extend(planted);
            let after = ask(model.as_ref(), &events, past, night, &HourSet::full()).unwrap();
            prop_assert_eq!(before, after);
        }
    }
}

#[test]
fn only_wanted_hours_count_in_past_and_window() {
    let past = window("2010-01-04/2010-02-01");
    let night = parse_hours("22-6").unwrap();
    let at_23 = |day: i64| past.start() + SignedDuration::from_hours(24 * day + 23);
    let at_12 = |day: i64| past.start() + SignedDuration::from_hours(24 * day + 12);
    let mut events: Vec<RiskEvent> = (0..28).map(|d| event(0.5, 0.5, at_23(d))).collect();
    events.extend((0..28).map(|d| event(0.2, 0.2, at_12(d))));
    let week = window("2010-02-01/2010-02-08");
    let answer = ask(&Count::default(), &events, past, week, &night).unwrap();
    assert_eq!(answer.events, 28);
    assert!((total(&answer) - 7.0).abs() < 1e-12, "one a night");
    let noon = window("2010-02-01T12:00/2010-02-01T13:00");
    assert_eq!(
        ask(&Count::default(), &events, past, noon, &night),
        Err(RiskError::NoHours)
    );
}

#[test]
fn a_night_differs_from_an_afternoon() {
    let past = window("2010-01-04/2010-03-08");
    // One an hour, and from 22:00 to 24:00 four more.
    let mut events = every(3600, past);
    for day in 0..63 {
        for extra in 0..8 {
            let at = SignedDuration::from_mins(24 * 60 * day + 22 * 60 + extra * 15);
            events.push(event(0.3, 0.3 + extra as f64 / 20.0, past.start() + at));
        }
    }
    let expected = |text: &str| {
        let full = HourSet::full();
        total(&ask(&Count::default(), &events, past, window(text), &full).unwrap())
    };
    let (night, noon) = (
        expected("2010-03-09T22:00/2010-03-10"),
        expected("2010-03-09T12:00/2010-03-09T14:00"),
    );
    assert!((night - 10.0).abs() < 0.7, "{night}");
    assert!((noon - 2.0).abs() < 0.2, "{noon}");
    // The day as a whole is the mean.
    assert!((expected("2010-03-09/2010-03-10") - 32.0).abs() < 1.0);
}

#[test]
fn half_lives_forget() {
    let past = window("2010-01-01/2010-05-01");
    let later = window("2010-05-01/2010-05-31");
    let old = event(0.2, 0.2, past.end() - SignedDuration::from_hours(24 * 90));
    let new = event(0.8, 0.8, past.end() - SignedDuration::from_hours(24 * 30));
    let count = Count {
        half_life_days: Some(30.0),
    };
    let answer = ask(&count, &[old, new], past, later, &HourSet::full()).unwrap();
    let grid = grid();
    let at = |e: RiskEvent| answer.expected[grid.index_at(e.position).unwrap()];
    assert!((at(new) / at(old) - 4.0).abs() < 1e-9);
    // A steady stream keeps its rate, whatever is forgotten.
    let steady = every(3600, past);
    for half_life_days in [None, Some(3.0), Some(30.0), Some(1e6)] {
        let answer = ask(
            &Count { half_life_days },
            &steady,
            past,
            later,
            &HourSet::full(),
        )
        .unwrap();
        assert!(
            (total(&answer) / 720.0 - 1.0).abs() < 0.01,
            "{half_life_days:?}: {}",
            total(&answer)
        );
    }
}

#[test]
fn dates_without_a_time_are_spread_over_the_day() {
    let past = window("2010-01-04/2010-03-01");
    let events = every(12 * 3600, past); // noon and midnight
    let noon_only: Vec<RiskEvent> = every(24 * 3600, past);
    let night = window("night@2010-03-01");
    let dated = ask(&Count::default(), &noon_only, past, night, &HourSet::full()).unwrap();
    assert!(dated.parameters["time_of_day"].starts_with("unknown"));
    assert!(
        (total(&dated) - 8.0 / 24.0).abs() < 0.01,
        "{}",
        total(&dated)
    );
    let nights = parse_hours("22-6").unwrap();
    let dated = ask(&Count::default(), &noon_only, past, night, &nights).unwrap();
    assert!(
        (total(&dated) - 8.0 / 24.0).abs() < 0.01,
        "{}",
        total(&dated)
    );
    let timed = ask(&Count::default(), &events, past, night, &HourSet::full()).unwrap();
    assert!(!timed.parameters.contains_key("time_of_day"));
}

#[test]
fn little_or_odd_data_give_honest_surfaces() {
    let past = window("2010-01-01/2010-05-01");
    let night = window("night@2010-05-02");
    let one_minute = past.start() + SignedDuration::from_hours(1000);
    let outside = RiskEvent {
        position: Position::wrapped(0.0, 0.0),
        at: one_minute,
    };
    let cases: [(&str, Vec<RiskEvent>, usize); 6] = [
        ("nothing", vec![], 0),
        ("one", vec![event(0.5, 0.5, one_minute)], 1),
        (
            "all at one place and minute",
            vec![event(0.5, 0.5, one_minute); 500],
            500,
        ),
        ("outside", vec![outside; 30], 0),
        (
            "before the look-back",
            vec![event(0.5, 0.5, past.start() - SignedDuration::from_hours(1)); 3],
            0,
        ),
        ("at the cut-off", vec![event(0.5, 0.5, past.end()); 3], 0),
    ];
    for name in models::NAMES {
        for half_life_days in [None, Some(1e-3), Some(90.0)] {
            let settings = ModelSettings {
                half_life_days,
                ..Default::default()
            };
            // Some models find that out by themselves.
            let Ok(model) = models::by_name(name, settings) else {
                assert!(half_life_days.is_some());
                continue;
            };
            for (what, events, learned) in &cases {
                let answer = ask(model.as_ref(), events, past, night, &HourSet::full()).unwrap();
                let sum = total(&answer);
                if half_life_days != Some(1e-3) {
                    assert_eq!(answer.events, *learned, "{name} {what}");
                    assert_eq!(sum > 0.0, *learned > 0, "{name} {what}");
                }
            }
        }
    }
}

/// Whatever the hours and however coarse the times, all models agree on how many.
#[test]
fn models_differ_in_where_not_in_how_many() {
    let past = window("2010-01-04/2010-07-05");
    let timed = every(3 * 3600, past);
    let dated: Vec<RiskEvent> = (timed.iter())
        .map(|event| {
            let noon = zone().to_datetime(event.at).date().at(12, 0, 0, 0);
            RiskEvent {
                at: zone().to_timestamp(noon).unwrap(),
                ..*event
            }
        })
        .collect();
    let nights = parse_hours("22-6").unwrap();
    for (events, hours) in [
        (&timed, HourSet::full()),
        (&timed, nights.clone()),
        (&dated, HourSet::full()),
        (&dated, nights),
    ] {
        let fortnight = window("2010-07-05/2010-07-19");
        for half_life_days in [None, Some(60.0)] {
            let count = Count { half_life_days };
            let wanted = total(&ask(&count, events, past, fortnight, &hours).unwrap());
            for name in models::NAMES {
                let settings = ModelSettings {
                    half_life_days,
                    ..Default::default()
                };
                let Ok(model) = models::by_name(name, settings) else {
                    assert!(half_life_days.is_some());
                    continue;
                };
                let answer = ask(model.as_ref(), events, past, fortnight, &hours).unwrap();
                let sum = total(&answer);
                // The mixture may go by the last weeks only, and here it does and is right: from
                // March on the clock puts three events into a night and no longer two or three.
                if name == "mixture" {
                    continue;
                }
                // hawkes says how many by itself; the others take the past's rate.
                let off = if name == "hawkes" { 0.06 } else { 0.01 };
                assert!(
                    (sum / wanted - 1.0).abs() < off,
                    "{name}: {sum} for {wanted}, {:?}",
                    answer.parameters
                );
            }
        }
    }
}

#[test]
fn bad_parameters_are_refused() {
    let (past, later) = (window("2010-01-01/2010-05-01"), window("night@2010-05-02"));
    let full = HourSet::full();
    for bad in [0.0, -1.0, f64::NAN, f64::INFINITY, f64::NEG_INFINITY] {
        for name in ["count", "kde"] {
            let settings = ModelSettings {
                half_life_days: Some(bad),
                ..Default::default()
            };
            let model = models::by_name(name, settings).unwrap();
            let refused = ask(model.as_ref(), &[], past, later, &full);
            assert!(
                matches!(refused, Err(RiskError::Parameter { name, .. }) if name == "half_life_days")
            );
        }
        for name in ["kde", "adaptive_kde"] {
            let settings = ModelSettings {
                bandwidth_m: Some(bad),
                ..Default::default()
            };
            let model = models::by_name(name, settings).unwrap();
            let refused = ask(model.as_ref(), &[], past, later, &full);
            assert!(
                matches!(refused, Err(RiskError::Parameter { name, .. }) if name == "bandwidth_m")
            );
        }
    }
    let wide = Kde {
        bandwidth_m: Some(1e6),
        half_life_days: None,
    };
    assert!(matches!(
        ask(&wide, &[], past, later, &full),
        Err(RiskError::OutOfRange { .. })
    ));
    assert!(matches!(
        models::by_name(
            "mixture",
            ModelSettings {
                half_life_days: Some(9.0),
                ..Default::default()
            }
        )
        .map(|_| ()),
        Err(RiskError::NoSuchSetting {
            setting: "half_life_days",
            ..
        })
    ));
    assert!(matches!(
        models::by_name("oracle", ModelSettings::default()).map(|_| ()),
        Err(RiskError::UnknownModel(name)) if name == "oracle"
    ));
    let ages = window("-009000-01-01/9000-01-01");
    for (a, b) in [(ages, later), (past, ages)] {
        assert!(matches!(
            ask(&Count::default(), &[], a, b, &full),
            Err(RiskError::TooLong { .. })
        ));
    }
    let none: HourSet = std::iter::empty().collect();
    assert_eq!(
        ask(&Count::default(), &[], past, later, &none),
        Err(RiskError::NoHours)
    );
}

#[test]
fn a_bandwidth_below_a_cell_is_a_count() {
    let past = window("2010-01-01/2010-05-01");
    let later = window("2010-05-02/2010-06-02");
    let events = every(50_000, past);
    let kde = Kde {
        bandwidth_m: Some(1e-3),
        half_life_days: None,
    };
    let (kde, count) = (
        ask(&kde, &events, past, later, &HourSet::full()).unwrap(),
        ask(&Count::default(), &events, past, later, &HourSet::full()).unwrap(),
    );
    for (a, b) in kde.expected.iter().zip(&count.expected) {
        assert!((a - b).abs() < 1e-12);
    }
}
