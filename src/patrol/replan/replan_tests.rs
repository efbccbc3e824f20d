//! Replanning: what has been made stays, what can go on goes on, and words match.

use proptest::prelude::*;

use crate::patrol::made_up::{TownSize, block_times, made_up_cell, town};
use crate::patrol::problem::{Candidate, MustVisit, PlanProblem, StopFor};
use crate::patrol::reason::Language;
use crate::patrol::replan::change::{Change, FreeAgain};
use crate::patrol::replan::explain::ChangeWhy;
use crate::patrol::replan::replan::{Present, ReplanFault, ReplanSettings, Replanned, replan};
use crate::patrol::replan::words;
use crate::patrol::search::anneal::search;
use crate::patrol::search::budget::Budget;
use crate::patrol::search::rounds::{RoundStop, Rounds};
use crate::roads::network::Snap;

fn size(units: usize) -> TownSize {
    TownSize {
        units,
        candidates: 40,
        must_visits: 2,
        hours: 4.0,
        side_m: 4000.0,
    }
}

fn planned(problem: &PlanProblem) -> Rounds {
    search(problem, &Budget::iterations(150)).unwrap()
}

fn changed(problem: &PlanProblem, rounds: &Rounds, now_s: u32, change: &Change) -> Replanned {
    let present = Present {
        problem,
        rounds: &rounds.of_unit,
        now_s,
    };
    let settings = ReplanSettings::default();
    replan(
        &present,
        change,
        &block_times,
        &settings,
        &Budget::iterations(60),
    )
    .unwrap()
}

fn begun(round: &[RoundStop], from_s: u32, now_s: u32) -> usize {
    let mut leave_s = from_s;
    let under_way = |stop: &&RoundStop| {
        let begun = leave_s < now_s;
        leave_s = stop.leave_s;
        begun
    };
    round.iter().take_while(under_way).count()
}

fn same(a: &RoundStop, b: &RoundStop) -> bool {
    (a.what, a.arrive_s, a.begin_s, a.leave_s) == (b.what, b.arrive_s, b.begin_s, b.leave_s)
}

fn snap_at(problem: &PlanProblem, candidate: usize) -> Snap {
    problem.candidates[candidate].snap
}

#[test]
fn a_unit_sent_to_a_call_makes_no_more_stops_and_others_keep_most_of_theirs() {
    let problem = town(size(4), 3).unwrap();
    let rounds = planned(&problem);
    let change = Change::SentToCall {
        unit: 1,
        back: None,
    };
    let replanned = changed(&problem, &rounds, 3600, &change);
    let made = replanned.problem.units[1].so_far.as_ref().unwrap();
    assert_eq!(replanned.rounds.of_unit[1].len(), made.stops.len());
    assert!(made.stops.iter().all(|s| s.leave_s <= 3600));
    assert_eq!(
        replanned.changes[1].why,
        ChangeWhy::SentToCall { back: false }
    );
    assert!(replanned.stability.forced > 0);
    assert!(replanned.stability.changed_share() < 0.5);
    assert!(replanned.rounds.missed.is_empty());
    assert!(replanned.rounds.value >= replanned.carried_on - 1e-9);
}

#[test]
fn a_unit_that_comes_back_goes_on_from_where_it_is() {
    let problem = town(size(3), 5).unwrap();
    let rounds = planned(&problem);
    let sent = Change::SentToCall {
        unit: 0,
        back: None,
    };
    let gone = changed(&problem, &rounds, 2000, &sent);
    let at = snap_at(&problem, 7);
    let back = Change::Back { unit: 0, at };
    let again = changed(&gone.problem, &gone.rounds, 5000, &back);
    let made = again.problem.units[0].so_far.as_ref().unwrap().stops.len();
    let round = &again.rounds.of_unit[0];
    assert!(round.len() > made, "it patrols again");
    let drive = f64::from(round[made].arrive_s - 5000);
    let first = match round[made].what {
        StopFor::Candidate(c) => snap_at(&problem, c),
        StopFor::MustVisit { must_visit, .. } => problem.must_visits[must_visit].snap,
        StopFor::Break(_) => unreachable!("no breaks"),
    };
    let wanted = block_times(&[at], &[first]).millis[0].div_ceil(1000);
    assert_eq!(drive, f64::from(wanted));
    assert_eq!(again.changes[0].why, ChangeWhy::Back);
}

#[test]
fn someone_goes_to_a_pressed_pillar() {
    let problem = town(size(4), 8).unwrap();
    let rounds = planned(&problem);
    let snap = snap_at(&problem, 3);
    let pillar = MustVisit {
        id: "pillar-31".into(),
        name: "pillar 31".into(),
        snap,
        position: snap.position,
        windows_ms: vec![(4_000_000, 5_200_000)],
        dwell_ms: 600_000,
        every_ms: None,
        since_ms: None,
        beat: None,
        needs: Vec::new(),
    };
    let replanned = changed(&problem, &rounds, 4000, &Change::PillarPressed(pillar));
    assert!(replanned.rounds.missed.is_empty());
    let goes: Vec<_> = replanned
        .changes
        .iter()
        .filter(|c| matches!(c.why, ChangeWhy::PillarPressed { .. }))
        .collect();
    assert_eq!(goes.len(), 1);
    let sentence = words::of_change(goes[0], Language::English);
    assert!(sentence.contains("pillar 31"), "{sentence}");
    assert!(words::of_change(goes[0], Language::Chinese).contains("报警柱"));
}

#[test]
fn a_new_hot_spot_is_gone_to_if_it_is_hot() {
    let problem = town(size(4), 9).unwrap();
    let rounds = planned(&problem);
    let new = Candidate {
        cell: made_up_cell(5000).unwrap(),
        snap: snap_at(&problem, 3),
        risk_by_hour: vec![3.0; problem.hours()],
        rank_by_hour: vec![1; problem.hours()],
        label: "market".into(),
        beat: None,
        needs: Vec::new(),
        protected: 0.0,
    };
    let replanned = changed(&problem, &rounds, 4000, &Change::NewHotspot(new));
    let number = replanned.problem.candidates.len() - 1;
    let mut stops = replanned.rounds.of_unit.iter().flatten();
    assert!(stops.any(|s| s.what == StopFor::Candidate(number)));
    assert!(
        replanned
            .changes
            .iter()
            .any(|c| matches!(&c.why, ChangeWhy::NewHotspot { name } if name == "market"))
    );
}

#[test]
fn dearer_changes_are_fewer() {
    let problem = town(size(6), 11).unwrap();
    let rounds = planned(&problem);
    let change = Change::DropsOut { unit: 2 };
    let share = |price| {
        let present = Present {
            problem: &problem,
            rounds: &rounds.of_unit,
            now_s: 3000,
        };
        let settings = ReplanSettings { price, hot: 0.05 };
        let budget = Budget::iterations(400);
        let replanned = replan(&present, &change, &block_times, &settings, &budget).unwrap();
        replanned.stability.changed_share()
    };
    let (free, dear) = (share(0.0), share(2.0));
    assert!(dear <= free, "{dear} {free}");
    assert!(dear < 0.1, "{dear}");
}

#[test]
fn what_is_not_there_is_refused() {
    let problem = town(size(2), 1).unwrap();
    let rounds = planned(&problem);
    let ask = |rounds: &[Vec<RoundStop>], unit| {
        let present = Present {
            problem: &problem,
            rounds,
            now_s: 10,
        };
        let change = Change::DropsOut { unit };
        let settings = ReplanSettings::default();
        replan(
            &present,
            &change,
            &block_times,
            &settings,
            &Budget::iterations(1),
        )
        .err()
    };
    assert_eq!(ask(&rounds.of_unit, 2), Some(ReplanFault::UnknownUnit(2)));
    assert_eq!(ask(&rounds.of_unit[..1], 0), Some(ReplanFault::Rounds));
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(12))]

    #[test]
    fn what_is_made_or_under_way_stays(
        seed in 0u64..1000,
        units in 1usize..5,
        now_s in 0u32..16_000,
        unit in 0usize..5,
        kind in 0u8..5,
        later in 1u32..6000,
    ) {
        let problem = town(size(units), seed).unwrap();
        let rounds = planned(&problem);
        let unit = unit % units;
        let at = snap_at(&problem, seed as usize % 40);
        let change = match kind {
            0 => Change::SentToCall { unit, back: None },
            1 => Change::SentToCall { unit, back: Some(FreeAgain { at, second: now_s + later }) },
            2 => Change::DropsOut { unit },
            3 => Change::TimePassed,
            _ => Change::Back { unit, at },
        };
        let first = changed(&problem, &rounds, now_s, &change);
        check(&problem, &rounds, now_s, &change, &first)?;
        // And once more, from the answer.
        let then = now_s + later;
        let second = changed(&first.problem, &first.rounds, then, &Change::TimePassed);
        check(&first.problem, &first.rounds, then, &Change::TimePassed, &second)?;
    }
}

fn check(
    problem: &PlanProblem,
    rounds: &Rounds,
    now_s: u32,
    change: &Change,
    replanned: &Replanned,
) -> Result<(), TestCaseError> {
    for (unit, old) in rounds.of_unit.iter().enumerate() {
        let of = &problem.units[unit];
        let already = of.so_far.as_ref().map_or(0, |s| s.stops.len());
        let from_s = of.from_ms.div_ceil(1000);
        let new = &replanned.rounds.of_unit[unit];
        let mut kept = already;
        if !matches!(change, Change::Back { unit: back, .. } if *back == unit) {
            kept += begun(&old[already..], from_s, now_s);
        }
        let about = change.unit() == Some(unit);
        if about && kept > already && !matches!(change, Change::Back { .. }) {
            // The last was broken off, if it had begun at all.
            kept -= 1;
            if old[kept].begin_s < now_s {
                prop_assert_eq!(new[kept].what, old[kept].what);
                prop_assert!(new[kept].leave_s <= now_s.min(old[kept].leave_s));
            }
        }
        for i in 0..kept {
            prop_assert!(same(&old[i], &new[i]), "unit {} stop {}", unit, i);
        }
        // Nothing new is begun in the past, and nobody is in two places.
        let made = replanned.problem.units[unit]
            .so_far
            .as_ref()
            .map_or(0, |s| s.stops.len());
        let mut free_s = replanned.problem.units[unit].from_ms.div_ceil(1000);
        for stop in &new[made..] {
            prop_assert!(stop.arrive_s >= free_s && stop.leave_s > stop.begin_s);
            free_s = stop.leave_s;
            prop_assert!(stop.leave_s * 1000 <= replanned.problem.units[unit].until_ms);
        }
    }
    let stability = replanned.stability;
    prop_assert!(stability.stayed + stability.forced <= stability.before);
    prop_assert!((0.0..=1.0).contains(&stability.changed_share()));
    prop_assert!(
        replanned
            .rounds
            .of_unit
            .iter()
            .flatten()
            .all(|s| s.gain >= 0.0)
    );
    Ok(())
}
