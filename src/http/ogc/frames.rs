//! Frames by reference (Part 2): by which URI they go, in which order their axes are
//! written, and the way there and back.

use std::sync::Arc;

use geo::MapCoords;
use geo_types::{Coord, Geometry};

use crate::app::session::snapshot::Snapshot;
use crate::datum::projection::Projection;
use crate::http::problem::Problem;
use crate::http::query::quoted;
use crate::place::position::Position;

/// WGS 84, longitude first: what GeoJSON has.
pub const CRS84: &str = "http://www.opengis.net/def/crs/OGC/1.3/CRS84";

/// A frame.
#[derive(Debug, Clone)]
pub struct OgcFrame {
    /// Its URI.
    pub uri: String,
    /// Whether latitude is written first.
    pub is_swapped: bool,
    projection: Option<Arc<Projection>>,
}

impl OgcFrame {
    /// WGS 84, longitude first.
    pub fn crs84() -> Self {
        Self {
            uri: CRS84.to_owned(),
            is_swapped: false,
            projection: None,
        }
    }

    fn degrees(code: u32) -> Self {
        Self {
            uri: uri_of(code),
            is_swapped: true,
            projection: None,
        }
    }

    fn projected(code: u32) -> Option<Self> {
        Some(Self {
            uri: uri_of(code),
            is_swapped: false,
            projection: Some(Arc::new(Projection::from_epsg(code).ok()?)),
        })
    }

    /// Whether its numbers are degrees.
    pub fn is_degrees(&self) -> bool {
        self.projection.is_none()
    }

    /// A geometry of WGS 84, the first axis as x whatever the order in which it is written;
    /// what the frame does not reach becomes NaN.
    pub fn place(&self, shape: &Geometry<f64>) -> Geometry<f64> {
        let Some(projection) = &self.projection else {
            return shape.clone();
        };
        shape.map_coords(|c: Coord<f64>| {
            let found = projection.from_wgs84(Position::wrapped(c.x, c.y));
            let [x, y] = found.unwrap_or([f64::NAN; 2]);
            Coord { x, y }
        })
    }

    /// A coordinate as it is written in this frame, in WGS 84.
    pub fn to_wgs84(&self, c: Coord<f64>) -> Coord<f64> {
        if self.is_swapped {
            return Coord { x: c.y, y: c.x };
        }
        match &self.projection {
            None => c,
            Some(projection) => match projection.to_wgs84([c.x, c.y]) {
                Some(position) => position.coord(),
                None => Coord {
                    x: f64::NAN,
                    y: f64::NAN,
                },
            },
        }
    }
}

/// The frames that answers are given in: CRS84 first, the UTM zone of the district last.
pub fn frames(snapshot: &Snapshot) -> Vec<OgcFrame> {
    let mut all = vec![
        OgcFrame::crs84(),
        OgcFrame::degrees(4326),
        OgcFrame::degrees(4490),
    ];
    all.extend(OgcFrame::projected(3857));
    if let Some(area) = &snapshot.district.boundary {
        let [west, south, east, north] = area.bbox();
        let zone = (((west + east) / 2.0 + 180.0) / 6.0)
            .floor()
            .clamp(0.0, 59.0) as u32
            + 1;
        let hemisphere = if south + north >= 0.0 { 32600 } else { 32700 };
        all.extend(OgcFrame::projected(hemisphere + zone));
    }
    all
}

/// The frame of a parameter; CRS84 where it is absent.
///
/// # Errors
/// [`Problem`] that lists the frames.
pub fn frame_of(
    snapshot: &Snapshot,
    parameter: &str,
    text: Option<&str>,
) -> Result<OgcFrame, Problem> {
    let Some(text) = text else {
        return Ok(OgcFrame::crs84());
    };
    // `[EPSG:4326]` is the CURIE of the same.
    let bare = text.trim_start_matches('[').trim_end_matches(']');
    let uri = match bare
        .strip_prefix("EPSG:")
        .and_then(|code| code.parse().ok())
    {
        Some(code) => uri_of(code),
        None => text.to_owned(),
    };
    let all = frames(snapshot);
    all.iter()
        .find(|frame| frame.uri == uri)
        .cloned()
        .ok_or_else(|| {
            let known: Vec<&str> = all.iter().map(|frame| frame.uri.as_str()).collect();
            let detail = format!(
                "{parameter} {} is not offered; known: {}",
                quoted(text),
                known.join(", ")
            );
            Problem::parameter(parameter, detail)
        })
}

fn uri_of(code: u32) -> String {
    format!("http://www.opengis.net/def/crs/EPSG/0/{code}")
}
