//! Compute a risk surface from a workspace.
//!
//! CONTRACT (the part that owns `risk/` writes the body).

use thiserror::Error;

use crate::calendar::week::HourSet;
use crate::calendar::window::Window;
use crate::risk::model::RiskError;
use crate::risk::surface::RiskSurface;
use crate::store::error::StoreError;
use crate::store::workspace::Workspace;

/// What surface is wanted.
#[derive(Debug, Clone, PartialEq)]
pub struct RiskRequest {
    /// `count` or `kde`.
    pub model: String,
    /// The window it is for.
    pub window: Window,
    /// How far back to look from the window's start (or the data's end, where earlier),
    /// days; none: all data.
    pub look_back_days: Option<u32>,
    /// Hours of the week that count.
    pub hours: HourSet,
    /// Category codes; empty means all.
    pub categories: Vec<String>,
    /// H3 resolution, 7 to 11.
    pub resolution: u8,
    /// Kernel bandwidth of `kde`; none: the model's default.
    pub bandwidth_m: Option<f64>,
    /// Half-life of an event's weight, days; none: all weigh the same.
    pub half_life_days: Option<f64>,
    /// Learn from what patrols discovered too (see `Origin::is_reported`).
    pub include_patrol_discovered: bool,
}

/// Why there is no surface.
#[derive(Debug, Error)]
pub enum RiskJobError {
    /// The store.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// The model.
    #[error(transparent)]
    Risk(#[from] RiskError),
    /// The workspace has no boundary.
    #[error(
        "the workspace has no boundary: import one with --as boundary, or import incidents first"
    )]
    NoBoundary,
}

/// Loads the events, covers the boundary with cells, runs the model (off the async
/// threads).
///
/// # Errors
/// [`RiskJobError`].
pub async fn risk_surface(
    workspace: &Workspace,
    request: &RiskRequest,
) -> Result<RiskSurface, RiskJobError> {
    let _ = (workspace, request);
    Err(RiskJobError::NoBoundary)
}
