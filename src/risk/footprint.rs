//! The cells round one place and their quartic shares: the kernel of
//! [`crate::risk::kernel`] for one event at a time, where events come one after another
//! (a rolling forecast, one new incident) and not a million at once.
//!
//! The same definition: shares in proportion to `(1 − d²/h²)²` at cell centres, summing to
//! 1 over the grid; an event without a centre within `h` gives all to its own cell; one
//! outside the grid gives nothing.
//!
//! How: centres in rows of latitude, each row ascending in longitude, so that one binary
//! search a row finds the few that can be near. Longitudes are reckoned from a cell of the
//! grid, and a grid that reaches half round the Earth (a pole) has copies a turn further,
//! so that the antimeridian is nothing special.

use std::f64::consts::{FRAC_PI_2, PI, TAU};

use crate::grid::hexgrid::HexGrid;
use crate::place::measure::EARTH_RADIUS_M;
use crate::place::position::Position;
use crate::risk::raster::unit_vector;

/// Height of a row, metres: about a cell at resolution 10, so that few centres of a row
/// are looked at in vain.
const ROW_M: f64 = 150.0;

/// Cell centres, ready to be searched.
#[derive(Debug, Clone)]
pub struct Footprints<'a> {
    grid: &'a HexGrid,
    first_lon: f64,
    first_row: i64,
    /// Centres of row `first_row + r` are at `starts[r]..starts[r + 1]`.
    starts: Vec<usize>,
    centres: Vec<Centre>,
}

#[derive(Debug, Clone, Copy)]
struct Centre {
    /// Radians east of the grid's first cell; beyond ±π where it is a copy.
    lon: f64,
    /// On the unit sphere.
    at: [f64; 3],
    cell: u32,
}

/// One cell's share of an event.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Share {
    /// Index in the grid.
    pub cell: u32,
    /// Greater than 0; all shares of an event sum to 1.
    pub share: f64,
}

impl<'a> Footprints<'a> {
    /// Sorts the grid's centres.
    pub fn new(grid: &'a HexGrid) -> Self {
        let first_lon = grid.centres().first().map_or(0.0, |c| c.lon());
        let mut rows: Vec<(i64, Centre)> = Vec::with_capacity(grid.len());
        for (&position, cell) in grid.centres().iter().zip(0u32..) {
            let centre = Centre {
                lon: eastward(position.lon(), first_lon),
                at: unit_vector(position),
                cell,
            };
            rows.push((row(position.lat()), centre));
            if centre.lon.abs() > FRAC_PI_2 {
                let lon = centre.lon - TAU.copysign(centre.lon);
                rows.push((row(position.lat()), Centre { lon, ..centre }));
            }
        }
        rows.sort_by(|a, b| a.0.cmp(&b.0).then(a.1.lon.total_cmp(&b.1.lon)));
        let first_row = rows.first().map_or(0, |r| r.0);
        let count = rows.last().map_or(0, |r| r.0 - first_row + 1) as usize;
        let starts = (0..=count as i64)
            .map(|r| rows.partition_point(|(row, _)| *row < first_row + r))
            .collect();
        Self {
            grid,
            first_lon,
            first_row,
            starts,
            centres: rows.into_iter().map(|(_, centre)| centre).collect(),
        }
    }

    /// The shares of an event at a position for a bandwidth in metres, in no order that
    /// means anything but always the same. `shares` is emptied first; it stays empty
    /// where the position is outside the grid.
    pub fn shares(&self, position: Position, bandwidth_m: f64, shares: &mut Vec<Share>) {
        shares.clear();
        let Some(own) = self.grid.index_at(position) else {
            return;
        };
        let (at, per_h2) = (
            unit_vector(position),
            (EARTH_RADIUS_M / bandwidth_m).powi(2),
        );
        let mut sum = 0.0;
        self.near(position, bandwidth_m, |centre| {
            let [dx, dy, dz] = [
                centre.at[0] - at[0],
                centre.at[1] - at[1],
                centre.at[2] - at[2],
            ];
            let rest = 1.0 - (dx * dx + dy * dy + dz * dz) * per_h2;
            if rest > 0.0 {
                shares.push(Share {
                    cell: centre.cell,
                    share: rest * rest,
                });
                sum += rest * rest;
            }
        });
        if sum > 0.0 {
            for share in shares.iter_mut() {
                share.share /= sum;
            }
        } else {
            shares.clear();
            shares.push(Share {
                cell: own as u32,
                share: 1.0,
            });
        }
    }

    fn near(&self, position: Position, radius_m: f64, mut see: impl FnMut(&Centre)) {
        let (lat, lon) = (position.lat(), eastward(position.lon(), self.first_lon));
        let reach_deg = (radius_m / EARTH_RADIUS_M).to_degrees() * 1.000_001;
        // How far east or west a circle reaches is widest at its poleward side.
        let poleward = (lat.abs() + reach_deg).min(90.0).to_radians();
        let sine = (radius_m / EARTH_RADIUS_M).sin() / poleward.cos().max(1e-12);
        // Round a pole: all of the row, each centre once.
        let (lon, reach_lon) = if sine < 1.0 {
            (lon, sine.asin() * 1.000_001)
        } else {
            (0.0, PI)
        };
        let (low, high) = (row(lat - reach_deg), row(lat + reach_deg));
        let last_row = self.first_row + self.starts.len() as i64 - 2;
        for row in low.max(self.first_row)..=high.min(last_row) {
            let r = (row - self.first_row) as usize;
            let centres = &self.centres[self.starts[r]..self.starts[r + 1]];
            let from = centres.partition_point(|c| c.lon < lon - reach_lon);
            for centre in &centres[from..] {
                if centre.lon > lon + reach_lon {
                    break;
                }
                see(centre);
            }
        }
    }
}

fn row(lat: f64) -> i64 {
    (lat.to_radians() * EARTH_RADIUS_M / ROW_M).floor() as i64
}

/// Radians from a longitude, −π to below π.
fn eastward(lon: f64, from: f64) -> f64 {
    ((lon - from + 540.0).rem_euclid(360.0) - 180.0).to_radians()
}

#[cfg(test)]
#[path = "footprint_tests.rs"]
mod tests;
