//! The interface of `/ogc` as an OpenAPI 3.0 document: one path a collection, so that a
//! client finds the parameters that each has.

use axum::extract::State;
use axum::response::Response;
use serde_json::{Map, Value, json};

use crate::exchange::write::layer::{ColumnKind, Layer};
use crate::http::api::Service;
use crate::http::docs::render;
use crate::http::ogc::asked::{Asked, Form, HTML};
use crate::http::ogc::collections::offered;
use crate::http::ogc::frames::frames;
use crate::http::ogc::items::{DEFAULT_LIMIT, MOST};
use crate::http::ogc::tile_matrix::WEB_MERCATOR_QUAD;
use crate::http::ogc::tile_sets::is_tiled;
use crate::http::problem::Problem;

const OPENAPI: &str = "application/vnd.oai.openapi+json;version=3.0";

/// `GET /ogc/api`.
///
/// # Errors
/// [`Problem`].
pub async fn api(State(service): State<Service>, mut asked: Asked) -> Result<Response, Problem> {
    std::mem::take(&mut asked.query).finish()?;
    let snapshot = service.session.snapshot();
    let uris: Vec<String> = frames(&snapshot)
        .into_iter()
        .map(|frame| frame.uri)
        .collect();
    let document = document(&asked, &uris);
    if asked.form == Form::Html {
        return Ok(asked.answer(HTML, render(&document).into_bytes()));
    }
    Ok(asked.answer(OPENAPI, document.to_string().into_bytes()))
}

fn document(asked: &Asked, uris: &[String]) -> Value {
    let mut paths = Map::new();
    let form = || json!({ "$ref": "#/components/parameters/f" });
    paths.insert(
        "/".into(),
        get("The landing page", "landing", vec![form()], "landingPage"),
    );
    paths.insert(
        "/conformance".into(),
        get(
            "Classes that hold",
            "conformance",
            vec![form()],
            "conformance",
        ),
    );
    paths.insert(
        "/collections".into(),
        get(
            "The collections",
            "collections",
            vec![form()],
            "collections",
        ),
    );
    for layer in offered() {
        let path = format!("/collections/{}", layer.name);
        let name = layer.name;
        paths.insert(
            path.clone(),
            get(
                layer.about,
                &format!("collection_{name}"),
                vec![form()],
                "collection",
            ),
        );
        paths.insert(
            format!("{path}/queryables"),
            get(
                "What filters may name",
                &format!("queryables_{name}"),
                vec![form()],
                "queryables",
            ),
        );
        paths.insert(
            format!("{path}/items"),
            get(
                layer.about,
                &format!("items_{name}"),
                item_parameters(layer, form()),
                "features",
            ),
        );
        paths.insert(
            format!("{path}/items/{{featureId}}"),
            get(
                &format!("One of {}", layer.en),
                &format!("item_{name}"),
                vec![
                    json!({ "name": "featureId", "in": "path", "required": true,
                        "schema": { "type": "string" } }),
                    form(),
                    json!({ "$ref": "#/components/parameters/crs" }),
                ],
                "feature",
            ),
        );
    }
    paths.extend(tile_paths(form));
    json!({
        "openapi": "3.0.3",
        "info": {
            "title": "Frontbeat, OGC API – Features and Tiles",
            "version": env!("CARGO_PKG_VERSION"),
            "description": "Layers of one district: places, never persons.",
            "license": { "name": "Apache-2.0 OR MIT" },
        },
        "servers": [{ "url": asked.base }],
        "paths": paths,
        "components": {
            "parameters": parameters(uris),
            "responses": responses(),
            "schemas": schemas(),
        },
    })
}

/// The paths of OGC API – Tiles: of the whole map, and of each collection that tiles draw.
fn tile_paths(form: impl Fn() -> Value) -> Map<String, Value> {
    let mut paths = Map::new();
    let segment = |name: &str, schema: Value| json!({ "name": name, "in": "path", "required": true, "schema": schema });
    let set = || {
        segment(
            "tileMatrixSetId",
            json!({ "type": "string", "enum": [WEB_MERCATOR_QUAD] }),
        )
    };
    let whole = || json!({ "type": "integer", "minimum": 0 });
    let mut put = |path: String, summary: &str, id: String, parameters, response: &str| {
        paths.insert(path, get(summary, &id, parameters, response));
    };
    put(
        "/tileMatrixSets".into(),
        "Grids of tiles",
        "tileMatrixSets".into(),
        vec![form()],
        "object",
    );
    put(
        "/tileMatrixSets/{tileMatrixSetId}".into(),
        "A grid of tiles",
        "tileMatrixSet".into(),
        vec![set(), form()],
        "object",
    );
    put(
        "/styles/map".into(),
        "The map as a style",
        "style".into(),
        vec![],
        "style",
    );
    let of_layers = offered().filter(|layer| is_tiled(layer));
    let of_layers =
        of_layers.map(|layer| (format!("/collections/{}/tiles", layer.name), layer.name));
    for (base, name) in std::iter::once(("/tiles".to_owned(), "map")).chain(of_layers) {
        let sets = format!("{base}/{{tileMatrixSetId}}");
        put(
            base,
            "Tilesets",
            format!("tilesets_{name}"),
            vec![form()],
            "object",
        );
        put(
            sets.clone(),
            "A tileset",
            format!("tileset_{name}"),
            vec![set(), form()],
            "object",
        );
        put(
            format!("{sets}/tilejson"),
            "A tileset as TileJSON 3.0",
            format!("tilejson_{name}"),
            vec![set()],
            "tileJson",
        );
        put(
            format!("{sets}/{{tileMatrix}}/{{tileRow}}/{{tileCol}}"),
            "A tile",
            format!("tile_{name}"),
            vec![
                set(),
                segment("tileMatrix", whole()),
                segment("tileRow", whole()),
                segment("tileCol", whole()),
            ],
            "tile",
        );
    }
    paths
}

fn get(summary: &str, id: &str, parameters: Vec<Value>, response: &str) -> Value {
    let refused = json!({ "$ref": "#/components/responses/problem" });
    json!({ "get": {
        "summary": summary,
        "operationId": id,
        "parameters": parameters,
        "responses": {
            "200": { "$ref": format!("#/components/responses/{response}") },
            "400": refused,
            "404": refused,
            "500": refused,
        },
    }})
}

fn item_parameters(layer: &Layer, form: Value) -> Vec<Value> {
    let mut all = vec![form];
    let shared = [
        "limit",
        "bbox",
        "bbox-crs",
        "datetime",
        "crs",
        "filter",
        "filter-lang",
        "filter-crs",
        "after",
    ];
    all.extend(shared.map(|name| json!({ "$ref": format!("#/components/parameters/{name}") })));
    for column in layer.columns {
        let schema = match column.kind {
            ColumnKind::Text => json!({ "type": "string" }),
            ColumnKind::Whole => json!({ "type": "integer" }),
            ColumnKind::Real => json!({ "type": "number" }),
            ColumnKind::Flag => json!({ "type": "boolean" }),
            ColumnKind::Time => json!({ "type": "string", "format": "date-time" }),
        };
        all.push(json!({
            "name": column.name, "in": "query", "required": false,
            "description": format!("{} {}", column.label(false), column.zh), "schema": schema,
            "style": "form", "explode": false,
        }));
    }
    all
}

fn parameters(uris: &[String]) -> Value {
    let query = |name: &str, about: &str, schema: Value| {
        json!({ "name": name, "in": "query", "required": false, "description": about,
            "schema": schema, "style": "form", "explode": false })
    };
    let frame = |name: &str, about: &str| {
        query(
            name,
            about,
            json!({ "type": "string", "format": "uri", "enum": uris, "default": uris.first() }),
        )
    };
    json!({
        "f": query("f", "Form of the answer", json!({ "type": "string", "enum": ["json", "html"] })),
        "limit": query("limit", "Most features on a page", json!({
            "type": "integer", "minimum": 1, "maximum": MOST, "default": DEFAULT_LIMIT })),
        "bbox": query("bbox", "Features that meet this box", json!({
            "type": "array", "items": { "type": "number" },
            "oneOf": [{ "minItems": 4, "maxItems": 4 }, { "minItems": 6, "maxItems": 6 }] })),
        "datetime": query("datetime", "Features whose time meets this instant or interval",
            json!({ "type": "string" })),
        "crs": frame("crs", "Frame of the answer"),
        "bbox-crs": frame("bbox-crs", "Frame of the box"),
        "filter-crs": frame("filter-crs", "Frame of the filter's shapes"),
        "filter": query("filter", "A CQL2 filter", json!({ "type": "string" })),
        "filter-lang": query("filter-lang", "How the filter is written", json!({
            "type": "string", "enum": ["cql2-text", "cql2-json"], "default": "cql2-text" })),
        "after": query("after", "As the link next has it", json!({ "type": "string" })),
    })
}

fn responses() -> Value {
    let answer = |about: &str, media_type: &str, schema: &str| {
        json!({ "description": about, "content": {
            media_type: { "schema": { "$ref": format!("#/components/schemas/{schema}") } },
            "text/html": { "schema": { "type": "string" } },
        }})
    };
    json!({
        "landingPage": answer("What is here", "application/json", "linked"),
        "conformance": answer("Classes that hold", "application/json", "conformance"),
        "collections": answer("All collections", "application/json", "collections"),
        "collection": answer("A collection", "application/json", "collection"),
        "object": answer("A JSON document", "application/json", "object"),
        "tileJson": { "description": "A TileJSON document", "content": {
            "application/json": { "schema": { "$ref": "#/components/schemas/object" } },
        }},
        "style": { "description": "A style", "content": {
            "application/vnd.mapbox.style+json": { "schema": { "type": "object" } },
        }},
        "tile": { "description": "A vector tile; 204 where it is empty", "content": {
            "application/vnd.mapbox-vector-tile": {
                "schema": { "type": "string", "format": "binary" } },
        }},
        "queryables": answer("A JSON Schema", "application/schema+json", "object"),
        "features": answer("A page of features", "application/geo+json", "features"),
        "feature": answer("A feature", "application/geo+json", "feature"),
        "problem": { "description": "What is wrong, and what to do", "content": {
            "application/problem+json": { "schema": { "$ref": "#/components/schemas/problem" } },
        }},
    })
}

fn schemas() -> Value {
    let links = json!({ "type": "array", "items": { "$ref": "#/components/schemas/link" } });
    json!({
        "object": { "type": "object" },
        "link": { "type": "object", "required": ["href"], "properties": {
            "href": { "type": "string" }, "rel": { "type": "string" },
            "type": { "type": "string" }, "title": { "type": "string" },
        }},
        "linked": { "type": "object", "required": ["links"], "properties": {
            "title": { "type": "string" }, "description": { "type": "string" }, "links": links,
        }},
        "conformance": { "type": "object", "required": ["conformsTo"], "properties": {
            "conformsTo": { "type": "array", "items": { "type": "string" } },
        }},
        "collection": { "type": "object", "required": ["id", "links"], "properties": {
            "id": { "type": "string" }, "title": { "type": "string" },
            "description": { "type": "string" }, "itemType": { "type": "string" },
            "extent": { "type": "object" }, "storageCrs": { "type": "string" },
            "crs": { "type": "array", "items": { "type": "string" } }, "links": links,
        }},
        "collections": { "type": "object", "required": ["links", "collections"], "properties": {
            "links": links,
            "collections": { "type": "array",
                "items": { "$ref": "#/components/schemas/collection" } },
        }},
        "feature": { "type": "object", "required": ["type", "geometry", "properties"],
            "properties": {
                "type": { "type": "string", "enum": ["Feature"] },
                "id": { "type": "string" },
                "geometry": { "type": "object", "nullable": true },
                "properties": { "type": "object", "nullable": true }, "links": links,
            }},
        "features": { "type": "object", "required": ["type", "features"], "properties": {
            "type": { "type": "string", "enum": ["FeatureCollection"] },
            "features": { "type": "array",
                "items": { "$ref": "#/components/schemas/feature" } },
            "links": links,
            "timeStamp": { "type": "string", "format": "date-time" },
            "numberMatched": { "type": "integer", "minimum": 0 },
            "numberReturned": { "type": "integer", "minimum": 0 },
        }},
        "problem": { "type": "object", "required": ["type", "title", "status", "detail"],
            "properties": {
                "type": { "type": "string" }, "title": { "type": "string" },
                "status": { "type": "integer" }, "detail": { "type": "string" },
                "parameter": { "type": "string" },
            }},
    })
}
