//! Mapbox Vector Tiles (version 2): features in WGS 84 in, the bytes of one tile out.
//!
//! Web-Mercator, 4096 units a side, clipped to the tile and a buffer of 64 units,
//! simplified to what a screen can show at the tile's zoom. Lines and areas too small to
//! be seen are dropped. Rings leave wound as the specification asks: outer rings have
//! positive area in tile coordinates (y grows southward), holes negative.

use std::borrow::Cow;
use std::ops::RangeInclusive;

use mvt::{GeomData, GeomEncoder, GeomType};
use thiserror::Error;

use crate::exchange::tile_shape::{self, Drawn};
use crate::place::position::Position;

/// Units along a tile's side.
pub const EXTENT: u32 = 4096;

/// Units around the tile that are drawn too, so that strokes and outlines meet.
pub const BUFFER: u32 = 64;

/// The deepest zoom served.
pub const MAX_ZOOM: u8 = 22;

/// The address of one tile: `z/x/y` in the usual (XYZ) scheme, y growing southward.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct TileId {
    z: u8,
    x: u32,
    y: u32,
}

/// The shape of a feature; own or borrowed points.
#[derive(Debug, Clone, PartialEq)]
pub enum TileShape<'a> {
    /// A point.
    Point(Position),
    /// A line of at least two points.
    Line(Cow<'a, [Position]>),
    /// Closed rings: the outer one, then its holes. Winding does not matter.
    Polygon(Cow<'a, [Vec<Position>]>),
}

/// The value of a property.
#[derive(Debug, Clone, PartialEq)]
pub enum TileValue<'a> {
    /// A text.
    Text(Cow<'a, str>),
    /// A whole number, negative allowed.
    Int(i64),
    /// A number.
    Float(f64),
    /// True or false.
    Bool(bool),
}

/// One feature of a layer.
#[derive(Debug, Clone, PartialEq)]
pub struct TileFeature<'a> {
    /// Its shape.
    pub geometry: TileShape<'a>,
    /// Names and values, in order.
    pub properties: Vec<(&'a str, TileValue<'a>)>,
    /// A number for the client's feature state; unique within the layer.
    pub id: Option<u64>,
}

/// Why there is no tile.
#[derive(Debug, Error)]
pub enum TileError {
    /// Not a tile's address.
    #[error("there is no tile {z}/{x}/{y}: z goes to 22, x and y to 2^z - 1")]
    NoSuchTile {
        /// Zoom.
        z: u8,
        /// Column.
        x: u32,
        /// Row.
        y: u32,
    },
    /// Two layers of one name.
    #[error("the tile can't be encoded: {0}")]
    Encoding(#[from] mvt::Error),
}

impl TileId {
    /// A tile's address.
    ///
    /// # Errors
    /// [`TileError::NoSuchTile`] where zoom, column or row are out of range.
    pub fn new(z: u8, x: u32, y: u32) -> Result<Self, TileError> {
        if z > MAX_ZOOM || x >= 1 << z || y >= 1 << z {
            return Err(TileError::NoSuchTile { z, x, y });
        }
        Ok(Self { z, x, y })
    }

    /// Zoom.
    pub fn z(self) -> u8 {
        self.z
    }

    /// Column, from the west.
    pub fn x(self) -> u32 {
        self.x
    }

    /// Row, from the north.
    pub fn y(self) -> u32 {
        self.y
    }
}

impl<'a> TileShape<'a> {
    /// A line from own (`Vec<Position>`) or borrowed (`&[Position]`) points.
    pub fn line(points: impl Into<Cow<'a, [Position]>>) -> Self {
        Self::Line(points.into())
    }

    /// A polygon from own or borrowed closed rings.
    pub fn polygon(rings: impl Into<Cow<'a, [Vec<Position>]>>) -> Self {
        Self::Polygon(rings.into())
    }
}

impl<'a> From<&'a str> for TileValue<'a> {
    fn from(text: &'a str) -> Self {
        Self::Text(text.into())
    }
}

impl From<String> for TileValue<'_> {
    fn from(text: String) -> Self {
        Self::Text(text.into())
    }
}

impl From<i64> for TileValue<'_> {
    fn from(number: i64) -> Self {
        Self::Int(number)
    }
}

impl From<f64> for TileValue<'_> {
    fn from(number: f64) -> Self {
        Self::Float(number)
    }
}

impl From<bool> for TileValue<'_> {
    fn from(truth: bool) -> Self {
        Self::Bool(truth)
    }
}

/// What the tile shows, its buffer included: `[west, south, east, north]` in degrees.
/// Features that don't meet this box need not be handed to [`encode`].
pub fn bounds(tile: TileId) -> [f64; 4] {
    let side = f64::from(1u32 << tile.z);
    let buffer = f64::from(BUFFER) / f64::from(EXTENT);
    let west = (f64::from(tile.x) - buffer) / side;
    let east = (f64::from(tile.x) + 1.0 + buffer) / side;
    let north = (f64::from(tile.y) - buffer) / side;
    let south = (f64::from(tile.y) + 1.0 + buffer) / side;
    [
        (west * 360.0 - 180.0).max(-180.0),
        latitude(south),
        (east * 360.0 - 180.0).min(180.0),
        latitude(north),
    ]
}

/// Columns and rows of the tiles of a zoom that a box in degrees meets.
pub fn range([west, south, east, north]: [f64; 4], zoom: u8) -> [RangeInclusive<u32>; 2] {
    let side = f64::from(1u32 << zoom.min(MAX_ZOOM));
    let column = |lon: f64| part(((lon + 180.0) / 360.0) * side, side);
    let row = |lat: f64| {
        let bent = lat.clamp(-85.05, 85.05).to_radians().tan().asinh();
        part((0.5 - bent / std::f64::consts::TAU) * side, side)
    };
    [column(west)..=column(east), row(north)..=row(south)]
}

/// Whether a position lies in the tile itself, and so in no other one of its zoom.
pub fn holds(tile: TileId, at: Position) -> bool {
    let (lon, lat) = (at.lon(), at.lat());
    let [columns, rows] = range([lon, lat, lon, lat], tile.z);
    columns.contains(&tile.x) && rows.contains(&tile.y)
}

fn part(at: f64, side: f64) -> u32 {
    at.clamp(0.0, side - 1.0).floor() as u32
}

/// Encodes one tile. Layers keep their order; a layer in which nothing is to be seen is
/// left out, so an empty tile has no bytes.
///
/// # Errors
/// [`TileError::Encoding`] where two layers have one name.
pub fn encode(tile: TileId, layers: &[(&str, Vec<TileFeature<'_>>)]) -> Result<Vec<u8>, TileError> {
    let mut out = mvt::Tile::new(EXTENT);
    for (name, features) in layers {
        let mut layer = out.create_layer(name);
        for feature in features {
            let drawn = tile_shape::draw(tile, &feature.geometry);
            let Some(geometry) = encode_shape(&drawn)? else {
                continue;
            };
            let mut encoded = layer.into_feature(geometry);
            if let Some(id) = feature.id {
                encoded.set_id(id);
            }
            for (key, value) in &feature.properties {
                match value {
                    TileValue::Text(text) => encoded.add_tag_string(key, text),
                    TileValue::Int(number) => encoded.add_tag_sint(key, *number),
                    TileValue::Float(number) => encoded.add_tag_double(key, *number),
                    TileValue::Bool(truth) => encoded.add_tag_bool(key, *truth),
                }
            }
            layer = encoded.into_layer();
        }
        if layer.num_features() > 0 {
            out.add_layer(layer)?;
        }
    }
    Ok(out.to_bytes()?)
}

fn latitude(y: f64) -> f64 {
    let y = y.clamp(0.0, 1.0);
    (std::f64::consts::PI * (1.0 - 2.0 * y))
        .sinh()
        .atan()
        .to_degrees()
}

fn encode_shape(drawn: &Drawn) -> Result<Option<GeomData>, mvt::Error> {
    let (kind, parts) = match drawn {
        Drawn::Nothing => return Ok(None),
        Drawn::Point(at) => {
            let encoder = GeomEncoder::<i32>::new(GeomType::Point).point(at[0], at[1])?;
            return encoder.encode().map(Some);
        }
        Drawn::Lines(lines) => (GeomType::Linestring, lines),
        Drawn::Rings(rings) => (GeomType::Polygon, rings),
    };
    let mut encoder = GeomEncoder::<i32>::new(kind);
    let mut last = None;
    for (i, part) in parts.iter().enumerate() {
        if i > 0 {
            encoder.complete_geom()?;
        }
        // The encoder leaves out the MoveTo of a ring that starts where the one before
        // ended; such a ring starts one corner later instead.
        let turn = usize::from(kind == GeomType::Polygon && last == part.first().copied());
        for k in 0..part.len() {
            let at = part[(k + turn) % part.len()];
            encoder.add_point(at[0], at[1])?;
            last = Some(at);
        }
    }
    encoder.encode().map(Some)
}

#[cfg(test)]
#[path = "tile_tests.rs"]
mod tests;
