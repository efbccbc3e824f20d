//! A row as a GeoJSON feature (RFC 7946): positions longitude first, polygons as such where
//! they have one part, times with the zone's offset.
//!
//! One writing for files, streams and answers: what a file says of a feature is what the
//! service says.

use geo_types::{Geometry, LineString, Polygon};
use jiff::tz::TimeZone;
use serde::Serialize;
use serde::ser::{SerializeMap, SerializeSeq, Serializer};

use crate::exchange::write::layer::Layer;
use crate::exchange::write::row::{FeatureRow, FieldValue};

/// A row to be written as a feature.
#[derive(Debug, Clone, Copy)]
pub struct JsonFeature<'a> {
    /// Whose columns.
    pub layer: &'a Layer,
    /// The row, in the frame in which it is written.
    pub row: &'a FeatureRow,
    /// Whose offset times have.
    pub zone: &'a TimeZone,
    /// Whether each position is written second number first.
    pub swapped: bool,
}

impl<'a> JsonFeature<'a> {
    /// Longitude first, as GeoJSON wants it.
    pub fn new(layer: &'a Layer, row: &'a FeatureRow, zone: &'a TimeZone) -> Self {
        Self {
            layer,
            row,
            zone,
            swapped: false,
        }
    }
}

impl Serialize for JsonFeature<'_> {
    fn serialize<S: Serializer>(&self, out: S) -> Result<S::Ok, S::Error> {
        let mut map = out.serialize_map(Some(4))?;
        map.serialize_entry("type", "Feature")?;
        map.serialize_entry("id", self.row.id())?;
        let geometry = self.row.geometry.as_ref();
        let swapped = self.swapped;
        map.serialize_entry(
            "geometry",
            &geometry.map(|shape| JsonGeometry { shape, swapped }),
        )?;
        map.serialize_entry("properties", &Properties(self))?;
        map.end()
    }
}

/// The properties alone.
struct Properties<'a, 'b>(&'b JsonFeature<'a>);

impl Serialize for Properties<'_, '_> {
    fn serialize<S: Serializer>(&self, out: S) -> Result<S::Ok, S::Error> {
        let columns = self.0.layer.columns;
        let mut map = out.serialize_map(Some(columns.len()))?;
        for (column, value) in columns.iter().zip(&self.0.row.values) {
            map.serialize_key(column.name)?;
            match value {
                FieldValue::Nothing => map.serialize_value(&())?,
                FieldValue::Text(text) => map.serialize_value(text)?,
                FieldValue::Word(word) => map.serialize_value(word)?,
                FieldValue::Whole(number) => map.serialize_value(number)?,
                FieldValue::Real(number) => map.serialize_value(number)?,
                FieldValue::Flag(flag) => map.serialize_value(flag)?,
                FieldValue::Time(_) => map.serialize_value(&value.to_text(self.0.zone))?,
            }
        }
        map.end()
    }
}

/// A geometry to be written.
#[derive(Debug, Clone, Copy)]
pub struct JsonGeometry<'a> {
    /// The geometry.
    pub shape: &'a Geometry<f64>,
    /// Second number first.
    pub swapped: bool,
}

impl Serialize for JsonGeometry<'_> {
    fn serialize<S: Serializer>(&self, out: S) -> Result<S::Ok, S::Error> {
        let mut map = out.serialize_map(Some(2))?;
        let swapped = self.swapped;
        match self.shape {
            Geometry::Point(point) => {
                map.serialize_entry("type", "Point")?;
                map.serialize_entry("coordinates", &pair(point.x(), point.y(), swapped))?;
            }
            Geometry::LineString(line) => {
                map.serialize_entry("type", "LineString")?;
                map.serialize_entry("coordinates", &Line(line, swapped))?;
            }
            Geometry::Polygon(polygon) => {
                map.serialize_entry("type", "Polygon")?;
                map.serialize_entry("coordinates", &Rings(polygon, swapped))?;
            }
            Geometry::MultiPolygon(parts) => match parts.0.as_slice() {
                [one] => {
                    map.serialize_entry("type", "Polygon")?;
                    map.serialize_entry("coordinates", &Rings(one, swapped))?;
                }
                parts => {
                    map.serialize_entry("type", "MultiPolygon")?;
                    let parts: Vec<Rings<'_>> = parts.iter().map(|p| Rings(p, swapped)).collect();
                    map.serialize_entry("coordinates", &parts)?;
                }
            },
            // No layer has others.
            _ => {
                map.serialize_entry("type", "GeometryCollection")?;
                map.serialize_entry("geometries", &[(); 0])?;
            }
        }
        map.end()
    }
}

struct Line<'a>(&'a LineString<f64>, bool);

impl Serialize for Line<'_> {
    fn serialize<S: Serializer>(&self, out: S) -> Result<S::Ok, S::Error> {
        out.collect_seq(self.0.coords().map(|c| pair(c.x, c.y, self.1)))
    }
}

struct Rings<'a>(&'a Polygon<f64>, bool);

impl Serialize for Rings<'_> {
    fn serialize<S: Serializer>(&self, out: S) -> Result<S::Ok, S::Error> {
        let mut rings = out.serialize_seq(Some(1 + self.0.interiors().len()))?;
        rings.serialize_element(&Line(self.0.exterior(), self.1))?;
        for hole in self.0.interiors() {
            rings.serialize_element(&Line(hole, self.1))?;
        }
        rings.end()
    }
}

fn pair(x: f64, y: f64, swapped: bool) -> [f64; 2] {
    if swapped { [y, x] } else { [x, y] }
}
