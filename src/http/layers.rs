//! `GET /api/layers/{kind}`: what stands in the district, as GeoJSON.

use axum::extract::{Path, State};
use axum::http::HeaderMap;
use axum::response::Response;
use serde_json::{Map, Value};
use utoipa_axum::{router::OpenApiRouter, routes};

use crate::app::session::bodies::{BodyName, Encoded};
use crate::app::session::snapshot::Snapshot;
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

/// All features of one layer.
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
    let known = snapshot.layer_counts();
    let Some(&(kind, _)) = known.iter().find(|(known, _)| *known == kind) else {
        let kinds: Vec<&str> = known.iter().map(|(known, _)| *known).collect();
        return Err(Problem::unknown(
            "layer",
            format!(
                "there is no layer {}; known: {}",
                quoted(&kind),
                kinds.join(", ")
            ),
        ));
    };
    let name = BodyName::Layer(snapshot.data_version, kind);
    let body = match service.session.bodies.get(&name) {
        Some(body) => body,
        None => {
            let encode = move || serde_json::to_vec(&features(&snapshot, kind));
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

fn features(snapshot: &Snapshot, kind: &str) -> Value {
    let layers = &snapshot.layers;
    let synthetic = snapshot.district.synthetic;
    let features = match kind {
        "stations" => each(&layers.stations, |it| geojson::station(it, synthetic)),
        "beats" => each(&layers.beats, |it| geojson::beat(it, synthetic)),
        "zones" => each(&layers.zones, |it| geojson::zone(it, synthetic)),
        "posts" => each(&layers.posts, |it| geojson::post(it, synthetic)),
        "joint_duty_posts" => each(&layers.joint_duty_posts, |it| {
            geojson::joint_duty_post(it, synthetic)
        }),
        "commercial_districts" => each(&layers.commercial_districts, |it| {
            geojson::commercial_district(it, synthetic)
        }),
        "pillars" => each(&layers.pillars, |it| geojson::pillar(it, synthetic)),
        "cameras" => each(&layers.cameras, |it| geojson::camera(it, synthetic)),
        "places" => each(&layers.places, |it| geojson::place(it, synthetic)),
        "units" => each(&layers.units, |it| geojson::unit(it, synthetic)),
        _ => geojson::boundary(&snapshot.district).into_iter().collect(),
    };
    geojson::collection(features, Map::new())
}

fn each<T>(things: &[T], feature: impl Fn(&T) -> Value) -> Vec<Value> {
    things.iter().map(feature).collect()
}
