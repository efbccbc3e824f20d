//! Routes of good plans, and new plans composed of them.
//!
//! Good plans found at different times share good routes; the best routes that go together
//! are often of different plans (a set packing, as in Hammami, Rekik & Coelho 2020). Here a
//! plan is composed greedily from a route drawn by chance, a stop that two routes share
//! staying with the first; the room that this leaves is filled by the repair that follows.

use std::cmp::Reverse;
use std::collections::HashMap;

use rand::RngExt;
use rand::rngs::ChaCha8Rng;

use crate::patrol::orienteering::ground::{Ground, Node};
use crate::patrol::orienteering::routes::Routes;

/// So many routes are kept when those of worse plans are dropped.
const KEPT: usize = 500;
/// Below so many there is nothing to compose.
const FEWEST: usize = 4;
/// So often a better route is taken when it is met.
const TAKEN: f64 = 0.8;

/// Routes by their set of stops.
#[derive(Debug, Default)]
pub struct Pool {
    entries: Vec<Entry>,
    /// Where the route of a set of stops is.
    place: HashMap<Box<[u64]>, usize>,
    stops: Vec<Node>,
}

#[derive(Debug)]
struct Entry {
    set: Box<[u64]>,
    stops: Vec<Node>,
    profit: u64,
    length: i64,
    /// The profit of the best plan that it was in.
    plan: u64,
}

impl Pool {
    /// Keeps a route of a plan.
    pub fn add(&mut self, ground: &Ground, routes: &Routes, route: usize) {
        routes.read(ground, route, &mut self.stops);
        if self.stops.is_empty() {
            return;
        }
        let mut set = vec![0u64; ground.stops.div_ceil(64)].into_boxed_slice();
        let mut profit = 0;
        for &stop in &self.stops {
            set[usize::from(stop) / 64] |= 1 << (stop % 64);
            profit += u64::from(ground.profit[usize::from(stop)]);
        }
        let (plan, length) = (routes.profit(), routes.length(route));
        if let Some(&place) = self.place.get(&set) {
            let known = &mut self.entries[place];
            known.plan = known.plan.max(plan);
            if length < known.length {
                known.length = length;
                known.stops.copy_from_slice(&self.stops);
            }
            return;
        }
        self.place.insert(set.clone(), self.entries.len());
        self.entries.push(Entry {
            set,
            stops: self.stops.clone(),
            profit,
            length,
            plan,
        });
        if self.entries.len() >= 2 * KEPT {
            self.entries.sort_by_key(|e| Reverse(e.plan));
            self.entries.truncate(KEPT);
            let places = self.entries.iter().enumerate();
            self.place = places.map(|(i, e)| (e.set.clone(), i)).collect();
        }
    }

    /// Composes a plan; false, and nothing changed, where there are too few routes.
    pub fn compose(&mut self, ground: &Ground, routes: &mut Routes, rng: &mut ChaCha8Rng) -> bool {
        if self.entries.len() < FEWEST {
            return false;
        }
        for route in 0..ground.routes {
            routes.clear(ground, route);
        }
        let mut covered = vec![0u64; ground.stops.div_ceil(64)];
        let mut chosen = rng.random_range(0..self.entries.len());
        for route in 0..ground.routes {
            let entry = &self.entries[chosen];
            self.stops.clear();
            let new = |s: &&Node| covered[usize::from(**s) / 64] >> (**s % 64) & 1 == 0;
            self.stops.extend(entry.stops.iter().filter(new));
            routes.put(ground, route, &self.stops);
            for (all, one) in covered.iter_mut().zip(&entry.set) {
                *all |= one;
            }
            match self.adds_most(ground, &covered, rng) {
                Some(next) => chosen = next,
                None => break,
            }
        }
        true
    }

    fn adds_most(&self, ground: &Ground, covered: &[u64], rng: &mut ChaCha8Rng) -> Option<usize> {
        let mut best = (0, None);
        for (place, entry) in self.entries.iter().enumerate() {
            if entry.profit <= best.0 {
                continue;
            }
            let mut gain = entry.profit;
            for (word, (one, all)) in entry.set.iter().zip(covered).enumerate() {
                let mut both = one & all;
                while both != 0 {
                    let stop = word * 64 + both.trailing_zeros() as usize;
                    gain -= u64::from(ground.profit[stop]);
                    both &= both - 1;
                }
            }
            if gain > best.0 && (best.1.is_none() || rng.random_bool(TAKEN)) {
                best = (gain, Some(place));
            }
        }
        best.1
    }
}
