//! Refining: never tears a zone, never moves more than allowed or what is locked, never
//! ends worse; on small ground as good as trying every partition.

use std::collections::BTreeSet;

use proptest::prelude::*;

use crate::patrol::zones::compare::figures;
use crate::patrol::zones::contiguity::Walk;
use crate::patrol::zones::ground::{ZoneFault, ZoneGround};
use crate::patrol::zones::grow::grow;
use crate::patrol::zones::made_up_ground::{any_ground, grid, ground};
use crate::patrol::zones::partition::Partition;
use crate::patrol::zones::refine::{RefineSettings, border, refine};
use crate::patrol::zones::tally::tally;

/// The cost by the formula, from nothing.
fn cost(ground: &ZoneGround, start: &Partition, now: &Partition, settings: &RefineSettings) -> f64 {
    let moved = (0..ground.len())
        .filter(|&c| start.zone(c) != now.zone(c))
        .count();
    figures(ground, now).relative_variance
        + settings.compactness * border(ground, now) / border(ground, start).max(1.0)
        + settings.stability * moved as f64 / ground.len() as f64
}

fn moved(a: &Partition, b: &Partition) -> usize {
    (0..a.len()).filter(|&c| a.zone(c) != b.zone(c)).count()
}

/// Pieces of a zone by flooding sets, without the code of `Partition::pieces`.
fn pieces_of(ground: &ZoneGround, cells: &BTreeSet<usize>) -> usize {
    let mut left = cells.clone();
    let mut pieces = 0;
    while let Some(first) = left.pop_first() {
        pieces += 1;
        let mut open = vec![first];
        while let Some(cell) = open.pop() {
            let beside: Vec<usize> = left
                .iter()
                .copied()
                .filter(|&o| ground.are_neighbours(cell, o))
                .collect();
            for other in beside {
                left.remove(&other);
                open.push(other);
            }
        }
    }
    pieces
}

fn set(partition: &Partition, zone: usize) -> BTreeSet<usize> {
    partition.cells(zone).into_iter().collect()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(60))]

    #[test]
    fn whether_a_cell_may_leave_is_what_flooding_says(
        ground in any_ground(),
        zones in prop::collection::vec(0u32..3, 120),
    ) {
        let zone_of: Vec<u32> = (0..ground.len()).map(|c| zones[c % zones.len()]).collect();
        let partition = Partition::new(&ground, zone_of, 3).unwrap();
        let pieces: Vec<usize> = (0..3).map(|z| pieces_of(&ground, &set(&partition, z))).collect();
        prop_assert_eq!(&partition.pieces(&ground), &pieces);
        let mut walk = Walk::default();
        for cell in 0..ground.len() {
            let zone = partition.zone(cell);
            let mut without = set(&partition, zone);
            without.remove(&cell);
            let may = !without.is_empty() && pieces_of(&ground, &without) <= pieces[zone];
            prop_assert_eq!(walk.may_leave(&ground, &partition, cell), may, "cell {}", cell);
        }
    }

    #[test]
    fn refining_keeps_its_promises(
        ground in any_ground(),
        zones in 2usize..6,
        most_moved in 0.0..1.0f64,
        lock in prop::option::of(0usize..6),
        seed in 0u64..3,
    ) {
        let none = vec![None; ground.len()];
        let Ok(start) = grow(&ground, zones, &none, 7) else { return Ok(()) };
        let settings = RefineSettings {
            most_moved,
            locked: lock.into_iter().collect(),
            steps: 3_000,
            ..RefineSettings::usual(ground.len(), seed)
        };
        let refined = match refine(&ground, &start, &settings) {
            Ok(refined) => refined,
            Err(fault) => {
                prop_assert!(matches!(fault, ZoneFault::NothingToMove(_)));
                prop_assert!(zones == 2 && lock.is_some_and(|z| z < 2));
                return Ok(());
            }
        };
        prop_assert!(moved(&start, &refined) as f64 <= most_moved * ground.len() as f64);
        for (zone, (after, before)) in refined.pieces(&ground).iter().zip(start.pieces(&ground)).enumerate() {
            prop_assert!(*after >= 1 && *after <= before, "zone {}", zone);
        }
        if let Some(zone) = lock {
            prop_assert_eq!(set(&start, zone), set(&refined, zone));
        }
        prop_assert!(cost(&ground, &start, &refined, &settings) <= cost(&ground, &start, &start, &settings) + 1e-9);
        prop_assert_eq!(refine(&ground, &start, &settings).unwrap(), refined);
    }
}

/// The best partition into two zones of one piece each with at most so many moved.
fn by_trying(ground: &ZoneGround, start: &Partition, settings: &RefineSettings) -> f64 {
    let cells = ground.len();
    (0u32..1 << cells)
        .filter_map(|bits| {
            let zone_of = (0..cells).map(|c| bits >> c & 1).collect();
            let partition = Partition::new(ground, zone_of, 2).unwrap();
            let whole = (0..2).all(|z| pieces_of(ground, &set(&partition, z)) == 1);
            let few = moved(start, &partition) as f64 <= settings.most_moved * cells as f64;
            (whole && few).then(|| cost(ground, start, &partition, settings))
        })
        .fold(f64::INFINITY, f64::min)
}

#[test]
fn on_small_ground_as_good_as_trying_every_partition() {
    for (calls, most_moved) in [
        (vec![1.0, 5.0, 2.0, 0.0, 9.0, 1.0, 3.0], 1.0),
        (vec![0.0, 0.0, 8.0, 1.0, 1.0, 1.0], 1.0),
        (vec![4.0, 1.0, 1.0, 1.0, 1.0], 0.3),
    ] {
        let ground = ground(&grid(2.2, 2.2, false), &calls);
        assert!((8..16).contains(&ground.len()), "{}", ground.len());
        let start = grow(&ground, 2, &vec![None; ground.len()], 3).unwrap();
        let settings = RefineSettings {
            most_moved,
            ..RefineSettings::usual(ground.len(), 1)
        };
        let refined = refine(&ground, &start, &settings).unwrap();
        let (found, best) = (
            cost(&ground, &start, &refined, &settings),
            by_trying(&ground, &start, &settings),
        );
        assert!((found - best).abs() < 1e-9, "{found} {best}");
    }
}

#[test]
fn lopsided_ground_is_evened_out() {
    // All calls come from the west; two zones, east and west.
    let grid = grid(16.0, 10.0, false);
    let west = |c: usize| grid.centre(c).lon() < 11.0 + 0.0036 * 6.0;
    let calls: Vec<f64> = (0..grid.len())
        .map(|c| if west(c) { 3.0 } else { 0.2 })
        .collect();
    let ground = ground(&grid, &calls);
    let east = |c: usize| u32::from(grid.centre(c).lon() > 11.0 + 0.0036 * 8.0);
    let start = Partition::new(&ground, (0..grid.len()).map(east).collect(), 2).unwrap();
    let settings = RefineSettings {
        most_moved: 0.33,
        ..RefineSettings::usual(ground.len(), 1)
    };
    let refined = refine(&ground, &start, &settings).unwrap();
    let [before, after] = [&start, &refined].map(|p| figures(&ground, p).relative_variance);
    assert!(after < before * 0.2, "{before} {after}");
    // The sums that it kept are those of counting afresh.
    let fresh: f64 = tally(&ground, &refined).iter().map(|s| s.calls).sum();
    assert!((fresh - calls.iter().sum::<f64>()).abs() < 1e-6);
}

#[test]
fn what_can_not_be_refined_is_said() {
    let ground = ground(&grid(4.0, 4.0, false), &[1.0]);
    let all = |zone: u32, zones| Partition::new(&ground, vec![zone; ground.len()], zones).unwrap();
    let settings = RefineSettings::usual(ground.len(), 1);
    let nothing = |start: &Partition, settings: &RefineSettings| {
        matches!(
            refine(&ground, start, settings),
            Err(ZoneFault::NothingToMove(_))
        )
    };
    assert!(nothing(&all(0, 1), &settings));
    let two = grow(&ground, 2, &vec![None; ground.len()], 1).unwrap();
    assert!(nothing(
        &two,
        &RefineSettings {
            locked: vec![0],
            ..settings.clone()
        }
    ));
    let none = RefineSettings {
        most_moved: 0.0,
        ..settings.clone()
    };
    assert_eq!(refine(&ground, &two, &none).unwrap(), two);
    let wrong = RefineSettings {
        most_moved: f64::NAN,
        ..settings.clone()
    };
    assert!(matches!(
        refine(&ground, &two, &wrong),
        Err(ZoneFault::MovedShare(_))
    ));
    // One zone has all cells, the other none: there is no border to move.
    assert_eq!(refine(&ground, &all(0, 2), &settings).unwrap(), all(0, 2));
}
