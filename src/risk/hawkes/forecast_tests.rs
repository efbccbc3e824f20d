//! The forecast's series against the equation stepped through in small steps, and against
//! processes simulated into the window.

use rand::{RngExt, SeedableRng, rngs::ChaCha8Rng};
use rand_distr::{Distribution, Exp, Poisson};

use crate::grid::rings::Rings;
use crate::risk::hawkes::fit::Fitted;
use crate::risk::hawkes::forecast::{Ahead, forecast};
use crate::risk::hawkes::triggering::{RINGS, Triggering};
use crate::risk::rhythm::Rhythm;
use crate::risk::small_town::grid;

fn fitted(cells: usize, triggering: Triggering) -> Fitted {
    let mut rng = ChaCha8Rng::seed_from_u64(5);
    let background = (0..cells).map(|_| 0.02 * rng.random::<f64>()).collect();
    let faded = (0..cells)
        .map(|i| {
            if i % 7 == 0 {
                3.0 * rng.random::<f64>()
            } else {
                0.0
            }
        })
        .collect();
    Fitted {
        background,
        rhythm: Rhythm::flat(),
        triggering,
        faded,
        steps: 0,
    }
}

fn slow(fitted: &Fitted, rings: &Rings, ahead: Ahead) -> Vec<f64> {
    let n = fitted.background.len();
    let decay = fitted.triggering.decay;
    let spread = |values: &[f64]| -> Vec<f64> {
        let mut sent = vec![0.0; n];
        for (cell, value) in values.iter().enumerate() {
            for r in 0..RINGS {
                for &to in rings.ring(cell, r) {
                    sent[to as usize] += fitted.triggering.by_ring[r] / Rings::whole(r) * value;
                }
            }
        }
        sent
    };
    let mut z = spread(&fitted.faded);
    z.iter_mut().for_each(|z| *z *= decay);
    let mut expected = vec![0.0; n];
    for (length, rhythm, counts) in [
        (ahead.gap, ahead.gap_rhythm, false),
        (ahead.window, ahead.window_rhythm, true),
    ] {
        let steps = 2000;
        let dt = length / f64::from(steps);
        let slope = |z: &[f64]| -> Vec<f64> {
            let all: Vec<f64> = (0..n)
                .map(|i| rhythm * fitted.background[i] + z[i])
                .collect();
            let sent = spread(&all);
            (0..n).map(|i| decay * (sent[i] - z[i])).collect()
        };
        for _ in 0..steps {
            // The midpoint rule.
            let first = slope(&z);
            let middle: Vec<f64> = (0..n).map(|i| z[i] + 0.5 * dt * first[i]).collect();
            let second = slope(&middle);
            for i in 0..n {
                if counts {
                    expected[i] += dt * (rhythm * fitted.background[i] + middle[i]);
                }
                z[i] += dt * second[i];
            }
        }
    }
    expected
}

#[test]
fn as_by_the_slow_one() {
    let grid = grid(8);
    let cells: Vec<usize> = (0..grid.len()).collect();
    let rings = Rings::new(&grid, &cells, 3);
    for (by_ring, decay, gap, window) in [
        ([0.2, 0.1, 0.05, 0.02], 0.3, 0.0, 1.0),
        ([0.2, 0.1, 0.05, 0.02], 0.3, 4.0, 30.0),
        ([0.5, 0.3, 0.1, 0.05], 2.0, 0.5, 0.3),
        ([0.0, 0.0, 0.0, 0.3], 0.05, 2.0, 7.0),
        ([0.0; RINGS], 0.2, 1.0, 7.0),
    ] {
        let fitted = fitted(grid.len(), Triggering { by_ring, decay });
        let ahead = Ahead {
            gap,
            gap_rhythm: 1.3,
            window,
            window_rhythm: 0.6,
        };
        let (found, wanted) = (
            forecast(&fitted, &rings, ahead),
            slow(&fitted, &rings, ahead),
        );
        for (a, b) in found.iter().zip(&wanted) {
            assert!((a - b).abs() < 2e-4 * b, "{a} for {b} with {by_ring:?}");
        }
    }
}

/// What the process does in the window, on average over many futures of one past.
#[test]
fn the_forecast_is_what_happens() {
    let grid = grid(8);
    let cells: Vec<usize> = (0..grid.len()).collect();
    let rings = Rings::new(&grid, &cells, 3);
    let triggering = Triggering {
        by_ring: [0.2, 0.15, 0.1, 0.05],
        decay: 0.3,
    };
    let fitted = fitted(grid.len(), triggering);
    let ahead = Ahead {
        gap: 1.0,
        gap_rhythm: 1.0,
        window: 10.0,
        window_rhythm: 1.0,
    };
    let mut rng = ChaCha8Rng::seed_from_u64(17);
    let lag = Exp::new(triggering.decay).unwrap();
    let futures = 2000;
    let mut seen = 0usize;
    let draw = |mean: f64, rng: &mut ChaCha8Rng| match mean > 0.0 {
        true => Poisson::new(mean).unwrap().sample(rng) as usize,
        false => 0,
    };
    for _ in 0..futures {
        // Faded events are as so many fresh ones at the cut-off: exponentials forget.
        let mut parents: Vec<(usize, f64, f64)> = (fitted.faded.iter().enumerate())
            .map(|(cell, &faded)| (cell, 0.0, faded))
            .collect();
        for (cell, &mu) in fitted.background.iter().enumerate() {
            for _ in 0..draw(mu * 11.0, &mut rng) {
                parents.push((cell, 11.0 * rng.random::<f64>(), 1.0));
            }
        }
        let mut next = 0;
        while next < parents.len() {
            let (cell, at, size) = parents[next];
            next += 1;
            if size == 1.0 && (1.0..11.0).contains(&at) {
                seen += 1;
            }
            for r in 0..RINGS {
                for _ in 0..draw(size * triggering.by_ring[r], &mut rng) {
                    let to = rng.random_range(0..Rings::whole(r) as usize);
                    let when = at + lag.sample(&mut rng);
                    if let Some(&to) = rings.ring(cell, r).get(to)
                        && when < 11.0
                    {
                        parents.push((to as usize, when, 1.0));
                    }
                }
            }
        }
    }
    let found: f64 = forecast(&fitted, &rings, ahead).iter().sum();
    let wanted = seen as f64 / f64::from(futures);
    assert!((found / wanted - 1.0).abs() < 0.03, "{found} for {wanted}");
    let childless: f64 = fitted.background.iter().sum::<f64>() * ahead.window;
    assert!(childless < 0.85 * wanted, "the test is about branching");
}
