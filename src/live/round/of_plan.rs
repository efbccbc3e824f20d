//! The rounds of a stored plan, as they go into the log: one a unit, each stop with its leg
//! of the line, drawn with no more corners than the eye needs.

use geo::{Coord, LineString, Simplify};

use crate::live::round::event::Followed;
use crate::live::round::state::PlannedStop;
use crate::patrol::plan::{PatrolPlan, PatrolRoute};
use crate::place::position::Position;

/// How far a leg may be off the street, degrees: about ten metres.
const TOLERANCE_DEGREES: f64 = 1e-4;

/// Corners of legs are told to a metre.
const STEPS_A_DEGREE: f64 = 1e5;

/// The rounds of a plan, one a unit.
pub fn rounds(plan: &PatrolPlan) -> Vec<Followed> {
    let of = plan.replanned.as_ref().map(|record| record.of.clone());
    plan.routes
        .iter()
        .map(|route| Followed {
            unit: route.unit.clone(),
            plan: plan.id.clone(),
            window: plan.window,
            of: of.clone(),
            stops: stops(route),
        })
        .collect()
}

fn stops(route: &PatrolRoute) -> Vec<PlannedStop> {
    let mut rest = route.line.as_slice();
    route
        .stops
        .iter()
        .map(|stop| {
            let end = rest.iter().position(|&corner| corner == stop.position);
            let leg = end.map_or(&rest[..0], |end| &rest[..=end]);
            let line = simple(leg);
            rest = end.map_or(rest, |end| &rest[end..]);
            PlannedStop {
                number: stop.number,
                position: stop.position,
                cell: stop.cell,
                label: stop.label.clone(),
                arrival: stop.arrival,
                begins: stop.begins,
                departure: stop.departure,
                reason: stop.reason.clone(),
                line,
            }
        })
        .collect()
}

/// The same line with fewer corners; nothing where there is no way to go.
fn simple(line: &[Position]) -> Vec<Position> {
    if line.len() < 2 {
        return Vec::new();
    }
    let coordinates: Vec<Coord> = line.iter().map(|corner| corner.coord()).collect();
    let kept = LineString::new(coordinates).simplify(TOLERANCE_DEGREES);
    let rounded = |degrees: f64| (degrees * STEPS_A_DEGREE).round() / STEPS_A_DEGREE;
    kept.into_inner()
        .into_iter()
        .map(|corner| Position::wrapped(rounded(corner.x), rounded(corner.y)))
        .collect()
}
