//! Each obstacle is named, and only where it is one.

use jiff::tz::TimeZone;

use crate::patrol::feasible::{Obstacle, ObstacleWhy, obstacles};
use crate::patrol::feasible_words::{cause, remedy};
use crate::patrol::made_up::{TownSize, town};
use crate::patrol::problem::{Pin, PlanProblem, StopFor, UnitBreak};
use crate::patrol::reason::Language;
use crate::roads::network::UNREACHABLE;

fn small(units: usize, candidates: usize, must_visits: usize) -> PlanProblem {
    let size = TownSize {
        units,
        candidates,
        must_visits,
        hours: 2.0,
        side_m: 4000.0,
    };
    town(size, 4).unwrap()
}

#[test]
fn a_sound_problem_has_none() {
    assert_eq!(obstacles(&small(2, 9, 1)), []);
}

#[test]
fn nothing_to_plan_is_said() {
    assert_eq!(obstacles(&small(0, 5, 0)), [Obstacle::NoUnits]);
    assert_eq!(obstacles(&small(2, 0, 0)), [Obstacle::NoStops]);
    let mut no_shift = small(1, 5, 0);
    no_shift.units[0].from_ms = no_shift.units[0].until_ms;
    let unit = "U00".to_owned();
    assert_eq!(obstacles(&no_shift), [Obstacle::NoShift { unit }]);
}

#[test]
fn a_post_that_is_too_far_says_from_when_it_can_be_reached() {
    let mut problem = small(2, 5, 1);
    problem.must_visits[0].windows_ms = vec![(0, 1000)];
    let found = obstacles(&problem);
    let [Obstacle::MustVisit { why, .. }] = &found[..] else {
        panic!("{found:?}");
    };
    assert!(matches!(why, ObstacleWhy::TooEarly { .. }));
    let words = cause(&found[0], &TimeZone::UTC, Language::English);
    let drive = (0..2).map(|u| problem.travel.millis(u, 7).unwrap()).min();
    let minute = drive.unwrap() / 60_000;
    assert!(
        words.contains(&format!("can't be reached before 00:0{minute} by any unit")),
        "{words}"
    );
    assert!(cause(&found[0], &TimeZone::UTC, Language::Chinese).contains("最早"));
    assert!(remedy(&found[0], Language::English).contains("later"));
    let points = problem.points();
    for from in 0..points {
        problem.travel.millis[from * points + 7] = UNREACHABLE;
    }
    let found = obstacles(&problem);
    assert!(matches!(
        found[..],
        [Obstacle::MustVisit {
            why: ObstacleWhy::NoWay,
            ..
        }]
    ));
}

#[test]
fn skills_beats_and_ends_that_rule_all_out_are_named() {
    let mut skills = small(2, 5, 1);
    skills.must_visits[0].needs = vec!["dog".into()];
    assert!(matches!(
        obstacles(&skills)[..],
        [Obstacle::MustVisit {
            why: ObstacleWhy::NoUnitMay,
            ..
        }]
    ));
    skills.units[1].skills = vec!["dog".into()];
    assert_eq!(obstacles(&skills), []);
    let mut beats = small(1, 5, 0);
    beats.units[0].beats = Some(vec![99]);
    assert_eq!(
        obstacles(&beats),
        [
            Obstacle::NowhereToStop { unit: "U00".into() },
            Obstacle::Candidates { count: 5, of: 5 }
        ]
    );
}

#[test]
fn pins_breaks_and_frequencies_that_cannot_be_are_named() {
    let mut problem = small(2, 5, 1);
    problem.not_these = vec![3];
    problem.pins = vec![Pin {
        what: StopFor::Candidate(3),
        unit: Some(1),
        window_ms: (0, 7_200_000),
    }];
    problem.units[0].breaks = vec![UnitBreak {
        window_ms: (7_000_000, 7_100_000),
        length_ms: 1_200_000,
        place: None,
    }];
    problem.must_visits[0].windows_ms.clear();
    problem.must_visits[0].every_ms = Some(10_000);
    let found = obstacles(&problem);
    assert!(
        matches!(
            &found[..],
            [
                Obstacle::Pin {
                    why: ObstacleWhy::Forbidden,
                    ..
                },
                Obstacle::Break {
                    why: ObstacleWhy::ShiftEnds,
                    ..
                },
                Obstacle::Frequency {
                    why: ObstacleWhy::TooEarly { .. },
                    ..
                },
                Obstacle::Candidates { count: 1, of: 5 }
            ]
        ),
        "{found:?}"
    );
}

#[test]
fn a_visit_that_is_asked_of_a_unit_names_that_unit() {
    let mut problem = small(2, 5, 1);
    problem.must_visits[0].windows_ms = vec![(0, 1000)];
    problem.pins = vec![Pin {
        what: StopFor::MustVisit {
            must_visit: 0,
            window: 0,
        },
        unit: Some(1),
        window_ms: (0, 3_600_000),
    }];
    let found = obstacles(&problem);
    let own = problem.units[1].call_sign.as_str();
    assert!(matches!(&found[..], [Obstacle::Pin { unit: Some(unit), .. }] if unit == own));
    let words = cause(&found[0], &TimeZone::UTC, Language::English);
    assert!(words.ends_with(&format!(" by {own}")), "{words}");
    assert!(!words.contains("any unit"), "{words}");
    let Obstacle::Pin { name, until, .. } = &found[0] else {
        return;
    };
    for why in [
        ObstacleWhy::NoUnitMay,
        ObstacleWhy::NoWay,
        ObstacleWhy::TooEarly { earliest: *until },
        ObstacleWhy::ShiftEnds,
        ObstacleWhy::Forbidden,
    ] {
        let of = |unit: Option<&str>| {
            let pin = Obstacle::Pin {
                name: name.clone(),
                unit: unit.map(str::to_owned),
                until: *until,
                why,
            };
            cause(&pin, &TimeZone::UTC, Language::Chinese)
        };
        let (of_one, of_any) = (of(Some(own)), of(None));
        // Nothing is said of all units where one alone is meant.
        assert!(of_one.contains(own), "{of_one}");
        assert!(!of_one.contains("没有具备相应技能"), "{of_one}");
        assert!(!of_any.contains(own), "{of_any}");
    }
}

#[test]
fn what_is_late_by_seconds_is_told_to_the_second() {
    let mut problem = small(2, 5, 1);
    let drive = (0..2).filter_map(|u| problem.travel.millis(u, 7)).min();
    let drive_ms = drive.unwrap();
    // In the minute in which somebody could be there, but before that.
    let until_ms = drive_ms / 60_000 * 60_000 + 1000;
    assert!(until_ms + 1000 < drive_ms, "{drive_ms}");
    problem.must_visits[0].windows_ms = vec![(0, until_ms)];
    let found = obstacles(&problem);
    let words = cause(&found[0], &TimeZone::UTC, Language::English);
    let (minute, second) = (drive_ms / 60_000, (drive_ms % 60_000).div_ceil(1000));
    assert!(
        words.contains(&format!("due until 00:0{minute}:01")),
        "{words}"
    );
    assert!(
        words.contains(&format!("can't be reached before 00:0{minute}:{second:02}")),
        "{words}"
    );
}
