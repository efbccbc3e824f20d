//! `GET /api/layers/{kind}`: what stands in the district, as GeoJSON.

use axum::extract::{Path, State};
use axum::http::HeaderMap;
use axum::response::Response;
use serde_json::Map;
use utoipa_axum::{router::OpenApiRouter, routes};

use crate::app::session::bodies::{BodyName, Encoded};
use crate::app::session::layers::{LAYER_KINDS, LayerKind};
use crate::exchange::feature_geojson as geojson;
use crate::http::api::Service;
use crate::http::etag::{Freshness, tagged};
use crate::http::geojson_body::{FeatureCollection, GEO_JSON};
use crate::http::problem::Problem;
use crate::http::query::{Query, quoted};

/// The route.
pub fn routes() -> OpenApiRouter<Service> {
    OpenApiRouter::new().routes(routes!(layer))
}

/// All features of one layer, as it was imported: what units do and where they are now is
/// what `/api/board` says.
#[utoipa::path(get, path = "/api/layers/{kind}", tag = "district",
    params(
        ("kind" = String, Path, description = "stations, beats, zones, posts, \
            joint_duty_posts, commercial_districts, pillars, cameras, places, units or boundary"),
        ("v" = Option<String>, Query, description = "Any; makes the address another one"),
    ),
    responses(
        (status = 200, description = "GeoJSON", body = FeatureCollection,
            content_type = "application/geo+json"),
        (status = 304, description = "The client has it"),
        (status = 404, description = "No such layer", body = Problem,
            content_type = "application/problem+json"),
    ))]
async fn layer(
    State(service): State<Service>,
    Path(kind): Path<String>,
    mut query: Query,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    query.version();
    query.finish()?;
    let snapshot = service.session.snapshot();
    let kind = known_layer(&kind)?;
    let name = BodyName::Layer(snapshot.data(), kind.name());
    let body = match service.session.bodies.get(&name) {
        Some(body) => body,
        None => {
            let encode = move || {
                let features = snapshot.layer_features(kind);
                serde_json::to_vec(&geojson::collection(features, Map::new()))
            };
            let bytes = tokio::task::spawn_blocking(encode)
                .await
                .map_err(Problem::internal)?
                .map_err(Problem::internal)?;
            let body = Encoded::new(bytes);
            service.session.bodies.put(name, body.clone());
            body
        }
    };
    Ok(tagged(
        &headers,
        &body.hash,
        GEO_JSON,
        Freshness::Revalidate,
        body.bytes,
    ))
}

/// The layer of that name.
///
/// # Errors
/// [`Problem`] that lists the layers there are.
pub fn known_layer(name: &str) -> Result<LayerKind, Problem> {
    LayerKind::of(name).ok_or_else(|| {
        Problem::unknown(
            "layer",
            format!(
                "there is no layer {}; known: {}",
                quoted(name),
                LAYER_KINDS.join(", ")
            ),
        )
    })
}
