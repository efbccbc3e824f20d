//! Near-best plans that the search came by, of which one may be drawn, so that nobody can
//! foresee where units are: among plans within 2 % of the best (after ARMOR and IRIS, which
//! draw among schedules).

use rand::rngs::ChaCha8Rng;
use rand::{RngExt, SeedableRng};

use crate::patrol::search::route::TimedStop;
use crate::patrol::search::state::{State, Worth};

/// A plan is near the best where it is worth at least so much of it.
const NEAR_BEST: f64 = 0.98;
/// Plans are kept from this share of the budget on, when they are near the best…
const FROM: f64 = 0.25;
/// … so many of them at most, at equal distances.
const MOST: usize = 32;

/// The plans.
#[derive(Debug, Default)]
pub struct Pool {
    plans: Vec<(Worth, Vec<Vec<TimedStop>>)>,
    next: usize,
}

impl Pool {
    /// Keeps the present plan where it is time for one.
    pub fn look(&mut self, state: &State<'_>, worth: Worth, best: Worth, used: f64) {
        let mark = FROM + (1.0 - FROM) * self.next as f64 / MOST as f64;
        if used < mark || self.next >= MOST {
            return;
        }
        if is_near(worth, best) {
            self.next += 1;
            let rounds = (0..state.units()).map(|u| state.round(u).to_vec());
            self.plans.push((worth, rounds.collect()));
        }
    }

    /// One of the plans that are near the best, or the best itself: each as likely as the
    /// other. Answers how many there were to draw from, and the rounds if it is not the best.
    pub fn draw(self, best: Worth, seed: u64) -> (usize, Option<Vec<Vec<TimedStop>>>) {
        let near = self
            .plans
            .into_iter()
            .filter(|(worth, _)| is_near(*worth, best));
        let mut near: Vec<Vec<Vec<TimedStop>>> = near.map(|(_, rounds)| rounds).collect();
        near.dedup();
        let count = near.len() + 1;
        let drawn = ChaCha8Rng::seed_from_u64(seed).random_range(0..count);
        (count, (drawn < near.len()).then(|| near.swap_remove(drawn)))
    }
}

/// Whether a plan is near the best: no errand less, and 98 % of its worth.
pub fn is_near(worth: Worth, best: Worth) -> bool {
    worth.missed == best.missed
        && worth.overdue <= best.overdue
        && worth.value >= best.value - (1.0 - NEAR_BEST) * best.value.abs()
}
