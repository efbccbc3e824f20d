//! GeoJSON in: features one by one, so that a broken one is a refused row and not a
//! refused file. The old `crs` member is respected. Text sequences (RFC 8142, or a feature a
//! line) are read as the features that they hold.

use geojson::{Geometry, GeometryValue};
use serde_json::{Map, Value};

use crate::exchange::read::archive::INFLATED_LIMIT;
use crate::exchange::read::fault::ReadFault;
use crate::exchange::read::format::RECORD_SEPARATOR;
use crate::exchange::read::table::{MOST_COLUMNS, RawShape, StatedFrame, Table};
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
    let root = root_of(text.trim_start_matches('\u{feff}'))?;
    let frame = stated_frame(&root);
    let features = features_of(root)?;
    let columns = columns_of(&features);
    if columns.len() > MOST_COLUMNS {
        return Err(ReadFault::TooMany {
            what: "names of properties",
            most: MOST_COLUMNS as u64,
        });
    }
    if features.is_empty() {
        return Err(ReadFault::NoRows {
            columns: "FeatureCollection".to_owned(),
        });
    }
    let mut table = Table::new(columns.clone(), format!("GeoJSON, {encoding}"), "feature");
    table.frame = frame;
    for (at, feature) in features.into_iter().enumerate() {
        let (properties, shape) = split(feature);
        let cells: Vec<String> = columns
            .iter()
            .map(|name| properties.get(name).map_or_else(String::new, cell_text))
            .collect();
        let number = u32::try_from(at + 1).unwrap_or(u32::MAX);
        table.push_with_shape(number, cells.iter().map(String::as_str), shape);
        table.check_held(most_bytes)?;
    }
    Ok(table)
}

/// The outermost value; of a sequence of texts an array of them.
fn root_of(text: &str) -> Result<Value, ReadFault> {
    let damaged = |fault: serde_json::Error| ReadFault::Damaged {
        format: "GeoJSON",
        place: format!("line {}, column {}", fault.line(), fault.column()),
        why: fault.to_string(),
    };
    // JSON knows no such character outside strings, and inside only escaped.
    let blank = text.contains(RECORD_SEPARATOR);
    let blank = blank.then(|| text.replace(RECORD_SEPARATOR, " "));
    let text = blank.as_deref().unwrap_or(text);
    let mut texts = serde_json::Deserializer::from_str(text).into_iter::<Value>();
    let first = texts.next().transpose().map_err(damaged)?;
    let Some(first) = first else {
        return Err(ReadFault::Empty);
    };
    let mut all = Vec::new();
    for next in texts {
        all.push(next.map_err(damaged)?);
    }
    if all.is_empty() {
        return Ok(first);
    }
    all.insert(0, first);
    Ok(Value::Array(all))
}

fn features_of(root: Value) -> Result<Vec<Value>, ReadFault> {
    let refuse = |why: &str| ReadFault::Damaged {
        format: "GeoJSON",
        place: "the outermost object".to_owned(),
        why: why.to_owned(),
    };
    match root {
        Value::Array(features) => Ok(features),
        Value::Object(mut object) => match object.get("type").and_then(Value::as_str) {
            Some("FeatureCollection") => match object.remove("features") {
                Some(Value::Array(features)) => Ok(features),
                _ => Err(refuse("a FeatureCollection without its list of features")),
            },
            Some("Feature") => Ok(vec![Value::Object(object)]),
            Some(_) if object.contains_key("coordinates") => {
                let mut feature = Map::new();
                feature.insert("geometry".to_owned(), Value::Object(object));
                Ok(vec![Value::Object(feature)])
            }
            _ => Err(refuse("it has no \"type\" that GeoJSON knows")),
        },
        _ => Err(refuse("it is no object")),
    }
}

/// Names of all properties, in order of first appearance; a feature's `id` counts as the
/// property `id` where no property is called so.
fn columns_of(features: &[Value]) -> Vec<String> {
    let mut columns: Vec<String> = Vec::new();
    let mut seen = std::collections::HashSet::new();
    for feature in features {
        if let Some(properties) = feature.get("properties").and_then(Value::as_object) {
            for name in properties.keys() {
                if seen.insert(name.clone()) {
                    columns.push(name.clone());
                }
            }
        }
    }
    if !seen.contains("id") && features.iter().any(|f| f.get("id").is_some()) {
        columns.push("id".to_owned());
    }
    columns
}

fn split(mut feature: Value) -> (Map<String, Value>, RawShape) {
    let mut properties = match feature.get_mut("properties").map(Value::take) {
        Some(Value::Object(properties)) => properties,
        _ => Map::new(),
    };
    if let Some(id) = feature.get_mut("id").map(Value::take)
        && !properties.contains_key("id")
    {
        properties.insert("id".to_owned(), id);
    }
    let shape = match feature.get_mut("geometry").map(Value::take) {
        None | Some(Value::Null) => RawShape::Nothing,
        Some(geometry) => match serde_json::from_value::<Geometry>(geometry) {
            Ok(geometry) => raw_shape(&geometry.value),
            Err(_) => RawShape::Other("a geometry that breaks GeoJSON's rules"),
        },
    };
    (properties, shape)
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
fn stated_frame(root: &Value) -> StatedFrame {
    let named = root.get("name").and_then(Value::as_str);
    if let Some(shifted) = named.and_then(StatedFrame::of_name) {
        return shifted;
    }
    let Some(name) = root.pointer("/crs/properties/name").and_then(Value::as_str) else {
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
    use crate::exchange::read::geojson_table::read_geojson;
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
