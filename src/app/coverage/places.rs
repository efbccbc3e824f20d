//! Places to choose from: cells that can be driven to, spread over the district, and the
//! posts there are.

use crate::app::coverage::error::CoverageJobError;
use crate::app::coverage::ground::Ground;
use crate::place::position::Position;
use crate::roads::network::Snap;

/// At most so many places are weighed against each other.
pub const MOST_PLACES: usize = 400;

/// A place that could be chosen.
#[derive(Debug, Clone, PartialEq)]
pub struct Place {
    /// The cell's number, or the post's id.
    pub id: String,
    /// Where it is, in words.
    pub label: String,
    /// Where a unit would stand.
    pub position: Position,
    /// On which street.
    pub snap: Snap,
}

/// One place for each coarser cell, at most [`MOST_PLACES`].
///
/// # Errors
/// [`CoverageJobError`] where the grid is too coarse.
pub fn of_cells(ground: &Ground) -> Result<Vec<Place>, CoverageJobError> {
    let surface = &ground.surface;
    let usable = |cell: usize| ground.cell_snaps[cell].is_some();
    let chosen = crate::patrol::coverage::candidates::candidates(
        &surface.grid,
        &surface.expected,
        usable,
        MOST_PLACES,
    )?;
    let place = |cell: usize| {
        let snap = ground.cell_snaps[cell]?;
        Some(Place {
            id: surface.grid.cells()[cell].to_string(),
            label: ground.label(snap),
            position: snap.position,
            snap,
        })
    };
    Ok(chosen.into_iter().filter_map(place).collect())
}

/// The posts as places, those that are shut too.
pub fn of_posts(ground: &Ground) -> Vec<Place> {
    let posts = ground.posts.iter().chain(&ground.shut_posts);
    posts
        .map(|post| Place {
            id: post.id.clone(),
            label: post.name.clone(),
            position: post.position,
            snap: post.snap,
        })
        .collect()
}
