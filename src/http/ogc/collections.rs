//! The collections: every layer but the basemap, which the tiles draw.

use axum::extract::{Path, State};
use axum::response::Response;
use serde_json::{Map, Value, json};

use crate::app::session::layers::LayerKind;
use crate::app::session::snapshot::Snapshot;
use crate::exchange::feature_geojson::local_time;
use crate::exchange::write::format::FORMATS;
use crate::exchange::write::layer::{ColumnKind, GeometryKind, Layer};
use crate::exchange::write::layers::{LAYERS, layer_named};
use crate::http::api::Service;
use crate::http::geojson_body::GEO_JSON;
use crate::http::ogc::asked::{Asked, Form, HTML, link};
use crate::http::ogc::frames::{CRS84, frames};
use crate::http::ogc::pages;
use crate::http::ogc::tile_sets::{TILESETS, is_tiled};
use crate::http::problem::Problem;
use crate::http::query::quoted;

const JSON: &str = "application/json";
const SCHEMA: &str = "application/schema+json";
const QUERYABLES: &str = "http://www.opengis.net/def/rel/ogc/1.0/queryables";

/// The layers that are collections.
pub fn offered() -> impl Iterator<Item = &'static Layer> {
    LAYERS
        .iter()
        .filter(|layer| !layer.name.starts_with("basemap"))
}

/// The layer of a collection's id.
///
/// # Errors
/// [`Problem`] that lists the collections.
pub fn known(id: &str) -> Result<&'static Layer, Problem> {
    let layer = layer_named(id).filter(|layer| layer.name == id);
    layer
        .filter(|layer| offered().any(|other| other == *layer))
        .ok_or_else(|| {
            let names: Vec<&str> = offered().map(|layer| layer.name).collect();
            let detail = format!(
                "there is no collection {}; known: {}",
                quoted(id),
                names.join(", ")
            );
            Problem::unknown("collection", detail)
        })
}

/// A text as a segment of a path.
pub fn path_segment(text: &str) -> String {
    let mut segment = String::with_capacity(text.len());
    for byte in text.bytes() {
        match byte {
            b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'-' | b'_' | b'.' | b'~' => {
                segment.push(char::from(byte));
            }
            other => segment.push_str(&format!("%{other:02X}")),
        }
    }
    segment
}

/// `GET /ogc/collections`.
///
/// # Errors
/// [`Problem`].
pub async fn list(State(service): State<Service>, mut asked: Asked) -> Result<Response, Problem> {
    std::mem::take(&mut asked.query).finish()?;
    let snapshot = service.session.snapshot();
    snapshot.look_for_bounds().await;
    let all: Vec<Value> = offered()
        .map(|layer| describe(layer, &asked, &snapshot))
        .collect();
    let links = asked.own_links(JSON);
    if asked.form == Form::Html {
        let text = pages::collections(&asked, &snapshot, &links);
        return Ok(asked.answer(HTML, text.into_bytes()));
    }
    let uris: Vec<String> = frames(&snapshot)
        .into_iter()
        .map(|frame| frame.uri)
        .collect();
    let body = json!({ "links": links, "crs": uris, "collections": all });
    Ok(asked.answer(JSON, body.to_string().into_bytes()))
}

/// `GET /ogc/collections/{id}`.
///
/// # Errors
/// [`Problem`].
pub async fn one(
    State(service): State<Service>,
    Path(id): Path<String>,
    mut asked: Asked,
) -> Result<Response, Problem> {
    let layer = known(&id)?;
    std::mem::take(&mut asked.query).finish()?;
    let snapshot = service.session.snapshot();
    if asked.form == Form::Html {
        let text = pages::collection(&asked, layer, &snapshot);
        return Ok(asked.answer(HTML, text.into_bytes()));
    }
    snapshot.look_for_bounds().await;
    let mut body = describe(layer, &asked, &snapshot);
    if let Some(links) = body["links"].as_array_mut() {
        let own = asked.own_links(JSON);
        // The description's own link to itself is the canonical one of a list.
        links.retain(|link| link["rel"] != "self");
        links.splice(0..0, own);
    }
    Ok(asked.answer(JSON, body.to_string().into_bytes()))
}

/// `GET /ogc/collections/{id}/queryables`: what filters may name, as a JSON Schema.
///
/// # Errors
/// [`Problem`].
pub async fn queryables(
    State(_): State<Service>,
    Path(id): Path<String>,
    mut asked: Asked,
) -> Result<Response, Problem> {
    let layer = known(&id)?;
    std::mem::take(&mut asked.query).finish()?;
    if asked.form == Form::Html {
        let text = pages::queryables(&asked, layer);
        return Ok(asked.answer(HTML, text.into_bytes()));
    }
    let mut properties = Map::new();
    for column in layer.columns {
        let mut schema = match column.kind {
            ColumnKind::Text => json!({ "type": "string" }),
            ColumnKind::Whole => json!({ "type": "integer" }),
            ColumnKind::Real => json!({ "type": "number" }),
            ColumnKind::Flag => json!({ "type": "boolean" }),
            ColumnKind::Time => json!({ "type": "string", "format": "date-time" }),
        };
        schema["title"] = format!("{} {}", column.label(false), column.zh).into();
        properties.insert(column.name.to_owned(), schema);
    }
    let geometry = match layer.geometry {
        GeometryKind::Point => "geometry-point",
        GeometryKind::Line => "geometry-linestring",
        GeometryKind::Areas => "geometry-multipolygon",
    };
    properties.insert("geometry".to_owned(), json!({ "format": geometry }));
    let body = json!({
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "$id": asked.address(&format!("/collections/{}/queryables", layer.name)),
        "type": "object",
        "title": format!("{} {}", layer.en, layer.zh),
        "properties": properties,
        "additionalProperties": false,
    });
    Ok(asked.answer(SCHEMA, body.to_string().into_bytes()))
}

/// A collection as the standard describes it.
fn describe(layer: &Layer, asked: &Asked, snapshot: &Snapshot) -> Value {
    let path = asked.address(&format!("/collections/{}", layer.name));
    let mut links = vec![
        link("self", JSON, &path, layer.en),
        link(
            "items",
            GEO_JSON,
            &format!("{path}/items?f=json"),
            "features as GeoJSON",
        ),
        link(
            "items",
            "text/html",
            &format!("{path}/items?f=html"),
            "features as a page",
        ),
        link(
            QUERYABLES,
            SCHEMA,
            &format!("{path}/queryables"),
            "what filters may name",
        ),
    ];
    if is_tiled(layer) {
        let tiles = format!("{path}/tiles");
        links.push(link(TILESETS, JSON, &tiles, "as vector tiles"));
    }
    let service = asked.base.trim_end_matches("/ogc");
    for format in FORMATS {
        let address = format!("{service}/api/export/{}.{}", layer.name, format.ending());
        let media_type = format.media_type().split(';').next().unwrap_or_default();
        links.push(link("enclosure", media_type, &address, format.name()));
    }
    let uris: Vec<String> = frames(snapshot)
        .into_iter()
        .map(|frame| frame.uri)
        .collect();
    let mut body = json!({
        "id": layer.name,
        "title": format!("{} {}", layer.en, layer.zh),
        "description": match snapshot.district.synthetic {
            true => format!("{} SYNTHETIC 模拟数据", layer.about),
            false => layer.about.to_owned(),
        },
        "itemType": "feature",
        "crs": uris,
        "storageCrs": CRS84,
        "links": links,
    });
    if let Some(extent) = extent(layer, snapshot) {
        body["extent"] = extent;
    }
    body
}

/// Where and when a collection's features are, as far as that is known: one without features
/// has no place. What is made for a moment lies somewhere in the district.
fn extent(layer: &Layer, snapshot: &Snapshot) -> Option<Value> {
    let bbox = match (LayerKind::of(layer.name), layer.name) {
        (Some(kind), _) => snapshot.layer_bounds(kind),
        (None, "incidents") => snapshot.incident_bounds(),
        _ => Some(snapshot.map_bounds()),
    };
    let spatial = bbox.map(|bbox| ("spatial", json!({ "bbox": [bbox], "crs": CRS84 })));
    let temporal = layer.time.map(|_| {
        let interval = match (layer.name, snapshot.incidents) {
            ("incidents", Some(window)) => {
                let text = |at| Value::from(local_time(at, &snapshot.zone));
                [text(window.start()), text(window.end())]
            }
            _ => [Value::Null, Value::Null],
        };
        let trs = "http://www.opengis.net/def/uom/ISO-8601/0/Gregorian";
        ("temporal", json!({ "interval": [interval], "trs": trs }))
    });
    let parts = spatial.into_iter().chain(temporal);
    let extent: Map<String, Value> = parts.map(|(name, part)| (name.to_owned(), part)).collect();
    (!extent.is_empty()).then(|| extent.into())
}
