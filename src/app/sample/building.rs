//! Made-up buildings, for drawing only: rows of slabs in housing blocks, shop fronts in
//! commercial districts, halls in works areas. Fewer towards the fields, so that the file
//! stays small.

use rand::RngExt;

use crate::app::sample::block::{Block, Use};
use crate::app::sample::chance::{Chance, stream};
use crate::app::sample::lattice::Lattice;
use crate::app::sample::outline::Outline;
use crate::app::sample::plane::Spot;
use crate::app::sample::terrain::{Terrain, urbanity};
use crate::place::basemap::{BasemapFeature, BasemapKind, BasemapShape};

/// From a street's middle to the buildings.
const SETBACK_M: f64 = 19.0;

/// A grid of houses in a cell between streets: target size of a house and of its plot.
struct Pattern {
    class: &'static str,
    house: (f64, f64),
    plot: (f64, f64),
    kept: f64,
}

/// Buildings of all blocks; `centres` are the commercial districts' middles.
pub fn draw(
    seed: u64,
    lattice: &Lattice,
    blocks: &[Block],
    outline: &Outline,
    terrain: &Terrain,
    centres: &[Spot],
) -> Vec<BasemapFeature> {
    let mut chance = stream(seed, "buildings");
    let mut buildings = Vec::new();
    for block in blocks {
        let middle = lattice.within(block.column, block.row, 0.5, 0.5);
        let near = centres
            .iter()
            .map(|c| c.metres_to(middle))
            .fold(f64::INFINITY, f64::min);
        for i in 0..=block.along.len() {
            for j in 0..=block.across.len() {
                if let Some(pattern) = pattern(&mut chance, block.usage, near, urbanity(middle)) {
                    let cell = [(i, j), (i + 1, j), (i + 1, j + 1), (i, j + 1)]
                        .map(|(a, b)| block.junction_spot(lattice, a, b));
                    fill(&mut chance, cell, &pattern, &mut |corners| {
                        let free = corners
                            .iter()
                            .all(|&c| outline.contains_by(c, 8.0) && terrain.room_m(c) > 0.0);
                        if free {
                            buildings.push(feature(pattern.class, corners));
                        }
                    });
                }
            }
        }
    }
    buildings
}

fn pattern(chance: &mut Chance, usage: Use, centre_m: f64, urban: f64) -> Option<Pattern> {
    let pattern = |class, house, plot, kept| {
        Some(Pattern {
            class,
            house,
            plot,
            kept,
        })
    };
    match usage {
        Use::Housing if centre_m < 420.0 => pattern("commercial", (44.0, 34.0), (62.0, 50.0), 0.92),
        Use::Housing if chance.random_bool((0.35 + 0.62 * urban).min(0.95)) => {
            let length = chance.random_range(46.0..68.0);
            pattern("apartments", (length, 13.0), (length + 17.0, 41.0), 0.9)
        }
        Use::Works if chance.random_bool(0.85) => {
            pattern("industrial", (95.0, 46.0), (122.0, 76.0), 0.75)
        }
        _ => None,
    }
}

/// Fills a four-cornered cell (south-west first, counter-clockwise) with houses.
fn fill(chance: &mut Chance, cell: [Spot; 4], pattern: &Pattern, add: &mut impl FnMut([Spot; 4])) {
    let at = |east: f64, north: f64| {
        cell[0]
            .towards(cell[1], east)
            .towards(cell[3].towards(cell[2], east), north)
    };
    let width = at(0.0, 0.5).metres_to(at(1.0, 0.5));
    let depth = at(0.5, 0.0).metres_to(at(0.5, 1.0));
    let (free_w, free_d) = (width - 2.0 * SETBACK_M, depth - 2.0 * SETBACK_M);
    let columns = ((free_w + 14.0) / pattern.plot.0).floor() as usize;
    let rows = ((free_d + 14.0) / pattern.plot.1).floor() as usize;
    let plot_w = free_w / columns.max(1) as f64;
    let plot_d = free_d / rows.max(1) as f64;
    for i in 0..columns {
        for j in 0..rows {
            if !chance.random_bool(pattern.kept) {
                continue;
            }
            let middle_x = SETBACK_M + plot_w * (i as f64 + 0.5);
            let middle_y = SETBACK_M + plot_d * (j as f64 + 0.5);
            let half_w = (pattern.house.0 * chance.random_range(0.85..1.1)).min(plot_w - 6.0) / 2.0;
            let half_d = (pattern.house.1 * chance.random_range(0.9..1.15)).min(plot_d - 6.0) / 2.0;
            let corner = |x: f64, y: f64| at((middle_x + x) / width, (middle_y + y) / depth);
            add([
                corner(-half_w, -half_d),
                corner(half_w, -half_d),
                corner(half_w, half_d),
                corner(-half_w, half_d),
            ]);
        }
    }
}

fn feature(class: &str, corners: [Spot; 4]) -> BasemapFeature {
    let mut ring: Vec<_> = corners.iter().map(|c| c.position()).collect();
    ring.push(ring[0]);
    BasemapFeature {
        kind: BasemapKind::Building,
        class: class.into(),
        name: String::new(),
        shape: BasemapShape::Polygon(vec![ring]),
    }
}
