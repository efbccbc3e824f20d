//! One table: every layer in every format, read by GDAL without a warning, has the same
//! features as the GeoJSON: count, extent, sums of attributes, corners, values.

use std::collections::BTreeMap;

use frontbeat::exchange::write::layer::{ColumnKind, Layer};
use frontbeat::exchange::write::layers::{LAYERS, layer_named};
use jiff::Timestamp;
use serde_json::Value;

use crate::stand::{exported, features, folder, quietly, sample, shown, succeed};

/// What a format can't keep.
struct Loss {
    /// Columns are named by their first ten letters.
    short_names: bool,
    /// Only attributes: the file has no shapes of its own.
    no_shapes: bool,
    /// Rows that are nowhere are left out.
    no_null_shapes: bool,
}

const WHOLE: Loss = Loss {
    short_names: false,
    no_shapes: false,
    no_null_shapes: false,
};

const FORMATS: [(&str, Loss); 9] = [
    ("geojson", WHOLE),
    ("geojsons", WHOLE),
    ("csv", WHOLE),
    (
        "fgb",
        Loss {
            no_null_shapes: true,
            ..WHOLE
        },
    ),
    ("kml", WHOLE),
    ("kmz", WHOLE),
    (
        "shp.zip",
        Loss {
            short_names: true,
            no_null_shapes: true,
            ..WHOLE
        },
    ),
    (
        "xlsx",
        Loss {
            no_shapes: true,
            ..WHOLE
        },
    ),
    ("gpkg", WHOLE),
];

/// A feature without what writings differ in.
#[derive(Debug, Clone, PartialEq)]
struct Plain {
    values: BTreeMap<&'static str, String>,
    corners: Vec<[i64; 2]>,
}

#[test]
fn every_layer_is_the_same_in_every_format() {
    let folder = folder();
    for layer in LAYERS {
        let more: &[&str] = match layer.name {
            "risk" => &["--model", "count"],
            _ => &[],
        };
        let reference = exported(folder.path(), layer.name, "geojson", more);
        let reference = features(&reference);
        let wanted: BTreeMap<String, Plain> =
            reference.iter().map(|f| plain(layer, f, &WHOLE)).collect();
        assert_eq!(
            wanted.len(),
            reference.len(),
            "{}: an id comes twice",
            layer.name
        );
        assert!(!wanted.is_empty(), "{} is empty", layer.name);
        for (ending, loss) in &FORMATS {
            if *ending == "xlsx" && layer.name == "basemap_areas" {
                continue; // some thousand outlines as cells say nothing that beats do not
            }
            let file = exported(folder.path(), layer.name, ending, more);
            let found = read(layer, &shown(&file), ending, loss);
            let mut wanted = wanted.clone();
            if loss.no_null_shapes {
                wanted.retain(|_, feature| !feature.corners.is_empty());
            }
            compare(
                &format!("{} as {ending}", layer.name),
                &wanted,
                &found,
                loss,
            );
            std::fs::remove_file(file).expect("deleted");
        }
    }
}

#[test]
fn counts_are_those_of_the_workspace() {
    let folder = folder();
    let info = succeed(folder.path(), &["info", &sample(), "--json"]);
    let info: Value = serde_json::from_str(&info).expect("JSON");
    let counts = info["layers"].as_array().expect("layers");
    let mut looked = 0;
    for count in counts {
        let Some(layer) = count["kind"].as_str().and_then(layer_named) else {
            continue;
        };
        let file = exported(folder.path(), layer.name, "geojson", &[]);
        assert_eq!(
            features(&file).len() as u64,
            count["count"].as_u64().expect("a number"),
            "{}",
            layer.name
        );
        looked += 1;
    }
    assert!(looked >= 14, "{info}");
}

/// A file as GDAL sees it.
fn read(layer: &'static Layer, file: &str, ending: &str, loss: &Loss) -> BTreeMap<String, Plain> {
    let source = match ending {
        "shp.zip" => format!("/vsizip/{file}/{}.shp", layer.name),
        _ => file.to_owned(),
    };
    let mut arguments = vec!["-f", "GeoJSON", "/vsistdout/", source.as_str()];
    if matches!(ending, "kml" | "kmz" | "xlsx" | "gpkg") {
        arguments.push(layer.name);
    }
    if ending == "csv" {
        arguments.extend(["-oo", "X_POSSIBLE_NAMES=lon", "-oo", "Y_POSSIBLE_NAMES=lat"]);
    }
    quietly("ogrinfo", &["-ro", "-so", "-al", &source]);
    let text = quietly("ogr2ogr", &arguments);
    let read: Value = serde_json::from_str(&text).unwrap_or_else(|e| panic!("{file}: {e}"));
    let all = read["features"].as_array().expect("features");
    all.iter()
        .map(|feature| plain(layer, feature, loss))
        .collect()
}

fn plain(layer: &'static Layer, feature: &Value, loss: &Loss) -> (String, Plain) {
    let mut values = BTreeMap::new();
    for column in layer.columns {
        let name: String = match loss.short_names {
            true => column.name.chars().take(10).collect(),
            false => column.name.to_owned(),
        };
        let value = match &feature["properties"][name.as_str()] {
            // GDAL leaves out a property that says what the feature's own id says.
            Value::Null if column.name == "id" => &feature["id"],
            // A placemark's own name hides the attribute of that name from GDAL.
            Value::Null if column.name == "name" => &feature["properties"]["Name"],
            value => value,
        };
        let text = match value {
            Value::Null => String::new(),
            Value::String(text) => text.clone(),
            other => other.to_string(),
        };
        values.insert(column.name, normal(column.kind, &text));
    }
    let mut corners = Vec::new();
    collect(&feature["geometry"]["coordinates"], &mut corners);
    // A ring may begin anywhere and run either way, and ends where it began.
    corners.sort_unstable();
    corners.dedup();
    (values["id"].clone(), Plain { values, corners })
}

/// A value in one writing, whatever the format's.
fn normal(kind: ColumnKind, text: &str) -> String {
    if text.is_empty() {
        return String::new();
    }
    match kind {
        ColumnKind::Text => text.to_owned(),
        ColumnKind::Flag => matches!(text, "true" | "1" | "T").to_string(),
        ColumnKind::Whole | ColumnKind::Real => match text.parse::<f64>() {
            Ok(number) => format!("{number:.9}"),
            Err(_) => format!("no number: {text}"),
        },
        ColumnKind::Time => {
            let iso = text.replacen('/', "-", 2).replacen(' ', "T", 1);
            let at = iso
                .parse::<Timestamp>()
                .or_else(|_| format!("{iso}:00").parse());
            at.map_or_else(
                |_| format!("no time: {text}"),
                |at| at.as_millisecond().to_string(),
            )
        }
    }
}

fn collect(coordinates: &Value, corners: &mut Vec<[i64; 2]>) {
    let Some(list) = coordinates.as_array() else {
        return;
    };
    match (
        list.first().and_then(Value::as_f64),
        list.get(1).and_then(Value::as_f64),
    ) {
        (Some(x), Some(y)) => corners.push([(x * 1e9).round() as i64, (y * 1e9).round() as i64]),
        _ => list.iter().for_each(|inner| collect(inner, corners)),
    }
}

fn compare(
    what: &str,
    wanted: &BTreeMap<String, Plain>,
    found: &BTreeMap<String, Plain>,
    loss: &Loss,
) {
    assert_eq!(found.len(), wanted.len(), "{what}: count");
    for (id, feature) in wanted {
        let other = found
            .get(id)
            .unwrap_or_else(|| panic!("{what}: {id} is missing"));
        assert_eq!(other.values, feature.values, "{what}: values of {id}");
        if !loss.no_shapes {
            assert_eq!(other.corners, feature.corners, "{what}: corners of {id}");
        }
    }
}
