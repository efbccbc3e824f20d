//! `frontbeat statistics`: what planners ask of the past, as text, JSON, CSV and a picture.

mod args;
mod population;
mod text;

use std::path::Path;

use clap::{Args, Subcommand};

use crate::app::risk::{log_override, reference_day};
use crate::app::statistics::error::StatisticsJobError;
use crate::app::statistics::report::{Report, Shape};
use crate::app::statistics::{Question, answer};
use crate::app::workspace::{Address, open_for_reading, open_to_note};
use crate::cli::failure::Failure;
use crate::cli::output;
use crate::cli::statistics::args::{
    BeforeAfterArgs, ConcentrationArgs, FairnessArgs, HotSpotsArgs, NearRepeatArgs, Place,
    SelectionArgs, UnusualArgs, YearOnYearArgs,
};

/// Ask the past: hot spots, near repeats, changes, concentration, fairness.
#[derive(Debug, Args)]
pub struct StatisticsArgs {
    /// The workspace, a .gpkg file.
    workspace: Address,
    /// The question.
    #[command(subcommand)]
    what: What,
}

#[derive(Debug, Subcommand)]
enum What {
    HotSpots(HotSpotsArgs),
    NearRepeat(NearRepeatArgs),
    YearOnYear(YearOnYearArgs),
    BeforeAfter(BeforeAfterArgs),
    Unusual(UnusualArgs),
    Concentration(ConcentrationArgs),
    Fairness(FairnessArgs),
}

impl What {
    fn selection(&self) -> &SelectionArgs {
        match self {
            Self::HotSpots(args) => &args.selection,
            Self::NearRepeat(args) => &args.selection,
            Self::YearOnYear(args) => &args.selection,
            Self::BeforeAfter(args) => &args.selection,
            Self::Unusual(args) => &args.selection,
            Self::Concentration(args) => &args.selection,
            Self::Fairness(args) => &args.selection,
        }
    }

    fn question(&self, place: &Place) -> Result<Question, Failure> {
        match self {
            Self::HotSpots(args) => args.question(place),
            Self::NearRepeat(args) => args.question(place),
            Self::YearOnYear(args) => args.question(place),
            Self::BeforeAfter(args) => args.question(place),
            Self::Unusual(args) => args.question(place),
            Self::Concentration(args) => args.question(place),
            Self::Fairness(args) => args.question(place),
        }
    }
}

/// Runs the command.
///
/// # Errors
/// [`Failure`] with what to do.
pub async fn run(args: StatisticsArgs) -> Result<(), Failure> {
    let selection = args.what.selection();
    let out = match &selection.out {
        Some(path) => Some((path, shape_of(path)?)),
        None => None,
    };
    if let Some(path) = &selection.picture {
        output::ending_of(path, &["svg"], "a picture")?;
    }
    let store = |fault| Failure::failed(fault, "");
    let opened = match selection.include_patrol_discovered {
        false => open_for_reading(&args.workspace).await.map_err(store)?,
        true => open_to_note(&args.workspace).await.map_err(store)?,
    };
    let district = opened.district().await.map_err(store)?;
    let place = Place {
        zone: district
            .zone()
            .map_err(|fault| Failure::failed(fault, ""))?,
        shifts: opened.shifts().await.map_err(store)?,
        today: reference_day(&opened).await.map_err(store)?,
    };
    let question = args.what.question(&place)?;
    if selection.include_patrol_discovered {
        let reason = selection.reason.as_deref().unwrap_or_default();
        let logged = log_override(&opened, "statistics", reason)
            .await
            .map_err(store)?;
        if !logged {
            output::note(
                "note: the workspace can't be written now: the override is not in its log",
            );
        }
    }
    let report = answer(&opened, &question).await.map_err(failure)?;
    opened.close().await;
    let written = |path: &Path, shape| {
        let bytes = report
            .bytes(shape)
            .map_err(|why| Failure::failed(why, ""))?;
        output::write(path, &bytes)
    };
    if let Some((path, shape)) = out {
        written(path, shape)?;
    }
    if let Some(path) = &selection.picture {
        written(path, Shape::Svg)?;
    }
    let mut said = text::of(&report);
    for path in [&selection.out, &selection.picture].into_iter().flatten() {
        said.push_str(&format!("written to {}\n", path.display()));
    }
    output::say(&said)
}

fn shape_of(path: &Path) -> Result<Shape, Failure> {
    Ok(
        match output::ending_of(path, &["json", "csv"], "a table")? {
            "csv" => Shape::Csv,
            _ => Shape::Json,
        },
    )
}

/// A wrong question is wrong use; all else is a failure.
fn failure(fault: StatisticsJobError) -> Failure {
    if fault.is_of_the_question() {
        Failure::usage(fault, "")
    } else {
        Failure::failed(fault, "")
    }
}

/// What a report opens and closes with.
fn notes_of(report: &Report) -> &[String] {
    match report {
        Report::HotSpots(r) => &r.notes,
        Report::NearRepeat(r) => &r.notes,
        Report::YearOnYear(r) => &r.notes,
        Report::BeforeAfter(r) => &r.notes,
        Report::Unusual(r) => &r.notes,
        Report::Concentration(r) => &r.notes,
        Report::Fairness(r) => &r.notes,
    }
}
