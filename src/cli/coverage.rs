//! `frontbeat coverage`: what is reached in time, where to stand, where to build.

mod text;

use std::path::PathBuf;

use clap::{Args, ValueEnum};

use crate::app::coverage::error::CoverageJobError;
use crate::app::coverage::ground::{CoverageRequest, Kept};
use crate::app::coverage::report::Shape;
use crate::app::coverage::siting::SitingKind;
use crate::app::coverage::{Question, USUAL_MOVES, answer};
use crate::app::record::BEST;
use crate::app::risk::{RiskRequest, reference_day};
use crate::app::workspace::{Address, open_for_reading};
use crate::calendar::text::parse_window;
use crate::cli::failure::Failure;
use crate::cli::hours::hours;
use crate::cli::output;

/// What idle units and posts reach within minutes by road, where calls are expected;
/// where idle units should stand now; where new posts or pillars would help most.
#[derive(Debug, Args)]
pub struct CoverageArgs {
    /// The workspace, a .gpkg file.
    workspace: Address,
    /// The rings, minutes, ascending.
    #[arg(
        long,
        value_name = "MINUTES",
        value_delimiter = ',',
        default_value = "1,3,5"
    )]
    minutes: Vec<f64>,
    /// When: a shift, SHIFT@DATE like night@2026-11-25, or START/END in ISO 8601.
    #[arg(long, default_value = "night")]
    window: String,
    /// Where so many idle units should stand now, spread over the stations as plans do.
    #[arg(long, value_name = "UNITS", conflicts_with_all = ["site", "units"])]
    stand: Option<usize>,
    /// At most so many of them move [default: 3].
    #[arg(long, value_name = "COUNT", requires = "stand")]
    moves: Option<usize>,
    /// Where new ones would help most.
    #[arg(long, value_enum)]
    site: Option<What>,
    /// How many new ones.
    #[arg(long, requires = "site", default_value_t = 5)]
    count: usize,
    /// Only these units, by id or call sign, with commas between.
    #[arg(long, value_name = "UNITS", value_delimiter = ',')]
    named: Vec<String>,
    /// How many idle units, spread over the stations; all of them if not given.
    #[arg(long)]
    units: Option<usize>,
    /// Share of time that a unit is taken by another call, below 1 [default: calls an hour
    /// × half an hour a call, over the units].
    #[arg(long, allow_negative_numbers = true)]
    busy: Option<f64>,
    /// The risk model: count, kde, adaptive_kde, prospective, hawkes, risk_terrain or mixture;
    /// best: the one that the record kept speaks for.
    #[arg(long, default_value = BEST)]
    model: String,
    /// Only calls of this category; may be given again.
    #[arg(long, value_name = "CODE")]
    category: Vec<String>,
    /// Hours of every day like 22-6, or hours of the week (0 is Monday 00:00) like 0,1,2.
    #[arg(long)]
    hours: Option<String>,
    /// Learn only from so many days before the window.
    #[arg(long, value_name = "DAYS", value_parser = clap::value_parser!(u32).range(1..))]
    look_back_days: Option<u32>,
    /// H3 resolution, 8 to 11.
    #[arg(long, default_value_t = 10, value_parser = clap::value_parser!(u8).range(8..=11))]
    resolution: u8,
    /// Write the map to this GeoJSON file: isochrones, gap cells, suggested places.
    #[arg(long, value_name = "FILE")]
    out: Option<PathBuf>,
    /// Print the figures as JSON.
    #[arg(long)]
    json: bool,
}

#[derive(Debug, Clone, Copy, ValueEnum)]
enum What {
    Posts,
    Pillars,
}

/// Runs the command.
///
/// # Errors
/// [`Failure`] with what to do.
pub async fn run(args: CoverageArgs) -> Result<(), Failure> {
    if let Some(path) = &args.out {
        output::ending_of(path, &["geojson", "json"], "a map of coverage")?;
    }
    let hours = hours(args.hours.as_deref())?;
    let store = |fault| Failure::failed(fault, "");
    let opened = open_for_reading(&args.workspace).await.map_err(store)?;
    let district = opened.district().await.map_err(store)?;
    let zone = district
        .zone()
        .map_err(|fault| Failure::failed(fault, ""))?;
    let shifts = opened.shifts().await.map_err(store)?;
    let today = reference_day(&opened).await.map_err(store)?;
    let window = parse_window(&args.window, &shifts, &zone, today)
        .map_err(|fault| Failure::usage(fault, ""))?;
    let request = CoverageRequest {
        risk: RiskRequest {
            model: args.model,
            window,
            look_back_days: args.look_back_days,
            hours,
            categories: args.category,
            resolution: args.resolution,
            bandwidth_m: None,
            half_life_days: None,
            include_patrol_discovered: false,
        },
        minutes: args.minutes,
        units: args.stand.or(args.units),
        named: args.named,
        busy: args.busy,
    };
    let question = match (args.stand, args.site) {
        (Some(units), _) => Question::Stand(request, args.moves.unwrap_or(units.min(USUAL_MOVES))),
        (None, Some(What::Posts)) => Question::Siting(request, SitingKind::Posts, args.count),
        (None, Some(What::Pillars)) => Question::Siting(request, SitingKind::Pillars, args.count),
        (None, None) => Question::Cover(request),
    };
    let answered = answer(&opened, Kept::default(), &question).await;
    opened.close().await;
    let report = answered.map_err(failure)?;
    let bytes = |shape| report.bytes(shape).map_err(|why| Failure::failed(why, ""));
    if let Some(path) = &args.out {
        output::write(path, &bytes(Shape::GeoJson)?)?;
    }
    if args.json {
        let mut text = String::from_utf8_lossy(&bytes(Shape::Json)?).into_owned();
        text.push('\n');
        return output::say(&text);
    }
    let mut said = text::of(&report);
    if let Some(path) = &args.out {
        said.push_str(&format!("written to {}\n", path.display()));
    }
    output::say(&said)
}

/// A wrong question is wrong use; all else is a failure.
fn failure(fault: CoverageJobError) -> Failure {
    match fault.is_of_the_question() {
        true => Failure::usage(fault, ""),
        false => Failure::failed(fault, ""),
    }
}
