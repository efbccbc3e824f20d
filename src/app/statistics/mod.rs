//! Answer a planner's question from a workspace: load, compute, lay out as a report. One
//! file a question; each report is the JSON of the command line and of the API, a CSV and
//! a picture.

pub mod before_after;
pub mod concentration;
pub mod error;
pub mod fairness;
pub mod hot_spots;
pub mod near_repeat;
pub mod report;
pub mod selection;
pub mod spot_makeup;
pub mod table;
pub mod unusual;
pub mod year_on_year;

use crate::app::statistics::before_after::BeforeAfterQuestion;
use crate::app::statistics::concentration::ConcentrationQuestion;
use crate::app::statistics::error::StatisticsJobError;
use crate::app::statistics::fairness::FairnessQuestion;
use crate::app::statistics::hot_spots::HotSpotsQuestion;
use crate::app::statistics::near_repeat::NearRepeatQuestion;
use crate::app::statistics::report::Report;
use crate::app::statistics::unusual::UnusualQuestion;
use crate::app::statistics::year_on_year::YearOnYearQuestion;
use crate::store::workspace::Workspace;

/// What is asked.
#[derive(Debug, Clone, PartialEq)]
pub enum Question {
    /// Where is it dense beyond chance?
    HotSpots(HotSpotsQuestion),
    /// Does one incident bring another?
    NearRepeat(NearRepeatQuestion),
    /// More or fewer than a year ago?
    YearOnYear(YearOnYearQuestion),
    /// Did a measure work, or move incidents next door?
    BeforeAfter(BeforeAfterQuestion),
    /// Is now unusual?
    Unusual(UnusualQuestion),
    /// How few places hold how much?
    Concentration(ConcentrationQuestion),
    /// Is a forecast lopsided?
    Fairness(FairnessQuestion),
}

/// Answers a question; heavy work runs off the async threads.
///
/// # Errors
/// [`StatisticsJobError`].
pub async fn answer(
    workspace: &Workspace,
    question: &Question,
) -> Result<Report, StatisticsJobError> {
    Ok(match question.clone() {
        Question::HotSpots(q) => Report::HotSpots(hot_spots::answer(workspace, q).await?),
        Question::NearRepeat(q) => Report::NearRepeat(near_repeat::answer(workspace, q).await?),
        Question::YearOnYear(q) => Report::YearOnYear(year_on_year::answer(workspace, q).await?),
        Question::BeforeAfter(q) => Report::BeforeAfter(before_after::answer(workspace, q).await?),
        Question::Unusual(q) => Report::Unusual(unusual::answer(workspace, q).await?),
        Question::Concentration(q) => {
            Report::Concentration(concentration::answer(workspace, q).await?)
        }
        Question::Fairness(q) => Report::Fairness(fairness::answer(workspace, q).await?),
    })
}
