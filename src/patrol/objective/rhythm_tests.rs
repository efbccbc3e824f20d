//! A sequence of stored shifts: what is due once a day is visited once a day.

use jiff::tz::TimeZone;

use super::*;
use crate::calendar::window::Window;
use crate::patrol::made_up::{TownSize, town};
use crate::patrol::plan_tests::on_the_map;
use crate::patrol::point_visits::{last_visit, visits_of};
use crate::patrol::referee::check;
use crate::patrol::search::anneal::search;
use crate::patrol::search::budget::Budget;

const DAY: i64 = 86_400;

fn nightly(night: i64, hours: f64, seed: u64) -> PlanProblem {
    let size = TownSize {
        units: 2,
        candidates: 20,
        must_visits: 2,
        hours,
        side_m: 4000.0,
    };
    let mut problem = town(size, seed).unwrap();
    let later = SignedDuration::from_secs(night * DAY);
    let (from, until) = (problem.window.start() + later, problem.window.end() + later);
    problem.window = Window::new(from, until).unwrap();
    for must in &mut problem.must_visits {
        must.windows_ms.clear();
        must.every_ms = Some(86_400_000);
    }
    problem
}

/// Two points due every 24 hours, over fortnights of nights of four hours, each planned from
/// what the nights before have visited.
#[test]
fn daily_is_about_once_a_night() {
    for seed in 0..3 {
        let mut visited = Vec::new();
        for night in 0..14 {
            let mut problem = nightly(night, 4.0, seed);
            let start = problem.window.start();
            for must in &mut problem.must_visits {
                let last = last_visit(&visited, &must.name, must.position, start);
                let ago = last.map(|at| start.duration_since(at).as_millis() as u32);
                assert_eq!(ago.is_some(), night > 0, "seed {seed}, night {night}");
                must.since_ms = ago;
            }
            let rounds = search(&problem, &Budget::iterations(150)).unwrap();
            let found = rhythms(&problem, &rounds);
            for point in &found {
                assert_eq!(point.visits, 1, "seed {seed}, night {night}: {found:?}");
                assert!(point.kept, "seed {seed}, night {night}: {found:?}");
                assert!(point.due > problem.window.end());
            }
            let plan = on_the_map(&problem, &rounds);
            assert_eq!(check(&problem, &plan), Ok(()));
            visited.extend(visits_of(&plan, problem.window.end()));
        }
    }
}

#[test]
fn what_is_not_due_is_kept_without_a_visit_and_said_so() {
    let mut problem = nightly(0, 4.0, 1);
    problem.must_visits[0].since_ms = Some(3_600_000);
    let rounds = search(&problem, &Budget::iterations(50)).unwrap();
    let found = rhythms(&problem, &rounds);
    assert_eq!(
        found.iter().map(|r| (r.visits, r.kept)).collect::<Vec<_>>(),
        [(0, true), (1, true)]
    );
    let words = rhythm_lines(&found, &TimeZone::UTC, Language::English);
    assert!(
        words[0].contains("not due in this shift, but by "),
        "{words:?}"
    );
    assert!(words[1].contains(": 1 visit, due again by "), "{words:?}");
    let plan = on_the_map(&problem, &rounds);
    assert_eq!(check(&problem, &plan), Ok(()));
    // It may not be said to be kept where it was due and nobody came.
    problem.must_visits[0].since_ms = None;
    assert!(check(&problem, &plan).is_err());
}
