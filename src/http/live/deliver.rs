//! What feeds deliver of units and pillars: positions, statuses, presses, signs of life.

use axum::Json;
use axum::extract::rejection::JsonRejection;
use axum::extract::{Path, State};
use axum::response::Response;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use utoipa_axum::{router::OpenApiRouter, routes};

use crate::app::live::ask::Outcome;
use crate::calendar::text::parse_instant;
use crate::http::api::Service;
use crate::http::live::feed::Feed;
use crate::http::live::incident_item::{check_time, milliseconds};
use crate::http::live::outcome::{AnswerBody, ResultBody, respond_single, single};
use crate::http::live::place::believed;
use crate::http::problem::Problem;
use crate::live::command::Command;
use crate::place::feature::UnitStatus;
use crate::place::id::Id;
use crate::place::measure::Metres;

/// How far outside the district a unit's position is believed.
pub const FAR: Metres = Metres(100_000.0);

/// Where a unit is.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct PositionChoice {
    /// Longitude, latitude in WGS 84.
    position: [f64; 2],
    /// Degrees clockwise from north, 0 to 360.
    #[serde(default)]
    heading_deg: Option<f64>,
    /// When it was measured; now where absent.
    #[serde(default)]
    #[schema(example = "2026-11-26T22:15:03+08:00")]
    at: Option<String>,
}

/// What a unit does.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct StatusChoice {
    /// `idle`, `dispatched`, `on_scene`, `break` or `off_duty`. Of a unit with a call,
    /// `on_scene` says that it is there, `idle` that it is done.
    #[schema(value_type = String, example = "on_scene")]
    status: UnitStatus,
}

/// The routes.
pub fn routes() -> OpenApiRouter<Service> {
    OpenApiRouter::new()
        .routes(routes!(position))
        .routes(routes!(status))
        .routes(routes!(press))
        .routes(routes!(heartbeat))
}

/// A unit says where it is.
///
/// A position that is older than the one known changes nothing (`known`). Units are cars,
/// motorcycles and foot teams: no position is ever tied to a person.
#[utoipa::path(post, path = "/api/units/{id}/position", tag = "live",
    params(("id" = String, Path, description = "The unit's id"),
        ("Idempotency-Key" = Option<String>, Header, description = "The same key, the same answer")),
    request_body = PositionChoice,
    responses(
        (status = 200, description = "Known already", body = AnswerBody),
        (status = 201, description = "Taken in", body = AnswerBody),
        (status = 400, description = "The body is wrong", body = Problem,
            content_type = "application/problem+json"),
        (status = 401, description = "A key is needed", body = Problem,
            content_type = "application/problem+json"),
        (status = 404, description = "No such unit", body = Problem,
            content_type = "application/problem+json"),
        (status = 409, description = "The workspace is served read-only", body = Problem,
            content_type = "application/problem+json"),
        (status = 415, description = "The body is no JSON", body = Problem,
            content_type = "application/problem+json"),
        (status = 422, description = "The Idempotency-Key is taken", body = Problem,
            content_type = "application/problem+json"),
        (status = 429, description = "The feed asks too often", body = Problem,
            content_type = "application/problem+json"),
        (status = 503, description = "Not now", body = Problem,
            content_type = "application/problem+json"),
        (status = 507, description = "The disk is full", body = Problem,
            content_type = "application/problem+json"),
    ))]
async fn position(
    State(service): State<Service>,
    Path(id): Path<String>,
    feed: Feed,
    body: Result<Json<PositionChoice>, JsonRejection>,
) -> Result<Response, Problem> {
    let Json(choice) = body?;
    let snapshot = service.session.snapshot();
    let place = believed(choice.position, FAR, &snapshot)?;
    if choice
        .heading_deg
        .is_some_and(|degrees| !(0.0..=360.0).contains(&degrees))
    {
        return Err(Problem::parameter(
            "heading_deg",
            "heading_deg must be 0 to 360",
        ));
    }
    let now = service.session.live.now();
    let measured_at = match &choice.at {
        None => now,
        Some(text) => {
            let at = parse_instant(text, &snapshot.zone)
                .map_err(|fault| Problem::parameter("at", fault))?;
            check_time("at", at, now)?
        }
    };
    let command = Command::Move {
        unit: Id::new(id),
        position: place,
        heading_deg: choice.heading_deg,
        measured_at: milliseconds(measured_at),
    };
    ask_one(&service, &feed, &choice, command).await
}

/// A unit says what it does.
#[utoipa::path(post, path = "/api/units/{id}/status", tag = "live",
    params(("id" = String, Path, description = "The unit's id"),
        ("Idempotency-Key" = Option<String>, Header, description = "The same key, the same answer")),
    request_body = StatusChoice,
    responses(
        (status = 200, description = "Known already", body = AnswerBody),
        (status = 201, description = "Taken in", body = AnswerBody),
        (status = 400, description = "The body is wrong", body = Problem,
            content_type = "application/problem+json"),
        (status = 401, description = "A key is needed", body = Problem,
            content_type = "application/problem+json"),
        (status = 404, description = "No such unit", body = Problem,
            content_type = "application/problem+json"),
        (status = 409, description = "Illegal now, or the workspace is served read-only", body = Problem,
            content_type = "application/problem+json"),
        (status = 415, description = "The body is no JSON", body = Problem,
            content_type = "application/problem+json"),
        (status = 422, description = "The Idempotency-Key is taken", body = Problem,
            content_type = "application/problem+json"),
        (status = 429, description = "The feed asks too often", body = Problem,
            content_type = "application/problem+json"),
        (status = 503, description = "Not now", body = Problem,
            content_type = "application/problem+json"),
        (status = 507, description = "The disk is full", body = Problem,
            content_type = "application/problem+json"),
    ))]
async fn status(
    State(service): State<Service>,
    Path(id): Path<String>,
    feed: Feed,
    body: Result<Json<StatusChoice>, JsonRejection>,
) -> Result<Response, Problem> {
    let Json(choice) = body?;
    let command = Command::Report {
        unit: Id::new(id),
        status: choice.status,
    };
    ask_one(&service, &feed, &choice, command).await
}

/// Somebody presses a pillar: it rings at the desk until it is acknowledged.
#[utoipa::path(post, path = "/api/pillars/{id}/press", tag = "live",
    params(("id" = String, Path, description = "The pillar's id"),
        ("Idempotency-Key" = Option<String>, Header, description = "The same key, the same answer")),
    responses(
        (status = 201, description = "It rings", body = AnswerBody),
        (status = 400, description = "The Idempotency-Key is wrong", body = Problem,
            content_type = "application/problem+json"),
        (status = 401, description = "A key is needed", body = Problem,
            content_type = "application/problem+json"),
        (status = 404, description = "No such pillar", body = Problem,
            content_type = "application/problem+json"),
        (status = 409, description = "The workspace is served read-only", body = Problem,
            content_type = "application/problem+json"),
        (status = 422, description = "The Idempotency-Key is taken", body = Problem,
            content_type = "application/problem+json"),
        (status = 429, description = "The feed asks too often", body = Problem,
            content_type = "application/problem+json"),
        (status = 503, description = "Not now", body = Problem,
            content_type = "application/problem+json"),
        (status = 507, description = "The disk is full", body = Problem,
            content_type = "application/problem+json"),
    ))]
async fn press(
    State(service): State<Service>,
    Path(id): Path<String>,
    feed: Feed,
) -> Result<Response, Problem> {
    let pillar = Id::new(id);
    ask_one(&service, &feed, &(), Command::Press { pillar }).await
}

/// A pillar gives a sign of life. Only the first after a silence is an event.
#[utoipa::path(post, path = "/api/pillars/{id}/heartbeat", tag = "live",
    params(("id" = String, Path, description = "The pillar's id")),
    responses(
        (status = 200, description = "Noted", body = AnswerBody),
        (status = 201, description = "It is back", body = AnswerBody),
        (status = 401, description = "A key is needed", body = Problem,
            content_type = "application/problem+json"),
        (status = 404, description = "No such pillar", body = Problem,
            content_type = "application/problem+json"),
        (status = 409, description = "The workspace is served read-only", body = Problem,
            content_type = "application/problem+json"),
        (status = 429, description = "The feed asks too often", body = Problem,
            content_type = "application/problem+json"),
        (status = 503, description = "Not now", body = Problem,
            content_type = "application/problem+json"),
        (status = 507, description = "The disk is full", body = Problem,
            content_type = "application/problem+json"),
    ))]
async fn heartbeat(
    State(service): State<Service>,
    Path(id): Path<String>,
    _feed: Feed,
) -> Result<Response, Problem> {
    let live = &service.session.live;
    let outcome: Outcome = live.heartbeat(Id::new(id), live.now()).await?;
    let result = ResultBody::of(0, &outcome);
    respond_single(&AnswerBody::new(live.board().sequence, vec![result]))
}

async fn ask_one(
    service: &Service,
    feed: &Feed,
    choice: &impl Serialize,
    command: Command,
) -> Result<Response, Problem> {
    let request = serde_json::to_vec(choice).map_err(Problem::internal)?;
    let repeatable = feed.repeatable(&request, |answer| AnswerBody::of(answer).text());
    let answer = service.session.live.ask(vec![command], repeatable).await?;
    single(&answer)
}
