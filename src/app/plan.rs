//! Plan a shift's patrols from a workspace.
//!
//! CONTRACT (the part that owns `patrol/` writes the body).

use thiserror::Error;

use crate::app::risk::{RiskJobError, RiskRequest};
use crate::patrol::plan::PatrolPlan;
use crate::roads::network::{RoadError, RoadNetwork};
use crate::store::error::StoreError;
use crate::store::workspace::Workspace;

/// What plan is wanted. The window is the risk request's.
#[derive(Debug, Clone, PartialEq)]
pub struct PlanRequest {
    /// The surface to plan on; its window is the shift's.
    pub risk: RiskRequest,
    /// How many idle units (spread over stations), taken by id order; none: all idle.
    pub units: Option<usize>,
    /// How long the search may take, milliseconds.
    pub deadline_ms: u64,
    /// Seed of the search.
    pub seed: u64,
}

/// Why there is no plan.
#[derive(Debug, Error)]
pub enum PlanJobError {
    /// The store.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// The surface.
    #[error(transparent)]
    Risk(#[from] RiskJobError),
    /// The roads.
    #[error(transparent)]
    Roads(#[from] RoadError),
    /// No roads imported.
    #[error("the workspace has no roads: import them with --as roads FILE.osm.pbf")]
    NoRoads,
    /// No unit is idle.
    #[error("no unit is idle: import units with --as units, or ask for fewer")]
    NoUnits,
}

/// Makes a plan, lets the referee check it, and returns it (it is not stored).
/// `network` is the workspace's network where the caller keeps it open.
///
/// # Errors
/// [`PlanJobError`].
pub async fn patrol_plan(
    workspace: &Workspace,
    network: Option<std::sync::Arc<RoadNetwork>>,
    request: &PlanRequest,
) -> Result<PatrolPlan, PlanJobError> {
    let _ = (workspace, network, request);
    Err(PlanJobError::NoRoads)
}
