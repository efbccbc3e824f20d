//! Siting against trying every set of sites.

use proptest::prelude::*;

use crate::patrol::coverage::expected::CoverCounts;
use crate::patrol::coverage::rings::{Reach, Rings};
use crate::patrol::coverage::siting::site;

fn score_of(base: &CoverCounts, sites: &[Reach], chosen: &[usize]) -> f64 {
    let mut counts = base.clone();
    for &s in chosen {
        counts.add(&sites[s]).unwrap();
    }
    counts.score()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(120))]

    #[test]
    fn as_good_as_trying_everything(
        demand in prop::collection::vec(0.0..3.0f64, 6..12),
        rows in prop::collection::vec(prop::collection::vec(0u32..500_000, 12), 0..8),
        there in prop::collection::vec(prop::collection::vec(0u32..900_000, 12), 0..2),
        most in 0usize..5,
        busy in prop_oneof![Just(0.0), 0.1..0.6],
    ) {
        let rings = Rings::new(vec![60_000, 180_000, 300_000], busy).unwrap();
        let n = demand.len();
        let mut base = CoverCounts::new(&demand, rings.clone()).unwrap();
        for row in &there {
            base.add(&rings.reach(&row[..n])).unwrap();
        }
        let sites: Vec<Reach> = rows.iter().map(|row| rings.reach(&row[..n])).collect();
        for work in [10_000_000, 40] {
            let steps = site(&base, &sites, most, work).unwrap();
            prop_assert_eq!(steps.len(), most.min(sites.len()));
            let mut order: Vec<usize> = Vec::new();
            for (i, step) in steps.iter().enumerate() {
                let count = i + 1;
                let best = (0u32..1 << sites.len())
                    .filter(|set| set.count_ones() as usize <= count)
                    .map(|set| (0..sites.len()).filter(|s| set >> s & 1 == 1).collect::<Vec<_>>())
                    .map(|set| score_of(&base, &sites, &set))
                    .fold(0.0, f64::max);
                prop_assert_eq!(step.count, count);
                prop_assert!(step.bound >= best - 1e-9);
                prop_assert!(step.best_score <= best + 1e-9);
                prop_assert!(!step.proved || (step.best_score - best).abs() < 1e-9);
                prop_assert!(work < 1000 || step.proved);
                prop_assert!((score_of(&base, &sites, &step.best) - step.best_score).abs() < 1e-9);
                prop_assert!(step.best.len() <= count);
                // The order of building: each adds to those before it, and not more than they.
                if let Some(next) = step.next {
                    prop_assert!(!order.contains(&next));
                    order.push(next);
                }
                prop_assert!((score_of(&base, &sites, &order) - step.score).abs() < 1e-9);
                prop_assert!(step.score <= step.best_score + 1e-9);
                prop_assert!(step.score - base.score() >= 0.632 * (best - base.score()) - 1e-9);
            }
        }
    }
}

#[test]
fn no_site_and_more_than_there_are() {
    let rings = Rings::default();
    let base = CoverCounts::new(&[1.0, 1.0], rings.clone()).unwrap();
    assert!(site(&base, &[], 3, 1000).unwrap().is_empty());
    let sites = [rings.reach(&[0, 999_999]), rings.reach(&[999_999, 999_999])];
    assert!(site(&base, &sites, 0, 1000).unwrap().is_empty());
    let steps = site(&base, &sites, 9, 1000).unwrap();
    assert_eq!(steps.len(), 2);
    // The second site reaches nothing: it is not built.
    assert_eq!((steps[0].next, steps[1].next), (Some(0), None));
}
