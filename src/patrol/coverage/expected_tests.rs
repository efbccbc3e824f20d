//! Comings and goings against a plain oracle that counts afresh.

use proptest::prelude::*;

use crate::patrol::coverage::expected::{CoverCounts, ExpectedCoverage};
use crate::patrol::coverage::rings::{CoverageFault, Rings};
use crate::roads::network::UNREACHABLE;

/// Σ dᵢ (1 − q^k) / Σ dᵢ for each ring, straight from the formula.
fn oracle(demand: &[f64], rows: &[&Vec<u32>], rings: &Rings) -> Vec<f64> {
    let total: f64 = demand.iter().sum();
    let share = |limit: u32| {
        let covered = demand.iter().enumerate().map(|(i, d)| {
            let k = rows.iter().filter(|row| row[i] <= limit).count();
            d * (1.0 - rings.busy().powi(k as i32))
        });
        if total > 0.0 {
            covered.sum::<f64>() / total
        } else {
            0.0
        }
    };
    rings
        .limits_ms()
        .iter()
        .map(|&limit| share(limit))
        .collect()
}

fn near(a: &[f64], b: &[f64]) -> bool {
    a.len() == b.len() && a.iter().zip(b).all(|(a, b)| (a - b).abs() < 1e-12)
}

#[derive(Debug, Clone)]
enum Step {
    Put(usize, usize),
    Take(usize),
}

fn steps() -> impl Strategy<Value = Vec<Step>> {
    let put = (0usize..6, 0usize..9).prop_map(|(unit, place)| Step::Put(unit, place));
    prop::collection::vec(
        prop_oneof![3 => put, 1 => (0usize..6).prop_map(Step::Take)],
        0..40,
    )
}

fn town() -> impl Strategy<Value = (Vec<f64>, Vec<Vec<u32>>)> {
    (1usize..30).prop_flat_map(|points| {
        let time = prop_oneof![9 => 0u32..400_000, 1 => Just(UNREACHABLE)];
        (
            prop::collection::vec(prop_oneof![0.0..3.0, Just(0.0)], points),
            prop::collection::vec(prop::collection::vec(time, points), 9),
        )
    })
}

proptest! {
    #[test]
    fn as_if_counted_afresh((demand, places) in town(), steps in steps(), busy in 0.0..0.95) {
        let rings = Rings::weighted(vec![60_000, 180_000, 300_000], vec![3.0, 2.0, 1.0], busy).unwrap();
        let mut coverage = ExpectedCoverage::new(&demand, rings.clone()).unwrap();
        let mut at: [Option<usize>; 6] = [None; 6];
        for step in steps {
            match step {
                Step::Put(unit, place) => {
                    coverage.put(unit, &places[place]).unwrap();
                    at[unit] = Some(place);
                }
                Step::Take(unit) => prop_assert_eq!(coverage.take(unit), at[unit].take().is_some()),
            }
            let rows = || at.iter().flatten().map(|&p| &places[p]).collect::<Vec<_>>();
            let now = coverage.counts().shares();
            let whole = oracle(&demand, &rows(), &rings);
            prop_assert!(near(&now, &whole), "{:?} {:?}", now, whole);

            // Marginal effects are differences of the whole.
            for unit in 0..6 {
                let others: Vec<&Vec<u32>> = (0..6).filter(|&u| u != unit).filter_map(|u| at[u]).map(|p| &places[p]).collect();
                let without = oracle(&demand, &others, &rings);
                let lost: Vec<f64> = whole.iter().zip(&without).map(|(a, b)| a - b).collect();
                prop_assert!(near(&coverage.losses(unit), &lost));
                prop_assert!((coverage.loss(unit) - rings.weigh(&lost)).abs() < 1e-12);
                prop_assert!(coverage.losses(unit).iter().all(|l| *l >= 0.0));
                for (ring, &limit) in rings.limits_ms().iter().enumerate() {
                    let bare: Vec<usize> = (0..demand.len())
                        .filter(|&i| at[unit].is_some_and(|p| places[p][i] <= limit) && others.iter().all(|row| row[i] > limit))
                        .collect();
                    prop_assert_eq!(coverage.left_bare(unit, ring), bare);
                }
            }
            for place in &places {
                let mut more = rows();
                more.push(place);
                let gained: Vec<f64> = oracle(&demand, &more, &rings).iter().zip(&whole).map(|(a, b)| a - b).collect();
                prop_assert!(near(&coverage.gains(place).unwrap(), &gained));
                let quick = coverage.counts().gain(&rings.reach(place));
                prop_assert!((quick - rings.weigh(&gained)).abs() < 1e-12);
            }
        }
        // The same bits, however one came here.
        let mut afresh = ExpectedCoverage::new(&demand, rings).unwrap();
        for (unit, place) in at.iter().enumerate().rev().filter_map(|(u, p)| Some((u, (*p)?))) {
            afresh.put(unit, &places[place]).unwrap();
        }
        prop_assert_eq!(coverage.counts().shares(), afresh.counts().shares());
        prop_assert_eq!(coverage.counts().score(), afresh.counts().score());
        let here: Vec<usize> = coverage.units().collect();
        prop_assert_eq!(here, (0..6).filter(|&u| at[u].is_some()).collect::<Vec<_>>());
    }

    #[test]
    fn another_hour_s_demand_is_as_if_it_had_been_there((demand, places) in town(), factor in 0.0..2.0) {
        let rings = Rings::default();
        let next: Vec<f64> = demand.iter().enumerate().map(|(i, d)| d * factor + (i % 3) as f64).collect();
        let mut coverage = ExpectedCoverage::new(&demand, rings.clone()).unwrap();
        let mut there = ExpectedCoverage::new(&next, rings).unwrap();
        for (unit, place) in places.iter().enumerate() {
            coverage.put(unit, place).unwrap();
            there.put(unit, place).unwrap();
        }
        coverage.set_demand(&next).unwrap();
        prop_assert_eq!(coverage.counts().shares(), there.counts().shares());
        prop_assert!(near(&coverage.losses(3), &there.losses(3)));
    }
}

#[test]
fn daskin_s_sum_by_hand() {
    // Two calls at a point that both units reach, one at a point that one reaches in the
    // second ring only, one that nobody reaches.
    let rings = Rings::new(vec![60_000, 180_000], 0.5).unwrap();
    let mut coverage = ExpectedCoverage::new(&[2.0, 1.0, 1.0], rings).unwrap();
    coverage.put(0, &[60_000, 180_000, 180_001]).unwrap();
    coverage.put(4, &[0, UNREACHABLE, UNREACHABLE]).unwrap();
    assert_eq!(coverage.counts().shares(), [1.5 / 4.0, 2.0 / 4.0]);
    assert_eq!(coverage.counts().reached(), [0.5, 0.75]);
    assert_eq!(coverage.losses(4), [0.5 / 4.0, 0.5 / 4.0]);
    assert_eq!(coverage.losses(0), [0.5 / 4.0, 1.0 / 4.0]);
    assert_eq!(coverage.left_bare(0, 0), [0usize; 0]);
    assert_eq!(coverage.left_bare(0, 1), [1]);
    assert_eq!(coverage.counts().total(), 4.0);
}

#[test]
fn what_makes_no_sense_is_refused_and_changes_nothing() {
    assert_eq!(Rings::new(vec![], 0.3), Err(CoverageFault::Rings));
    assert_eq!(Rings::new(vec![0], 0.3), Err(CoverageFault::Rings));
    assert_eq!(Rings::new(vec![2, 2], 0.3), Err(CoverageFault::Rings));
    assert_eq!(Rings::new(vec![2], 1.0), Err(CoverageFault::Busy(1.0)));
    assert!(matches!(
        Rings::new(vec![2], f64::NAN),
        Err(CoverageFault::Busy(_))
    ));
    assert_eq!(
        Rings::weighted(vec![2], vec![0.0], 0.3),
        Err(CoverageFault::Weights)
    );
    let of = |demand: &[f64]| CoverCounts::new(demand, Rings::default()).map(|c| c.total());
    assert_eq!(of(&[1.0, -1.0]), Err(CoverageFault::Demand(1)));
    assert_eq!(of(&[f64::NAN]), Err(CoverageFault::Demand(0)));
    assert!(of(&[f64::MAX, f64::MAX]).is_err());

    let mut coverage = ExpectedCoverage::new(&[1.0, 1.0], Rings::default()).unwrap();
    coverage.put(0, &[0, 0]).unwrap();
    let row = Err(CoverageFault::Row { row: 1, points: 2 });
    assert_eq!(coverage.put(0, &[0]), row);
    assert_eq!(coverage.counts().reached(), [1.0, 1.0, 1.0]);
    assert!(!coverage.take(7));
}

#[test]
fn no_demand_and_no_points_are_covered_by_nothing() {
    for demand in [&[][..], &[0.0, 0.0]] {
        let mut coverage = ExpectedCoverage::new(demand, Rings::default()).unwrap();
        coverage.put(0, &vec![0; demand.len()]).unwrap();
        assert_eq!(coverage.counts().shares(), [0.0; 3]);
        assert_eq!(coverage.loss(0), 0.0);
    }
}
