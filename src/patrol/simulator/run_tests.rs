//! Histories by hand, conservation on random ones, and queueing theory.

use proptest::prelude::*;

use super::*;
use crate::patrol::simulator::handling::HandlingTime;
use crate::patrol::simulator::process::HOUR_MS;
use crate::patrol::simulator::small_town::{call, history, street};
use crate::patrol::simulator::town::{Grounds, Stretch, TownParts};

fn answer(call: u32, crew: u32, sent_s: u64, arrived_s: u64, cleared_s: u64) -> Answer {
    Answer {
        call,
        crew,
        sent_ms: sent_s * 1000,
        arrived_ms: arrived_s * 1000,
        cleared_ms: cleared_s * 1000,
    }
}

fn town(parts: TownParts) -> Town {
    Town::new(parts).unwrap()
}

/// Five places 100 s apart, units at both ends.
#[test]
fn the_nearest_idle_unit_goes_and_comes_back() {
    let town = town(street(&[1.0; 5], &[0, 4], 24));
    let settings = SimulationSettings::default();
    let calls = [
        call(1000, 1, 500),
        // Unit 0 is at place 1 until 1600 s: unit 1 comes, from afar.
        call(1200, 0, 50),
        // Unit 0 is on its way home, 30 s of it driven: it turns off at home, place 0.
        call(1630, 0, 10),
    ];
    let (found, _) = history(&town, Policy::Station, &settings, &calls);
    assert_eq!(
        found.answers,
        [
            answer(0, 0, 1000, 1100, 1600),
            answer(1, 1, 1200, 1600, 1650),
            answer(2, 0, 1630, 1700, 1710),
        ]
    );
    assert!(found.left.is_empty());
}

/// Where zones have units of their own, the call's own unit goes, however far it is; where
/// it is busy, the nearest of the others.
#[test]
fn a_zones_own_unit_goes_first() {
    let mut parts = street(&[1.0; 5], &[0, 4], 24);
    parts.grounds = Some(Grounds {
        of_cell: vec![0, 0, 0, 0, 1],
        of_crew: vec![0, 1],
    });
    let town = town(parts);
    let settings = SimulationSettings::default();
    let calls = [call(1000, 3, 500), call(1100, 3, 50)];
    let (found, _) = history(&town, Policy::Station, &settings, &calls);
    assert_eq!(
        found.answers,
        [
            answer(0, 0, 1000, 1300, 1800),
            answer(1, 1, 1100, 1200, 1250),
        ]
    );
}

/// A unit that goes home turns round at the next place on its way, not before.
#[test]
fn a_unit_on_its_way_turns_off_at_the_next_place() {
    let town = town(street(&[1.0; 5], &[0], 24));
    let settings = SimulationSettings::default();
    // From place 4 home: cleared at 500, 150 s later between places 3 and 2.
    let calls = [call(0, 4, 100), call(650, 4, 100)];
    let (found, movements) = history(&town, Policy::Station, &settings, &calls);
    // At place 2 at 700 s, back at 4 at 900 s.
    assert_eq!(found.answers[1], answer(1, 0, 650, 900, 1000));
    let turned = movements.iter().find(|m| m.what == What::Patrols).unwrap();
    assert_eq!((turned.from, turned.to), (4, 2));
    assert_eq!((turned.from_ms, turned.until_ms), (500_000, 700_000));
}

#[test]
fn where_all_are_busy_the_urgent_and_then_the_oldest_wait_least() {
    let town = town(street(&[1.0; 3], &[1], 24));
    let settings = SimulationSettings::default();
    let mut calls = [
        call(0, 1, 1000),
        call(10, 0, 100),
        call(20, 2, 100),
        call(30, 1, 100),
    ];
    calls[2].priority = Priority::One;
    let (found, _) = history(&town, Policy::Station, &settings, &calls);
    assert_eq!(
        found.answers,
        [
            answer(0, 0, 0, 0, 1000),
            answer(2, 0, 1000, 1100, 1200),
            answer(1, 0, 1200, 1400, 1500),
            answer(3, 0, 1500, 1600, 1700),
        ]
    );
}

#[test]
fn who_is_relieved_ends_the_call_first_and_what_waits_at_closing_is_left() {
    let mut parts = street(&[1.0; 3], &[0, 2], 24);
    let hours = |from: u64, until: u64| Stretch {
        from_ms: from * HOUR_MS,
        until_ms: until * HOUR_MS,
    };
    parts.crews[0].works = vec![hours(0, 1)];
    parts.crews[1].works = vec![hours(1, 2)];
    parts.open = vec![hours(0, 2)];
    let town = town(parts);
    let settings = SimulationSettings::default();
    let calls = [
        call(3500, 0, 500),
        // Nobody is idle before the second shift begins, at 3600 s.
        call(3550, 1, 4000),
        call(7000, 1, 10),
    ];
    let (found, movements) = history(&town, Policy::Station, &settings, &calls);
    assert_eq!(
        found.answers,
        [
            answer(0, 0, 3500, 3500, 4000),
            answer(1, 1, 3600, 3700, 7700),
        ]
    );
    assert_eq!(found.left, [2]);
    // The first unit stands at its base until the call, and is gone after it.
    let of_first = movements.iter().filter(|m| m.crew == 0);
    assert_eq!(of_first.map(|m| m.until_ms).max(), Some(4_000_000));
    assert_eq!(found.duty_ms, 2 * HOUR_MS);
    assert_eq!(found.stood_ms, 3_500_000);
}

#[test]
fn a_place_without_a_way_is_left_and_holds_nobody_up() {
    let mut parts = street(&[1.0; 3], &[0], 24);
    let mut millis: Vec<u32> = (0..9)
        .map(|k: u32| (k / 3).abs_diff(k % 3) * 100_000)
        .collect();
    // Nobody gets to place 2.
    millis[2] = u32::MAX;
    millis[5] = u32::MAX;
    parts.travel =
        crate::patrol::simulator::travel::Travel::new(crate::roads::network::TravelMatrix {
            sources: 3,
            targets: 3,
            millis,
        })
        .unwrap();
    let town = town(parts);
    let settings = SimulationSettings::default();
    let calls = [call(0, 0, 100), call(10, 2, 100), call(20, 1, 100)];
    let (found, _) = history(&town, Policy::Station, &settings, &calls);
    assert_eq!(found.answers.len(), 2);
    assert_eq!(found.left, [1]);
    assert_eq!(found.answers[1], answer(2, 0, 100, 200, 300));
}

/// Two units at the left end and one on the right: a call nearer to the lonely one.
#[test]
fn the_coverage_aware_rule_keeps_the_lonely_unit() {
    let town = town(street(&[1.0, 1.0, 1.0, 1.0, 1.0, 9.0], &[0, 0, 5], 24));
    let calls = [call(0, 3, 100)];
    let sent = |rule, priority| {
        let mut calls = calls;
        calls[0].priority = priority;
        let settings = SimulationSettings {
            rule,
            ..SimulationSettings::default()
        };
        history(&town, Policy::Station, &settings, &calls).0.answers[0].crew
    };
    // 200 s from the right, 300 s from the left: within the same ring of five minutes.
    let patient = Rule::CoverageAware {
        patience_ms: 100_000,
    };
    assert_eq!(sent(Rule::Nearest, Priority::Two), 2);
    assert_eq!(sent(patient, Priority::Two), 0);
    assert_eq!(sent(patient, Priority::One), 2);
}

/// What is looked at: one unit at the end of a street of three, all alike.
#[test]
fn coverage_is_what_idle_units_reach() {
    let town = town(street(&[1.0; 3], &[0], 1));
    let settings = SimulationSettings {
        look_every_ms: 30 * 60_000,
        ..SimulationSettings::default()
    };
    // Busy from 1700 s to the second look at 1800 s and beyond.
    let busy = history(&town, Policy::Station, &settings, &[call(1700, 0, 1000)]).0;
    assert_eq!(busy.looks, 2);
    let near = |found: f64, wanted: f64| (found - wanted).abs() < 1e-12;
    // One of three within a minute, two within three, all within five; at one look of two.
    for (found, wanted) in busy.covered.iter().zip([1.0 / 6.0, 2.0 / 6.0, 3.0 / 6.0]) {
        assert!(near(*found, wanted), "{found} for {wanted}");
    }
}

/// Erlang's formula: mean wait of a place where calls come at a rate, take a mean time and
/// find so many units.
fn erlang_c_wait_s(per_s: f64, mean_s: f64, units: usize) -> f64 {
    let offered = per_s * mean_s;
    let (mut term, mut sum) = (1.0, 1.0);
    for k in 1..units {
        term *= offered / k as f64;
        sum += term;
    }
    let last = term * offered / units as f64 / (1.0 - offered / units as f64);
    let waits = last / (sum + last);
    waits * mean_s / (units as f64 - offered)
}

#[test]
fn a_city_of_one_place_queues_as_erlang_says() {
    assert!((erlang_c_wait_s(0.5, 1.0, 1) - 1.0).abs() < 1e-12);
    assert!((erlang_c_wait_s(1.0, 1.0, 2) - 1.0 / 3.0).abs() < 1e-12);
    let days = 60;
    for (units, per_hour) in [(1usize, 4.0), (3, 14.0), (6, 30.0)] {
        let bases = vec![0; units];
        let mut parts = street(&[per_hour * 24.0 * days as f64], &bases, 24 * days);
        parts.process.handling = HandlingTime::Exponential { mean_s: 600.0 };
        let town = town(parts);
        let settings = SimulationSettings::default();
        let (mut waits, mut within) = (Vec::new(), 0);
        for seed in 0..12 {
            let parts = town.parts();
            let calls = parts.process.draw(seed, &parts.open).unwrap();
            let (found, _) = history(&town, Policy::Station, &settings, &calls);
            let wait = |a: &Answer| (a.sent_ms - calls[a.call as usize].at_ms) as f64 / 1000.0;
            let sum: f64 = found.answers.iter().map(wait).sum();
            waits.push(sum / found.answers.len() as f64);
            within += found.left.len();
        }
        let interval = crate::patrol::simulator::experiment::interval(&waits).unwrap();
        let wanted = erlang_c_wait_s(per_hour / 3600.0, 600.0, units);
        // Wider than the 95 % interval, so that an honest simulation passes always.
        let slack = 2.0 * (interval.high - interval.mean);
        println!(
            "MEASURED {units} units: waits {:.1} s, Erlang C {wanted:.1} s",
            interval.mean
        );
        assert!(
            (interval.mean - wanted).abs() < slack,
            "{interval:?} for {wanted}"
        );
        assert!(
            slack < 0.2 * wanted,
            "too few calls to tell: {slack} of {wanted}"
        );
        assert!(within < 60);
    }
}

fn crews() -> impl Strategy<Value = Vec<(u32, u64, u64)>> {
    prop::collection::vec((0u32..6, 0u64..20, 1u64..10), 1..5)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    /// Each call is answered once or left; a unit's pieces follow one another in time and
    /// place; drives take as long as the road; nobody is sent before the call.
    #[test]
    fn nothing_is_lost_and_nobody_is_at_two_places(
        crews in crews(),
        drawn in prop::collection::vec((0u64..86_400, 0u32..6, 1u64..9000, 1u8..4), 0..60),
        policy in prop::sample::select(vec![Policy::Station, Policy::Random, Policy::Hottest]),
        aware in any::<bool>(),
    ) {
        let mut parts = street(&[1.0, 2.0, 0.5, 0.1, 3.0, 1.0], &[0], 30);
        parts.crews = crews.iter().map(|&(base, from, hours)| {
            let works = vec![Stretch { from_ms: from * HOUR_MS, until_ms: (from + hours) * HOUR_MS }];
            crate::patrol::simulator::town::Crew { base, works }
        }).collect();
        let town = town(parts);
        let mut calls: Vec<_> = drawn.iter().map(|&(at_s, cell, handling_s, urgent)| {
            let mut call = call(at_s, cell, handling_s);
            call.priority = Priority::from_number(urgent).unwrap();
            call
        }).collect();
        calls.sort_by_key(|c| c.at_ms);
        let settings = SimulationSettings {
            rule: if aware { Rule::COVERAGE_AWARE } else { Rule::Nearest },
            ..SimulationSettings::default()
        };
        let (found, movements) = history(&town, policy, &settings, &calls);

        let mut fates: Vec<u32> = found.answers.iter().map(|a| a.call).chain(found.left.iter().copied()).collect();
        fates.sort_unstable();
        prop_assert_eq!(fates, (0..calls.len() as u32).collect::<Vec<_>>());
        for answer in &found.answers {
            let call = calls[answer.call as usize];
            prop_assert!(call.at_ms <= answer.sent_ms && answer.sent_ms <= answer.arrived_ms);
            prop_assert_eq!(answer.arrived_ms + call.handling_ms, answer.cleared_ms);
            let works = town.crews()[answer.crew as usize].works[0];
            prop_assert!(works.contains(answer.sent_ms));
        }
        prop_assert!(found.answers.windows(2).all(|w| w[0].sent_ms <= w[1].sent_ms));
        let (mut stood_ms, mut patrolled_ms) = (0, 0);
        for (number, crew) in (0u32..).zip(town.crews()) {
            let mut at: Option<(u64, u32)> = None;
            for piece in movements.iter().filter(|m| m.crew == number) {
                prop_assert!(piece.from_ms <= piece.until_ms);
                let (when, place) = at.unwrap_or((crew.works[0].from_ms, crew.base));
                prop_assert_eq!((piece.from_ms, piece.from), (when, place));
                let drive_ms = u64::from(town.travel().millis(piece.from, piece.to).unwrap());
                let length_ms = piece.until_ms - piece.from_ms;
                match piece.what {
                    What::Stands => { prop_assert_eq!(piece.from, piece.to); stood_ms += length_ms; }
                    What::Handles(_) => {}
                    What::Patrols => { prop_assert_eq!(length_ms, drive_ms); patrolled_ms += length_ms; }
                    What::DrivesTo(_) => prop_assert_eq!(length_ms, drive_ms),
                }
                if let What::Handles(call) = piece.what {
                    prop_assert_eq!(piece.to, calls[call as usize].cell);
                    prop_assert_eq!(length_ms, calls[call as usize].handling_ms);
                }
                at = Some((piece.until_ms, piece.to));
            }
        }
        prop_assert_eq!((stood_ms, patrolled_ms), (found.stood_ms, found.patrolled_ms));
    }

    #[test]
    fn the_same_history_twice(seed in 0u64..50) {
        let town = town(street(&[30.0, 20.0, 5.0, 1.0, 30.0, 10.0], &[0, 3], 24));
        let calls = town.parts().process.draw(seed, &town.parts().open).unwrap();
        let settings = SimulationSettings::default();
        for policy in [Policy::Station, Policy::Random, Policy::Hottest] {
            let once = history(&town, policy, &settings, &calls);
            prop_assert_eq!(&once, &history(&town, policy, &settings, &calls));
        }
    }
}
