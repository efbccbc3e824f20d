//! `/api/simulations`: what would so many days be like under policies for idle units?
//! Nothing is stored; the simulation ends when whoever asked is gone.
//!
//! As JSON the answer comes when it is done, within the service's longest wait; as events
//! (`text/event-stream`) it comes at once, and says how far it is until the report follows.

use std::convert::Infallible;
use std::pin::pin;
use std::time::Duration;

use axum::Json;
use axum::extract::State;
use axum::extract::rejection::JsonRejection;
use axum::http::header;
use axum::response::sse::{Event, KeepAlive, Sse};
use axum::response::{IntoResponse, Response};
use serde::Serialize;
use tokio::sync::{mpsc, watch};
use tokio::time::MissedTickBehavior;
use tokio_stream::wrappers::ReceiverStream;
use utoipa_axum::{router::OpenApiRouter, routes};

use crate::app::session::error::SessionError;
use crate::app::simulate::{Progress, SimulateRequest};
use crate::http::api::Service;
use crate::http::problem::Problem;
use crate::http::query::{Query, quoted};
use crate::http::server::LONGEST;
use crate::http::simulation_body::{Simulation, SimulationProgress};
use crate::http::simulation_choice::SimulationChoice;
use crate::patrol::simulator::report::SimulationReport;

/// A simulation gives up so long before the service does, so that it can say what to ask for.
const BEFORE_THE_LONGEST: Duration = Duration::from_secs(1);

/// Progress is told so often at most.
const TELL_EVERY: Duration = Duration::from_millis(250);

/// The routes.
pub fn routes() -> OpenApiRouter<Service> {
    OpenApiRouter::new().routes(routes!(simulated))
}

/// Simulates days of calls and units under policies for idle units, on the same calls.
///
/// Nothing is stored. Closing the connection stops it. With `format=events` the answer is a
/// stream of `progress` events (`done` of `of` plans and histories), then one `report` with
/// the same document as the JSON answer, or one `problem`.
#[utoipa::path(post, path = "/api/simulations", tag = "patrol",
    params(("format" = Option<String>, Query, description = "json or events; json where absent, and then the answer has to be ready within the service's longest wait")),
    request_body = SimulationChoice,
    responses(
        (status = 200, description = "What each policy came to, in the form asked for",
            content((Simulation = "application/json"), (SimulationProgress = "text/event-stream"))),
        (status = 400, description = "A field is wrong", body = Problem,
            content_type = "application/problem+json"),
        (status = 403, description = "Asked by a page of another origin", body = Problem,
            content_type = "application/problem+json"),
        (status = 413, description = "The body is too large", body = Problem,
            content_type = "application/problem+json"),
        (status = 415, description = "The body is not JSON", body = Problem,
            content_type = "application/problem+json"),
        (status = 422, description = "No boundary, no roads, no units, no shifts, or too little data", body = Problem,
            content_type = "application/problem+json"),
        (status = 503, description = "Too many wait, or it took too long: `format=events` has no such limit", body = Problem,
            content_type = "application/problem+json"),
    ))]
async fn simulated(
    State(service): State<Service>,
    mut query: Query,
    body: Result<Json<SimulationChoice>, JsonRejection>,
) -> Result<Response, Problem> {
    let events = match query.text("format")?.as_deref() {
        None | Some("json") => false,
        Some("events") => true,
        Some(other) => {
            let detail = format!("format must be json or events, not {}", quoted(other));
            return Err(Problem::parameter("format", detail));
        }
    };
    query.finish()?;
    let Json(choice) = body?;
    let request = choice.request(&service.session.snapshot())?;
    let never_stored = [(header::CACHE_CONTROL, "no-store")];
    if events {
        let (lines, stream) = mpsc::channel(4);
        tokio::spawn(tell(service, request, lines));
        let stream = Sse::new(ReceiverStream::new(stream)).keep_alive(KeepAlive::default());
        return Ok((never_stored, stream).into_response());
    }
    let (told, _) = watch::channel(Progress::default());
    let snapshot = service.session.snapshot();
    let job = service.session.simulation(&snapshot, request, told);
    let report = in_time(LONGEST.saturating_sub(BEFORE_THE_LONGEST), job).await??;
    let body = Simulation::of(&report, &snapshot.zone);
    Ok((never_stored, Json(body)).into_response())
}

/// What a job comes to, if it is done in time; else what to ask for. Dropping the job tells it
/// to stop.
async fn in_time<T>(longest: Duration, job: impl Future<Output = T>) -> Result<T, Problem> {
    tokio::time::timeout(longest, job).await.map_err(|_| {
        Problem::unavailable(
            "timeout",
            format!(
                "the simulation is not done after {:.0} s, and no answer may take longer: ask with format=events, which answers at once and tells how far it is until the report follows; or for fewer days, seeds or policies",
                longest.as_secs_f64()
            ),
        )
    })
}

/// Simulates and tells how far it is, until it is done or nobody listens any more.
async fn tell(
    service: Service,
    request: SimulateRequest,
    lines: mpsc::Sender<Result<Event, Infallible>>,
) {
    let snapshot = service.session.snapshot();
    let (told, mut progress) = watch::channel(Progress::default());
    let mut job = pin!(service.session.simulation(&snapshot, request, told));
    let mut tick = tokio::time::interval(TELL_EVERY);
    tick.set_missed_tick_behavior(MissedTickBehavior::Delay);
    let done: Result<SimulationReport, SessionError> = loop {
        tokio::select! {
            done = &mut job => break done,
            // Dropping the job tells it to stop.
            () = lines.closed() => return,
            _ = tick.tick() => {
                if progress.has_changed().unwrap_or(false) {
                    let now = SimulationProgress::from(*progress.borrow_and_update());
                    if lines.send(Ok(event("progress", &now))).await.is_err() {
                        return;
                    }
                }
            }
        }
    };
    let last = match done {
        Ok(report) => event("report", &Simulation::of(&report, &snapshot.zone)),
        Err(fault) => event("problem", &Problem::from(fault)),
    };
    // Whoever is gone misses nothing.
    let _ = lines.send(Ok(last)).await;
}

fn event(name: &str, body: &impl Serialize) -> Event {
    let event = Event::default().event(name);
    event.json_data(body).unwrap_or_else(|fault| {
        let problem = serde_json::to_string(&Problem::internal(fault)).unwrap_or_default();
        Event::default().event("problem").data(problem)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn what_takes_too_long_says_what_to_ask_for() {
        let done = in_time(Duration::from_secs(5), async { 7 }).await;
        assert_eq!(done.ok(), Some(7));
        let never = std::future::pending::<()>();
        let late = in_time(Duration::from_millis(5), never).await;
        let answer = late.expect_err("it never ends").into_response();
        assert_eq!(answer.status(), axum::http::StatusCode::SERVICE_UNAVAILABLE);
        let body = axum::body::to_bytes(answer.into_body(), 10_000)
            .await
            .unwrap();
        assert!(String::from_utf8_lossy(&body).contains("format=events"));
    }
}
