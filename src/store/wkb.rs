//! Well-known binary (ISO 19125), the core of a geometry in both databases.
//!
//! Reading takes any conforming bytes (either byte order, Z and M dropped), from foreign
//! files too, and stays within memory proportional to them: a first pass allocates nothing
//! and checks that every count is true and nesting is shallow.

use geo::{BoundingRect, HasDimensions};
use geozero::error::GeozeroError;
use geozero::{CoordDimensions, GeomProcessor, GeozeroGeometry, ToGeo, ToWkb};
use thiserror::Error;

use crate::store::error::StoreError;

const DEEPEST: usize = 16;

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

/// A geometry as standard WKB, little-endian, X before Y.
#[derive(Debug, Clone, PartialEq)]
pub struct Wkb {
    /// The bytes.
    pub bytes: Vec<u8>,
    /// West, east, south, north; none for points and what is empty.
    pub envelope: Option<[f64; 4]>,
    /// Whether it holds no position.
    pub empty: bool,
}

impl Wkb {
    /// Encodes a geometry.
    ///
    /// # Errors
    /// [`GeometryFault::Wkb`] where the encoder refuses it.
    pub fn of(geometry: &geo_types::Geometry<f64>) -> Result<Self, GeometryFault> {
        let envelope = match geometry {
            geo_types::Geometry::Point(_) => None,
            other => other
                .bounding_rect()
                .map(|r| [r.min().x, r.max().x, r.min().y, r.max().y]),
        };
        let bytes = geometry
            .to_wkb(CoordDimensions::xy())
            .map_err(|e| GeometryFault::Wkb(e.to_string()))?;
        Ok(Self {
            bytes,
            envelope,
            empty: geometry.is_empty(),
        })
    }

    /// Encodes a geometry for a table.
    ///
    /// # Errors
    /// [`StoreError::Damaged`] where the encoder refuses it.
    pub fn for_table(table: &str, geometry: &geo_types::Geometry<f64>) -> Result<Self, StoreError> {
        Self::of(geometry).map_err(|fault| StoreError::Damaged {
            table: table.into(),
            why: fault.to_string(),
        })
    }
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
    geozero::wkb::Wkb(wkb)
        .process_geom(&mut survey)
        .map_err(fault)?;
    if survey.blank_point {
        return Ok(None);
    }
    geozero::wkb::Wkb(wkb).to_geo().map(Some).map_err(fault)
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
