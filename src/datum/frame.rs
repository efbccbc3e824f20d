//! The frame that coordinates are in, as declared or found, and the way to WGS 84.

use std::str::FromStr;
use std::sync::Arc;

use thiserror::Error;

use crate::datum::chinese::{gcj02_from_bd09, wgs84_from_gcj02};
use crate::datum::projection::{Projection, ProjectionError};
use crate::place::position::{Position, PositionError};

/// A frame. Cheap to clone.
#[derive(Debug, Clone)]
pub enum Frame {
    /// WGS 84; CGCS2000 is taken as equal (they differ by centimetres).
    Wgs84,
    /// GCJ-02 火星坐标.
    Gcj02,
    /// BD-09 百度坐标.
    Bd09,
    /// Anything else that proj4rs can undo, with the name it was asked by.
    Projected(Arc<Projection>, String),
}

/// Why a text names no frame.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum FrameError {
    /// Not one of the words, not `EPSG:n`.
    #[error("'{0}' is not a frame; give wgs84, cgcs2000, gcj02, bd09 or EPSG:<number>")]
    NotAFrame(String),
    /// A code or WKT that can't be used.
    #[error(transparent)]
    Projection(#[from] ProjectionError),
}

impl Frame {
    /// The frame of a `.prj` or GeoPackage WKT text.
    ///
    /// # Errors
    /// [`FrameError::Projection`].
    pub fn from_wkt(wkt: &str) -> Result<Self, FrameError> {
        let projection = Projection::from_wkt(wkt)?;
        let name = wkt.split('"').nth(1).unwrap_or("of the file").to_owned();
        if projection.is_degrees() && is_wgs84_name(&name) {
            return Ok(Self::Wgs84);
        }
        Ok(Self::Projected(Arc::new(projection), name))
    }

    /// Whether its numbers are degrees of longitude and latitude.
    pub fn is_degrees(&self) -> bool {
        match self {
            Self::Wgs84 | Self::Gcj02 | Self::Bd09 => true,
            Self::Projected(projection, _) => projection.is_degrees(),
        }
    }

    /// What it is called.
    pub fn name(&self) -> &str {
        match self {
            Self::Wgs84 => "WGS 84",
            Self::Gcj02 => "GCJ-02",
            Self::Bd09 => "BD-09",
            Self::Projected(_, name) => name,
        }
    }

    /// A point of this frame, `[x, y]` or `[lon, lat]`, in WGS 84.
    ///
    /// # Errors
    /// [`PositionError`] where it is not finite, or not on the Earth.
    pub fn to_wgs84(&self, [x, y]: [f64; 2]) -> Result<Position, PositionError> {
        if !x.is_finite() || !y.is_finite() {
            return Err(PositionError::NotFinite { lon: x, lat: y });
        }
        if self.is_degrees() {
            Position::new(x, y)?;
        }
        let [lon, lat] = match self {
            Self::Wgs84 => [x, y],
            Self::Gcj02 => wgs84_from_gcj02([x, y]),
            Self::Bd09 => wgs84_from_gcj02(gcj02_from_bd09([x, y])),
            Self::Projected(projection, _) => {
                return projection
                    .to_wgs84([x, y])
                    .ok_or(PositionError::OutOfRange { lon: x, lat: y });
            }
        };
        Position::new(lon, lat)
    }
}

impl FromStr for Frame {
    type Err = FrameError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let word = text
            .trim()
            .to_ascii_lowercase()
            .replace(['-', '_', ' '], "");
        match word.as_str() {
            "wgs84" | "cgcs2000" => return Ok(Self::Wgs84),
            "gcj02" => return Ok(Self::Gcj02),
            "bd09" | "bd09ll" => return Ok(Self::Bd09),
            _ => {}
        }
        let code: u32 = word
            .strip_prefix("epsg:")
            .unwrap_or(&word)
            .parse()
            .map_err(|_| FrameError::NotAFrame(text.to_owned()))?;
        // 4490 is CGCS2000.
        if matches!(code, 4326 | 4490) {
            return Ok(Self::Wgs84);
        }
        let projection = Projection::from_epsg(code)?;
        Ok(Self::Projected(
            Arc::new(projection),
            format!("EPSG:{code}"),
        ))
    }
}

fn is_wgs84_name(name: &str) -> bool {
    let plain = name.to_ascii_lowercase().replace([' ', '_'], "");
    matches!(
        plain.as_str(),
        "wgs84"
            | "gcswgs1984"
            | "wgs1984"
            | "cgcs2000"
            | "gcschinageodeticcoordinatesystem2000"
            | "chinageodeticcoordinatesystem2000"
    )
}

#[cfg(test)]
mod tests {
    use crate::datum::frame::{Frame, FrameError};

    #[test]
    fn the_words_of_the_command_line() {
        for text in ["wgs84", "WGS-84", "cgcs2000", "EPSG:4326", "epsg:4490"] {
            assert!(matches!(text.parse(), Ok(Frame::Wgs84)), "{text}");
        }
        assert!(matches!("GCJ-02".parse(), Ok(Frame::Gcj02)));
        assert!(matches!("bd09".parse(), Ok(Frame::Bd09)));
        let portland: Frame = "EPSG:2913".parse().unwrap();
        assert_eq!(portland.name(), "EPSG:2913");
        assert!(!portland.is_degrees());
        assert_eq!(
            "mars".parse::<Frame>().unwrap_err(),
            FrameError::NotAFrame("mars".into())
        );
    }

    #[test]
    fn nothing_that_is_no_number_gets_through() {
        for frame in ["wgs84", "gcj02", "bd09", "EPSG:2913"] {
            let frame: Frame = frame.parse().unwrap();
            assert!(frame.to_wgs84([f64::NAN, 1.0]).is_err());
            assert!(frame.to_wgs84([1.0, f64::INFINITY]).is_err());
        }
    }
}
