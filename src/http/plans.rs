//! `/api/plans`: make a plan, list plans, fetch one as JSON, GPX or GeoJSON.

use std::sync::Arc;

use axum::Json;
use axum::extract::rejection::JsonRejection;
use axum::extract::{Path, State};
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde::Deserialize;
use utoipa::ToSchema;
use utoipa_axum::{router::OpenApiRouter, routes};

use crate::app::plan::PlanRequest;
use crate::app::session::snapshot::Snapshot;
use crate::exchange::plan_geojson::plan_geojson;
use crate::exchange::plan_gpx::plan_gpx;
use crate::http::api::Service;
use crate::http::geojson_body::{FeatureCollection, GEO_JSON, attachment};
use crate::http::plan_body::{PlanBody, PlanLine, PlanList, address};
use crate::http::problem::Problem;
use crate::http::query::{Query, quoted};
use crate::http::risk_query::{HoursChoice, RiskChoice};
use crate::patrol::plan::PatrolPlan;

const DEFAULT_DEADLINE_MS: u64 = 2_000;
const MOST_DEADLINE_MS: u64 = 10_000;
const MOST_UNITS: u32 = 500;
const DEFAULT_PLANS: u32 = 20;
const MOST_PLANS: u32 = 200;
const GPX: &str = "application/gpx+xml";

/// What plan is wanted.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct PlanChoice {
    /// The shift: `night`, `night@2026-10-31`, or `START/END` in ISO 8601.
    #[schema(example = "night@2026-10-31")]
    window: String,
    /// How many idle units; all where absent.
    #[serde(default)]
    units: Option<u32>,
    /// Of the surface to plan on: `count` or `kde`; `kde` where absent.
    #[serde(default)]
    model: Option<String>,
    /// Category codes, children included; empty means all.
    #[serde(default)]
    category: Option<Vec<String>>,
    /// Hours that count: `22-6` on every day, or hours of the week, 0 (Monday 00:00) to 167;
    /// all where absent.
    #[serde(default)]
    hours: Option<HoursChoice>,
    /// 7 to 11, 10 where absent.
    #[serde(default)]
    resolution: Option<u8>,
    /// How far back to look, days; all data where absent.
    #[serde(default)]
    look_back_days: Option<u32>,
    /// Kernel bandwidth of `kde`, metres.
    #[serde(default)]
    bandwidth_m: Option<f64>,
    /// Half-life of an event's weight, days.
    #[serde(default)]
    half_life_days: Option<f64>,
    /// Of the search; 1 where absent.
    #[serde(default)]
    seed: Option<u64>,
    /// How long the search may take, at most 10000; 2000 where absent.
    #[serde(default)]
    deadline_ms: Option<u64>,
}

/// The routes.
pub fn routes() -> OpenApiRouter<Service> {
    OpenApiRouter::new()
        .routes(routes!(list, make))
        .routes(routes!(plan))
}

/// Makes a plan on a surface, checks it, stores it.
#[utoipa::path(post, path = "/api/plans", tag = "patrol",
    request_body = PlanChoice,
    responses(
        (status = 201, description = "The plan; `Location` says where it is", body = PlanBody),
        (status = 400, description = "A field is wrong", body = Problem,
            content_type = "application/problem+json"),
        (status = 403, description = "Asked by a page of another origin", body = Problem,
            content_type = "application/problem+json"),
        (status = 413, description = "The body is too large", body = Problem,
            content_type = "application/problem+json"),
        (status = 415, description = "The body is not JSON", body = Problem,
            content_type = "application/problem+json"),
        (status = 422, description = "No boundary, no roads or no idle unit", body = Problem,
            content_type = "application/problem+json"),
        (status = 503, description = "Too many wait", body = Problem,
            content_type = "application/problem+json"),
    ))]
async fn make(
    State(service): State<Service>,
    query: Query,
    body: Result<Json<PlanChoice>, JsonRejection>,
) -> Result<Response, Problem> {
    query.finish()?;
    let Json(choice) = body?;
    let snapshot = service.session.snapshot();
    let request = choice.request(&snapshot)?;
    let plan = service.session.make_plan(&snapshot, request).await?;
    let location = [(header::LOCATION, address(&plan))];
    let body = Json(PlanBody::of(&plan, &snapshot.zone));
    Ok((StatusCode::CREATED, location, body).into_response())
}

/// The newest plans, newest first.
#[utoipa::path(get, path = "/api/plans", tag = "patrol",
    params(("limit" = Option<u32>, Query, description = "1 to 200, 20 where absent")),
    responses((status = 200, description = "The plans", body = PlanList)))]
async fn list(State(service): State<Service>, mut query: Query) -> Result<Json<PlanList>, Problem> {
    let limit = query
        .within("limit", 1, MOST_PLANS)?
        .unwrap_or(DEFAULT_PLANS);
    query.finish()?;
    let zone = &service.session.snapshot().zone;
    let plans = service.session.plans(limit).await?;
    Ok(Json(PlanList {
        plans: plans.iter().map(|plan| PlanLine::of(plan, zone)).collect(),
    }))
}

/// A plan.
#[utoipa::path(get, path = "/api/plans/{id}", tag = "patrol",
    params(("id" = String, Path, description = "As it was given when the plan was made")),
    responses(
        (status = 200, description = "The plan", body = PlanBody),
        (status = 404, description = "No such plan", body = Problem,
            content_type = "application/problem+json"),
    ))]
async fn plan(
    State(service): State<Service>,
    Path(id): Path<String>,
    query: Query,
) -> Result<Response, Problem> {
    query.finish()?;
    if let Some(id) = id.strip_suffix(".gpx") {
        return gpx(State(service), Path(id.to_owned())).await;
    }
    if let Some(id) = id.strip_suffix(".geojson") {
        return geojson(State(service), Path(id.to_owned())).await;
    }
    let plan = find(&service, &id).await?;
    let zone = &service.session.snapshot().zone;
    Ok(Json(PlanBody::of(&plan, zone)).into_response())
}

/// A plan's routes and stops for a satellite navigator.
#[utoipa::path(get, path = "/api/plans/{id}.gpx", tag = "patrol",
    params(("id" = String, Path, description = "As it was given when the plan was made")),
    responses(
        (status = 200, description = "GPX 1.1, as an attachment", body = String,
            content_type = "application/gpx+xml"),
        (status = 404, description = "No such plan", body = Problem,
            content_type = "application/problem+json"),
    ))]
pub(crate) async fn gpx(
    State(service): State<Service>,
    Path(id): Path<String>,
) -> Result<Response, Problem> {
    let plan = find(&service, &id).await?;
    let bytes = plan_gpx(&plan, &service.session.snapshot().zone).map_err(Problem::internal)?;
    Ok(attachment(GPX, &format!("plan-{}.gpx", plan.id), bytes))
}

/// A plan's routes and stops as GeoJSON.
#[utoipa::path(get, path = "/api/plans/{id}.geojson", tag = "patrol",
    params(("id" = String, Path, description = "As it was given when the plan was made")),
    responses(
        (status = 200, description = "GeoJSON, as an attachment", body = FeatureCollection,
            content_type = "application/geo+json"),
        (status = 404, description = "No such plan", body = Problem,
            content_type = "application/problem+json"),
    ))]
pub(crate) async fn geojson(
    State(service): State<Service>,
    Path(id): Path<String>,
) -> Result<Response, Problem> {
    let plan = find(&service, &id).await?;
    let bytes = plan_geojson(&plan, &service.session.snapshot().zone).into_bytes();
    Ok(attachment(
        GEO_JSON,
        &format!("plan-{}.geojson", plan.id),
        bytes,
    ))
}

async fn find(service: &Service, id: &str) -> Result<Arc<PatrolPlan>, Problem> {
    service.session.plan(id).await?.ok_or_else(|| {
        Problem::unknown(
            "plan",
            format!("there is no plan {}; /api/plans lists them", quoted(id)),
        )
    })
}

impl PlanChoice {
    fn request(self, snapshot: &Snapshot) -> Result<PlanRequest, Problem> {
        let units = match self.units {
            Some(n) if !(1..=MOST_UNITS).contains(&n) => {
                return Err(Problem::parameter(
                    "units",
                    format!("units must be from 1 to {MOST_UNITS}, not {n}"),
                ));
            }
            units => units.map(|n| n as usize),
        };
        let deadline_ms = self.deadline_ms.unwrap_or(DEFAULT_DEADLINE_MS);
        if !(1..=MOST_DEADLINE_MS).contains(&deadline_ms) {
            return Err(Problem::parameter(
                "deadline_ms",
                format!("deadline_ms must be from 1 to {MOST_DEADLINE_MS}, not {deadline_ms}"),
            ));
        }
        let choice = RiskChoice {
            window: self.window,
            model: self.model,
            category: self.category.unwrap_or_default(),
            hours: self.hours,
            resolution: self.resolution,
            look_back_days: self.look_back_days,
            bandwidth_m: self.bandwidth_m,
            half_life_days: self.half_life_days,
        };
        Ok(PlanRequest {
            risk: choice.request(snapshot)?,
            units,
            deadline_ms,
            seed: self.seed.unwrap_or(1),
            iterations: None,
        })
    }
}
