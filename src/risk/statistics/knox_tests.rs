//! The table against a plain slow version, simulated repeats found and not found, and bad
//! input.

use jiff::Timestamp;
use proptest::prelude::*;
use rand::RngExt;
use rand_distr::{Distribution, Exp, Normal};

use super::*;
use crate::place::position::Position;

fn event(x_m: f64, y_m: f64, second: i64) -> RiskEvent {
    const DEGREE_M: f64 = 111_195.0;
    let (lon, lat) = (123.4, 41.8f64);
    RiskEvent {
        position: Position::wrapped(
            lon + x_m / (DEGREE_M * lat.to_radians().cos()),
            lat + y_m / DEGREE_M,
        ),
        at: Timestamp::from_second(1_500_000_000 + second).unwrap(),
    }
}

/// Every pair looked at for every shuffle, with the same shuffles.
fn slow(events: &[RiskEvent], question: &KnoxQuestion) -> Vec<(u64, f64, f64)> {
    let positions: Vec<Position> = events.iter().map(|e| e.position).collect();
    let order = near_pairs(&positions, &question.space_m).unwrap().order;
    let sorted: Vec<RiskEvent> = order.iter().map(|&i| events[i as usize]).collect();
    let times: Vec<i64> = sorted.iter().map(|e| e.at.as_second()).collect();
    let table = |times: &[i64]| {
        let mut counts = Vec::new();
        for space in question.space_m.windows(2) {
            for time in question.time_days.windows(2) {
                let mut count = 0u64;
                for i in 0..sorted.len() {
                    for j in 0..i {
                        let metres = sorted[i].position.metres_to(sorted[j].position).0;
                        let days = (times[i] - times[j]).abs() as f64 / DAY_S;
                        count += u64::from(
                            (space[0]..space[1]).contains(&metres)
                                && (time[0]..time[1]).contains(&days),
                        );
                    }
                }
                counts.push(count);
            }
        }
        counts
    };
    let observed = table(&times);
    let mut sims = Vec::new();
    for group in 0..question.permutations.div_ceil(8) {
        let mut rng = ChaCha8Rng::seed_from_u64(question.seed);
        rng.set_stream(u64::from(group));
        let mut shuffled = times.clone();
        for _ in 0..8 {
            shuffled.shuffle(&mut rng);
            sims.push(table(&shuffled));
        }
    }
    sims.truncate(question.permutations as usize);
    let r = f64::from(question.permutations);
    (0..observed.len())
        .map(|at| {
            let mean = sims.iter().map(|s| s[at] as f64).sum::<f64>() / r;
            let as_many = sims.iter().filter(|s| s[at] >= observed[at]).count();
            (observed[at], mean, (as_many as f64 + 1.0) / (r + 1.0))
        })
        .collect()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(40))]
    #[test]
    fn as_the_slow_version(
        at in prop::collection::vec((0.0..900.0f64, 0.0..900.0f64, 0i64..5_000_000), 0..40),
        permutations in 1u32..40,
        seed in any::<u64>(),
        zero_first in any::<bool>(),
    ) {
        let events: Vec<RiskEvent> = at.iter().map(|&(x, y, s)| event(x, y, s)).collect();
        let time_days = if zero_first { vec![0.0, 7.0, 14.0, 21.0] } else { vec![0.5, 3.3, 50.0] };
        let question = KnoxQuestion { permutations, seed, time_days, ..KnoxQuestion::default() };
        let fast = knox(&events, &question).unwrap();
        for (cell, (observed, mean, p)) in fast.cells.iter().zip(slow(&events, &question)) {
            prop_assert_eq!(cell.observed, observed);
            prop_assert!((cell.expected - mean).abs() < 1e-9);
            prop_assert_eq!(cell.p, p);
            prop_assert!(cell.p > 0.0);
        }
    }
}

/// Incidents over a town and a year: of each, a mean of `theta` repeats within about 60 m
/// and ten days.
fn repeats(number: usize, theta: f64, seed: u64) -> Vec<RiskEvent> {
    let mut rng = ChaCha8Rng::seed_from_u64(seed);
    let (spread, wait) = (Normal::new(0.0, 60.0).unwrap(), Exp::new(0.1).unwrap());
    const SIDE_M: f64 = 8_000.0;
    let mut events: Vec<(f64, f64, f64)> = Vec::new();
    while events.len() < number {
        let mut next = (
            rng.random::<f64>() * SIDE_M,
            rng.random::<f64>() * SIDE_M,
            rng.random::<f64>() * 365.0,
        );
        events.push(next);
        while events.len() < number && rng.random_bool(theta) {
            next.0 += spread.sample(&mut rng);
            next.1 += spread.sample(&mut rng);
            next.2 += wait.sample(&mut rng);
            events.push(next);
        }
    }
    let made = events.iter();
    made.map(|&(x, y, day)| event(x, y, (day * DAY_S) as i64))
        .collect()
}

#[test]
fn repeats_are_found_where_there_are_enough() {
    let question = KnoxQuestion::default();
    let found = knox(&repeats(5_000, 0.25, 1), &question).unwrap();
    let first = &found.cells[0];
    assert_eq!(first.p, 0.001);
    assert!(first.ratio.unwrap() > 1.3, "{first:?}");
    assert!(!found.low_power);
    let few = knox(&repeats(2_000, 0.25, 1), &question).unwrap();
    assert!(few.low_power);
}

#[test]
fn no_repeats_are_made_up() {
    let question = KnoxQuestion {
        permutations: 199,
        ..KnoxQuestion::default()
    };
    let mut low = 0;
    for seed in 0..20 {
        let found = knox(&repeats(1_000, 0.0, seed), &question).unwrap();
        low += usize::from(found.cells[0].p <= 0.05);
        let ratio: f64 = found.cells.iter().map(|c| c.ratio.unwrap()).sum::<f64>() / 9.0;
        assert!((ratio - 1.0).abs() < 0.25, "{ratio}");
    }
    assert!(low <= 4, "{low} of 20 at 5 %");
}

#[test]
fn the_same_bits_on_any_number_of_threads() {
    let events = repeats(600, 0.25, 7);
    let on = |threads| {
        let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build();
        pool.unwrap()
            .install(|| knox(&events, &KnoxQuestion::default()).unwrap())
    };
    assert_eq!(on(1), on(3));
}

#[test]
fn little_and_odd_input() {
    let question = KnoxQuestion::default();
    for events in [vec![], vec![event(0.0, 0.0, 0)]] {
        let found = knox(&events, &question).unwrap();
        assert!(found.low_power && found.near_pairs == 0);
        assert!(found.cells.iter().all(|c| c.ratio.is_none() && c.p == 1.0));
    }
    // All at one place and minute: every shuffle is the same.
    let heap = vec![event(0.0, 0.0, 0); 100];
    let found = knox(&heap, &question).unwrap();
    assert_eq!(found.cells[0].observed, 4950);
    assert!(found.cells.iter().all(|c| c.p == 1.0));

    let far_apart = [event(0.0, 0.0, 0), event(0.0, 0.0, LONGEST_S + 1)];
    assert!(matches!(
        knox(&far_apart, &question),
        Err(StatisticsError::TooLong { .. })
    ));
    let bad = [
        KnoxQuestion {
            permutations: 0,
            ..question.clone()
        },
        KnoxQuestion {
            permutations: 10_000,
            ..question.clone()
        },
        KnoxQuestion {
            time_days: vec![7.0, 0.0],
            ..question.clone()
        },
        KnoxQuestion {
            space_m: vec![0.0, f64::INFINITY],
            ..question.clone()
        },
    ];
    for question in bad {
        assert!(knox(&heap, &question).is_err(), "{question:?}");
    }
}
