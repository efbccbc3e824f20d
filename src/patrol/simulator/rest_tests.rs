//! The rest of a round against trying everything.

use std::ops::ControlFlow;

use super::*;
use crate::patrol::made_up::TownSize;
use crate::patrol::simulator::plans::plan_shifts;
use crate::patrol::simulator::small_town::made_up;
use crate::patrol::simulator::town::Town;

fn planned(seed: u64) -> (Town, ShiftPlan) {
    let size = TownSize {
        units: 3,
        candidates: 30,
        must_visits: 0,
        hours: 4.0,
        side_m: 4000.0,
    };
    let (town, shift) = made_up(size, 1.0, seed);
    let plans = plan_shifts(&town, vec![shift], 200, &|| ControlFlow::Continue(()));
    (town, plans.unwrap().remove(0))
}

/// Value of the visits by the rule's own formula.
fn value(plan: &ShiftPlan, board: &Board) -> f64 {
    let visits = board.visits.iter();
    (0u32..)
        .zip(visits)
        .map(|(c, v)| plan.gain.value(c, v))
        .sum()
}

#[test]
fn each_stop_is_the_best_of_all_for_its_time() {
    for seed in 0..6 {
        let (town, plan) = planned(seed);
        let mut board = Board::new(&plan);
        let (now_ms, place) = (3_000_500, 7);
        board.give_up(&plan, 1, now_ms);
        let mut rebuilt = board.clone();
        let round = board.round_from(&plan, town.travel(), 1, place, now_ms);
        assert!(round.len() > 5, "{} stops", round.len());
        let (mut place, mut now_s, mut last) = (place, 3001, None);
        for stop in &round {
            let (candidate, option) = stop.candidate.unwrap();
            let mut best = 0.0f64;
            let before = value(&plan, &rebuilt);
            let mut ours = 0.0;
            for (c, &target) in (0u32..).zip(&plan.shift.candidates) {
                for (o, dwell) in (0u8..).zip(&plan.shift.problem.dwell_options_ms) {
                    let begin_s =
                        now_s + town.travel().millis(place, target).unwrap().div_ceil(1000);
                    let leave_s = begin_s + dwell / 1000;
                    if last == Some(c) || leave_s > 4 * 3600 {
                        continue;
                    }
                    let mut with = rebuilt.clone();
                    let stop = PlannedStop {
                        place: target,
                        candidate: Some((c, o)),
                        begin_ms: u64::from(begin_s) * 1000,
                        leave_ms: u64::from(leave_s) * 1000,
                    };
                    with.add(&plan, 1, &stop);
                    let rate = (value(&plan, &with) - before) / f64::from(leave_s - now_s);
                    best = best.max(rate);
                    if (c, o) == (candidate, option) {
                        ours = rate;
                        assert_eq!(stop.begin_ms, u64::from(begin_s) * 1000);
                    }
                }
            }
            assert!(ours >= best - 1e-12, "{ours} of {best}");
            rebuilt.add(&plan, 1, stop);
            (place, now_s, last) = (stop.place, (stop.leave_ms / 1000) as u32, Some(candidate));
        }
        assert!(round.last().unwrap().leave_ms <= 4 * 3_600_000);
        assert_eq!(board.visits, rebuilt.visits);
    }
}

#[test]
fn what_is_done_stays_and_what_was_planned_is_given_up() {
    let (_, plan) = planned(1);
    let mut board = Board::new(&plan);
    let now_ms = 2 * 3_600_000;
    board.give_up(&plan, 0, now_ms);
    let left: Vec<CellVisit> = board.visits.iter().flatten().copied().collect();
    let stops = plan.rounds.iter().enumerate();
    let wanted: usize = stops
        .map(|(unit, round)| {
            let kept = |s: &&PlannedStop| unit != 0 || s.begin_ms < now_ms;
            round.iter().filter(kept).count()
        })
        .sum();
    assert_eq!(left.len(), wanted);
    assert!(left.iter().all(|v| v.unit != 0 || v.at < 7200));
    assert!(
        left.iter().any(|v| v.unit == 0),
        "something was done by then"
    );
}
