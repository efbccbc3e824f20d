//! The rings: within which times a call should be answered, and how busy units are.
//!
//! No national rule for the times was found, so they are a setting; 1, 3 and 5 minutes are
//! what Chinese command rooms name. The busy fraction is that of Daskin's MEXCLP: each unit
//! is taken by another call with probability q, independently of the others.

use thiserror::Error;

/// Most rings; a reached point keeps its ring in a byte.
const MOST_RINGS: usize = 16;

/// Times that count, with weights, and the busy fraction.
#[derive(Debug, Clone, PartialEq)]
pub struct Rings {
    limits_ms: Vec<u32>,
    weights: Vec<f64>,
    busy: f64,
}

/// Why coverage can't be computed.
#[derive(Debug, Clone, PartialEq, Error)]
pub enum CoverageFault {
    /// No ring, too many, one of no time, or not ascending.
    #[error("rings must be 1 to {MOST_RINGS} positive times, ascending")]
    Rings,
    /// A weight for each ring, none negative, some positive.
    #[error("each ring needs a weight of at least 0, and one of them more than 0")]
    Weights,
    /// Not a probability below 1.
    #[error("the busy fraction must be at least 0 and less than 1, not {0}")]
    Busy(f64),
    /// Negative, infinite or not a number.
    #[error("demand point {0} has no valid demand")]
    Demand(usize),
    /// A row of travel times of another length than there are demand points.
    #[error("{row} travel times for {points} demand points")]
    Row {
        /// Length of the row.
        row: usize,
        /// Number of demand points.
        points: usize,
    },
}

impl Rings {
    /// Rings of these times, milliseconds, ascending, that weigh the same.
    ///
    /// # Errors
    /// [`CoverageFault::Rings`], [`CoverageFault::Busy`].
    pub fn new(limits_ms: Vec<u32>, busy: f64) -> Result<Self, CoverageFault> {
        let weights = vec![1.0; limits_ms.len()];
        Self::weighted(limits_ms, weights, busy)
    }

    /// Rings with a weight each; only the weights' proportions count.
    ///
    /// # Errors
    /// [`CoverageFault::Rings`], [`CoverageFault::Weights`], [`CoverageFault::Busy`].
    pub fn weighted(
        limits_ms: Vec<u32>,
        weights: Vec<f64>,
        busy: f64,
    ) -> Result<Self, CoverageFault> {
        let ascending = limits_ms.windows(2).all(|w| w[0] < w[1]);
        if limits_ms.is_empty() || limits_ms.len() > MOST_RINGS || limits_ms[0] == 0 || !ascending {
            return Err(CoverageFault::Rings);
        }
        let total: f64 = weights.iter().sum();
        let valid = weights.iter().all(|w| w.is_finite() && *w >= 0.0);
        if weights.len() != limits_ms.len() || !valid || !(total > 0.0 && total.is_finite()) {
            return Err(CoverageFault::Weights);
        }
        if !(0.0..1.0).contains(&busy) {
            return Err(CoverageFault::Busy(busy));
        }
        Ok(Self {
            limits_ms,
            weights: weights.iter().map(|w| w / total).collect(),
            busy,
        })
    }

    /// How many rings.
    pub fn len(&self) -> usize {
        self.limits_ms.len()
    }

    /// Never: there is always a ring.
    pub fn is_empty(&self) -> bool {
        self.limits_ms.is_empty()
    }

    /// The times, milliseconds, ascending.
    pub fn limits_ms(&self) -> &[u32] {
        &self.limits_ms
    }

    /// The weights; they sum to 1.
    pub fn weights(&self) -> &[f64] {
        &self.weights
    }

    /// The fraction of time that a unit is taken by another call.
    pub fn busy(&self) -> f64 {
        self.busy
    }

    /// What one sum is worth of values by ring.
    pub fn weigh(&self, by_ring: &[f64]) -> f64 {
        self.weights.iter().zip(by_ring).map(|(w, v)| w * v).sum()
    }

    /// What a place reaches, from its travel times to the demand points, milliseconds
    /// (`UNREACHABLE` where there is no way).
    pub fn reach(&self, row: &[u32]) -> Reach {
        let mut points: Vec<(u32, u8)> = Vec::new();
        for (point, &millis) in (0u32..).zip(row) {
            let ring = self.limits_ms.partition_point(|&limit| limit < millis);
            if ring < self.limits_ms.len() {
                points.push((point, ring as u8));
            }
        }
        Reach {
            points,
            of: row.len(),
        }
    }
}

impl Default for Rings {
    /// 1, 3 and 5 minutes that weigh the same; a busy fraction of 0.3.
    fn default() -> Self {
        Self {
            limits_ms: vec![60_000, 180_000, 300_000],
            weights: vec![1.0 / 3.0; 3],
            busy: 0.3,
        }
    }
}

/// The demand points that a place reaches, with the innermost ring of each.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Reach {
    points: Vec<(u32, u8)>,
    of: usize,
}

impl Reach {
    /// Reached points, ascending, each with the innermost ring (0 is the first) it is in.
    pub fn points(&self) -> &[(u32, u8)] {
        &self.points
    }

    /// How many demand points there are, reached or not.
    pub fn of(&self) -> usize {
        self.of
    }
}
