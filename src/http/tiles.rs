//! Vector tiles of the basemap, of layers, of a surface and of the incidents.
//!
//! An empty tile is 204. A surface's tiles never change (their address holds its id);
//! the others carry an ETag.

use axum::extract::{Path, State};
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use utoipa_axum::router::OpenApiRouter;

use crate::app::session::bodies::Encoded;
use crate::app::session::incident_points::PointFilter;
use crate::app::session::layers::LayerKind;
use crate::exchange::tile::TileId;
use crate::http::api::Service;
use crate::http::etag::{Freshness, tagged};
use crate::http::incidents::point_filter;
use crate::http::layers::known_layer;
use crate::http::ogc::tile_matrix;
use crate::http::ogc::tile_sets::tiled;
use crate::http::problem::Problem;
use crate::http::query::{Query, quoted};
use crate::http::risk::unknown_surface;

/// Media type of a vector tile.
pub const MVT: &str = "application/vnd.mapbox-vector-tile";

/// The routes.
pub fn routes() -> OpenApiRouter<Service> {
    OpenApiRouter::new()
        .route("/tiles/base/{z}/{x}/{y}", get(base_tile))
        .route("/tiles/layers/{kind}/{z}/{x}/{y}", get(layer_tile))
        .route("/tiles/risk/{id}/{z}/{x}/{y}", get(risk_tile))
        .route("/tiles/incidents/{z}/{x}/{y}", get(incident_tile))
}

/// Streets, railways, water, green, buildings and labels; `class` and `name` on each.
#[utoipa::path(get, path = "/tiles/base/{z}/{x}/{y}.mvt", tag = "tiles",
    params(
        ("z" = u8, Path, description = "Zoom, 0 to 22"),
        ("x" = u32, Path, description = "Column, from the west"),
        ("y" = u32, Path, description = "Row, from the north"),
        ("v" = Option<String>, Query, description = "Any; makes the address another one"),
    ),
    responses(
        (status = 200, description = "A vector tile",
            content_type = "application/vnd.mapbox-vector-tile"),
        (status = 204, description = "Nothing is there"),
        (status = 304, description = "The client has it"),
        (status = 404, description = "No such tile", body = Problem,
            content_type = "application/problem+json"),
    ))]
pub(crate) async fn base_tile(
    State(service): State<Service>,
    Path((z, x, y)): Path<(String, String, String)>,
    mut query: Query,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    query.version();
    query.finish()?;
    let id = tile_id(&z, &x, &y)?;
    let snapshot = service.session.snapshot();
    let body = service.session.base_tile(&snapshot, id).await?;
    Ok(answer(&headers, body, Freshness::Revalidate))
}

/// Hexagons of a surface: cell, expected, per_km2, class, rank. Below zoom 12 their
/// resolution-9 parents, below zoom 9 resolution 8.
#[utoipa::path(get, path = "/tiles/risk/{id}/{z}/{x}/{y}.mvt", tag = "tiles",
    params(
        ("id" = String, Path, description = "As /api/risk gives it"),
        ("z" = u8, Path, description = "Zoom, 0 to 22"),
        ("x" = u32, Path, description = "Column, from the west"),
        ("y" = u32, Path, description = "Row, from the north"),
    ),
    responses(
        (status = 200, description = "A vector tile; it never changes",
            content_type = "application/vnd.mapbox-vector-tile"),
        (status = 204, description = "Nothing is there"),
        (status = 304, description = "The client has it"),
        (status = 404, description = "No such tile, or the surface is no longer in memory",
            body = Problem, content_type = "application/problem+json"),
    ))]
pub(crate) async fn risk_tile(
    State(service): State<Service>,
    Path((surface, z, x, y)): Path<(String, String, String, String)>,
    query: Query,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    query.finish()?;
    let id = tile_id(&z, &x, &y)?;
    let Some(surface) = service.session.surface_by_id(&surface).await else {
        return Err(unknown_surface(&surface));
    };
    let body = service.session.risk_tile(surface, id).await?;
    Ok(answer(&headers, body, Freshness::Immutable))
}

/// What stands in the district, one layer: the properties of `/api/layers/{kind}` that are
/// known, on points and polygons.
#[utoipa::path(get, path = "/tiles/layers/{kind}/{z}/{x}/{y}.mvt", tag = "tiles",
    params(
        ("kind" = String, Path, description = "As /api/layers/{kind} takes it"),
        ("z" = u8, Path, description = "Zoom, 0 to 22"),
        ("x" = u32, Path, description = "Column, from the west"),
        ("y" = u32, Path, description = "Row, from the north"),
        ("v" = Option<String>, Query, description = "Any; makes the address another one"),
    ),
    responses(
        (status = 200, description = "A vector tile with one layer, named like the kind",
            content_type = "application/vnd.mapbox-vector-tile"),
        (status = 204, description = "Nothing is there"),
        (status = 304, description = "The client has it"),
        (status = 404, description = "No such layer or tile", body = Problem,
            content_type = "application/problem+json"),
    ))]
pub(crate) async fn layer_tile(
    State(service): State<Service>,
    Path((kind, z, x, y)): Path<(String, String, String, String)>,
    mut query: Query,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    query.version();
    query.finish()?;
    let kind = known_layer(&kind)?;
    let id = tile_id(&z, &x, &y)?;
    let snapshot = service.session.snapshot();
    let body = service.session.layer_tile(&snapshot, kind, id).await?;
    Ok(answer(&headers, body, Freshness::Revalidate))
}

/// Incidents: id, category, priority, at, count. A crowded tile has one point a small
/// square, `count` says for how many it stands.
#[utoipa::path(get, path = "/tiles/incidents/{z}/{x}/{y}.mvt", tag = "tiles",
    params(
        ("z" = u8, Path, description = "Zoom, 0 to 22"),
        ("x" = u32, Path, description = "Column, from the west"),
        ("y" = u32, Path, description = "Row, from the north"),
        ("from" = Option<String>, Query, description = "Not before; RFC 3339 or local"),
        ("until" = Option<String>, Query, description = "Before this"),
        ("category" = Option<Vec<String>>, Query,
            description = "Category codes, children included; may be repeated"),
        ("beat" = Option<Vec<String>>, Query, description = "Ids of beats; may be repeated"),
        ("hours" = Option<String>, Query,
            description = "Hours of every day like 22-6, or of the week, 0 (Monday 00:00) to 167"),
        ("area" = Option<String>, Query,
            description = "WEST,SOUTH,EAST,NORTH, or a ring LON,LAT,LON,LAT,…"),
        ("v" = Option<String>, Query, description = "Any; makes the address another one"),
    ),
    responses(
        (status = 200, description = "A vector tile",
            content_type = "application/vnd.mapbox-vector-tile"),
        (status = 204, description = "Nothing is there"),
        (status = 304, description = "The client has it"),
        (status = 400, description = "A parameter is wrong", body = Problem,
            content_type = "application/problem+json"),
        (status = 404, description = "No such tile", body = Problem,
            content_type = "application/problem+json"),
    ))]
pub(crate) async fn incident_tile(
    State(service): State<Service>,
    Path((z, x, y)): Path<(String, String, String)>,
    mut query: Query,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    let snapshot = service.session.snapshot();
    let filter = point_filter(&mut query, &snapshot)?;
    query.version();
    query.finish()?;
    let id = tile_id(&z, &x, &y)?;
    let body = service.session.incident_tile(&snapshot, id, filter).await?;
    Ok(answer(&headers, body, Freshness::Revalidate))
}

/// The whole map in one tile, as OGC API – Tiles asks for it: row before column.
///
/// # Errors
/// [`Problem`].
pub(crate) async fn map_tile(
    State(service): State<Service>,
    Path((set, z, y, x)): Path<(String, String, String, String)>,
    query: Query,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    let id = matrix_tile(&set, [&z, &x, &y], query)?;
    let snapshot = service.session.snapshot();
    let body = service.session.map_tile(&snapshot, id).await?;
    Ok(answer(&headers, body, Freshness::Revalidate))
}

/// One collection in a tile.
///
/// # Errors
/// [`Problem`].
pub(crate) async fn collection_tile(
    State(service): State<Service>,
    Path((collection, set, z, y, x)): Path<(String, String, String, String, String)>,
    query: Query,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    let layer = tiled(&collection)?;
    let id = matrix_tile(&set, [&z, &x, &y], query)?;
    let snapshot = service.session.snapshot();
    let body = match LayerKind::of(layer.name) {
        Some(kind) => service.session.layer_tile(&snapshot, kind, id).await?,
        None => {
            let all = PointFilter::default();
            service.session.incident_tile(&snapshot, id, all).await?
        }
    };
    Ok(answer(&headers, body, Freshness::Revalidate))
}

/// A tile of the grid; its form may be named, and there is only one.
fn matrix_tile(set: &str, [z, x, y]: [&str; 3], query: Query) -> Result<TileId, Problem> {
    tile_matrix::check(set)?;
    let mut query = query.strict();
    if let Some(form) = query.text("f")?.filter(|form| form != "mvt") {
        let detail = format!("f must be mvt, not {}", quoted(&form));
        return Err(Problem::parameter("f", detail));
    }
    query.finish()?;
    let x = x.strip_suffix(".mvt").unwrap_or(x);
    match (z.parse(), x.parse(), y.parse()) {
        (Ok(z), Ok(x), Ok(y)) => Ok(TileId::new(z, x, y)?),
        _ => Err(Problem::unknown(
            "tile",
            format!(
                "there is no tile {}; write matrix/row/column with whole numbers",
                quoted(&format!("{z}/{y}/{x}"))
            ),
        )),
    }
}

fn tile_id(z: &str, x: &str, y: &str) -> Result<TileId, Problem> {
    let no_tile = || {
        Problem::unknown(
            "tile",
            format!(
                "there is no tile {}; write z/x/y.mvt with whole numbers",
                quoted(&format!("{z}/{x}/{y}"))
            ),
        )
    };
    let y = y.strip_suffix(".mvt").ok_or_else(no_tile)?;
    let (Ok(z), Ok(x), Ok(y)) = (z.parse(), x.parse(), y.parse()) else {
        return Err(no_tile());
    };
    Ok(TileId::new(z, x, y)?)
}

fn answer(headers: &HeaderMap, body: Encoded, freshness: Freshness) -> Response {
    let empty = body.bytes.is_empty();
    let mut response = tagged(headers, &body.hash, MVT, freshness, body.bytes);
    if empty && response.status() == StatusCode::OK {
        *response.status_mut() = StatusCode::NO_CONTENT;
        response.headers_mut().remove(header::CONTENT_TYPE);
    }
    response.into_response()
}
