//! `/api/imports`: a file is sent once, looked at as often as wanted, then imported or thrown
//! away. Nothing is written before that is asked for; then the report says what became of
//! each row.

use axum::Json;
use axum::body::Body;
use axum::extract::rejection::JsonRejection;
use axum::extract::{DefaultBodyLimit, Path, State};
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use tokio_stream::StreamExt;
use utoipa_axum::{router::OpenApiRouter, routes};

use crate::app::import::ImportOptions;
use crate::app::session::imports::{Held, Stage};
use crate::app::session::imports_fault::ImportsFault;
use crate::http::api::Service;
use crate::http::import_body::{ImportChoice, ImportPreview, ImportState, layer_of};
use crate::http::problem::Problem;
use crate::http::query::Query;

/// Largest body that says how a file is to be read; a category map is part of it.
const MOST_CHOICE: usize = 1024 * 1024;

/// The routes.
pub fn routes() -> OpenApiRouter<Service> {
    OpenApiRouter::new()
        .routes(routes!(send))
        .routes(routes!(state, remove))
        .routes(routes!(preview))
        .routes(routes!(commit))
        .routes(routes!(refused))
        .layer(DefaultBodyLimit::max(MOST_CHOICE))
}

/// Takes a file in and says what it looks like. Nothing is written to the workspace.
///
/// The body is the file as it is: CSV (UTF-8 or GBK), Excel, GeoJSON, KML, KMZ, GPX, FlatGeobuf,
/// GeoParquet, a zipped Shapefile, GeoPackage.
/// Columns are guessed from English and Chinese headers, columns about persons dropped unread.
/// The file is held for half an hour after it was last asked for.
#[utoipa::path(post, path = "/api/imports", tag = "district",
    params(
        ("name" = Option<String>, Query, description = "The file's name"),
        ("as" = Option<String>, Query, description = "What its rows are; guessed where absent"),
        ("crs" = Option<String>, Query, description = "The frame of the coordinates"),
    ),
    request_body(content = Vec<u8>, content_type = "application/octet-stream",
        description = "The file, 64 MiB at most"),
    responses(
        (status = 201, description = "What it looks like", body = ImportPreview),
        (status = 400, description = "A parameter is wrong, or the file broke off", body = Problem,
            content_type = "application/problem+json"),
        (status = 403, description = "Asked by a page of another origin", body = Problem,
            content_type = "application/problem+json"),
        (status = 409, description = "The workspace is served read-only", body = Problem,
            content_type = "application/problem+json"),
        (status = 413, description = "The file is too large", body = Problem,
            content_type = "application/problem+json"),
        (status = 415, description = "A form instead of a file", body = Problem,
            content_type = "application/problem+json"),
        (status = 422, description = "The file can't be read", body = Problem,
            content_type = "application/problem+json"),
        (status = 503, description = "Too many files at once", body = Problem,
            content_type = "application/problem+json"),
        (status = 507, description = "The disk is full", body = Problem,
            content_type = "application/problem+json"),
    ))]
async fn send(
    State(service): State<Service>,
    mut query: Query,
    headers: HeaderMap,
    body: Body,
) -> Result<Response, Problem> {
    let name = query.text("name")?.unwrap_or_default();
    let layer = match query.text("as")? {
        Some(word) => Some(layer_of(&word)?),
        None => None,
    };
    let options = ImportOptions {
        crs: query.text("crs")?,
        ..ImportOptions::default()
    };
    query.finish()?;
    let kind = headers.get(header::CONTENT_TYPE);
    if kind.is_some_and(|kind| kind.as_bytes().starts_with(b"multipart/")) {
        return Err(Problem::of(
            StatusCode::UNSUPPORTED_MEDIA_TYPE,
            "unsupported-media-type",
            "The body must be the file",
            "send the file itself as the body (curl --data-binary @FILE), not a form",
        ));
    }
    let mut incoming = service.session.begin_import(&name)?;
    let mut pieces = body.into_data_stream();
    while let Some(piece) = pieces.next().await {
        let piece = piece.map_err(|fault| {
            Problem::body(
                StatusCode::BAD_REQUEST,
                format!("the file broke off: {fault}"),
            )
        })?;
        incoming.push(&piece).await?;
    }
    let (held, seen) = service
        .session
        .finish_import(incoming, layer, options)
        .await?;
    let body = Json(ImportPreview::of(&held, seen));
    Ok(located(&held, StatusCode::CREATED, body))
}

/// How far a file is, and what became of it.
#[utoipa::path(get, path = "/api/imports/{id}", tag = "district",
    params(("id" = String, Path, description = "As it was given when the file was sent")),
    responses(
        (status = 200, description = "How far it is", body = ImportState),
        (status = 404, description = "No such file is held", body = Problem,
            content_type = "application/problem+json"),
    ))]
async fn state(
    State(service): State<Service>,
    Path(id): Path<String>,
    query: Query,
) -> Result<Response, Problem> {
    query.finish()?;
    let held = service.session.imports.held(&id)?;
    Ok(answered(StatusCode::OK, Json(ImportState::of(&held))))
}

/// Throws a file away. What was imported of it stays.
#[utoipa::path(delete, path = "/api/imports/{id}", tag = "district",
    params(("id" = String, Path, description = "As it was given when the file was sent")),
    responses(
        (status = 204, description = "It is gone"),
        (status = 403, description = "Asked by a page of another origin", body = Problem,
            content_type = "application/problem+json"),
        (status = 404, description = "No such file is held", body = Problem,
            content_type = "application/problem+json"),
        (status = 409, description = "It is being imported", body = Problem,
            content_type = "application/problem+json"),
    ))]
async fn remove(
    State(service): State<Service>,
    Path(id): Path<String>,
    query: Query,
) -> Result<StatusCode, Problem> {
    query.finish()?;
    service.session.drop_import(&id)?;
    Ok(StatusCode::NO_CONTENT)
}

/// What a file looks like when it is read otherwise. Nothing is written.
#[utoipa::path(post, path = "/api/imports/{id}/preview", tag = "district",
    params(("id" = String, Path, description = "As it was given when the file was sent")),
    request_body = ImportChoice,
    responses(
        (status = 200, description = "What it looks like", body = ImportPreview),
        (status = 400, description = "A field is wrong", body = Problem,
            content_type = "application/problem+json"),
        (status = 403, description = "Asked by a page of another origin", body = Problem,
            content_type = "application/problem+json"),
        (status = 404, description = "No such file is held", body = Problem,
            content_type = "application/problem+json"),
        (status = 409, description = "It is being imported, or was", body = Problem,
            content_type = "application/problem+json"),
        (status = 413, description = "The body is too large", body = Problem,
            content_type = "application/problem+json"),
        (status = 415, description = "The body is not JSON", body = Problem,
            content_type = "application/problem+json"),
        (status = 422, description = "The file can't be read like that", body = Problem,
            content_type = "application/problem+json"),
        (status = 503, description = "Too many files at once", body = Problem,
            content_type = "application/problem+json"),
    ))]
async fn preview(
    State(service): State<Service>,
    Path(id): Path<String>,
    query: Query,
    body: Result<Json<ImportChoice>, JsonRejection>,
) -> Result<Response, Problem> {
    query.finish()?;
    let Json(choice) = body?;
    let (layer, options) = choice.into_options()?;
    let (held, seen) = service.session.look_again(&id, layer, options).await?;
    Ok(answered(
        StatusCode::OK,
        Json(ImportPreview::of(&held, seen)),
    ))
}

/// Imports a file. The answer comes at once; `GET /api/imports/{id}` says how far it is and
/// at the end what became of each row. Many incidents are written step by step, so that the
/// board goes on meanwhile.
#[utoipa::path(post, path = "/api/imports/{id}/commit", tag = "district",
    params(("id" = String, Path, description = "As it was given when the file was sent")),
    request_body = ImportChoice,
    responses(
        (status = 202, description = "It has begun", body = ImportState),
        (status = 400, description = "A field is wrong, or as is missing", body = Problem,
            content_type = "application/problem+json"),
        (status = 403, description = "Asked by a page of another origin", body = Problem,
            content_type = "application/problem+json"),
        (status = 404, description = "No such file is held", body = Problem,
            content_type = "application/problem+json"),
        (status = 409, description = "It is being imported, or was; or the workspace is read-only",
            body = Problem, content_type = "application/problem+json"),
        (status = 413, description = "The body is too large", body = Problem,
            content_type = "application/problem+json"),
        (status = 415, description = "The body is not JSON", body = Problem,
            content_type = "application/problem+json"),
    ))]
async fn commit(
    State(service): State<Service>,
    Path(id): Path<String>,
    query: Query,
    body: Result<Json<ImportChoice>, JsonRejection>,
) -> Result<Response, Problem> {
    query.finish()?;
    let Json(choice) = body?;
    let (layer, options) = choice.into_options()?;
    let Some(layer) = layer else {
        return Err(Problem::parameter(
            "as",
            "say what the rows are: as is missing",
        ));
    };
    let held = service.session.commit_import(&id, layer, options)?;
    let body = Json(ImportState::of(&held));
    Ok(located(&held, StatusCode::ACCEPTED, body))
}

/// All refused rows of an imported file: row, reason, field, value, sentence.
#[utoipa::path(get, path = "/api/imports/{id}/refused.csv", tag = "district",
    params(("id" = String, Path, description = "As it was given when the file was sent")),
    responses(
        (status = 200, description = "The rows", body = String, content_type = "text/csv"),
        (status = 404, description = "No such file is held, or it is not imported", body = Problem,
            content_type = "application/problem+json"),
    ))]
async fn refused(
    State(service): State<Service>,
    Path(id): Path<String>,
    query: Query,
) -> Result<Response, Problem> {
    query.finish()?;
    let held = service.session.imports.held(&id)?;
    if !matches!(held.stage(), Stage::Done(_)) {
        return Err(ImportsFault::Unknown.into());
    }
    let bytes = held.refused_csv().await?;
    let mut response = bytes.into_response();
    let headers = response.headers_mut();
    headers.insert(
        header::CONTENT_TYPE,
        HeaderValue::from_static("text/csv; charset=utf-8"),
    );
    headers.insert(
        header::CONTENT_DISPOSITION,
        HeaderValue::from_static("attachment; filename=\"refused.csv\""),
    );
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    Ok(response)
}

/// An answer about a file, with its address.
fn located(held: &Held, status: StatusCode, body: impl IntoResponse) -> Response {
    let mut response = answered(status, body);
    if let Ok(location) = format!("/api/imports/{}", held.id).parse() {
        response.headers_mut().insert(header::LOCATION, location);
    }
    response
}

fn answered(status: StatusCode, body: impl IntoResponse) -> Response {
    let mut response = (status, body).into_response();
    let uncached = HeaderValue::from_static("no-store");
    response
        .headers_mut()
        .insert(header::CACHE_CONTROL, uncached);
    response
}
