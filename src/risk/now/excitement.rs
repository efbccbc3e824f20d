//! What recent incidents draw after them, cell by cell: kept up to date incident by
//! incident, and exactly what a computation from nothing gives.
//!
//! Exactly, because sums are whole numbers (of 2⁻⁴⁰ incidents): adding and taking away
//! come to the same in any order. All terms fade at the same rate, so they are kept as of
//! one instant (the anchor), and one factor brings them all to another.

use std::sync::Arc;

use jiff::Timestamp;

use crate::grid::rings::Rings;
use crate::place::measure::Seconds;
use crate::risk::hawkes::triggering::{RINGS, Triggering};

/// What 1 incident is in the sums: a term is right to 1e-12, and eight million fit a cell.
const ONE: f64 = (1u64 << 40) as f64;

/// A term that has faded to less than `e^−12` is left out.
const LIVES: f64 = 12.0;

const DAY_S: f64 = 86_400.0;

/// Most days that are looked back, however slowly it fades: a fit says at most 30 days.
const MOST_DAYS: f64 = 366.0;

/// An incident as it counts here.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Spark {
    /// Cell of the grid.
    pub cell: u32,
    /// When it happened.
    pub at: Timestamp,
}

/// The sums.
#[derive(Debug, Clone)]
pub struct Excitement {
    /// Rings of all cells of the grid.
    rings: Arc<Rings>,
    triggering: Triggering,
    anchor: Timestamp,
    sums: Vec<i64>,
    /// How many incidents are in it.
    sparks: usize,
}

impl Excitement {
    /// Nothing has happened. `rings` are those of all `cells` of a grid; incidents are best
    /// not far from the anchor.
    pub fn new(rings: Arc<Rings>, cells: usize, triggering: Triggering, anchor: Timestamp) -> Self {
        Self {
            rings,
            triggering,
            anchor,
            sums: vec![0; cells],
            sparks: 0,
        }
    }

    /// The same incidents one by one, from nothing.
    pub fn of(
        rings: Arc<Rings>,
        cells: usize,
        triggering: Triggering,
        anchor: Timestamp,
        sparks: impl IntoIterator<Item = Spark>,
    ) -> Self {
        let mut all = Self::new(rings, cells, triggering, anchor);
        for spark in sparks {
            all.add(spark);
        }
        all
    }

    /// How long before an instant an incident still counts.
    pub fn memory(triggering: &Triggering) -> Seconds {
        Seconds((LIVES / triggering.decay).min(MOST_DAYS) * DAY_S)
    }

    /// An incident has happened.
    pub fn add(&mut self, spark: Spark) {
        self.sparks += 1;
        self.spread(spark, i64::wrapping_add);
    }

    /// It has not: it was a false alarm, or is the same as another one.
    pub fn remove(&mut self, spark: Spark) {
        self.sparks = self.sparks.saturating_sub(1);
        self.spread(spark, i64::wrapping_sub);
    }

    /// How many incidents are in it.
    pub fn sparks(&self) -> usize {
        self.sparks
    }

    /// What one incident draws.
    pub fn triggering(&self) -> &Triggering {
        &self.triggering
    }

    /// Incidents that follow from those so far, expected in each cell in the stretch of
    /// `length` from an instant on.
    pub fn ahead(&self, from: Timestamp, length: Seconds) -> Vec<f64> {
        let fading = self.faded(from) * -(-self.triggering.decay * length.0 / DAY_S).exp_m1();
        let factor = fading / ONE;
        self.sums.iter().map(|&sum| sum as f64 * factor).collect()
    }

    /// `e^(−ω (t − anchor))`.
    fn faded(&self, at: Timestamp) -> f64 {
        let days = at.duration_since(self.anchor).as_secs_f64() / DAY_S;
        (-self.triggering.decay * days).exp()
    }

    fn spread(&mut self, spark: Spark, put: fn(i64, i64) -> i64) {
        let cell = spark.cell as usize;
        if cell >= self.sums.len() {
            return;
        }
        // As of the anchor: an incident before it has faded by then.
        let weight = ONE / self.faded(spark.at);
        for ring in 0..RINGS {
            let each = self.triggering.by_ring[ring] / Rings::whole(ring);
            let term = (each * weight).round() as i64;
            for &near in self.rings.ring(cell, ring) {
                let sum = &mut self.sums[near as usize];
                *sum = put(*sum, term);
            }
        }
    }
}

/// Whole numbers are equal or they are not; that the rings are the same goes without saying.
impl PartialEq for Excitement {
    fn eq(&self, other: &Self) -> bool {
        self.sums == other.sums
            && self.anchor == other.anchor
            && self.triggering == other.triggering
            && self.sparks == other.sparks
    }
}

#[cfg(test)]
#[path = "excitement_tests.rs"]
mod tests;
