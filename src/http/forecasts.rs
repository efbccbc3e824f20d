//! `/api/forecasts`: surfaces frozen before their windows, and how they did.

use axum::Json;
use axum::extract::rejection::JsonRejection;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use jiff::tz::TimeZone;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use utoipa_axum::{router::OpenApiRouter, routes};

use crate::app::forecast::{ForecastJobError, FreezeRequest, Listed};
use crate::app::session::DEFAULT_RESOLUTION;
use crate::app::session::error::SessionError;
use crate::calendar::cadence::Cadence;
use crate::exchange::feature_geojson::local_time;
use crate::exchange::risk_geojson::risk_geojson;
use crate::grid::hexgrid::{COARSEST, FINEST};
use crate::http::api::Service;
use crate::http::geojson_body::{FeatureCollection, GEO_JSON, attachment};
use crate::http::incidents::known_categories;
use crate::http::problem::Problem;
use crate::http::query::{Query, quoted};
use crate::http::records::{RecordBody, question};
use crate::http::risk_body::{ProvenanceBody, WindowBody};
use crate::http::risk_query::{HoursChoice, window};
use crate::risk::backtest::Figure;
use crate::risk::dispersion::Law;
use crate::risk::forecast::{ForecastScore, ForecastSummary, SHARES};
use crate::risk::scorecard::Question;

const DEFAULT_FORECASTS: u32 = 30;
const MOST_FORECASTS: u32 = 500;

/// What to freeze.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct FreezeChoice {
    /// A shift like `night`, `night@2026-10-31`, or `START/END` in ISO 8601; must lie ahead.
    window: String,
    /// Category codes, children included; all where absent.
    category: Option<Vec<String>>,
    /// Hours that count; all where absent.
    hours: Option<HoursChoice>,
    /// 7 to 11, 10 where absent.
    resolution: Option<u8>,
}

/// Forecasts.
#[derive(Debug, Serialize, ToSchema)]
struct ForecastList {
    /// Those that end last first.
    forecasts: Vec<ForecastBody>,
}

/// A frozen forecast.
#[derive(Debug, Serialize, ToSchema)]
struct ForecastBody {
    /// A hash of all that was frozen.
    id: String,
    model: String,
    /// When it was frozen, before its window.
    frozen_at: String,
    /// What it is for.
    window: WindowBody,
    /// Expected incidents in all cells.
    expected: f64,
    /// False where its content is no longer what was frozen; it is not scored then.
    is_intact: bool,
    /// How it did; null while its window is not over.
    score: Option<ScoreBody>,
    provenance: ProvenanceBody,
}

/// How a forecast did in its window.
#[derive(Debug, Serialize, ToSchema)]
struct ScoreBody {
    /// Scored again where incidents come in later.
    scored_at: String,
    /// Incidents that happened.
    incidents: f64,
    /// Incidents outside its cells, left out.
    outside: usize,
    /// Poisson log score an incident (natural logarithm); null without incidents.
    log_score: Option<f64>,
    /// Shares of the incidents in the hottest part of the area.
    hit_rates: Vec<ForecastHitRateBody>,
}

/// A hit rate of one window.
#[derive(Debug, Serialize, ToSchema)]
struct ForecastHitRateBody {
    /// Share of the area, 0 to 1.
    area: f64,
    /// Share of the incidents, 0 to 1; null without incidents.
    hits: Option<f64>,
}

/// How frozen forecasts did.
#[derive(Debug, Serialize, ToSchema)]
struct CardBody {
    /// Null where none of the last twelve weeks was frozen and scored so far.
    card: Option<RecordBody>,
}

/// The routes.
pub fn routes() -> OpenApiRouter<Service> {
    OpenApiRouter::new()
        .routes(routes!(list, freeze))
        .route("/api/forecasts/{id}", get(geojson))
        .routes(routes!(card))
}

/// The newest forecasts, those that end last first.
#[utoipa::path(get, path = "/api/forecasts", tag = "risk",
    params(("limit" = Option<u32>, Query, description = "1 to 500, 30 where absent")),
    responses(
        (status = 200, description = "The forecasts", body = ForecastList),
        (status = 400, description = "A parameter is wrong", body = Problem,
            content_type = "application/problem+json"),
    ))]
async fn list(
    State(service): State<Service>,
    mut query: Query,
) -> Result<Json<ForecastList>, Problem> {
    let limit = query
        .within("limit", 1, MOST_FORECASTS)?
        .unwrap_or(DEFAULT_FORECASTS);
    query.finish()?;
    let zone = &service.session.snapshot().zone;
    let found = service.session.forecasts(limit).await?;
    let body = |f: &Listed| ForecastBody::of(&f.summary, f.is_intact, zone);
    let forecasts = found.iter().map(body).collect();
    Ok(Json(ForecastList { forecasts }))
}

/// Freezes a window that lies ahead, by `count`, `kde` and `mixture`. What is frozen can't be
/// changed; when the window is over it is scored by itself.
#[utoipa::path(post, path = "/api/forecasts", tag = "risk", request_body = FreezeChoice,
    responses(
        (status = 201, description = "Frozen", body = ForecastList),
        (status = 400, description = "A field is wrong", body = Problem,
            content_type = "application/problem+json"),
        (status = 409, description = "The workspace is served read-only", body = Problem,
            content_type = "application/problem+json"),
        (status = 413, description = "The body is too large", body = Problem,
            content_type = "application/problem+json"),
        (status = 415, description = "The body is not JSON", body = Problem,
            content_type = "application/problem+json"),
        (status = 422, description = "The window has begun, no boundary, or no incidents", body = Problem,
            content_type = "application/problem+json"),
        (status = 503, description = "Too many wait", body = Problem,
            content_type = "application/problem+json"),
    ))]
async fn freeze(
    State(service): State<Service>,
    query: Query,
    body: Result<Json<FreezeChoice>, JsonRejection>,
) -> Result<Response, Problem> {
    query.finish()?;
    let Json(choice) = body?;
    if let Some(why) = service.session.read_only_because() {
        return Err(Problem::read_only(&why));
    }
    let snapshot = service.session.snapshot();
    let resolution = choice.resolution.unwrap_or(DEFAULT_RESOLUTION);
    if !(COARSEST..=FINEST).contains(&resolution) {
        return Err(Problem::parameter(
            "resolution",
            format!("resolution must be from {COARSEST} to {FINEST}, not {resolution}"),
        ));
    }
    let request = FreezeRequest {
        question: Question::new(
            known_categories(choice.category.unwrap_or_default(), &snapshot)?,
            choice
                .hours
                .map_or_else(|| Ok(Default::default()), HoursChoice::set)?,
            resolution,
        ),
        window: window(&choice.window, &snapshot, snapshot.today())?,
    };
    let frozen = service.session.freeze(request).await?;
    let zone = &snapshot.zone;
    let forecasts = frozen
        .iter()
        .map(|f| ForecastBody::of(&f.into(), true, zone))
        .collect();
    Ok((StatusCode::CREATED, Json(ForecastList { forecasts })).into_response())
}

/// A frozen forecast's hexagons.
#[utoipa::path(get, path = "/api/forecasts/{id}.geojson", tag = "risk",
    params(("id" = String, Path, description = "As /api/forecasts gives it")),
    responses(
        (status = 200, description = "GeoJSON with a member `provenance`, as an attachment",
            body = FeatureCollection, content_type = "application/geo+json"),
        (status = 404, description = "No such forecast", body = Problem,
            content_type = "application/problem+json"),
        (status = 409, description = "It is not what was frozen: somebody changed it",
            body = Problem, content_type = "application/problem+json"),
    ))]
pub(crate) async fn geojson(
    State(service): State<Service>,
    Path(file): Path<String>,
    query: Query,
) -> Result<Response, Problem> {
    query.finish()?;
    let id = file.strip_suffix(".geojson").unwrap_or(&file);
    let Some(forecast) = service.session.forecast(id).await? else {
        return Err(Problem::unknown(
            "forecast",
            format!(
                "there is no forecast {}; /api/forecasts lists them",
                quoted(id)
            ),
        ));
    };
    let law = service.session.law_of(&forecast.provenance).await?;
    let name = format!("forecast-{id}.geojson");
    let written = tokio::task::spawn_blocking(move || {
        let law = law.unwrap_or(Law::Poisson);
        let text = |surface| risk_geojson(&surface, law, forecast.synthetic);
        forecast.surface().map(text)
    });
    let text = written
        .await
        .map_err(Problem::internal)?
        .map_err(|fault| SessionError::from(ForecastJobError::from(fault)))?;
    let bytes = text.into_bytes();
    Ok(attachment(GEO_JSON, &name, bytes))
}

/// How frozen forecasts did in the last twelve weeks: windows of which every model's
/// forecast was frozen and scored.
#[utoipa::path(get, path = "/api/scorecard", tag = "risk",
    params(
        ("category" = Option<Vec<String>>, Query,
            description = "Category codes, children included; may be repeated; all where absent"),
        ("hours" = Option<String>, Query,
            description = "Hours of every day like 22-6, or of the week, 0 (Monday 00:00) to 167, \
                comma between"),
        ("resolution" = Option<u8>, Query, description = "7 to 11, 10 where absent"),
        ("every" = Option<String>, Query, description = "week or shift; week where absent"),
    ),
    responses(
        (status = 200, description = "The scorecard, null where there is none so far", body = CardBody),
        (status = 400, description = "A parameter is wrong", body = Problem,
            content_type = "application/problem+json"),
    ))]
async fn card(State(service): State<Service>, mut query: Query) -> Result<Json<CardBody>, Problem> {
    let question = question(&mut query, &service.session.snapshot())?;
    let every = query.text("every")?.unwrap_or_else(|| "week".into());
    query.finish()?;
    let cadence = Cadence::from_code(&every).ok_or_else(|| {
        Problem::parameter(
            "every",
            format!("every must be week or shift, not {}", quoted(&every)),
        )
    })?;
    let card = service.session.frozen_card(&question, cadence).await?;
    let card = card.as_ref().map(RecordBody::of);
    Ok(Json(CardBody { card }))
}

impl ForecastBody {
    fn of(summary: &ForecastSummary, is_intact: bool, zone: &TimeZone) -> Self {
        let made = &summary.provenance;
        Self {
            id: summary.id.as_str().into(),
            model: made.model.clone(),
            frozen_at: local_time(summary.frozen_at, zone),
            window: WindowBody::of(made.window, zone),
            expected: summary.expected_total,
            is_intact,
            score: summary
                .score
                .as_ref()
                .map(|score| ScoreBody::of(score, zone)),
            provenance: ProvenanceBody::of(made, zone),
        }
    }
}

impl ScoreBody {
    fn of(score: &ForecastScore, zone: &TimeZone) -> Self {
        let hit_rate = |area| ForecastHitRateBody {
            area,
            hits: score.hit_rate(area),
        };
        Self {
            scored_at: local_time(score.scored_at, zone),
            incidents: score.window.events,
            outside: score.outside,
            log_score: score.figure(Figure::LogScore),
            hit_rates: SHARES.map(hit_rate).into(),
        }
    }
}
