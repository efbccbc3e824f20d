//! Is it alive, is it ready?

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use serde::Serialize;
use utoipa::ToSchema;
use utoipa_axum::{router::OpenApiRouter, routes};

use crate::app::session::Readiness as Start;
use crate::http::api::Service;
use crate::http::problem::Problem;

/// The board is said to be old from so many seconds on: it is looked after each second.
const OLD_S: u64 = 5;

/// How it is.
#[derive(Debug, Serialize, ToSchema)]
pub struct Health {
    /// `ok`.
    pub status: &'static str,
}

/// How ready it is.
#[derive(Debug, Serialize, ToSchema)]
pub struct Readiness {
    /// `ready`; `stale` where the database could not be read for some seconds: what is in
    /// memory is served on, as old as it is.
    pub status: &'static str,
    /// How old the board may be, whole seconds.
    pub age_s: u64,
    /// `here` or, where the database did not answer when it was asked last, `away`.
    pub database: &'static str,
    /// Whether this service does the scheduled work; one of those that share a workspace does.
    pub leads: bool,
}

/// The routes.
pub fn routes() -> OpenApiRouter<Service> {
    OpenApiRouter::new()
        .routes(routes!(healthz))
        .routes(routes!(readyz))
}

/// The process answers.
#[utoipa::path(get, path = "/healthz", tag = "operation",
    responses((status = 200, description = "Alive", body = Health)))]
async fn healthz() -> Json<Health> {
    Json(Health { status: "ok" })
}

/// Everything that a first page needs is in memory.
///
/// It stays ready while the database is away: reads go on from memory, and no other service of
/// the same database could do better.
#[utoipa::path(get, path = "/readyz", tag = "operation",
    responses(
        (status = 200, description = "Ready", body = Readiness),
        (status = 503, description = "Not yet", body = Problem,
            content_type = "application/problem+json"),
    ))]
async fn readyz(State(service): State<Service>) -> Response {
    match service.session.readiness() {
        Start::Ready => {
            let live = &service.session.live;
            let age_s = live.age().as_secs();
            let body = Readiness {
                status: if age_s < OLD_S { "ready" } else { "stale" },
                age_s,
                database: match service.session.database_answers() {
                    true => "here",
                    false => "away",
                },
                leads: live.leads(),
            };
            (StatusCode::OK, Json(body)).into_response()
        }
        Start::Warming(what) => {
            Problem::unavailable("not-ready", format!("still reading: {what}")).into_response()
        }
        Start::Failed(_) => Problem::unavailable(
            "not-ready",
            "a part of the workspace can't be read; the service's log says which",
        )
        .into_response(),
    }
}
