//! `GET /api/workspace`: what the page needs first.

use axum::Json;
use axum::extract::State;
use serde::Serialize;
use serde_json::Value;
use utoipa::ToSchema;
use utoipa_axum::{router::OpenApiRouter, routes};

use crate::app::session::DEFAULT_RESOLUTION;
use crate::app::session::layers::LayerKind;
use crate::app::session::snapshot::Snapshot;
use crate::exchange::feature_geojson::{area_geometry, local_time};
use crate::grid::hexgrid::{COARSEST, FINEST};
use crate::http::api::Service;
use crate::http::problem::Problem;
use crate::http::query::Query;
use crate::risk::models::NAMES;

/// A workspace.
#[derive(Debug, Serialize, ToSchema)]
pub struct WorkspaceBody {
    /// Name of the district.
    name: String,
    /// IANA time zone.
    timezone: String,
    /// Whether all data are made up: show SYNTHETIC 模拟数据.
    synthetic: bool,
    /// West, south, east, north in degrees.
    bbox: Option<[f64; 4]>,
    /// GeoJSON geometry.
    #[schema(value_type = Option<Object>)]
    boundary: Option<Value>,
    /// Of the boundary.
    area_km2: Option<f64>,
    /// To be shown on every map.
    attribution: String,
    /// Number of the newest event; grows when anything changes.
    data_version: u64,
    /// Grows when layers, roads or incidents are others than before; not with a plan, or a
    /// unit that moves.
    content_version: u64,
    /// Of the program.
    version: &'static str,
    /// None where there are none.
    incidents: Option<IncidentSpan>,
    /// The reference day: today, or for made-up data the day on which it ends.
    #[schema(example = "2026-10-31")]
    today: String,
    /// Whether roads were imported.
    has_roads: bool,
    /// The category table.
    categories: Vec<Category>,
    /// The shift table.
    shifts: Vec<ShiftBody>,
    /// How many things each layer has.
    layers: Vec<LayerCount>,
    /// For `model=`.
    models: Vec<&'static str>,
    /// For `resolution=`.
    resolutions: Vec<u8>,
    /// Where no `resolution=` is given.
    default_resolution: u8,
    /// Why nothing is stored; none where plans are.
    read_only: Option<String>,
}

/// How many incidents, and when.
#[derive(Debug, Serialize, ToSchema)]
struct IncidentSpan {
    count: u64,
    /// The first.
    from: String,
    /// Just after the last.
    until: String,
}

/// A category of incidents.
#[derive(Debug, Serialize, ToSchema)]
struct Category {
    code: String,
    /// Code of the first level; none where it is one.
    parent: Option<String>,
    name_en: String,
    name_zh: String,
    /// Incidents, children's included.
    count: u64,
}

/// A shift.
#[derive(Debug, Serialize, ToSchema)]
struct ShiftBody {
    id: String,
    name_en: String,
    name_zh: String,
    #[schema(example = "22:00")]
    start: String,
    #[schema(example = "06:00")]
    end: String,
}

/// A layer.
#[derive(Debug, Serialize, ToSchema)]
struct LayerCount {
    kind: &'static str,
    count: usize,
}

/// The route.
pub fn routes() -> OpenApiRouter<Service> {
    OpenApiRouter::new().routes(routes!(workspace))
}

/// Name, extent, categories, shifts, layers, models.
#[utoipa::path(get, path = "/api/workspace", tag = "district",
    responses((status = 200, description = "The workspace", body = WorkspaceBody)))]
async fn workspace(
    State(service): State<Service>,
    query: Query,
) -> Result<Json<WorkspaceBody>, Problem> {
    query.finish()?;
    let read_only = service.session.read_only_because();
    Ok(Json(body(&service.session.snapshot(), read_only)))
}

fn body(snapshot: &Snapshot, read_only: Option<String>) -> WorkspaceBody {
    let district = &snapshot.district;
    let boundary = district.boundary.as_ref();
    WorkspaceBody {
        name: district.name.clone(),
        timezone: district.timezone.clone(),
        synthetic: district.synthetic,
        bbox: boundary.map(|area| area.bbox()),
        boundary: boundary.map(area_geometry),
        area_km2: boundary.map(|area| area.km2()),
        attribution: snapshot.attribution.clone(),
        data_version: snapshot.version,
        content_version: snapshot.content_version,
        version: env!("CARGO_PKG_VERSION"),
        incidents: snapshot.incidents.map(|window| IncidentSpan {
            count: snapshot.incident_count,
            from: local_time(window.start(), &snapshot.zone),
            until: local_time(window.end(), &snapshot.zone),
        }),
        today: snapshot.today().to_string(),
        has_roads: snapshot.has_roads,
        categories: snapshot
            .categories
            .iter()
            .map(|counted| {
                let category = &counted.category;
                Category {
                    code: category.code.clone(),
                    parent: Some(category.parent().to_owned()).filter(|p| *p != category.code),
                    name_en: category.name_en.clone(),
                    name_zh: category.name_zh.clone(),
                    count: counted.count,
                }
            })
            .collect(),
        shifts: snapshot
            .shifts
            .iter()
            .map(|shift| ShiftBody {
                id: shift.id.clone(),
                name_en: shift.name_en.clone(),
                name_zh: shift.name_zh.clone(),
                start: shift.start.strftime("%H:%M").to_string(),
                end: shift.end.strftime("%H:%M").to_string(),
            })
            .collect(),
        layers: LayerKind::all()
            .map(|kind| LayerCount {
                kind: kind.name(),
                count: snapshot.layer_count(kind),
            })
            .collect(),
        models: NAMES.to_vec(),
        resolutions: (COARSEST..=FINEST).collect(),
        default_resolution: DEFAULT_RESOLUTION,
        read_only,
    }
}
