//! Drafts from nothing: every cell is in a zone, zones are in one piece where the ground
//! is, locked ones keep their ground.

use proptest::prelude::*;

use crate::patrol::zones::ground::{ZoneFault, ZoneGround};
use crate::patrol::zones::grow::{grow, islands};
use crate::patrol::zones::made_up_ground::{any_ground, grid, ground};
use crate::patrol::zones::partition::Partition;
use crate::patrol::zones::tally::tally;

fn free(ground: &ZoneGround) -> Vec<Option<u32>> {
    vec![None; ground.len()]
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(60))]

    #[test]
    fn a_draft_is_a_partition_in_pieces_that_the_ground_forces(ground in any_ground(), zones in 1usize..8, seed in 0u64..5) {
        let none = free(&ground);
        let drafted = grow(&ground, zones, &none, seed);
        if zones > ground.len() {
            let refused = matches!(drafted, Err(ZoneFault::Count { .. }));
            prop_assert!(refused);
            return Ok(());
        }
        let drafted = drafted.unwrap();
        let pieces = drafted.pieces(&ground);
        prop_assert!(pieces.iter().all(|&p| p >= 1));
        let islands = islands(&ground, &none).len();
        prop_assert!(pieces.iter().sum::<usize>() <= zones + islands - 1 + usize::from(islands == 0));
        prop_assert_eq!(&grow(&ground, zones, &none, seed).unwrap(), &drafted);
    }

    #[test]
    fn locked_ground_stays(ground in any_ground(), zones in 2usize..6) {
        let mut fixed = free(&ground);
        fixed[..ground.len() / 3].fill(Some(0));
        let any_fixed = fixed.iter().any(Option::is_some);
        if let Ok(drafted) = grow(&ground, zones, &fixed, 1) {
            for (cell, zone) in fixed.iter().enumerate() {
                prop_assert_eq!(zone.is_some(), any_fixed && drafted.zone(cell) == 0);
            }
        }
    }
}

#[test]
fn even_ground_is_divided_about_evenly() {
    let ground = ground(&grid(30.0, 20.0, false), &[1.0]);
    let drafted = grow(&ground, 6, &free(&ground), 1).unwrap();
    let cells: Vec<usize> = tally(&ground, &drafted).iter().map(|s| s.cells).collect();
    let mean = ground.len() as f64 / 6.0;
    assert!(cells.iter().all(|&c| (c as f64) < mean * 1.3), "{cells:?}");
    assert_eq!(drafted.pieces(&ground), [1; 6]);
}

#[test]
fn too_many_none_and_one() {
    let ground = ground(&grid(3.0, 3.0, false), &[1.0]);
    let none = free(&ground);
    for wanted in [0, ground.len() + 1, 100_000] {
        let fault = grow(&ground, wanted, &none, 1).unwrap_err();
        assert!(matches!(fault, ZoneFault::Count { .. }), "{fault}");
    }
    let one = grow(&ground, 1, &none, 1).unwrap();
    assert_eq!(one.cells(0).len(), ground.len());
    let each = grow(&ground, ground.len(), &none, 1).unwrap();
    assert!(each.pieces(&ground).iter().all(|&p| p == 1));
    // All is locked already.
    let locked = vec![Some(0); ground.len()];
    assert_eq!(grow(&ground, 1, &locked, 1).unwrap(), one);
    assert!(grow(&ground, 2, &locked, 1).is_err());
}

#[test]
fn an_island_that_is_too_small_joins_the_nearest() {
    let mut calls = vec![1.0; 400];
    calls.push(1.0);
    let ground = ground(&grid(20.0, 15.0, true), &calls);
    let drafted = grow(&ground, 2, &free(&ground), 1).unwrap();
    let mut pieces = drafted.pieces(&ground);
    pieces.sort_unstable();
    assert_eq!(pieces, [1, 2]);
}

#[test]
fn cells_without_a_zone_join_the_one_beside_them() {
    let ground = ground(&grid(6.0, 6.0, true), &[1.0]);
    let mut known = free(&ground);
    known[0] = Some(1);
    let (filled, joined) = Partition::filled(&ground, &known, 2).unwrap();
    assert_eq!(joined, ground.len() - 1);
    assert!(filled.zone_of().iter().all(|&z| z == 1));
    assert!(Partition::filled(&ground, &free(&ground), 2).is_err());
    assert!(Partition::new(&ground, vec![2; ground.len()], 2).is_err());
}
