//! The models' record on a workspace's last weeks, and the model it speaks for: the default
//! is chosen by it, never by taste.

use std::ops::ControlFlow;
use std::sync::Arc;

use jiff::SignedDuration;
use jiff::civil::Date;

use crate::app::backtest::{BacktestError, BacktestRequest, backtest};
use crate::app::clock;
use crate::app::risk::{RiskRequest, zone_of};
use crate::calendar::rolling::Step;
use crate::calendar::week::HourSet;
use crate::risk::dispersion::Law;
use crate::risk::record::BASELINE;
use crate::risk::score::Flagged;
use crate::risk::scorecard::{Question, Scorecard};
use crate::risk::surface::Provenance;
use crate::store::error::StoreError;
use crate::store::workspace::Workspace;

/// Who is tried, and frozen: the plain count, the kernel, the mixture.
pub const CONTENDERS: [&str; 3] = ["count", "kde", "mixture"];

/// Asks for the model that the record speaks for.
pub const BEST: &str = "best";

/// Said where a bandwidth or a half-life is given beside [`BEST`].
pub const SETTINGS_NEED_A_MODEL: &str = "a bandwidth or a half-life is a setting of one model: name the model too, \
     like kde, not best";

/// Most weeks that are scored; fewer where that would be more than half of the data.
pub const MOST_WEEKS: i32 = 12;

/// Shares of the area that are flagged.
const SHARES: [f64; 3] = [0.01, 0.02, 0.05];

/// A model and why it is this one.
#[derive(Debug, Clone, PartialEq)]
pub struct TrustedModel {
    /// Its name.
    pub model: String,
    /// Why.
    pub why: Trust,
}

/// Why a model is used.
#[derive(Debug, Clone, PartialEq)]
pub enum Trust {
    /// The record of this very question speaks for it.
    Record(Arc<Scorecard>),
    /// The record of all incidents speaks for it; the question's own was not made so far.
    RecordOfAll(Arc<Scorecard>),
    /// There is no record, or too little data for one: the plain count.
    NoRecord,
}

impl TrustedModel {
    /// By the record of the question itself.
    pub fn by_record(card: Arc<Scorecard>) -> Self {
        Self {
            model: card.model().to_owned(),
            why: Trust::Record(card),
        }
    }

    /// By the record of all incidents.
    pub fn by_record_of_all(card: Arc<Scorecard>) -> Self {
        Self {
            model: card.model().to_owned(),
            why: Trust::RecordOfAll(card),
        }
    }

    /// The plain count, for want of a record.
    pub fn without_record() -> Self {
        Self {
            model: BASELINE.to_owned(),
            why: Trust::NoRecord,
        }
    }

    /// Whether no record speaks for it.
    pub fn is_without_record(&self) -> bool {
        self.why == Trust::NoRecord
    }

    /// By what law counts scatter about a model's expectations, by that record; none where
    /// the model is not in it.
    pub fn law_of(&self, model: &str) -> Option<Law> {
        self.card()?.law_of(model)
    }

    /// The record that speaks for it.
    pub fn card(&self) -> Option<&Scorecard> {
        match &self.why {
            Trust::Record(card) | Trust::RecordOfAll(card) => Some(card),
            Trust::NoRecord => None,
        }
    }
}

/// The question of all incidents, which a workspace's own default is chosen by.
pub fn of_all(resolution: u8) -> Question {
    Question::new(Vec::new(), HourSet::full(), resolution)
}

/// The model to use by the records that are kept, old ones too; nothing is scored.
///
/// # Errors
/// [`StoreError`].
pub async fn trusted(
    workspace: &Workspace,
    question: &Question,
) -> Result<TrustedModel, StoreError> {
    if let Some(kept) = workspace.scorecard(question).await? {
        return Ok(TrustedModel::by_record(Arc::new(kept.card)));
    }
    let of_all = workspace.scorecard(&of_all(question.resolution)).await?;
    Ok(match of_all {
        Some(kept) => TrustedModel::by_record_of_all(Arc::new(kept.card)),
        None => TrustedModel::without_record(),
    })
}

/// The model to use, its record made anew where it is not there or of other data than now.
/// Where there is too little data to score, that is no fault.
///
/// # Errors
/// [`BacktestError`].
pub async fn trusted_now(
    workspace: &Workspace,
    question: &Question,
) -> Result<TrustedModel, BacktestError> {
    match scorecard(workspace, question).await {
        Ok(card) => Ok(TrustedModel::by_record(Arc::new(card))),
        Err(
            BacktestError::TooShort
            | BacktestError::NoIncidents
            | BacktestError::DatesOnly
            | BacktestError::AllQuarantined
            | BacktestError::TooEarly { .. }
            | BacktestError::Step(_),
        ) => Ok(TrustedModel::without_record()),
        Err(other) => Err(other),
    }
}

/// A request with the model that the record speaks for where [`BEST`] is asked for, as
/// [`trusted_now`] finds it, and why it is that one; none where a model was asked for by
/// its name.
///
/// # Errors
/// [`BacktestError`].
pub async fn resolved_now(
    workspace: &Workspace,
    mut request: RiskRequest,
) -> Result<(RiskRequest, Option<TrustedModel>), BacktestError> {
    if request.model != BEST {
        return Ok((request, None));
    }
    let trusted = trusted_now(workspace, &request.question()).await?;
    request.model.clone_from(&trusted.model);
    Ok((request, Some(trusted)))
}

/// By what law counts scatter about a surface's expectations: that of its model in the
/// record of its question or, where none is kept, of all incidents. None where the model
/// has no record.
///
/// # Errors
/// [`StoreError`].
pub async fn law_of(workspace: &Workspace, made: &Provenance) -> Result<Option<Law>, StoreError> {
    let trusted = trusted(workspace, &made.question()).await?;
    Ok(trusted.law_of(&made.model))
}

/// The record of a question on the data as they are now: the one kept, or made and, where
/// the workspace is open for writing, kept.
///
/// # Errors
/// [`BacktestError`]; [`BacktestError::TooShort`] where the data last less than two weeks.
pub async fn scorecard(
    workspace: &Workspace,
    question: &Question,
) -> Result<Scorecard, BacktestError> {
    let data_version = workspace.last_change().await?;
    if let Some(kept) = workspace.scorecard(question).await?
        && kept.data_version == data_version
    {
        return Ok(kept.card);
    }
    let card = score(workspace, question).await?;
    if workspace.is_writable() && workspace.kept_from().is_none() {
        let keeping = workspace.keep_scorecard(question, data_version, &card, clock::now());
        match keeping.await {
            // It is good all the same; the next one keeps it.
            Err(fault) if fault.is_of_the_moment() => {
                tracing::debug!(%fault, "a record is not kept");
            }
            kept => kept?,
        }
    }
    Ok(card)
}

/// Scores the contenders on the last whole weeks of the data.
async fn score(workspace: &Workspace, question: &Question) -> Result<Scorecard, BacktestError> {
    let (from, to) = last_weeks(workspace)
        .await?
        .ok_or(BacktestError::TooShort)?;
    let found = backtest(
        workspace,
        &BacktestRequest {
            models: CONTENDERS.map(str::to_owned).to_vec(),
            from: Some(from),
            to: Some(to),
            step: Step::Days(7),
            flagged: SHARES.map(Flagged::Share).to_vec(),
            hours: question.hours.clone(),
            categories: question.categories.clone(),
            resolution: question.resolution,
            include_patrol_discovered: false,
        },
        Arc::new(|_| ControlFlow::Continue(())),
    )
    .await?;
    Scorecard::of_backtest(&found).ok_or(BacktestError::NoIncidents)
}

/// The last whole local weeks of the data, none where there are not two. The day on which
/// the data end is left out: it may not be over.
async fn last_weeks(workspace: &Workspace) -> Result<Option<(Date, Date)>, StoreError> {
    let zone = zone_of(&workspace.district().await?)?;
    let Some(data) = workspace.incident_span().await? else {
        return Ok(None);
    };
    let last = data.end().checked_sub(SignedDuration::from_nanos(1));
    let to = zone.to_datetime(last.unwrap_or(data.end())).date();
    let days = (to - zone.to_datetime(data.start()).date()).get_days();
    let weeks = (days / 14).min(MOST_WEEKS);
    let from = to.checked_sub(jiff::Span::new().days(7 * weeks));
    Ok(from.ok().filter(|_| weeks > 0).map(|from| (from, to)))
}
