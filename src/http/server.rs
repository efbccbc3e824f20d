//! The routes put together, with what surrounds them all, bound to an address.

use std::future::Future;
use std::io;
use std::sync::Arc;
use std::time::Duration;

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
use crate::http::live::hub::Hub;
use crate::http::tiles_again::Front;
use crate::http::{
    coverage, docs, export, feeds, follow_up, forecasts, guard, health, hooks, imports,
    incident_profile, incidents, layers, listen, live, map_picture, metrics, near, ogc, openapi,
    page, plan_sheet, plans, problem, records, replan, risk, scenarios, simulations, statistics,
    tiles, versions, within, workspace, zones,
};

/// Largest body taken where a route does not say otherwise. A plan's request is a few
/// hundred bytes.
const MOST_BODY: usize = 64 * 1024;

/// Largest body of any route: lines of incidents.
const MOST_STREAMED: usize = 65 * 1024 * 1024;

/// Largest planner's draft with all its corners.
pub const MOST_DRAFT: usize = 8 * 1024 * 1024;

/// Longest wait for an answer.
pub const LONGEST: Duration = Duration::from_secs(60);

/// How long open requests may go on once the service was told to stop.
const LAST_CALL: Duration = Duration::from_secs(15);

/// All routes over a session.
///
/// # Errors
/// A sentence, where the program's own figures or document can't be made.
pub fn front(session: Arc<Session>, hosts: HostNames) -> Result<Front, String> {
    let (routes, document) = OpenApiRouter::with_openapi(ApiDoc::openapi())
        .merge(workspace::routes())
        .merge(layers::routes())
        .merge(incidents::routes())
        .merge(incident_profile::routes())
        .merge(near::routes())
        .merge(within::routes())
        .merge(risk::routes())
        .merge(statistics::routes())
        .merge(records::routes())
        .merge(forecasts::routes())
        .merge(plans::routes())
        .merge(replan::routes())
        .merge(plan_sheet::routes())
        .merge(map_picture::routes())
        .merge(coverage::routes())
        .merge(zones::routes())
        .merge(live::incidents::routes())
        .merge(live::deliver::routes())
        .merge(live::desk::routes())
        .merge(live::board::routes())
        .merge(live::stream::routes())
        .merge(live::suggestion::routes())
        .merge(live::heat::routes())
        .merge(follow_up::routes())
        .merge(live::round::routes())
        .merge(live::phone::routes())
        .merge(live::handover::routes())
        .merge(scenarios::routes())
        .merge(versions::routes())
        .merge(simulations::routes())
        .merge(tiles::routes())
        .merge(export::routes())
        .merge(feeds::routes())
        .merge(imports::routes())
        .merge(hooks::routes())
        .merge(ogc::routes())
        .merge(docs::routes())
        .merge(health::routes())
        .merge(metrics::routes())
        .merge(page::routes())
        .split_for_parts();
    let mut document = serde_json::to_value(&document).map_err(|e| e.to_string())?;
    openapi::complete(&mut document);
    let written = serde_json::to_string_pretty(&document).map_err(|e| e.to_string())?;
    let service = Service {
        hub: Hub::start(&session),
        session: session.clone(),
        metrics: metrics::recorder()?,
        openapi: written.into(),
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
        .layer(from_fn_with_state(hosts.clone(), guard::check))
        .layer(TimeoutLayer::with_status_code(
            StatusCode::SERVICE_UNAVAILABLE,
            LONGEST,
        ))
        .layer(RequestBodyLimitLayer::new(MOST_STREAMED))
        .layer(DefaultBodyLimit::max(MOST_BODY));
    let router = routes
        .fallback(async || StatusCode::NOT_FOUND)
        .method_not_allowed_fallback(async || StatusCode::METHOD_NOT_ALLOWED)
        .layer(around)
        .with_state(service);
    Ok(Front::new(router, session, hosts))
}

/// Answers until `stop` completes; then open requests finish, new ones are refused.
///
/// # Errors
/// Of the listener.
pub async fn serve(
    listener: TcpListener,
    front: Front,
    stop: impl Future<Output = ()>,
) -> io::Result<()> {
    tokio::task::spawn_blocking(page::pack_all);
    listen::serve(listener, front, stop, LAST_CALL).await
}
