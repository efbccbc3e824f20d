//! Answer what is reached in time, where idle units should stand, and where new posts or
//! pillars would help most: load, compute, lay out as a report.

pub mod cover;
pub mod error;
pub mod ground;
pub mod places;
pub mod report;
pub mod siting;
pub mod stand;

use crate::app::coverage::cover::cover;
use crate::app::coverage::error::CoverageJobError;
use crate::app::coverage::ground::{CoverageRequest, Ground, Kept};
use crate::app::coverage::report::Report;
use crate::app::coverage::siting::{SitingKind, siting};
use crate::app::coverage::stand::stand;
use crate::store::workspace::Workspace;

/// Most sites that are looked for: beyond, each one adds next to nothing.
pub const MOST_SITES: usize = 50;

/// What is asked.
#[derive(Debug, Clone, PartialEq)]
pub enum Question {
    /// What is reached, and where are the gaps?
    Cover(CoverageRequest),
    /// Where should the idle units stand, with at most so many moves?
    Stand(CoverageRequest, usize),
    /// Where would so many new posts or pillars help most?
    Siting(CoverageRequest, SitingKind, usize),
}

impl Question {
    /// What all questions ask.
    pub fn request(&self) -> &CoverageRequest {
        match self {
            Self::Cover(request) | Self::Stand(request, _) | Self::Siting(request, _, _) => request,
        }
    }

    /// What can be seen to be wrong before anything is computed.
    ///
    /// # Errors
    /// [`CoverageJobError::Unfit`].
    pub fn refuse(&self) -> Result<(), CoverageJobError> {
        let unfit = |why: &str| Err(CoverageJobError::Unfit(why.to_owned()));
        match self {
            Self::Stand(request, _) if request.units == Some(0) => {
                unfit("no unit is to stand anywhere: ask for at least one")
            }
            Self::Siting(_, _, 0) => unfit("no site is asked for: ask for at least one"),
            Self::Siting(_, _, count) if *count > MOST_SITES => Err(CoverageJobError::Unfit(
                format!("{count} sites are asked for; at most {MOST_SITES} are looked for"),
            )),
            _ => Ok(()),
        }
    }
}

/// Answers; heavy work runs off the async threads. `kept` is what the caller has in memory
/// already.
///
/// # Errors
/// [`CoverageJobError`].
pub async fn answer(
    workspace: &Workspace,
    kept: Kept,
    question: &Question,
) -> Result<Report, CoverageJobError> {
    question.refuse()?;
    let ground = Ground::read(workspace, kept, question.request()).await?;
    let question = question.clone();
    let computed = tokio::task::spawn_blocking(move || match question {
        Question::Cover(_) => cover(ground).map(Report::Cover),
        Question::Stand(_, moves) => stand(ground, moves).map(Report::Stand),
        Question::Siting(_, kind, count) => siting(ground, kind, count).map(Report::Siting),
    });
    computed.await.map_err(|_| CoverageJobError::BrokenOff)?
}
