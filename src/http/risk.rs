//! `/api/risk`: a surface, its hexagons as a file and as a table.

use axum::Json;
use axum::extract::{Path, State};
use axum::http::HeaderMap;
use axum::response::Response;
use axum::routing::get;
use utoipa_axum::{router::OpenApiRouter, routes};

use crate::app::record::BEST;
use crate::app::session::bodies::Encoded;
use crate::app::session::prepared::PreparedSurface;
use crate::exchange::risk_geojson::risk_geojson;
use crate::http::api::Service;
use crate::http::etag::{Freshness, tagged};
use crate::http::geojson_body::{FeatureCollection, GEO_JSON, attachment};
use crate::http::problem::Problem;
use crate::http::query::{Query, quoted};
use crate::http::risk_body::{CellBody, CellsBody, SurfaceBody};
use crate::http::risk_query::RiskChoice;
use crate::risk::dispersion::Law;

const DEFAULT_CELLS: u32 = 50;
const MOST_CELLS: u32 = 10_000;

/// The routes.
pub fn routes() -> OpenApiRouter<Service> {
    OpenApiRouter::new()
        .routes(routes!(risk))
        .routes(routes!(cells))
        .routes(routes!(at))
        .route("/api/risk/{id}", get(geojson))
}

/// What to say of a surface that isn't in memory.
pub fn unknown_surface(id: &str) -> Problem {
    Problem::unknown(
        "surface",
        format!(
            "there is no surface {} in memory; ask /api/risk for it again",
            quoted(id)
        ),
    )
}

/// A risk surface: computed, or from memory where it was asked for before.
#[utoipa::path(get, path = "/api/risk", tag = "risk",
    params(
        ("window" = String, Query,
            description = "night, night@2026-10-31, or START/END in ISO 8601"),
        ("model" = Option<String>, Query, description = "count, kde, adaptive_kde, prospective, hawkes, risk_terrain, mixture, or best: the one that the record on the last weeks speaks for; best where absent"),
        ("category" = Option<Vec<String>>, Query,
            description = "Category codes, children included; may be repeated; all where absent"),
        ("hours" = Option<String>, Query,
            description = "Hours of every day like 22-6, or of the week, 0 (Monday 00:00) to 167, \
                comma between"),
        ("resolution" = Option<u8>, Query, description = "7 to 11, 10 where absent"),
        ("look_back_days" = Option<u32>, Query, description = "All data where absent"),
        ("bandwidth_m" = Option<f64>, Query, description = "Kernel bandwidth of kde and adaptive_kde; chosen on the past where absent"),
        ("half_life_days" = Option<f64>, Query,
            description = "Half-life of an event's weight; none where absent"),
    ),
    responses(
        (status = 200, description = "The surface", body = SurfaceBody),
        (status = 304, description = "The client has it"),
        (status = 400, description = "A parameter is wrong", body = Problem,
            content_type = "application/problem+json"),
        (status = 422, description = "The workspace has no boundary", body = Problem,
            content_type = "application/problem+json"),
        (status = 503, description = "Too many wait", body = Problem,
            content_type = "application/problem+json"),
    ))]
async fn risk(
    State(service): State<Service>,
    headers: HeaderMap,
    mut query: Query,
) -> Result<Response, Problem> {
    let choice = RiskChoice::of_query(&mut query)?;
    query.finish()?;
    let snapshot = service.session.snapshot();
    let request = choice.request(&snapshot)?;
    let asked = request.model != BEST;
    let (request, trusted) = service.session.resolved(request).await?;
    let surface = service.session.surface(&snapshot, request).await?;
    let body = SurfaceBody::of(&surface, &snapshot, &trusted, asked);
    let body = serde_json::to_vec(&body)
        .map(Encoded::new)
        .map_err(Problem::internal)?;
    Ok(tagged(
        &headers,
        &body.hash,
        "application/json",
        Freshness::Revalidate,
        body.bytes,
    ))
}

/// All hexagons of a surface, as a file.
#[utoipa::path(get, path = "/api/risk/{id}.geojson", tag = "risk",
    params(("id" = String, Path, description = "As /api/risk gives it")),
    responses(
        (status = 200, description = "GeoJSON with a member `provenance`",
            body = FeatureCollection, content_type = "application/geo+json"),
        (status = 404, description = "Not in memory", body = Problem,
            content_type = "application/problem+json"),
    ))]
pub(crate) async fn geojson(
    State(service): State<Service>,
    Path(file): Path<String>,
    query: Query,
) -> Result<Response, Problem> {
    query.finish()?;
    let id = file
        .strip_suffix(".geojson")
        .ok_or_else(|| unknown_surface(&file))?;
    let surface = find(&service, id).await?;
    let synthetic = service.session.snapshot().district.synthetic;
    let law = law(&service, &surface).await?;
    let name = format!("risk-{}.geojson", surface.id);
    let bytes = tokio::task::spawn_blocking(move || {
        risk_geojson(&surface.fine.surface, law, synthetic).into_bytes()
    })
    .await
    .map_err(Problem::internal)?;
    Ok(attachment(GEO_JSON, &name, bytes))
}

/// The hottest hexagons, hottest first.
#[utoipa::path(get, path = "/api/risk/{id}/cells", tag = "risk",
    params(
        ("id" = String, Path, description = "As /api/risk gives it"),
        ("limit" = Option<u32>, Query, description = "1 to 10000, 50 where absent"),
    ),
    responses(
        (status = 200, description = "The cells", body = CellsBody),
        (status = 404, description = "Not in memory", body = Problem,
            content_type = "application/problem+json"),
    ))]
async fn cells(
    State(service): State<Service>,
    Path(id): Path<String>,
    mut query: Query,
) -> Result<Json<CellsBody>, Problem> {
    let limit = query
        .within("limit", 1, MOST_CELLS)?
        .unwrap_or(DEFAULT_CELLS);
    query.finish()?;
    let surface = find(&service, &id).await?;
    let snapshot = service.session.snapshot();
    let law = law(&service, &surface).await?;
    let hottest = surface.fine.classes.order.iter().take(limit as usize);
    Ok(Json(CellsBody {
        cells: hottest
            .map(|&i| CellBody::of(&surface, i, &snapshot, law))
            .collect(),
    }))
}

/// The hexagon that holds a place.
#[utoipa::path(get, path = "/api/risk/{id}/at", tag = "risk",
    params(
        ("id" = String, Path, description = "As /api/risk gives it"),
        ("lon" = f64, Query, description = "Degrees east"),
        ("lat" = f64, Query, description = "Degrees north"),
    ),
    responses(
        (status = 200, description = "The cell", body = CellBody),
        (status = 400, description = "Not a place", body = Problem,
            content_type = "application/problem+json"),
        (status = 404, description = "Not in memory, or no cell there", body = Problem,
            content_type = "application/problem+json"),
    ))]
async fn at(
    State(service): State<Service>,
    Path(id): Path<String>,
    mut query: Query,
) -> Result<Json<CellBody>, Problem> {
    let place = query.position()?;
    query.finish()?;
    let surface = find(&service, &id).await?;
    let law = law(&service, &surface).await?;
    match surface.fine.surface.grid.index_at(place) {
        Some(i) => Ok(Json(CellBody::of(
            &surface,
            i,
            &service.session.snapshot(),
            law,
        ))),
        None => Err(Problem::unknown(
            "cell",
            "the place lies outside the surface's cells",
        )),
    }
}

async fn find(service: &Service, id: &str) -> Result<std::sync::Arc<PreparedSurface>, Problem> {
    let found = service.session.surface_by_id(id).await;
    found.ok_or_else(|| unknown_surface(id))
}

/// The law of the surface's model by its record, Poisson's where it has none.
async fn law(service: &Service, surface: &PreparedSurface) -> Result<Law, Problem> {
    let made = &surface.fine.surface.provenance;
    let law = service.session.law_of(made).await?;
    Ok(law.unwrap_or(Law::Poisson))
}
