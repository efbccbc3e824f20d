//! Where something is said to be, where that can be true; and what such a place is called.

use crate::app::session::near::beat_of;
use crate::app::session::snapshot::Snapshot;
use crate::http::problem::Problem;
use crate::place::measure::Metres;
use crate::place::position::Position;
use crate::roads::network::RoadNetwork;

/// How far a place may be from the road.
pub const OFF_ROAD: Metres = Metres(500.0);

/// How far outside the district an incident may be, or a unit be sent.
pub const OUTSIDE: Metres = Metres(5_000.0);

/// A place that is not far outside the district.
///
/// # Errors
/// [`Problem`] where it is none, or farther outside than `within`.
pub fn believed(
    [lon, lat]: [f64; 2],
    within: Metres,
    snapshot: &Snapshot,
) -> Result<Position, Problem> {
    let place = Position::new(lon, lat).map_err(|fault| Problem::parameter("position", fault))?;
    match &snapshot.district.boundary {
        Some(boundary) if !boundary.lies_within(place, within) => Err(Problem::parameter(
            "position",
            format!(
                "{lon}, {lat} is more than {} km outside the district; longitude comes first",
                within.0 / 1000.0
            ),
        )),
        _ => Ok(place),
    }
}

/// Beat and street of a place, as far as they are known.
pub fn label(network: &RoadNetwork, snapshot: &Snapshot, place: Position) -> String {
    let beat = beat_of(snapshot, place).map(|beat| beat.name.as_str());
    let snap = network.snap(place, OFF_ROAD);
    let street = snap.and_then(|snap| network.street(snap));
    let parts: Vec<&str> = beat.into_iter().chain(street).collect();
    parts.join(" · ")
}
