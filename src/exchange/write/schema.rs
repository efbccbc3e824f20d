//! What GeoJSON of the layers looks like, as JSON Schema (2020-12), made of the same table of
//! columns as the files: `docs/schema/layers.schema.json`.

use serde_json::{Map, Value, json};

use crate::exchange::write::layer::{Column, ColumnKind, GeometryKind, Layer};
use crate::exchange::write::layers::LAYERS;

/// The schema: under `$defs` a collection of each layer by its name; `layer.json#/$defs/beats`.
pub fn layers_schema() -> Value {
    let layers = LAYERS.iter();
    let defs: Map<String, Value> = layers
        .map(|layer| (layer.name.to_owned(), collection(layer)))
        .collect();
    json!({
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "Layers of Frontbeat as GeoJSON (RFC 7946)",
        "description": "Each definition is a collection of one layer, as frontbeat export and \
            /api/export write it.",
        "$defs": defs,
    })
}

fn collection(layer: &Layer) -> Value {
    let columns = layer.columns.iter();
    let properties: Map<String, Value> = columns
        .map(|column| (column.name.to_owned(), property(column)))
        .collect();
    let names: Vec<&str> = layer.columns.iter().map(|column| column.name).collect();
    let feature = json!({
        "type": "object",
        "required": ["type", "id", "geometry", "properties"],
        "properties": {
            "type": {"const": "Feature"},
            "id": {"type": "string"},
            "geometry": geometry(layer.geometry),
            "properties": {
                "type": "object",
                "required": names,
                "properties": properties,
                "additionalProperties": false,
            },
        },
    });
    json!({
        "title": format!("{} {}", layer.en, layer.zh),
        "description": layer.about,
        "type": "object",
        "required": ["type", "features"],
        "properties": {
            "type": {"const": "FeatureCollection"},
            "features": {"type": "array", "items": feature},
        },
    })
}

fn property(column: &Column) -> Value {
    let kind = match column.kind {
        ColumnKind::Text | ColumnKind::Time => "string",
        ColumnKind::Whole => "integer",
        ColumnKind::Real => "number",
        ColumnKind::Flag => "boolean",
    };
    let mut property = json!({
        "type": [kind, "null"],
        "title": column.label(false),
        "description": column.label(true),
    });
    if column.kind == ColumnKind::Time {
        property["format"] = "date-time".into();
    }
    property
}

fn geometry(kind: GeometryKind) -> Value {
    let position = json!({"type": "array", "items": {"type": "number"},
        "minItems": 2, "maxItems": 2});
    let list =
        |items: &Value, least: usize| json!({"type": "array", "items": items, "minItems": least});
    let of = |name: &str, coordinates: Value| {
        json!({"type": "object", "required": ["type", "coordinates"],
            "properties": {"type": {"const": name}, "coordinates": coordinates}})
    };
    let polygon = list(&list(&position, 4), 1);
    let mut any = match kind {
        GeometryKind::Point => vec![of("Point", position)],
        GeometryKind::Line => vec![of("LineString", list(&position, 2))],
        GeometryKind::Areas => vec![
            of("MultiPolygon", list(&polygon, 1)),
            of("Polygon", polygon),
        ],
    };
    any.push(json!({"type": "null"}));
    json!({"anyOf": any})
}
