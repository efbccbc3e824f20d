//! Calls against their expectation.

use super::*;
use crate::patrol::simulator::small_town::{grid, street};

fn open(hours: usize) -> Vec<Stretch> {
    vec![Stretch {
        from_ms: 0,
        until_ms: hours as u64 * HOUR_MS,
    }]
}

#[test]
fn as_many_come_where_and_when_as_are_expected() {
    let mut process = street(&[10.0, 30.0, 0.0], &[0], 4).process;
    process.strata[0].hour_shares = vec![0.5, 0.0, 0.2, 0.3];
    process.strata[0].urgent = [0.1, 0.4];
    let (mut cells, mut hours, mut urgent, mut all) = ([0.0; 3], [0.0; 4], [0.0; 3], 0.0);
    let seeds = 500;
    for seed in 0..seeds {
        let calls = process.draw(seed, &open(4)).unwrap();
        assert!(calls.windows(2).all(|w| w[0].at_ms <= w[1].at_ms));
        for call in calls {
            cells[call.cell as usize] += 1.0;
            hours[(call.at_ms / HOUR_MS) as usize] += 1.0;
            urgent[usize::from(call.priority.number()) - 1] += 1.0;
            all += 1.0;
        }
    }
    let close = |found: f64, share: f64| {
        let wanted = 40.0 * seeds as f64 * share;
        // Four deviations of Poisson's law.
        assert!(
            (found - wanted).abs() <= 4.0 * wanted.sqrt(),
            "{found} for {wanted}"
        );
    };
    close(all, 1.0);
    for (found, share) in cells.iter().zip([0.25, 0.75, 0.0]) {
        close(*found, share);
    }
    for (found, share) in hours.iter().zip([0.5, 0.0, 0.2, 0.3]) {
        close(*found, share);
    }
    for (found, share) in urgent.iter().zip([0.1, 0.4, 0.5]) {
        close(*found, share);
    }
}

#[test]
fn the_same_seed_gives_the_same_calls_and_closed_hours_none() {
    let process = street(&[50.0, 30.0], &[0], 10).process;
    let all = process.draw(5, &open(10)).unwrap();
    assert_eq!(all, process.draw(5, &open(10)).unwrap());
    assert_ne!(all, process.draw(6, &open(10)).unwrap());
    let evening = [Stretch {
        from_ms: 3 * HOUR_MS,
        until_ms: 5 * HOUR_MS,
    }];
    let some: Vec<Call> = all
        .iter()
        .copied()
        .filter(|call| evening[0].contains(call.at_ms))
        .collect();
    assert!(!some.is_empty());
    assert_eq!(process.draw(5, &evening).unwrap(), some);
}

/// With repeats as many come in all, and they come near each other.
#[test]
fn repeats_come_near_and_the_total_stays() {
    let grid = grid(10);
    let hours = 24 * 28;
    let expected = vec![200.0 / grid.len() as f64; grid.len()];
    let mut process = street(&expected, &[0], hours).process;
    let near_pairs = |process: &CallProcess| {
        let (mut near, mut all) = (0, 0);
        for seed in 0..20 {
            let calls = process.draw(seed, &open(hours)).unwrap();
            all += calls.len();
            for (i, call) in calls.iter().enumerate() {
                near += calls[..i]
                    .iter()
                    .filter(|other| other.cell == call.cell)
                    .filter(|other| call.at_ms - other.at_ms < 3 * 24 * HOUR_MS)
                    .count();
            }
        }
        (near, f64::from(all as u32))
    };
    let (without, _) = near_pairs(&process);
    process.repeats = Some(Repeats {
        triggering: Triggering {
            by_ring: [0.3, 0.05, 0.0, 0.0],
            decay: 0.5,
        },
        grid,
    });
    assert_eq!(process.check(expected.len(), hours), Ok(()));
    let (with, all) = near_pairs(&process);
    // Clusters scatter more than Poisson's law: a deviation of √(4000)/(1 − θ), and what
    // the rings lose at the border.
    assert!((3500.0..4400.0).contains(&all), "{all}");
    assert!(
        with > 3 * without.max(50),
        "{with} near pairs, {without} without repeats"
    );
}

#[test]
fn a_ring_is_the_cells_at_its_distance() {
    let grid = grid(10);
    let middle = (0..grid.len())
        .find(|&i| grid.disk(i, 3).len() == 37)
        .unwrap() as u32;
    for ring in 0..4u32 {
        let mut found: Vec<u32> = (0..600)
            .filter_map(|i| in_ring(&grid, middle, ring, f64::from(i) / 600.0))
            .collect();
        found.sort_unstable();
        found.dedup();
        assert_eq!(found.len(), if ring == 0 { 1 } else { 6 * ring as usize });
        for cell in found {
            let within = |k: u32| grid.disk(middle as usize, k).contains(&(cell as usize));
            assert!(within(ring) && (ring == 0 || !within(ring - 1)));
        }
    }
}

#[test]
fn triggers_without_an_end_are_refused() {
    let grid = grid(10);
    let cells = grid.len();
    let mut process = street(&vec![1.0; cells], &[0], 24).process;
    let mut with = |by_ring, decay| {
        process.repeats = Some(Repeats {
            triggering: Triggering { by_ring, decay },
            grid: grid.clone(),
        });
        process.check(cells, 24)
    };
    assert_eq!(with([0.2, 0.1, 0.0, 0.0], 0.3), Ok(()));
    for (by_ring, decay) in [
        ([0.9, 0.2, 0.0, 0.0], 0.3),
        ([0.2, -0.1, 0.0, 0.0], 0.3),
        ([0.2, 0.1, 0.0, 0.0], 0.0),
        ([0.2, 0.1, 0.0, 0.0], f64::NAN),
    ] {
        assert_eq!(with(by_ring, decay), Err(SimulationFault::Process));
    }
}
