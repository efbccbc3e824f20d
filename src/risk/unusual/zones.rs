//! The discs that are looked at, and which of them hold a cell.

use std::collections::BTreeSet;

use crate::grid::hexgrid::{GridError, HexGrid};
use crate::index::points::PointIndex;
use crate::place::measure::Metres;
use crate::place::position::Position;

/// Radii, metres: a street corner, a few blocks, a quarter.
pub const RADII_M: [f64; 3] = [250.0, 500.0, 1000.0];

/// Resolution of the cells whose centres are the discs': about 330 m apart.
const CENTRES: u8 = 9;

/// A zone.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Zone {
    /// Its middle; none: the whole district.
    pub disc: Option<Disc>,
}

/// A disc.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Disc {
    /// Its middle.
    pub centre: Position,
    /// How far it reaches.
    pub radius: Metres,
}

/// All zones of a district.
#[derive(Debug, Clone)]
pub struct Zones {
    /// The zones; the first is the whole district.
    pub zones: Vec<Zone>,
    /// Zones of cell `i` of the grid are at `starts[i]..starts[i + 1]` of `of_cell`.
    starts: Vec<u32>,
    of_cell: Vec<u32>,
}

impl Zones {
    /// Covers a grid. Of discs that hold the same cells the smallest stays.
    ///
    /// # Errors
    /// [`GridError`] where the coarser grid can't be made.
    pub fn cover(grid: &HexGrid) -> Result<Self, GridError> {
        let centres = match grid.resolution() > CENTRES {
            true => grid.parents(CENTRES)?.centres().to_vec(),
            false => grid.centres().to_vec(),
        };
        let index = PointIndex::new(grid.centres().to_vec());
        let all: Vec<u32> = (0..grid.len() as u32).collect();
        let mut seen = BTreeSet::from([all.clone()]);
        let mut zones = vec![Zone { disc: None }];
        let mut cells = vec![all];
        for radius in RADII_M.map(Metres) {
            for &centre in &centres {
                let mut inside: Vec<u32> = (index.within_distance(centre, radius).into_iter())
                    .map(|i| i as u32)
                    .collect();
                inside.sort_unstable();
                if !inside.is_empty() && seen.insert(inside.clone()) {
                    let disc = Some(Disc { centre, radius });
                    zones.push(Zone { disc });
                    cells.push(inside);
                }
            }
        }
        let mut of_each: Vec<Vec<u32>> = vec![Vec::new(); grid.len()];
        for (zone, cells) in cells.iter().enumerate() {
            for &cell in cells {
                of_each[cell as usize].push(zone as u32);
            }
        }
        let mut starts = vec![0];
        let mut of_cell = Vec::new();
        for zones in of_each {
            of_cell.extend(zones);
            starts.push(of_cell.len() as u32);
        }
        Ok(Self {
            zones,
            starts,
            of_cell,
        })
    }

    /// How many there are.
    pub fn len(&self) -> usize {
        self.zones.len()
    }

    /// Whether there are none; there is always the whole district.
    pub fn is_empty(&self) -> bool {
        self.zones.is_empty()
    }

    /// The zones that hold a cell; none where there is no such cell.
    pub fn of(&self, cell: u32) -> &[u32] {
        let at = cell as usize;
        match (self.starts.get(at), self.starts.get(at + 1)) {
            (Some(&from), Some(&to)) => &self.of_cell[from as usize..to as usize],
            _ => &[],
        }
    }

    /// The sum over each zone's cells.
    pub fn sums(&self, values: &[f64]) -> Vec<f64> {
        let mut sums = vec![0.0; self.len()];
        for (value, cell) in values.iter().zip(0..) {
            for &zone in self.of(cell) {
                sums[zone as usize] += value;
            }
        }
        sums
    }
}
