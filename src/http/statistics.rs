//! `/api/statistics`: what planners ask of the past, as JSON, CSV or a picture.

use axum::extract::State;
use axum::http::HeaderMap;
use axum::response::Response;
use utoipa_axum::{router::OpenApiRouter, routes};

use crate::app::session::bodies::Encoded;
use crate::app::session::snapshot::Snapshot;
use crate::app::statistics::Question;
use crate::app::statistics::before_after::BeforeAfterReport;
use crate::app::statistics::concentration::ConcentrationReport;
use crate::app::statistics::fairness::FairnessReport;
use crate::app::statistics::hot_spots::HotSpotsReport;
use crate::app::statistics::near_repeat::NearRepeatReport;
use crate::app::statistics::unusual::UnusualReport;
use crate::app::statistics::year_on_year::YearOnYearReport;
use crate::http::api::Service;
use crate::http::etag::{Freshness, tagged};
use crate::http::problem::Problem;
use crate::http::query::Query;
use crate::http::statistics_query;

/// The routes.
pub fn routes() -> OpenApiRouter<Service> {
    OpenApiRouter::new()
        .routes(routes!(hot_spots))
        .routes(routes!(near_repeat))
        .routes(routes!(year_on_year))
        .routes(routes!(before_after))
        .routes(routes!(unusual))
        .routes(routes!(concentration))
        .routes(routes!(fairness))
}

/// Where is it dense beyond chance? Connected cells by Gi*, with names.
#[utoipa::path(get, path = "/api/statistics/hot-spots", tag = "statistics",
    params(
        ("period" = Option<String>, Query,
            description = "START/END in ISO 8601; the last 365 days of the data where absent"),
        ("category" = Option<Vec<String>>, Query,
            description = "Category codes, children included; may be repeated; all where absent"),
        ("hours" = Option<String>, Query,
            description = "Hours of every day like 22-6, or of the week, 0 (Monday 00:00) to 167"),
        ("beat" = Option<Vec<String>>, Query,
            description = "Ids of beats; may be repeated; everywhere where absent"),
        ("area" = Option<String>, Query,
            description = "WEST,SOUTH,EAST,NORTH, or a ring LON,LAT,LON,LAT,…; everywhere where absent"),
        ("resolution" = Option<u8>, Query, description = "7 to 11, 10 where absent"),
        ("permutations" = Option<u32>, Query, description = "1 to 99999, 999 where absent"),
        ("seed" = Option<u32>, Query, description = "Start of chance; 1 where absent"),
        ("format" = Option<String>, Query, description = "json, csv or svg; json where absent"),
    ),
    responses(
        (status = 200, description = "The answer, in the form asked for",
            content((HotSpotsReport = "application/json"), (String = "text/csv"), (String = "image/svg+xml"))),
        (status = 304, description = "The client has it"),
        (status = 400, description = "The question is wrong", body = Problem,
            content_type = "application/problem+json"),
        (status = 422, description = "The workspace lacks what it is about", body = Problem,
            content_type = "application/problem+json"),
        (status = 503, description = "Too many wait", body = Problem,
            content_type = "application/problem+json"),
    ))]
async fn hot_spots(
    State(service): State<Service>,
    headers: HeaderMap,
    query: Query,
) -> Result<Response, Problem> {
    answered(&service, &headers, query, statistics_query::hot_spots).await
}

/// Does one incident bring another nearby, for a while? The Knox table.
#[utoipa::path(get, path = "/api/statistics/near-repeat", tag = "statistics",
    params(
        ("period" = Option<String>, Query,
            description = "START/END in ISO 8601; the last 365 days of the data where absent"),
        ("category" = Option<Vec<String>>, Query,
            description = "Category codes, children included; may be repeated; all where absent"),
        ("hours" = Option<String>, Query,
            description = "Hours of every day like 22-6, or of the week, 0 (Monday 00:00) to 167"),
        ("beat" = Option<Vec<String>>, Query,
            description = "Ids of beats; may be repeated; everywhere where absent"),
        ("area" = Option<String>, Query,
            description = "WEST,SOUTH,EAST,NORTH, or a ring LON,LAT,LON,LAT,…; everywhere where absent"),
        ("metres" = Option<String>, Query,
            description = "Edges of the distance bands; 0,100,200,300 where absent"),
        ("days" = Option<String>, Query,
            description = "Edges of the time bands; 0,7,14,21 where absent"),
        ("permutations" = Option<u32>, Query, description = "1 to 999, 999 where absent"),
        ("seed" = Option<u32>, Query, description = "Start of chance; 1 where absent"),
        ("format" = Option<String>, Query, description = "json, csv or svg; json where absent"),
    ),
    responses(
        (status = 200, description = "The answer, in the form asked for",
            content((NearRepeatReport = "application/json"), (String = "text/csv"), (String = "image/svg+xml"))),
        (status = 304, description = "The client has it"),
        (status = 400, description = "The question is wrong", body = Problem,
            content_type = "application/problem+json"),
        (status = 422, description = "The workspace lacks what it is about", body = Problem,
            content_type = "application/problem+json"),
        (status = 503, description = "Too many wait", body = Problem,
            content_type = "application/problem+json"),
    ))]
async fn near_repeat(
    State(service): State<Service>,
    headers: HeaderMap,
    query: Query,
) -> Result<Response, Problem> {
    answered(&service, &headers, query, statistics_query::near_repeat).await
}

/// More or fewer than a year ago? Rate ratios with intervals and e-tests.
#[utoipa::path(get, path = "/api/statistics/year-on-year", tag = "statistics",
    params(
        ("period" = Option<String>, Query,
            description = "START/END in ISO 8601; the last 28 days of the data where absent"),
        ("category" = Option<Vec<String>>, Query,
            description = "Category codes, children included; may be repeated; all where absent"),
        ("hours" = Option<String>, Query,
            description = "Hours of every day like 22-6, or of the week, 0 (Monday 00:00) to 167"),
        ("beat" = Option<Vec<String>>, Query,
            description = "Ids of beats; may be repeated; everywhere where absent"),
        ("area" = Option<String>, Query,
            description = "WEST,SOUTH,EAST,NORTH, or a ring LON,LAT,LON,LAT,…; everywhere where absent"),
        ("against" = Option<String>, Query,
            description = "The period to compare with; the same dates a year earlier where absent"),
        ("format" = Option<String>, Query, description = "json, csv or svg; json where absent"),
    ),
    responses(
        (status = 200, description = "The answer, in the form asked for",
            content((YearOnYearReport = "application/json"), (String = "text/csv"), (String = "image/svg+xml"))),
        (status = 304, description = "The client has it"),
        (status = 400, description = "The question is wrong", body = Problem,
            content_type = "application/problem+json"),
        (status = 422, description = "The workspace lacks what it is about", body = Problem,
            content_type = "application/problem+json"),
        (status = 503, description = "Too many wait", body = Problem,
            content_type = "application/problem+json"),
    ))]
async fn year_on_year(
    State(service): State<Service>,
    headers: HeaderMap,
    query: Query,
) -> Result<Response, Problem> {
    answered(&service, &headers, query, statistics_query::year_on_year).await
}

/// Did a measure work, or move incidents next door? WDD and WDQ.
#[utoipa::path(get, path = "/api/statistics/before-after", tag = "statistics",
    params(
        ("before" = String, Query, description = "START/END before the measure"),
        ("after" = String, Query, description = "START/END after it began"),
        ("treated" = Vec<String>, Query, description = "Ids of beats or patrol zones"),
        ("control" = Vec<String>, Query, description = "Where the measure was not"),
        ("buffer" = Option<Vec<String>>, Query, description = "Next to the treated"),
        ("buffer_control" = Option<Vec<String>>, Query, description = "The buffer's control"),
        ("category" = Option<Vec<String>>, Query,
            description = "Category codes, children included; may be repeated; all where absent"),
        ("hours" = Option<String>, Query,
            description = "Hours of every day like 22-6, or of the week, 0 (Monday 00:00) to 167"),
        ("format" = Option<String>, Query, description = "json, csv or svg; json where absent"),
    ),
    responses(
        (status = 200, description = "The answer, in the form asked for",
            content((BeforeAfterReport = "application/json"), (String = "text/csv"), (String = "image/svg+xml"))),
        (status = 304, description = "The client has it"),
        (status = 400, description = "The question is wrong", body = Problem,
            content_type = "application/problem+json"),
        (status = 422, description = "The workspace lacks what it is about", body = Problem,
            content_type = "application/problem+json"),
        (status = 503, description = "Too many wait", body = Problem,
            content_type = "application/problem+json"),
    ))]
async fn before_after(
    State(service): State<Service>,
    headers: HeaderMap,
    query: Query,
) -> Result<Response, Problem> {
    answered(&service, &headers, query, statistics_query::before_after).await
}

/// Is now unusual? The last days against the weeks before, by beat.
#[utoipa::path(get, path = "/api/statistics/unusual", tag = "statistics",
    params(
        ("period" = Option<String>, Query,
            description = "START/END in ISO 8601; the last 365 days of the data where absent"),
        ("category" = Option<Vec<String>>, Query,
            description = "Category codes, children included; may be repeated; all where absent"),
        ("hours" = Option<String>, Query,
            description = "Hours of every day like 22-6, or of the week, 0 (Monday 00:00) to 167"),
        ("beat" = Option<Vec<String>>, Query,
            description = "Ids of beats; may be repeated; everywhere where absent"),
        ("area" = Option<String>, Query,
            description = "WEST,SOUTH,EAST,NORTH, or a ring LON,LAT,LON,LAT,…; everywhere where absent"),
        ("window_days" = Option<u32>, Query, description = "1 to 366, 7 where absent"),
        ("format" = Option<String>, Query, description = "json, csv or svg; json where absent"),
    ),
    responses(
        (status = 200, description = "The answer, in the form asked for",
            content((UnusualReport = "application/json"), (String = "text/csv"), (String = "image/svg+xml"))),
        (status = 304, description = "The client has it"),
        (status = 400, description = "The question is wrong", body = Problem,
            content_type = "application/problem+json"),
        (status = 422, description = "The workspace lacks what it is about", body = Problem,
            content_type = "application/problem+json"),
        (status = 503, description = "Too many wait", body = Problem,
            content_type = "application/problem+json"),
    ))]
async fn unusual(
    State(service): State<Service>,
    headers: HeaderMap,
    query: Query,
) -> Result<Response, Problem> {
    answered(&service, &headers, query, statistics_query::unusual).await
}

/// How few places hold how much? The Lorenz curve.
#[utoipa::path(get, path = "/api/statistics/concentration", tag = "statistics",
    params(
        ("period" = Option<String>, Query,
            description = "START/END in ISO 8601; the last 365 days of the data where absent"),
        ("category" = Option<Vec<String>>, Query,
            description = "Category codes, children included; may be repeated; all where absent"),
        ("hours" = Option<String>, Query,
            description = "Hours of every day like 22-6, or of the week, 0 (Monday 00:00) to 167"),
        ("beat" = Option<Vec<String>>, Query,
            description = "Ids of beats; may be repeated; everywhere where absent"),
        ("area" = Option<String>, Query,
            description = "WEST,SOUTH,EAST,NORTH, or a ring LON,LAT,LON,LAT,…; everywhere where absent"),
        ("resolution" = Option<u8>, Query, description = "7 to 11, 10 where absent"),
        ("format" = Option<String>, Query, description = "json, csv or svg; json where absent"),
    ),
    responses(
        (status = 200, description = "The answer, in the form asked for",
            content((ConcentrationReport = "application/json"), (String = "text/csv"), (String = "image/svg+xml"))),
        (status = 304, description = "The client has it"),
        (status = 400, description = "The question is wrong", body = Problem,
            content_type = "application/problem+json"),
        (status = 422, description = "The workspace lacks what it is about", body = Problem,
            content_type = "application/problem+json"),
        (status = 503, description = "Too many wait", body = Problem,
            content_type = "application/problem+json"),
    ))]
async fn concentration(
    State(service): State<Service>,
    headers: HeaderMap,
    query: Query,
) -> Result<Response, Problem> {
    answered(&service, &headers, query, statistics_query::concentration).await
}

/// Is a forecast lopsided? By beat, against incidents and ground.
#[utoipa::path(get, path = "/api/statistics/fairness", tag = "statistics",
    params(
        ("window" = String, Query, description = "As in /api/risk"),
        ("model" = Option<String>, Query, description = "As in /api/risk"),
        ("category" = Option<Vec<String>>, Query, description = "As in /api/risk"),
        ("hours" = Option<String>, Query, description = "As in /api/risk"),
        ("resolution" = Option<u8>, Query, description = "As in /api/risk"),
        ("look_back_days" = Option<u32>, Query, description = "As in /api/risk"),
        ("bandwidth_m" = Option<f64>, Query, description = "As in /api/risk"),
        ("half_life_days" = Option<f64>, Query, description = "As in /api/risk"),
        ("format" = Option<String>, Query, description = "json, csv or svg; json where absent"),
    ),
    responses(
        (status = 200, description = "The answer, in the form asked for",
            content((FairnessReport = "application/json"), (String = "text/csv"), (String = "image/svg+xml"))),
        (status = 304, description = "The client has it"),
        (status = 400, description = "The question is wrong", body = Problem,
            content_type = "application/problem+json"),
        (status = 422, description = "The workspace lacks what it is about", body = Problem,
            content_type = "application/problem+json"),
        (status = 503, description = "Too many wait", body = Problem,
            content_type = "application/problem+json"),
    ))]
async fn fairness(
    State(service): State<Service>,
    headers: HeaderMap,
    query: Query,
) -> Result<Response, Problem> {
    answered(&service, &headers, query, statistics_query::fairness).await
}

async fn answered(
    service: &Service,
    headers: &HeaderMap,
    mut query: Query,
    question: fn(&mut Query, &Snapshot) -> Result<Question, Problem>,
) -> Result<Response, Problem> {
    let snapshot = service.session.snapshot();
    let shape = statistics_query::shape(&mut query)?;
    let question = question(&mut query, &snapshot)?;
    query.finish()?;
    let report = service.session.statistics(&snapshot, question).await?;
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
