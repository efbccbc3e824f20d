//! Laws of counts against sums of probabilities term by term, and against chance.

use proptest::prelude::*;
use rand::{SeedableRng, rngs::ChaCha8Rng};
use rand_distr::{Distribution, Gamma, Poisson};

use crate::risk::dispersion::{Law, Outcome, size_by_moments};

/// Probabilities of 0, 1, 2…, each from the one before.
fn slow_pmf(law: Law, mean: f64, up_to: usize) -> Vec<f64> {
    let (mut p, size) = match law {
        Law::Poisson => ((-mean).exp(), f64::INFINITY),
        Law::NegativeBinomial { size } => ((size / (size + mean)).powf(size), size),
    };
    (0..up_to)
        .map(|n| {
            let now = p;
            let n = n as f64;
            p *= match law {
                Law::Poisson => mean / (n + 1.0),
                Law::NegativeBinomial { .. } => (size + n) / (n + 1.0) * mean / (size + mean),
            };
            now
        })
        .collect()
}

fn law() -> impl Strategy<Value = Law> {
    prop_oneof![
        Just(Law::Poisson),
        (-3.0..4.0f64).prop_map(|log| Law::NegativeBinomial {
            size: 10f64.powf(log)
        }),
    ]
}

proptest! {
    #[test]
    fn as_by_the_slow_one(law in law(), log_mean in -6.0..1.7f64, p in 0.001..0.995f64) {
        let mean = 10f64.powf(log_mean);
        let pmf = slow_pmf(law, mean, 3000);
        for (count, wanted) in pmf.iter().enumerate().take(90) {
            let found = law.ln_pmf(mean, count as u32).exp();
            prop_assert!((found - wanted).abs() < 1e-9, "{} {} {}", count, found, wanted);
        }
        prop_assert!((law.at_least_one(mean) - (1.0 - pmf[0])).abs() < 1e-9);
        let quantile = law.quantile(mean, p) as usize;
        if quantile < pmf.len() {
            let up_to: f64 = pmf[..=quantile].iter().sum();
            let below = up_to - pmf[quantile];
            prop_assert!(up_to > p - 1e-7 && (quantile == 0 || below < p + 1e-7), "{} {} {}", quantile, below, up_to);
        }
    }

    #[test]
    fn nothing_makes_a_nan(law in prop_oneof![
        Just(Law::Poisson),
        prop::sample::select(vec![1e-300, 1e-9, 1.0, 1e9, 1e300]).prop_map(|size| Law::NegativeBinomial { size }),
    ], mean in prop::sample::select(vec![
        f64::NAN, f64::INFINITY, -1.0, 0.0, 5e-324, 1e-300, 1e-17, 1e-9, 1.0, 99_999.0, 1e9, 1e300,
    ]), p in prop::sample::select(vec![f64::NAN, -1.0, 0.0, 1e-12, 0.5, 0.999, 1.0, 2.0]), count in any::<u32>()) {
        prop_assert!((0.0..=1.0).contains(&law.at_least_one(mean)));
        prop_assert!(law.ln_pmf(mean, count).is_finite());
        prop_assert!(law.variance(mean) >= 0.0);
        let [low, high] = law.interval(mean, p);
        prop_assert!(low <= high || p.is_nan());
        let _ = law.quantile(mean, p);
    }
}

#[test]
fn tiny_means_keep_their_chances() {
    let scattered = Law::NegativeBinomial { size: 0.3 };
    for mean in [1e-3, 1e-8, 1e-15] {
        for law in [Law::Poisson, scattered] {
            assert!((law.at_least_one(mean) / mean - 1.0).abs() < 5e-3);
            assert_eq!(law.interval(mean, 0.9), [0, 0]);
        }
    }
    assert_eq!(Law::Poisson.at_least_one(0.0), 0.0);
    assert_eq!(scattered.at_least_one(0.0), 0.0);
    assert_eq!(Law::Poisson.interval(3.0, 0.9), [1, 6]);
}

fn outcome((mean, count): (f64, u32)) -> Outcome {
    let times = 1.0;
    Outcome { mean, count, times }
}

/// Counts of cells whose true means are off from the forecast by a gamma factor.
fn counts(size: Option<f64>, seed: u64) -> Vec<Outcome> {
    let mut rng = ChaCha8Rng::seed_from_u64(seed);
    (0..20_000)
        .map(|i| {
            let mean = 0.02 * f64::from(1 + i % 60);
            let factor = size.map_or(1.0, |k| Gamma::new(k, 1.0 / k).unwrap().sample(&mut rng));
            let off = (mean * factor).max(1e-12);
            outcome((mean, Poisson::new(off).unwrap().sample(&mut rng) as u32))
        })
        .collect()
}

#[test]
fn the_size_is_found_and_no_scatter_is_poisson() {
    for size in [0.3, 1.0, 5.0] {
        let pairs = counts(Some(size), 3);
        let Law::NegativeBinomial { size: found } = Law::fit(&pairs) else {
            panic!("scatter of size {size} was not seen");
        };
        assert!((found / size - 1.0).abs() < 0.15, "{found} for {size}");
        let moments = size_by_moments(&pairs).unwrap();
        assert!((moments / size - 1.0).abs() < 0.3, "{moments} for {size}");
    }
    assert_eq!(Law::fit(&counts(None, 4)), Law::Poisson);
}

#[test]
fn intervals_hold_what_they_claim() {
    for (size, seed) in [(None, 5), (Some(0.7), 6)] {
        let law = Law::fit(&counts(size, seed));
        let fresh = counts(size, seed + 100);
        let inside = fresh
            .iter()
            .filter(|o| {
                let [low, high] = law.interval(o.mean, 0.9);
                (low..=high).contains(&u64::from(o.count))
            })
            .count();
        let share = inside as f64 / fresh.len() as f64;
        assert!((0.9..0.99).contains(&share), "{share}");
    }
}

#[test]
fn odd_pairs_are_no_trap() {
    for pairs in [
        vec![],
        vec![(0.0, 0)],
        vec![(f64::NAN, 3), (-1.0, 2), (f64::INFINITY, 1)],
        vec![(0.5, 0)],
    ] {
        let pairs: Vec<Outcome> = pairs.into_iter().map(outcome).collect();
        assert_eq!(Law::fit(&pairs), Law::Poisson);
    }
    assert_eq!(size_by_moments(&[]), None);
    // Something where nothing was expected: wild scatter, but a number.
    let Law::NegativeBinomial { size } = Law::fit(&[(0.0, 400), (1.0, 0), (1.0, 2)].map(outcome))
    else {
        panic!("400 where none was expected is not Poisson");
    };
    assert!(size.is_finite() && size > 0.0);
}
