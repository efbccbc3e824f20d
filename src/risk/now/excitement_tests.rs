//! Incident by incident is the same as all at once; and both are the formula.

use std::sync::Arc;

use jiff::{SignedDuration, Timestamp};
use proptest::prelude::*;

use crate::grid::hexgrid::HexGrid;
use crate::grid::rings::Rings;
use crate::place::measure::Seconds;
use crate::risk::hawkes::triggering::Triggering;
use crate::risk::now::excitement::{Excitement, Spark};
use crate::risk::small_town::grid;

const TRIGGERING: Triggering = Triggering {
    by_ring: [0.08, 0.06, 0.04, 0.02],
    decay: 0.8,
};

fn anchor() -> Timestamp {
    "2026-11-26T20:00:00Z".parse().unwrap()
}

fn spark(cell: u32, minutes: i64) -> Spark {
    Spark {
        cell,
        at: anchor() + SignedDuration::from_mins(minutes),
    }
}

fn parts() -> (HexGrid, Arc<Rings>) {
    let grid = grid(10);
    let cells: Vec<usize> = (0..grid.len()).collect();
    let rings = Arc::new(Rings::new(&grid, &cells, 3));
    (grid, rings)
}

/// By the formula, in floating point, in one go.
fn plain(
    grid: &HexGrid,
    rings: &Rings,
    sparks: &[Spark],
    from: Timestamp,
    length: f64,
) -> Vec<f64> {
    let mut expected = vec![0.0; grid.len()];
    for spark in sparks {
        let days = from.duration_since(spark.at).as_secs_f64() / 86_400.0;
        let drawn = (-0.8 * days).exp() * (1.0 - (-0.8 * length / 86_400.0).exp());
        for (ring, share) in TRIGGERING.by_ring.iter().enumerate() {
            for &near in rings.ring(spark.cell as usize, ring) {
                expected[near as usize] += share / Rings::whole(ring) * drawn;
            }
        }
    }
    expected
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(40))]

    #[test]
    fn one_by_one_is_all_at_once(
        steps in prop::collection::vec((0u32..700, -8000i64..60, any::<bool>(), any::<prop::sample::Index>()), 1..80),
    ) {
        let (grid, rings) = parts();
        let cells = grid.len();
        let mut live = Excitement::new(rings.clone(), cells, TRIGGERING, anchor());
        let mut there: Vec<Spark> = Vec::new();
        for (cell, minutes, goes, which) in steps {
            if goes && !there.is_empty() {
                let gone = there.swap_remove(which.index(there.len()));
                live.remove(gone);
            } else {
                let new = spark(cell % cells as u32, minutes);
                there.push(new);
                live.add(new);
            }
            // In any order.
            let anew = there.iter().rev().copied();
            let anew = Excitement::of(rings.clone(), cells, TRIGGERING, anchor(), anew);
            prop_assert!(live == anew);
        }
        let from = anchor() + SignedDuration::from_mins(75);
        let found = live.ahead(from, Seconds(3600.0));
        let wanted = plain(&grid, &rings, &there, from, 3600.0);
        for (found, wanted) in found.iter().zip(&wanted) {
            prop_assert!((found - wanted).abs() <= 1e-9, "{found} for {wanted}");
        }
    }
}

#[test]
fn all_that_is_drawn_comes_in_the_end() {
    let (grid, rings) = parts();
    // In the middle of the town, so that no ring is cut.
    let middle = grid
        .index_at(crate::risk::small_town::place(0.5, 0.5))
        .unwrap();
    let mut one = Excitement::new(rings, grid.len(), TRIGGERING, anchor());
    one.add(spark(middle as u32, 0));
    let ever: f64 = one.ahead(anchor(), Seconds(1e9)).iter().sum();
    assert!((ever - TRIGGERING.total()).abs() < 1e-9, "{ever}");
    assert_eq!(one.sparks(), 1);
    // A cell that is none changes nothing.
    let before = one.clone();
    one.add(spark(u32::MAX, 0));
    one.remove(spark(u32::MAX, 0));
    assert!(one == before);
}
