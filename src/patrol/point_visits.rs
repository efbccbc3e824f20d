//! When a point was visited last, by the plans that are stored: what a frequency goes by that
//! is longer than a shift.
//!
//! A plan's stop says what its point is called and where a unit stood, not its id: a point is
//! known again by its name, near enough to be the same.

use jiff::Timestamp;

use crate::patrol::plan::{PatrolPlan, StopReason};
use crate::place::position::Position;

/// A unit on the road stands no further from its point than this, metres: as far as a post may
/// be from any road to be visited at all.
const NEAR_M: f64 = 1000.0;

/// A visit to a point.
#[derive(Debug, Clone, PartialEq)]
pub struct PointVisit {
    /// What the point is called.
    pub name: String,
    /// Where the unit stood.
    pub position: Position,
    /// When it began.
    pub at: Timestamp,
}

/// The visits to points that a plan has begun before an instant.
pub fn visits_of(plan: &PatrolPlan, before: Timestamp) -> Vec<PointVisit> {
    let stops = plan.routes.iter().flat_map(|route| &route.stops);
    let visits = stops.filter(|stop| matches!(stop.reason, StopReason::MustVisit { .. }));
    visits
        .map(|stop| PointVisit {
            name: stop.label.clone(),
            position: stop.position,
            at: stop.begins.unwrap_or(stop.arrival),
        })
        .filter(|visit| visit.at < before)
        .collect()
}

/// When a point was visited last before an instant, if it was.
pub fn last_visit(
    visits: &[PointVisit],
    name: &str,
    position: Position,
    before: Timestamp,
) -> Option<Timestamp> {
    let here = visits.iter().filter(|visit| {
        visit.name == name && visit.at < before && visit.position.metres_to(position).0 <= NEAR_M
    });
    here.map(|visit| visit.at).max()
}
