//! Figures by hand, and which zone carries on which.

use crate::patrol::zones::compare::{compare, figures, matched, matched_greedily};
use crate::patrol::zones::ground::{WorkSettings, ZoneFault, ZoneGround};
use crate::patrol::zones::made_up_ground::{grid, ground};
use crate::patrol::zones::partition::Partition;
use crate::place::position::Position;

/// East of a line of longitude, and so on to the east.
fn stripes(ground: &ZoneGround, widths_m: &[f64]) -> Partition {
    let zone = |x: f64| widths_m.iter().filter(|&&w| x > w).count() as u32;
    let zone_of = ground.at_m.iter().map(|at| zone(at[0])).collect();
    Partition::new(ground, zone_of, widths_m.len() + 1).unwrap()
}

fn span(ground: &ZoneGround) -> (f64, f64) {
    let x = || ground.at_m.iter().map(|at| at[0]);
    (
        x().fold(f64::INFINITY, f64::min),
        x().fold(f64::NEG_INFINITY, f64::max),
    )
}

#[test]
fn figures_add_up() {
    let grid = grid(12.0, 8.0, false);
    let ground = ground(&grid, &[1.0, 2.0]);
    let (west, east) = span(&ground);
    let halves = stripes(&ground, &[(west + east) / 2.0]);
    let figures = figures(&ground, &halves);
    let total: f64 = figures.zones.iter().map(|z| z.calls).sum();
    assert!((total - ground.calls.iter().sum::<f64>()).abs() < 1e-9);
    let km2: f64 = figures.zones.iter().map(|z| z.km2).sum();
    assert!((km2 - grid.area_km2().iter().sum::<f64>()).abs() < 1e-9);
    for zone in &figures.zones {
        let handling_h = zone.calls * 0.5;
        assert!((zone.work_h - zone.driving_h - handling_h).abs() < 1e-9);
        assert!(zone.driving_h > 0.0 && zone.compactness > 0.2 && zone.compactness < 0.8);
        assert_eq!(zone.pieces, 1);
    }
    let [a, b] = [figures.zones[0].work_h, figures.zones[1].work_h];
    assert!((figures.sd_h - (a - b).abs() / 2.0).abs() < 1e-9);
    assert!((figures.most_over_mean - a.max(b) * 2.0 / (a + b)).abs() < 1e-9);
    assert!(figures.border_km > 1.0 && figures.border_along_road == 0.0);
}

#[test]
fn driving_is_close_to_the_mean_distance_of_two_random_calls() {
    let ground = ground(&grid(14.0, 9.0, false), &[1.0, 4.0, 0.0, 2.0]);
    let one = Partition::new(&ground, vec![0; ground.len()], 1).unwrap();
    let total: f64 = ground.calls.iter().sum();
    let mut mean_m = 0.0;
    for a in 0..ground.len() {
        for b in 0..ground.len() {
            let [dx, dy] = [0, 1].map(|i| ground.at_m[a][i] - ground.at_m[b][i]);
            mean_m += ground.calls[a] * ground.calls[b] * dx.hypot(dy) / (total * total);
        }
    }
    let said = figures(&ground, &one).zones[0].driving_h;
    let by_hand = total * ground.work.pace_s_per_m * mean_m / 3600.0;
    assert!((said / by_hand - 1.0).abs() < 0.03, "{said} {by_hand}");
}

#[test]
fn a_border_along_a_road_is_seen() {
    let grid = grid(12.0, 8.0, false);
    let calls = vec![1.0; grid.len()];
    let middle = 11.0 + 0.0036 * 6.0;
    let road = vec![vec![
        Position::wrapped(middle, 47.99),
        Position::wrapped(middle, 48.04),
    ]];
    let ground = ZoneGround::new(&grid, &calls, WorkSettings::default(), &road).unwrap();
    let zone_of = (0..grid.len())
        .map(|c| u32::from(grid.centre(c).lon() > middle))
        .collect();
    let along = Partition::new(&ground, zone_of, 2).unwrap();
    assert!(figures(&ground, &along).border_along_road > 0.9);
    let (west, east) = span(&ground);
    let elsewhere = stripes(&ground, &[west + (east - west) / 5.0]);
    assert_eq!(figures(&ground, &elsewhere).border_along_road, 0.0);
}

#[test]
fn zones_carry_on_those_they_share_most_with() {
    let ground = ground(&grid(12.0, 8.0, false), &[1.0]);
    let (west, east) = span(&ground);
    let at = |share: f64| west + (east - west) * share;
    let before = stripes(&ground, &[at(0.3), at(0.6)]);
    // The same three with their numbers turned round, and the borders moved a little.
    let shifted = stripes(&ground, &[at(0.4), at(0.6)]);
    let turned = shifted.zone_of().iter().map(|z| (z + 1) % 3).collect();
    let after = Partition::new(&ground, turned, 3).unwrap();
    let found = compare(&ground, &before, &after, false);
    assert_eq!(found.carries_on, [Some(2), Some(0), Some(1)]);
    assert_eq!(found.keeps_name, [true, true, true]);
    let between = ground
        .at_m
        .iter()
        .filter(|p| p[0] > at(0.3) && p[0] <= at(0.4))
        .count();
    assert_eq!(found.moved_cells, between);
    assert!((found.moved_share - found.moved_calls_share).abs() < 1e-9);
    assert!(found.imbalance_cut.is_some());

    // More zones than before, and fewer.
    let four = stripes(&ground, &[at(0.3), at(0.6), at(0.9)]);
    let found = compare(&ground, &before, &four, false);
    assert_eq!(found.carries_on, [Some(0), Some(1), Some(2), None]);
    let found = compare(&ground, &four, &before, false);
    assert_eq!(found.carries_on, [Some(0), Some(1), Some(2)]);
    let same = compare(&ground, &before, &before, true);
    assert_eq!((same.moved_cells, same.imbalance_cut), (0, Some(0.0)));
}

#[test]
fn ground_that_can_not_be_divided_is_refused() {
    let grid = grid(3.0, 3.0, false);
    let work = WorkSettings::default();
    let of = |calls: &[f64], work| ZoneGround::new(&grid, calls, work, &[]).map(|g| g.len());
    assert_eq!(of(&[], work), Err(ZoneFault::Calls(0)));
    assert_eq!(of(&vec![0.0; grid.len()], work), Err(ZoneFault::NoCalls));
    assert_eq!(of(&vec![-1.0; grid.len()], work), Err(ZoneFault::Calls(0)));
    let none = WorkSettings {
        handling_s: 0.0,
        pace_s_per_m: 0.0,
    };
    assert_eq!(of(&vec![1.0; grid.len()], none), Err(ZoneFault::Work));
    assert_eq!(of(&vec![1.0; grid.len()], work), Ok(grid.len()));
}

#[test]
fn pair_after_pair_matches_what_is_clear() {
    // Each shares most with one that shares most with it.
    let shared = |a: usize, b: usize| -> u64 { [[9, 1, 0], [2, 0, 7], [0, 0, 0]][a][b] };
    let wanted = [Some(0), Some(2), None];
    assert_eq!(matched_greedily(3, 3, &shared), wanted);
    assert_eq!(matched(3, 3, &shared), wanted);
    // Here the best matching gives up the largest pair.
    let shared = |a: usize, b: usize| -> u64 { [[5, 4], [4, 0]][a][b] };
    assert_eq!(matched(2, 2, &shared), [Some(1), Some(0)]);
    assert_eq!(matched_greedily(2, 2, &shared), [Some(0), None]);
}
