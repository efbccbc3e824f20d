//! Classes and ranks of a surface: which cells are the hottest half per cent of the area,
//! the next half, and so on.
//!
//! Cells are ordered by density (expected incidents per km²), ties by H3 number, so that
//! the order is the same everywhere. A cell belongs to the first class whose share of
//! the area is not used up before it begins; so each class may overstep its share by a
//! part of one cell, and the hottest cell always has a class. A cell without risk has none.

use crate::risk::score::TIE_RATIO;
use crate::risk::surface::RiskSurface;

/// Shares of the area at which the classes end, hottest first: class 5 is the top 0.5 %,
/// class 1 the 5 to 10 %.
pub const CLASS_SHARES: [f64; 5] = [0.005, 0.01, 0.02, 0.05, 0.10];

/// Class and rank of each cell, in the grid's order.
#[derive(Debug, Clone, PartialEq)]
pub struct Classes {
    /// 5 (hottest) to 1; 0 beyond the top 10 % or without risk.
    pub class: Vec<u8>,
    /// 1 for the hottest cell.
    pub rank: Vec<u32>,
    /// Indexes of the cells, hottest first.
    pub order: Vec<usize>,
    /// What each class holds, hottest first.
    pub summary: Vec<ClassSummary>,
}

/// What a class holds.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct ClassSummary {
    /// 5 (hottest) to 1.
    pub class: u8,
    /// Share of the area at which it begins.
    pub share_from: f64,
    /// Share of the area at which it ends.
    pub share_to: f64,
    /// Density of its coolest cell, expected incidents per km²; 0 where it is empty.
    pub min_per_km2: f64,
    /// How many cells.
    pub cells: usize,
    /// Expected incidents in it.
    pub expected: f64,
}

impl Classes {
    /// The same without any class: what a map shows of a surface that is none.
    pub fn without_colours(mut self) -> Self {
        self.class.fill(0);
        self.summary = empty_summary();
        self
    }

    /// Ranks of a surface, and classes by the densities at which those of another surface
    /// on the same cells begin: colours that keep their meaning while the surface moves.
    /// Cells tied with a break are in the class only where they were: else a class that
    /// ended amid ties would take in half a city.
    pub fn by_breaks(surface: &RiskSurface, other: &Self) -> Self {
        let mut classes = Self::of(surface);
        classes.class.fill(0);
        classes.summary = (other.summary.iter())
            .map(|row| ClassSummary {
                cells: 0,
                expected: 0.0,
                ..*row
            })
            .collect();
        for &i in &classes.order {
            let density = surface.per_km2(i);
            let was = other.class.get(i).copied().unwrap_or(0);
            let reaches = |row: &ClassSummary| {
                density >= row.min_per_km2 * TIE_RATIO
                    || (density >= row.min_per_km2 && was >= row.class)
            };
            let of = (other.summary.iter()).position(|row| row.cells > 0 && reaches(row));
            if let Some(row) = of.and_then(|k| classes.summary.get_mut(k)) {
                classes.class[i] = row.class;
                row.cells += 1;
                row.expected += surface.expected[i];
            }
        }
        classes
    }

    /// Ranks and classes of a surface.
    pub fn of(surface: &RiskSurface) -> Self {
        let n = surface.expected.len();
        let density: Vec<f64> = (0..n).map(|i| surface.per_km2(i)).collect();
        let mut order: Vec<usize> = (0..n).collect();
        order.sort_unstable_by(|&a, &b| density[b].total_cmp(&density[a]).then(a.cmp(&b)));
        scatter_ties(&mut order, &density, surface);

        let mut classes = Self {
            class: vec![0; n],
            rank: vec![0; n],
            order,
            summary: empty_summary(),
        };
        let area = surface.grid.area_km2();
        let total: f64 = area.iter().sum();
        let mut before = 0.0;
        for (place, &i) in classes.order.iter().enumerate() {
            classes.rank[i] = place as u32 + 1;
            let share = before / total;
            before += area[i];
            let Some(k) = CLASS_SHARES.iter().position(|&end| share < end) else {
                continue;
            };
            if surface.expected[i] > 0.0 {
                let summary = &mut classes.summary[k];
                classes.class[i] = summary.class;
                summary.min_per_km2 = match summary.cells {
                    0 => density[i],
                    _ => density[i].min(summary.min_per_km2),
                };
                summary.cells += 1;
                summary.expected += surface.expected[i];
            }
        }
        classes
    }
}

/// Puts cells of tied densities ([`TIE_RATIO`]: hexagons differ in area by about as much
/// within a city) in an order that has nothing to do with where they lie or how large they
/// are: a class that ends amid them would else paint a corner of the city. The same cells
/// always come in the same order.
fn scatter_ties(order: &mut [usize], density: &[f64], surface: &RiskSurface) {
    let cells = surface.grid.cells();
    let mut start = 0;
    while start < order.len() {
        let least = density[order[start]] / TIE_RATIO;
        let tied = order[start..]
            .partition_point(|&i| density[i] >= least)
            .max(1);
        order[start..start + tied].sort_by_cached_key(|&i| (mixed(cells[i].number()), i));
        start += tied;
    }
}

/// The finaliser of SplitMix64 (Steele, Lea & Flood 2014): neighbours get far-off numbers.
fn mixed(number: u64) -> u64 {
    let a = (number ^ (number >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    let b = (a ^ (a >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    b ^ (b >> 31)
}

fn empty_summary() -> Vec<ClassSummary> {
    let mut share_from = 0.0;
    (1..=5)
        .rev()
        .zip(CLASS_SHARES)
        .map(|(class, share_to)| {
            let from = std::mem::replace(&mut share_from, share_to);
            ClassSummary {
                class,
                share_from: from,
                share_to,
                min_per_km2: 0.0,
                cells: 0,
                expected: 0.0,
            }
        })
        .collect()
}

#[cfg(test)]
#[path = "classes_tests.rs"]
mod tests;
