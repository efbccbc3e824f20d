//! Greedy, exchange and branch and bound against trying everything.

use proptest::prelude::*;

use crate::patrol::coverage::expected::CoverCounts;
use crate::patrol::coverage::picks::{
    Choice, Picks, Work, branch_and_bound, exchange, greedy, upper_bound,
};
use crate::patrol::coverage::rings::{Reach, Rings};

fn score_with(base: &CoverCounts, places: &[Reach], chosen: &[usize]) -> f64 {
    let mut counts = base.clone();
    for &place in chosen {
        counts.add(&places[place]).unwrap();
    }
    counts.score()
}

/// The best of all choices of at most `most` places.
fn by_trying(base: &CoverCounts, places: &[Reach], most: usize, again: bool) -> f64 {
    fn go(
        base: &CoverCounts,
        places: &[Reach],
        from: usize,
        left: usize,
        again: bool,
        chosen: &mut Vec<usize>,
    ) -> f64 {
        let mut best = score_with(base, places, chosen);
        if left == 0 {
            return best;
        }
        for place in from..places.len() {
            chosen.push(place);
            let next = if again { place } else { place + 1 };
            best = best.max(go(base, places, next, left - 1, again, chosen));
            chosen.pop();
        }
        best
    }
    go(base, places, 0, most, again, &mut Vec::new())
}

fn scene() -> impl Strategy<Value = (Vec<f64>, Vec<Vec<u32>>, Vec<Vec<u32>>)> {
    (3usize..14).prop_flat_map(|points| {
        let row = move || prop::collection::vec(0u32..600_000, points);
        (
            prop::collection::vec(0.0..3.0f64, points),
            prop::collection::vec(row(), 0..3),
            prop::collection::vec(row(), 0..8),
        )
    })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(150))]

    #[test]
    fn as_good_as_trying_everything(
        (demand, there, places) in scene(),
        most in 0usize..4,
        again in any::<bool>(),
        busy in prop_oneof![Just(0.0), 0.05..0.8],
    ) {
        let rings = Rings::weighted(vec![60_000, 180_000, 300_000], vec![1.0, 2.0, 3.0], busy).unwrap();
        let mut counts = CoverCounts::new(&demand, rings.clone()).unwrap();
        for row in &there {
            counts.add(&rings.reach(row)).unwrap();
        }
        let places: Vec<Reach> = places.iter().map(|row| rings.reach(row)).collect();
        let choice = Choice { places: &places, most, again, cost: &|_| Some(0) };
        let before = counts.score();
        let best = by_trying(&counts, &places, most, again);

        let first = greedy(&mut counts, &choice).unwrap();
        prop_assert!((score_with(&counts, &places, &first.places) - first.score).abs() < 1e-12);
        prop_assert!(first.score - before >= (1.0 - (-1.0f64).exp()) * (best - before) - 1e-9);
        let mut work = Work::new(1_000_000);
        let mut better = exchange(&mut counts, &choice, &first, &mut work).unwrap();
        prop_assert!(better.score >= first.score - 1e-12);
        prop_assert!(upper_bound(&counts, &choice) >= best - 1e-9);
        branch_and_bound(&mut counts, &choice, &mut better, &mut work).unwrap();
        prop_assert!(!work.is_spent_up());
        prop_assert!((better.score - best).abs() < 1e-9, "{} {}", better.score, best);
        prop_assert!((score_with(&counts, &places, &better.places) - better.score).abs() < 1e-9);
        prop_assert!(better.places.len() <= most);
        prop_assert_eq!(counts.score(), before);
    }
}

#[test]
fn greedy_alone_is_not_enough_here() {
    // The middle place reaches most at first; the best two leave it out.
    let rings = Rings::new(vec![60_000], 0.0).unwrap();
    let mut counts = CoverCounts::new(&[2.0, 2.0, 2.0, 2.0, 1.0], rings.clone()).unwrap();
    let row = |reached: &[usize]| -> Vec<u32> {
        (0..5)
            .map(|i| if reached.contains(&i) { 1 } else { 99_999 })
            .collect()
    };
    let places: Vec<Reach> = [row(&[1, 2, 4]), row(&[0, 1]), row(&[2, 3])]
        .iter()
        .map(|r| rings.reach(r))
        .collect();
    let choice = Choice {
        places: &places,
        most: 2,
        again: false,
        cost: &|_| Some(0),
    };
    let first = greedy(&mut counts, &choice).unwrap();
    assert_eq!(first.places, [0, 1]);
    let mut work = Work::new(1_000_000);
    let mut best = exchange(&mut counts, &choice, &first, &mut work).unwrap();
    branch_and_bound(&mut counts, &choice, &mut best, &mut work).unwrap();
    let mut found = best.places.clone();
    found.sort_unstable();
    assert_eq!(found, [1, 2]);
    assert!((best.score - 8.0 / 9.0).abs() < 1e-9);
}

#[test]
fn of_equal_scores_the_cheaper_and_only_what_can_be_had() {
    let rings = Rings::new(vec![60_000], 0.3).unwrap();
    let mut counts = CoverCounts::new(&[1.0, 1.0], rings.clone()).unwrap();
    let places: Vec<Reach> = [[1, 99_999], [1, 99_999], [99_999, 1]]
        .iter()
        .map(|r| rings.reach(r))
        .collect();
    let cost = |chosen: &[usize]| match chosen.contains(&2) {
        true => None,
        false => Some(chosen.iter().map(|&p| 10 - p as u64).sum()),
    };
    let choice = Choice {
        places: &places,
        most: 1,
        again: false,
        cost: &cost,
    };
    let mut best = Picks {
        places: vec![0],
        score: greedy(&mut counts, &choice).unwrap().score,
        cost: 10,
    };
    // A tie is not looked for where the bound says that nothing is better.
    branch_and_bound(&mut counts, &choice, &mut best, &mut Work::new(1000)).unwrap();
    assert!(!best.places.contains(&2));
    let mut nothing = Picks {
        places: vec![],
        score: 0.0,
        cost: 0,
    };
    branch_and_bound(&mut counts, &choice, &mut nothing, &mut Work::new(1000)).unwrap();
    assert!((nothing.score - 0.35).abs() < 1e-9);
}

#[test]
fn without_work_what_is_known_stays_and_is_said() {
    let rings = Rings::default();
    let mut counts = CoverCounts::new(&[1.0, 1.0], rings.clone()).unwrap();
    let places: Vec<Reach> = (0..5).map(|_| rings.reach(&[1, 1])).collect();
    let choice = Choice {
        places: &places,
        most: 2,
        again: false,
        cost: &|_| Some(0),
    };
    let mut best = greedy(&mut counts, &choice).unwrap();
    let (known, mut work) = (best.clone(), Work::new(2));
    branch_and_bound(&mut counts, &choice, &mut best, &mut work).unwrap();
    assert!(work.is_spent_up());
    assert_eq!(best, known);
}
