//! `/api/beats/versions`: beats and zones as they were published, every version; an earlier
//! one can be published again.

use axum::Json;
use axum::extract::rejection::JsonRejection;
use axum::extract::{Path, State};
use axum::http::{HeaderMap, header};
use axum::response::{IntoResponse, Response};
use utoipa_axum::{router::OpenApiRouter, routes};

use crate::http::api::Service;
use crate::http::problem::Problem;
use crate::http::query::Query;
use crate::http::scenario_body::{
    DraftArea, PublishReason, VersionBody, VersionList, VersionSummary,
};
use crate::http::scenario_problem::if_match;
use crate::http::scenarios::layer_of;

/// The routes.
pub fn routes() -> OpenApiRouter<Service> {
    OpenApiRouter::new()
        .routes(routes!(list))
        .routes(routes!(version))
        .routes(routes!(again))
}

/// The published versions, newest first; the ETag is the number in force.
#[utoipa::path(get, path = "/api/beats/versions", tag = "planning",
    params(("layer" = Option<String>, Query, description = "beats or zones; beats where absent")),
    responses((status = 200, description = "The versions", body = VersionList),
        (status = 400, description = "No such layer", body = Problem,
            content_type = "application/problem+json")))]
async fn list(State(service): State<Service>, mut query: Query) -> Result<Response, Problem> {
    let layer = layer_of(query.text("layer")?.as_deref())?;
    query.finish()?;
    let lines = service.session.area_versions(layer).await?;
    let newest = lines.first().map_or(0, |line| line.number);
    let zone = &service.session.snapshot().zone;
    let versions = lines
        .iter()
        .map(|line| VersionSummary::of(line, newest, zone));
    let body = VersionList {
        versions: versions.collect(),
    };
    let about = [
        (header::ETAG, format!("\"{newest}\"")),
        (header::CACHE_CONTROL, "no-store".into()),
    ];
    Ok((about, Json(body)).into_response())
}

/// A published version with its areas.
#[utoipa::path(get, path = "/api/beats/versions/{number}", tag = "planning",
    params(("number" = u64, Path, description = "As in the list"),
        ("layer" = Option<String>, Query, description = "beats or zones; beats where absent"),
        ("as" = Option<String>, Query, description = "draft: as a draft begins with it, borders the same on both sides; as it was published where absent")),
    responses(
        (status = 200, description = "The version", body = VersionBody),
        (status = 400, description = "No such layer, or no number", body = Problem,
            content_type = "application/problem+json"),
        (status = 404, description = "No such version", body = Problem,
            content_type = "application/problem+json"),
    ))]
async fn version(
    State(service): State<Service>,
    Path(number): Path<String>,
    mut query: Query,
) -> Result<Json<VersionBody>, Problem> {
    let layer = layer_of(query.text("layer")?.as_deref())?;
    let form = query.text("as")?;
    query.finish()?;
    let found = service
        .session
        .area_version(layer, parsed(&number)?)
        .await?;
    let parts = match form.as_deref() {
        None => found.parts,
        Some("draft") => service.session.as_draft(found.parts).await?,
        Some(other) => {
            let detail = format!("as must be draft, not {other:?}");
            return Err(Problem::parameter("as", detail));
        }
    };
    let newest = service.session.area_versions(layer).await?;
    let newest = newest.first().map_or(0, |line| line.number);
    let about = VersionSummary::of(&found.line, newest, &service.session.snapshot().zone);
    let areas = parts.iter().map(DraftArea::of).collect();
    Ok(Json(VersionBody::of(about, areas)))
}

/// Publishes an earlier version again: that undoes what was published since, and keeps it.
#[utoipa::path(post, path = "/api/beats/versions/{number}/publish", tag = "planning",
    params(("number" = u64, Path, description = "As in the list"),
        ("layer" = Option<String>, Query, description = "beats or zones; beats where absent"),
        ("If-Match" = String, Header, description = "The number in force, as the list's ETag")),
    request_body = PublishReason,
    responses(
        (status = 200, description = "The new version", body = VersionSummary),
        (status = 400, description = "No reason, or no such layer", body = Problem,
            content_type = "application/problem+json"),
        (status = 403, description = "Asked by a page of another origin", body = Problem,
            content_type = "application/problem+json"),
        (status = 404, description = "No such version", body = Problem,
            content_type = "application/problem+json"),
        (status = 409, description = "The workspace is served read-only", body = Problem,
            content_type = "application/problem+json"),
        (status = 412, description = "Somebody published in between", body = Problem,
            content_type = "application/problem+json"),
        (status = 413, description = "The body is too large", body = Problem,
            content_type = "application/problem+json"),
        (status = 415, description = "The body is not JSON", body = Problem,
            content_type = "application/problem+json"),
        (status = 428, description = "Without If-Match", body = Problem,
            content_type = "application/problem+json"),
    ))]
async fn again(
    State(service): State<Service>,
    Path(number): Path<String>,
    mut query: Query,
    headers: HeaderMap,
    body: Result<Json<PublishReason>, JsonRejection>,
) -> Result<Json<VersionSummary>, Problem> {
    let layer = layer_of(query.text("layer")?.as_deref())?;
    query.finish()?;
    let over = if_match(&headers)?;
    let number = parsed(&number)?;
    let Json(sent) = body?;
    let session = &service.session;
    let published = session
        .publish_again(layer, number, over, &sent.reason)
        .await?;
    let zone = &session.snapshot().zone;
    Ok(Json(VersionSummary::of(&published, published.number, zone)))
}

fn parsed(number: &str) -> Result<u64, Problem> {
    number.parse().map_err(|_| {
        Problem::unknown(
            "version",
            "a version is a whole number; /api/beats/versions lists them",
        )
    })
}
