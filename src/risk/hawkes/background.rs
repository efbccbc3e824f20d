//! The kernels that the background is smoothed by: one of about a cell, and wide ones.

use crate::grid::hexgrid::HexGrid;
use crate::risk::hawkes::triggering::RINGS;
use crate::risk::kernel::Quartic;

/// The background's kernel by ring: a Gaussian of one cell's spacing.
pub const SMOOTH: [f64; RINGS] = [
    1.0,
    0.606_530_659_712_633,
    0.135_335_283_236_613,
    0.011_108_996_538_242,
];

/// Bandwidths of the wide parts' quartic kernels over the cells' spacing.
pub const WIDE: [f64; 2] = [3.0, 6.0];

/// A wide part of the background.
pub struct Wide<'a> {
    /// The kernel.
    pub kernel: &'a Quartic<'a>,
    /// Its surface at the active cells.
    pub surface: Vec<f64>,
    /// What an event gives its own cell: the kernel's peak times a cell.
    pub own: f64,
}

/// The wide kernels, and what an event gives its own cell by each.
pub fn wide_kernels(grid: &HexGrid) -> [(Quartic<'_>, f64); WIDE.len()] {
    let cell_m2 = 1e6 * grid.area_km2().iter().sum::<f64>() / grid.len().max(1) as f64;
    WIDE.map(|spacings| {
        let bandwidth_m = spacings * (cell_m2 * 2.0 / 3f64.sqrt()).sqrt();
        // The kernel's peak times a cell.
        let own = 3.0 * cell_m2 / (std::f64::consts::PI * bandwidth_m * bandwidth_m);
        (Quartic::new(grid, bandwidth_m), own)
    })
}
