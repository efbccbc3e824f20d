//! A sequence of stored shifts: what is due once a day is visited once a day.

use jiff::tz::TimeZone;

use super::*;
use crate::calendar::window::Window;
use crate::patrol::made_up::{TownSize, block_times, town};
use crate::patrol::plan_tests::on_the_map;
use crate::patrol::point_visits::{last_visit, visits_of};
use crate::patrol::problem::{MustVisit, Pin};
use crate::patrol::referee::check;
use crate::patrol::replan::travel::snaps;
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

/// A post that is due daily, and asked for besides by its time, or pinned to a unit: a
/// must-visit of its own for the same point.
#[test]
fn a_visit_that_is_asked_for_counts_for_the_frequency() {
    for (seed, pinned) in [(1, false), (2, true), (3, false), (4, true)] {
        let mut problem = nightly(0, 4.0, seed);
        problem.must_visits[1] = MustVisit {
            windows_ms: vec![(3_600_000, 10_800_000)],
            every_ms: None,
            ..problem.must_visits[0].clone()
        };
        let all = snaps(&problem);
        problem.travel = block_times(&all, &all);
        if pinned {
            problem.pins.push(Pin {
                what: StopFor::MustVisit {
                    must_visit: 1,
                    window: 0,
                },
                unit: Some(1),
                window_ms: (3_600_000, 10_800_000),
            });
        }
        let rounds = search(&problem, &Budget::iterations(150)).unwrap();
        assert_eq!(rounds.missed, []);
        let found = rhythms(&problem, &rounds);
        assert_eq!(found.len(), 1);
        assert_eq!((found[0].visits, found[0].kept), (1, true), "seed {seed}");
        let stops = rounds.of_unit.iter().flatten();
        let visits = stops.filter(|s| matches!(s.what, StopFor::MustVisit { .. }));
        assert_eq!(visits.count(), 1, "seed {seed}");
        let plan = on_the_map(&problem, &rounds);
        assert_eq!(plan.missed, []);
        assert_eq!(check(&problem, &plan), Ok(()));
        // Another point of that name is another point.
        problem.must_visits[1].id.push('b');
        assert!(check(&problem, &plan).is_err());
    }
}
