//! The earlier plan that a plan keeps to.

use std::sync::Arc;

use crate::app::plan::{PlanJobError, PlanRequest, Planned};
use crate::store::workspace::Workspace;

/// The stored plan that a request keeps to, with what it was made on; none where none is
/// asked for.
///
/// # Errors
/// [`PlanJobError::UnknownPlan`], [`PlanJobError::BasisNotKept`], the store.
pub async fn stored_kept(
    workspace: &Workspace,
    request: &PlanRequest,
) -> Result<Option<Arc<Planned>>, PlanJobError> {
    let Some(id) = &request.wishes.keep_to else {
        return Ok(None);
    };
    let plan = workspace.plan(id).await?;
    let plan = plan.ok_or_else(|| PlanJobError::UnknownPlan(id.clone()))?;
    let basis = workspace.plan_basis(id).await?;
    let basis = basis.ok_or_else(|| PlanJobError::BasisNotKept(id.clone()))?;
    Ok(Some(Arc::new(Planned { plan, basis })))
}

/// Refuses an earlier plan whose stops are of another time or of other cells.
///
/// # Errors
/// [`PlanJobError::OtherShift`], [`PlanJobError::OtherCells`].
pub fn check_kept(kept: &Planned, request: &PlanRequest) -> Result<(), PlanJobError> {
    let (plan, id) = (&kept.plan, || kept.plan.id.to_string());
    if plan.window != request.risk.window {
        return Err(PlanJobError::OtherShift(id()));
    }
    match plan.risk.resolution == request.risk.resolution {
        true => Ok(()),
        false => Err(PlanJobError::OtherCells {
            plan: id(),
            of: plan.risk.resolution,
            asked: request.risk.resolution,
        }),
    }
}
