//! GeoJSON in: features one by one, so that a broken one is a refused row and not a
//! refused file. The old `crs` member is respected. Text sequences (RFC 8142, or a feature a
//! line) are read as the features that they hold.

use std::fmt;

use geojson::{Geometry, GeometryValue};
use serde::de::{DeserializeSeed, Error, MapAccess, SeqAccess, Visitor};
use serde_json::{Deserializer, Map, Value};

use crate::exchange::read::archive::INFLATED_LIMIT;
use crate::exchange::read::fault::ReadFault;
use crate::exchange::read::format::RECORD_SEPARATOR;
use crate::exchange::read::gather::Gather;
use crate::exchange::read::json_held::{HeldBytes, HeldValue};
use crate::exchange::read::table::{RawShape, StatedFrame, Table};
use crate::exchange::read::text::decode;

/// Reads a FeatureCollection, a Feature, a bare geometry, or an array of features.
///
/// # Errors
/// [`ReadFault`].
pub fn read_geojson(bytes: &[u8]) -> Result<Table, ReadFault> {
    read_geojson_within(bytes, INFLATED_LIMIT)
}

/// Reads the same, of which so many bytes may be held in memory as rows.
///
/// # Errors
/// [`ReadFault`].
pub fn read_geojson_within(bytes: &[u8], most_bytes: u64) -> Result<Table, ReadFault> {
    let (text, encoding) = decode(bytes)?;
    let mut reading = Reading {
        held: HeldBytes::new(0),
        members: 0,
        rows: Gather::new(most_bytes),
        fault: None,
    };
    let frame = reading.read(text.trim_start_matches('\u{feff}'))?;
    if reading.rows.is_empty() {
        return Err(ReadFault::NoRows {
            columns: "FeatureCollection".to_owned(),
        });
    }
    let description = format!("GeoJSON, {encoding}");
    let mut table = reading.rows.into_table(&description, None)?;
    table.frame = frame;
    Ok(table)
}

/// As far as the text was read: one feature at a time is held as the values that it is
/// written in, which take many times their text.
struct Reading {
    held: HeldBytes,
    /// What the members of the outermost object, and of objects in the place of its list of
    /// features, hold, bytes.
    members: usize,
    rows: Gather,
    /// Why no row was added.
    fault: Option<ReadFault>,
}

/// What a text was.
enum Root {
    /// A list, whose features are rows by now.
    List,
    /// An object without its `features`, and whether these were there and are rows by now.
    Object(Map<String, Value>, bool),
    /// Neither.
    Other,
}

impl Reading {
    /// Reads all texts; the frame that an only one states.
    fn read(&mut self, text: &str) -> Result<StatedFrame, ReadFault> {
        // JSON knows no such character outside strings, and inside only escaped.
        let blank = text.contains(RECORD_SEPARATOR);
        let blank = blank.then(|| text.replace(RECORD_SEPARATOR, " "));
        let text = blank.as_deref().unwrap_or(text);
        let mut texts = Deserializer::from_str(text);
        let (mut number, mut frame) = (0u64, StatedFrame::Unstated);
        while texts.end().is_err() {
            self.members = 0;
            let root = RootSeed(self).deserialize(&mut texts);
            let root = root.map_err(|fault| self.fault_of(&fault))?;
            number += 1;
            frame = match &root {
                Root::Object(object, _) if number == 1 => stated_frame(object),
                _ => StatedFrame::Unstated,
            };
            self.take(root, number > 1)?;
        }
        match number {
            0 => Err(ReadFault::Empty),
            _ => Ok(frame),
        }
    }

    /// Takes in what an outermost value is beside its list of features.
    fn take(&mut self, root: Root, in_sequence: bool) -> Result<(), ReadFault> {
        let refuse = |why: &str| ReadFault::Damaged {
            format: "GeoJSON",
            place: "the outermost object".to_owned(),
            why: why.to_owned(),
        };
        let (object, has_features) = match root {
            Root::List => return Ok(()),
            Root::Object(object, has_features) => (object, has_features),
            Root::Other => return Err(refuse("it is no object")),
        };
        match object.get("type").and_then(Value::as_str) {
            Some("FeatureCollection") if has_features => Ok(()),
            Some("FeatureCollection") => {
                Err(refuse("a FeatureCollection without its list of features"))
            }
            Some("Feature") => self.add(Value::Object(object)),
            Some(_) if object.contains_key("coordinates") => {
                let mut feature = Map::new();
                feature.insert("geometry".to_owned(), Value::Object(object));
                self.add(Value::Object(feature))
            }
            _ if in_sequence => self.add(Value::Object(object)),
            _ => Err(refuse("it has no \"type\" that GeoJSON knows")),
        }
    }

    fn add(&mut self, feature: Value) -> Result<(), ReadFault> {
        let (values, shape) = split(feature);
        self.rows.push("", values, shape)
    }

    /// Makes room for the next value: what the rows and the outermost object leave.
    fn next_value(&self) -> HeldValue<'_> {
        let left = self.rows.left().saturating_sub(self.members);
        self.held.reset(left);
        HeldValue(&self.held)
    }

    fn fault_of(&mut self, fault: &serde_json::Error) -> ReadFault {
        let too_large = self.held.is_over().then(|| self.rows.too_large());
        let known = self.fault.take().or(too_large);
        known.unwrap_or_else(|| ReadFault::Damaged {
            format: "GeoJSON",
            place: format!("line {}, column {}", fault.line(), fault.column()),
            why: fault.to_string(),
        })
    }
}

/// Reads an outermost value.
struct RootSeed<'r>(&'r mut Reading);

impl<'de> DeserializeSeed<'de> for RootSeed<'_> {
    type Value = Root;

    fn deserialize<D: serde::Deserializer<'de>>(self, texts: D) -> Result<Root, D::Error> {
        texts.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for RootSeed<'_> {
    type Value = Root;

    fn expecting(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str("a JSON value")
    }

    fn visit_unit<E: Error>(self) -> Result<Root, E> {
        Ok(Root::Other)
    }

    fn visit_bool<E: Error>(self, _: bool) -> Result<Root, E> {
        Ok(Root::Other)
    }

    fn visit_i64<E: Error>(self, _: i64) -> Result<Root, E> {
        Ok(Root::Other)
    }

    fn visit_u64<E: Error>(self, _: u64) -> Result<Root, E> {
        Ok(Root::Other)
    }

    fn visit_f64<E: Error>(self, _: f64) -> Result<Root, E> {
        Ok(Root::Other)
    }

    fn visit_str<E: Error>(self, _: &str) -> Result<Root, E> {
        Ok(Root::Other)
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<Root, A::Error> {
        while let Some(feature) = list.next_element_seed(self.0.next_value())? {
            if let Err(fault) = self.0.add(feature) {
                self.0.fault = Some(fault);
                return Err(A::Error::custom("no row"));
            }
        }
        Ok(Root::List)
    }

    fn visit_map<A: MapAccess<'de>>(self, mut members: A) -> Result<Root, A::Error> {
        let mut object = Map::new();
        let mut has_features = false;
        while let Some(name) = members.next_key::<String>()? {
            if name == "features" {
                let root = members.next_value_seed(RootSeed(self.0))?;
                has_features |= matches!(root, Root::List);
            } else {
                let value = self.0.next_value();
                let left = value.0.left();
                let value = members.next_value_seed(value)?;
                self.0.members += left - self.0.held.left() + name.len();
                object.insert(name, value);
            }
        }
        Ok(Root::Object(object, has_features))
    }
}

/// Its cells and its shape; a feature's `id` counts as the property `id` where none is called
/// so.
fn split(mut feature: Value) -> (Vec<(String, String)>, RawShape) {
    let properties = match feature.get_mut("properties").map(Value::take) {
        Some(Value::Object(properties)) => properties,
        _ => Map::new(),
    };
    let id = feature.get_mut("id").map(Value::take);
    let id = id.filter(|_| !properties.contains_key("id"));
    let named = properties
        .into_iter()
        .chain(id.map(|id| ("id".to_owned(), id)));
    let values = named.map(|(name, value)| (name, cell_text(&value)));
    let values = values.collect();
    let shape = match feature.get_mut("geometry").map(Value::take) {
        None | Some(Value::Null) => RawShape::Nothing,
        Some(geometry) => match serde_json::from_value::<Geometry>(geometry) {
            Ok(geometry) => raw_shape(&geometry.value),
            Err(_) => RawShape::Other("a geometry that breaks GeoJSON's rules"),
        },
    };
    (values, shape)
}

fn cell_text(value: &Value) -> String {
    match value {
        Value::Null => String::new(),
        Value::String(text) => text.clone(),
        other => other.to_string(),
    }
}

fn raw_shape(geometry: &GeometryValue) -> RawShape {
    let xy = |p: &geojson::Position| match p.as_slice() {
        [x, y, ..] => [*x, *y],
        _ => [f64::NAN, f64::NAN],
    };
    let rings = |polygon: &Vec<Vec<geojson::Position>>| {
        polygon
            .iter()
            .map(|ring| ring.iter().map(xy).collect())
            .collect::<Vec<Vec<[f64; 2]>>>()
    };
    match geometry {
        GeometryValue::Point { coordinates } => RawShape::Point(xy(coordinates)),
        GeometryValue::MultiPoint { coordinates } if coordinates.len() == 1 => {
            RawShape::Point(xy(&coordinates[0]))
        }
        GeometryValue::Polygon { coordinates } => RawShape::Polygons(vec![rings(coordinates)]),
        GeometryValue::MultiPolygon { coordinates } => {
            RawShape::Polygons(coordinates.iter().map(rings).collect())
        }
        GeometryValue::MultiPoint { .. } => RawShape::Other("a set of several points"),
        GeometryValue::LineString { .. } | GeometryValue::MultiLineString { .. } => {
            RawShape::Other("a line")
        }
        GeometryValue::GeometryCollection { .. } => RawShape::Other("a collection of geometries"),
    }
}

/// The frame of the `crs` member that RFC 7946 dropped: `…EPSG::4490`, `…CRS84`.
fn stated_frame(root: &Map<String, Value>) -> StatedFrame {
    let named = root.get("name").and_then(Value::as_str);
    if let Some(shifted) = named.and_then(StatedFrame::of_name) {
        return shifted;
    }
    let crs = root.get("crs");
    let name = crs.and_then(|crs| crs.pointer("/properties/name"));
    let Some(name) = name.and_then(Value::as_str) else {
        // RFC 7946 means WGS 84 then; but files in other frames without a word are common,
        // so that the numbers are looked at first.
        return StatedFrame::Unstated;
    };
    if name.ends_with("CRS84") {
        return StatedFrame::Epsg(4326);
    }
    name.rsplit(':')
        .next()
        .and_then(|code| code.parse().ok())
        .map_or(StatedFrame::Unstated, StatedFrame::Epsg)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use crate::exchange::read::fault::ReadFault;
    use crate::exchange::read::geojson_table::{read_geojson, read_geojson_within};
    use crate::exchange::read::table::{RawShape, StatedFrame};

    #[test]
    fn features_with_properties_and_a_broken_one() {
        let text = r#"{"type":"FeatureCollection",
          "crs":{"type":"name","properties":{"name":"urn:ogc:def:crs:EPSG::2913"}},
          "features":[
            {"type":"Feature","id":7,"properties":{"名称":"岗","n":1},"geometry":{"type":"Point","coordinates":[1,2,3]}},
            {"type":"Feature","properties":{"x":null},"geometry":{"type":"Point","coordinates":["a"]}}]}"#;
        let table = read_geojson(text.as_bytes()).unwrap();
        assert_eq!(table.frame, StatedFrame::Epsg(2913));
        assert_eq!(table.len(), 2);
        let id = table.columns().iter().position(|c| c == "id").unwrap();
        assert_eq!(table.cell(0, id), "7");
        assert_eq!(table.shape(0), Some(&RawShape::Point([1.0, 2.0])));
        assert!(matches!(table.shape(1), Some(RawShape::Other(_))));
    }

    #[test]
    fn sequences_with_and_without_separators() {
        let feature = r#"{"type":"Feature","properties":{"n":1},"geometry":{"type":"Point","coordinates":[1,2]}}"#;
        for separator in ["\u{1e}", ""] {
            let text = format!("{separator}{feature}\n{separator}{feature}\n");
            let table = read_geojson(text.as_bytes()).unwrap();
            assert_eq!((table.len(), table.number(1)), (2, 2));
            assert_eq!(table.shape(1), Some(&RawShape::Point([1.0, 2.0])));
        }
        let cut = format!("{feature}\n{}", &feature[..20]);
        let fault = read_geojson(cut.as_bytes()).unwrap_err().to_string();
        assert!(fault.contains("line 2"), "{fault}");
    }

    #[test]
    fn names_without_end_are_refused() {
        let features: Vec<String> = (0..3_000)
            .map(|i| format!(r#"{{"type":"Feature","properties":{{"n{i}":1}},"geometry":null}}"#))
            .collect();
        let fault = read_geojson(features.join("\n").as_bytes()).unwrap_err();
        assert!(matches!(fault, ReadFault::TooMany { .. }), "{fault}");
    }

    #[test]
    fn values_are_counted_while_they_are_built() {
        let inside = r#"{"":1},"#.repeat(10_000);
        let list = format!("[{inside}1]");
        let point = r#""geometry":{"type":"Point","coordinates":[1,2]}"#;
        for text in [
            format!(r#"{{"type":"Feature","harm":{list},{point}}}"#),
            format!(r#"{{"type":"FeatureCollection","features":[{{"harm":{list},{point}}}]}}"#),
            format!(r#"{{"type":"FeatureCollection","harm":{list},"features":[{{{point}}}]}}"#),
            format!(r#"[{{"harm":{list},{point}}}]"#),
        ] {
            let fault = read_geojson_within(text.as_bytes(), 1 << 20).unwrap_err();
            assert!(matches!(fault, ReadFault::TooLarge { .. }), "{fault}");
            assert_eq!(read_geojson(text.as_bytes()).unwrap().len(), 1);
        }
    }

    #[test]
    fn what_one_feature_held_is_given_back_to_the_next() {
        let feature = r#"{"type":"Feature","properties":{"a":{"b":{}}},"geometry":null}"#;
        let list = vec![feature; 2_000].join(",");
        let text =
            format!(r#"{{"features":[{list}],"type":"FeatureCollection","name":"x_gcj02"}}"#);
        let table = read_geojson_within(text.as_bytes(), 1 << 20).unwrap();
        assert_eq!((table.len(), table.cell(1_999, 0)), (2_000, r#"{"b":{}}"#));
        assert_eq!(table.frame, StatedFrame::Shifted("gcj02"));
    }

    #[test]
    fn a_fault_names_line_and_column() {
        let fault = read_geojson(b"{\"type\":\n \"Feature\",,}").unwrap_err();
        assert!(fault.to_string().contains("line 2"), "{fault}");
        let empty = read_geojson(br#"{"type":"FeatureCollection","features":[]}"#);
        assert!(matches!(empty, Err(ReadFault::NoRows { .. })));
    }

    proptest! {
        #[test]
        fn any_text_is_read_or_refused(text in r#"[\{\}\[\]",:a-z0-9. ]{0,200}"#) {
            let _ = read_geojson(text.as_bytes());
            let feature = format!(r#"{{"type":"Feature","geometry":{text}}}"#);
            let _ = read_geojson(feature.as_bytes());
        }
        #[test]
        fn any_bytes_are_read_or_refused(bytes in proptest::collection::vec(any::<u8>(), 0..400)) {
            let _ = read_geojson(&bytes);
        }
    }
}
