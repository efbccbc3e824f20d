//! `/api/plans`: make a plan, list plans, fetch one as JSON, GPX or GeoJSON.

use axum::Json;
use axum::extract::rejection::JsonRejection;
use axum::extract::{Path, State};
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Response};
use jiff::civil;
use jiff::tz::TimeZone;
use serde::Deserialize;
use utoipa::ToSchema;
use utoipa_axum::{router::OpenApiRouter, routes};

use crate::app::plan::{MustVisitRequest, PlanRequest};
use crate::app::session::snapshot::Snapshot;
use crate::calendar::text::parse_window;
use crate::exchange::plan_geojson::plan_geojson;
use crate::exchange::plan_gpx::plan_gpx;
use crate::http::api::Service;
use crate::http::geojson_body::{FeatureCollection, GEO_JSON, attachment};
use crate::http::plan_body::{PlanBody, PlanLine, PlanList, address};
use crate::http::plan_wishes::WishChoice;
use crate::http::problem::Problem;
use crate::http::query::{Query, quoted};
use crate::http::risk_query::{HoursChoice, RiskChoice};
use crate::http::{plan_pack, plan_sheet};
use crate::patrol::plan::PatrolPlan;
use crate::place::measure::Seconds;

const DEFAULT_DEADLINE_MS: u64 = 2_000;
const MOST_DEADLINE_MS: u64 = 10_000;
const MOST_UNITS: u32 = 500;
const DEFAULT_PLANS: u32 = 20;
const MOST_PLANS: u32 = 200;
const MOST_MUST_VISITS: usize = 200;
const DWELL_S: std::ops::RangeInclusive<u32> = 60..=14_400;
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
    /// Of the surface to plan on: `count`, `kde`, `adaptive_kde`, `prospective`, `hawkes`, `risk_terrain` or `mixture`; `kde` where absent.
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
    /// Kernel bandwidth of `kde` and `adaptive_kde`, metres; chosen on the past where absent.
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
    /// End the search after so many iterations: where they end before the deadline, the
    /// same request gives the same plan.
    #[serde(default)]
    iterations: Option<u64>,
    /// Points to visit besides the joint-duty posts that have a period; at most 200.
    #[serde(default)]
    must_visits: Option<Vec<MustVisitChoice>>,
    /// What else is asked of the plan; nothing where absent.
    #[serde(default)]
    wishes: Option<WishChoice>,
}

/// A visit that must be made.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct MustVisitChoice {
    /// Id of a joint-duty post, a post or an alarm pillar.
    id: String,
    /// Arrive from then on; ISO 8601, local time where it has no offset. What lies outside
    /// the shift is cut off; a visit wholly outside it is among the plan's `missed`.
    #[schema(example = "2026-10-31T22:00:00+08:00")]
    from: String,
    /// Arrive before then.
    #[schema(example = "2026-10-31T23:30:00+08:00")]
    until: String,
    /// How long to stay, seconds, 60 to 14400; 600 where absent.
    #[serde(default)]
    dwell_s: Option<u32>,
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
        (status = 422, description = "No boundary, no roads, no idle unit that drives, or a must-visit that is not known", body = Problem,
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
    let mut request = choice.request(&snapshot)?;
    (request.risk, _) = service.session.resolved(request.risk).await?;
    let planned = service.session.make_plan(&snapshot, request).await?;
    let location = [(header::LOCATION, address(&planned.plan))];
    let body = Json(PlanBody::of(&planned.plan, &snapshot.zone));
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
    headers: HeaderMap,
    Path(id): Path<String>,
    query: Query,
) -> Result<Response, Problem> {
    if let Some(id) = id.strip_suffix(".pdf") {
        return plan_pack::pdf(State(service), headers, Path(id.to_owned()), query).await;
    }
    if let Some(id) = id.strip_suffix(".csv") {
        return plan_sheet::csv(State(service), Path(id.to_owned()), query).await;
    }
    let mut query = query;
    if id.ends_with(".gpx") || id.ends_with(".geojson") {
        // As a sheet's and a CSV's address has; there are no words in these.
        plan_sheet::language(&mut query)?;
    }
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

/// The plan with that id, or that there is none.
pub(crate) async fn find(service: &Service, id: &str) -> Result<PatrolPlan, Problem> {
    service.session.plan(id).await?.ok_or_else(|| {
        Problem::unknown(
            "plan",
            format!("there is no plan {}; /api/plans lists them", quoted(id)),
        )
    })
}

impl MustVisitChoice {
    fn request(self, zone: &TimeZone) -> Result<MustVisitRequest, Problem> {
        if let Some(s) = self.dwell_s.filter(|s| !DWELL_S.contains(s)) {
            let (least, most) = (DWELL_S.start(), DWELL_S.end());
            return Err(Problem::parameter(
                "must_visits",
                format!("dwell_s must be from {least} to {most}, not {s}"),
            ));
        }
        // A window of two instants needs no shifts, and no day that they start on.
        let text = format!("{}/{}", self.from, self.until);
        let due = parse_window(&text, &[], zone, civil::Date::ZERO)
            .map_err(|fault| Problem::parameter("must_visits", fault))?;
        Ok(MustVisitRequest {
            id: self.id,
            due,
            dwell: self.dwell_s.map(|s| Seconds(f64::from(s))),
        })
    }
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
        let must_visits = self.must_visits.unwrap_or_default();
        if must_visits.len() > MOST_MUST_VISITS {
            return Err(Problem::parameter(
                "must_visits",
                format!("at most {MOST_MUST_VISITS} must_visits can be asked for"),
            ));
        }
        let must_visits = must_visits
            .into_iter()
            .map(|must| must.request(&snapshot.zone))
            .collect::<Result<Vec<_>, _>>()?;
        let wishes = self.wishes.map(|w| w.request(&snapshot.zone)).transpose()?;
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
            iterations: self.iterations,
            must_visits,
            wishes: wishes.unwrap_or_default(),
        })
    }
}
