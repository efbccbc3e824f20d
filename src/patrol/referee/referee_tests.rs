//! The referee passes what the search makes, and sees every kind of tampering.

use std::collections::BTreeMap;

use jiff::{SignedDuration, Timestamp};
use proptest::prelude::*;

use crate::calendar::week::HourSet;
use crate::patrol::assemble::{About, assemble};
use crate::patrol::made_up::{TownSize, town};
use crate::patrol::plan::{
    Missed, MissedKind, MissedWhy, PatrolPlan, SearchEnd, SearchRecord, StopReason,
};
use crate::patrol::problem::PlanProblem;
use crate::patrol::referee::check;
use crate::patrol::referee::fault::Fault;
use crate::patrol::search::anneal::search;
use crate::patrol::search::budget::Budget;
use crate::patrol::units_from::UnitsFrom;
use crate::place::measure::Metres;
use crate::risk::surface::Provenance;
use crate::roads::network::{RoadRoute, Snap, UNREACHABLE};

fn about(problem: &PlanProblem) -> About {
    About {
        made_at: Timestamp::UNIX_EPOCH,
        synthetic: true,
        risk: Provenance {
            model: "count".into(),
            parameters: BTreeMap::new(),
            look_back: problem.window,
            window: problem.window,
            hours: HourSet::full(),
            categories: Vec::new(),
            resolution: 10,
            events: 0,
            inputs_sha256: String::new(),
            version: String::new(),
        },
        missed: Vec::new(),
        left_out: Vec::new(),
        units_asked: None,
        units_from: UnitsFrom::Layer,
        search: SearchRecord {
            iterations: 0,
            iterations_asked: None,
            kept_stops: None,
            ended_by: SearchEnd::Iterations,
        },
        report: None,
        obstacles: Vec::new(),
        trade_off: Vec::new(),
        last: None,
        replanned: None,
    }
}

fn planned(problem: &PlanProblem, iterations: u64) -> PatrolPlan {
    let rounds = search(problem, &Budget::iterations(iterations)).unwrap();
    // A snap's arc is its row in the made-up matrix.
    let way = |from: Snap, to: Snap| {
        let millis = problem.travel.millis(from.arc as usize, to.arc as usize)?;
        Some(RoadRoute {
            millis,
            length: Metres(from.position.metres_to(to.position).0),
            line: vec![from.position, to.position],
        })
    };
    assemble(problem, &rounds, about(problem), &way).unwrap()
}

fn size() -> TownSize {
    TownSize {
        units: 3,
        candidates: 25,
        must_visits: 2,
        hours: 5.0,
        side_m: 4000.0,
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]

    #[test]
    fn what_the_search_makes_passes(
        seed in 0u64..1000,
        units in 0usize..4,
        candidates in 0usize..20,
        must_visits in 0usize..4,
        hours in 0.1f64..6.0,
        cut_off in prop::collection::vec(0usize..10_000, 0..40),
    ) {
        let size = TownSize { units, candidates, must_visits, hours, side_m: 9000.0 };
        let mut problem = town(size, seed).unwrap();
        let pairs = problem.travel.millis.len();
        for pair in cut_off.into_iter().filter(|_| pairs > 0) {
            problem.travel.millis[pair % pairs] = UNREACHABLE;
        }
        let plan = planned(&problem, 120);
        prop_assert_eq!(check(&problem, &plan), Ok(()));
        prop_assert!(plan.risk_covered <= plan.risk_total + 1e-9);
    }
}

fn tampered(change: impl Fn(&mut PatrolPlan)) -> Vec<Fault> {
    let problem = town(size(), 8).unwrap();
    let mut plan = planned(&problem, 300);
    assert_eq!(check(&problem, &plan), Ok(()));
    change(&mut plan);
    check(&problem, &plan).unwrap_err()
}

#[test]
fn sees_a_second_too_much() {
    let faults = tampered(|plan| {
        plan.routes[0].stops[1].arrival += SignedDuration::from_secs(1);
    });
    assert!(faults.iter().any(|f| matches!(
        f,
        Fault::Time {
            what: "arrival",
            ..
        }
    )));
}

#[test]
fn sees_a_stay_that_is_not_allowed() {
    let faults = tampered(|plan| {
        let stops = &mut plan.routes[0].stops;
        let cell = stops.iter().position(|s| s.cell.is_some()).unwrap();
        stops[cell].departure += SignedDuration::from_secs(7);
    });
    assert!(
        faults
            .iter()
            .any(|f| matches!(f, Fault::Time { what: "dwell", .. }))
    );
}

#[test]
fn sees_wrong_numbers() {
    let gain = tampered(|plan| plan.routes[1].stops[0].gain += 1e-6);
    assert!(matches!(gain[0], Fault::Number { .. }));
    let covered = tampered(|plan| plan.risk_covered *= 1.001);
    assert!(matches!(covered[0], Fault::Number { .. }));
    let nan = tampered(|plan| plan.risk_total = f64::NAN);
    assert!(matches!(nan[0], Fault::Number { .. }));
    let visits = tampered(|plan| {
        for stop in plan.routes.iter_mut().flat_map(|r| &mut r.stops) {
            if let StopReason::Risk { earlier_visits, .. } = &mut stop.reason {
                *earlier_visits += 1;
            }
        }
    });
    assert!(matches!(visits[0], Fault::Number { .. }));
}

#[test]
fn sees_a_stop_that_was_dropped_or_doubled() {
    let dropped = tampered(|plan| {
        plan.routes[0].stops.remove(0);
    });
    assert!(matches!(dropped[0], Fault::UnknownPlace { stop: 1, .. }));
    let doubled = tampered(|plan| {
        let stops = &mut plan.routes[0].stops;
        let mut again = stops[stops.len() - 1].clone();
        again.number += 1;
        stops.push(again);
    });
    assert!(!doubled.is_empty());
}

#[test]
fn sees_a_must_visit_unaccounted_for_and_a_false_excuse() {
    let problem = town(size(), 8).unwrap();
    let mut harder = problem.clone();
    harder.must_visits[0].windows_ms = vec![(0, 1)];
    let plan = planned(&harder, 100);
    assert_eq!(check(&harder, &plan), Ok(()));
    assert_eq!(plan.missed.len(), 1);
    let mut silent = plan.clone();
    silent.missed.clear();
    let faults = check(&harder, &silent).unwrap_err();
    assert!(matches!(
        faults[0],
        Fault::Account {
            kept: 0,
            missed: 0,
            ..
        }
    ));
    let mut excuse = plan;
    excuse.missed[0].why = MissedWhy::Crowded;
    assert!(!check(&harder, &excuse).unwrap_err().is_empty());
}

#[test]
fn sees_work_after_the_shift() {
    let mut problem = town(size(), 8).unwrap();
    let plan = planned(&problem, 100);
    problem.units[0].until_ms -= 7_200_000;
    let faults = check(&problem, &plan).unwrap_err();
    assert!(faults.iter().any(|f| matches!(f, Fault::Shift { .. })));
}

#[test]
fn sees_a_line_that_leads_elsewhere() {
    let faults = tampered(|plan| {
        plan.routes[0].line.pop();
    });
    assert!(matches!(faults[0], Fault::Line { .. }));
}

/// Two points of one name, each due once in the window and never.
fn two_of_a_name() -> PlanProblem {
    let mut problem = town(size(), 8).unwrap();
    for must in &mut problem.must_visits {
        must.name = "joint duty post".into();
        must.windows_ms.clear();
        must.every_ms = Some(86_400_000);
    }
    problem
}

/// As a post's that no road is near.
fn beside(problem: &PlanProblem, name: &str, why: MissedWhy) -> Missed {
    Missed {
        name: name.into(),
        due: problem.window,
        why,
        kind: MissedKind::Frequency,
        unit: None,
    }
}

#[test]
fn a_post_without_a_road_may_have_a_name_that_others_have() {
    let problem = two_of_a_name();
    let mut plan = planned(&problem, 200);
    assert!(plan.missed.is_empty(), "{:?}", plan.missed);
    for why in [MissedWhy::NoRoad, MissedWhy::TooMany] {
        plan.missed = vec![beside(&problem, "joint duty post", why)];
        assert_eq!(check(&problem, &plan), Ok(()));
        let mut one = problem.clone();
        one.must_visits[1].name = "another".into();
        let mut plan = planned(&one, 200);
        plan.missed = vec![beside(&one, "joint duty post", why)];
        assert_eq!(check(&one, &plan), Ok(()));
    }
    // What is in the problem and kept is not missed.
    plan.missed = vec![beside(&problem, "joint duty post", MissedWhy::NoUnitInTime)];
    assert!(check(&problem, &plan).is_err());
}

#[test]
fn two_of_a_name_that_are_missed_alike_are_both_named() {
    let mut problem = two_of_a_name();
    for must in &mut problem.must_visits {
        must.needs.push("a skill that nobody has".into());
    }
    let plan = planned(&problem, 100);
    assert_eq!(plan.missed.len(), 2);
    assert_eq!(plan.missed[0], plan.missed[1]);
    assert_eq!(check(&problem, &plan), Ok(()));
    let mut silent = plan.clone();
    silent.missed.pop();
    let faults = check(&problem, &silent).unwrap_err();
    assert!(
        matches!(faults[..], [Fault::Frequency { .. }]),
        "{faults:?}"
    );
    let mut excuse = plan.clone();
    excuse.missed[0].why = MissedWhy::Crowded;
    assert!(check(&problem, &excuse).is_err());
    let mut no_road = plan;
    no_road.missed[0].why = MissedWhy::NoRoad;
    assert!(check(&problem, &no_road).is_err());
}
