//! The geometry blob of a GeoPackage: a header (`GP`, frame, envelope) and standard WKB
//! (OGC 12-128r17, clause 2.1.3).
//!
//! Reading takes any conforming blob (either byte order, any envelope, Z and M dropped),
//! from foreign files too, and stays within memory proportional to the blob: a first pass
//! allocates nothing and checks that every count is true and nesting is shallow.

use geo::{BoundingRect, HasDimensions};
use geozero::error::GeozeroError;
use geozero::wkb::Wkb;
use geozero::{CoordDimensions, GeomProcessor, GeozeroGeometry, ToGeo, ToWkb};
use thiserror::Error;

use crate::place::position::Position;

/// EPSG code of WGS 84, the frame of every Frontbeat layer.
pub const WGS_84: i32 = 4326;

const MAGIC: [u8; 2] = *b"GP";
const LITTLE_ENDIAN: u8 = 0b0000_0001;
const ENVELOPE_XY: u8 = 0b0000_0010;
const EMPTY: u8 = 0b0001_0000;
const EXTENDED: u8 = 0b0010_0000;
const HEADER: usize = 8;
const POINT_BLOB: usize = HEADER + 21;
const DEEPEST: usize = 16;

/// A geometry as read.
#[derive(Debug, Clone, PartialEq)]
pub struct Decoded {
    /// The `srs_id` of the blob: an EPSG code in nearly every file.
    pub srs_id: i32,
    /// The geometry, X before Y; none where the blob is flagged or found empty.
    pub geometry: Option<geo_types::Geometry<f64>>,
}

/// Why bytes are not a geometry.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum GeometryFault {
    /// Shorter than its header says, or not beginning with `GP`.
    #[error("the geometry has no GeoPackage header")]
    Header,
    /// An extended geometry type, which only its maker can read.
    #[error("the geometry is of an extended type")]
    Extended,
    /// The WKB part is torn, nested too deeply, or of a curved type.
    #[error("the geometry can't be read: {0}")]
    Wkb(String),
}

/// The blob of a point in WGS 84; without an envelope, as the standard advises.
pub fn encode_point(position: Position) -> Vec<u8> {
    let mut blob = Vec::with_capacity(POINT_BLOB);
    blob.extend(MAGIC);
    blob.extend([0, LITTLE_ENDIAN]);
    blob.extend(WGS_84.to_le_bytes());
    blob.push(1);
    blob.extend(1_u32.to_le_bytes());
    blob.extend(position.lon().to_le_bytes());
    blob.extend(position.lat().to_le_bytes());
    blob
}

/// The blob of any geometry, with an envelope where it is not a point.
///
/// # Errors
/// [`GeometryFault::Wkb`] where the encoder refuses it.
pub fn encode(geometry: &geo_types::Geometry<f64>, srs_id: i32) -> Result<Vec<u8>, GeometryFault> {
    let mut flags = LITTLE_ENDIAN;
    let envelope = match geometry {
        geo_types::Geometry::Point(_) => None,
        other => other.bounding_rect(),
    };
    if envelope.is_some() {
        flags |= ENVELOPE_XY;
    }
    if geometry.is_empty() {
        flags |= EMPTY;
    }
    let wkb = geometry
        .to_wkb(CoordDimensions::xy())
        .map_err(|e| GeometryFault::Wkb(e.to_string()))?;
    let mut blob = Vec::with_capacity(HEADER + 32 + wkb.len());
    blob.extend(MAGIC);
    blob.extend([0, flags]);
    blob.extend(srs_id.to_le_bytes());
    if let Some(r) = envelope {
        for side in [r.min().x, r.max().x, r.min().y, r.max().y] {
            blob.extend(side.to_le_bytes());
        }
    }
    blob.extend(wkb);
    Ok(blob)
}

/// Reads the blob of a feature of any GeoPackage.
///
/// # Errors
/// [`GeometryFault`].
pub fn decode(blob: &[u8]) -> Result<Decoded, GeometryFault> {
    let header = blob.get(..HEADER).ok_or(GeometryFault::Header)?;
    if header[..2] != MAGIC {
        return Err(GeometryFault::Header);
    }
    let flags = header[3];
    if flags & EXTENDED != 0 {
        return Err(GeometryFault::Extended);
    }
    let srs = [header[4], header[5], header[6], header[7]];
    let srs_id = if flags & LITTLE_ENDIAN != 0 {
        i32::from_le_bytes(srs)
    } else {
        i32::from_be_bytes(srs)
    };
    let envelope = match (flags >> 1) & 0b111 {
        0 => 0,
        1 => 32,
        2 | 3 => 48,
        4 => 64,
        _ => return Err(GeometryFault::Header),
    };
    let wkb = blob.get(HEADER + envelope..).ok_or(GeometryFault::Header)?;
    if flags & EMPTY != 0 {
        return Ok(Decoded {
            srs_id,
            geometry: None,
        });
    }
    let geometry = decode_wkb(wkb)?;
    Ok(Decoded { srs_id, geometry })
}

/// Reads standard (ISO) WKB; none where it is a point without coordinates.
///
/// # Errors
/// [`GeometryFault::Wkb`].
pub fn decode_wkb(wkb: &[u8]) -> Result<Option<geo_types::Geometry<f64>>, GeometryFault> {
    let fault = |e: GeozeroError| GeometryFault::Wkb(e.to_string());
    let mut survey = Survey {
        most: wkb.len() / 4,
        depth: 0,
        blank_point: false,
    };
    Wkb(wkb).process_geom(&mut survey).map_err(fault)?;
    if survey.blank_point {
        return Ok(None);
    }
    Wkb(wkb).to_geo().map(Some).map_err(fault)
}

/// Reads a point blob as [`encode_point`] writes it, without the detour over a general
/// geometry; none where the blob is anything else.
pub fn decode_own_point(blob: &[u8]) -> Option<(f64, f64)> {
    let blob: &[u8; POINT_BLOB] = blob.try_into().ok()?;
    if blob[..2] != MAGIC || blob[3] != LITTLE_ENDIAN || blob[8..13] != [1, 1, 0, 0, 0] {
        return None;
    }
    let number = |at: usize| {
        let mut bytes = [0; 8];
        bytes.copy_from_slice(&blob[at..at + 8]);
        f64::from_le_bytes(bytes)
    };
    Some((number(13), number(21)))
}

/// The first pass over foreign WKB: counts that can't be true, depth, curves.
struct Survey {
    most: usize,
    depth: usize,
    blank_point: bool,
}

impl Survey {
    fn expect(&self, size: usize) -> geozero::error::Result<()> {
        if size > self.most {
            return Err(GeozeroError::Geometry(format!(
                "it announces {size} parts and is too short for them"
            )));
        }
        Ok(())
    }

    fn curved(&self) -> geozero::error::Result<()> {
        Err(GeozeroError::Geometry("curved types are not read".into()))
    }
}

impl GeomProcessor for Survey {
    // Inside a collection an empty point is simply left out.
    fn empty_point(&mut self, _: usize) -> geozero::error::Result<()> {
        self.blank_point = self.depth == 0;
        Ok(())
    }

    fn multipoint_begin(&mut self, size: usize, _: usize) -> geozero::error::Result<()> {
        self.expect(size)
    }

    fn linestring_begin(&mut self, _: bool, size: usize, _: usize) -> geozero::error::Result<()> {
        self.expect(size)
    }

    fn multilinestring_begin(&mut self, size: usize, _: usize) -> geozero::error::Result<()> {
        self.expect(size)
    }

    fn polygon_begin(&mut self, _: bool, size: usize, _: usize) -> geozero::error::Result<()> {
        self.expect(size)
    }

    fn multipolygon_begin(&mut self, size: usize, _: usize) -> geozero::error::Result<()> {
        self.expect(size)
    }

    fn geometrycollection_begin(&mut self, size: usize, _: usize) -> geozero::error::Result<()> {
        self.depth += 1;
        if self.depth > DEEPEST {
            return Err(GeozeroError::Geometry(format!(
                "collections are nested more than {DEEPEST} deep"
            )));
        }
        self.expect(size)
    }

    fn geometrycollection_end(&mut self, _: usize) -> geozero::error::Result<()> {
        self.depth -= 1;
        Ok(())
    }

    fn circularstring_begin(&mut self, _: usize, _: usize) -> geozero::error::Result<()> {
        self.curved()
    }

    fn compoundcurve_begin(&mut self, _: usize, _: usize) -> geozero::error::Result<()> {
        self.curved()
    }

    fn curvepolygon_begin(&mut self, _: usize, _: usize) -> geozero::error::Result<()> {
        self.curved()
    }

    fn multicurve_begin(&mut self, _: usize, _: usize) -> geozero::error::Result<()> {
        self.curved()
    }

    fn multisurface_begin(&mut self, _: usize, _: usize) -> geozero::error::Result<()> {
        self.curved()
    }

    fn triangle_begin(&mut self, _: bool, _: usize, _: usize) -> geozero::error::Result<()> {
        self.curved()
    }

    fn polyhedralsurface_begin(&mut self, _: usize, _: usize) -> geozero::error::Result<()> {
        self.curved()
    }

    fn tin_begin(&mut self, _: usize, _: usize) -> geozero::error::Result<()> {
        self.curved()
    }
}

#[cfg(test)]
#[path = "geometry_tests.rs"]
mod tests;
