//! Lengths and durations whose unit is in the type, so that no bare `f64` crosses a
//! module's border where two meanings could be swapped.

use serde::{Deserialize, Serialize};

/// Mean radius of the Earth, metres: that of the haversine in
/// [`crate::place::position::Position::metres_to`].
pub const EARTH_RADIUS_M: f64 = 6_371_008.8;

/// A length in metres.
#[derive(Debug, Clone, Copy, PartialEq, PartialOrd, Default, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Metres(pub f64);

/// A duration in seconds.
#[derive(Debug, Clone, Copy, PartialEq, PartialOrd, Default, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Seconds(pub f64);
