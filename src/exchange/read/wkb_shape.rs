//! Shapes out of the binary geometries of GeoPackages, through geozero, ring by ring as
//! written, so that an open ring stays open.

use geozero::GeomProcessor;
use geozero::error::Result as GeozeroResult;
use geozero::wkb::process_gpkg_geom;

use crate::exchange::read::table::RawShape;
use crate::place::area::RawPolygon;

/// The shape of a GeoPackage geometry blob; a broken one is [`RawShape::Other`].
pub fn shape_of_gpkg(blob: &[u8]) -> RawShape {
    // Header and type: shorter blobs hold nothing.
    if blob.len() < 13 {
        return RawShape::Nothing;
    }
    let mut collector = Collector::default();
    if process_gpkg_geom(&mut std::io::Cursor::new(blob), &mut collector).is_err() {
        return RawShape::Other("a damaged geometry");
    }
    collector.into_shape()
}

#[derive(Debug, Default)]
struct Collector {
    points: Vec<[f64; 2]>,
    polygons: Vec<RawPolygon>,
    in_polygon: bool,
    lines: usize,
    others: usize,
}

impl Collector {
    fn into_shape(self) -> RawShape {
        if self.others > 0 {
            return RawShape::Other("a curve or a collection of geometries");
        }
        if self.lines > 0 {
            return RawShape::Other("a line");
        }
        if !self.polygons.is_empty() {
            return RawShape::Polygons(self.polygons);
        }
        match self.points.as_slice() {
            [] => RawShape::Nothing,
            [point] => RawShape::Point(*point),
            _ => RawShape::Other("a set of several points"),
        }
    }
}

impl GeomProcessor for Collector {
    fn xy(&mut self, x: f64, y: f64, _at: usize) -> GeozeroResult<()> {
        let ring = if self.in_polygon {
            self.polygons.last_mut().and_then(|rings| rings.last_mut())
        } else {
            None
        };
        ring.unwrap_or(&mut self.points).push([x, y]);
        Ok(())
    }

    fn polygon_begin(&mut self, _tagged: bool, _size: usize, _at: usize) -> GeozeroResult<()> {
        self.polygons.push(Vec::new());
        self.in_polygon = true;
        Ok(())
    }

    fn polygon_end(&mut self, _tagged: bool, _at: usize) -> GeozeroResult<()> {
        self.in_polygon = false;
        Ok(())
    }

    fn linestring_begin(&mut self, _tagged: bool, _size: usize, _at: usize) -> GeozeroResult<()> {
        match self.polygons.last_mut() {
            Some(rings) if self.in_polygon => rings.push(Vec::new()),
            _ => self.lines += 1,
        }
        Ok(())
    }

    fn geometrycollection_begin(&mut self, _size: usize, _at: usize) -> GeozeroResult<()> {
        self.others += 1;
        Ok(())
    }

    fn circularstring_begin(&mut self, _size: usize, _at: usize) -> GeozeroResult<()> {
        self.others += 1;
        Ok(())
    }

    fn curvepolygon_begin(&mut self, _size: usize, _at: usize) -> GeozeroResult<()> {
        self.others += 1;
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use geozero::{CoordDimensions, ToWkb};
    use proptest::prelude::*;

    use crate::exchange::read::table::RawShape;
    use crate::exchange::read::wkb_shape::shape_of_gpkg;

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

    proptest! {
        #[test]
        fn any_blob_is_read_or_refused(
            bytes in proptest::collection::vec(any::<u8>(), 0..200), at in 0usize..90, byte: u8,
        ) {
            let _ = shape_of_gpkg(&bytes);
            let mut spoilt = blob(geo::Rect::new((0.0, 0.0), (1.0, 1.0)).to_polygon().into());
            let at = at % spoilt.len();
            spoilt[at] = byte;
            let _ = shape_of_gpkg(&spoilt);
        }
    }
}
