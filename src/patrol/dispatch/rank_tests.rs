//! Rankings on a drawn town by hand, and against brute force.

use proptest::prelude::*;

use crate::patrol::coverage::expected::ExpectedCoverage;
use crate::patrol::coverage::rings::Rings;
use crate::patrol::dispatch::offer::{Offer, Responder, When, offers};
use crate::patrol::dispatch::rank::{Why, rank};
use crate::patrol::dispatch::rule::Rule;
use crate::place::measure::Metres;
use crate::roads::network::{RoadNetwork, Snap};
use crate::roads::speed::SpeedTable;

#[allow(
    clippy::duplicate_mod,
    reason = "the tests of the roads have a copy of their own"
)]
#[path = "../../../tests/support/town.rs"]
mod town;

use town::Town;

const FAR: Metres = Metres(1000.0);

fn open(drawing: &str) -> (Town, RoadNetwork) {
    let town = Town::parse(drawing);
    let (network, _) = RoadNetwork::build(&town.roads, &SpeedTable::default()).unwrap();
    (town, network)
}

fn cover(demand: &[f64], busy: f64) -> ExpectedCoverage {
    let rings = Rings::new(vec![60_000, 180_000, 300_000], busy).unwrap();
    ExpectedCoverage::new(demand, rings).unwrap()
}

fn now(from: Snap) -> Responder {
    Responder {
        from,
        ready_ms: 0,
        when: When::Now,
    }
}

/// One-way streets make the unit that stands next to the call the last to be there.
#[test]
fn the_nearest_is_the_first_by_road() {
    let (town, network) = open("A>>>>>>B\n^      v\nD<<<<<<C");
    let at = |c| network.snap(town.at(c), FAR).unwrap();
    // A call at A: B stands 140 m off and drives all round, D has 40 m to go.
    let units = [now(at('B')), now(at('D')), now(at('C'))];
    let offers = offers(&network, &units, at('A'));
    let cover = cover(&[1.0], 0.0);
    let ranking = rank(&offers, &cover, Rule::Nearest, false);
    let order: Vec<usize> = ranking.choices.iter().map(|c| c.offer.unit).collect();
    assert_eq!(order, [1, 2, 0]);
    let eta = |i: usize| ranking.choices[i].offer.eta_ms;
    assert_eq!(
        ranking.why,
        Some(Why::Nearest {
            ahead_ms: eta(1) - eta(0),
            next: 2
        })
    );
    for choice in &ranking.choices {
        let way = network
            .route(units[choice.offer.unit].from, at('A'))
            .unwrap();
        assert_eq!(choice.offer.eta_ms, way.millis);
    }
}

#[test]
fn a_busy_unit_comes_after_its_job() {
    let (town, network) = open("A------B---C");
    let at = |c| network.snap(town.at(c), FAR).unwrap();
    let busy = |ready_ms| Responder {
        from: at('B'),
        ready_ms,
        when: When::AfterJob,
    };
    let cover = cover(&[1.0], 0.0);
    let first = |units: &[Responder]| {
        let ranking = rank(
            &offers(&network, units, at('C')),
            &cover,
            Rule::Nearest,
            true,
        );
        (ranking.choices[0].offer.unit, ranking.why)
    };
    // Free at once and nearer, but busy: an idle one is proposed all the same.
    assert_eq!(first(&[busy(0), now(at('A'))]), (1, Some(Why::OnlyOne)));
    assert_eq!(first(&[busy(500_000), busy(0)]), (1, Some(Why::FreeFirst)));
    assert_eq!(rank(&[], &cover, Rule::Nearest, false).why, None);
}

/// Two units at one end of the town, one at the other: the call in the middle gets one of
/// the two, though the lonely one is a little nearer.
#[test]
fn who_leaves_a_hole_is_not_sent() {
    let offer = |unit, eta_ms| Offer {
        unit,
        when: When::Now,
        eta_ms,
    };
    let offers = [offer(0, 90_000), offer(1, 100_000), offer(2, 130_000)];
    let mut cover = cover(&[1.0, 1.0], 0.0);
    cover.put(0, &[30_000, 400_000]).unwrap();
    cover.put(1, &[400_000, 30_000]).unwrap();
    cover.put(2, &[400_000, 40_000]).unwrap();
    let first = |rule, urgent| {
        let ranking = rank(&offers, &cover, rule, urgent);
        (ranking.choices[0].offer.unit, ranking.why)
    };
    assert_eq!(first(Rule::Nearest, false).0, 0);
    let (unit, why) = first(Rule::COVERAGE_AWARE, false);
    assert_eq!(unit, 1);
    assert_eq!(
        why,
        Some(Why::KeepsCoverage {
            later_ms: 10_000,
            nearest: 0,
            saved: vec![0.5; 3]
        })
    );
    assert_eq!(first(Rule::COVERAGE_AWARE, true).0, 0);
    let hasty = Rule::CoverageAware { patience_ms: 9_999 };
    assert_eq!(first(hasty, false).0, 0);
}

proptest! {
    /// Whatever the offers, the proposed one is what trying all of them gives.
    #[test]
    fn the_proposal_is_the_best_of_all(
        times in prop::collection::vec((1u32..500_000, any::<bool>()), 1..12),
        rows in prop::collection::vec(prop::collection::vec(0u32..600_000, 5), 12),
        patience_ms in 0u32..120_000, urgent in any::<bool>(),
    ) {
        let offers: Vec<Offer> = times.iter().enumerate().map(|(unit, &(eta_ms, idle))| Offer {
            unit,
            when: if idle { When::Now } else { When::AfterJob },
            eta_ms,
        }).collect();
        let mut cover = cover(&[1.0, 2.0, 0.5, 3.0, 1.0], 0.3);
        let idle: Vec<&Offer> = offers.iter().filter(|o| o.when == When::Now).collect();
        for offer in &idle {
            cover.put(offer.unit, &rows[offer.unit]).unwrap();
        }
        let rule = Rule::CoverageAware { patience_ms };
        let ranking = rank(&offers, &cover, rule, urgent);
        prop_assert_eq!(ranking.choices.len(), offers.len());
        let rest = &ranking.choices[1..];
        prop_assert!(rest.windows(2).all(|w| w[0].offer.eta_ms <= w[1].offer.eta_ms));
        let first = ranking.choices[0].offer;
        let soonest = |of: &mut dyn Iterator<Item = &Offer>| of.map(|o| (o.eta_ms, o.unit)).min();
        let Some((nearest_ms, nearest)) = soonest(&mut idle.iter().copied()) else {
            prop_assert_eq!(Some((first.eta_ms, first.unit)), soonest(&mut offers.iter()));
            return Ok(());
        };
        if urgent {
            prop_assert_eq!(first.unit, nearest);
            return Ok(());
        }
        let ring = |ms: u32| [60_000, 180_000, 300_000].iter().filter(|&&r| ms > r).count();
        let before: f64 = cover.counts().shares().iter().sum();
        let mut prices: Vec<(f64, u32, usize)> = Vec::new();
        for offer in idle {
            if offer.eta_ms <= nearest_ms + patience_ms && ring(offer.eta_ms) == ring(nearest_ms) {
                let mut without = cover.clone();
                without.take(offer.unit);
                prices.push((before - without.counts().shares().iter().sum::<f64>(), offer.eta_ms, offer.unit));
            }
        }
        let least = prices.iter().map(|p| p.0).fold(f64::INFINITY, f64::min);
        let chosen = prices.iter().find(|p| p.2 == first.unit);
        prop_assert!(chosen.is_some_and(|p| p.0 < least + 1e-9));
        // No earlier one is clearly as cheap.
        let chosen_ms = first.eta_ms;
        prop_assert!(prices.iter().all(|p| p.1 >= chosen_ms || p.0 > least - 1e-9));
    }
}
