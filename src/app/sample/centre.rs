//! The six made-up commercial districts: round crossings of main streets, some two
//! kilometres apart, more of them where it is urban.

use std::collections::BTreeSet;

use rand::RngExt;

use crate::app::sample::chance::stream;
use crate::app::sample::fault::SampleError;
use crate::app::sample::lattice::{Lattice, Rank};
use crate::app::sample::name;
use crate::app::sample::outline::Outline;
use crate::app::sample::plane::Spot;
use crate::app::sample::terrain::{Terrain, urbanity};
use crate::place::area::Area;
use crate::place::feature::CommercialDistrict;
use crate::place::id::Id;

/// How far a district reaches into the blocks round its crossing, as a share of a block.
const REACH: f64 = 0.62;

/// A commercial district's crossing.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Centre {
    /// Lattice column.
    pub column: usize,
    /// Lattice row.
    pub row: usize,
    /// Where it is.
    pub spot: Spot,
    /// How strong it draws people, 0.6 to 1.
    pub pull: f64,
}

impl Centre {
    /// The four blocks round the crossing, by column and row.
    pub fn blocks(&self) -> [(usize, usize); 4] {
        let (c, r) = (self.column, self.row);
        [(c - 1, r - 1), (c, r - 1), (c - 1, r), (c, r)]
    }
}

/// Chooses the crossings.
///
/// # Errors
/// [`SampleError::Seed`] where fewer than six fit.
pub fn choose(
    seed: u64,
    lattice: &Lattice,
    outline: &Outline,
    terrain: &Terrain,
) -> Result<Vec<Centre>, SampleError> {
    let mut chance = stream(seed, "centres");
    let mut candidates = Vec::new();
    for column in 1..lattice.columns() - 1 {
        for row in 1..lattice.rows() - 1 {
            let spot = lattice.corner(column, row);
            let score = urbanity(spot) + chance.random_range(0.0..0.55);
            let main =
                lattice.along(column) <= Rank::Secondary && lattice.across(row) <= Rank::Secondary;
            if main && outline.contains_by(spot, 480.0) && terrain.room_m(spot) > 330.0 {
                candidates.push((score, column, row, spot));
            }
        }
    }
    candidates.sort_by(|a, b| b.0.total_cmp(&a.0));
    let mut centres: Vec<Centre> = Vec::new();
    for (_, column, row, spot) in candidates {
        if centres.len() < name::COMMERCIAL.len()
            && centres.iter().all(|c| c.spot.metres_to(spot) > 2100.0)
        {
            centres.push(Centre {
                column,
                row,
                spot,
                pull: chance.random_range(0.6..1.0),
            });
        }
    }
    if centres.len() < name::COMMERCIAL.len() {
        return Err(SampleError::Seed("too few commercial districts fit".into()));
    }
    centres.sort_by(|a, b| a.spot.y.total_cmp(&b.spot.y));
    Ok(centres)
}

/// The blocks of all centres.
pub fn blocks(centres: &[Centre]) -> BTreeSet<(usize, usize)> {
    centres.iter().flat_map(Centre::blocks).collect()
}

/// The districts' polygons.
///
/// # Errors
/// [`SampleError::Area`] where one is not valid.
pub fn districts(
    lattice: &Lattice,
    centres: &[Centre],
) -> Result<Vec<CommercialDistrict>, SampleError> {
    centres
        .iter()
        .enumerate()
        .map(|(number, centre)| {
            let (c, r) = (centre.column, centre.row);
            let near = 1.0 - REACH;
            let corners = [
                lattice.within(c - 1, r - 1, near, near),
                lattice.within(c, r - 1, 0.0, near),
                lattice.within(c, r - 1, REACH, near),
                lattice.within(c, r, REACH, 0.0),
                lattice.within(c, r, REACH, REACH),
                lattice.within(c, r, 0.0, REACH),
                lattice.within(c - 1, r, near, REACH),
                lattice.within(c - 1, r, near, 0.0),
            ];
            let mut ring: Vec<[f64; 2]> = corners.iter().map(|s| s.position().into()).collect();
            ring.push(ring[0]);
            let area = Area::from_rings(&[vec![ring]]).map_err(|fault| SampleError::Area {
                what: format!("commercial district {}", number + 1),
                fault,
            })?;
            Ok(CommercialDistrict {
                id: Id::new(format!("commercial-{}", number + 1)),
                name: format!("{}商圈（模拟）", name::COMMERCIAL[number]),
                area,
            })
        })
        .collect()
}
