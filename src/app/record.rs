//! The models' record on a workspace's last weeks, and the model it speaks for.

use std::ops::ControlFlow;
use std::sync::Arc;

use jiff::SignedDuration;
use jiff::civil::Date;

use crate::app::backtest::{BacktestError, BacktestRequest, backtest};
use crate::app::risk::zone_of;
use crate::calendar::rolling::Step;
use crate::calendar::week::HourSet;
use crate::risk::backtest::Backtest;
use crate::risk::record::{Verdict, choose};
use crate::risk::score::Flagged;
use crate::store::error::StoreError;
use crate::store::workspace::Workspace;

/// Who is tried: the plain count, the kernel, the mixture.
const CONTENDERS: [&str; 3] = ["count", "kde", "mixture"];

/// Most weeks that are scored; fewer where that would be more than half of the data.
pub const MOST_WEEKS: i32 = 12;

/// Shares of the area that are flagged.
pub const SHARES: [f64; 3] = [0.01, 0.02, 0.05];

/// Whose record is asked for.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct RecordRequest {
    /// Category codes; empty means all.
    pub categories: Vec<String>,
    /// Hours of the week that count.
    pub hours: HourSet,
    /// H3 resolution, 7 to 11.
    pub resolution: u8,
}

/// The record.
#[derive(Debug, Clone, PartialEq)]
pub struct ModelRecord {
    /// All contenders on the last weeks.
    pub backtest: Backtest,
    /// What they say.
    pub verdict: Verdict,
}

impl ModelRecord {
    /// Name of the model to use.
    pub fn model(&self) -> &str {
        &self.backtest.records[self.verdict.place()].name
    }
}

/// Scores the contenders on the last whole weeks of the data.
///
/// # Errors
/// [`BacktestError`]; [`BacktestError::TooShort`] where the data last less than two weeks.
pub async fn model_record(
    workspace: &Workspace,
    request: &RecordRequest,
) -> Result<ModelRecord, BacktestError> {
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
            hours: request.hours.clone(),
            categories: request.categories.clone(),
            resolution: request.resolution,
            include_patrol_discovered: false,
        },
        Arc::new(|_| ControlFlow::Continue(())),
    )
    .await?;
    let verdict = choose(&found.records).ok_or(BacktestError::NoIncidents)?;
    Ok(ModelRecord {
        backtest: found,
        verdict,
    })
}

/// The last whole local weeks of the data, none where there are not two. The day on which
/// the data end is left out: it may not be over.
async fn last_weeks(workspace: &Workspace) -> Result<Option<(Date, Date)>, StoreError> {
    let zone = zone_of(&workspace.district().await?)?;
    let Some(data) = workspace.info().await?.incidents else {
        return Ok(None);
    };
    let last = data.end().checked_sub(SignedDuration::from_nanos(1));
    let to = zone.to_datetime(last.unwrap_or(data.end())).date();
    let days = (to - zone.to_datetime(data.start()).date()).get_days();
    let weeks = (days / 14).min(MOST_WEEKS);
    let from = to.checked_sub(jiff::Span::new().days(7 * weeks));
    Ok(from.ok().filter(|_| weeks > 0).map(|from| (from, to)))
}
