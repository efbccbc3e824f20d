//! Gi* without the normal distribution: conditional permutation.
//!
//! A cell keeps its own value; its `k` other neighbours get values drawn without
//! replacement from all other cells. That is what shuffling the rest of the district does
//! to it. Two-sided `p = 2 (min(#{sim ≥ obs}, #{sim ≤ obs}) + 1) / (R + 1)`, at most 1.
//!
//! How: `R` ordered draws of distinct cells serve every cell, as in PySAL's `crand`. The
//! first `k` of a draw that are not the cell itself are a fair draw from the others. So the
//! sums are sorted once, each cell looks its own sum up, and only the few draws that hold
//! the cell itself are put right one by one: time grows with cells + draws, not with
//! their product. Each p is exact for its cell; those of different cells share their luck.

use rand::rngs::ChaCha8Rng;
use rand::{RngExt, SeedableRng};
use rayon::prelude::*;

use crate::risk::statistics::error::StatisticsError;
use crate::risk::statistics::neighbours::Neighbours;

/// Most permutations; p then goes down to 2e-5.
pub const MOST_PERMUTATIONS: u32 = 99_999;

/// Draws are dealt to this many chunks, whatever the number of threads.
const CHUNKS: u32 = 64;

/// Two-sided conditional p of each cell's sum with its neighbours.
///
/// # Errors
/// [`StatisticsError::Length`], or [`StatisticsError::Parameter`] where the number of
/// permutations is 0 or more than [`MOST_PERMUTATIONS`].
pub fn conditional_p(
    counts: &[u32],
    near: &Neighbours,
    permutations: u32,
    seed: u64,
) -> Result<Vec<f64>, StatisticsError> {
    if counts.len() != near.len() {
        return Err(StatisticsError::Length {
            found: counts.len(),
            wanted: near.len(),
        });
    }
    check(permutations)?;
    let most = (0..counts.len()).map(|i| near.of(i).len() - 1).max();
    let most = most.unwrap_or(0);
    if most == 0 {
        return Ok(vec![1.0; counts.len()]);
    }
    let draws = Draws::new(counts.len(), most + 1, permutations, seed);
    let sums = Sums::of(&draws, counts);
    let held = draws.held_by_cell(counts.len());
    Ok((0..counts.len())
        .into_par_iter()
        .map(|i| {
            let disk = near.of(i);
            let k = disk.len() - 1;
            if k == 0 {
                return 1.0;
            }
            let all: u64 = disk.iter().map(|&j| u64::from(counts[j as usize])).sum();
            let observed = all - u64::from(counts[i]);
            let (mut as_high, mut as_low) = sums.tails(k, observed);
            for &held in held.of(i).iter().filter(|h| usize::from(h.place) < k) {
                let before = sums.first(k, held.draw);
                let draw = draws.draw(held.draw);
                let instead = u64::from(counts[draw[k] as usize]);
                let after = before - u64::from(counts[i]) + instead;
                as_high += i64::from(after >= observed) - i64::from(before >= observed);
                as_low += i64::from(after <= observed) - i64::from(before <= observed);
            }
            let rarer = as_high.min(as_low) as f64;
            (2.0 * (rarer + 1.0) / (f64::from(permutations) + 1.0)).min(1.0)
        })
        .collect())
}

fn check(permutations: u32) -> Result<(), StatisticsError> {
    if (1..=MOST_PERMUTATIONS).contains(&permutations) {
        return Ok(());
    }
    Err(StatisticsError::Parameter {
        name: "the number of permutations",
        wanted: "1 to 99999",
        value: f64::from(permutations),
    })
}

/// Ordered draws of distinct cells.
struct Draws {
    length: usize,
    cells: Vec<u32>,
}

impl Draws {
    fn new(cells: usize, length: usize, permutations: u32, seed: u64) -> Self {
        let chunks: Vec<Vec<u32>> = (0..CHUNKS)
            .into_par_iter()
            .map(|chunk| {
                let mut rng = ChaCha8Rng::seed_from_u64(seed);
                rng.set_stream(u64::from(chunk));
                let count = (permutations + CHUNKS - 1 - chunk) / CHUNKS;
                let mut drawn = Vec::with_capacity(count as usize * length);
                for _ in 0..count {
                    let from = drawn.len();
                    while drawn.len() < from + length {
                        let cell = rng.random_range(0..cells as u32);
                        if !drawn[from..].contains(&cell) {
                            drawn.push(cell);
                        }
                    }
                }
                drawn
            })
            .collect();
        Self {
            length,
            cells: chunks.concat(),
        }
    }

    fn draw(&self, r: u32) -> &[u32] {
        let from = r as usize * self.length;
        &self.cells[from..from + self.length]
    }

    fn held_by_cell(&self, cells: usize) -> HeldByCell {
        let mut starts = vec![0u32; cells + 1];
        for &cell in &self.cells {
            starts[cell as usize + 1] += 1;
        }
        for i in 0..cells {
            starts[i + 1] += starts[i];
        }
        let mut next = starts.clone();
        let mut held = vec![Held { draw: 0, place: 0 }; self.cells.len()];
        for (at, &cell) in self.cells.iter().enumerate() {
            held[next[cell as usize] as usize] = Held {
                draw: (at / self.length) as u32,
                place: (at % self.length) as u16,
            };
            next[cell as usize] += 1;
        }
        HeldByCell { starts, held }
    }
}

/// That a draw holds a cell, and at which place.
#[derive(Clone, Copy)]
struct Held {
    draw: u32,
    place: u16,
}

struct HeldByCell {
    starts: Vec<u32>,
    held: Vec<Held>,
}

impl HeldByCell {
    fn of(&self, cell: usize) -> &[Held] {
        &self.held[self.starts[cell] as usize..self.starts[cell + 1] as usize]
    }
}

/// Sums of the first 1, 2, … cells of each draw.
struct Sums {
    by_draw: Vec<Vec<u64>>,
    sorted: Vec<Vec<u64>>,
}

impl Sums {
    fn of(draws: &Draws, counts: &[u32]) -> Self {
        let mut running = vec![0; draws.cells.len() / draws.length];
        let by_draw: Vec<Vec<u64>> = (0..draws.length)
            .map(|place| {
                for (sum, draw) in running.iter_mut().zip(draws.cells.chunks(draws.length)) {
                    *sum += u64::from(counts[draw[place] as usize]);
                }
                running.clone()
            })
            .collect();
        let mut sorted = by_draw.clone();
        for sums in &mut sorted {
            sums.par_sort_unstable();
        }
        Self { by_draw, sorted }
    }

    /// The sum of the first `k` cells of a draw.
    fn first(&self, k: usize, draw: u32) -> u64 {
        self.by_draw[k - 1][draw as usize]
    }

    /// How many sums of `k` are at least, and at most, as high as what was observed.
    fn tails(&self, k: usize, observed: u64) -> (i64, i64) {
        let sums = &self.sorted[k - 1];
        let lower = sums.partition_point(|&sum| sum < observed);
        let not_higher = sums.partition_point(|&sum| sum <= observed);
        ((sums.len() - lower) as i64, not_higher as i64)
    }
}

#[cfg(test)]
#[path = "permutation_tests.rs"]
mod tests;
