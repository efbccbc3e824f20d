//! When a point was visited last, by the plans that are stored: what a frequency goes by that
//! is longer than a shift.
//!
//! A plan's stop says what its point is called and where a unit stood, not its id: a point is
//! known again by its name and by where a unit stands for it on the road, to a few metres. Posts
//! of one name, or of none, are often no further apart than a few streets.

use jiff::Timestamp;

use crate::patrol::plan::{PatrolPlan, StopReason};
use crate::place::position::Position;

/// The place where a unit stands for a point moves by less than this, metres, when roads are
/// imported again.
const NEAR_M: f64 = 25.0;

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

/// When a point was visited last before an instant, if it was; `stands` is where a unit stands
/// for it on the road.
pub fn last_visit(
    visits: &[PointVisit],
    name: &str,
    stands: Position,
    before: Timestamp,
) -> Option<Timestamp> {
    let here = visits.iter().filter(|visit| {
        visit.name == name && visit.at < before && visit.position.metres_to(stands).0 <= NEAR_M
    });
    here.map(|visit| visit.at).max()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn points_without_a_name_are_not_taken_for_each_other() {
        let at = |second| Timestamp::from_second(second).unwrap();
        let here = Position::wrapped(121.5, 31.2);
        // Two streets on, some 200 m.
        let other = Position::wrapped(121.502, 31.2);
        let visit = |name: &str, position, second| PointVisit {
            name: name.into(),
            position,
            at: at(second),
        };
        let visits = [
            visit("", here, 10),
            visit("", other, 20),
            visit("post", here, 30),
        ];
        let last = |name, stands| last_visit(&visits, name, stands, at(40));
        assert_eq!(last("", here), Some(at(10)));
        assert_eq!(last("", other), Some(at(20)));
        assert_eq!(last("post", here), Some(at(30)));
        assert_eq!(last("post", other), None);
        // Where the road was drawn anew by a few metres it is the same place.
        let moved = Position::wrapped(121.5001, 31.2);
        assert_eq!(last("", moved), Some(at(10)));
        assert_eq!(last_visit(&visits, "", other, at(15)), None);
    }
}
