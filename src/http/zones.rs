//! `/api/zones`: drafts of patrol zones of even work beside the beats, and the zones as
//! they are drawn beside them; figures as JSON, areas as GeoJSON.

use axum::Json;
use axum::extract::State;
use axum::extract::rejection::JsonRejection;
use axum::http::header;
use axum::response::{IntoResponse, Response};
use utoipa_axum::{router::OpenApiRouter, routes};

use crate::app::coverage::report::Shape;
use crate::app::zones::ZonesRequest;
use crate::app::zones::report::ZonesReport;
use crate::http::api::Service;
use crate::http::coverage_query::shape;
use crate::http::problem::Problem;
use crate::http::query::Query;
use crate::http::zones_body::{CompareChoice, DraftChoice};

/// The routes.
pub fn routes() -> OpenApiRouter<Service> {
    OpenApiRouter::new()
        .routes(routes!(drafted))
        .routes(routes!(compared))
}

/// Drafts zones of even work: from the beats or zones with few cells moved, or from nothing.
///
/// Nothing is stored. The GeoJSON has an area for each zone, ready to be imported as zones
/// or beats, and the figures as its member `report`.
#[utoipa::path(post, path = "/api/zones/draft", tag = "patrol",
    params(("format" = Option<String>, Query, description = "json or geojson; json where absent")),
    request_body = DraftChoice,
    responses(
        (status = 200, description = "The draft beside what there is, in the form asked for",
            content((ZonesReport = "application/json"), (String = "application/geo+json"))),
        (status = 400, description = "A field is wrong", body = Problem,
            content_type = "application/problem+json"),
        (status = 403, description = "Asked by a page of another origin", body = Problem,
            content_type = "application/problem+json"),
        (status = 413, description = "The body is too large", body = Problem,
            content_type = "application/problem+json"),
        (status = 415, description = "The body is not JSON", body = Problem,
            content_type = "application/problem+json"),
        (status = 422, description = "No boundary, no beats or zones to start from, or no calls", body = Problem,
            content_type = "application/problem+json"),
        (status = 503, description = "Too many wait", body = Problem,
            content_type = "application/problem+json"),
    ))]
async fn drafted(
    State(service): State<Service>,
    mut query: Query,
    body: Result<Json<DraftChoice>, JsonRejection>,
) -> Result<Response, Problem> {
    let shape = shape(&mut query)?;
    query.finish()?;
    let Json(choice) = body?;
    let request = choice.request(&service.session.snapshot())?;
    answered(&service, request, shape).await
}

/// Sets the patrol zones, as they are drawn, beside the beats; changes nothing.
#[utoipa::path(post, path = "/api/zones/compare", tag = "patrol",
    params(("format" = Option<String>, Query, description = "json or geojson; json where absent")),
    request_body = CompareChoice,
    responses(
        (status = 200, description = "Zones beside beats, in the form asked for",
            content((ZonesReport = "application/json"), (String = "application/geo+json"))),
        (status = 400, description = "A field is wrong", body = Problem,
            content_type = "application/problem+json"),
        (status = 403, description = "Asked by a page of another origin", body = Problem,
            content_type = "application/problem+json"),
        (status = 413, description = "The body is too large", body = Problem,
            content_type = "application/problem+json"),
        (status = 415, description = "The body is not JSON", body = Problem,
            content_type = "application/problem+json"),
        (status = 422, description = "No boundary, no beats, no zones, or no calls", body = Problem,
            content_type = "application/problem+json"),
        (status = 503, description = "Too many wait", body = Problem,
            content_type = "application/problem+json"),
    ))]
async fn compared(
    State(service): State<Service>,
    mut query: Query,
    body: Result<Json<CompareChoice>, JsonRejection>,
) -> Result<Response, Problem> {
    let shape = shape(&mut query)?;
    query.finish()?;
    let Json(choice) = body?;
    let request = choice.request(&service.session.snapshot())?;
    answered(&service, request, shape).await
}

async fn answered(
    service: &Service,
    request: ZonesRequest,
    shape: Shape,
) -> Result<Response, Problem> {
    let snapshot = service.session.snapshot();
    let report = service.session.zones(&snapshot, request).await?;
    let write = move || match shape {
        Shape::Json => serde_json::to_vec(report.as_ref()),
        Shape::GeoJson => Ok(report.geojson().into_bytes()),
    };
    let bytes = tokio::task::spawn_blocking(write)
        .await
        .map_err(Problem::internal)?
        .map_err(Problem::internal)?;
    let about = [
        (header::CONTENT_TYPE, shape.media_type()),
        (header::CACHE_CONTROL, "no-store"),
    ];
    Ok((about, bytes).into_response())
}
