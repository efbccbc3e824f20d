//! A point on the Earth: longitude, then latitude, in degrees of WGS 84.
//!
//! Invariant: both are finite, longitude within ±180 and latitude within ±90.

use geo::{Distance, Haversine};
use serde::{Deserialize, Serialize};
use thiserror::Error;

use crate::place::measure::Metres;

/// A point in WGS 84. Serialised as `[longitude, latitude]`.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(try_from = "[f64; 2]", into = "[f64; 2]")]
pub struct Position {
    lon: f64,
    lat: f64,
}

/// Why two numbers are not a position.
#[derive(Debug, Clone, Copy, PartialEq, Error)]
pub enum PositionError {
    /// NaN or an infinity.
    #[error("a coordinate is not a finite number ({lon}, {lat})")]
    NotFinite {
        /// Longitude as given.
        lon: f64,
        /// Latitude as given.
        lat: f64,
    },
    /// Not degrees of longitude and latitude.
    #[error("longitude {lon} and latitude {lat} are outside ±180° and ±90°")]
    OutOfRange {
        /// Longitude as given.
        lon: f64,
        /// Latitude as given.
        lat: f64,
    },
}

impl Position {
    /// A position from degrees, longitude first.
    ///
    /// # Errors
    /// [`PositionError`] where a number is not finite or out of range.
    pub fn new(lon: f64, lat: f64) -> Result<Self, PositionError> {
        if !lon.is_finite() || !lat.is_finite() {
            return Err(PositionError::NotFinite { lon, lat });
        }
        if lon.abs() > 180.0 || lat.abs() > 90.0 {
            return Err(PositionError::OutOfRange { lon, lat });
        }
        Ok(Self { lon, lat })
    }

    /// The nearest valid position: longitude wrapped, latitude clamped. For computed
    /// points (an offset, an interpolation), never for outside data.
    ///
    /// A NaN becomes 0, so that the invariant holds whatever comes in.
    pub fn wrapped(lon: f64, lat: f64) -> Self {
        let lon = if lon.is_finite() { lon } else { 0.0 };
        let lat = if lat.is_finite() { lat } else { 0.0 };
        let lon = if lon.abs() > 180.0 {
            (lon + 180.0).rem_euclid(360.0) - 180.0
        } else {
            lon
        };
        Self {
            lon,
            lat: lat.clamp(-90.0, 90.0),
        }
    }

    /// Degrees east of Greenwich.
    pub fn lon(self) -> f64 {
        self.lon
    }

    /// Degrees north of the equator.
    pub fn lat(self) -> f64 {
        self.lat
    }

    /// Great-circle distance on the mean sphere (R = 6 371 008.8 m); within 0.6 % of the
    /// ellipsoid's, across the antimeridian too.
    pub fn metres_to(self, other: Self) -> Metres {
        Metres(Haversine.distance(self.point(), other.point()))
    }

    /// The same as a `geo` point.
    pub fn point(self) -> geo::Point<f64> {
        geo::Point::new(self.lon, self.lat)
    }

    /// The same as a `geo` coordinate.
    pub fn coord(self) -> geo::Coord<f64> {
        geo::Coord {
            x: self.lon,
            y: self.lat,
        }
    }
}

impl TryFrom<[f64; 2]> for Position {
    type Error = PositionError;

    fn try_from([lon, lat]: [f64; 2]) -> Result<Self, Self::Error> {
        Self::new(lon, lat)
    }
}

impl From<Position> for [f64; 2] {
    fn from(p: Position) -> Self {
        [p.lon, p.lat]
    }
}
