//! What fills a block of the lattice: housing with inner streets, works, a park, fields.

use std::collections::{BTreeMap, BTreeSet};

use rand::RngExt;

use crate::app::sample::chance::{Chance, stream};
use crate::app::sample::lattice::Lattice;
use crate::app::sample::outline::Outline;
use crate::app::sample::plane::Spot;
use crate::app::sample::terrain::{Terrain, urbanity};

/// How close two junctions on one side of a block may be, as a share of the side.
const JUNCTION_GAP: f64 = 0.09;

/// What a block is used for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Use {
    /// Homes and shops.
    Housing,
    /// Works and warehouses.
    Works,
    /// A park.
    Park,
    /// Fields.
    Fields,
}

/// One block.
#[derive(Debug, Clone)]
pub struct Block {
    /// Lattice column of its south-west corner.
    pub column: usize,
    /// Lattice row of its south-west corner.
    pub row: usize,
    /// Its use.
    pub usage: Use,
    /// Inner streets along the axis: share of the south side, share of the north side.
    pub along: Vec<(f64, f64)>,
    /// Inner streets across it: share of the west side, share of the east side.
    pub across: Vec<(f64, f64)>,
}

impl Block {
    /// Where inner streets (or the block's own sides) cross, in shares of its sides. Index
    /// 0 and the last are the sides.
    pub fn junction(&self, along: usize, across: usize) -> (f64, f64) {
        let (south, north) = line(&self.along, along);
        let (west, east) = line(&self.across, across);
        // x = south + (north − south)·y and y = west + (east − west)·x
        let (dx, dy) = (north - south, east - west);
        let x = (south + dx * west) / (1.0 - dx * dy);
        (x, west + dy * x)
    }

    /// The same as a spot.
    pub fn junction_spot(&self, lattice: &Lattice, along: usize, across: usize) -> Spot {
        let (east, north) = self.junction(along, across);
        lattice.within(self.column, self.row, east, north)
    }
}

fn line(lines: &[(f64, f64)], index: usize) -> (f64, f64) {
    match index {
        0 => (0.0, 0.0),
        i if i <= lines.len() => lines[i - 1],
        _ => (1.0, 1.0),
    }
}

/// Draws the blocks that have at least a corner inside, west to east, south to north.
/// Junctions of neighbours on their common side fall together more often than not, so
/// that inner streets run on. Blocks in `shops` (by column and row) are always housing.
pub fn draw(
    seed: u64,
    lattice: &Lattice,
    outline: &Outline,
    terrain: &Terrain,
    shops: &BTreeSet<(usize, usize)>,
) -> Vec<Block> {
    let mut chance = stream(seed, "blocks");
    let mut south_sides: BTreeMap<(usize, usize), Vec<f64>> = BTreeMap::new();
    let mut west_sides: BTreeMap<(usize, usize), Vec<f64>> = BTreeMap::new();
    let mut blocks = Vec::new();
    for column in 0..lattice.columns() - 1 {
        for row in 0..lattice.rows() - 1 {
            let corner = |east, north| lattice.within(column, row, east, north);
            let near = [(0.0, 0.0), (1.0, 0.0), (0.0, 1.0), (1.0, 1.0), (0.5, 0.5)];
            if !near.iter().any(|&(e, n)| outline.contains(corner(e, n))) {
                continue;
            }
            let middle = corner(0.5, 0.5);
            let drawn = usage(&mut chance, middle, terrain);
            let usage = if shops.contains(&(column, row)) {
                Use::Housing
            } else {
                drawn
            };
            let width = corner(0.0, 0.5).metres_to(corner(1.0, 0.5));
            let depth = corner(0.5, 0.0).metres_to(corner(0.5, 1.0));
            let wanted = |length: f64, chance: &mut Chance| match usage {
                Use::Housing => {
                    let lines = length / 150.0 - 1.0 + chance.random_range(-0.5..0.6);
                    (lines * (0.45 + 0.55 * urbanity(middle)))
                        .round()
                        .clamp(0.0, 3.0) as usize
                }
                Use::Works => chance.random_range(0..2),
                Use::Park | Use::Fields => 0,
            };
            let count = wanted(width, &mut chance);
            let known = south_sides.remove(&(column, row)).unwrap_or_default();
            let along = inner_lines(&mut chance, count, &known);
            let count = wanted(depth, &mut chance);
            let known = west_sides.remove(&(column, row)).unwrap_or_default();
            let across = inner_lines(&mut chance, count, &known);
            south_sides.insert((column, row + 1), along.iter().map(|l| l.1).collect());
            west_sides.insert((column + 1, row), across.iter().map(|l| l.1).collect());
            blocks.push(Block {
                column,
                row,
                usage,
                along,
                across,
            });
        }
    }
    blocks
}

fn usage(chance: &mut Chance, middle: Spot, terrain: &Terrain) -> Use {
    let urban = urbanity(middle);
    let draw: f64 = chance.random();
    let parks = if terrain.metres_from_river(middle) < 500.0 {
        0.12
    } else {
        0.05
    };
    let works = (0.85 * (0.72 - urban)).clamp(0.02, 0.42);
    let fields = (1.0 * (0.42 - urban)).clamp(0.0, 0.25);
    if draw < parks {
        Use::Park
    } else if draw < parks + works {
        Use::Works
    } else if draw < parks + works + fields {
        Use::Fields
    } else {
        Use::Housing
    }
}

/// Inner streets from one side to the opposite one. `known` are the junctions that the
/// neighbour has on the first side.
fn inner_lines(chance: &mut Chance, count: usize, known: &[f64]) -> Vec<(f64, f64)> {
    let gap = 1.0 / (count + 1) as f64;
    let mut lines: Vec<(f64, f64)> = Vec::new();
    for i in 1..=count {
        let own = gap * i as f64 + gap * chance.random_range(-0.16..0.16);
        let keep = chance.random_bool(0.75);
        let start = known
            .iter()
            .copied()
            .filter(|k| (k - own).abs() < if keep { 0.45 * gap } else { JUNCTION_GAP })
            .min_by(|a, b| (a - own).abs().total_cmp(&(b - own).abs()))
            .unwrap_or(own);
        let end = start + gap * chance.random_range(-0.10..0.10);
        let (start, end) = (start.clamp(0.12, 0.88), end.clamp(0.12, 0.88));
        if lines
            .last()
            .is_none_or(|l| start - l.0 > JUNCTION_GAP && end - l.1 > JUNCTION_GAP)
        {
            lines.push((start, end));
        }
    }
    lines
}
