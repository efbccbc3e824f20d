//! The search against brute force on tiny towns, and what it promises on larger ones.

use std::cell::Cell;

use proptest::prelude::*;

use crate::patrol::made_up::{TownSize, town};
use crate::patrol::problem::{PlanProblem, ProblemFault, StopFor};
use crate::patrol::rules::due::DueFor;
use crate::patrol::search::anneal::search;
use crate::patrol::search::budget::Budget;
use crate::patrol::search::rounds::{RoundStop, Rounds};
use crate::patrol::search::route::Errand;
use crate::patrol::search::state::State;
use crate::roads::network::UNREACHABLE;

fn small(units: usize, candidates: usize, must_visits: usize, hours: f64) -> TownSize {
    TownSize {
        units,
        candidates,
        must_visits,
        hours,
        side_m: 3000.0,
    }
}

fn solved(problem: &PlanProblem, iterations: u64) -> Rounds {
    search(problem, &Budget::iterations(iterations)).unwrap()
}

/// Every round a unit can drive.
fn all_rounds(state: &State<'_>, unit: usize) -> Vec<Vec<Errand>> {
    let mut rounds = vec![vec![]];
    let mut next = 0;
    let mut timed = Vec::new();
    while next < rounds.len() {
        let round = rounds[next].clone();
        next += 1;
        for cell in 0..state.ground.candidates {
            for option in 0..state.gain.options() {
                let mut longer = round.clone();
                longer.push(Errand::Cell { cell, option });
                if state.ground.timed(unit, &longer, &mut timed) {
                    rounds.push(longer);
                }
            }
        }
    }
    rounds
}

fn brute_force(problem: &PlanProblem) -> f64 {
    let mut state = State::new(problem);
    let choices: Vec<_> = (0..state.units()).map(|u| all_rounds(&state, u)).collect();
    let mut best: f64 = 0.0;
    for first in &choices[0] {
        state.set_round(0, first);
        if choices.len() == 1 {
            best = best.max(state.worth().value);
            continue;
        }
        for second in &choices[1] {
            state.set_round(1, second);
            best = best.max(state.worth().value);
        }
    }
    best
}

#[test]
fn tiny_towns_are_solved_to_the_optimum() {
    for seed in 0..10 {
        let mut problem = if seed % 2 == 0 {
            town(small(1, 6, 0, 1.3), seed).unwrap()
        } else {
            town(small(2, 4, 0, 0.7), seed).unwrap()
        };
        problem.dwell_options_ms = vec![600_000, 720_000];
        let best = brute_force(&problem);
        let found = solved(&problem, 2000).value;
        assert!(found <= best + 1e-9, "seed {seed}: {found} above {best}");
        assert!(found >= best * 0.99, "seed {seed}: {found} of {best}");
    }
}

#[test]
fn the_value_kept_up_to_date_is_the_value() {
    let problem = town(small(3, 30, 2, 4.0), 5).unwrap();
    let rounds = solved(&problem, 2000);
    let mut state = State::new(&problem);
    for (unit, round) in rounds.of_unit.iter().enumerate() {
        let errands: Vec<Errand> = round.iter().map(|s| errand(&problem, s)).collect();
        assert!(state.set_round(unit, &errands));
    }
    assert_eq!(state.worth().missed as usize, rounds.missed.len());
    assert!((state.worth().value - rounds.value).abs() < 1e-9);
}

fn errand(problem: &PlanProblem, stop: &crate::patrol::search::rounds::RoundStop) -> Errand {
    match stop.what {
        StopFor::Candidate(cell) => Errand::Cell {
            cell: cell as u32,
            option: problem
                .dwell_options_ms
                .iter()
                .position(|d| d / 1000 == stop.leave_s - stop.begin_s)
                .unwrap() as u8,
        },
        StopFor::MustVisit { must_visit, window } => {
            let before: usize = problem.must_visits[..must_visit]
                .iter()
                .map(|m| m.windows_ms.len())
                .sum();
            Errand::Due((before + window) as u32)
        }
        StopFor::Break(_) => unreachable!("no breaks"),
    }
}

#[test]
fn same_seed_same_plan_other_seed_other_plan() {
    let mut problem = town(small(4, 60, 2, 6.0), 9).unwrap();
    let first = solved(&problem, 1500);
    assert_eq!(first, solved(&problem, 1500));
    problem.seed += 1;
    assert_ne!(first.of_unit, solved(&problem, 1500).of_unit);
}

#[test]
fn improves_on_the_first_plan_and_keeps_all_must_visits() {
    let problem = town(small(6, 120, 4, 8.0), 2).unwrap();
    let rounds = solved(&problem, 4000);
    assert!(rounds.value > rounds.first_value * 1.01);
    assert!(rounds.missed.is_empty());
    let kept = rounds.of_unit.iter().flatten();
    let kept = kept.filter(|s| matches!(s.what, StopFor::MustVisit { .. }));
    assert_eq!(kept.count(), 16);
}

#[test]
fn many_must_visits_are_each_kept_once_through_all_moves() {
    for seed in 0..3 {
        let problem = town(small(6, 60, 8, 8.0), seed).unwrap();
        let rounds = solved(&problem, 5000);
        let mut kept: Vec<(usize, usize)> = rounds
            .of_unit
            .iter()
            .flatten()
            .filter_map(|s| match s.what {
                StopFor::MustVisit { must_visit, window } => Some((must_visit, window)),
                StopFor::Candidate(_) | StopFor::Break(_) => None,
            })
            .collect();
        kept.sort_unstable();
        kept.dedup();
        assert_eq!((kept.len(), rounds.missed.len()), (32, 0), "seed {seed}");
    }
}

#[test]
fn one_more_unit_does_not_lower_the_value() {
    for seed in 0..4 {
        let mut problem = town(small(4, 60, 0, 4.0), seed).unwrap();
        let with = solved(&problem, 3000).value;
        // Out of work rather than out of the matrix.
        problem.units[3].until_ms = 0;
        let without = solved(&problem, 3000).value;
        assert!(with > without * 0.995, "seed {seed}: {with} {without}");
    }
}

#[test]
fn what_cannot_be_reached_in_time_is_named_apart_from_what_is_crowded_out() {
    let mut problem = town(small(1, 5, 3, 2.0), 4).unwrap();
    let points = problem.travel.sources;
    // The first can't be reached at all; of the other two, both due at once, one can be kept.
    for from in 0..points {
        problem.travel.millis[from * points + points - 3] = UNREACHABLE;
    }
    problem.must_visits[0].windows_ms = vec![(0, 7_200_000)];
    problem.must_visits[1].windows_ms = vec![(1_800_000, 1_800_001)];
    problem.must_visits[2].windows_ms = vec![(1_800_000, 1_800_001)];
    let rounds = solved(&problem, 500);
    let missed: Vec<(usize, bool)> = rounds
        .missed
        .iter()
        .map(|m| match m.what {
            DueFor::MustVisit { must_visit, .. } => (must_visit as usize, m.possible),
            _ => unreachable!("only must-visits are due"),
        })
        .collect();
    assert_eq!(missed.len(), 2);
    assert_eq!(missed[0], (0, false));
    assert!(missed[1].1);
}

#[test]
fn hopeless_problems_get_an_answer_at_once() {
    let none = |size| solved(&town(size, 1).unwrap(), 200);
    assert!(none(small(0, 5, 0, 2.0)).of_unit.is_empty());
    assert_eq!(none(small(2, 0, 0, 2.0)).value, 0.0);
    assert_eq!(none(small(2, 5, 0, 0.05)).value, 0.0);
    let mut cut_off = town(small(2, 5, 1, 2.0), 1).unwrap();
    cut_off.travel.millis.fill(UNREACHABLE);
    assert_eq!(solved(&cut_off, 200).value, 0.0);
    let mut late = town(small(2, 5, 1, 2.0), 1).unwrap();
    late.must_visits[0].windows_ms = vec![(20_000_000, 21_000_000)];
    let missed = solved(&late, 200).missed;
    assert!(missed.len() == 1 && !missed[0].possible);
    let mut zero_shift = town(small(1, 5, 0, 2.0), 1).unwrap();
    zero_shift.units[0].from_ms = zero_shift.units[0].until_ms;
    assert_eq!(solved(&zero_shift, 200).value, 0.0);
}

#[test]
fn parts_that_do_not_fit_are_refused_in_words() {
    let good = town(small(2, 5, 1, 2.0), 1).unwrap();
    let mut bad = good.clone();
    bad.travel.millis.pop();
    assert!(matches!(bad.check(), Err(ProblemFault::Matrix { .. })));
    let mut bad = good.clone();
    bad.candidates[2].risk_by_hour[1] = f64::NAN;
    assert!(matches!(bad.check(), Err(ProblemFault::Risk { .. })));
    let mut bad = good.clone();
    bad.candidates[1].cell = bad.candidates[0].cell;
    assert!(matches!(bad.check(), Err(ProblemFault::TwiceACandidate(_))));
    let mut bad = good.clone();
    bad.dwell_options_ms.clear();
    assert_eq!(bad.check(), Err(ProblemFault::Dwell));
    let mut bad = good.clone();
    bad.units[0].until_ms += 1;
    assert!(matches!(bad.check(), Err(ProblemFault::Shift(_))));
    let mut bad = good;
    bad.must_visits[0].windows_ms = vec![(5, 5)];
    assert!(matches!(bad.check(), Err(ProblemFault::MustVisit(_))));
}

#[test]
fn ten_thousand_candidates_and_no_time_still_give_a_plan() {
    let size = TownSize {
        units: 2,
        candidates: 10_000,
        must_visits: 1,
        hours: 2.0,
        side_m: 9000.0,
    };
    let problem = town(size, 1).unwrap();
    let rounds = search(&problem, &Budget::time(&|| 1.0)).unwrap();
    assert!(rounds.missed.is_empty());
    // Time that is used after 500 looks at the clock.
    let looks = Cell::new(0);
    let clock = || {
        looks.set(looks.get() + 1);
        f64::from(looks.get()) / 500.0
    };
    let rounds = search(&problem, &Budget::time(&clock)).unwrap();
    assert!(rounds.value > 0.0);
    assert!(looks.get() < 600);
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]

    #[test]
    fn no_plan_breaks_a_shift_or_a_window(
        seed in 0u64..1000,
        units in 1usize..5,
        candidates in 1usize..25,
        must_visits in 0usize..4,
        hours in 0.5f64..6.0,
        late in 0u32..1_000_000,
    ) {
        let mut problem = town(small(units, candidates, must_visits, hours), seed).unwrap();
        problem.units[0].from_ms = late.min(problem.units[0].until_ms);
        let rounds = solved(&problem, 150);
        for (unit, round) in problem.units.iter().zip(&rounds.of_unit) {
            for stop in round {
                prop_assert!(stop.arrive_s * 1000 >= unit.from_ms);
                prop_assert!(stop.leave_s * 1000 <= unit.until_ms);
                prop_assert!(stop.gain >= 0.0);
                if let StopFor::MustVisit { must_visit, window } = stop.what {
                    let (from, until) = problem.must_visits[must_visit].windows_ms[window];
                    prop_assert!(from <= stop.begin_s * 1000 && stop.begin_s * 1000 < until);
                }
            }
        }
        prop_assert!(rounds.value <= problem.risk_total + 1e-9);
    }
}

/// Who may stop only in a quiet beat on the far side finds its way there: the nearest and the
/// hottest cells are others'.
#[test]
fn a_unit_bound_to_a_far_quiet_beat_has_stops_there() {
    let size = TownSize {
        units: 3,
        candidates: 300,
        must_visits: 0,
        hours: 4.0,
        side_m: 12_000.0,
    };
    let mut problem = town(size, 9).unwrap();
    let reach = |c: usize| {
        problem
            .travel
            .millis(0, problem.candidate_point(c))
            .unwrap()
    };
    let mut far: Vec<usize> = (0..300).collect();
    far.sort_by_key(|&c| std::cmp::Reverse(reach(c)));
    for (number, candidate) in problem.candidates.iter_mut().enumerate() {
        candidate.beat = Some(0);
        if far[..24].contains(&number) {
            candidate.beat = Some(7);
            candidate
                .risk_by_hour
                .iter_mut()
                .for_each(|risk| *risk *= 1e-3);
        }
    }
    problem.units[0].beats = Some(vec![7]);
    for iterations in [1, 100] {
        let rounds = search(&problem, &Budget::iterations(iterations)).unwrap();
        let stops = rounds.of_unit[0].len();
        assert!(stops >= 5, "{stops} stops in four hours after {iterations}");
        let in_beat = |s: &RoundStop| matches!(s.what, StopFor::Candidate(c) if problem.candidates[c].beat == Some(7));
        assert!(rounds.of_unit[0].iter().all(in_beat));
    }
}
