//! Comparisons: determinism, pairing, intervals, breaking off.

use super::*;
use crate::patrol::made_up::TownSize;
use crate::patrol::simulator::plans::plan_shifts;
use crate::patrol::simulator::replan::PlaceIndex;
use crate::patrol::simulator::settings::ReplanMode;
use crate::patrol::simulator::small_town::{made_up, places};

const SIZE: TownSize = TownSize {
    units: 4,
    candidates: 60,
    must_visits: 0,
    hours: 6.0,
    side_m: 5000.0,
};

const GO_ON: &(dyn Fn() -> ControlFlow<()> + Sync) = &|| ControlFlow::Continue(());

fn compared(threads: usize, seeds: &[u64]) -> Comparison {
    compared_with(threads, seeds, ReplanMode::OneUnit)
}

fn compared_with(threads: usize, seeds: &[u64], replan: ReplanMode) -> Comparison {
    let pool = rayon::ThreadPoolBuilder::new()
        .num_threads(threads)
        .build()
        .unwrap();
    pool.install(|| {
        let (town, shift) = made_up(SIZE, 1.5, 2);
        let plans = plan_shifts(&town, vec![shift], 300, GO_ON).unwrap();
        let places = places(&plans[0].shift);
        let settings = SimulationSettings {
            replan,
            ..SimulationSettings::default()
        };
        let experiment = Experiment {
            town: &town,
            plans: Plans {
                of_shift: &plans,
                places: &places,
            },
            settings: &settings,
            policies: &Policy::ALL,
            seeds,
            metres: &|leg| Some(f64::from(leg.millis) / 125.0),
        };
        experiment.run(GO_ON).unwrap()
    })
}

#[test]
fn the_same_on_one_thread_and_on_two() {
    let seeds = [1, 2, 3, 4, 5];
    let one = compared(1, &seeds);
    assert_eq!(one, compared(2, &seeds));
    let all_units = |threads| compared_with(threads, &[1, 2], ReplanMode::ALL_UNITS);
    let found = all_units(1);
    assert_eq!(found, all_units(2));
    assert_ne!(
        found.tallies[4],
        one.tallies[4][..2],
        "another way to replan"
    );
    // And a seed's history does not depend on the others.
    let alone = compared(2, &[4]);
    for (all, alone) in one.tallies.iter().zip(&alone.tallies) {
        assert_eq!(all[3], alone[0]);
    }
}

#[test]
fn all_policies_answer_the_same_calls() {
    let found = compared(2, &[7, 8]);
    for of_policy in &found.tallies {
        for (tally, first) in of_policy.iter().zip(&found.tallies[0]) {
            assert_eq!(tally.calls, first.calls);
            assert!(tally.calls > 20, "{}", tally.calls);
            assert_eq!(tally.responses_ms.len() + tally.left, tally.calls);
        }
    }
    let none = found
        .difference(Policy::Plan, Policy::Plan, Figure::MeanResponse)
        .unwrap();
    assert_eq!((none.mean, none.low, none.high), (0.0, 0.0, 0.0));
    let same = found
        .ratio(Policy::Plan, Policy::Plan, Figure::HotMinutes)
        .unwrap();
    assert_eq!(same.mean, 1.0);
    let more = found
        .difference(Policy::Plan, Policy::Station, Figure::HotMinutes)
        .unwrap();
    assert!(more.mean > 0.0, "a plan goes where it is hot: {more:?}");
    // Driven at 8 m/s throughout.
    let km = found.estimate(Policy::Random, Figure::Km).unwrap().mean;
    assert!(km > 10.0, "{km}");
}

#[test]
fn students_interval() {
    let found = interval(&[1.0, 2.0, 3.0, 4.0]).unwrap();
    // t(0.975, 3) = 3.182446; deviation 1.290994 / 2.
    assert!((found.mean - 2.5).abs() < 1e-12);
    assert!((found.high - 2.5 - 3.182_446 * 0.645_497).abs() < 1e-5);
    assert!((found.low + found.high - 5.0).abs() < 1e-9);
    assert!(interval(&[]).is_none());
    let single = interval(&[3.0]).unwrap();
    assert_eq!((single.mean, single.high), (3.0, f64::INFINITY));
}

#[test]
fn who_breaks_off_is_heard_and_nothing_to_do_is_said() {
    let (town, shift) = made_up(SIZE, 1.5, 2);
    let stop: &(dyn Fn() -> ControlFlow<()> + Sync) = &|| ControlFlow::Break(());
    let broken = plan_shifts(&town, vec![shift], 300, stop).unwrap_err();
    assert_eq!(broken, SimulationFault::BrokenOff);
    let places = PlaceIndex::default();
    let settings = SimulationSettings::default();
    let experiment = |policies, seeds| Experiment {
        town: &town,
        plans: Plans {
            of_shift: &[],
            places: &places,
        },
        settings: &settings,
        policies,
        seeds,
        metres: &|_| None,
    };
    let run = |policies, seeds, watch| experiment(policies, seeds).run(watch).unwrap_err();
    assert_eq!(
        run(&[Policy::Random], &[1], stop),
        SimulationFault::BrokenOff
    );
    assert_eq!(run(&[], &[1], GO_ON), SimulationFault::NothingToRun);
    assert_eq!(
        run(&[Policy::Random], &[], GO_ON),
        SimulationFault::NothingToRun
    );
    let settings = SimulationSettings {
        dwell_ms: 0,
        ..SimulationSettings::default()
    };
    assert_eq!(settings.check(), Err(SimulationFault::Settings));
}
