//! Gi* against PySAL's figures, a plain slow version, and empty or even districts.

use proptest::prelude::*;

use super::*;

/// The six points of PySAL esda's `G_Local` example, neighbours within 15.
fn esda() -> (Vec<f64>, Neighbours) {
    let points: [(f64, f64); 6] = [
        (10.0, 10.0),
        (20.0, 10.0),
        (40.0, 10.0),
        (15.0, 20.0),
        (30.0, 20.0),
        (30.0, 30.0),
    ];
    let lists: Vec<Vec<usize>> = points
        .iter()
        .map(|a| {
            let near = |b: &(f64, f64)| (a.0 - b.0).hypot(a.1 - b.1) <= 15.0;
            (0..6).filter(|&j| near(&points[j])).collect()
        })
        .collect();
    (
        vec![2.0, 3.0, 3.2, 5.0, 8.0, 7.0],
        Neighbours::of_lists(&lists),
    )
}

#[test]
fn as_esda_has_it() {
    let (values, near) = esda();
    let found = gi_star(&values, &near).unwrap();
    let expected = [
        -1.39727626,
        -0.28917762,
        0.65064964,
        -0.28917762,
        1.23452088,
        2.02424331,
    ];
    for (z, expected) in found.z.iter().zip(expected) {
        assert!((z - expected).abs() < 1e-8, "{z} {expected}");
    }
    // Two-sided, where esda's own p is one-sided: 2 (1 − Φ(2.02424331)).
    assert!((found.p[5] - 0.042945).abs() < 1e-6, "{}", found.p[5]);
    assert!(found.heat.iter().all(|h| *h == Heat::Usual));
}

/// The formula word by word, with all weights written out.
fn slow(values: &[f64], near: &Neighbours) -> Vec<f64> {
    let n = values.len();
    let mean = values.iter().sum::<f64>() / n as f64;
    let square_mean = values.iter().map(|v| v * v).sum::<f64>() / n as f64;
    let s = (square_mean - mean * mean).sqrt();
    (0..n)
        .map(|i| {
            let (mut sum, mut w, mut s1) = (0.0, 0.0, 0.0);
            for (j, value) in values.iter().enumerate() {
                let weight = f64::from(u8::from(near.of(i).contains(&(j as u32))));
                sum += weight * value;
                w += weight;
                s1 += weight * weight;
            }
            (sum - mean * w) / (s * ((n as f64 * s1 - w * w) / (n as f64 - 1.0)).sqrt())
        })
        .collect()
}

proptest! {
    #[test]
    fn as_the_slow_version(
        values in prop::collection::vec(0u32..50, 8..40),
        links in prop::collection::vec((0usize..40, 0usize..40), 0..80),
    ) {
        let n = values.len();
        let mut lists = vec![Vec::new(); n];
        for (a, b) in links {
            lists[a % n].push(b % n);
        }
        let near = Neighbours::of_lists(&lists);
        let values: Vec<f64> = values.iter().map(|&v| f64::from(v)).collect();
        let found = gi_star(&values, &near).unwrap();
        for (z, slow) in found.z.iter().zip(slow(&values, &near)) {
            prop_assert!(z.is_finite());
            if slow.is_finite() {
                prop_assert!((z - slow).abs() < 1e-6, "{z} {slow}");
            }
        }
        prop_assert!(found.p.iter().all(|p| (0.0..=1.0).contains(p)));
    }
}

#[test]
fn even_tiny_and_empty_districts_have_no_hot_cell() {
    for n in 0..4usize {
        let near = Neighbours::of_lists(&vec![(0..n).collect(); n]);
        for value in [0.0, 3.0] {
            let found = gi_star(&vec![value; n], &near).unwrap();
            assert!(found.z.iter().all(|z| *z == 0.0));
            assert!(found.p.iter().all(|p| *p == 1.0));
            assert!(found.heat.iter().all(|h| *h == Heat::Usual));
        }
    }
    let near = Neighbours::of_lists(&[vec![], vec![]]);
    assert!(matches!(
        gi_star(&[1.0], &near),
        Err(StatisticsError::Length {
            found: 1,
            wanted: 2
        })
    ));
    assert!(matches!(
        gi_star(&[1.0, f64::NAN], &near),
        Err(StatisticsError::Parameter { .. })
    ));
}
