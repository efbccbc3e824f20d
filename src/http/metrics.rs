//! `/metrics` in Prometheus' text format: requests by route and status, durations,
//! computations, caches. Addresses' parameters never become labels.

use std::sync::OnceLock;
use std::time::Duration;

use axum::body::Body;
use axum::extract::{MatchedPath, State};
use axum::http::{Request, StatusCode, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use metrics::{
    Counter, Histogram, counter, describe_counter, describe_gauge, describe_histogram, gauge,
    histogram,
};
use metrics_exporter_prometheus::{BuildError, Matcher, PrometheusBuilder, PrometheusHandle};
use utoipa_axum::{router::OpenApiRouter, routes};

use crate::http::api::Service;

/// Upper ends of the buckets of durations, seconds.
const SECONDS: [f64; 12] = [
    0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 10.0,
];

/// One recorder a process: a second service in it counts into the same.
static RECORDER: OnceLock<Result<PrometheusHandle, String>> = OnceLock::new();

/// The recorder of this process, installed when first asked for.
///
/// # Errors
/// A sentence, where the program's own buckets are refused or another recorder is there.
pub fn recorder() -> Result<PrometheusHandle, String> {
    RECORDER
        .get_or_init(|| install().map_err(|fault| fault.to_string()))
        .clone()
}

/// The route.
pub fn routes() -> OpenApiRouter<Service> {
    OpenApiRouter::new().routes(routes!(exposition))
}

/// Counts and times a request by its route.
pub async fn measure(request: Request<Body>, next: Next) -> Response {
    let started = tokio::time::Instant::now();
    let method = request.method().as_str().to_owned();
    let route = request
        .extensions()
        .get::<MatchedPath>()
        .map_or("(none)", MatchedPath::as_str)
        .to_owned();
    let mut response = next.run(request).await;
    let figures = Figures::of(method, route, response.status());
    figures.count(started.elapsed());
    response.extensions_mut().insert(figures);
    response
}

/// Where answers of one route with one status are counted; on each answer, for whoever gives
/// the same one again.
#[derive(Clone)]
pub struct Figures {
    requests: Counter,
    seconds: Histogram,
}

impl Figures {
    fn of(method: String, route: String, status: StatusCode) -> Self {
        let labels = [
            ("method", method),
            ("route", route.clone()),
            ("status", status.as_u16().to_string()),
        ];
        Self {
            requests: counter!("frontbeat_http_requests_total", &labels),
            seconds: histogram!("frontbeat_http_request_seconds", "route" => route),
        }
    }

    /// Counts one answer, and how long it took.
    pub fn count(&self, took: Duration) {
        self.requests.increment(1);
        self.seconds.record(took.as_secs_f64());
    }
}

impl std::fmt::Debug for Figures {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Figures")
    }
}

/// Figures for Prometheus.
#[utoipa::path(get, path = "/metrics", tag = "operation",
    responses((status = 200, description = "Prometheus text", body = String,
        content_type = "text/plain")))]
async fn exposition(State(service): State<Service>) -> Response {
    service.metrics.run_upkeep();
    if let Some(bytes) = resident_bytes() {
        gauge!("process_resident_memory_bytes").set(bytes);
    }
    let board = service.session.live.board();
    gauge!("frontbeat_board_sequence").set(board.sequence as f64);
    gauge!("frontbeat_board_open_calls").set(board.open_calls().count() as f64);
    (
        [(
            header::CONTENT_TYPE,
            "text/plain; version=0.0.4; charset=utf-8",
        )],
        service.metrics.render(),
    )
        .into_response()
}

/// Memory that the process holds; none where the system does not tell.
fn resident_bytes() -> Option<f64> {
    let status = std::fs::read_to_string("/proc/self/status").ok()?;
    let line = status.lines().find_map(|l| l.strip_prefix("VmRSS:"))?;
    let kibibytes: f64 = line.trim().strip_suffix("kB")?.trim().parse().ok()?;
    Some(kibibytes * 1024.0)
}

fn install() -> Result<PrometheusHandle, BuildError> {
    let handle = PrometheusBuilder::new()
        .set_buckets_for_metric(Matcher::Suffix("_seconds".into()), &SECONDS)?
        .install_recorder()?;
    describe();
    Ok(handle)
}

fn describe() {
    describe_counter!("frontbeat_http_requests_total", "Requests answered");
    describe_histogram!(
        "frontbeat_http_request_seconds",
        "From request to the answer's head"
    );
    describe_counter!(
        "frontbeat_surfaces_computed_total",
        "Risk surfaces computed"
    );
    describe_histogram!(
        "frontbeat_surface_seconds",
        "Computing and preparing one risk surface"
    );
    describe_gauge!(
        "process_resident_memory_bytes",
        "Memory that the process holds"
    );
    describe_gauge!("frontbeat_board_sequence", "Number of the last event");
    describe_gauge!("frontbeat_board_open_calls", "Calls that are open");
    describe_counter!("frontbeat_board_events_total", "Events written");
    describe_histogram!(
        "frontbeat_board_commit_seconds",
        "One transaction of the board, wait for the disk included"
    );
    describe_counter!("frontbeat_plans_made_total", "Patrol plans made");
    describe_histogram!("frontbeat_plan_seconds", "Making one patrol plan");
    describe_counter!(
        "frontbeat_cache_requests_total",
        "Looks into a cache, by cache and outcome"
    );
}
