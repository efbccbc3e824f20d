//! Shapes out of binary geometries, through geozero: as GeoPackages have them, with a header
//! of their own, and as GeoParquet has them, without.

use std::io::Cursor;

use geozero::wkb::{process_gpkg_geom, process_wkb_geom};

use crate::exchange::read::shape_parts::ShapeParts;
use crate::exchange::read::table::RawShape;

/// The shape of a GeoPackage geometry blob; a broken one is [`RawShape::Other`].
pub fn shape_of_gpkg(blob: &[u8]) -> RawShape {
    // Header and type: shorter blobs hold nothing.
    if blob.len() < 13 {
        return RawShape::Nothing;
    }
    let mut parts = ShapeParts::default();
    let read = process_gpkg_geom(&mut Cursor::new(blob), &mut parts);
    parts.into_shape_unless(read.is_err())
}

/// The shape of well-known binary; a broken one is [`RawShape::Other`].
pub fn shape_of_wkb(blob: &[u8]) -> RawShape {
    if blob.is_empty() {
        return RawShape::Nothing;
    }
    let mut parts = ShapeParts::default();
    let read = process_wkb_geom(&mut Cursor::new(blob), &mut parts);
    parts.into_shape_unless(read.is_err())
}

#[cfg(test)]
mod tests {
    use geozero::{CoordDimensions, ToWkb};
    use proptest::prelude::*;

    use crate::exchange::read::table::RawShape;
    use crate::exchange::read::wkb_shape::{shape_of_gpkg, shape_of_wkb};

    fn blob(geometry: geo::Geometry<f64>) -> Vec<u8> {
        let mut bytes = vec![b'G', b'P', 0, 1, 0xe6, 0x10, 0, 0];
        bytes.extend(geometry.to_wkb(CoordDimensions::xy()).unwrap());
        bytes
    }

    #[test]
    fn points_and_polygons() {
        let point = blob(geo::Point::new(123.4, 41.8).into());
        assert_eq!(shape_of_gpkg(&point), RawShape::Point([123.4, 41.8]));
        let square = geo::Rect::new((0.0, 0.0), (1.0, 1.0)).to_polygon();
        let many = geo::MultiPolygon(vec![square.clone(), square]);
        match shape_of_gpkg(&blob(many.into())) {
            RawShape::Polygons(polygons) => {
                assert_eq!(polygons.len(), 2);
                assert_eq!(polygons[0][0].len(), 5);
            }
            other => panic!("{other:?}"),
        }
    }

    #[test]
    fn collections_in_collections_are_no_way_to_the_end_of_the_stack() {
        let mut nested = vec![b'G', b'P', 0, 1, 0xe6, 0x10, 0, 0];
        for _ in 0..500_000 {
            nested.extend([1, 7, 0, 0, 0, 1, 0, 0, 0]);
        }
        let other = RawShape::Other("a curve or a collection of geometries");
        assert_eq!(shape_of_gpkg(&nested), other);
        assert_eq!(shape_of_wkb(&nested[8..]), other);
    }

    proptest! {
        #[test]
        fn any_blob_is_read_or_refused(
            bytes in proptest::collection::vec(any::<u8>(), 0..200), at in 0usize..90, byte: u8,
        ) {
            let _ = shape_of_gpkg(&bytes);
            let _ = shape_of_wkb(&bytes);
            let mut spoilt = blob(geo::Rect::new((0.0, 0.0), (1.0, 1.0)).to_polygon().into());
            let at = at % spoilt.len();
            spoilt[at] = byte;
            let _ = shape_of_gpkg(&spoilt);
        }
    }
}
