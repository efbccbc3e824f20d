//! Who has which cell.

use std::collections::VecDeque;

use crate::patrol::zones::ground::{ZoneFault, ZoneGround};

/// Each cell's zone, numbered from 0 without a gap in use.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Partition {
    zone_of: Vec<u32>,
    zones: usize,
}

impl Partition {
    /// A partition into `zones` zones. A zone may be without cells.
    ///
    /// # Errors
    /// [`ZoneFault::OtherGround`] where a cell has none of these zones, or their number is
    /// not the ground's.
    pub fn new(ground: &ZoneGround, zone_of: Vec<u32>, zones: usize) -> Result<Self, ZoneFault> {
        if zone_of.len() != ground.len() || zone_of.iter().any(|&z| z as usize >= zones) {
            return Err(ZoneFault::OtherGround {
                partition: zone_of.len(),
                ground: ground.len(),
            });
        }
        Ok(Self { zone_of, zones })
    }

    /// A partition where some cells are in no zone so far: each of those joins the zone that
    /// is fewest cells away (the lower number where two are); those from which no zone is
    /// reached join the zone with the nearest cell. Returns how many joined one.
    ///
    /// # Errors
    /// [`ZoneFault::OtherGround`] where no cell has a zone.
    pub fn filled(
        ground: &ZoneGround,
        known: &[Option<u32>],
        zones: usize,
    ) -> Result<(Self, usize), ZoneFault> {
        let mut zone_of = known.to_vec();
        zone_of.resize(ground.len(), None);
        let missing = zone_of.iter().filter(|z| z.is_none()).count();
        let mut open: VecDeque<usize> = {
            let mut seeds: Vec<usize> = (0..ground.len())
                .filter(|&c| zone_of[c].is_some())
                .collect();
            seeds.sort_by_key(|&c| (zone_of[c], c));
            seeds.into()
        };
        while let Some(cell) = open.pop_front() {
            for &other in ground.neighbours(cell) {
                if zone_of[other as usize].is_none() {
                    zone_of[other as usize] = zone_of[cell];
                    open.push_back(other as usize);
                }
            }
        }
        let reached: Vec<usize> = (0..ground.len())
            .filter(|&c| zone_of[c].is_some())
            .collect();
        for cell in 0..ground.len() {
            if zone_of[cell].is_none() {
                let nearest = reached
                    .iter()
                    .min_by(|&&a, &&b| square(ground, cell, a).total_cmp(&square(ground, cell, b)));
                zone_of[cell] = nearest.and_then(|&c| zone_of[c]);
            }
        }
        let whole: Option<Vec<u32>> = zone_of.into_iter().collect();
        let none = ZoneFault::OtherGround {
            partition: 0,
            ground: ground.len(),
        };
        Ok((Self::new(ground, whole.ok_or(none)?, zones)?, missing))
    }

    /// How many zones.
    pub fn zones(&self) -> usize {
        self.zones
    }

    /// How many cells.
    pub fn len(&self) -> usize {
        self.zone_of.len()
    }

    /// Whether there is no cell.
    pub fn is_empty(&self) -> bool {
        self.zone_of.is_empty()
    }

    /// Each cell's zone.
    pub fn zone_of(&self) -> &[u32] {
        &self.zone_of
    }

    /// The zone of a cell.
    pub fn zone(&self, cell: usize) -> usize {
        self.zone_of[cell] as usize
    }

    /// The cells of a zone, ascending.
    pub fn cells(&self, zone: usize) -> Vec<usize> {
        (0..self.len()).filter(|&c| self.zone(c) == zone).collect()
    }

    /// Gives a cell to another zone.
    pub(crate) fn give(&mut self, cell: usize, zone: usize) {
        self.zone_of[cell] = zone as u32;
    }

    /// Of how many connected pieces each zone is.
    pub fn pieces(&self, ground: &ZoneGround) -> Vec<usize> {
        let mut pieces = vec![0; self.zones];
        let mut seen = vec![false; self.len()];
        let mut open = Vec::new();
        for start in 0..self.len() {
            if std::mem::replace(&mut seen[start], true) {
                continue;
            }
            pieces[self.zone(start)] += 1;
            open.push(start);
            while let Some(cell) = open.pop() {
                for &other in ground.neighbours(cell) {
                    let other = other as usize;
                    if !seen[other] && self.zone(other) == self.zone(start) {
                        seen[other] = true;
                        open.push(other);
                    }
                }
            }
        }
        pieces
    }
}

fn square(ground: &ZoneGround, a: usize, b: usize) -> f64 {
    let ([ax, ay], [bx, by]) = (ground.at_m[a], ground.at_m[b]);
    (ax - bx).powi(2) + (ay - by).powi(2)
}
