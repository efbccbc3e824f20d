//! `/api/handover`: what a shift hands over to the next, and the sentences written for it.

use axum::Json;
use axum::extract::State;
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use bytes::Bytes;
use jiff::Timestamp;
use jiff::tz::TimeZone;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use utoipa_axum::{router::OpenApiRouter, routes};

use crate::app::handover::HandoverAsk;
use crate::calendar::text::parse_instant;
use crate::http::api::Service;
use crate::http::live::body::View;
use crate::http::live::feed::Desk;
use crate::http::live::handover_body::HandoverBody;
use crate::http::live::outcome::{AnswerBody, single};
use crate::http::problem::Problem;
use crate::http::query::{Query, quoted};

/// What to write, and about which time.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct NoteChoice {
    /// One to 500 characters, of places and work; nothing of a person.
    text: String,
    /// The time that it is about; the shift that hands over where absent.
    #[serde(default)]
    #[schema(example = "2026-10-31T22:00:00+08:00")]
    from: Option<String>,
    /// Its end.
    #[serde(default)]
    until: Option<String>,
    /// A station by its id or name; the whole district where absent.
    #[serde(default)]
    station: Option<String>,
}

/// The routes.
pub fn routes() -> OpenApiRouter<Service> {
    OpenApiRouter::new()
        .routes(routes!(handover))
        .routes(routes!(write))
}

/// What a shift hands over: what came and how fast it was answered, what is left, pillars that
/// are silent, units and their time, and what the next shift has to expect.
#[utoipa::path(get, path = "/api/handover", tag = "live",
    params(
        ("from" = Option<String>, Query,
            description = "RFC 3339 or local; with until, or neither: the shift that ends within \
                an hour, or else the one that ended last"),
        ("until" = Option<String>, Query, description = "At most 31 days after"),
        ("station" = Option<String>, Query,
            description = "A station by its id or name; the whole district where absent"),
    ),
    responses(
        (status = 200, description = "The hand-over", body = HandoverBody),
        (status = 400, description = "A parameter is wrong", body = Problem,
            content_type = "application/problem+json"),
        (status = 503, description = "Too many wait", body = Problem,
            content_type = "application/problem+json"),
    ))]
async fn handover(State(service): State<Service>, mut query: Query) -> Result<Response, Problem> {
    let session = &service.session;
    let snapshot = session.snapshot();
    let ask = HandoverAsk {
        from: query.instant("from", &snapshot.zone)?,
        until: query.instant("until", &snapshot.zone)?,
        station: query.text("station")?,
    };
    query.finish()?;
    let report = session.handover(&ask).await?;
    let (board, ground) = (session.live.board(), session.live.ground());
    let view = View {
        board: &board,
        ground: &ground,
        snapshot: &snapshot,
    };
    let body = HandoverBody::of(&report, view);
    Ok(([(header::CACHE_CONTROL, "no-store")], Json(body)).into_response())
}

/// Writes a sentence or two for the next shift. The log keeps all, the last one is shown.
#[utoipa::path(post, path = "/api/handover/notes", tag = "live",
    params(("Idempotency-Key" = Option<String>, Header, description = "The same key, the same answer")),
    request_body = NoteChoice,
    responses(
        (status = 200, description = "It says so already", body = AnswerBody),
        (status = 201, description = "Written", body = AnswerBody),
        (status = 400, description = "A field is wrong", body = Problem,
            content_type = "application/problem+json"),
        (status = 403, description = "Asked by a page of another origin", body = Problem,
            content_type = "application/problem+json"),
        (status = 409, description = "The workspace is served read-only", body = Problem,
            content_type = "application/problem+json"),
        (status = 422, description = "The text may tell of a person, or the Idempotency-Key is taken",
            body = Problem, content_type = "application/problem+json"),
        (status = 503, description = "Not now", body = Problem,
            content_type = "application/problem+json"),
        (status = 507, description = "The disk is full", body = Problem,
            content_type = "application/problem+json"),
    ))]
async fn write(
    State(service): State<Service>,
    query: Query,
    Desk(feed): Desk,
    body: Bytes,
) -> Result<Response, Problem> {
    query.finish()?;
    let invalid = |fault: serde_json::Error| Problem::body(StatusCode::BAD_REQUEST, fault);
    let choice: NoteChoice = serde_json::from_slice(&body).map_err(invalid)?;
    let zone = &service.session.snapshot().zone;
    let ask = HandoverAsk {
        from: instant("from", choice.from.as_deref(), zone)?,
        until: instant("until", choice.until.as_deref(), zone)?,
        station: choice.station,
    };
    let repeatable = feed.repeatable(&body, |answer| AnswerBody::of(answer).text());
    let session = &service.session;
    let answer = session
        .write_handover(&ask, &choice.text, repeatable)
        .await?;
    single(&answer)
}

fn instant(name: &str, text: Option<&str>, zone: &TimeZone) -> Result<Option<Timestamp>, Problem> {
    let parsed = text.map(|text| {
        let wrong = |_| Problem::parameter(name, format!("{} is not a time", quoted(text)));
        parse_instant(text, zone).map_err(wrong)
    });
    parsed.transpose()
}
