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
    /// is fewest cells away (the lower number where two are); islands from which no zone is
    /// reached join the zone of the cell nearest to their middle. Returns how many joined one.
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
        for island in islands(ground, |cell| zone_of[cell].is_none()) {
            let nearest = nearest_to(ground, &island, &reached);
            let zone = nearest.and_then(|c| zone_of[c]);
            for cell in island {
                zone_of[cell] = zone;
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

/// Connected sets of those cells that are wanted, each ascending, the first cell first.
pub(crate) fn islands(ground: &ZoneGround, wanted: impl Fn(usize) -> bool) -> Vec<Vec<usize>> {
    let mut left: Vec<bool> = (0..ground.len()).map(wanted).collect();
    let mut islands = Vec::new();
    for start in 0..ground.len() {
        if !std::mem::replace(&mut left[start], false) {
            continue;
        }
        let (mut island, mut next) = (vec![start], 0);
        while next < island.len() {
            for &other in ground.neighbours(island[next]) {
                if std::mem::replace(&mut left[other as usize], false) {
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

/// Of some cells the one nearest to the middle of an island; the lower number of equal ones.
pub(crate) fn nearest_to(ground: &ZoneGround, island: &[usize], among: &[usize]) -> Option<usize> {
    let count = island.len().max(1) as f64;
    let mean = |axis: usize| island.iter().map(|&c| ground.at_m[c][axis]).sum::<f64>() / count;
    let middle = [mean(0), mean(1)];
    let square = |c: usize| {
        let [x, y] = ground.at_m[c];
        (x - middle[0]).powi(2) + (y - middle[1]).powi(2)
    };
    let nearer = |a: &usize, b: &usize| square(*a).total_cmp(&square(*b)).then(a.cmp(b));
    among.iter().copied().min_by(nearer)
}
