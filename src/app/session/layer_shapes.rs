//! A layer's features as vector tiles draw them, found by tile.
//!
//! Made from the layer's GeoJSON, so that a tile says of a feature what `/api/layers` says.

use geo::{Area, InteriorPoint, LineString, Polygon};
use serde::Deserialize;
use serde_json::{Map, Value};

use crate::exchange::tile::{self, TileError, TileFeature, TileId, TileShape, TileValue};
use crate::index::boxes::BoxIndex;
use crate::place::position::Position;

/// The drawn shapes of a layer.
#[derive(Debug)]
pub struct LayerShapes {
    shapes: Vec<Shape>,
    properties: Vec<Map<String, Value>>,
    /// Where the name of a feature with areas stands: within its largest one.
    names: Vec<(usize, Position)>,
    index: BoxIndex,
}

/// One point or polygon of a feature.
#[derive(Debug)]
struct Shape {
    /// Which feature.
    feature: usize,
    drawn: TileShape<'static>,
}

/// The geometries that layers have.
#[derive(Debug, Deserialize)]
#[serde(tag = "type", content = "coordinates")]
enum Geometry {
    Point(Position),
    Polygon(Vec<Vec<Position>>),
    MultiPolygon(Vec<Vec<Vec<Position>>>),
}

impl LayerShapes {
    /// Takes a layer's GeoJSON features.
    ///
    /// # Errors
    /// Where one has a geometry that is no point, polygon or multi-polygon.
    pub fn new(features: Vec<Value>) -> Result<Self, serde_json::Error> {
        let mut shapes = Vec::new();
        let mut properties = Vec::new();
        let mut names = Vec::new();
        for (number, mut feature) in features.into_iter().enumerate() {
            let drawn = match Geometry::deserialize(feature["geometry"].take())? {
                Geometry::Point(position) => vec![TileShape::Point(position)],
                Geometry::Polygon(rings) => vec![TileShape::polygon(rings)],
                Geometry::MultiPolygon(parts) => {
                    parts.into_iter().map(TileShape::polygon).collect()
                }
            };
            names.extend(within(&drawn).map(|at| (number, at)));
            shapes.extend(drawn.into_iter().map(|drawn| Shape {
                feature: number,
                drawn,
            }));
            properties.push(match feature["properties"].take() {
                Value::Object(members) => members,
                _ => Map::new(),
            });
        }
        let boxes: Vec<[f64; 4]> = shapes.iter().map(|shape| bounds(&shape.drawn)).collect();
        Ok(Self {
            index: BoxIndex::new(&boxes),
            shapes,
            properties,
            names,
        })
    }

    /// Encodes a tile with a layer of that name, and where `names` says so with another of points
    /// at which the names of areas stand, each in one tile. A feature's number is its place in the
    /// layer, from 1; the parts of a multi-polygon share it.
    ///
    /// # Errors
    /// [`TileError::Encoding`].
    pub fn tile(
        &self,
        tile: TileId,
        name: &str,
        names: Option<&str>,
    ) -> Result<Vec<u8>, TileError> {
        let meeting = self.index.meeting(tile::bounds(tile));
        let features = meeting.into_iter().map(|i| {
            let shape = &self.shapes[i as usize];
            self.feature(shape.feature, shape.drawn.clone())
        });
        let mut layers = vec![(name, features.collect())];
        if let Some(names) = names {
            let here = self.names.iter().filter(|(_, at)| tile::holds(tile, *at));
            let here = here.map(|&(feature, at)| self.feature(feature, TileShape::Point(at)));
            layers.push((names, here.collect()));
        }
        tile::encode(tile, &layers)
    }

    fn feature<'a>(&'a self, number: usize, geometry: TileShape<'a>) -> TileFeature<'a> {
        let properties = self.properties[number].iter();
        TileFeature {
            geometry,
            properties: properties
                .filter_map(|(name, value)| Some((name.as_str(), drawn_value(value)?)))
                .collect(),
            id: Some(number as u64 + 1),
        }
    }
}

/// A position within the largest of a feature's areas; none where it has none.
fn within(drawn: &[TileShape<'_>]) -> Option<Position> {
    let areas = drawn.iter().filter_map(|shape| match shape {
        TileShape::Polygon(rings) => Some(polygon(rings)),
        TileShape::Point(_) | TileShape::Line(_) => None,
    });
    let largest = areas.max_by(|a, b| a.unsigned_area().total_cmp(&b.unsigned_area()))?;
    let at = largest.interior_point()?;
    Position::new(at.x(), at.y()).ok()
}

fn polygon(rings: &[Vec<Position>]) -> Polygon<f64> {
    let mut lines = rings.iter().map(|ring| {
        let corners = ring.iter().map(|p| p.coord());
        corners.collect::<LineString<f64>>()
    });
    let outer = lines.next().unwrap_or_else(|| LineString::new(Vec::new()));
    Polygon::new(outer, lines.collect())
}

/// A value as tiles have them; what is not known is left out.
fn drawn_value(value: &Value) -> Option<TileValue<'_>> {
    match value {
        Value::String(text) => Some(TileValue::from(text.as_str())),
        Value::Bool(truth) => Some(TileValue::from(*truth)),
        Value::Number(number) => match number.as_i64() {
            Some(whole) => Some(TileValue::from(whole)),
            None => number.as_f64().map(TileValue::from),
        },
        Value::Null | Value::Array(_) | Value::Object(_) => None,
    }
}

/// `[west, south, east, north]` of a shape.
fn bounds(shape: &TileShape<'_>) -> [f64; 4] {
    let positions: Vec<Position> = match shape {
        TileShape::Point(position) => vec![*position],
        TileShape::Line(line) => line.to_vec(),
        // Holes lie within the outer ring.
        TileShape::Polygon(rings) => rings.first().cloned().unwrap_or_default(),
    };
    positions
        .iter()
        .fold([180.0, 90.0, -180.0, -90.0], |[w, s, e, n], p| {
            [
                w.min(p.lon()),
                s.min(p.lat()),
                e.max(p.lon()),
                n.max(p.lat()),
            ]
        })
}
