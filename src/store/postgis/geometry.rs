//! Geometry as PostGIS sends and takes it: WKB with the number of its frame (EWKB).

use crate::place::position::Position;
use crate::store::wkb::{GeometryFault, Wkb, decode_wkb};

/// EPSG code of WGS 84, the frame of every Frontbeat layer.
const WGS_84: u32 = 4326;
/// Set in the type's number where the number of the frame follows.
const HAS_FRAME: u32 = 0x2000_0000;
const POINT: u32 = 1;
/// Byte order, type, frame.
const HEADER: usize = 9;
const POINT_BYTES: usize = HEADER + 16;

/// A point.
pub fn ewkb_of_point(position: Position) -> Vec<u8> {
    let mut bytes = Vec::with_capacity(POINT_BYTES);
    bytes.push(1);
    bytes.extend((POINT | HAS_FRAME).to_le_bytes());
    bytes.extend(WGS_84.to_le_bytes());
    bytes.extend(position.lon().to_le_bytes());
    bytes.extend(position.lat().to_le_bytes());
    bytes
}

/// Any geometry; only the outermost names its frame.
pub fn ewkb_of(wkb: &Wkb) -> Vec<u8> {
    let mut bytes = wkb.bytes.clone();
    // `Wkb` is little-endian, its type in bytes 1 to 4.
    if bytes.len() >= 5 {
        bytes[4] |= (HAS_FRAME >> 24) as u8;
        bytes.splice(5..5, WGS_84.to_le_bytes());
    }
    bytes
}

/// Reads EWKB; none where it is empty.
///
/// # Errors
/// [`GeometryFault::Wkb`].
pub fn decode_ewkb(bytes: &[u8]) -> Result<Option<geo_types::Geometry<f64>>, GeometryFault> {
    let torn = || GeometryFault::Wkb("it is torn".into());
    let header: [u8; 5] = bytes
        .get(..5)
        .and_then(|b| b.try_into().ok())
        .ok_or_else(torn)?;
    let flag = if header[0] == 1 { 4 } else { 1 };
    let mask = (HAS_FRAME >> 24) as u8;
    if header[flag] & mask == 0 {
        return decode_wkb(bytes);
    }
    let mut plain = bytes.to_vec();
    plain[flag] &= !mask;
    if plain.len() < HEADER {
        return Err(torn());
    }
    plain.drain(5..HEADER);
    decode_wkb(&plain)
}

/// Reads a point as [`ewkb_of_point`] writes it, without the detour over a general
/// geometry; none where the bytes are anything else.
pub fn decode_ewkb_point(bytes: &[u8]) -> Option<(f64, f64)> {
    let bytes: &[u8; POINT_BYTES] = bytes.try_into().ok()?;
    if bytes[0] != 1 || bytes[1..5] != (POINT | HAS_FRAME).to_le_bytes() {
        return None;
    }
    let number = |at: usize| {
        let mut eight = [0; 8];
        eight.copy_from_slice(&bytes[at..at + 8]);
        f64::from_le_bytes(eight)
    };
    let (x, y) = (number(HEADER), number(HEADER + 8));
    (!x.is_nan() && !y.is_nan()).then_some((x, y))
}

#[cfg(test)]
mod tests {
    use geo_types::{Geometry, line_string, polygon};

    use super::*;

    #[test]
    fn what_is_written_is_read() {
        let area = polygon![(x: 0.0, y: 0.0), (x: 1.0, y: 0.0), (x: 1.0, y: 1.0)];
        let shapes = [
            Geometry::LineString(line_string![(x: 1.0, y: 2.0), (x: 3.0, y: 4.0)]),
            Geometry::Polygon(area.clone()),
            Geometry::MultiPolygon(geo_types::MultiPolygon(vec![area.clone(), area])),
        ];
        for shape in shapes {
            let bytes = ewkb_of(&Wkb::of(&shape).unwrap());
            assert_eq!(decode_ewkb(&bytes).unwrap(), Some(shape));
            for kept in 0..bytes.len() {
                assert!(decode_ewkb(&bytes[..kept]).is_err(), "{kept} bytes");
            }
        }
        let position = Position::new(123.456, -41.5).unwrap();
        let bytes = ewkb_of_point(position);
        assert_eq!(decode_ewkb_point(&bytes), Some((123.456, -41.5)));
        let general = decode_ewkb(&bytes).unwrap();
        let point = geo_types::Point::new(123.456, -41.5);
        assert_eq!(general, Some(Geometry::Point(point)));
        assert_eq!(decode_ewkb_point(&bytes[1..]), None);
    }
}
