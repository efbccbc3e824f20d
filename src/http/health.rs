//! Is it alive, is it ready?

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use serde::Serialize;
use utoipa::ToSchema;
use utoipa_axum::{router::OpenApiRouter, routes};

use crate::app::session::Readiness;
use crate::http::api::Service;
use crate::http::problem::Problem;

/// How it is.
#[derive(Debug, Serialize, ToSchema)]
pub struct Health {
    /// `ok` or `ready`.
    pub status: &'static str,
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
#[utoipa::path(get, path = "/readyz", tag = "operation",
    responses(
        (status = 200, description = "Ready", body = Health),
        (status = 503, description = "Not yet", body = Problem,
            content_type = "application/problem+json"),
    ))]
async fn readyz(State(service): State<Service>) -> Response {
    match service.session.readiness() {
        Readiness::Ready => (StatusCode::OK, Json(Health { status: "ready" })).into_response(),
        Readiness::Warming(what) => {
            Problem::unavailable("not-ready", format!("still reading: {what}")).into_response()
        }
        Readiness::Failed(_) => Problem::unavailable(
            "not-ready",
            "a part of the workspace can't be read; the service's log says which",
        )
        .into_response(),
    }
}
