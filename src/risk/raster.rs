//! A raster of latitude and longitude buckets over a grid's cell centres, for sweeps that
//! find the centres near many events. Private to [`crate::risk::kernel`].

use std::f64::consts::{FRAC_PI_2, PI, TAU};
use std::ops::Range;

use rayon::prelude::*;

use crate::grid::hexgrid::HexGrid;
use crate::place::position::Position;

/// Side of a bucket over the kernel's bandwidth: smaller means fewer candidates in vain,
/// larger means more events that share them. Measured.
const SIDE_TO_BANDWIDTH: f64 = 0.5;

/// No bucket is smaller than this, radians (about 50 m): nothing is gained below a cell.
const LEAST_SIDE: f64 = 8e-6;

/// Circumradius of an H3 cell over the root of its area is 0.62 where it is regular; this
/// leaves room for the most distorted.
const RADIUS_TO_ROOT_AREA: f64 = 0.85;

/// Events are dealt to this many blocks, whatever the number of threads.
const BLOCKS: usize = 16;

/// Mean radius of the Earth, km.
const EARTH_KM: f64 = 6371.0088;

/// Cell centres by row and longitude.
pub struct Raster {
    side: f64,
    columns_a_radian: f64,
    /// Half the diagonal of the widest bucket, radians.
    half_diagonal: f64,
    /// The kernel's bandwidth, radians.
    bandwidth: f64,
    /// Upper bound of a cell's circumradius, radians.
    cell_radius: f64,
    first_row: u32,
    /// Centres of row `first_row + r` are at `row_starts[r]..row_starts[r + 1]`.
    row_starts: Vec<u32>,
    centres: Vec<Centre>,
}

/// One cell's centre; near the antimeridian a cell has two.
#[derive(Clone, Copy)]
pub struct Centre {
    /// Longitude in radians; beyond ±π where it is a copy a turn further.
    pub lon: f64,
    /// On the unit sphere.
    pub at: [f64; 3],
    /// Index in the grid.
    pub cell: u32,
}

/// One event and the column of its bucket.
#[derive(Debug, Clone, Copy)]
pub struct Event {
    /// Where.
    pub position: Position,
    /// What it weighs.
    pub weight: f64,
    /// Column of the raster.
    pub column: u32,
    /// Its own bandwidth, metres; 0 where all have the same. Single precision costs no
    /// memory here: it takes what alignment left unused.
    pub bandwidth_m: f32,
}

/// Events by row. They are dealt to a fixed number of blocks, each sorted by row with its
/// events moved along: whoever works on a row then reads a few stretches of memory, where
/// an index into the events as given would miss the cache at every one.
pub struct EventRows {
    first_row: u32,
    /// How many events each row has.
    counts: Vec<u32>,
    blocks: Vec<Block>,
}

struct Block {
    /// Events of row `first_row + r` are at `starts[r]..starts[r + 1]`.
    starts: Vec<u32>,
    events: Vec<Event>,
}

impl Raster {
    /// Lays the raster for a bandwidth in radians. The grid must not be empty.
    pub fn new(grid: &HexGrid, bandwidth: f64) -> Self {
        let side = (bandwidth * SIDE_TO_BANDWIDTH).max(LEAST_SIDE);
        let lats = || grid.centres().iter().map(|c| c.lat().to_radians());
        let mean_lat = lats().sum::<f64>() / grid.len() as f64;
        let width = side / mean_lat.cos().max(0.01);
        let largest_km2 = grid.area_km2().iter().fold(0.0f64, |m, &a| m.max(a));
        let nearest_equator = lats().fold(FRAC_PI_2, |m, lat| m.min(lat.abs()));
        let mut raster = Self {
            side,
            columns_a_radian: 1.0 / width,
            half_diagonal: 0.51 * side.hypot(width * nearest_equator.cos()),
            bandwidth,
            cell_radius: RADIUS_TO_ROOT_AREA * largest_km2.sqrt() / EARTH_KM,
            first_row: 0,
            row_starts: Vec::new(),
            centres: Vec::new(),
        };
        raster.place_centres(grid);
        raster
    }

    /// Radius round a bucket's centre within which a centre can matter to it, radians.
    pub fn scan_radius(&self) -> f64 {
        self.half_diagonal + self.bandwidth.max(2.0 * self.cell_radius)
    }

    /// Radius round a bucket's centre within which a centre can be within the bandwidth
    /// of one of its events, radians.
    pub fn kernel_radius(&self) -> f64 {
        self.half_diagonal + self.bandwidth
    }

    /// Where one of the bucket's events may have its own cell's centre, and where the
    /// neighbours of that cell have theirs, radians.
    pub fn own_cell_radii(&self) -> [f64; 2] {
        let own = self.half_diagonal + self.cell_radius;
        [own, own + self.cell_radius]
    }

    /// The cell of the centre at a place of the raster.
    pub fn cell(&self, place: usize) -> usize {
        self.centres[place].cell as usize
    }

    /// The events by row. There must be some.
    pub fn place_events(
        &self,
        positions: &[Position],
        weights: &[f64],
        bandwidths_m: Option<&[f32]>,
    ) -> EventRows {
        let rows = || positions.par_iter().map(|p| self.row(p.lat().to_radians()));
        let (first_row, last_row) = (rows().min().unwrap_or(0), rows().max().unwrap_or(0));
        let rows = (last_row - first_row) as usize + 1;
        let size = positions.len().div_ceil(BLOCKS).max(1);
        let blocks: Vec<Block> = positions
            .par_chunks(size)
            .zip(weights.par_chunks(size))
            .enumerate()
            .map(|(i, (positions, weights))| {
                let bandwidths = bandwidths_m.map(|all| &all[i * size..]);
                self.block(positions, weights, bandwidths, first_row, rows)
            })
            .collect();
        let counts = (0..rows)
            .map(|r| blocks.iter().map(|b| b.starts[r + 1] - b.starts[r]).sum())
            .collect();
        EventRows {
            first_row,
            counts,
            blocks,
        }
    }

    /// Sorts by counting: stable and linear.
    fn block(
        &self,
        positions: &[Position],
        weights: &[f64],
        bandwidths_m: Option<&[f32]>,
        first_row: u32,
        rows: usize,
    ) -> Block {
        let row_of = |p: &Position| (self.row(p.lat().to_radians()) - first_row) as usize;
        let mut starts = vec![0u32; rows + 1];
        for position in positions {
            starts[row_of(position) + 1] += 1;
        }
        for r in 0..rows {
            starts[r + 1] += starts[r];
        }
        let mut next = starts.clone();
        let nothing = Event {
            position: Position::wrapped(0.0, 0.0),
            weight: 0.0,
            column: 0,
            bandwidth_m: 0.0,
        };
        let mut events = vec![nothing; positions.len()];
        for (i, (position, &weight)) in positions.iter().zip(weights).enumerate() {
            let place = &mut next[row_of(position)];
            events[*place as usize] = Event {
                position: *position,
                weight,
                column: ((position.lon().to_radians() + PI) * self.columns_a_radian) as u32,
                bandwidth_m: bandwidths_m.map_or(0.0, |all| all[i]),
            };
            *place += 1;
        }
        Block { starts, events }
    }

    /// Latitude and longitude of a bucket's centre, radians.
    pub fn bucket_centre(&self, row: u32, column: u32) -> [f64; 2] {
        [
            (f64::from(row) + 0.5) * self.side - FRAC_PI_2,
            (f64::from(column) + 0.5) / self.columns_a_radian - PI,
        ]
    }

    /// The places of all centres in rows within the scan radius of rows `from..=to`.
    pub fn places_near_rows(&self, from: u32, to: u32) -> Range<usize> {
        let reach = self.rows_in_reach();
        let start = self.row_range(from.saturating_sub(reach)).start;
        start..self.row_range(to.saturating_add(reach)).end.max(start)
    }

    /// A sweep along one row of buckets.
    pub fn sweep(&self, row: u32) -> Sweep<'_> {
        let reach = self.rows_in_reach();
        let rows = (row.saturating_sub(reach)..=row.saturating_add(reach))
            .map(|r| self.row_range(r))
            .filter(|range| !range.is_empty())
            .map(|range| Window {
                low: range.start,
                high: range.start,
                end: range.end,
            })
            .collect();
        let [lat, _] = self.bucket_centre(row, 0);
        Sweep {
            raster: self,
            half_width: half_width(lat, self.scan_radius()),
            rows,
        }
    }

    fn row(&self, lat: f64) -> u32 {
        ((lat + FRAC_PI_2) / self.side) as u32
    }

    fn rows_in_reach(&self) -> u32 {
        (self.scan_radius() / self.side).ceil() as u32
    }

    fn row_range(&self, row: u32) -> Range<usize> {
        let last = self.row_starts.len().saturating_sub(1);
        let r = (row.saturating_sub(self.first_row) as usize).min(last);
        let before = row < self.first_row;
        let end = if before { r } else { (r + 1).min(last) };
        self.row_starts[r] as usize..self.row_starts[end] as usize
    }

    fn place_centres(&mut self, grid: &HexGrid) {
        let mut rows: Vec<(u32, Centre)> = grid
            .centres()
            .par_iter()
            .enumerate()
            .flat_map_iter(|(cell, &position)| {
                let (lat, lon) = (position.lat().to_radians(), position.lon().to_radians());
                let seen_from = half_width(lat.abs() + self.scan_radius(), self.scan_radius())
                    + 1.0 / self.columns_a_radian;
                let row = self.row(lat);
                [lon, lon - TAU, lon + TAU]
                    .into_iter()
                    .filter(move |turned| turned.abs() <= PI + seen_from)
                    .map(move |lon| {
                        let (at, cell) = (unit_vector(position), cell as u32);
                        (row, Centre { lon, at, cell })
                    })
            })
            .collect();
        rows.par_sort_unstable_by(|a, b| {
            (a.0.cmp(&b.0))
                .then(a.1.lon.total_cmp(&b.1.lon))
                .then(a.1.cell.cmp(&b.1.cell))
        });
        let (first, last) = (
            rows.first().map_or(0, |r| r.0),
            rows.last().map_or(0, |r| r.0),
        );
        self.first_row = first;
        self.row_starts = Vec::with_capacity((last - first) as usize + 2);
        for (place, (row, centre)) in rows.into_iter().enumerate() {
            while self.row_starts.len() <= (row - first) as usize {
                self.row_starts.push(place as u32);
            }
            self.centres.push(centre);
        }
        self.row_starts.push(self.centres.len() as u32);
    }
}

impl EventRows {
    /// Cuts the rows into about so many stretches of as many events.
    pub fn chunks(&self, wanted: usize) -> Vec<Range<u32>> {
        let events: usize = self.counts.iter().map(|&c| c as usize).sum();
        let size = events.div_ceil(wanted).max(1);
        let (mut chunks, mut start, mut held) = (Vec::with_capacity(wanted), self.first_row, 0);
        for (row, &count) in (self.first_row..).zip(&self.counts) {
            if held == 0 {
                start = row; // rows without events belong to no chunk
            }
            held += count as usize;
            if held >= size {
                chunks.push(start..row + 1);
                held = 0;
            }
        }
        if held > 0 {
            chunks.push(start..self.first_row + self.counts.len() as u32);
        }
        chunks
    }

    /// The events of a row by column, equal columns in the order given, into a buffer.
    pub fn row(&self, row: u32, into: &mut Vec<Event>) {
        let r = (row - self.first_row) as usize;
        into.clear();
        for block in &self.blocks {
            into.extend_from_slice(
                &block.events[block.starts[r] as usize..block.starts[r + 1] as usize],
            );
        }
        into.sort_by_key(|event| event.column);
    }
}

/// A sweep along one row of buckets, columns ascending.
pub struct Sweep<'a> {
    raster: &'a Raster,
    half_width: f64,
    rows: Vec<Window>,
}

struct Window {
    low: usize,
    high: usize,
    end: usize,
}

impl Sweep<'_> {
    /// Calls back with every centre (its place and itself) whose longitude may be near
    /// that of a bucket's centre; each cell once.
    pub fn near(&mut self, lon: f64, mut found: impl FnMut(usize, &Centre)) {
        let centres = &self.raster.centres;
        let (west, east) = (lon - self.half_width, lon + self.half_width);
        for row in &mut self.rows {
            while row.low < row.end && centres[row.low].lon < west {
                row.low += 1;
            }
            row.high = row.high.max(row.low);
            while row.high < row.end && centres[row.high].lon < east {
                row.high += 1;
            }
            for (offset, centre) in centres[row.low..row.high].iter().enumerate() {
                found(row.low + offset, centre);
            }
        }
    }
}

/// A position on the unit sphere.
pub fn unit_vector(position: Position) -> [f64; 3] {
    vector_at(position.lat().to_radians(), position.lon().to_radians())
}

/// The same from radians.
pub fn vector_at(lat: f64, lon: f64) -> [f64; 3] {
    let (lat_sin, lat_cos) = lat.sin_cos();
    let (lon_sin, lon_cos) = lon.sin_cos();
    [lat_cos * lon_cos, lat_cos * lon_sin, lat_sin]
}

/// Largest difference in longitude between a point at a latitude and the points within a
/// distance of it; half a turn where a pole is within that distance.
fn half_width(lat: f64, distance: f64) -> f64 {
    let ratio = distance.sin() / lat.cos();
    if lat.abs() + distance >= FRAC_PI_2 || ratio >= 1.0 {
        PI
    } else {
        ratio.asin() * (1.0 + 1e-9) + 1e-12
    }
}
