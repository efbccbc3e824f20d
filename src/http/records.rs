//! `/api/record`: how the models did on the workspace's own last weeks, and which of them
//! is to be trusted for it.

use axum::Json;
use axum::extract::State;
use serde::Serialize;
use utoipa::ToSchema;
use utoipa_axum::{router::OpenApiRouter, routes};

use crate::app::record::{ModelRecord, RecordRequest, SHARES};
use crate::app::session::DEFAULT_RESOLUTION;
use crate::grid::hexgrid::{COARSEST, FINEST};
use crate::http::api::Service;
use crate::http::incidents::known_categories;
use crate::http::problem::Problem;
use crate::http::query::Query;
use crate::http::risk_query::HoursChoice;
use crate::risk::backtest::{Figure, Record, estimate};
use crate::risk::bootstrap::Estimate;
use crate::risk::record::Verdict;

/// The record.
#[derive(Debug, Serialize, ToSchema)]
struct RecordBody {
    /// `best`: the model is better than plain `count` by more than noise. `baseline`:
    /// nothing is. `too_few`: not enough incidents to tell.
    verdict: &'static str,
    /// The model to use.
    model: String,
    /// Weeks scored.
    weeks: usize,
    /// First instant scored, RFC 3339.
    from: Option<String>,
    /// First instant after, RFC 3339.
    until: Option<String>,
    /// Incidents scored.
    incidents: usize,
    /// Incidents of these weeks outside the grid, left out.
    outside: usize,
    /// How much better the model is than `count`: log score an incident; null where it is
    /// not.
    ahead: Option<EstimateBody>,
    /// Each model's figures.
    models: Vec<ModelBody>,
    /// Made-up data.
    synthetic: bool,
}

/// One model's figures over all weeks.
#[derive(Debug, Serialize, ToSchema)]
struct ModelBody {
    /// Its name.
    model: String,
    /// Poisson log score an incident (natural logarithm; higher is better).
    log_score: Option<EstimateBody>,
    /// Share of the incidents that lay in the hottest part of the area.
    hit_rates: Vec<HitRateBody>,
    /// Expected over observed.
    total_ratio: Option<f64>,
    /// Expected and observed incidents by tenths of the expectation, hottest cells first.
    deciles: Vec<DecileBody>,
}

/// A hit rate.
#[derive(Debug, Serialize, ToSchema)]
struct HitRateBody {
    /// Share of the area, 0 to 1.
    area: f64,
    /// Share of the incidents, 0 to 1.
    hits: Option<EstimateBody>,
}

/// An estimate and 95 % of the draws of weeks.
#[derive(Debug, Serialize, ToSchema)]
struct EstimateBody {
    /// The estimate.
    value: f64,
    /// 2.5th percentile.
    low: f64,
    /// 97.5th percentile.
    high: f64,
}

/// Incidents of a tenth.
#[derive(Debug, Serialize, ToSchema)]
struct DecileBody {
    /// Expected.
    expected: f64,
    /// Observed.
    observed: f64,
}

/// The routes.
pub fn routes() -> OpenApiRouter<Service> {
    OpenApiRouter::new().routes(routes!(record))
}

/// The models' record on the last twelve weeks: each week forecast from what came before
/// it, then scored. Scored once and kept; the first answer takes some seconds.
#[utoipa::path(get, path = "/api/record", tag = "risk",
    params(
        ("category" = Option<Vec<String>>, Query,
            description = "Category codes, children included; may be repeated; all where absent"),
        ("hours" = Option<String>, Query,
            description = "Hours of every day like 22-6, or of the week, 0 (Monday 00:00) to 167, \
                comma between"),
        ("resolution" = Option<u8>, Query, description = "7 to 11, 10 where absent"),
    ),
    responses(
        (status = 200, description = "The record", body = RecordBody),
        (status = 400, description = "A parameter is wrong", body = Problem,
            content_type = "application/problem+json"),
        (status = 422, description = "No boundary, or less than two weeks of data",
            body = Problem, content_type = "application/problem+json"),
        (status = 503, description = "Too many wait", body = Problem,
            content_type = "application/problem+json"),
    ))]
async fn record(
    State(service): State<Service>,
    mut query: Query,
) -> Result<Json<RecordBody>, Problem> {
    let categories = query.many("category");
    let hours = query.text("hours")?.map(HoursChoice::Text);
    let resolution = query
        .within("resolution", u32::from(COARSEST), u32::from(FINEST))?
        .and_then(|r| u8::try_from(r).ok());
    query.finish()?;
    let snapshot = service.session.snapshot();
    let request = RecordRequest {
        categories: known_categories(categories, &snapshot)?,
        hours: hours.map_or_else(|| Ok(Default::default()), HoursChoice::set)?,
        resolution: resolution.unwrap_or(DEFAULT_RESOLUTION),
    };
    let record = service.session.record(request).await?;
    Ok(Json(RecordBody::of(&record)))
}

impl RecordBody {
    fn of(record: &ModelRecord) -> Self {
        let found = &record.backtest;
        let ahead = match record.verdict {
            Verdict::Best { ahead, .. } => Some(ahead.into()),
            Verdict::Baseline { .. } | Verdict::TooFew { .. } => None,
        };
        Self {
            verdict: match record.verdict {
                Verdict::Best { .. } => "best",
                Verdict::Baseline { .. } => "baseline",
                Verdict::TooFew { .. } => "too_few",
            },
            model: record.model().to_owned(),
            weeks: found.windows.len(),
            from: found.windows.first().map(|w| w.start().to_string()),
            until: found.windows.last().map(|w| w.end().to_string()),
            incidents: found.scored,
            outside: found.outside,
            ahead,
            models: found.records.iter().map(ModelBody::of).collect(),
            synthetic: found.synthetic,
        }
    }
}

impl ModelBody {
    fn of(record: &Record) -> Self {
        let figure = |figure| estimate(record, figure).map(EstimateBody::from);
        Self {
            model: record.name.clone(),
            log_score: figure(Figure::LogScore),
            hit_rates: SHARES
                .iter()
                .enumerate()
                .map(|(i, &area)| HitRateBody {
                    area,
                    hits: figure(Figure::HitRate(i)),
                })
                .collect(),
            total_ratio: figure(Figure::Total).map(|total| total.value),
            deciles: record
                .deciles
                .iter()
                .map(|d| DecileBody {
                    expected: d.expected,
                    observed: d.observed,
                })
                .collect(),
        }
    }
}

impl From<Estimate> for EstimateBody {
    fn from(estimate: Estimate) -> Self {
        Self {
            value: estimate.value,
            low: estimate.low,
            high: estimate.high,
        }
    }
}
