//! A surface in larger cells, for overviews: each cell's risk goes to its H3 parent.

use crate::grid::hexgrid::GridError;
use crate::risk::surface::RiskSurface;

/// The same risk in coarser cells; the total stays the same.
///
/// # Errors
/// [`GridError::Resolution`] where the resolution is not coarser, or not within 7 to 11.
pub fn rollup(surface: &RiskSurface, resolution: u8) -> Result<RiskSurface, GridError> {
    let grid = surface.grid.parents(resolution)?;
    let mut expected = vec![0.0; grid.len()];
    for (i, value) in surface.expected.iter().enumerate() {
        if let Some(parent) = surface.grid.parent_in(i, &grid) {
            expected[parent] += value;
        }
    }
    let mut provenance = surface.provenance.clone();
    let note = format!("summed up from resolution {}", surface.grid.resolution());
    provenance.parameters.insert("rollup".into(), note);
    provenance.resolution = resolution;
    Ok(RiskSurface {
        grid,
        expected,
        provenance,
    })
}
