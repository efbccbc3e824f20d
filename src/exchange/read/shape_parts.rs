//! A shape as its parts come, whatever the format: points, rings as written (so that an open
//! ring stays open), and how much there is that no layer has.

use geozero::GeomProcessor;
use geozero::error::{GeozeroError, Result as GeozeroResult};

use crate::exchange::read::table::RawShape;
use crate::place::area::RawPolygon;

/// What a shape was found to be made of.
#[derive(Debug, Default)]
pub struct ShapeParts {
    /// Positions outside polygons.
    pub points: Vec<[f64; 2]>,
    /// Outer ring, then holes.
    pub polygons: Vec<RawPolygon>,
    /// How many lines.
    pub lines: usize,
    /// How many curves, collections and things.
    pub others: usize,
    in_polygon: bool,
}

impl ShapeParts {
    /// The shape; polygons count before the points that label them.
    pub fn into_shape(self) -> RawShape {
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

    /// The shape, where it was not found to be damaged before it was known what it is.
    pub fn into_shape_unless(self, damaged: bool) -> RawShape {
        match damaged && self.others == 0 {
            true => RawShape::Other("a damaged geometry"),
            false => self.into_shape(),
        }
    }

    /// Ends the reading: what may hold itself, level under level, is not followed.
    fn other(&mut self) -> GeozeroResult<()> {
        self.others += 1;
        Err(GeozeroError::GeometryFormat)
    }
}

impl GeomProcessor for ShapeParts {
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
        self.other()
    }

    fn circularstring_begin(&mut self, _size: usize, _at: usize) -> GeozeroResult<()> {
        self.other()
    }

    fn compoundcurve_begin(&mut self, _size: usize, _at: usize) -> GeozeroResult<()> {
        self.other()
    }

    fn curvepolygon_begin(&mut self, _size: usize, _at: usize) -> GeozeroResult<()> {
        self.other()
    }

    fn multicurve_begin(&mut self, _size: usize, _at: usize) -> GeozeroResult<()> {
        self.other()
    }

    fn multisurface_begin(&mut self, _size: usize, _at: usize) -> GeozeroResult<()> {
        self.other()
    }
}
