//! Which of many tests are findings: Benjamini and Hochberg (1995). Of what is declared a
//! finding, a share of at most `q` is expected to be chance, where 5 % of all tests would
//! be without it: seven thousand cells of a district of 141,000.

/// Whether each test is a finding at the false discovery rate `q`: all with
/// `p ≤ p₍ₖ₎`, where k is the largest rank with `p₍ₖ₎ ≤ q k / n`. A p that is no number is
/// never a finding.
pub fn benjamini_hochberg(p: &[f64], q: f64) -> Vec<bool> {
    let mut ascending: Vec<f64> = p.iter().copied().filter(|p| !p.is_nan()).collect();
    ascending.sort_unstable_by(f64::total_cmp);
    let n = p.len() as f64;
    let limit = (1..=ascending.len())
        .rev()
        .find(|&rank| ascending[rank - 1] <= q * rank as f64 / n)
        .map(|rank| ascending[rank - 1]);
    p.iter()
        .map(|&p| limit.is_some_and(|limit| p <= limit))
        .collect()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn the_example_of_the_paper() {
        // Benjamini & Hochberg 1995, section 4.1: fifteen p values, four findings at 0.05.
        let p = [
            0.0001, 0.0004, 0.0019, 0.0095, 0.0201, 0.0278, 0.0298, 0.0344, 0.0459, 0.3240, 0.4262,
            0.5719, 0.6528, 0.7590, 1.0,
        ];
        let found = benjamini_hochberg(&p, 0.05);
        assert_eq!(found.iter().filter(|f| **f).count(), 4);
        assert!(found[..4].iter().all(|f| *f));
    }

    #[test]
    fn nothing_and_no_number() {
        assert!(benjamini_hochberg(&[], 0.05).is_empty());
        assert_eq!(benjamini_hochberg(&[f64::NAN, 0.01], 0.05), [false, true]);
    }

    proptest! {
        /// The definition, tried from the weakest p downwards on each test by itself.
        #[test]
        fn as_the_definition(p in prop::collection::vec(0.0..1.0f64, 1..40), q in 0.01..0.5f64) {
            let n = p.len();
            let largest = (1..=n).filter(|&k| {
                let at_most = |limit: f64| p.iter().filter(|&&x| x <= limit).count();
                p.iter().any(|&x| x <= q * k as f64 / n as f64 && at_most(x) >= k)
            }).max();
            let mut sorted = p.clone();
            sorted.sort_by(f64::total_cmp);
            let expected: Vec<bool> = p.iter().map(|&x| largest.is_some_and(|k| x <= sorted[k - 1])).collect();
            prop_assert_eq!(benjamini_hochberg(&p, q), expected);
        }
    }
}
