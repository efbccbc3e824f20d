//! Naus's approximation against ptools, against a simulation, and at its ends.

use proptest::prelude::*;
use rand::rngs::ChaCha8Rng;
use rand::{RngExt, SeedableRng};
use rand_distr::{Distribution, Poisson as Counts};

use super::*;

/// `ptools::scanw` stops the last sum one term early and takes `L − k` for the exponent;
/// with both, ours gives its figures. With the paper's own, 0.4856.
#[test]
fn as_ptools_has_it() {
    let ptools = approximation(1.0, 6, 4, 260.0 - 1.0);
    assert!((ptools - 0.486814).abs() < 5e-7, "{ptools}");
    let ours = scan_probability(260.0, 1.0, 6).unwrap();
    assert!((ours - 0.485587).abs() < 5e-7, "{ours}");
    // London's cyclists (Aberdein & Spiegelhalter 2013): six deaths within two weeks, 208
    // windows of mean 0.6.
    let cyclists = scan_probability(208.0, 0.6, 6).unwrap();
    assert!((cyclists - 0.03902).abs() < 5e-5, "{cyclists}");
}

fn simulated(windows: f64, mean: f64, count: usize, rounds: u32) -> f64 {
    let mut rng = ChaCha8Rng::seed_from_u64(3);
    let number = Counts::new(mean * windows).unwrap();
    let mut alarms = 0;
    for _ in 0..rounds {
        let number = number.sample(&mut rng) as usize;
        let mut at: Vec<f64> = (0..number).map(|_| rng.random::<f64>() * windows).collect();
        at.sort_by(f64::total_cmp);
        let crowded = at.windows(count).any(|w| w[count - 1] - w[0] < 1.0);
        alarms += u32::from(crowded);
    }
    f64::from(alarms) / f64::from(rounds)
}

#[test]
fn as_simulated() {
    for (windows, mean, count) in [(2.0, 1.5, 4), (3.0, 1.5, 4), (52.0, 2.0, 8), (26.0, 0.3, 3)] {
        let rounds = 20_000;
        let simulated = simulated(windows, mean, count, rounds);
        let p = scan_probability(windows, mean, count as u64).unwrap();
        // Three and a half standard errors, and what the approximation itself is off.
        let noise = 3.5 * (p * (1.0 - p) / f64::from(rounds)).sqrt() + 0.005;
        assert!(
            (p - simulated).abs() < noise,
            "{windows} {mean} {count}: {p} {simulated}"
        );
    }
}

proptest! {
    #[test]
    fn a_probability_that_falls_with_the_count(
        windows in 2.0..600.0f64, mean in 1e-6..300.0f64, count in 0u64..400,
    ) {
        let p = scan_probability(windows, mean, count).unwrap();
        prop_assert!((0.0..=1.0).contains(&p));
        let single = single_window_probability(mean, count).unwrap();
        prop_assert!((0.0..=1.0).contains(&single));
        // One named window alarms less often than any window of them all.
        prop_assert!(single <= p + 1e-6, "{single} {p}");
        if count as f64 > mean {
            prop_assert!(scan_probability(windows, mean, count + 1).unwrap() <= p + 1e-9);
        }
    }
}

#[test]
fn the_ends() {
    assert_eq!(scan_probability(10.0, 1.0, 0), Ok(1.0));
    let one = scan_probability(10.0, 0.1, 1).unwrap();
    assert!((one - (1.0 - (-1.0f64).exp())).abs() < 1e-12);
    let rare = scan_probability(52.0, 0.001, 5).unwrap();
    assert!(rare > 0.0 && rare < 1e-9, "{rare}");
    assert!((single_window_probability(1.0, 6).unwrap() - 0.000594).abs() < 1e-6);
    for (windows, mean) in [
        (1.0, 1.0),
        (f64::NAN, 1.0),
        (9.0, 0.0),
        (9.0, f64::NAN),
        (9.0, -1.0),
    ] {
        assert!(scan_probability(windows, mean, 3).is_err());
    }
    assert!(scan_probability(9.0, 1.0, u64::MAX).is_err());
    assert_eq!(scan_probability(60.0, 90_000.0, 90_001), Ok(1.0));
}
