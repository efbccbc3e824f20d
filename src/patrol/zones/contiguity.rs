//! Can a cell leave its zone without tearing it?
//!
//! Exact: its neighbours of the same zone must still hang together without it. Most often
//! they are neighbours of each other, which is seen at once; else the zone is walked.
//! A zone that is in several pieces to begin with (islands) may stay so: what is asked is
//! that the number of pieces does not grow.

use crate::patrol::zones::ground::ZoneGround;
use crate::patrol::zones::partition::Partition;

/// Memory for the walks.
#[derive(Debug, Clone, Default)]
pub struct Walk {
    seen: Vec<u32>,
    round: u32,
    open: Vec<usize>,
}

impl Walk {
    /// Whether the cell may leave: its zone keeps a cell, and is in no more pieces than
    /// before.
    pub fn may_leave(&mut self, ground: &ZoneGround, partition: &Partition, cell: usize) -> bool {
        let zone = partition.zone(cell);
        let mut beside = [0usize; 8];
        let mut count = 0;
        for &other in ground.neighbours(cell) {
            if partition.zone(other as usize) == zone && count < beside.len() {
                beside[count] = other as usize;
                count += 1;
            }
        }
        let beside = &beside[..count];
        match count {
            // A piece of its own vanishes; the last cell of a zone stays.
            0 => (0..partition.len()).any(|c| c != cell && partition.zone(c) == zone),
            1 => true,
            _ => hang_together(ground, beside) || self.walk(ground, partition, cell, beside),
        }
    }

    /// Walks the zone from the first of these cells, not through `without`, until all of
    /// them are met.
    fn walk(
        &mut self,
        ground: &ZoneGround,
        partition: &Partition,
        without: usize,
        wanted: &[usize],
    ) -> bool {
        self.seen.resize(ground.len(), 0);
        self.round = self.round.wrapping_add(1);
        if self.round == 0 {
            self.seen.fill(0);
            self.round = 1;
        }
        let zone = partition.zone(without);
        let mut left = wanted.len() - 1;
        self.seen[without] = self.round;
        self.seen[wanted[0]] = self.round;
        self.open.clear();
        self.open.push(wanted[0]);
        while let Some(cell) = self.open.pop() {
            for &other in ground.neighbours(cell) {
                let other = other as usize;
                if self.seen[other] == self.round || partition.zone(other) != zone {
                    continue;
                }
                self.seen[other] = self.round;
                self.open.push(other);
                if wanted.contains(&other) {
                    left -= 1;
                    if left == 0 {
                        return true;
                    }
                }
            }
        }
        false
    }
}

/// Whether these few cells are connected by being neighbours of each other.
fn hang_together(ground: &ZoneGround, cells: &[usize]) -> bool {
    let mut met = 1u32;
    let mut before = 0;
    while met != before {
        before = met;
        for (i, &a) in cells.iter().enumerate() {
            if met >> i & 1 == 0 {
                let joins =
                    |(j, &b): (usize, &usize)| met >> j & 1 == 1 && ground.are_neighbours(a, b);
                if cells.iter().enumerate().any(joins) {
                    met |= 1 << i;
                }
            }
        }
    }
    met.count_ones() as usize == cells.len()
}
