//! What is frozen by itself: questions that stand, each of their windows frozen in time.

use jiff::{SignedDuration, Timestamp};

use crate::app::forecast::{ForecastJobError, FreezeRequest, freeze_after, is_of, present};
use crate::app::record::of_all;
use crate::app::risk::{RiskJobError, refuse_unknown_categories, zone_of};
use crate::calendar::cadence::Cadence;
use crate::calendar::window::Window;
use crate::grid::hexgrid::{COARSEST, FINEST};
use crate::risk::forecast::StandingForecast;
use crate::risk::model::RiskError;
use crate::risk::scorecard::Question;
use crate::store::error::StoreError;
use crate::store::record::ForecastFilter;
use crate::store::workspace::Workspace;

/// Id of the standing forecast that every workspace begins with.
const OF_ALL: &str = "all";

/// Resolution of what every workspace begins with: the page's own.
const RESOLUTION: u8 = 10;

/// A standing forecast is frozen as soon as its window is the next one, and once more in
/// the last hour before it begins, with all that is known by then.
const LAST_CALL: SignedDuration = SignedDuration::from_hours(1);

/// Freezes what stands and is due, and returns how many forecasts that were. A workspace
/// in which nothing ever stood begins with all incidents, a week at a time. What can't be
/// forecast for want of data or of wanted hours is left out.
///
/// # Errors
/// The first [`ForecastJobError`]; what else stands is frozen all the same.
pub async fn freeze_due(
    workspace: &Workspace,
    clock: Timestamp,
) -> Result<usize, ForecastJobError> {
    let standing = begin_standing(workspace, clock).await?;
    let now = present(workspace, clock).await?;
    let zone = zone_of(&workspace.district().await?)?;
    let shifts = workspace.shifts().await?;
    let ahead = ForecastFilter {
        ends_after: Some(now),
        ..ForecastFilter::default()
    };
    let known = workspace.forecasts(ahead).await?;
    let (mut done, mut first_fault) = (0, None);
    for standing in standing.iter().filter(|s| s.ended_at.is_none()) {
        for window in standing.cadence.next(now, &shifts, &zone) {
            let question = standing.question.clone();
            let frozen = known.iter().filter(|f| is_of(f, &question, window));
            let frozen_at = frozen.map(|f| f.frozen_at).max();
            if !is_due(frozen_at, window, now) {
                continue;
            }
            let request = FreezeRequest { question, window };
            match freeze_after(workspace, &request, frozen_at, clock).await {
                Ok(frozen) => done += frozen.len(),
                // Nothing to learn from so far, or no wanted hour; the next turn looks again.
                Err(
                    ForecastJobError::NoIncidents
                    | ForecastJobError::TooThin
                    | ForecastJobError::Risk(
                        RiskJobError::NoBoundary | RiskJobError::Risk(RiskError::NoHours),
                    ),
                ) => {}
                Err(other) => first_fault = first_fault.or(Some(other)),
            }
        }
    }
    match first_fault {
        Some(fault) => Err(fault),
        None => Ok(done),
    }
}

/// What stands; where nothing ever did, all incidents do from now on.
async fn begin_standing(
    workspace: &Workspace,
    clock: Timestamp,
) -> Result<Vec<StandingForecast>, StoreError> {
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
    Ok(standing)
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
    if !(COARSEST..=FINEST).contains(&question.resolution) {
        return Err(ForecastJobError::Resolution(question.resolution));
    }
    refuse_unknown_categories(workspace, &question.categories).await?;
    let known = begin_standing(workspace, clock).await?;
    let same = |s: &&StandingForecast| {
        s.ended_at.is_none() && s.question == question && s.cadence == cadence
    };
    if let Some(stands) = known.iter().find(same) {
        return Err(ForecastJobError::Stands(stands.id.clone()));
    }
    let new = StandingForecast {
        id: format!("f{}", known.len()),
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

/// Never frozen, or not within the last hour before the window that has now come.
fn is_due(frozen_at: Option<Timestamp>, window: Window, now: Timestamp) -> bool {
    let last_call = window.start().checked_sub(LAST_CALL);
    match (frozen_at, last_call) {
        (Some(frozen_at), Ok(last_call)) => frozen_at < last_call && now >= last_call,
        (frozen_at, _) => frozen_at.is_none(),
    }
}
