//! A first draft from nothing: centres of the work, then zones that grow from them, the one
//! with the least work first, so that they end about even; `refine` does the rest.
//!
//! Centres by weighted k-means with k-means++ (Arthur & Vassilvitskii 2007). Islands get
//! zones by their share of the work; one that has too little for a zone joins the nearest.

use std::cmp::Reverse;
use std::collections::BinaryHeap;

use rand::rngs::ChaCha8Rng;
use rand::{RngExt, SeedableRng};

use crate::patrol::zones::ground::{MOST_ZONES, ZoneFault, ZoneGround};
use crate::patrol::zones::partition::Partition;

/// Rounds of k-means.
const ROUNDS: usize = 12;

/// Each cell weighs so much of the mean cell besides its calls, or ground without calls
/// would be given away unseen.
const BASE: f64 = 0.1;

/// Drafts `zones` zones. Cells that `fixed` gives a zone keep it; those zones take no other
/// cell and are numbered first, from 0.
///
/// # Errors
/// [`ZoneFault::Count`], [`ZoneFault::OtherGround`].
pub fn grow(
    ground: &ZoneGround,
    zones: usize,
    fixed: &[Option<u32>],
    seed: u64,
) -> Result<Partition, ZoneFault> {
    if fixed.len() != ground.len() {
        return Err(ZoneFault::OtherGround {
            partition: fixed.len(),
            ground: ground.len(),
        });
    }
    let locked = fixed.iter().flatten().max().map_or(0, |&z| z as usize + 1);
    let free = fixed.iter().filter(|z| z.is_none()).count();
    let new = zones.saturating_sub(locked);
    if zones > MOST_ZONES || zones < locked || new > free || (new == 0) != (free == 0) {
        return Err(ZoneFault::Count {
            wanted: zones,
            free,
            most: (locked + free).min(MOST_ZONES),
        });
    }
    let mut draft = Draft {
        ground,
        weight: weights(ground, fixed),
        zone_of: fixed.to_vec(),
        rng: ChaCha8Rng::seed_from_u64(seed),
    };
    let islands = islands(ground, fixed);
    let mut first = locked;
    for (island, count) in islands.iter().zip(draft.shared_out(&islands, new)) {
        if count > 0 {
            draft.divide(island, first, count);
            first += count;
        }
    }
    draft.join_the_rest(locked);
    let whole: Option<Vec<u32>> = draft.zone_of.into_iter().collect();
    Partition::new(ground, whole.unwrap_or_default(), zones)
}

struct Draft<'a> {
    ground: &'a ZoneGround,
    weight: Vec<f64>,
    zone_of: Vec<Option<u32>>,
    rng: ChaCha8Rng,
}

fn weights(ground: &ZoneGround, fixed: &[Option<u32>]) -> Vec<f64> {
    let free = || (0..ground.len()).filter(|&c| fixed[c].is_none());
    let mean = free().map(|c| ground.calls[c]).sum::<f64>() / free().count().max(1) as f64;
    let base = if mean > 0.0 { mean * BASE } else { 1.0 };
    ground.calls.iter().map(|calls| calls + base).collect()
}

/// Connected sets of free cells, the first cell first.
fn islands(ground: &ZoneGround, fixed: &[Option<u32>]) -> Vec<Vec<usize>> {
    let mut seen: Vec<bool> = fixed.iter().map(Option::is_some).collect();
    let mut islands = Vec::new();
    for start in 0..ground.len() {
        if std::mem::replace(&mut seen[start], true) {
            continue;
        }
        let (mut island, mut next) = (vec![start], 0);
        while next < island.len() {
            for &other in ground.neighbours(island[next]) {
                if !std::mem::replace(&mut seen[other as usize], true) {
                    island.push(other as usize);
                }
            }
            next += 1;
        }
        island.sort_unstable();
        islands.push(island);
    }
    islands
}

impl Draft<'_> {
    /// How many zones each island gets: by largest remainders of its share of the weight,
    /// and not more than it has cells.
    fn shared_out(&self, islands: &[Vec<usize>], zones: usize) -> Vec<usize> {
        let weight = |island: &[usize]| island.iter().map(|&c| self.weight[c]).sum::<f64>();
        let weights: Vec<f64> = islands.iter().map(|i| weight(i)).collect();
        let total: f64 = weights.iter().sum();
        let exact: Vec<f64> = weights.iter().map(|w| w / total * zones as f64).collect();
        let mut counts: Vec<usize> = exact
            .iter()
            .zip(islands)
            .map(|(e, island)| (*e as usize).min(island.len()))
            .collect();
        for _ in counts.iter().sum::<usize>()..zones {
            let lacks = |i: usize| exact[i] - counts[i] as f64;
            let most = (0..islands.len())
                .filter(|&i| counts[i] < islands[i].len())
                .max_by(|&a, &b| lacks(a).total_cmp(&lacks(b)).then(b.cmp(&a)));
            if let Some(most) = most {
                counts[most] += 1;
            }
        }
        counts
    }

    /// Divides an island into `count` zones, numbered from `first`.
    fn divide(&mut self, island: &[usize], first: usize, count: usize) {
        let centres = self.centres(island, count);
        let mut frontier: Vec<BinaryHeap<Reverse<(Order, usize)>>> = Vec::new();
        let mut turn = BinaryHeap::new();
        for (zone, &[x, y]) in centres.iter().enumerate() {
            // The free cell nearest to the centre; two centres may be over one cell.
            let seed = island
                .iter()
                .filter(|&&c| self.zone_of[c].is_none())
                .min_by(|&&a, &&b| {
                    square(self.ground.at_m[a], [x, y])
                        .total_cmp(&square(self.ground.at_m[b], [x, y]))
                });
            let mut near = BinaryHeap::new();
            if let Some(&seed) = seed {
                self.zone_of[seed] = Some((first + zone) as u32);
                self.open(seed, [x, y], &mut near);
                turn.push(Reverse((Order(self.weight[seed]), zone)));
            }
            frontier.push(near);
        }
        while let Some(Reverse((work, zone))) = turn.pop() {
            let taken = loop {
                match frontier[zone].pop() {
                    Some(Reverse((_, cell))) if self.zone_of[cell].is_none() => break Some(cell),
                    Some(_) => {}
                    None => break None,
                }
            };
            if let Some(cell) = taken {
                self.zone_of[cell] = Some((first + zone) as u32);
                let mut near = std::mem::take(&mut frontier[zone]);
                self.open(cell, centres[zone], &mut near);
                frontier[zone] = near;
                turn.push(Reverse((Order(work.0 + self.weight[cell]), zone)));
            }
        }
    }

    fn open(&self, cell: usize, centre: [f64; 2], near: &mut BinaryHeap<Reverse<(Order, usize)>>) {
        for &other in self.ground.neighbours(cell) {
            let other = other as usize;
            if self.zone_of[other].is_none() {
                near.push(Reverse((
                    Order(square(self.ground.at_m[other], centre)),
                    other,
                )));
            }
        }
    }

    /// Centres of the work of an island.
    fn centres(&mut self, island: &[usize], count: usize) -> Vec<[f64; 2]> {
        let at = |c: usize| self.ground.at_m[c];
        let mut centres: Vec<[f64; 2]> = Vec::with_capacity(count);
        let mut far: Vec<f64> = island.iter().map(|&c| self.weight[c]).collect();
        while centres.len() < count {
            let total: f64 = far.iter().sum();
            let mut left = self.rng.random_range(0.0..1.0) * total;
            let drawn = far.iter().position(|f| {
                left -= f;
                left < 0.0
            });
            let centre = at(island[drawn.unwrap_or(centres.len() % island.len())]);
            centres.push(centre);
            for (f, &c) in far.iter_mut().zip(island) {
                let d = self.weight[c] * square(at(c), centre);
                *f = if centres.len() == 1 { d } else { f.min(d) };
            }
        }
        for _ in 0..ROUNDS {
            let mut sums = vec![[0.0; 3]; count];
            for &c in island {
                let nearest = (0..count).min_by(|&a, &b| {
                    square(at(c), centres[a]).total_cmp(&square(at(c), centres[b]))
                });
                let (w, [x, y]) = (self.weight[c], at(c));
                if let Some(sum) = nearest.and_then(|n| sums.get_mut(n)) {
                    *sum = [sum[0] + w, sum[1] + w * x, sum[2] + w * y];
                }
            }
            for (centre, [w, x, y]) in centres.iter_mut().zip(sums) {
                if w > 0.0 {
                    *centre = [x / w, y / w];
                }
            }
        }
        centres
    }

    /// Islands without a zone of their own join the nearest zone that is not locked.
    fn join_the_rest(&mut self, locked: usize) {
        let open = |zone: &Option<u32>| zone.is_some_and(|z| z as usize >= locked);
        let there: Vec<usize> = (0..self.zone_of.len())
            .filter(|&c| open(&self.zone_of[c]))
            .collect();
        let fixed: Vec<Option<u32>> = self.zone_of.clone();
        for island in islands(self.ground, &fixed) {
            let mut nearest: Option<(f64, usize)> = None;
            for &cell in &island {
                for &other in &there {
                    let d = square(self.ground.at_m[cell], self.ground.at_m[other]);
                    if nearest.is_none_or(|n| d < n.0) {
                        nearest = Some((d, other));
                    }
                }
            }
            let zone = nearest.and_then(|(_, c)| self.zone_of[c]);
            for cell in island {
                self.zone_of[cell] = zone;
            }
        }
    }
}

fn square(a: [f64; 2], b: [f64; 2]) -> f64 {
    (a[0] - b[0]).powi(2) + (a[1] - b[1]).powi(2)
}

/// A number in a total order, for heaps.
#[derive(Debug, Clone, Copy, PartialEq)]
struct Order(f64);

impl Eq for Order {}

impl Ord for Order {
    fn cmp(&self, other: &Self) -> std::cmp::Ordering {
        self.0.total_cmp(&other.0)
    }
}

impl PartialOrd for Order {
    fn partial_cmp(&self, other: &Self) -> Option<std::cmp::Ordering> {
        Some(self.cmp(other))
    }
}

#[cfg(test)]
#[path = "grow_tests.rs"]
mod tests;
