//! The geometry blob of a GeoPackage: a header (`GP`, frame, envelope) and standard WKB
//! (OGC 12-128r17, clause 2.1.3).
//!
//! Reading takes any conforming blob, with any envelope, from foreign files too.

use crate::place::position::Position;
use crate::store::wkb::{GeometryFault, Wkb, decode_wkb};

/// EPSG code of WGS 84, the frame of every Frontbeat layer.
pub const WGS_84: i32 = 4326;

const MAGIC: [u8; 2] = *b"GP";
const LITTLE_ENDIAN: u8 = 0b0000_0001;
const ENVELOPE_XY: u8 = 0b0000_0010;
const EMPTY: u8 = 0b0001_0000;
const EXTENDED: u8 = 0b0010_0000;
const HEADER: usize = 8;
const POINT_BLOB: usize = HEADER + 21;

/// A geometry as read.
#[derive(Debug, Clone, PartialEq)]
pub struct Decoded {
    /// The `srs_id` of the blob: an EPSG code in nearly every file.
    pub srs_id: i32,
    /// The geometry, X before Y; none where the blob is flagged or found empty.
    pub geometry: Option<geo_types::Geometry<f64>>,
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
    Wkb::of(geometry).map(|wkb| blob_of(&wkb, srs_id))
}

/// The blob of a geometry that is encoded already.
pub fn blob_of(wkb: &Wkb, srs_id: i32) -> Vec<u8> {
    let mut flags = LITTLE_ENDIAN;
    if wkb.envelope.is_some() {
        flags |= ENVELOPE_XY;
    }
    if wkb.empty {
        flags |= EMPTY;
    }
    let mut blob = Vec::with_capacity(HEADER + 32 + wkb.bytes.len());
    blob.extend(MAGIC);
    blob.extend([0, flags]);
    blob.extend(srs_id.to_le_bytes());
    for side in wkb.envelope.into_iter().flatten() {
        blob.extend(side.to_le_bytes());
    }
    blob.extend(&wkb.bytes);
    blob
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

#[cfg(test)]
#[path = "geometry_tests.rs"]
mod tests;
