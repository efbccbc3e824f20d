//! The ground to divide: cells, who is next to whom, calls expected in each, and where a
//! border would run along a big road.

use thiserror::Error;

use crate::grid::hexgrid::HexGrid;
use crate::index::segments::SegmentIndex;
use crate::place::measure::{EARTH_RADIUS_M, Metres};
use crate::place::position::Position;

/// More zones than this are no partition that a planner can read.
pub const MOST_ZONES: usize = 5_000;

/// A border edge weighs so much where it runs along a big road, and 1 elsewhere.
pub const ROAD_WEIGHT: f32 = 0.4;

/// A side of a cell lies along a road that is no further from its middle than this share
/// of the side's length: the road then runs through the cells' common side or close by.
const BESIDE: f64 = 0.75;

/// How work is counted.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct WorkSettings {
    /// A unit is bound so long by a call once it is there, seconds.
    pub handling_s: f64,
    /// Seconds to drive a metre as the crow flies.
    pub pace_s_per_m: f64,
}

impl Default for WorkSettings {
    /// 30 minutes a call; 30 km/h on roads that are 1.3 times as long as the straight line.
    fn default() -> Self {
        Self {
            handling_s: 1800.0,
            pace_s_per_m: 1.3 * 3.6 / 30.0,
        }
    }
}

/// Cells with what counts about them.
#[derive(Debug, Clone, PartialEq)]
pub struct ZoneGround {
    /// Expected calls of each cell, in any one unit of time.
    pub calls: Vec<f64>,
    /// How work is counted.
    pub work: WorkSettings,
    /// True area of each cell, km².
    pub km2: Vec<f64>,
    /// Metres east and north of a point amid the cells.
    pub at_m: Vec<[f64; 2]>,
    /// Neighbours of cell `c` are `next[first[c]..first[c + 1]]`, ascending.
    first: Vec<u32>,
    next: Vec<u32>,
    /// Weight of a border there, in the same order.
    weight: Vec<f32>,
    /// Whether it runs along a big road.
    along_road: Vec<bool>,
}

/// Why ground can't be divided as asked.
#[derive(Debug, Clone, PartialEq, Error)]
pub enum ZoneFault {
    /// No cells.
    #[error("there is no ground to divide")]
    NoGround,
    /// Calls of another number than cells, or one that is no number.
    #[error("cell {0} has no valid number of expected calls")]
    Calls(usize),
    /// Nothing to balance.
    #[error("no call is expected anywhere: there is no workload to balance")]
    NoCalls,
    /// Handling time or pace.
    #[error("handling time and pace must be numbers of at least 0, and not both 0")]
    Work,
    /// None, or more than there are cells.
    #[error("{wanted} zones can't be made of {free} free cells: ask for 1 to {most}")]
    Count {
        /// As asked.
        wanted: usize,
        /// Cells that are not locked.
        free: usize,
        /// The most that can be.
        most: usize,
    },
    /// A partition of other ground.
    #[error("the partition has {partition} cells, the ground {ground}")]
    OtherGround {
        /// Cells of the partition.
        partition: usize,
        /// Cells of the ground.
        ground: usize,
    },
    /// Everything is locked, or there is one zone only.
    #[error("nothing can move: {0}")]
    NothingToMove(&'static str),
    /// Not a share.
    #[error("the share of cells that may move must be from 0 to 1, not {0}")]
    MovedShare(f64),
}

impl ZoneGround {
    /// The ground of a grid. `big_roads` are lines along which borders are preferred.
    ///
    /// # Errors
    /// [`ZoneFault`].
    pub fn new(
        grid: &HexGrid,
        calls: &[f64],
        work: WorkSettings,
        big_roads: &[Vec<Position>],
    ) -> Result<Self, ZoneFault> {
        let cells = grid.len();
        if cells == 0 {
            return Err(ZoneFault::NoGround);
        }
        if calls.len() != cells {
            return Err(ZoneFault::Calls(calls.len().min(cells)));
        }
        let invalid = |c: &f64| !(c.is_finite() && *c >= 0.0);
        if let Some(wrong) = calls.iter().position(invalid) {
            return Err(ZoneFault::Calls(wrong));
        }
        let total: f64 = calls.iter().sum();
        if !(total > 0.0 && total.is_finite()) {
            return Err(ZoneFault::NoCalls);
        }
        let valid = |s: f64| s.is_finite() && s >= 0.0;
        let (handling, pace) = (work.handling_s, work.pace_s_per_m);
        if !valid(handling) || !valid(pace) || handling + pace <= 0.0 {
            return Err(ZoneFault::Work);
        }
        let mut ground = Self {
            calls: calls.to_vec(),
            work,
            km2: grid.area_km2().to_vec(),
            at_m: flat(grid.centres()),
            first: vec![0],
            next: Vec::new(),
            weight: Vec::new(),
            along_road: Vec::new(),
        };
        let pieces = big_roads.iter().flat_map(|line| line.windows(2));
        let roads = SegmentIndex::new(pieces.map(|w| (w[0], w[1])));
        for cell in 0..cells {
            for other in grid.disk(cell, 1).into_iter().filter(|&o| o != cell) {
                let side_m = ground.side_m(cell);
                let middle = halfway(grid.centre(cell), grid.centre(other));
                let beside = roads.nearest(middle, Metres(side_m * BESIDE)).is_some();
                ground.next.push(other as u32);
                ground.along_road.push(beside);
                ground.weight.push(if beside { ROAD_WEIGHT } else { 1.0 });
            }
            ground.first.push(ground.next.len() as u32);
        }
        Ok(ground)
    }

    /// How many cells.
    pub fn len(&self) -> usize {
        self.calls.len()
    }

    /// Never: ground without cells is refused.
    pub fn is_empty(&self) -> bool {
        self.calls.is_empty()
    }

    /// The neighbours of a cell, ascending.
    pub fn neighbours(&self, cell: usize) -> &[u32] {
        &self.next[self.first[cell] as usize..self.first[cell + 1] as usize]
    }

    /// The neighbours of a cell, each with the weight of a border there.
    pub fn borders(&self, cell: usize) -> impl Iterator<Item = (usize, f64)> + '_ {
        let range = self.first[cell] as usize..self.first[cell + 1] as usize;
        let pairs = self.next[range.clone()].iter().zip(&self.weight[range]);
        pairs.map(|(&other, &weight)| (other as usize, f64::from(weight)))
    }

    /// The neighbours of a cell, each with whether a border there runs along a big road.
    pub fn road_borders(&self, cell: usize) -> impl Iterator<Item = (usize, bool)> + '_ {
        let range = self.first[cell] as usize..self.first[cell + 1] as usize;
        let pairs = self.next[range.clone()].iter().zip(&self.along_road[range]);
        pairs.map(|(&other, &along)| (other as usize, along))
    }

    /// Whether two cells are neighbours.
    pub fn are_neighbours(&self, a: usize, b: usize) -> bool {
        self.neighbours(a).binary_search(&(b as u32)).is_ok()
    }

    /// Length of a side of a cell, metres, taken as a regular hexagon of its area.
    pub fn side_m(&self, cell: usize) -> f64 {
        (self.km2[cell] * 1e6 * 2.0 / (3.0 * 3f64.sqrt())).sqrt()
    }
}

/// Metres east and north of the first position; across the antimeridian too.
fn flat(centres: &[Position]) -> Vec<[f64; 2]> {
    let Some(origin) = centres.first() else {
        return Vec::new();
    };
    let metres = EARTH_RADIUS_M.to_radians();
    let east_m = metres * origin.lat().to_radians().cos();
    centres
        .iter()
        .map(|c| {
            let turns = ((c.lon() - origin.lon()) / 360.0).round();
            [
                (c.lon() - origin.lon() - 360.0 * turns) * east_m,
                (c.lat() - origin.lat()) * metres,
            ]
        })
        .collect()
}

fn halfway(a: Position, b: Position) -> Position {
    let turns = ((b.lon() - a.lon()) / 360.0).round();
    Position::wrapped(
        (a.lon() + b.lon() - 360.0 * turns) / 2.0,
        (a.lat() + b.lat()) / 2.0,
    )
}
