//! `POST /api/within`: what lies within a polygon.

use axum::Json;
use axum::extract::State;
use axum::extract::rejection::JsonRejection;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use utoipa_axum::{router::OpenApiRouter, routes};

use crate::app::session::incident_points::PointFilter;
use crate::app::session::layers::{LAYER_KINDS, LayerKind};
use crate::http::api::Service;
use crate::http::incidents::known_categories;
use crate::http::problem::Problem;
use crate::http::query::{Query, quoted};
use crate::http::risk_query::window;
use crate::place::area::{Area, RawPolygon};

/// The name of the incidents in the list of layers.
const INCIDENTS: &str = "incidents";

/// What is looked for, and where.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct WithinChoice {
    /// A GeoJSON Polygon or MultiPolygon.
    #[schema(value_type = Object)]
    geometry: Geometry,
    /// Kinds of layers and `incidents`; all where absent.
    #[serde(default)]
    layers: Option<Vec<String>>,
    /// Of the incidents: `night`, `night@2026-10-31`, or `START/END`; all where absent.
    #[serde(default)]
    window: Option<String>,
    /// Of the incidents: category codes, children included; all where absent.
    #[serde(default)]
    category: Option<Vec<String>>,
}

#[derive(Debug, Deserialize)]
#[serde(tag = "type", content = "coordinates")]
enum Geometry {
    Polygon(Vec<Vec<Corner>>),
    MultiPolygon(Vec<Vec<Vec<Corner>>>),
}

/// Longitude, latitude; a height may follow.
type Corner = Vec<f64>;

/// What lies within.
#[derive(Debug, Serialize, ToSchema)]
struct WithinBody {
    /// Of the polygon.
    area_km2: f64,
    /// The layers asked for. Points on the border count; areas where wholly inside.
    layers: Vec<LayerWithin>,
    /// None where not asked for.
    incidents: Option<IncidentsWithin>,
}

/// A layer's features within.
#[derive(Debug, Serialize, ToSchema)]
struct LayerWithin {
    kind: &'static str,
    count: usize,
    /// In the layer's order.
    ids: Vec<String>,
}

/// The incidents within.
#[derive(Debug, Serialize, ToSchema)]
struct IncidentsWithin {
    count: u64,
    /// By code, as recorded: a child does not count for its parent here.
    by_category: Vec<CategoryWithin>,
}

/// A category's incidents within.
#[derive(Debug, Serialize, ToSchema)]
struct CategoryWithin {
    code: String,
    count: u64,
}

/// The route.
pub fn routes() -> OpenApiRouter<Service> {
    OpenApiRouter::new().routes(routes!(within))
}

/// Everything within a polygon: ids by layer, incidents counted by category.
#[utoipa::path(post, path = "/api/within", tag = "district",
    request_body = WithinChoice,
    responses(
        (status = 200, description = "What lies within", body = WithinBody),
        (status = 400, description = "A field is wrong", body = Problem,
            content_type = "application/problem+json"),
        (status = 403, description = "Asked by a page of another origin", body = Problem,
            content_type = "application/problem+json"),
        (status = 413, description = "The body is too large", body = Problem,
            content_type = "application/problem+json"),
        (status = 415, description = "The body is not JSON", body = Problem,
            content_type = "application/problem+json"),
    ))]
async fn within(
    State(service): State<Service>,
    query: Query,
    body: Result<Json<WithinChoice>, JsonRejection>,
) -> Result<Json<WithinBody>, Problem> {
    query.finish()?;
    let Json(choice) = body?;
    let snapshot = service.session.snapshot();
    let (kinds, with_incidents) = wanted(choice.layers)?;
    let window = choice
        .window
        .map(|text| window(&text, &snapshot, snapshot.today()))
        .transpose()?;
    let filter = PointFilter {
        from: window.map(|window| window.start()),
        until: window.map(|window| window.end()),
        categories: known_categories(choice.category.unwrap_or_default(), &snapshot)?,
        ..PointFilter::default()
    };
    let geometry = choice.geometry;
    let on_map = snapshot.clone();
    // A polygon of thousands of corners takes its time to be checked.
    let search = move || {
        let area = area(geometry)?;
        let layers = kinds
            .into_iter()
            .map(|kind| {
                let ids = on_map.within(&area, kind);
                LayerWithin {
                    kind: kind.name(),
                    count: ids.len(),
                    ids,
                }
            })
            .collect();
        Ok::<_, Problem>((area, layers))
    };
    let (area, layers) = tokio::task::spawn_blocking(search)
        .await
        .map_err(Problem::internal)??;
    let area_km2 = area.km2();
    let incidents = if with_incidents {
        let session = &service.session;
        let counts = session.incidents_within(&snapshot, area, filter).await?;
        Some(IncidentsWithin {
            count: counts.values().sum(),
            by_category: counts
                .into_iter()
                .map(|(code, count)| CategoryWithin { code, count })
                .collect(),
        })
    } else {
        None
    };
    Ok(Json(WithinBody {
        area_km2,
        layers,
        incidents,
    }))
}

/// The layers in the order of the screens, each once, and whether incidents are wanted.
fn wanted(names: Option<Vec<String>>) -> Result<(Vec<LayerKind>, bool), Problem> {
    let Some(names) = names else {
        return Ok((LayerKind::all().collect(), true));
    };
    let mut kinds = Vec::new();
    let mut incidents = false;
    for name in names {
        if name == INCIDENTS {
            incidents = true;
            continue;
        }
        kinds.push(LayerKind::of(&name).ok_or_else(|| {
            Problem::parameter(
                "layers",
                format!(
                    "there is no layer {}; known: {}, {INCIDENTS}",
                    quoted(&name),
                    LAYER_KINDS.join(", ")
                ),
            )
        })?);
    }
    kinds.sort_unstable();
    kinds.dedup();
    Ok((kinds, incidents))
}

fn area(geometry: Geometry) -> Result<Area, Problem> {
    let polygons = match geometry {
        Geometry::Polygon(rings) => vec![rings],
        Geometry::MultiPolygon(parts) => parts,
    };
    let corner = |corner: Corner| match corner[..] {
        [lon, lat, ..] => Ok([lon, lat]),
        _ => Err(Problem::parameter(
            "geometry",
            "a corner needs a longitude and a latitude",
        )),
    };
    let polygons: Vec<RawPolygon> = polygons
        .into_iter()
        .map(|rings| {
            let rings = rings.into_iter();
            rings
                .map(|ring| ring.into_iter().map(corner).collect())
                .collect()
        })
        .collect::<Result<_, _>>()?;
    Area::from_rings(&polygons).map_err(|fault| Problem::parameter("geometry", fault))
}
