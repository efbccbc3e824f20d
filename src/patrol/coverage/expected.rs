//! Expected coverage with a busy fraction: MEXCLP, Σ dᵢ (1 − q^kᵢ), at several rings.
//!
//! Source: Daskin, "A maximum expected covering location model", Transportation Science
//! 17 (1983). dᵢ is the demand of point i, kᵢ the number of idle units within the ring's
//! time of it, q the fraction of time that a unit is busy.
//!
//! Idea: for each ring, keep how many units reach each point and how much demand has each
//! count. A unit that comes, goes or moves touches only the points it reaches. Demand is
//! kept as whole shares of 2⁻⁵², so that sums are exact: any order of comings and goings
//! that ends in the same places ends in the same bits as computing afresh.

use crate::patrol::coverage::rings::{CoverageFault, Reach, Rings};

/// All demand, in whole shares. Each sum up to it is a number of its own as an `f64`.
const WHOLE: f64 = (1u64 << 52) as f64;

/// How many units reach each point, and what that covers.
#[derive(Debug, Clone)]
pub struct CoverCounts {
    rings: Rings,
    total: f64,
    demand: Vec<u64>,
    /// Units within ring `r` of point `p` are `counts[r * points + p]`.
    counts: Vec<u32>,
    /// `held[r][k]` is the demand that k units reach within ring `r`.
    held: Vec<Vec<u64>>,
    /// `q^k` for k up to the most units there were.
    powers: Vec<f64>,
}

impl CoverCounts {
    /// No unit yet. Demand is in any unit (calls, incidents), one number a point.
    ///
    /// # Errors
    /// [`CoverageFault::Demand`].
    pub fn new(demand: &[f64], rings: Rings) -> Result<Self, CoverageFault> {
        let mut counts = Self {
            counts: vec![0; demand.len() * rings.len()],
            held: Vec::new(),
            powers: vec![1.0],
            demand: Vec::new(),
            total: 0.0,
            rings,
        };
        counts.set_demand(demand)?;
        Ok(counts)
    }

    /// The same units with another demand (the next hour's), one number for each of the
    /// same points.
    ///
    /// # Errors
    /// [`CoverageFault::Demand`], [`CoverageFault::Row`]; nothing has changed then.
    pub fn set_demand(&mut self, demand: &[f64]) -> Result<(), CoverageFault> {
        let points = self.counts.len() / self.rings.len();
        if demand.len() != points {
            return Err(CoverageFault::Row {
                row: demand.len(),
                points,
            });
        }
        let invalid = |d: &f64| !(d.is_finite() && *d >= 0.0);
        if let Some(wrong) = demand.iter().position(invalid) {
            return Err(CoverageFault::Demand(wrong));
        }
        let total: f64 = demand.iter().sum();
        if !total.is_finite() {
            return Err(CoverageFault::Demand(demand.len().saturating_sub(1)));
        }
        let whole = |d: &f64| {
            if total > 0.0 {
                (d / total * WHOLE).round() as u64
            } else {
                0
            }
        };
        self.demand = demand.iter().map(whole).collect();
        self.total = total;
        self.held = vec![vec![0; self.powers.len()]; self.rings.len()];
        for (ring, held) in self.held.iter_mut().enumerate() {
            let counts = &self.counts[ring * points..(ring + 1) * points];
            for (&share, &k) in self.demand.iter().zip(counts) {
                held[k as usize] += share;
            }
        }
        Ok(())
    }

    /// A unit stands where this is reached.
    ///
    /// # Errors
    /// [`CoverageFault::Row`] where the reach is one of other demand points.
    pub fn add(&mut self, reach: &Reach) -> Result<(), CoverageFault> {
        self.check(reach)?;
        let rings = self.rings.len();
        // No count can exceed the number of additions.
        let next = self.powers[self.powers.len() - 1] * self.rings.busy();
        self.powers.push(next);
        for held in &mut self.held {
            held.push(0);
        }
        for &(point, innermost) in reach.points() {
            for ring in usize::from(innermost)..rings {
                self.shift(ring, point as usize, 1);
            }
        }
        Ok(())
    }

    /// A unit that was added with this reach is gone. One that was not added must not be
    /// taken away: counts would then be those of other units.
    ///
    /// # Errors
    /// [`CoverageFault::Row`] where the reach is one of other demand points.
    pub fn remove(&mut self, reach: &Reach) -> Result<(), CoverageFault> {
        self.check(reach)?;
        for &(point, innermost) in reach.points() {
            for ring in usize::from(innermost)..self.rings.len() {
                self.shift(ring, point as usize, -1);
            }
        }
        if self.powers.len() > 1 {
            self.powers.pop();
            for held in &mut self.held {
                held.pop();
            }
        }
        Ok(())
    }

    /// The rings.
    pub fn rings(&self) -> &Rings {
        &self.rings
    }

    /// How many demand points.
    pub fn points(&self) -> usize {
        self.demand.len()
    }

    /// All demand, in the unit it was given in.
    pub fn total(&self) -> f64 {
        self.total
    }

    /// How many units reach a point within a ring.
    pub fn count(&self, ring: usize, point: usize) -> u32 {
        self.counts[ring * self.points() + point]
    }

    /// The expected share of demand that a free unit reaches within each ring; 0 where
    /// there is no demand.
    pub fn shares(&self) -> Vec<f64> {
        self.held
            .iter()
            .map(|held| {
                held.iter()
                    .zip(&self.powers)
                    .map(|(&share, power)| share as f64 * (1.0 - power))
                    .sum::<f64>()
                    / WHOLE
            })
            .collect()
    }

    /// The shares weighed to one number, 0 to 1.
    pub fn score(&self) -> f64 {
        self.rings.weigh(&self.shares())
    }

    /// The share of demand that some unit reaches within each ring if none is busy.
    pub fn reached(&self) -> Vec<f64> {
        self.held
            .iter()
            .map(|held| held.iter().skip(1).sum::<u64>() as f64 / WHOLE)
            .collect()
    }

    /// What another unit with this reach would add to each ring's share.
    pub fn gains(&self, reach: &Reach) -> Vec<f64> {
        self.changes(reach, |k| k, 1.0 - self.rings.busy())
    }

    /// The same, weighed to one number; without a list, for searches.
    pub fn gain(&self, reach: &Reach) -> f64 {
        let (rings, points) = (self.rings.len(), self.points());
        let mut whole = 0.0;
        for &(point, innermost) in reach.points() {
            let Some(&share) = self.demand.get(point as usize) else {
                continue;
            };
            let mut of_point = 0.0;
            for ring in usize::from(innermost)..rings {
                let k = self.counts[ring * points + point as usize] as usize;
                of_point += self.rings.weights()[ring] * self.powers[k];
            }
            whole += share as f64 * of_point;
        }
        whole * (1.0 - self.rings.busy()) / WHOLE
    }

    /// What taking away a unit with this reach, that was added, costs each ring's share.
    pub fn losses(&self, reach: &Reach) -> Vec<f64> {
        self.changes(reach, |k| k.saturating_sub(1), 1.0 - self.rings.busy())
    }

    /// Σ over the reached points of d · q^(power of its count) · factor, by ring.
    fn changes(&self, reach: &Reach, power: impl Fn(usize) -> usize, factor: f64) -> Vec<f64> {
        let (rings, points) = (self.rings.len(), self.points());
        // By count first, in whole shares: the sum does not depend on the order of points.
        let mut touched = vec![0u64; rings * self.powers.len()];
        for &(point, innermost) in reach.points() {
            let Some(&share) = self.demand.get(point as usize) else {
                continue;
            };
            for ring in usize::from(innermost)..rings {
                let k = self.counts[ring * points + point as usize] as usize;
                touched[ring * self.powers.len() + power(k)] += share;
            }
        }
        touched
            .chunks(self.powers.len())
            .map(|by_count| {
                let of = by_count.iter().zip(&self.powers);
                of.map(|(&share, p)| share as f64 * p).sum::<f64>() * factor / WHOLE
            })
            .collect()
    }

    fn check(&self, reach: &Reach) -> Result<(), CoverageFault> {
        let fits = reach.of() == self.points()
            && reach
                .points()
                .iter()
                .all(|p| usize::from(p.1) < self.rings.len());
        if fits {
            return Ok(());
        }
        Err(CoverageFault::Row {
            row: reach.of(),
            points: self.points(),
        })
    }

    fn shift(&mut self, ring: usize, point: usize, by: i32) {
        let at = ring * self.demand.len() + point;
        let (before, share) = (self.counts[at], self.demand[point]);
        let after = before.saturating_add_signed(by);
        self.counts[at] = after;
        self.held[ring][before as usize] -= share;
        self.held[ring][after as usize] += share;
    }
}

/// The coverage of units that are known by a number: they come, go and move.
#[derive(Debug, Clone)]
pub struct ExpectedCoverage {
    counts: CoverCounts,
    units: Vec<Option<Reach>>,
}

impl ExpectedCoverage {
    /// No unit yet.
    ///
    /// # Errors
    /// [`CoverageFault::Demand`].
    pub fn new(demand: &[f64], rings: Rings) -> Result<Self, CoverageFault> {
        Ok(Self {
            counts: CoverCounts::new(demand, rings)?,
            units: Vec::new(),
        })
    }

    /// The same units with another demand (the next hour's) at the same points.
    ///
    /// # Errors
    /// [`CoverageFault::Demand`], [`CoverageFault::Row`]; nothing has changed then.
    pub fn set_demand(&mut self, demand: &[f64]) -> Result<(), CoverageFault> {
        self.counts.set_demand(demand)
    }

    /// Puts a unit where its travel times to the demand points are these, milliseconds; one
    /// that stood elsewhere has moved. Units are numbered by the caller, from 0, densely.
    ///
    /// # Errors
    /// [`CoverageFault::Row`] where it is not one time a demand point; nothing has changed.
    pub fn put(&mut self, unit: usize, row: &[u32]) -> Result<(), CoverageFault> {
        let reach = self.counts.rings().reach(row);
        self.counts.check(&reach)?;
        self.take(unit);
        self.counts.add(&reach)?;
        if self.units.len() <= unit {
            self.units.resize(unit + 1, None);
        }
        self.units[unit] = Some(reach);
        Ok(())
    }

    /// Takes a unit away; false where it was not there.
    pub fn take(&mut self, unit: usize) -> bool {
        match self.units.get_mut(unit).and_then(Option::take) {
            Some(reach) => self.counts.remove(&reach).is_ok(),
            None => false,
        }
    }

    /// The numbers of the units that are there, ascending.
    pub fn units(&self) -> impl Iterator<Item = usize> + '_ {
        let numbered = self.units.iter().enumerate();
        numbered.filter_map(|(unit, reach)| reach.as_ref().map(|_| unit))
    }

    /// Counts, shares and rings.
    pub fn counts(&self) -> &CoverCounts {
        &self.counts
    }

    /// What each ring's share loses when this unit is taken away (dispatched): its marginal
    /// effect. Zeros where it is not there.
    pub fn losses(&self, unit: usize) -> Vec<f64> {
        match self.reach_of(unit) {
            Some(reach) => self.counts.losses(reach),
            None => vec![0.0; self.counts.rings().len()],
        }
    }

    /// The same, weighed to one number.
    pub fn loss(&self, unit: usize) -> f64 {
        self.counts.rings().weigh(&self.losses(unit))
    }

    /// What a unit more, with these travel times, would add to each ring's share.
    ///
    /// # Errors
    /// [`CoverageFault::Row`].
    pub fn gains(&self, row: &[u32]) -> Result<Vec<f64>, CoverageFault> {
        let reach = self.counts.rings().reach(row);
        self.counts.check(&reach)?;
        Ok(self.counts.gains(&reach))
    }

    /// Demand points that nobody reaches within a ring once this unit is gone, and that it
    /// reaches now; ascending.
    pub fn left_bare(&self, unit: usize, ring: usize) -> Vec<usize> {
        let reached = self.reach_of(unit).map_or(&[][..], Reach::points);
        reached
            .iter()
            .filter(|&&(_, innermost)| usize::from(innermost) <= ring)
            .map(|&(point, _)| point as usize)
            .filter(|&point| {
                ring < self.counts.rings().len() && self.counts.count(ring, point) == 1
            })
            .collect()
    }

    /// Whether a unit that is there reaches a point within a ring.
    pub fn reaches(&self, unit: usize, point: usize, ring: usize) -> bool {
        let points = self.reach_of(unit).map_or(&[][..], Reach::points);
        let found = points.binary_search_by_key(&point, |&(point, _)| point as usize);
        found.is_ok_and(|at| usize::from(points[at].1) <= ring)
    }

    fn reach_of(&self, unit: usize) -> Option<&Reach> {
        self.units.get(unit)?.as_ref()
    }
}

#[cfg(test)]
#[path = "expected_tests.rs"]
mod tests;
