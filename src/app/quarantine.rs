//! Keep incidents out of all learning until somebody has looked at them, and let them in
//! again. Both are in the log with their reason; surfaces, forecasts and statistics are
//! computed anew without them.

use thiserror::Error;

use crate::app::clock;
use crate::calendar::window::Window;
use crate::exchange::import::personal::pattern_of;
use crate::incident::category::{code_within, first_unknown};
use crate::incident::quarantine::{Batch, Quarantine, Quarantined};
use crate::store::error::StoreError;
use crate::store::workspace::Workspace;

/// Longest reason, characters.
const LONGEST_REASON: usize = 500;

/// Why nothing was quarantined or lifted.
#[derive(Debug, Error)]
pub enum QuarantineError {
    /// The store.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// No such import.
    #[error("there is no import of incidents with the number {number}; known: {known}")]
    UnknownBatch {
        /// As given.
        number: u64,
        /// Those known.
        known: String,
    },
    /// No such category.
    #[error("there is no category {0:?}")]
    UnknownCategory(String),
    /// Nothing to keep out.
    #[error("no incident is in this selection")]
    Nothing,
    /// No such quarantine, or lifted already.
    #[error("there is no quarantine {0:?} that holds")]
    Unknown(String),
    /// A reason is needed.
    #[error("a reason is needed, of at most 500 characters: what is wrong with the data")]
    Reason,
    /// A reason that names a person.
    #[error("the reason holds what looks like a person's number; say what is wrong with the data")]
    PersonalReason,
}

/// The stretches of time of which nothing may be learned for these categories (empty: all):
/// periods in quarantine, whole for each of them, merged. A quarantined import has no time
/// of its own, and where only some of the categories are kept out the others' time counts.
///
/// # Errors
/// [`StoreError`].
pub async fn quarantined_time(
    workspace: &Workspace,
    categories: &[String],
) -> Result<Vec<Window>, StoreError> {
    let all = workspace.quarantines().await?;
    let holding = all.into_iter().filter(|q| q.lifted_at.is_none());
    let mut periods: Vec<Window> = holding
        .filter_map(|quarantine| match quarantine.what {
            Quarantined::Period {
                window,
                categories: out,
            } if covers(&out, categories) => Some(window),
            _ => None,
        })
        .collect();
    periods.sort_by_key(|w| w.start());
    let mut merged: Vec<Window> = Vec::new();
    for period in periods {
        match merged.last_mut() {
            Some(last) if period.start() <= last.end() => {
                let end = last.end().max(period.end());
                *last = Window::new(last.start(), end).unwrap_or(*last);
            }
            _ => merged.push(period),
        }
    }
    Ok(merged)
}

/// Whether what is kept out holds all that is asked for; empty means all.
fn covers(out: &[String], asked: &[String]) -> bool {
    let held = |code: &String| out.iter().any(|out| code_within(code, out));
    out.is_empty() || (!asked.is_empty() && asked.iter().all(held))
}

/// What a workspace keeps out, and what it could.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct QuarantineList {
    /// Oldest first, lifted ones too.
    pub quarantines: Vec<Quarantine>,
    /// Imports of incidents, oldest first.
    pub batches: Vec<Batch>,
}

/// Quarantines incidents; returns the quarantine and how many it is about.
///
/// # Errors
/// [`QuarantineError`].
pub async fn quarantine(
    workspace: &Workspace,
    what: Quarantined,
    reason: &str,
) -> Result<(Quarantine, u64), QuarantineError> {
    let reason = checked_reason(reason)?;
    match &what {
        Quarantined::Batch(number) => {
            let batches = workspace.batches().await?;
            if !batches.iter().any(|b| b.number == *number) {
                let known: Vec<String> = batches.iter().map(|b| b.number.to_string()).collect();
                return Err(QuarantineError::UnknownBatch {
                    number: *number,
                    known: known.join(", "),
                });
            }
        }
        Quarantined::Period { categories, .. } => {
            let known = workspace.categories().await?;
            let codes: Vec<&str> = known.iter().map(|c| c.code.as_str()).collect();
            if let Some(code) = first_unknown(categories, &codes) {
                return Err(QuarantineError::UnknownCategory(code.into()));
            }
        }
    }
    let incidents = workspace.quarantined_count(&what).await?;
    if incidents == 0 {
        return Err(QuarantineError::Nothing);
    }
    let added = workspace.quarantine(&what, &reason, clock::now()).await?;
    Ok((added, incidents))
}

/// Lifts a quarantine.
///
/// # Errors
/// [`QuarantineError`].
pub async fn lift(workspace: &Workspace, id: &str, reason: &str) -> Result<(), QuarantineError> {
    let reason = checked_reason(reason)?;
    match workspace.lift_quarantine(id, &reason, clock::now()).await? {
        true => Ok(()),
        false => Err(QuarantineError::Unknown(id.into())),
    }
}

/// What is kept out, and what could be.
///
/// # Errors
/// [`StoreError`].
pub async fn list(workspace: &Workspace) -> Result<QuarantineList, StoreError> {
    Ok(QuarantineList {
        quarantines: workspace.quarantines().await?,
        batches: workspace.batches().await?,
    })
}

fn checked_reason(reason: &str) -> Result<String, QuarantineError> {
    let reason = reason.trim();
    let fits = !reason.is_empty() && reason.chars().count() <= LONGEST_REASON;
    if !fits || reason.contains(char::is_control) {
        return Err(QuarantineError::Reason);
    }
    if pattern_of(reason).is_some() {
        return Err(QuarantineError::PersonalReason);
    }
    Ok(reason.into())
}
