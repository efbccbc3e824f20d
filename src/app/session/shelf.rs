//! Surfaces that another service has shown: whoever got a surface's id from one service may ask
//! any other one for its tiles. Each service puts what it shows onto a shelf in the database,
//! and looks there for what it does not know.

use std::sync::Arc;
use std::time::Duration;

use jiff::SignedDuration;
use serde::{Deserialize, Serialize};
use tokio::time::timeout;

use crate::app::clock;
use crate::app::session::Session;
use crate::app::session::prepared::{Level, PreparedSurface};
use crate::grid::cell::Cell;
use crate::grid::hexgrid::HexGrid;
use crate::risk::classes::Classes;
use crate::risk::now::against::classes_against;
use crate::risk::surface::{Provenance, RiskSurface};

/// How long surfaces stay there.
const KEPT: SignedDuration = SignedDuration::from_hours(2);

/// Whoever asked for a surface waits so long for it to be there; its tiles are asked for
/// right away.
const PATIENCE: Duration = Duration::from_millis(500);

/// Larger surfaces stay where they are.
const MOST_CELLS: usize = 200_000;

/// What makes a surface's classes, where it is not the surface itself.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub enum Like {
    /// The breaks of the surface of that id.
    Breaks(String),
    /// By how many times those of that surface.
    Times(String),
}

/// A surface as it lies there: what made it as JSON, cells and what is expected in them, and
/// what makes its classes.
type Document = (String, Vec<u64>, Vec<f64>, Option<Like>);

impl Session {
    /// Puts a surface onto the shelf, where services share the workspace.
    pub(super) async fn shelve(self: &Arc<Self>, shown: Arc<PreparedSurface>, like: Option<Like>) {
        if !self.workspace().is_shared() || shown.fine.surface.grid.len() > MOST_CELLS {
            return;
        }
        let session = self.clone();
        let shelving = tokio::spawn(async move {
            let packing = tokio::task::spawn_blocking(move || {
                packed(&shown.fine.surface, like).map(|document| (shown.id.clone(), document))
            });
            let Ok(Some((id, document))) = packing.await else {
                return;
            };
            let now = clock::now();
            let before = now.checked_sub(KEPT).unwrap_or(now);
            let workspace = session.workspace();
            let made = session.shelf.get_or_try_init(|| workspace.make_shelf());
            let shelved = match made.await {
                Ok(()) => workspace.shelve(&id, document, now, before).await,
                Err(fault) => Err(fault),
            };
            if let Err(fault) = shelved {
                tracing::debug!(%fault, "a surface is shown by this service alone");
            }
        });
        // It goes on by itself where it takes longer.
        let _ = timeout(PATIENCE, shelving).await;
    }

    /// A surface that another service has put there.
    pub(super) async fn from_shelf(self: &Arc<Self>, id: &str) -> Option<Arc<PreparedSurface>> {
        if !self.workspace().is_shared() {
            return None;
        }
        let document = match self.workspace().shelved(id).await {
            Ok(document) => document?,
            Err(fault) => {
                tracing::debug!(%fault, "what other services have shown can't be read");
                return None;
            }
        };
        let (surface, like) = tokio::task::spawn_blocking(move || unpacked(&document))
            .await
            .ok()??;
        let usual = match &like {
            None => None,
            Some(Like::Breaks(id) | Like::Times(id)) => {
                // What it is like has no such thing itself: this goes no deeper.
                Some(Box::pin(self.surface_by_id(id)).await?)
            }
        };
        let preparing = tokio::task::spawn_blocking(move || match (usual, like) {
            (Some(usual), Some(like)) => {
                if usual.fine.surface.grid.cells() != surface.grid.cells() {
                    return None;
                }
                let classes = |now: &RiskSurface, level: &Level| match like {
                    Like::Breaks(_) => Classes::by_breaks(now, &level.classes),
                    Like::Times(_) => classes_against(now, &level.surface),
                };
                usual.with(surface, classes).ok()
            }
            _ => PreparedSurface::new(surface).ok(),
        });
        let prepared = preparing.await.ok()??;
        (prepared.id == id).then(|| Arc::new(prepared))
    }
}

fn packed(surface: &RiskSurface, like: Option<Like>) -> Option<Vec<u8>> {
    let made = serde_json::to_string(&surface.provenance).ok()?;
    let cells: Vec<u64> = surface
        .grid
        .cells()
        .iter()
        .map(|cell| cell.number())
        .collect();
    let document: Document = (made, cells, surface.expected.clone(), like);
    postcard::to_allocvec(&document).ok()
}

fn unpacked(document: &[u8]) -> Option<(RiskSurface, Option<Like>)> {
    let (made, cells, expected, like): Document = postcard::from_bytes(document).ok()?;
    let provenance: Provenance = serde_json::from_str(&made).ok()?;
    let cells: Vec<Cell> = cells.into_iter().filter_map(Cell::new).collect();
    let grid = HexGrid::of_cells(&cells, provenance.resolution).ok()?;
    // Numbers belong to cells by their order.
    if grid.cells() != cells || expected.len() != cells.len() {
        return None;
    }
    let surface = RiskSurface {
        grid,
        expected,
        provenance,
    };
    Some((surface, like))
}
