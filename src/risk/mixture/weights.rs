//! How much to trust each member: weights by expectation and maximisation (EM) on what
//! the members said, before it happened, about past events.
//!
//! The likelihood of `Σ w_k f_k` is concave in `w`, so that there is one optimum and EM
//! climbs to it. A Dirichlet prior of a few events keeps thin data near the members' plain
//! weights and no weight at 0, so that no event is ever impossible.

/// Rounds of EM: many where there are few events and convergence is cheap, fewer where
/// there are many; it stops earlier where nothing moves.
const FEWEST_ROUNDS: usize = 100;
const MOST_ROUNDS: usize = 3000;

/// Events times members times rounds.
const MOST_WORK: usize = 20_000_000;

/// Nothing moves: no weight changes by more.
const STILL: f64 = 1e-6;

/// What the members said about some events: for each event its share under each member.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Verdicts {
    members: usize,
    shares: Vec<f64>,
}

impl Verdicts {
    /// No event yet.
    pub fn new(members: usize) -> Self {
        Self {
            members,
            shares: Vec::new(),
        }
    }

    /// Adds an event: one share a member.
    pub fn push(&mut self, shares: impl IntoIterator<Item = f64>) {
        let before = self.shares.len();
        self.shares.extend(shares);
        self.shares.resize(before + self.members, 0.0);
    }

    /// Adds every n-th event of another list about the same members, its first one first.
    pub fn extend_every(&mut self, other: &Self, n: usize) {
        for row in other.rows().step_by(n.max(1)) {
            self.shares.extend_from_slice(row);
        }
    }

    /// How many events.
    pub fn len(&self) -> usize {
        self.shares.len().checked_div(self.members).unwrap_or(0)
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.shares.is_empty()
    }

    /// Mean natural logarithm of the mixture's share over the events; None without events.
    pub fn mean_log(&self, weights: &[f64]) -> Option<f64> {
        let sum: f64 = self.rows().map(|row| mix(row, weights).ln()).sum();
        (!self.is_empty()).then(|| sum / self.len() as f64)
    }

    fn rows(&self) -> impl Iterator<Item = &[f64]> {
        self.shares.chunks_exact(self.members.max(1))
    }
}

/// The weights that make the events likeliest, under a prior of `prior_events` events
/// spread as `prior` says. They sum to 1.
pub fn fit(verdicts: &Verdicts, prior: &[f64], prior_events: f64) -> Vec<f64> {
    let mut weights = prior.to_vec();
    let total = verdicts.len() as f64 + prior_events;
    if verdicts.is_empty() || total <= 0.0 {
        return weights;
    }
    let mut taken = vec![0.0; weights.len()];
    let rounds = MOST_WORK / verdicts.shares.len().max(1);
    for _ in 0..rounds.clamp(FEWEST_ROUNDS, MOST_ROUNDS) {
        for (taken, prior) in taken.iter_mut().zip(prior) {
            *taken = prior * prior_events;
        }
        for row in verdicts.rows() {
            let mixed = mix(row, &weights);
            if mixed > 0.0 {
                let per = 1.0 / mixed;
                for ((taken, share), weight) in taken.iter_mut().zip(row).zip(&weights) {
                    *taken += weight * share * per;
                }
            }
        }
        let sum: f64 = taken.iter().sum();
        let mut moved: f64 = 0.0;
        for (weight, taken) in weights.iter_mut().zip(&taken) {
            let new = taken / sum;
            moved = moved.max((new - *weight).abs());
            *weight = new;
        }
        if moved < STILL {
            break;
        }
    }
    weights
}

fn mix(shares: &[f64], weights: &[f64]) -> f64 {
    shares.iter().zip(weights).map(|(s, w)| s * w).sum()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn the_true_mixture_is_found() {
        // Two members over two outcomes; 70 % of the draws follow the first.
        let mut verdicts = Verdicts::new(2);
        let first = 0.7 * 0.9 + 0.3 * 0.2;
        for i in 0..10_000 {
            if f64::from(i) < first * 10_000.0 {
                verdicts.push([0.9, 0.2]);
            } else {
                verdicts.push([0.1, 0.8]);
            }
        }
        let weights = fit(&verdicts, &[0.5, 0.5], 1e-9);
        assert!((weights[0] - 0.7).abs() < 1e-3, "{weights:?}");
    }

    #[test]
    fn without_events_the_prior_stays() {
        let verdicts = Verdicts::new(3);
        assert_eq!(fit(&verdicts, &[0.5, 0.3, 0.2], 5.0), [0.5, 0.3, 0.2]);
        assert_eq!(verdicts.mean_log(&[1.0, 0.0, 0.0]), None);
    }

    proptest! {
        /// No single member, nor the prior, explains the events better than the fit.
        #[test]
        fn nothing_is_likelier(
            rows in prop::collection::vec(prop::collection::vec(0.001..1.0f64, 4), 1..60),
        ) {
            let mut verdicts = Verdicts::new(4);
            for row in rows {
                verdicts.push(row);
            }
            let prior = [0.25; 4];
            let weights = fit(&verdicts, &prior, 1e-9);
            prop_assert!((weights.iter().sum::<f64>() - 1.0).abs() < 1e-9);
            let found = verdicts.mean_log(&weights).unwrap();
            prop_assert!(found >= verdicts.mean_log(&prior).unwrap() - 1e-9);
            for k in 0..4 {
                let single: Vec<f64> = (0..4).map(|j| f64::from(j == k)).collect();
                prop_assert!(found >= verdicts.mean_log(&single).unwrap() - 1e-3);
            }
        }
    }
}
