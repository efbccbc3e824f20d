//! `/api/record`: how the models did on the workspace's own last weeks, and which of them
//! is to be trusted for it.

use axum::Json;
use axum::extract::State;
use serde::Serialize;
use utoipa::ToSchema;
use utoipa_axum::{router::OpenApiRouter, routes};

use crate::app::session::DEFAULT_RESOLUTION;
use crate::app::session::snapshot::Snapshot;
use crate::grid::hexgrid::{COARSEST, FINEST};
use crate::http::api::Service;
use crate::http::incidents::known_categories;
use crate::http::problem::Problem;
use crate::http::query::Query;
use crate::http::risk_query::HoursChoice;
use crate::risk::backtest::Decile;
use crate::risk::bootstrap::Estimate;
use crate::risk::dispersion::Law;
use crate::risk::record::Verdict;
use crate::risk::scorecard::{HitRate, ModelScore, Question, Scorecard};

/// The record.
#[derive(Debug, Serialize, ToSchema)]
pub struct RecordBody {
    /// `best`: the model is better than plain `count` by more than noise. `baseline`:
    /// nothing is. `too_few`: not enough incidents to tell.
    verdict: &'static str,
    /// The model to use.
    model: String,
    /// Windows scored: weeks, or the shifts of frozen forecasts.
    windows: usize,
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
    /// By what law the counts scattered about the expectations.
    law: LawBody,
}

/// A law of counts.
#[derive(Debug, Serialize, ToSchema)]
pub struct LawBody {
    /// `poisson`: the variance is the mean. `negative_binomial`: it is mean + mean²/size.
    kind: &'static str,
    /// Null for `poisson`.
    size: Option<f64>,
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
    let question = question(&mut query, &service.session.snapshot())?;
    query.finish()?;
    let record = service.session.record(question).await?;
    Ok(Json(RecordBody::of(&record)))
}

/// Takes what is asked about from an address.
///
/// # Errors
/// [`Problem`] that names the parameter.
pub fn question(query: &mut Query, snapshot: &Snapshot) -> Result<Question, Problem> {
    let categories = query.many("category");
    let hours = query.text("hours")?.map(HoursChoice::Text);
    let resolution = query
        .within("resolution", u32::from(COARSEST), u32::from(FINEST))?
        .and_then(|r| u8::try_from(r).ok());
    Ok(Question::new(
        known_categories(categories, snapshot)?,
        hours.map_or_else(|| Ok(Default::default()), HoursChoice::set)?,
        resolution.unwrap_or(DEFAULT_RESOLUTION),
    ))
}

impl RecordBody {
    /// What is told of a scorecard.
    pub fn of(card: &Scorecard) -> Self {
        let (verdict, ahead) = match card.verdict {
            Verdict::Best { ahead, .. } => ("best", Some(ahead.into())),
            Verdict::Baseline { .. } => ("baseline", None),
            Verdict::TooFew { .. } => ("too_few", None),
        };
        Self {
            verdict,
            model: card.model().to_owned(),
            windows: card.windows,
            from: card.span.map(|span| span.start().to_string()),
            until: card.span.map(|span| span.end().to_string()),
            incidents: card.incidents,
            outside: card.outside,
            ahead,
            models: card.models.iter().map(ModelBody::of).collect(),
            synthetic: card.synthetic,
        }
    }
}

impl ModelBody {
    fn of(score: &ModelScore) -> Self {
        let hit_rate = |rate: &HitRate| HitRateBody {
            area: rate.area,
            hits: rate.hits.map(EstimateBody::from),
        };
        let decile = |d: &Decile| DecileBody {
            expected: d.expected,
            observed: d.observed,
        };
        Self {
            model: score.model.clone(),
            log_score: score.log_score.map(EstimateBody::from),
            hit_rates: score.hit_rates.iter().map(hit_rate).collect(),
            total_ratio: score.total_ratio,
            deciles: score.deciles.iter().map(decile).collect(),
            law: score.law.into(),
        }
    }
}

impl From<Law> for LawBody {
    fn from(law: Law) -> Self {
        match law {
            Law::Poisson => Self {
                kind: "poisson",
                size: None,
            },
            Law::NegativeBinomial { size } => Self {
                kind: "negative_binomial",
                size: Some(size),
            },
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
