//! What a list shows of a plan, without its routes.

use jiff::Timestamp;

use crate::calendar::window::Window;
use crate::patrol::plan::PatrolPlan;
use crate::place::id::Id;

/// A plan in one line.
#[derive(Debug, Clone, PartialEq)]
pub struct PlanSummary {
    /// Its id.
    pub id: Id<PatrolPlan>,
    /// When it was made.
    pub made_at: Timestamp,
    /// The shift.
    pub window: Window,
    /// How many units have a route.
    pub units: usize,
    /// Over all routes.
    pub stops: usize,
    /// Expected incidents covered by the stops.
    pub risk_covered: f64,
    /// Expected incidents over all cells and hours of the window.
    pub risk_total: f64,
}

impl From<&PatrolPlan> for PlanSummary {
    fn from(plan: &PatrolPlan) -> Self {
        Self {
            id: plan.id.clone(),
            made_at: plan.made_at,
            window: plan.window,
            units: plan.routes.len(),
            stops: plan.routes.iter().map(|route| route.stops.len()).sum(),
            risk_covered: plan.risk_covered,
            risk_total: plan.risk_total,
        }
    }
}
