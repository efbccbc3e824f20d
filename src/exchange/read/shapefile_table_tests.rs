//! Small Shapefiles made by hand, whole and spoilt.

use proptest::prelude::*;

use crate::exchange::read::shapefile_table::{ShapefileParts, read_shapefile};
use crate::exchange::read::table::RawShape;

/// A `.shp` with one polygon of these rings.
fn shp(rings: &[&[[f64; 2]]]) -> Vec<u8> {
    let points: usize = rings.iter().map(|r| r.len()).sum();
    let content = 44 + 4 * rings.len() + 16 * points;
    let mut bytes = vec![0u8; 100];
    bytes[..4].copy_from_slice(&9994i32.to_be_bytes());
    let words = i32::try_from((100 + 8 + content) / 2).unwrap();
    bytes[24..28].copy_from_slice(&words.to_be_bytes());
    bytes[28..32].copy_from_slice(&1000i32.to_le_bytes());
    bytes[32..36].copy_from_slice(&5i32.to_le_bytes());
    bytes.extend(1i32.to_be_bytes());
    bytes.extend(i32::try_from(content / 2).unwrap().to_be_bytes());
    bytes.extend(5i32.to_le_bytes());
    bytes.extend([0u8; 32]);
    bytes.extend(i32::try_from(rings.len()).unwrap().to_le_bytes());
    bytes.extend(i32::try_from(points).unwrap().to_le_bytes());
    let mut start = 0i32;
    for ring in rings {
        bytes.extend(start.to_le_bytes());
        start += i32::try_from(ring.len()).unwrap();
    }
    for [x, y] in rings.iter().flat_map(|r| r.iter()) {
        bytes.extend(x.to_le_bytes());
        bytes.extend(y.to_le_bytes());
    }
    bytes
}

const SQUARE: [[f64; 2]; 5] = [[0.0, 0.0], [0.0, 4.0], [4.0, 4.0], [4.0, 0.0], [0.0, 0.0]];
const HOLE: [[f64; 2]; 5] = [[1.0, 1.0], [2.0, 1.0], [2.0, 2.0], [1.0, 2.0], [1.0, 1.0]];

fn only_shape(bytes: &[u8]) -> RawShape {
    let parts = ShapefileParts {
        shp: bytes,
        ..ShapefileParts::default()
    };
    let table = read_shapefile(parts).unwrap();
    assert_eq!(table.len(), 1);
    table.shape(0).unwrap().clone()
}

#[test]
fn a_hole_joins_its_outer_ring() {
    let shape = only_shape(&shp(&[&SQUARE, &HOLE]));
    assert_eq!(
        shape,
        RawShape::Polygons(vec![vec![SQUARE.to_vec(), HOLE.to_vec()]])
    );
}

#[test]
fn an_open_ring_stays_open_for_the_area_to_refuse() {
    let shape = only_shape(&shp(&[&SQUARE[..4]]));
    assert_eq!(shape, RawShape::Polygons(vec![vec![SQUARE[..4].to_vec()]]));
}

#[test]
fn a_ring_that_touches_itself_is_cut_into_loops() {
    // A square whose hole hangs on its corner by one stroke.
    let ring = [
        [0.0, 0.0],
        [0.0, 4.0],
        [4.0, 4.0],
        [4.0, 0.0],
        [0.0, 0.0],
        [2.0, 1.0],
        [2.0, 2.0],
        [1.0, 2.0],
        [0.0, 0.0],
    ];
    match only_shape(&shp(&[&ring])) {
        RawShape::Polygons(polygons) => {
            assert_eq!(polygons.len(), 1);
            assert_eq!(polygons[0].len(), 2, "{polygons:?}");
            assert_eq!(polygons[0][0].len(), 5);
        }
        other => panic!("{other:?}"),
    }
}

proptest! {
    #[test]
    fn spoilt_bytes_never_panic(
        at in 0usize..400, spoilt in proptest::collection::vec(any::<u8>(), 1..9), cut in 0usize..400,
    ) {
        let mut bytes = shp(&[&SQUARE, &HOLE]);
        let at = at % (bytes.len() - spoilt.len());
        bytes[at..at + spoilt.len()].copy_from_slice(&spoilt);
        bytes.truncate(bytes.len() - cut % 8);
        let _ = read_shapefile(ShapefileParts { shp: &bytes, ..ShapefileParts::default() });
    }

    #[test]
    fn random_bytes_never_panic(bytes in proptest::collection::vec(any::<u8>(), 0..600)) {
        let _ = read_shapefile(ShapefileParts { shp: &bytes, dbf: Some(&bytes), prj: Some(&bytes), cpg: Some(&bytes) });
    }
}
