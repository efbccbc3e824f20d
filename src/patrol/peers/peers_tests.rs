//! What is told to other solvers, and what their rounds are worth: against the referee and
//! against a plain reading of the rules.

use proptest::prelude::*;
use rand::rngs::ChaCha8Rng;
use rand::seq::SliceRandom;
use rand::{RngExt, SeedableRng};

use crate::patrol::made_up::{TownSize, town};
use crate::patrol::peers::foreign::{ForeignFault, driven, stops_of};
use crate::patrol::peers::relaxation::relax;
use crate::patrol::plan_tests::on_the_map;
use crate::patrol::problem::{PlanProblem, StopFor};
use crate::patrol::referee::check;
use crate::patrol::search::anneal::search;
use crate::patrol::search::budget::Budget;

fn sizes() -> impl Strategy<Value = TownSize> {
    (1usize..5, 1usize..25, 0usize..3, 2.0f64..6.0).prop_map(
        |(units, candidates, must_visits, hours)| TownSize {
            units,
            candidates,
            must_visits,
            hours,
            side_m: 5000.0,
        },
    )
}

/// Each visit in a round by chance, in an order by chance.
fn by_chance(problem: &PlanProblem, visits: usize, seed: u64) -> Vec<Vec<usize>> {
    let mut rng = ChaCha8Rng::seed_from_u64(seed);
    let mut order: Vec<usize> = (0..visits).collect();
    order.shuffle(&mut rng);
    let mut rounds = vec![Vec::new(); problem.units.len()];
    for visit in order {
        let unit = rng.random_range(0..rounds.len());
        rounds[unit].push(visit);
    }
    rounds
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]

    #[test]
    fn our_own_plans_are_worth_what_the_search_said(size in sizes(), seed in 0u64..100_000) {
        let problem = town(size, seed).unwrap();
        let ours = search(&problem, &Budget::iterations(150)).unwrap();
        let again = driven(&problem, &ours.of_unit).unwrap();
        prop_assert_eq!(again.left_out, 0);
        prop_assert_eq!(&again.rounds.of_unit, &ours.of_unit);
        prop_assert_eq!(&again.rounds.missed, &ours.missed);
        prop_assert!((again.rounds.value - ours.value).abs() < 1e-9);
        let plan = on_the_map(&problem, &again.rounds);
        prop_assert_eq!(check(&problem, &plan), Ok(()));
    }

    #[test]
    fn rounds_by_chance_pass_the_referee_and_lose_stops_only(
        size in sizes(),
        seed in 0u64..100_000,
        slots in 1u32..5,
    ) {
        let problem = town(size, seed).unwrap();
        let relaxation = relax(&problem, slots);
        let rounds = by_chance(&problem, relaxation.visits.len(), seed);
        let stops = stops_of(&problem, &relaxation, &rounds).unwrap();
        let driven = driven(&problem, &stops).unwrap();
        let plan = on_the_map(&problem, &driven.rounds);
        prop_assert_eq!(check(&problem, &plan), Ok(()));
        let mut kept = 0;
        for (made, asked) in driven.rounds.of_unit.iter().zip(&stops) {
            kept += made.len();
            // A part of what was asked, in its order.
            let mut asked = asked.iter();
            for stop in made {
                prop_assert!(asked.any(|a| a.what == stop.what));
            }
        }
        prop_assert_eq!(kept + driven.left_out, relaxation.visits.len());
    }

    #[test]
    fn a_first_visit_alone_is_worth_its_prize(size in sizes(), seed in 0u64..100_000) {
        let problem = town(TownSize { must_visits: 0, ..size }, seed).unwrap();
        let relaxation = relax(&problem, 1);
        prop_assert_eq!(relaxation.visits.len(), problem.candidates.len());
        // A prize is a mean over the window: at its start a visit is worth at least that
        // less what the hours' rhythm adds, and never more than the cell has.
        for (number, visit) in relaxation.visits.iter().enumerate() {
            let StopFor::Candidate(cell) = visit.what else {
                panic!("a must-visit");
            };
            let risk: f64 = problem.candidates[cell].risk_by_hour.iter().sum();
            prop_assert!(visit.prize > 0.0 && visit.prize < risk);
            let mut rounds = vec![Vec::new(); problem.units.len()];
            rounds[0].push(number);
            let stops = stops_of(&problem, &relaxation, &rounds).unwrap();
            let alone = driven(&problem, &stops).unwrap();
            prop_assert_eq!(alone.left_out, 0);
            prop_assert!(alone.rounds.value < risk);
            prop_assert!(visit.prize < 3.0 * alone.rounds.value);
        }
    }

    #[test]
    fn more_slots_are_further_visits_for_less(size in sizes(), seed in 0u64..100_000) {
        let mut problem = town(TownSize { must_visits: 1, ..size }, seed).unwrap();
        for candidate in &mut problem.candidates {
            // Without a rhythm a later visit is worth less: less is ahead, more is covered.
            let mean = candidate.risk_by_hour[0];
            candidate.risk_by_hour.fill(mean);
        }
        let relaxation = relax(&problem, 4);
        for visits in relaxation.visits.chunks(4).take(problem.candidates.len()) {
            prop_assert!(visits.windows(2).all(|w| w[0].prize > w[1].prize));
            prop_assert!(visits.windows(2).all(|w| w[0].until_s + 1 == w[1].from_s));
        }
        let required = relaxation.visits.iter().filter(|v| v.required).count();
        let windows: usize = problem.must_visits.iter().map(|m| m.windows_ms.len()).sum();
        prop_assert_eq!(required, windows);
    }
}

#[test]
fn what_is_no_solution_is_said() {
    let size = TownSize {
        units: 2,
        candidates: 3,
        must_visits: 0,
        hours: 2.0,
        side_m: 1000.0,
    };
    let problem = town(size, 1).unwrap();
    let relaxation = relax(&problem, 1);
    let fault = |rounds: &[Vec<usize>]| -> ForeignFault {
        stops_of(&problem, &relaxation, rounds).unwrap_err()
    };
    assert_eq!(
        fault(&[vec![0]]).to_string(),
        "it has 1 rounds, but the problem has 2 units: give a list for each unit, empty for one that stays"
    );
    assert_eq!(
        fault(&[vec![0, 1], vec![2, 9]]).to_string(),
        "round 2, stop 2: there is no visit 9; the problem's visits are numbered from 0 to 2"
    );
    assert_eq!(
        fault(&[vec![0, 1], vec![2, 0]]).to_string(),
        "visit 0 is made in round 1 and in round 2: each can be made once"
    );
}
