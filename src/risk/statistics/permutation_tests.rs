//! The looked-up p against the same draws walked one by one, against fair shuffles of a
//! small district, and on districts without anything to find.

use proptest::prelude::*;
use rand::seq::SliceRandom;

use super::*;

fn ring(n: usize) -> Neighbours {
    let lists: Vec<Vec<usize>> = (0..n).map(|i| vec![(i + n - 1) % n, (i + 1) % n]).collect();
    Neighbours::of_lists(&lists)
}

/// For each cell, each draw: the first `k` that are not the cell.
fn slow(counts: &[u32], near: &Neighbours, permutations: u32, seed: u64) -> Vec<f64> {
    let n = counts.len();
    let most = (0..n).map(|i| near.of(i).len() - 1).max().unwrap();
    let draws = Draws::new(n, most + 1, permutations, seed);
    (0..n)
        .map(|i| {
            let others = near.of(i).iter().filter(|&&j| j as usize != i);
            let observed: u32 = others.clone().map(|&j| counts[j as usize]).sum();
            let k = others.count();
            if k == 0 {
                return 1.0;
            }
            let (mut high, mut low) = (0, 0);
            for r in 0..permutations {
                let kept = draws.draw(r).iter().filter(|&&c| c as usize != i).take(k);
                let sum: u32 = kept.map(|&c| counts[c as usize]).sum();
                high += u32::from(sum >= observed);
                low += u32::from(sum <= observed);
            }
            (2.0 * (f64::from(high.min(low)) + 1.0) / (f64::from(permutations) + 1.0)).min(1.0)
        })
        .collect()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(60))]
    #[test]
    fn as_the_slow_version(
        counts in prop::collection::vec(0u32..9, 8..60),
        links in prop::collection::vec((0usize..60, 0usize..60), 0..120),
        permutations in 1u32..300,
        seed in any::<u64>(),
    ) {
        let n = counts.len();
        let mut lists = vec![Vec::new(); n];
        for (a, b) in links {
            if lists[a % n].len() < 6 {
                lists[a % n].push(b % n);
            }
        }
        let near = Neighbours::of_lists(&lists);
        let fast = conditional_p(&counts, &near, permutations, seed).unwrap();
        prop_assert_eq!(fast, slow(&counts, &near, permutations, seed));
    }
}

/// What shuffling the rest of the district means, done: agrees within its own noise.
#[test]
fn as_shuffling_all_other_cells() {
    let n = 30;
    let counts: Vec<u32> = (0..n as u32)
        .map(|i| i * i % 7 + u32::from(i % 11 == 0) * 9)
        .collect();
    let near = ring(n);
    let fast = conditional_p(&counts, &near, 40_000, 5).unwrap();
    let mut rng = ChaCha8Rng::seed_from_u64(9);
    for i in 0..n {
        let observed: u32 = near.of(i).iter().map(|&j| counts[j as usize]).sum::<u32>() - counts[i];
        let mut others: Vec<u32> = (0..n).filter(|&j| j != i).map(|j| counts[j]).collect();
        let (rounds, mut high, mut low) = (4000, 0, 0);
        for _ in 0..rounds {
            others.shuffle(&mut rng);
            let sum = others[0] + others[1];
            high += i32::from(sum >= observed);
            low += i32::from(sum <= observed);
        }
        let p = (2.0 * f64::from(high.min(low)) / f64::from(rounds)).min(1.0);
        assert!((p - fast[i]).abs() < 0.06, "cell {i}: {p} {}", fast[i]);
    }
}

#[test]
fn the_same_bits_on_any_number_of_threads() {
    let counts: Vec<u32> = (0..500u32).map(|i| i * 7919 % 13).collect();
    let near = ring(500);
    let on = |threads| {
        let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build();
        pool.unwrap()
            .install(|| conditional_p(&counts, &near, 999, 1).unwrap())
    };
    assert_eq!(on(1), on(3));
    assert_ne!(on(1), conditional_p(&counts, &near, 999, 2).unwrap());
}

#[test]
fn nothing_to_find_and_nothing_to_ask() {
    for n in 0..3usize {
        let near = Neighbours::of_lists(&vec![(0..n).collect(); n]);
        let p = conditional_p(&vec![0; n], &near, 99, 1).unwrap();
        assert_eq!(p, vec![1.0; n]);
    }
    // All incidents in one cell: its neighbours are rare, itself is not.
    let mut counts = vec![0; 200];
    counts[50] = 1000;
    let p = conditional_p(&counts, &ring(200), 999, 1).unwrap();
    assert!(p[49] < 0.06 && p[51] < 0.06 && p[50] == 1.0 && p[0] == 1.0);
    for permutations in [0, MOST_PERMUTATIONS + 1] {
        assert!(conditional_p(&counts, &ring(200), permutations, 1).is_err());
    }
}
