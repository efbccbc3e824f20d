//! Freeze forecasts before their windows, score them after, and say how they did.
//!
//! Whoever freezes a question freezes all contenders of the record, so that the model that
//! is trusted always has `count` and `kde` beside it. A window is over for us when the
//! incidents that are known reach past its end: data that stop in its midst would make a
//! quiet week of a missing one.

use std::time::Instant;

use jiff::{SignedDuration, Timestamp, ToSpan};
use thiserror::Error;

use crate::app::quarantine::quarantined_time;
use crate::app::record::CONTENDERS;
use crate::app::risk::{RiskJobError, RiskRequest, origins, risk_surface, zone_of};
use crate::calendar::cadence::Cadence;
use crate::calendar::window::Window;
use crate::grid::hexgrid::{COARSEST, FINEST};
use crate::risk::forecast::{
    Forecast, ForecastError, ForecastScore, ForecastSummary, SHARES, record_of,
};
use crate::risk::model::RiskError;
use crate::risk::score::Flagged;
use crate::risk::scorecard::{Question, Scorecard};
use crate::store::error::StoreError;
use crate::store::record::{ForecastFilter, IncidentFilter};
use crate::store::workspace::Workspace;

/// Where incidents stop this short of a window's end (a seventh of a shorter window), and a
/// day has passed, the end of the window was quiet.
const QUIET: SignedDuration = SignedDuration::from_hours(24);

/// Forecasts whose windows ended longer ago are not scored *anew* when incidents come late.
const LATEST: SignedDuration = SignedDuration::from_hours(24 * 90);

/// Longest window that is frozen, days.
const MOST_DAYS: u32 = 366;

/// Weeks that a scorecard of frozen forecasts looks back.
pub const CARD_WEEKS: i64 = 12;

/// What is to be frozen.
#[derive(Debug, Clone, PartialEq)]
pub struct FreezeRequest {
    /// Of what.
    pub question: Question,
    /// For when; must lie ahead.
    pub window: Window,
}

/// Why nothing is frozen or scored.
#[derive(Debug, Error)]
pub enum ForecastJobError {
    /// The surface, or the store.
    #[error(transparent)]
    Risk(#[from] RiskJobError),
    /// The forecast.
    #[error(transparent)]
    Forecast(#[from] ForecastError),
    /// Only 7 to 11 are of use to a patrol.
    #[error("resolution must be from {COARSEST} to {FINEST}, not {0}")]
    Resolution(u8),
    /// A window of years.
    #[error("the window is longer than {MOST_DAYS} days")]
    TooLong,
    /// A map that would say "not enough data".
    #[error(
        "there is not enough data for a map (fewer than 30 incidents, or less than a week of them): nothing to freeze"
    )]
    TooThin,
    /// Nothing to learn from.
    #[error("there is no incident of these categories before the window: nothing to freeze")]
    NoIncidents,
    /// No standing forecast of that id.
    #[error("no forecast {0:?} stands; frontbeat forecast standing lists them")]
    NotStanding(String),
    /// It stands.
    #[error("this is frozen by itself already, as {0}")]
    Stands(String),
}

impl From<StoreError> for ForecastJobError {
    fn from(fault: StoreError) -> Self {
        Self::Risk(fault.into())
    }
}

/// The present of a workspace: the clock's or, where all is made up, the end of the data.
///
/// # Errors
/// [`StoreError`].
pub async fn present(workspace: &Workspace, clock: Timestamp) -> Result<Timestamp, StoreError> {
    if !workspace.district().await?.synthetic {
        return Ok(clock);
    }
    let data = workspace.incident_span().await?;
    Ok(data.map_or(clock, |data| data.end()))
}

/// Freezes a question for a window, by all contenders, all or none.
///
/// # Errors
/// [`ForecastJobError`]; [`ForecastError::Begun`] inside where the window has begun, or
/// began while the models were being fitted.
pub async fn freeze(
    workspace: &Workspace,
    request: &FreezeRequest,
    clock: Timestamp,
) -> Result<Vec<Forecast>, ForecastJobError> {
    let frozen = make(workspace, request, clock).await?;
    workspace.freeze(&frozen).await?;
    Ok(frozen)
}

/// The same for what is due, where the newest that is known was frozen at `known`: none, where
/// somebody else has frozen it meanwhile.
///
/// # Errors
/// As of [`freeze`].
pub async fn freeze_after(
    workspace: &Workspace,
    request: &FreezeRequest,
    known: Option<Timestamp>,
    clock: Timestamp,
) -> Result<Vec<Forecast>, ForecastJobError> {
    let frozen = make(workspace, request, clock).await?;
    match workspace.freeze_after(&frozen, known).await? {
        true => Ok(frozen),
        false => Ok(Vec::new()),
    }
}

async fn make(
    workspace: &Workspace,
    request: &FreezeRequest,
    clock: Timestamp,
) -> Result<Vec<Forecast>, ForecastJobError> {
    let started = Instant::now();
    let now = present(workspace, clock).await?;
    if request.window.length().0 > f64::from(MOST_DAYS) * 86_400.0 {
        return Err(ForecastJobError::TooLong);
    }
    let start = request.window.start();
    if start < now {
        return Err(ForecastError::Begun { start }.into());
    }
    let synthetic = workspace.district().await?.synthetic;
    let mut surfaces = Vec::with_capacity(CONTENDERS.len());
    for model in CONTENDERS {
        let surface = risk_surface(workspace, &risk_request(request, model)).await?;
        if surface.provenance.events == 0 {
            return Err(ForecastJobError::NoIncidents);
        }
        if surface.is_thin() {
            return Err(ForecastJobError::TooThin);
        }
        surfaces.push(surface);
    }
    let frozen_at = match synthetic {
        true => now,
        false => SignedDuration::try_from(started.elapsed())
            .ok()
            .and_then(|took| now.checked_add(took).ok())
            .unwrap_or(now),
    };
    off_thread(move || {
        let freeze = |surface| Forecast::freeze(surface, frozen_at, synthetic);
        surfaces.iter().map(freeze).collect::<Result<Vec<_>, _>>()
    })
    .await?
    .map_err(Into::into)
}

/// Which forecasts are looked at.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Due {
    /// Those without a score.
    Unscored,
    /// Those too whose incidents may be others than when they were scored.
    Changed,
}

/// What a round of scoring did.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Scored {
    /// How many scores were added.
    pub added: usize,
    /// Ids of forecasts that are not what was frozen, and so not scored.
    pub forged: Vec<String>,
}

/// Scores forecasts whose windows are over. What lies in a quarantined time is not scored:
/// nobody knows what happened in it.
///
/// # Errors
/// [`ForecastJobError`].
pub async fn score_due(
    workspace: &Workspace,
    due: Due,
    clock: Timestamp,
) -> Result<Scored, ForecastJobError> {
    let now = present(workspace, clock).await?;
    let mut scored = Scored::default();
    let Some(data) = workspace.incident_span().await? else {
        return Ok(scored);
    };
    let ended = ForecastFilter {
        ended_by: Some(now),
        unscored: due == Due::Unscored,
        ..ForecastFilter::default()
    };
    let latest = now.checked_sub(LATEST).unwrap_or(Timestamp::MIN);
    for summary in workspace.forecasts(ended).await? {
        let window = summary.provenance.window;
        let long_ago = summary.score.is_some() && window.end() < latest;
        if long_ago || !is_over(window, data, now) {
            continue;
        }
        let unknown = quarantined_time(workspace, &summary.provenance.categories).await?;
        if touches(&unknown, window) {
            continue;
        }
        match score_one(workspace, &summary, clock).await {
            Ok(Some(score)) => {
                let id = summary.id.as_str();
                scored.added += usize::from(workspace.score_forecast(id, &score).await?);
            }
            Ok(None) => {}
            Err(ForecastJobError::Forecast(_)) => {
                scored.forged.push(summary.id.as_str().to_owned());
            }
            Err(other) => return Err(other),
        }
    }
    Ok(scored)
}

fn touches(unknown: &[Window], window: Window) -> bool {
    unknown.iter().any(|out| out.overlap(window).is_some())
}

/// How the frozen forecasts of a question did in the last twelve weeks: windows of one
/// cadence, of which every contender's forecast was scored. None where there is no such
/// window.
///
/// # Errors
/// [`ForecastJobError`] of the store.
pub async fn frozen_card(
    workspace: &Workspace,
    question: &Question,
    cadence: Cadence,
    clock: Timestamp,
) -> Result<Option<Scorecard>, ForecastJobError> {
    let now = present(workspace, clock).await?;
    let weeks = ForecastFilter {
        ended_by: Some(now),
        ends_after: now.checked_sub((CARD_WEEKS * 7 * 24).hours()).ok(),
        ..ForecastFilter::default()
    };
    let forecasts = workspace.forecasts(weeks).await?;
    let district = workspace.district().await?;
    let zone = zone_of(&district)?;
    let shifts = workspace.shifts().await?;
    let unknown = quarantined_time(workspace, &question.categories).await?;
    let mut windows: Vec<Window> = forecasts
        .iter()
        .map(|f| f.provenance.window)
        .filter(|w| cadence.has(*w, &shifts, &zone) && !touches(&unknown, *w))
        .collect();
    windows.sort_by_key(|w| (w.start(), w.end()));
    windows.dedup();
    let mut scores: Vec<Vec<ForecastScore>> = vec![Vec::new(); CONTENDERS.len()];
    for window in windows {
        let of = |model: &str| {
            let newest = forecasts
                .iter()
                .filter(|f| f.provenance.model == model && is_of(f, question, window))
                .max_by_key(|f| f.frozen_at)?;
            newest.score.clone()
        };
        let all: Option<Vec<ForecastScore>> = CONTENDERS.iter().map(|m| of(m)).collect();
        for (scores, score) in scores.iter_mut().zip(all.into_iter().flatten()) {
            scores.push(score);
        }
    }
    if scores[0].is_empty() {
        return Ok(None);
    }
    let outside = scores[0].iter().map(|s| s.outside).sum();
    let records: Vec<_> = CONTENDERS
        .iter()
        .zip(&scores)
        .map(|(model, scores)| record_of(model, scores))
        .collect();
    let synthetic = district.synthetic;
    let flagged = SHARES.map(Flagged::Share);
    Ok(Scorecard::of(&records, &flagged, outside, synthetic))
}

/// A forecast in one line, and whether it still is what was frozen.
#[derive(Debug, Clone, PartialEq)]
pub struct Listed {
    /// The forecast.
    pub summary: ForecastSummary,
    /// False where its content was changed, damaged or replaced.
    pub is_intact: bool,
}

/// The newest forecasts in one line each, those that end last first.
///
/// # Errors
/// [`ForecastJobError`] of the store.
pub async fn newest(workspace: &Workspace, limit: u32) -> Result<Vec<Listed>, ForecastJobError> {
    let filter = ForecastFilter {
        limit: Some(limit),
        ..ForecastFilter::default()
    };
    let mut listed = Vec::new();
    for summary in workspace.forecasts(filter).await? {
        let is_intact = match workspace.forecast(summary.id.as_str()).await {
            Ok(Some(forecast)) => {
                let told = summary.expected_total;
                off_thread(move || {
                    let close = (forecast.total() - told).abs() <= 1e-9 * told.abs().max(1.0);
                    close && forecast.is_intact()
                })
                .await?
            }
            Ok(None) | Err(StoreError::Damaged { .. }) => false,
            Err(other) => return Err(other.into()),
        };
        listed.push(Listed { summary, is_intact });
    }
    Ok(listed)
}

/// The score, where there is none or its incidents were others.
async fn score_one(
    workspace: &Workspace,
    summary: &ForecastSummary,
    clock: Timestamp,
) -> Result<Option<ForecastScore>, ForecastJobError> {
    let made = &summary.provenance;
    let mut events = workspace
        .risk_events(&IncidentFilter {
            window: Some(made.window),
            categories: made.categories.clone(),
            origins: origins(false),
            ..IncidentFilter::default()
        })
        .await?;
    events.sort_by_key(|event| event.at);
    let zone = zone_of(&workspace.district().await?)?;
    let known = summary.score.as_ref().map(|s| s.incidents_sha256.clone());
    if known.is_some_and(|hash| hash == Forecast::incidents_hash(made, &events, &zone)) {
        return Ok(None);
    }
    let id = summary.id.as_str();
    let forecast = match workspace.forecast(id).await {
        Ok(Some(forecast)) => forecast,
        Ok(None) => return Ok(None),
        // What can't be read any more is not what was frozen either.
        Err(StoreError::Damaged { .. }) => {
            return Err(ForecastError::Changed { id: id.into() }.into());
        }
        Err(other) => return Err(other.into()),
    };
    let score = off_thread(move || forecast.score(&events, &zone, clock)).await??;
    Ok(Some(score))
}

fn risk_request(request: &FreezeRequest, model: &str) -> RiskRequest {
    let Question {
        categories,
        hours,
        resolution,
    } = request.question.clone();
    RiskRequest {
        model: model.to_owned(),
        window: request.window,
        look_back_days: None,
        hours,
        categories,
        resolution,
        bandwidth_m: None,
        half_life_days: None,
        include_patrol_discovered: false,
    }
}

/// Whether a forecast is of a question and a window.
pub fn is_of(forecast: &ForecastSummary, question: &Question, window: Window) -> bool {
    let made = &forecast.provenance;
    made.window == window
        && made.categories == question.categories
        && made.hours == question.hours
        && made.resolution == question.resolution
}

/// Whether the incidents that are known tell of the whole window.
fn is_over(window: Window, data: Window, now: Timestamp) -> bool {
    let before = |at: Timestamp, by| at.checked_sub(by).unwrap_or(Timestamp::MIN);
    let seventh = SignedDuration::from_secs((window.length().0 / 7.0) as i64);
    let past = data.end() > window.end();
    let quiet_end = data.end() > before(window.end(), QUIET.min(seventh));
    past || (quiet_end && before(now, QUIET) >= window.end())
}

async fn off_thread<T: Send + 'static>(
    work: impl FnOnce() -> T + Send + 'static,
) -> Result<T, ForecastJobError> {
    tokio::task::spawn_blocking(work)
        .await
        .map_err(|_| RiskJobError::from(RiskError::BrokenOff).into())
}
