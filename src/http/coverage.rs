//! `/api/coverage`: what idle units and posts reach in time, where they should stand, where
//! new posts or pillars would help most; figures as JSON, the map as GeoJSON.

use axum::extract::State;
use axum::http::HeaderMap;
use axum::response::Response;
use utoipa_axum::{router::OpenApiRouter, routes};

use crate::app::coverage::Question;
use crate::app::coverage::cover::CoverReport;
use crate::app::coverage::siting::SitingReport;
use crate::app::coverage::stand::StandReport;
use crate::app::session::bodies::Encoded;
use crate::app::session::snapshot::Snapshot;
use crate::http::api::Service;
use crate::http::coverage_query;
use crate::http::etag::{Freshness, tagged};
use crate::http::problem::Problem;
use crate::http::query::Query;

/// The routes.
pub fn routes() -> OpenApiRouter<Service> {
    OpenApiRouter::new()
        .routes(routes!(cover))
        .routes(routes!(stand))
        .routes(routes!(siting))
}

/// What is reached within each ring, and where does nobody come in time?
///
/// The GeoJSON has isochrones by road, gap cells, units and posts.
#[utoipa::path(get, path = "/api/coverage", tag = "patrol",
    params(
        ("window" = String, Query, description = "As in /api/risk"),
        ("model" = Option<String>, Query, description = "As in /api/risk"),
        ("category" = Option<Vec<String>>, Query, description = "As in /api/risk"),
        ("hours" = Option<String>, Query, description = "As in /api/risk"),
        ("resolution" = Option<u8>, Query, description = "8 to 11, 10 where absent"),
        ("look_back_days" = Option<u32>, Query, description = "As in /api/risk"),
        ("bandwidth_m" = Option<f64>, Query, description = "As in /api/risk"),
        ("half_life_days" = Option<f64>, Query, description = "As in /api/risk"),
        ("minutes" = Option<String>, Query, description = "The rings, ascending; 1,3,5 where absent"),
        ("units" = Option<u32>, Query,
            description = "How many idle units, spread over the stations; all where absent"),
        ("named" = Option<String>, Query,
            description = "Only these units, by id or call sign, with commas between"),
        ("busy" = Option<f64>, Query,
            description = "Share of time that a unit is busy, below 1; estimated where absent"),
        ("format" = Option<String>, Query, description = "json or geojson; json where absent"),
    ),
    responses(
        (status = 200, description = "The answer, in the form asked for",
            content((CoverReport = "application/json"), (String = "application/geo+json"))),
        (status = 304, description = "The client has it"),
        (status = 400, description = "The question is wrong", body = Problem,
            content_type = "application/problem+json"),
        (status = 422, description = "The workspace lacks what it is about", body = Problem,
            content_type = "application/problem+json"),
        (status = 503, description = "Too many wait", body = Problem,
            content_type = "application/problem+json"),
    ))]
async fn cover(
    State(service): State<Service>,
    headers: HeaderMap,
    query: Query,
) -> Result<Response, Problem> {
    answered(&service, &headers, query, coverage_query::cover).await
}

/// Where should the idle units stand now, with at most so many moves?
#[utoipa::path(get, path = "/api/coverage/stand", tag = "patrol",
    params(
        ("window" = String, Query, description = "As in /api/risk"),
        ("model" = Option<String>, Query, description = "As in /api/risk"),
        ("category" = Option<Vec<String>>, Query, description = "As in /api/risk"),
        ("hours" = Option<String>, Query, description = "As in /api/risk"),
        ("resolution" = Option<u8>, Query, description = "8 to 11, 10 where absent"),
        ("look_back_days" = Option<u32>, Query, description = "As in /api/risk"),
        ("bandwidth_m" = Option<f64>, Query, description = "As in /api/risk"),
        ("half_life_days" = Option<f64>, Query, description = "As in /api/risk"),
        ("minutes" = Option<String>, Query, description = "The rings, ascending; 1,3,5 where absent"),
        ("units" = Option<u32>, Query,
            description = "How many idle units, spread over the stations; all where absent"),
        ("named" = Option<String>, Query,
            description = "Only these units, by id or call sign, with commas between"),
        ("busy" = Option<f64>, Query,
            description = "Share of time that a unit is busy, below 1; estimated where absent"),
        ("format" = Option<String>, Query, description = "json or geojson; json where absent"),
        ("moves" = Option<u32>, Query, description = "0 to 50, 3 where absent"),
    ),
    responses(
        (status = 200, description = "The answer, in the form asked for",
            content((StandReport = "application/json"), (String = "application/geo+json"))),
        (status = 304, description = "The client has it"),
        (status = 400, description = "The question is wrong", body = Problem,
            content_type = "application/problem+json"),
        (status = 422, description = "The workspace lacks what it is about", body = Problem,
            content_type = "application/problem+json"),
        (status = 503, description = "Too many wait", body = Problem,
            content_type = "application/problem+json"),
    ))]
async fn stand(
    State(service): State<Service>,
    headers: HeaderMap,
    query: Query,
) -> Result<Response, Problem> {
    answered(&service, &headers, query, coverage_query::stand).await
}

/// Where would so many new posts or pillars help most?
#[utoipa::path(get, path = "/api/coverage/siting", tag = "patrol",
    params(
        ("window" = String, Query, description = "As in /api/risk"),
        ("model" = Option<String>, Query, description = "As in /api/risk"),
        ("category" = Option<Vec<String>>, Query, description = "As in /api/risk"),
        ("hours" = Option<String>, Query, description = "As in /api/risk"),
        ("resolution" = Option<u8>, Query, description = "8 to 11, 10 where absent"),
        ("look_back_days" = Option<u32>, Query, description = "As in /api/risk"),
        ("bandwidth_m" = Option<f64>, Query, description = "As in /api/risk"),
        ("half_life_days" = Option<f64>, Query, description = "As in /api/risk"),
        ("minutes" = Option<String>, Query, description = "The rings, ascending; 1,3,5 where absent"),
        ("units" = Option<u32>, Query,
            description = "How many idle units, spread over the stations; all where absent"),
        ("named" = Option<String>, Query,
            description = "Only these units, by id or call sign, with commas between"),
        ("busy" = Option<f64>, Query,
            description = "Share of time that a unit is busy, below 1; estimated where absent"),
        ("format" = Option<String>, Query, description = "json or geojson; json where absent"),
        ("what" = String, Query, description = "posts or pillars"),
        ("count" = Option<u32>, Query, description = "1 to 50, 5 where absent"),
    ),
    responses(
        (status = 200, description = "The answer, in the form asked for",
            content((SitingReport = "application/json"), (String = "application/geo+json"))),
        (status = 304, description = "The client has it"),
        (status = 400, description = "The question is wrong", body = Problem,
            content_type = "application/problem+json"),
        (status = 422, description = "The workspace lacks what it is about", body = Problem,
            content_type = "application/problem+json"),
        (status = 503, description = "Too many wait", body = Problem,
            content_type = "application/problem+json"),
    ))]
async fn siting(
    State(service): State<Service>,
    headers: HeaderMap,
    query: Query,
) -> Result<Response, Problem> {
    answered(&service, &headers, query, coverage_query::siting).await
}

async fn answered(
    service: &Service,
    headers: &HeaderMap,
    mut query: Query,
    question: fn(&mut Query, &Snapshot) -> Result<Question, Problem>,
) -> Result<Response, Problem> {
    let snapshot = service.session.snapshot();
    let shape = coverage_query::shape(&mut query)?;
    let question = question(&mut query, &snapshot)?;
    query.finish()?;
    let report = service.session.coverage(&snapshot, question).await?;
    let body = tokio::task::spawn_blocking(move || report.bytes(shape).map(Encoded::new))
        .await
        .map_err(Problem::internal)?
        .map_err(Problem::internal)?;
    Ok(tagged(
        headers,
        &body.hash,
        shape.media_type(),
        Freshness::Revalidate,
        body.bytes,
    ))
}
