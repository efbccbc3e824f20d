//! Who has no stop is named, and nobody else.

use jiff::tz::TimeZone;

use super::*;
use crate::patrol::feasible_words::{cause, remedy};
use crate::patrol::made_up::{TownSize, town};
use crate::patrol::problem::UnitBreak;
use crate::patrol::reason::Language;
use crate::patrol::search::anneal::search;
use crate::patrol::search::budget::Budget;

#[test]
fn a_unit_without_stops_is_named_with_its_reason() {
    let size = TownSize {
        units: 4,
        candidates: 30,
        must_visits: 1,
        hours: 3.0,
        side_m: 4000.0,
    };
    let mut problem = town(size, 3).unwrap();
    // A beat of its own, with one place where nothing is expected.
    problem.candidates[7].beat = Some(90);
    problem.candidates[7].risk_by_hour.fill(0.0);
    problem.must_visits[0].beat = Some(91);
    for (number, candidate) in problem.candidates.iter_mut().enumerate() {
        if number != 7 {
            candidate.beat = Some(1);
        }
    }
    problem.units[0].beats = Some(vec![90]);
    // Nine minutes are too few for a stop of ten.
    problem.units[1].until_ms = problem.units[1].from_ms + 9 * 60_000;
    let rounds = search(&problem, &Budget::iterations(60)).unwrap();
    let found = idle_units(&problem, &rounds.of_unit);
    assert_eq!(
        found,
        [
            Obstacle::Idle {
                unit: problem.units[0].call_sign.clone(),
                why: ObstacleWhy::NothingThere,
            },
            Obstacle::Idle {
                unit: problem.units[1].call_sign.clone(),
                why: ObstacleWhy::NoTimeToStop,
            },
        ]
    );
    for obstacle in &found {
        for language in [Language::English, Language::Chinese] {
            let words = cause(obstacle, &TimeZone::UTC, language);
            assert!(words.contains(&problem.units[0].call_sign[..1]), "{words}");
            assert!(!remedy(obstacle, language).is_empty());
        }
    }
    // A unit that has its break and nothing else is named too.
    let mut resting = problem.clone();
    resting.units[0].breaks = vec![UnitBreak {
        window_ms: (resting.units[0].from_ms, resting.units[0].until_ms),
        length_ms: 600_000,
        place: None,
    }];
    let rounds = search(&resting, &Budget::iterations(60)).unwrap();
    assert_eq!(rounds.of_unit[0].len(), 1);
    assert_eq!(idle_units(&resting, &rounds.of_unit), found);
    // What everybody's stops cover already is worth nothing to one more unit.
    let silent = vec![Vec::new(); 4];
    let all = idle_units(&problem, &silent);
    assert!(matches!(
        all[2],
        Obstacle::Idle {
            why: ObstacleWhy::NothingGained,
            ..
        }
    ));
}
