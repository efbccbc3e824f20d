//! The routes put together, with what surrounds them all, bound to an address.

use std::future::Future;
use std::io;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::extract::DefaultBodyLimit;
use axum::http::StatusCode;
use axum::middleware::{from_fn, from_fn_with_state};
use tokio::net::TcpListener;
use tower::ServiceBuilder;
use tower_http::catch_panic::CatchPanicLayer;
use tower_http::compression::CompressionLayer;
use tower_http::limit::RequestBodyLimitLayer;
use tower_http::request_id::{MakeRequestUuid, PropagateRequestIdLayer, SetRequestIdLayer};
use tower_http::timeout::TimeoutLayer;
use tower_http::trace::TraceLayer;
use utoipa::OpenApi;
use utoipa_axum::router::OpenApiRouter;

use crate::app::session::Session;
use crate::http::api::{ApiDoc, Service};
use crate::http::guard::HostNames;
use crate::http::{
    coverage, docs, export, forecasts, guard, health, incidents, layers, metrics, near, ogc, page,
    plan_sheet, plans, problem, records, replan, risk, simulations, statistics, tiles, within,
    workspace, zones,
};

/// Largest body taken. A plan's request is a few hundred bytes.
const MOST_BODY: usize = 64 * 1024;

/// Longest wait for an answer.
const LONGEST: Duration = Duration::from_secs(60);

/// How long open requests may go on once the service was told to stop.
const LAST_CALL: Duration = Duration::from_secs(15);

/// All routes over a session.
///
/// # Errors
/// A sentence, where the program's own figures or document can't be made.
pub fn router(session: Arc<Session>, hosts: HostNames) -> Result<Router, String> {
    let (routes, document) = OpenApiRouter::with_openapi(ApiDoc::openapi())
        .merge(workspace::routes())
        .merge(layers::routes())
        .merge(incidents::routes())
        .merge(near::routes())
        .merge(within::routes())
        .merge(risk::routes())
        .merge(statistics::routes())
        .merge(records::routes())
        .merge(forecasts::routes())
        .merge(plans::routes())
        .merge(replan::routes())
        .merge(plan_sheet::routes())
        .merge(coverage::routes())
        .merge(zones::routes())
        .merge(simulations::routes())
        .merge(tiles::routes())
        .merge(export::routes())
        .merge(ogc::routes())
        .merge(docs::routes())
        .merge(health::routes())
        .merge(metrics::routes())
        .merge(page::routes())
        .split_for_parts();
    let openapi = document.to_pretty_json().map_err(|e| e.to_string())?;
    let document = serde_json::to_value(&document).map_err(|e| e.to_string())?;
    let service = Service {
        session,
        metrics: metrics::recorder()?,
        openapi: openapi.into(),
        docs: docs::render(&document).into(),
    };
    // The first is the outermost.
    let around = ServiceBuilder::new()
        .layer(SetRequestIdLayer::x_request_id(MakeRequestUuid))
        // What fails is logged with its cause where it becomes a problem document; a 503 of
        // /readyz is an answer, not a failure.
        .layer(TraceLayer::new_for_http().on_failure(()))
        .layer(PropagateRequestIdLayer::x_request_id())
        .layer(from_fn(guard::harden))
        .layer(CompressionLayer::new())
        .layer(from_fn(metrics::measure))
        .layer(from_fn(problem::fill))
        .layer(CatchPanicLayer::custom(problem::of_panic))
        .layer(from_fn_with_state(hosts, guard::check))
        .layer(TimeoutLayer::with_status_code(
            StatusCode::SERVICE_UNAVAILABLE,
            LONGEST,
        ))
        .layer(RequestBodyLimitLayer::new(MOST_BODY))
        .layer(DefaultBodyLimit::max(MOST_BODY));
    Ok(routes
        .fallback(async || StatusCode::NOT_FOUND)
        .method_not_allowed_fallback(async || StatusCode::METHOD_NOT_ALLOWED)
        .layer(around)
        .with_state(service))
}

/// Answers until `stop` completes; then open requests finish, new ones are refused.
///
/// # Errors
/// Of the listener.
pub async fn serve(
    listener: TcpListener,
    router: Router,
    stop: impl Future<Output = ()> + Send + 'static,
) -> io::Result<()> {
    tokio::task::spawn_blocking(page::pack_all);
    let (told, mut was_told) = tokio::sync::watch::channel(false);
    let stop = async move {
        stop.await;
        told.send_replace(true);
    };
    let serving = axum::serve(
        listener,
        router.into_make_service_with_connect_info::<SocketAddr>(),
    )
    .with_graceful_shutdown(stop);
    let last_call = async move {
        if was_told.wait_for(|told| *told).await.is_err() {
            // The signal's task is gone without a signal: the server decides alone.
            std::future::pending::<()>().await;
        }
        tokio::time::sleep(LAST_CALL).await;
    };
    tokio::select! {
        done = serving => done,
        () = last_call => {
            tracing::warn!("requests were still open when the service stopped");
            Ok(())
        }
    }
}
