//! What every handler is given, and the head of the OpenAPI document.

use std::sync::Arc;

use metrics_exporter_prometheus::PrometheusHandle;
use utoipa::OpenApi;

use crate::app::session::Session;
use crate::http::live::hub::Hub;

/// What every handler is given.
#[derive(Debug, Clone)]
pub struct Service {
    /// The open workspace.
    pub session: Arc<Session>,
    /// The board's changes on their way out.
    pub hub: Arc<Hub>,
    /// The figures.
    pub metrics: PrometheusHandle,
    /// The OpenAPI document, as JSON.
    pub openapi: Arc<str>,
    /// The same as a page.
    pub docs: Arc<str>,
}

/// The document's head, and the operations whose address the router can't write: the file
/// endings `.mvt`, `.gpx`, `.geojson`, `.csv`, `.pdf` are taken off by the handlers.
#[derive(OpenApi)]
#[openapi(
    info(
        title = "Frontbeat",
        description = "Risk surfaces and patrol plans of one district: places, never persons. \
            Times are RFC 3339; geometry is GeoJSON, longitude first; errors are \
            application/problem+json (RFC 9457). There is no sign-in: the service listens on \
            loopback unless told otherwise.",
        license(name = "MIT OR Apache-2.0", identifier = "MIT OR Apache-2.0")
    ),
    paths(
        crate::http::tiles::base_tile,
        crate::http::tiles::layer_tile,
        crate::http::tiles::risk_tile,
        crate::http::tiles::incident_tile,
        crate::http::risk::geojson,
        crate::http::forecasts::geojson,
        crate::http::plans::gpx,
        crate::http::plans::geojson,
        crate::http::plan_sheet::csv,
        crate::http::plan_pack::pdf,
        crate::http::export::file,
        crate::http::export::map,
        crate::http::feeds::hot_spots,
        crate::http::feeds::hot_spot,
        crate::http::feeds::unusual,
    ),
    tags(
        (name = "district", description = "What the workspace holds"),
        (name = "risk", description = "Expected incidents a hexagon"),
        (name = "statistics", description = "What planners ask of the past"),
        (name = "patrol", description = "Rounds for idle units"),
        (name = "live", description = "The board: what feeds deliver, what the desk asks for"),
        (name = "planning", description = "Drafts of beats and zones, and what was published"),
        (name = "tiles", description = "Mapbox Vector Tiles"),
        (name = "operation", description = "For whoever runs the service"),
    )
)]
pub struct ApiDoc;
