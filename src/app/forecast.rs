//! Freeze forecasts before their windows, score them after, and say how they did.
//!
//! Whoever freezes a question freezes all contenders of the record, so that the model that
//! is trusted always has `count` and `kde` beside it. A window is over for us when the
//! incidents that are known reach past its end: data that stop in its midst would make a
//! quiet week of a missing one.

use jiff::{SignedDuration, Timestamp, ToSpan};
use thiserror::Error;

use crate::app::record::{CONTENDERS, of_all};
use crate::app::risk::{
    RiskJobError, RiskRequest, origins, refuse_unknown_categories, risk_surface, zone_of,
};
use crate::calendar::cadence::Cadence;
use crate::calendar::window::Window;
use crate::risk::forecast::{
    Forecast, ForecastError, ForecastScore, ForecastSummary, SHARES, StandingForecast, record_of,
};
use crate::risk::model::RiskError;
use crate::risk::score::Flagged;
use crate::risk::scorecard::{Question, Scorecard};
use crate::store::error::StoreError;
use crate::store::record::{ForecastFilter, IncidentFilter};
use crate::store::workspace::Workspace;

/// Id of the standing forecast that every workspace begins with.
const OF_ALL: &str = "all";

/// Resolution of what every workspace begins with: the page's own.
const RESOLUTION: u8 = 10;

/// A standing forecast is frozen as soon as its window is the next one, and once more in
/// the last hour before it begins, with all that is known by then.
const LAST_CALL: SignedDuration = SignedDuration::from_hours(1);

/// Where incidents stop this short of a window's end and a day has passed, the end of the
/// window was quiet.
const QUIET: SignedDuration = SignedDuration::from_hours(24);

/// Forecasts whose windows ended longer ago are not scored anew when incidents come late.
const LATEST: SignedDuration = SignedDuration::from_hours(24 * 90);

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
    let data = workspace.info().await?.incidents;
    Ok(data.map_or(clock, |data| data.end()))
}

/// Freezes a question for a window, by all contenders.
///
/// # Errors
/// [`ForecastJobError`]; [`ForecastError::Begun`] inside where the window has begun.
pub async fn freeze(
    workspace: &Workspace,
    request: &FreezeRequest,
    clock: Timestamp,
) -> Result<Vec<Forecast>, ForecastJobError> {
    let now = present(workspace, clock).await?;
    if request.window.start() < now {
        let start = request.window.start();
        return Err(ForecastError::Begun { start }.into());
    }
    let synthetic = workspace.district().await?.synthetic;
    let mut frozen = Vec::with_capacity(CONTENDERS.len());
    for model in CONTENDERS {
        let surface = risk_surface(workspace, &risk_request(request, model)).await?;
        if surface.provenance.events == 0 {
            return Err(ForecastJobError::NoIncidents);
        }
        frozen.push(off_thread(move || Forecast::freeze(&surface, now, synthetic)).await??);
    }
    for forecast in &frozen {
        workspace.freeze(forecast).await?;
    }
    Ok(frozen)
}

/// Freezes what stands and is due, and returns how many forecasts that were. A workspace
/// in which nothing ever stood begins with all incidents, a week at a time.
///
/// # Errors
/// [`ForecastJobError`] of the store or a model; what can't be forecast for want of data is
/// left out.
pub async fn freeze_due(
    workspace: &Workspace,
    clock: Timestamp,
) -> Result<usize, ForecastJobError> {
    let mut standing = workspace.standing_forecasts().await?;
    if standing.is_empty() {
        let first = StandingForecast {
            id: OF_ALL.into(),
            cadence: Cadence::Week,
            question: of_all(RESOLUTION),
            since: clock,
            ended_at: None,
        };
        workspace.stand(&first).await?;
        standing.push(first);
    }
    let now = present(workspace, clock).await?;
    let zone = zone_of(&workspace.district().await?)?;
    let shifts = workspace.shifts().await?;
    let ahead = ForecastFilter {
        ends_after: Some(now),
        ..ForecastFilter::default()
    };
    let known = workspace.forecasts(ahead).await?;
    let mut done = 0;
    for standing in standing.iter().filter(|s| s.ended_at.is_none()) {
        for window in standing.cadence.next(now, &shifts, &zone) {
            let question = standing.question.clone();
            let frozen_at = known.iter().filter(|f| is_of(f, &question, window));
            if !is_due(frozen_at.map(|f| f.frozen_at).max(), window, now) {
                continue;
            }
            match freeze(workspace, &FreezeRequest { question, window }, clock).await {
                Ok(frozen) => done += frozen.len(),
                // Nothing to learn from so far; the next turn looks again.
                Err(
                    ForecastJobError::NoIncidents
                    | ForecastJobError::Risk(RiskJobError::NoBoundary),
                ) => {}
                Err(other) => return Err(other),
            }
        }
    }
    Ok(done)
}

/// Which forecasts are looked at.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Due {
    /// Those without a score.
    Unscored,
    /// Those too whose incidents may be others than when they were scored.
    Changed,
}

/// Scores forecasts whose windows are over, and returns how many scores were added.
///
/// # Errors
/// [`ForecastJobError`]; a forecast that is not what was frozen is left out and warned of.
pub async fn score_due(
    workspace: &Workspace,
    due: Due,
    clock: Timestamp,
) -> Result<usize, ForecastJobError> {
    let now = present(workspace, clock).await?;
    let Some(data) = workspace.info().await?.incidents else {
        return Ok(0);
    };
    let ended = ForecastFilter {
        ended_by: Some(now),
        ends_after: now.checked_sub(LATEST).ok(),
        ..ForecastFilter::default()
    };
    let mut added = 0;
    for summary in workspace.forecasts(ended).await? {
        let known = due == Due::Unscored && summary.score.is_some();
        if known || !is_over(summary.provenance.window, data, now) {
            continue;
        }
        match score_one(workspace, &summary, clock).await {
            Ok(Some(score)) => {
                workspace
                    .score_forecast(summary.id.as_str(), &score)
                    .await?;
                added += 1;
            }
            Ok(None) => {}
            Err(ForecastJobError::Forecast(fault)) => {
                tracing::warn!(%fault, "a forecast is not scored");
            }
            Err(other) => return Err(other),
        }
    }
    Ok(added)
}

/// How the frozen forecasts of a question did in the last twelve weeks: windows of one
/// cadence, of which every contender's forecast was scored. None where there is no such
/// window.
///
/// # Errors
/// [`StoreError`].
pub async fn frozen_card(
    workspace: &Workspace,
    question: &Question,
    cadence: Cadence,
    clock: Timestamp,
) -> Result<Option<Scorecard>, StoreError> {
    let now = present(workspace, clock).await?;
    let weeks = ForecastFilter {
        ended_by: Some(now),
        ends_after: now.checked_sub((CARD_WEEKS * 7 * 24).hours()).ok(),
        ..ForecastFilter::default()
    };
    let forecasts = workspace.forecasts(weeks).await?;
    let mut windows: Vec<Window> = forecasts
        .iter()
        .map(|f| f.provenance.window)
        .filter(|w| has_cadence(*w, cadence))
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
    let synthetic = workspace.district().await?.synthetic;
    let flagged = SHARES.map(Flagged::Share);
    Ok(Scorecard::of(&records, &flagged, outside, synthetic))
}

/// The newest forecasts in one line each, those that end last first.
///
/// # Errors
/// [`StoreError`].
pub async fn newest(workspace: &Workspace, limit: u32) -> Result<Vec<ForecastSummary>, StoreError> {
    let filter = ForecastFilter {
        limit: Some(limit),
        ..ForecastFilter::default()
    };
    workspace.forecasts(filter).await
}

/// Freezes a question by itself from now on.
///
/// # Errors
/// [`ForecastJobError::Stands`] where it does already.
pub async fn stand(
    workspace: &Workspace,
    question: Question,
    cadence: Cadence,
    clock: Timestamp,
) -> Result<StandingForecast, ForecastJobError> {
    refuse_unknown_categories(workspace, &question.categories).await?;
    let known = workspace.standing_forecasts().await?;
    let same = |s: &&StandingForecast| {
        s.ended_at.is_none() && s.question == question && s.cadence == cadence
    };
    if let Some(stands) = known.iter().find(same) {
        return Err(ForecastJobError::Stands(stands.id.clone()));
    }
    let new = StandingForecast {
        id: format!("f{}", known.len() + 1),
        cadence,
        question,
        since: clock,
        ended_at: None,
    };
    workspace.stand(&new).await?;
    Ok(new)
}

/// Freezes it no longer.
///
/// # Errors
/// [`ForecastJobError::NotStanding`].
pub async fn end_standing(
    workspace: &Workspace,
    id: &str,
    clock: Timestamp,
) -> Result<(), ForecastJobError> {
    match workspace.end_standing(id, clock).await? {
        true => Ok(()),
        false => Err(ForecastJobError::NotStanding(id.into())),
    }
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
    let Some(forecast) = workspace.forecast(summary.id.as_str()).await? else {
        return Ok(None);
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

fn is_of(forecast: &ForecastSummary, question: &Question, window: Window) -> bool {
    let made = &forecast.provenance;
    made.window == window
        && made.categories == question.categories
        && made.hours == question.hours
        && made.resolution == question.resolution
}

/// Never frozen, or not within the last hour before the window that has now come.
fn is_due(frozen_at: Option<Timestamp>, window: Window, now: Timestamp) -> bool {
    let last_call = window.start().checked_sub(LAST_CALL);
    match (frozen_at, last_call) {
        (Some(frozen_at), Ok(last_call)) => frozen_at < last_call && now >= last_call,
        (frozen_at, _) => frozen_at.is_none(),
    }
}

/// Whether the incidents that are known tell of the whole window.
fn is_over(window: Window, data: Window, now: Timestamp) -> bool {
    let quiet = |at: Timestamp| at.checked_sub(QUIET).unwrap_or(Timestamp::MIN);
    let past = data.end() > window.end();
    past || (quiet(now) >= window.end() && data.end() > quiet(window.end()))
}

fn has_cadence(window: Window, cadence: Cadence) -> bool {
    let hours = window.length().0 / 3600.0;
    match cadence {
        // Two weeks a year are an hour longer or shorter.
        Cadence::Week => (hours - 168.0).abs() < 1.5,
        Cadence::Shift => hours <= 24.0,
    }
}

async fn off_thread<T: Send + 'static>(
    work: impl FnOnce() -> T + Send + 'static,
) -> Result<T, ForecastJobError> {
    tokio::task::spawn_blocking(work)
        .await
        .map_err(|_| RiskJobError::from(RiskError::BrokenOff).into())
}
