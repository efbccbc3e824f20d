//! `GET /api/board`: the board now, or as it was; and the log that it is made of.

use axum::Json;
use axum::extract::State;
use axum::http::header;
use axum::response::{IntoResponse, Response};
use serde::Serialize;
use utoipa::ToSchema;
use utoipa_axum::{router::OpenApiRouter, routes};

use crate::http::api::Service;
use crate::http::live::body::{BoardBody, View};
use crate::http::problem::Problem;
use crate::http::query::Query;
use crate::live::board::Board;
use crate::live::event::LoggedEvent;

/// Events on a page of the log where nobody says otherwise, and at most.
const EVENTS: u32 = 1_000;
const MOST_EVENTS: u32 = 10_000;

/// The routes.
pub fn routes() -> OpenApiRouter<Service> {
    OpenApiRouter::new()
        .routes(routes!(board))
        .routes(routes!(log))
}

/// The board: calls, units, pillars, alarms, and the number of the last event in it, after
/// which `/api/events` goes on.
#[utoipa::path(get, path = "/api/board", tag = "live",
    params(
        ("at" = Option<String>, Query, description = "As it was then; RFC 3339 or local"),
        ("sequence" = Option<u64>, Query, description = "As it was after that event"),
        ("station" = Option<Vec<String>>, Query,
            description = "Only units and calls of these stations; may be repeated. Alarms always"),
    ),
    responses(
        (status = 200, description = "The board", body = BoardBody),
        (status = 400, description = "A parameter is wrong", body = Problem,
            content_type = "application/problem+json"),
        (status = 404, description = "The log begins later", body = Problem,
            content_type = "application/problem+json"),
    ))]
async fn board(State(service): State<Service>, mut query: Query) -> Result<Response, Problem> {
    let session = &service.session;
    let snapshot = session.snapshot();
    let at = query.instant("at", &snapshot.zone)?;
    let sequence: Option<u64> = query.parsed("sequence", "the number of an event")?;
    let stations = query.many("station");
    query.finish()?;
    let now = session.live.now();
    let board: Board = match (at, sequence) {
        (Some(_), Some(_)) => {
            return Err(Problem::parameter(
                "sequence",
                "give at or sequence, not both",
            ));
        }
        (Some(at), None) if at <= now => session.board_at(at).await?,
        (None, Some(sequence)) => session.board_as_of(sequence).await?,
        _ => Board::clone(&session.live.board()),
    };
    let ground = session.live.ground();
    let view = View {
        board: &board,
        ground: &ground,
        snapshot: &snapshot,
    };
    let mut body = view.whole(now);
    if at.is_none_or(|at| at > now) && sequence.is_none() {
        body.age_s = session.live.age().as_secs();
    }
    if !stations.is_empty() {
        let meant = |station: &Option<String>| {
            station
                .as_ref()
                .is_none_or(|station| stations.contains(station))
        };
        body.calls.retain(|call| meant(&call.station));
        body.units.retain(|unit| meant(&unit.station));
    }
    Ok(([(header::CACHE_CONTROL, "no-store")], Json(body)).into_response())
}

/// A page of the log.
#[derive(Debug, Serialize, ToSchema)]
struct LogPage {
    /// Events in their order: `sequence`, `at`, and the event with its `kind`.
    #[schema(value_type = Vec<Object>)]
    events: Vec<LoggedEvent>,
    /// Address of the next page; none on the last.
    next: Option<String>,
}

/// The event log from the store, oldest first: what `/api/events` told, and what came before.
///
/// Positions older than an hour are thinned out of it.
#[utoipa::path(get, path = "/api/board/log", tag = "live",
    params(
        ("after" = Option<u64>, Query, description = "Go on after this event; 0 where absent"),
        ("limit" = Option<u32>, Query, description = "1 to 10000, 1000 where absent"),
    ),
    responses(
        (status = 200, description = "Events", body = LogPage),
        (status = 400, description = "A parameter is wrong", body = Problem,
            content_type = "application/problem+json"),
    ))]
async fn log(State(service): State<Service>, mut query: Query) -> Result<Response, Problem> {
    let after = query
        .parsed("after", "the number of an event")?
        .unwrap_or(0);
    let limit = query.within("limit", 1, MOST_EVENTS)?.unwrap_or(EVENTS);
    query.finish()?;
    let events = service.session.live.events_after(after, limit).await?;
    let next = events
        .last()
        .filter(|_| events.len() == limit as usize)
        .map(|last| format!("/api/board/log?after={}&limit={limit}", last.sequence));
    let page = LogPage { events, next };
    Ok(([(header::CACHE_CONTROL, "no-store")], Json(page)).into_response())
}
