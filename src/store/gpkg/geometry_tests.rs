//! What is written is read back bit for bit; what others write is read; what is torn or
//! hostile is refused without a panic and without taking memory for what it only claims.

use geo_types::{Coord, Geometry, LineString, MultiPolygon, Polygon};
use proptest::prelude::*;

use super::*;

fn coordinate() -> impl Strategy<Value = Coord<f64>> {
    (-180.0..=180.0, -90.0..=90.0).prop_map(|(x, y)| Coord { x, y })
}

fn ring() -> impl Strategy<Value = LineString<f64>> {
    prop::collection::vec(coordinate(), 3..12).prop_map(|mut corners| {
        corners.push(corners[0]);
        LineString(corners)
    })
}

fn polygons() -> impl Strategy<Value = MultiPolygon<f64>> {
    let polygon = (ring(), prop::collection::vec(ring(), 0..3))
        .prop_map(|(outer, holes)| Polygon::new(outer, holes));
    prop::collection::vec(polygon, 1..4).prop_map(MultiPolygon)
}

proptest! {
    #[test]
    fn areas_come_back_as_they_went(shape in polygons()) {
        let geometry = Geometry::MultiPolygon(shape);
        let blob = encode(&geometry, WGS_84).unwrap();
        let read = decode(&blob).unwrap();
        prop_assert_eq!(read.srs_id, WGS_84);
        prop_assert_eq!(read.geometry, Some(geometry));
    }

    #[test]
    fn points_come_back_as_they_went(lon in -180.0..=180.0, lat in -90.0..=90.0) {
        let position = Position::new(lon, lat).unwrap();
        let blob = encode_point(position);
        prop_assert_eq!(decode_own_point(&blob), Some((lon, lat)));
        prop_assert_eq!(decode(&blob).unwrap().geometry, Some(Geometry::Point(position.point())));
        prop_assert_eq!(encode(&Geometry::Point(position.point()), WGS_84).unwrap(), blob);
    }

    #[test]
    fn random_bytes_never_panic(bytes in prop::collection::vec(any::<u8>(), 0..200)) {
        let _ = decode(&bytes);
        let _ = decode_wkb(&bytes);
        let mut blob = b"GP\x00\x01\xe6\x10\x00\x00\x01".to_vec();
        blob.extend(&bytes);
        let _ = decode(&blob);
    }

    #[test]
    fn a_torn_blob_is_refused(shape in polygons(), kept in 0.0..1.0) {
        let blob = encode(&Geometry::MultiPolygon(shape), WGS_84).unwrap();
        let kept = (blob.len() as f64 * kept) as usize;
        prop_assert!(decode(&blob[..kept]).is_err());
    }
}

#[test]
fn the_envelope_is_that_of_the_shape() {
    let line = LineString::from(vec![(3.0, -2.0), (1.0, 5.0)]);
    let blob = encode(&Geometry::LineString(line), WGS_84).unwrap();
    assert_eq!(blob[3], LITTLE_ENDIAN | ENVELOPE_XY);
    let sides: Vec<f64> = blob[8..40]
        .chunks(8)
        .map(|b| f64::from_le_bytes(b.try_into().unwrap()))
        .collect();
    assert_eq!(sides, [1.0, 3.0, -2.0, 5.0]);
}

#[test]
fn big_endian_with_heights_and_a_large_envelope_is_read() {
    let mut blob = b"GP\x00".to_vec();
    blob.push(2 << 1);
    blob.extend(2913_i32.to_be_bytes());
    blob.extend([0; 48]);
    blob.push(0);
    blob.extend(1001_u32.to_be_bytes());
    for number in [7.5_f64, 42.25, 99.0] {
        blob.extend(number.to_be_bytes());
    }
    let read = decode(&blob).unwrap();
    assert_eq!(read.srs_id, 2913);
    assert_eq!(
        read.geometry,
        Some(Geometry::Point(geo_types::Point::new(7.5, 42.25)))
    );
}

#[test]
fn an_empty_point_is_no_geometry() {
    let mut blob = b"GP\x00\x11\xe6\x10\x00\x00".to_vec();
    let mut wkb = vec![1, 1, 0, 0, 0];
    wkb.extend(f64::NAN.to_le_bytes());
    wkb.extend(f64::NAN.to_le_bytes());
    assert_eq!(decode_wkb(&wkb).unwrap(), None);
    blob.extend(&wkb);
    assert_eq!(decode(&blob).unwrap().geometry, None);
}

#[test]
fn a_count_that_cannot_be_true_is_refused_before_memory_is_taken() {
    let mut wkb = vec![1, 2, 0, 0, 0];
    wkb.extend(u32::MAX.to_le_bytes());
    let fault = decode_wkb(&wkb).unwrap_err();
    assert!(fault.to_string().contains("announces"), "{fault}");
}

#[test]
fn deep_nesting_is_refused() {
    let mut wkb = Vec::new();
    for _ in 0..100_000 {
        wkb.extend([1, 7, 0, 0, 0, 1, 0, 0, 0]);
    }
    let fault = decode_wkb(&wkb).unwrap_err();
    assert!(fault.to_string().contains("nested"), "{fault}");
}

#[test]
fn curves_and_extended_types_are_refused() {
    let mut curve = vec![1, 8, 0, 0, 0];
    curve.extend(0_u32.to_le_bytes());
    assert!(decode_wkb(&curve).is_err());
    let blob = b"GP\x00\x21\xe6\x10\x00\x00\x01";
    assert_eq!(decode(blob).unwrap_err(), GeometryFault::Extended);
}
