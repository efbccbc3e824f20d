//! Plans of towns with every rule at once, before and after changes: the referee, which
//! shares no code with rules or search, finds nothing.

use std::collections::BTreeMap;

use jiff::Timestamp;
use proptest::prelude::*;

use crate::calendar::week::HourSet;
use crate::patrol::assemble::{About, assemble};
use crate::patrol::feasible::obstacles;
use crate::patrol::made_up::{TownSize, block_times, town};
use crate::patrol::made_up_rules::town_with_rules;
use crate::patrol::objective::weights::Preset;
use crate::patrol::plan::{MissedKind, PatrolPlan, SearchEnd, SearchRecord};
use crate::patrol::problem::{PlanProblem, StopFor, UnitBreak};
use crate::patrol::referee::check;
use crate::patrol::referee::fault::Fault;
use crate::patrol::replan::change::{Change, FreeAgain};
use crate::patrol::replan::replan::{Present, ReplanSettings, replan};
use crate::patrol::rules::frequency::watches;
use crate::patrol::search::anneal::{search, search_from};
use crate::patrol::search::budget::Budget;
use crate::patrol::search::foreseen::EarlierVisit;
use crate::patrol::search::rounds::{RoundStop, Rounds};
use crate::patrol::search::start::{Start, put_in};
use crate::patrol::search::state::State;
use crate::patrol::units_from::UnitsFrom;
use crate::place::measure::Metres;
use crate::risk::surface::Provenance;
use crate::roads::network::{RoadRoute, Snap};

/// The plan of made-up rounds, on the map.
pub fn on_the_map(problem: &PlanProblem, rounds: &Rounds) -> PatrolPlan {
    let about = About {
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
    };
    let way = |from: Snap, to: Snap| {
        Some(RoadRoute {
            millis: block_times(&[from], &[to]).millis[0],
            length: Metres(from.position.metres_to(to.position).0),
            line: vec![from.position, to.position],
        })
    };
    assemble(problem, rounds, about, &way).unwrap()
}

fn sizes() -> impl Strategy<Value = TownSize> {
    (0usize..5, 0usize..30, 0usize..4, 0.1f64..5.0).prop_map(
        |(units, candidates, must_visits, hours)| TownSize {
            units,
            candidates,
            must_visits,
            hours,
            side_m: 5000.0,
        },
    )
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]

    #[test]
    fn no_plan_breaks_a_rule(size in sizes(), seed in 0u64..100_000) {
        let problem = town_with_rules(size, seed).unwrap();
        prop_assert_eq!(problem.check(), Ok(()));
        let rounds = search(&problem, &Budget::iterations(80)).unwrap();
        let plan = on_the_map(&problem, &rounds);
        prop_assert_eq!(check(&problem, &plan), Ok(()));
        prop_assert!(rounds.of_unit.iter().flatten().all(|s| s.gain >= 0.0));
        prop_assert!(plan.risk_covered <= plan.risk_total + 1e-9);
        // What is named before is missed after, and nothing else is said to be hopeless.
        let hopeless = plan.missed.iter().filter(|m| {
            m.kind != MissedKind::Frequency && m.why == crate::patrol::plan::MissedWhy::NoUnitInTime
        });
        let named = obstacles(&problem).iter().filter(|o| {
            use crate::patrol::feasible::Obstacle::{Break, Frequency, MustVisit, Pin};
            matches!(o, MustVisit { .. } | Break { .. } | Pin { .. } | Frequency { .. })
        }).count();
        prop_assert_eq!(hopeless.count(), named);
    }

    #[test]
    fn no_changed_plan_breaks_a_rule(
        size in sizes(),
        seed in 0u64..100_000,
        now_s in 0u32..18_000,
        kinds in prop::collection::vec((0u8..5, 0usize..5, 0usize..30, 1u32..3000), 1..4),
    ) {
        let mut problem = town_with_rules(size, seed).unwrap();
        let mut rounds = search(&problem, &Budget::iterations(30)).unwrap();
        let mut now_s = now_s.min(problem.window_s() as u32);
        for (kind, unit, at, later) in kinds {
            if problem.units.is_empty() || problem.candidates.is_empty() {
                return Ok(());
            }
            let unit = unit % problem.units.len();
            let at = problem.candidates[at % problem.candidates.len()].snap;
            let change = match kind {
                0 => Change::SentToCall { unit, back: None },
                1 => Change::SentToCall {
                    unit,
                    back: Some(FreeAgain { at, second: now_s + later }),
                },
                2 => Change::Back { unit, at },
                3 => Change::DropsOut { unit },
                _ => Change::TimePassed,
            };
            let present = Present { problem: &problem, rounds: &rounds.of_unit, now_s };
            let settings = ReplanSettings::default();
            let budget = Budget::iterations(30);
            let new = replan(&present, &change, &block_times, &settings, &budget).unwrap();
            let plan = on_the_map(&new.problem, &new.rounds);
            prop_assert_eq!(check(&new.problem, &plan), Ok(()), "{:?}", change);
            (problem, rounds) = (new.problem, new.rounds);
            now_s += later;
        }
    }
}

fn rules(seed: u64) -> PlanProblem {
    let size = TownSize {
        units: 3,
        candidates: 25,
        must_visits: 2,
        hours: 5.0,
        side_m: 4000.0,
    };
    town(size, seed).unwrap()
}

fn planned(problem: &PlanProblem) -> PatrolPlan {
    let rounds = search(problem, &Budget::iterations(300)).unwrap();
    on_the_map(problem, &rounds)
}

#[test]
fn the_referee_sees_rules_that_came_later() {
    let problem = rules(8);
    let plan = planned(&problem);
    assert_eq!(check(&problem, &plan), Ok(()));
    let first = plan.routes[0]
        .stops
        .iter()
        .find(|s| s.cell.is_some())
        .unwrap();
    let cell = |p: &PlanProblem| {
        let mut candidates = p.candidates.iter();
        candidates.position(|c| Some(c.cell) == first.cell).unwrap()
    };
    let access = |change: &dyn Fn(&mut PlanProblem, usize)| {
        let mut harder = problem.clone();
        let c = cell(&harder);
        change(&mut harder, c);
        let faults = check(&harder, &plan).unwrap_err();
        faults.iter().any(|f| matches!(f, Fault::Access { .. }))
    };
    assert!(access(&|p, c| p.not_these.push(c)));
    assert!(access(&|p, c| p.candidates[c].needs.push("dog".into())));
    assert!(access(&|p, _| p.units[0].beats = Some(Vec::new())));
    let mut frequent = problem.clone();
    frequent.must_visits[0].every_ms = Some(1_800_000);
    let faults = check(&frequent, &plan).unwrap_err();
    assert!(faults.iter().any(|f| matches!(f, Fault::Frequency { .. })));
    let mut rest = problem.clone();
    rest.units[1].breaks.push(UnitBreak {
        window_ms: (0, 9_000_000),
        length_ms: 600_000,
        place: None,
    });
    let faults = check(&rest, &plan).unwrap_err();
    assert!(faults.iter().any(|f| matches!(f, Fault::Account { .. })));
    let mut slow = problem.clone();
    slow.speeds = vec![crate::patrol::problem::SpeedPiece {
        from_ms: 0,
        permille: 900,
    }];
    let faults = check(&slow, &plan).unwrap_err();
    assert!(faults.iter().any(|f| matches!(f, Fault::Time { .. })));
}

#[test]
fn points_with_a_frequency_are_visited_often_enough() {
    let mut problem = rules(3);
    for must in &mut problem.must_visits {
        must.windows_ms.clear();
        must.every_ms = Some(5_400_000);
    }
    let rounds = search(&problem, &Budget::iterations(800)).unwrap();
    assert_eq!(rounds.overdue, []);
    for must_visit in 0..2 {
        let stops = rounds.of_unit.iter().flatten();
        let visits = stops.filter(
            |s| matches!(s.what, StopFor::MustVisit { must_visit: of, .. } if of == must_visit),
        );
        let visits = visits.count();
        assert!(
            (3..=5).contains(&visits),
            "{visits} visits in 5 h, one each 90 min"
        );
    }
}

#[test]
fn a_short_search_leaves_hardly_a_needless_visit() {
    let mut needless = Vec::new();
    for seed in 0..4 {
        let size = TownSize {
            units: 4,
            candidates: 60,
            must_visits: 3,
            hours: 8.0,
            side_m: 4000.0,
        };
        let mut problem = town(size, seed).unwrap();
        for must in &mut problem.must_visits {
            must.windows_ms.clear();
            must.every_ms = Some(7_200_000);
        }
        for iterations in [1, 30, 150] {
            let rounds = search(&problem, &Budget::iterations(iterations)).unwrap();
            assert!(
                iterations < 150 || rounds.overdue.is_empty(),
                "seed {seed}: {:?}",
                rounds.overdue
            );
            for watch in watches(&problem) {
                let stops = rounds.of_unit.iter().flatten();
                let is_it = |s: &&RoundStop| matches!(s.what, StopFor::MustVisit { must_visit, .. } if must_visit == watch.must_visit as usize);
                let mut begins: Vec<u32> = stops.filter(is_it).map(|s| s.begin_s).collect();
                begins.sort_unstable();
                for gone in 0..begins.len() {
                    let mut others = begins.clone();
                    others.remove(gone);
                    if watch.overdue(&others) <= watch.overdue(&begins) {
                        needless.push((seed, iterations, begins.clone()));
                    }
                }
            }
        }
    }
    // One may be left where its round would be late elsewhere without it.
    assert!(needless.len() <= 1, "{needless:?}");
}

#[test]
fn a_drawn_plan_repeats_the_night_before_as_little_as_two_per_cent_allow() {
    let size = TownSize {
        units: 4,
        candidates: 60,
        must_visits: 2,
        hours: 6.0,
        side_m: 4000.0,
    };
    let visits = |rounds: &Rounds| -> Vec<EarlierVisit> {
        let stops = rounds.of_unit.iter().flatten();
        let visit = stops.filter_map(|stop| match stop.what {
            StopFor::Candidate(candidate) => Some(EarlierVisit {
                candidate,
                second: stop.begin_s,
            }),
            _ => None,
        });
        visit.collect()
    };
    for (seed, preset) in [(1, Preset::Deter), (2, Preset::Balanced)] {
        let mut problem = town(size, seed).unwrap();
        problem.weights = preset.weights();
        let budget = Budget::iterations(2500);
        let before = search(&problem, &budget).unwrap();
        problem.seed += 1;
        let plain = search(&problem, &budget).unwrap();
        let nights = [visits(&before)];
        let start = Start {
            draw: Some(1),
            earlier: &nights,
            ..Start::nothing()
        };
        let drawn = search_from(&problem, &start, &budget).unwrap();
        assert_eq!(drawn, search_from(&problem, &start, &budget).unwrap());
        assert_eq!(drawn.iterations, 2500);
        let best = drawn.drawn.unwrap();
        assert!(best.plans > 1);
        if preset == Preset::Deter {
            assert!(drawn.value >= 0.98 * best.best_value - 1e-9);
        }
        assert!(drawn.missed.len() <= plain.missed.len());
        let repeats = |rounds: &Rounds| {
            let same = visits(rounds).into_iter().filter(|now| {
                let mut night = nights[0].iter();
                night.any(|then| {
                    now.candidate == then.candidate && now.second.abs_diff(then.second) < 1800
                })
            });
            same.count() as f64 / visits(rounds).len() as f64
        };
        let (with, without) = (repeats(&drawn), repeats(&plain));
        assert!(with < without - 0.1, "{preset:?}: {with} of {without}");
    }
}

#[test]
fn a_unit_more_never_lowers_the_value() {
    // The same town with the last unit at work or not, and time enough.
    for seed in 0..3 {
        let size = TownSize {
            units: 4,
            candidates: 30,
            must_visits: 0,
            hours: 2.0,
            side_m: 4000.0,
        };
        let problem = town(size, seed).unwrap();
        let mut fewer = problem.clone();
        fewer.units[3].until_ms = 0;
        let budget = Budget::iterations(3000);
        let (with, without) = (
            search(&problem, &budget).unwrap().value,
            search(&fewer, &budget).unwrap().value,
        );
        assert!(with >= without, "seed {seed}: {with} {without}");
    }
}

#[test]
fn the_same_plan_on_any_number_of_threads() {
    let size = TownSize {
        units: 4,
        candidates: 30,
        must_visits: 2,
        hours: 3.0,
        side_m: 4000.0,
    };
    let mut problem = town_with_rules(size, 7).unwrap();
    problem.weights = Preset::Balanced.weights();
    let start = Start {
        draw: Some(3),
        ..Start::nothing()
    };
    let on = |threads: usize| {
        let pool = rayon::ThreadPoolBuilder::new().num_threads(threads);
        let search = || search_from(&problem, &start, &Budget::iterations(150)).unwrap();
        pool.build().unwrap().install(search)
    };
    let one = on(1);
    assert_eq!(one, on(2));
    assert!(one.drawn.is_some_and(|drawn| drawn.plans >= 1));
}

#[test]
fn the_objective_kept_up_to_date_is_the_objective() {
    for seed in 0..4 {
        let size = TownSize {
            units: 3,
            candidates: 30,
            must_visits: 2,
            hours: 3.0,
            side_m: 4000.0,
        };
        let mut problem = town_with_rules(size, seed).unwrap();
        problem.weights = Preset::Balanced.weights();
        let rounds = search(&problem, &Budget::iterations(200)).unwrap();
        let stops: Vec<&[RoundStop]> = rounds.of_unit.iter().map(Vec::as_slice).collect();
        let start = Start {
            rounds: &stops,
            ..Start::nothing()
        };
        let mut state = State::new(&problem);
        put_in(&mut state, &start);
        assert!((state.covered() - rounds.value).abs() < 1e-9);
        assert_eq!(state.worth().missed as usize, rounds.missed.len());
        // Taken out and put in again stop by stop, it comes to the same.
        let before = state.worth().value;
        let whole: Vec<Vec<_>> = (0..3).map(|u| state.round(u).to_vec()).collect();
        for unit in 0..3 {
            state.restore(unit, &[]);
        }
        for (unit, round) in whole.iter().enumerate() {
            state.restore(unit, round);
        }
        assert!((state.worth().value - before).abs() < 1e-9);
        state.settle();
        assert!((state.worth().value - before).abs() < 1e-9);
    }
}
