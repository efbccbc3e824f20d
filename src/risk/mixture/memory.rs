//! What one scale remembers: for each cell and each memory the decayed sum of the shares
//! of past events.
//!
//! All of a memory's sums fade by the same factor, so none is touched as time goes by: an
//! event weighs `2^(+(t − origin)/half-life)` instead, and the sums are only ever compared
//! with their own total. Before that weight could overflow, the origin moves on.

use crate::grid::hexgrid::HexGrid;
use crate::place::position::Position;
use crate::risk::footprint::{Footprints, Share};
use crate::risk::mixture::members::{MEMORIES, MEMORIES_DAYS};

const DAY_MS: f64 = 86_400_000.0;

/// The origin moves once an event's weight would pass `2^` of this.
const MOST_DOUBLINGS: f64 = 400.0;

/// An event as the mixture keeps it.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Located {
    /// Where.
    pub position: Position,
    /// Its cell.
    pub cell: u32,
    /// When, milliseconds since 1970.
    pub at_ms: i64,
    /// Its class of hours (see [`crate::risk::mixture::hour_classes`]).
    pub class: u8,
}

/// One scale's sums.
#[derive(Debug, Clone)]
pub struct ScaleMemory {
    scale_m: f64,
    /// `[cell][memory]`.
    sums: Vec<[f64; MEMORIES]>,
    totals: [f64; MEMORIES],
    origin_ms: [i64; MEMORIES],
    shares: Vec<Share>,
}

impl ScaleMemory {
    /// Nothing remembered yet.
    pub fn new(scale_m: f64, grid: &HexGrid, origin_ms: i64) -> Self {
        Self {
            scale_m,
            sums: vec![[0.0; MEMORIES]; grid.len()],
            totals: [0.0; MEMORIES],
            origin_ms: [origin_ms; MEMORIES],
            shares: Vec::new(),
        }
    }

    /// Remembers an event; events come in the order of their times.
    pub fn add(&mut self, event: &Located, footprints: &Footprints<'_>) {
        let weights = self.weights(event.at_ms);
        if self.scale_m > 0.0 {
            footprints.shares(event.position, self.scale_m, &mut self.shares);
        } else {
            self.shares.clear();
            self.shares.push(Share {
                cell: event.cell,
                share: 1.0,
            });
        }
        for share in &self.shares {
            let sums = &mut self.sums[share.cell as usize];
            for (sum, weight) in sums.iter_mut().zip(&weights) {
                *sum += weight * share.share;
            }
        }
        for (total, weight) in self.totals.iter_mut().zip(&weights) {
            *total += weight;
        }
    }

    /// A cell's share of all that is remembered, one a memory; `even` where nothing is.
    pub fn shares_of(&self, cell: usize, even: f64) -> [f64; MEMORIES] {
        std::array::from_fn(|m| {
            if self.totals[m] > 0.0 {
                self.sums[cell][m] / self.totals[m]
            } else {
                even
            }
        })
    }

    /// Adds the memories' shares, each times its weight, to a surface.
    pub fn add_to(&self, surface: &mut [f64], weights: &[f64; MEMORIES], even: &[f64]) {
        let mut factors = [0.0; MEMORIES];
        let mut evenly = 0.0;
        for m in 0..MEMORIES {
            if self.totals[m] > 0.0 {
                factors[m] = weights[m] / self.totals[m];
            } else {
                evenly += weights[m];
            }
        }
        for ((value, sums), even) in surface.iter_mut().zip(&self.sums).zip(even) {
            let sum: f64 = sums.iter().zip(&factors).map(|(s, f)| s * f).sum();
            *value += sum + evenly * even;
        }
    }

    fn weights(&mut self, at_ms: i64) -> [f64; MEMORIES] {
        std::array::from_fn(|m| {
            let Some(days) = MEMORIES_DAYS[m] else {
                return 1.0;
            };
            let doublings = |origin: i64| (at_ms - origin) as f64 / (days * DAY_MS);
            if doublings(self.origin_ms[m]) > MOST_DOUBLINGS {
                let fade = (-doublings(self.origin_ms[m])).exp2();
                for sums in &mut self.sums {
                    sums[m] *= fade;
                }
                self.totals[m] *= fade;
                self.origin_ms[m] = at_ms;
            }
            doublings(self.origin_ms[m]).exp2()
        })
    }
}
