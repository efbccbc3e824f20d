//! The exact quartic kernel at every cell's centre, fast.
//!
//! Each event spreads its weight over the centres within the bandwidth `h`, in proportion
//! to `(1 − d²/h²)²`, `d` being the distance of that very event to that very centre (the
//! chord: within 1e-7 of the arc even for kilometres). The shares of an event sum to 1
//! over the grid's cells, so no mass is lost at the border (edge correction) and the
//! surface sums to the weights. An event that has no centre within `h` gives all to its
//! own cell. Events outside the grid give nothing.
//!
//! How: a raster of buckets, row by row. A sweep along a row keeps, for each row of cells
//! within reach, the stretch of cells that may be near, so finding candidates costs next
//! to nothing; a bucket's candidates are then tried on each of its events. Rows are cut
//! into a fixed number of chunks, each summing into its own stretch of cells, and the
//! stretches are added up in order: the same bits on any number of threads. Positions are
//! unit vectors, so poles and the antimeridian are nothing special.

use std::ops::Range;

use rayon::prelude::*;

use crate::grid::hexgrid::HexGrid;
use crate::place::measure::EARTH_RADIUS_M;
use crate::place::position::Position;
use crate::risk::raster::{Event, EventRows, Raster, unit_vector, vector_at};

/// Rows are dealt to this many chunks, whatever the number of threads.
const CHUNKS: usize = 64;

/// Candidates are padded to a multiple of this, so that the loops run on whole registers.
const LANES: usize = 4;

/// A surface of weights.
#[derive(Debug, Clone, PartialEq)]
pub struct Spread {
    /// Weight that came to each cell, in the grid's order.
    pub mass: Vec<f64>,
    /// How many events lie in the grid.
    pub inside: usize,
}

/// Spreads events, each with its weight, over the grid.
pub fn quartic(
    grid: &HexGrid,
    positions: &[Position],
    weights: &[f64],
    bandwidth_m: f64,
) -> Spread {
    if positions.is_empty() {
        return Spread::nothing(grid);
    }
    Quartic::new(grid, bandwidth_m).spread(positions, weights)
}

/// Spreads events, each with its weight and its own bandwidth (metres, positive), over
/// the grid.
///
/// Events are taken an octave of bandwidths at a time, so that a narrow one does not look
/// through all the centres that only a wide one reaches.
pub fn quartic_each(
    grid: &HexGrid,
    positions: &[Position],
    weights: &[f64],
    bandwidths_m: &[f32],
) -> Spread {
    let mut spread = Spread::nothing(grid);
    let octave = |bandwidth: f32| bandwidth.log2().ceil() as i32;
    let mut octaves: Vec<i32> = bandwidths_m.iter().map(|&b| octave(b)).collect();
    octaves.sort_unstable();
    octaves.dedup();
    for wanted in octaves {
        let chosen: Vec<usize> = (0..positions.len())
            .filter(|&i| octave(bandwidths_m[i]) == wanted)
            .collect();
        let widest = chosen.iter().fold(0.0f32, |m, &i| m.max(bandwidths_m[i]));
        let positions: Vec<Position> = chosen.iter().map(|&i| positions[i]).collect();
        let weights: Vec<f64> = chosen.iter().map(|&i| weights[i]).collect();
        let bandwidths: Vec<f32> = chosen.iter().map(|&i| bandwidths_m[i]).collect();
        let part = Quartic::new(grid, f64::from(widest)).spread_each(
            &positions,
            &weights,
            Some(&bandwidths),
        );
        spread.inside += part.inside;
        for (sum, mass) in spread.mass.iter_mut().zip(part.mass) {
            *sum += mass;
        }
    }
    spread
}

impl Spread {
    fn nothing(grid: &HexGrid) -> Self {
        Self {
            mass: vec![0.0; grid.len()],
            inside: 0,
        }
    }
}

/// The kernel of one bandwidth over one grid, for events that come in several lots.
pub struct Quartic<'a> {
    grid: &'a HexGrid,
    /// None where the grid has no cell.
    raster: Option<Raster>,
    per_h2: f64,
}

impl<'a> Quartic<'a> {
    /// Lays the grid's centres out for a bandwidth.
    pub fn new(grid: &'a HexGrid, bandwidth_m: f64) -> Self {
        Self {
            grid,
            raster: (!grid.is_empty()).then(|| Raster::new(grid, bandwidth_m / EARTH_RADIUS_M)),
            per_h2: per_h2(bandwidth_m),
        }
    }

    /// Spreads events, each with its weight.
    pub fn spread(&self, positions: &[Position], weights: &[f64]) -> Spread {
        self.spread_each(positions, weights, None)
    }

    /// The same, each by its own bandwidth, none wider than the kernel's.
    fn spread_each(
        &self,
        positions: &[Position],
        weights: &[f64],
        bandwidths_m: Option<&[f32]>,
    ) -> Spread {
        let mut spread = Spread::nothing(self.grid);
        let Some(raster) = self.raster.as_ref().filter(|_| !positions.is_empty()) else {
            return spread;
        };
        let events = raster.place_events(positions, weights, bandwidths_m);
        let work = Work {
            grid: self.grid,
            raster,
            events: &events,
            per_h2: bandwidths_m.is_none().then_some(self.per_h2),
        };
        let parts: Vec<Part> = events
            .chunks(CHUNKS)
            .into_par_iter()
            .map(|rows| work.spread_rows(rows))
            .collect();
        for part in parts {
            spread.inside += part.inside;
            for (place, mass) in (part.first..).zip(part.mass) {
                spread.mass[raster.cell(place)] += mass;
            }
            for (cell, mass) in part.own {
                spread.mass[cell] += mass;
            }
        }
        spread
    }
}

fn per_h2(bandwidth_m: f64) -> f64 {
    (EARTH_RADIUS_M / bandwidth_m).powi(2)
}

/// What all chunks share.
struct Work<'a> {
    grid: &'a HexGrid,
    raster: &'a Raster,
    events: &'a EventRows,
    /// One over the squared bandwidth, on the unit sphere; none: each event has its own.
    per_h2: Option<f64>,
}

/// What one chunk of events gives.
struct Part {
    /// First place, in the raster's order of centres, that `mass` is about.
    first: usize,
    mass: Vec<f64>,
    /// Events without a centre within the bandwidth: their cell and weight.
    own: Vec<(usize, f64)>,
    inside: usize,
}

/// The centres that matter to one bucket, laid out for whole registers.
#[derive(Default)]
struct Candidates {
    places: Vec<usize>,
    x: Vec<f64>,
    y: Vec<f64>,
    z: Vec<f64>,
    /// Mass collected from the bucket's events.
    mass: Vec<f64>,
    /// The kernel of the event at hand.
    kernel: Vec<f64>,
    /// Whether every event of the bucket is certainly in the grid.
    all_inside: bool,
}

impl Work<'_> {
    fn spread_rows(&self, rows: Range<u32>) -> Part {
        let places = self.raster.places_near_rows(rows.start, rows.end - 1);
        let mut part = Part {
            first: places.start,
            mass: vec![0.0; places.len()],
            own: Vec::new(),
            inside: 0,
        };
        let mut candidates = Candidates::default();
        let mut events = Vec::new();
        for row in rows {
            self.events.row(row, &mut events);
            let mut sweep = self.raster.sweep(row);
            for bucket in events.chunk_by(|a, b| a.column == b.column) {
                let [lat, lon] = self.raster.bucket_centre(row, bucket[0].column);
                let centre = vector_at(lat, lon);
                let mut surroundings = Surroundings::new(self.raster);
                candidates.clear();
                sweep.near(lon, |place, c| {
                    let chord2 = chord2(centre, c.at);
                    surroundings.see(chord2, || self.grid.is_inner(c.cell as usize));
                    if chord2 <= surroundings.kernel2 {
                        candidates.push(place, c.at);
                    }
                });
                candidates.pad();
                candidates.all_inside = surroundings.are_inside();
                self.spread_bucket(bucket, &mut candidates, &mut part);
            }
        }
        part
    }

    fn spread_bucket(&self, bucket: &[Event], candidates: &mut Candidates, part: &mut Part) {
        for event in bucket {
            if !candidates.all_inside && self.grid.index_at(event.position).is_none() {
                continue;
            }
            part.inside += 1;
            let per_h2 = (self.per_h2).unwrap_or_else(|| per_h2(f64::from(event.bandwidth_m)));
            if !candidates.add(unit_vector(event.position), event.weight, per_h2)
                && let Some(cell) = self.grid.index_at(event.position)
            {
                part.own.push((cell, event.weight));
            }
        }
        for (&place, mass) in candidates.places.iter().zip(&candidates.mass) {
            part.mass[place - part.first] += mass;
        }
    }
}

impl Candidates {
    fn clear(&mut self) {
        self.places.clear();
        for list in [&mut self.x, &mut self.y, &mut self.z] {
            list.clear();
        }
    }

    fn push(&mut self, place: usize, at: [f64; 3]) {
        self.places.push(place);
        self.x.push(at[0]);
        self.y.push(at[1]);
        self.z.push(at[2]);
    }

    fn pad(&mut self) {
        let padded = self.places.len().next_multiple_of(LANES);
        for list in [&mut self.x, &mut self.y, &mut self.z] {
            list.resize(padded, 9.0); // far off the sphere: its kernel is 0
        }
        self.kernel.clear();
        self.kernel.resize(padded, 0.0);
        self.mass.clear();
        self.mass.resize(padded, 0.0);
    }

    /// Spreads one event; false where no centre is within the bandwidth.
    fn add(&mut self, at: [f64; 3], weight: f64, per_h2: f64) -> bool {
        let centres = self.x.iter().zip(&self.y).zip(&self.z);
        for (kernel, ((x, y), z)) in self.kernel.iter_mut().zip(centres) {
            let [dx, dy, dz] = [x - at[0], y - at[1], z - at[2]];
            let rest = (1.0 - (dx * dx + dy * dy + dz * dz) * per_h2).max(0.0);
            *kernel = rest * rest;
        }
        let mut sums = [0.0; LANES];
        for lanes in self.kernel.chunks_exact(LANES) {
            for (sum, kernel) in sums.iter_mut().zip(lanes) {
                *sum += kernel;
            }
        }
        let sum = (sums[0] + sums[1]) + (sums[2] + sums[3]);
        if sum <= 0.0 {
            return false;
        }
        let share = weight / sum;
        for (mass, kernel) in self.mass.iter_mut().zip(&self.kernel) {
            *mass += share * kernel;
        }
        true
    }
}

/// Whether a bucket's events are all in the grid, told from the centres near it.
///
/// The cell `X` of an event has its centre within the first of `own_cell_radii`. Say a
/// grid cell `Y` has so too, but `X` is not in the grid. On the straight way from `Y` to
/// `X` some grid cell has a neighbour outside the grid; it lies within the second radius
/// and is not inner. So: one cell within the first radius, and none but inner ones within
/// the second, means that all are inside.
struct Surroundings {
    kernel2: f64,
    first2: f64,
    second2: f64,
    some_near: bool,
    all_inner: bool,
}

impl Surroundings {
    fn new(raster: &Raster) -> Self {
        let [first, second] = raster.own_cell_radii();
        Self {
            kernel2: raster.kernel_radius().powi(2),
            first2: first.powi(2),
            second2: second.powi(2),
            some_near: false,
            all_inner: true,
        }
    }

    fn see(&mut self, chord2: f64, is_inner: impl FnOnce() -> bool) {
        if chord2 <= self.second2 {
            self.some_near |= chord2 <= self.first2;
            self.all_inner = self.all_inner && is_inner();
        }
    }

    fn are_inside(&self) -> bool {
        self.some_near && self.all_inner
    }
}

fn chord2(a: [f64; 3], b: [f64; 3]) -> f64 {
    let [dx, dy, dz] = [a[0] - b[0], a[1] - b[1], a[2] - b[2]];
    dx * dx + dy * dy + dz * dz
}

#[cfg(test)]
#[path = "kernel_tests.rs"]
mod tests;
