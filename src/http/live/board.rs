//! `GET /api/board`: the board now, or as it was.

use axum::Json;
use axum::extract::State;
use axum::http::header;
use axum::response::{IntoResponse, Response};
use utoipa_axum::{router::OpenApiRouter, routes};

use crate::app::clock;
use crate::http::api::Service;
use crate::http::live::body::{BoardBody, View};
use crate::http::problem::Problem;
use crate::http::query::Query;
use crate::live::board::Board;

/// The route.
pub fn routes() -> OpenApiRouter<Service> {
    OpenApiRouter::new().routes(routes!(board))
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
    let now = clock::now();
    let board: Board = match (at, sequence) {
        (Some(_), Some(_)) => {
            return Err(Problem::parameter(
                "sequence",
                "give at or sequence, not both",
            ));
        }
        (Some(at), None) if at <= now => session.live.board_at(at).await?,
        (None, Some(sequence)) => session.live.board_as_of(sequence).await?,
        _ => Board::clone(&session.live.board()),
    };
    let ground = session.live.ground();
    let view = View {
        board: &board,
        ground: &ground,
        snapshot: &snapshot,
    };
    let mut body = view.whole(now);
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
