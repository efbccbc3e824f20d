//! What is here, and which classes of the standards hold.

use axum::extract::State;
use axum::response::Response;
use serde_json::json;

use crate::http::api::Service;
use crate::http::ogc::asked::{Asked, Form, HTML, link};
use crate::http::ogc::pages;
use crate::http::ogc::tile_sets::{SCHEMES, TILESETS};
use crate::http::problem::Problem;

const JSON: &str = "application/json";
const OPENAPI: &str = "application/vnd.oai.openapi+json;version=3.0";

/// The classes that hold. Those of Features Part 1 are tested requirement by requirement in
/// `tests/interop`; the others by the functions and frames that clients use most.
pub const CLASSES: &[&str] = &[
    "http://www.opengis.net/spec/ogcapi-common-1/1.0/conf/core",
    "http://www.opengis.net/spec/ogcapi-features-1/1.0/conf/core",
    "http://www.opengis.net/spec/ogcapi-features-1/1.0/conf/oas30",
    "http://www.opengis.net/spec/ogcapi-features-1/1.0/conf/html",
    "http://www.opengis.net/spec/ogcapi-features-1/1.0/conf/geojson",
    "http://www.opengis.net/spec/ogcapi-features-2/1.0/conf/crs",
    "http://www.opengis.net/spec/ogcapi-features-3/1.0/conf/queryables",
    "http://www.opengis.net/spec/ogcapi-features-3/1.0/conf/queryables-query-parameters",
    "http://www.opengis.net/spec/ogcapi-features-3/1.0/conf/filter",
    "http://www.opengis.net/spec/ogcapi-features-3/1.0/conf/features-filter",
    "http://www.opengis.net/spec/ogcapi-tiles-1/1.0/conf/core",
    "http://www.opengis.net/spec/ogcapi-tiles-1/1.0/conf/tileset",
    "http://www.opengis.net/spec/ogcapi-tiles-1/1.0/conf/tilesets-list",
    "http://www.opengis.net/spec/ogcapi-tiles-1/1.0/conf/dataset-tilesets",
    "http://www.opengis.net/spec/ogcapi-tiles-1/1.0/conf/geodata-tilesets",
    "http://www.opengis.net/spec/ogcapi-tiles-1/1.0/conf/mvt",
    "http://www.opengis.net/spec/ogcapi-tiles-1/1.0/conf/oas30",
    "http://www.opengis.net/spec/tms/2.0/conf/tilematrixset",
    "http://www.opengis.net/spec/tms/2.0/conf/json-tilematrixset",
    "http://www.opengis.net/spec/cql2/1.0/conf/cql2-text",
    "http://www.opengis.net/spec/cql2/1.0/conf/cql2-json",
    "http://www.opengis.net/spec/cql2/1.0/conf/basic-cql2",
    "http://www.opengis.net/spec/cql2/1.0/conf/advanced-comparison-operators",
    "http://www.opengis.net/spec/cql2/1.0/conf/case-insensitive-comparison",
    "http://www.opengis.net/spec/cql2/1.0/conf/basic-spatial-functions",
    "http://www.opengis.net/spec/cql2/1.0/conf/basic-spatial-functions-plus",
    "http://www.opengis.net/spec/cql2/1.0/conf/spatial-functions",
    "http://www.opengis.net/spec/cql2/1.0/conf/temporal-functions",
    "http://www.opengis.net/spec/cql2/1.0/conf/property-property",
];

/// `GET /ogc`.
///
/// # Errors
/// [`Problem`].
pub async fn landing(
    State(service): State<Service>,
    mut asked: Asked,
) -> Result<Response, Problem> {
    std::mem::take(&mut asked.query).finish()?;
    let snapshot = service.session.snapshot();
    let title = format!("Frontbeat · {}", snapshot.map_name());
    let mut links = asked.own_links(JSON);
    links.extend([
        link(
            "service-desc",
            OPENAPI,
            &asked.address("/api"),
            "the interface, OpenAPI 3.0",
        ),
        link(
            "service-doc",
            "text/html",
            &asked.address("/api?f=html"),
            "the interface as a page",
        ),
        link(
            "conformance",
            JSON,
            &asked.address("/conformance"),
            "classes that hold",
        ),
        link(
            "data",
            JSON,
            &asked.address("/collections"),
            "the collections",
        ),
        link(
            TILESETS,
            JSON,
            &asked.address("/tiles"),
            "the map as vector tiles",
        ),
        link(
            SCHEMES,
            JSON,
            &asked.address("/tileMatrixSets"),
            "the grids of tiles",
        ),
        link(
            "stylesheet",
            "application/vnd.mapbox.style+json",
            &asked.address("/styles/map"),
            "the map as a style for MapLibre and QGIS",
        ),
    ]);
    if asked.form == Form::Html {
        let text = pages::landing(&asked, &title, &links);
        return Ok(asked.answer(HTML, text.into_bytes()));
    }
    let body = json!({
        "title": title,
        "description": "Layers, risk surfaces, forecasts, hot spots and patrol plans of one \
            district: places, never persons.",
        "links": links,
    });
    Ok(asked.answer(JSON, body.to_string().into_bytes()))
}

/// `GET /ogc/conformance`.
///
/// # Errors
/// [`Problem`].
pub async fn conformance(mut asked: Asked) -> Result<Response, Problem> {
    std::mem::take(&mut asked.query).finish()?;
    if asked.form == Form::Html {
        let text = pages::conformance(&asked, CLASSES);
        return Ok(asked.answer(HTML, text.into_bytes()));
    }
    let body = json!({ "conformsTo": CLASSES });
    Ok(asked.answer(JSON, body.to_string().into_bytes()))
}
