//! Layers of the terrain: which cells lie near a factor's places, or where they are dense.
//!
//! As in risk terrain modelling (Caplan & Kennedy 2016) a layer says yes or no of each
//! cell: within a distance of the nearest place, or a kernel density of the places of more
//! than two standard deviations above its mean. Distances are half a cell's spacing, one,
//! two and four spacings. Cells alike in all layers are one row of the design, which is
//! why yes and no make large districts cheap.

use std::collections::BTreeMap;

use rayon::prelude::*;

use crate::grid::hexgrid::HexGrid;
use crate::index::points::PointIndex;
use crate::risk::kernel;
use crate::risk::model::TerrainFactor;

/// Distances over the cells' spacing.
const SPACINGS: [f64; 4] = [0.5, 1.0, 2.0, 4.0];

/// Standard deviations above the mean from which places are dense.
const DENSE: f64 = 2.0;

/// Fewer cells than this, on either side, tell nothing.
const FEWEST_CELLS: usize = 5;

/// Folds of the cross-validation, and blocks of cells along each side of the district.
pub const FOLDS: usize = 5;
const BLOCKS: f64 = 8.0;

/// What a layer says of a cell.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum LayerKind {
    /// The nearest place is within the distance.
    Within,
    /// Places within the distance are dense.
    Dense,
}

/// One layer.
#[derive(Debug, Clone, PartialEq)]
pub struct Layer {
    /// Place of the factor in the question.
    pub factor: usize,
    /// How it is made.
    pub kind: LayerKind,
    /// Its distance, whole metres.
    pub distance_m: f64,
    /// Whether it holds in each cell.
    pub holds: Vec<bool>,
}

/// Cells that are alike in every layer and in the same fold.
#[derive(Debug, Clone, PartialEq)]
pub struct Row {
    /// Layers that hold, a bit each.
    pub bits: Vec<u64>,
    /// Fold of the cross-validation.
    pub fold: usize,
    /// Area of its cells, km².
    pub area: f64,
    /// Weighted events in them.
    pub events: f64,
}

impl Row {
    /// Whether a layer holds, 1 or 0.
    pub fn holds(&self, layer: usize) -> bool {
        self.bits[layer / 64] >> (layer % 64) & 1 == 1
    }
}

/// All layers that tell cells apart, no two alike.
pub fn layers(grid: &HexGrid, terrain: &[TerrainFactor]) -> Vec<Layer> {
    let cell_m2 = 1e6 * grid.area_km2().iter().sum::<f64>() / grid.len().max(1) as f64;
    let spacing_m = (cell_m2 * 2.0 / 3f64.sqrt()).sqrt();
    let mut layers: Vec<Layer> = Vec::new();
    for (factor, places) in terrain.iter().enumerate() {
        if places.positions.is_empty() || grid.is_empty() {
            continue;
        }
        let index = PointIndex::new(places.positions.clone());
        let nearest: Vec<f64> = grid
            .centres()
            .par_iter()
            .map(|&centre| {
                let near = index.nearest(centre, 1);
                near.first()
                    .map_or(f64::INFINITY, |(_, distance)| distance.0)
            })
            .collect();
        for spacings in SPACINGS {
            let distance_m = (spacings * spacing_m).round();
            let within = nearest.iter().map(|&d| d <= distance_m).collect();
            let dense = dense(grid, places, distance_m);
            for (kind, holds) in [(LayerKind::Within, within), (LayerKind::Dense, dense)] {
                let layer = Layer {
                    factor,
                    kind,
                    distance_m,
                    holds,
                };
                if layer.tells() && layers.iter().all(|other| other.holds != layer.holds) {
                    layers.push(layer);
                }
            }
        }
    }
    layers
}

impl Layer {
    fn tells(&self) -> bool {
        let yes = self.holds.iter().filter(|&&holds| holds).count();
        yes >= FEWEST_CELLS && self.holds.len() - yes >= FEWEST_CELLS
    }
}

fn dense(grid: &HexGrid, places: &TerrainFactor, distance_m: f64) -> Vec<bool> {
    let weights = vec![1.0; places.positions.len()];
    let mass = kernel::quartic(grid, &places.positions, &weights, distance_m).mass;
    let density: Vec<f64> = (mass.iter().zip(grid.area_km2()))
        .map(|(mass, area)| mass / area)
        .collect();
    let n = density.len() as f64;
    let mean = density.iter().sum::<f64>() / n;
    let variance = density.iter().map(|d| (d - mean).powi(2)).sum::<f64>() / n;
    let from = mean + DENSE * variance.sqrt();
    density.iter().map(|&d| d > from).collect()
}

/// The design: rows ascending by layers and fold, and the row of each cell.
pub fn rows(grid: &HexGrid, layers: &[Layer], events: &[f64]) -> (Vec<Row>, Vec<usize>) {
    let folds = folds(grid);
    let words = layers.len().div_ceil(64);
    let mut alike: BTreeMap<(Vec<u64>, usize), Vec<usize>> = BTreeMap::new();
    for (cell, &fold) in folds.iter().enumerate() {
        let mut bits = vec![0u64; words];
        for (k, layer) in layers.iter().enumerate() {
            bits[k / 64] |= u64::from(layer.holds[cell]) << (k % 64);
        }
        alike.entry((bits, fold)).or_default().push(cell);
    }
    let mut row_of = vec![0; grid.len()];
    let rows = alike
        .into_iter()
        .enumerate()
        .map(|(row, ((bits, fold), cells))| {
            for &cell in &cells {
                row_of[cell] = row;
            }
            Row {
                bits,
                fold,
                area: cells.iter().map(|&c| grid.area_km2()[c]).sum(),
                events: cells.iter().map(|&c| events[c]).sum(),
            }
        })
        .collect();
    (rows, row_of)
}

/// Blocks of neighbouring cells dealt to folds: neighbours are alike, and a fold of single
/// cells would be judged by its own neighbours.
fn folds(grid: &HexGrid) -> Vec<usize> {
    let bounds = |of: &dyn Fn(usize) -> f64| {
        let values = || (0..grid.len()).map(of);
        let low = values().fold(f64::INFINITY, f64::min);
        (low, values().fold(f64::NEG_INFINITY, f64::max) - low)
    };
    let lat = |i: usize| grid.centre(i).lat();
    // The shorter way round, so that the antimeridian is nothing special.
    let first = if grid.is_empty() {
        0.0
    } else {
        grid.centre(0).lon()
    };
    let lon = |i: usize| (grid.centre(i).lon() - first + 540.0).rem_euclid(360.0);
    let (south, height) = bounds(&lat);
    let (west, width) = bounds(&lon);
    let block = |at: f64, low: f64, size: f64| {
        let share = if size > 0.0 { (at - low) / size } else { 0.0 };
        (share * BLOCKS).min(BLOCKS - 1.0) as usize
    };
    (0..grid.len())
        .map(|i| (2 * block(lat(i), south, height) + block(lon(i), west, width)) % FOLDS)
        .collect()
}
