//! Standing against trying every move of every unit.

use proptest::prelude::*;

use crate::patrol::coverage::expected::CoverCounts;
use crate::patrol::coverage::rings::{Reach, Rings};
use crate::patrol::coverage::stand::{Stand, StandQuestion, next_combination, stand, ways};
use crate::roads::network::UNREACHABLE;

#[derive(Debug)]
struct Scene {
    others: CoverCounts,
    units: Vec<Reach>,
    places: Vec<Reach>,
    travel: Vec<Vec<Option<u32>>>,
}

impl Scene {
    fn curve(&self, moves: usize, work: u64) -> Vec<Stand> {
        let travel = |unit: usize, place: usize| self.travel[unit][place];
        stand(&StandQuestion {
            others: &self.others,
            units: &self.units,
            places: &self.places,
            travel: &travel,
            moves,
            work,
        })
        .unwrap()
    }

    fn score(&self, at: &[Option<usize>]) -> f64 {
        let mut counts = self.others.clone();
        for (unit, place) in at.iter().enumerate() {
            counts
                .add(place.map_or(&self.units[unit], |p| &self.places[p]))
                .unwrap();
        }
        counts.score()
    }

    /// The best score with at most so many moves.
    fn by_trying(&self, moves: usize, at: &mut Vec<Option<usize>>) -> f64 {
        if at.len() == self.units.len() {
            return self.score(at);
        }
        let unit = at.len();
        at.push(None);
        let mut best = self.by_trying(moves, at);
        if moves > 0 {
            for place in (0..self.places.len()).filter(|&p| self.travel[unit][p].is_some()) {
                at[unit] = Some(place);
                best = best.max(self.by_trying(moves - 1, at));
            }
        }
        at.pop();
        best
    }
}

fn scene() -> impl Strategy<Value = Scene> {
    (2usize..9, 0usize..5, 0usize..6).prop_flat_map(|(points, units, places)| {
        let time = || prop_oneof![9 => 0u32..500_000, 1 => Just(UNREACHABLE)];
        let rows = move |n| prop::collection::vec(prop::collection::vec(time(), points), n);
        (
            prop::collection::vec(0.0..3.0f64, points),
            rows(units),
            rows(places),
            prop::collection::vec(
                prop::collection::vec(prop::option::weighted(0.8, 1u32..900_000), places),
                units,
            ),
            0.0..0.7f64,
            any::<bool>(),
        )
            .prop_map(|(demand, mut units, places, mut travel, busy, twins)| {
                let rings = Rings::new(vec![60_000, 180_000, 300_000], busy).unwrap();
                if twins && units.len() > 1 {
                    // Two at one station.
                    units[1] = units[0].clone();
                    travel[1] = travel[0].clone();
                }
                Scene {
                    others: CoverCounts::new(&demand, rings.clone()).unwrap(),
                    units: units.iter().map(|r| rings.reach(r)).collect(),
                    places: places.iter().map(|r| rings.reach(r)).collect(),
                    travel,
                }
            })
    })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(150))]

    #[test]
    fn as_good_as_trying_everything(scene in scene(), moves in 0usize..4) {
        let curve = scene.curve(moves, 10_000_000);
        prop_assert_eq!(curve.len(), moves.min(scene.units.len()) + 1);
        for (allowed, found) in curve.iter().enumerate() {
            let best = scene.by_trying(allowed, &mut Vec::new());
            prop_assert!(found.proved);
            prop_assert!((found.score - best).abs() < 1e-9, "{} moves: {} {}", allowed, found.score, best);
            prop_assert!((found.bound - found.score).abs() < 1e-12);
            check(&scene, found, allowed)?;
        }
        // Without work for a proof: what is said still holds.
        for (allowed, found) in scene.curve(moves, 60).iter().enumerate() {
            let best = scene.by_trying(allowed, &mut Vec::new());
            prop_assert!(found.bound >= best - 1e-9);
            prop_assert!(found.score <= best + 1e-9);
            prop_assert!(!found.proved || found.score >= best - 1e-9);
            check(&scene, found, allowed)?;
        }
    }
}

fn check(scene: &Scene, found: &Stand, allowed: usize) -> Result<(), TestCaseError> {
    prop_assert!(found.moves.len() <= allowed);
    let mut at = vec![None; scene.units.len()];
    let mut travel_ms = 0;
    for m in &found.moves {
        prop_assert_eq!(scene.travel[m.unit][m.place], Some(m.travel_ms));
        prop_assert!(at[m.unit].is_none());
        at[m.unit] = Some(m.place);
        travel_ms += u64::from(m.travel_ms);
    }
    prop_assert_eq!(travel_ms, found.travel_ms);
    prop_assert!((scene.score(&at) - found.score).abs() < 1e-9);
    prop_assert!((scene.others.rings().weigh(&found.shares) - found.score).abs() < 1e-9);
    Ok(())
}

#[test]
fn the_nearer_unit_goes_to_each_place() {
    // Two units at useless spots, two good places: crosswise would take 20 minutes.
    let rings = Rings::new(vec![60_000], 0.3).unwrap();
    let scene = Scene {
        others: CoverCounts::new(&[1.0, 1.0], rings.clone()).unwrap(),
        units: vec![rings.reach(&[UNREACHABLE; 2]); 2],
        places: vec![rings.reach(&[0, 99_999]), rings.reach(&[99_999, 0])],
        travel: vec![
            vec![Some(600_000), Some(60_000)],
            vec![Some(60_000), Some(600_000)],
        ],
    };
    let curve = scene.curve(2, 1_000_000);
    assert_eq!(curve[0].score, 0.0);
    assert_eq!(curve[1].moves.len(), 1);
    assert_eq!(curve[2].travel_ms, 120_000);
    assert!((curve[2].score - 0.7).abs() < 1e-12);
}

#[test]
fn nobody_moves_for_nothing_and_nothing_is_an_answer() {
    let rings = Rings::default();
    let none = Scene {
        others: CoverCounts::new(&[], rings.clone()).unwrap(),
        units: vec![],
        places: vec![],
        travel: vec![],
    };
    assert_eq!(none.curve(5, 1000).len(), 1);
    let good_already = Scene {
        others: CoverCounts::new(&[1.0], rings.clone()).unwrap(),
        units: vec![rings.reach(&[0]), rings.reach(&[0])],
        places: vec![rings.reach(&[0])],
        travel: vec![vec![Some(1)], vec![Some(1)]],
    };
    assert!(good_already.curve(2, 1000)[2].moves.is_empty());
}

#[test]
fn combinations_are_counted_and_gone_through() {
    for (n, k) in [(5, 2), (6, 6), (7, 1), (4, 3)] {
        let mut chosen: Vec<usize> = (0..k).collect();
        let mut count = 1;
        while next_combination(&mut chosen, n) {
            count += 1;
        }
        assert_eq!(count, ways(n, k));
    }
    assert_eq!(ways(3, 5), 0);
}
