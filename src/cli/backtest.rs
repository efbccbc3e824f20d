//! `frontbeat backtest`: Score the models on the workspace's own past.

use std::io::{IsTerminal, stderr};
use std::ops::ControlFlow;
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use clap::Args;
use indicatif::{ProgressBar, ProgressStyle};
use jiff::civil::Date;

use crate::app::backtest::{BacktestError, BacktestRequest, Progress, Watch, backtest};
use crate::app::risk::RiskJobError;
use crate::app::workspace::{self, Address};
use crate::calendar::rolling::Step;
use crate::cli::backtest_text::backtest_text;
use crate::cli::failure::Failure;
use crate::cli::hours::hours;
use crate::cli::interrupt::stop_on_interrupt;
use crate::cli::option_text::day;
use crate::cli::output;
use crate::exchange::backtest_csv::backtest_csv;
use crate::exchange::backtest_json::backtest_json;
use crate::exchange::backtest_svg::backtest_svg;
use crate::risk::backtest::Backtest;
use crate::risk::model::RiskError;
use crate::risk::score::Flagged;

/// Backtest risk models: forecast past windows from what was known before them, and score.
#[derive(Debug, Args)]
pub struct BacktestArgs {
    /// The workspace, a .gpkg file.
    workspace: Address,
    /// A model, with settings after slashes, like count/180d or kde/200m; `all` for all; may be given again.
    #[arg(long, default_value = "all", value_delimiter = ',')]
    model: Vec<String>,
    /// First day of the first window [default: a third into the data].
    #[arg(long, value_parser = day)]
    from: Option<Date>,
    /// The day after the last window [default: as far as the data go].
    #[arg(long, value_parser = day)]
    to: Option<Date>,
    /// How long each window lasts: 1w, 2w, 1m, 2m, 3m, 30d, or shift for every shift.
    #[arg(long, default_value = "1w")]
    window: Step,
    /// Areas to flag: shares like 1% or areas like 0.26mi2 or 0.7km2.
    #[arg(long, default_value = "0.5%,1%,2%,5%", value_delimiter = ',')]
    area: Vec<Flagged>,
    /// Only this category; may be given again. A first-level code takes its children in.
    #[arg(long, value_name = "CODE")]
    category: Vec<String>,
    /// Hours of every day like 22-6, or hours of the week (0 is Monday 00:00) like 0,1,2.
    #[arg(long)]
    hours: Option<String>,
    /// H3 resolution, 7 to 11.
    #[arg(long, default_value_t = 10)]
    resolution: u8,
    /// Learn from, and score on, what patrols discovered too.
    #[arg(long)]
    include_patrol_discovered: bool,
    /// Write the scores: .json (all), .csv (a row a model, window and area) or .svg (a picture); may be given again.
    #[arg(long, value_name = "FILE")]
    out: Vec<PathBuf>,
}

/// Runs the command.
///
/// # Errors
/// [`Failure`] with what to do.
pub async fn run(args: BacktestArgs) -> Result<(), Failure> {
    for path in &args.out {
        output::ending_of(path, &["json", "csv", "svg"], "a backtest")?;
    }
    let hours = hours(args.hours.as_deref())?;
    let opened = match args.include_patrol_discovered {
        true => workspace::open_to_note(&args.workspace).await,
        false => workspace::open_for_reading(&args.workspace).await,
    }
    .map_err(|fault| Failure::failed(fault, ""))?;
    let request = BacktestRequest {
        models: args.model,
        from: args.from,
        to: args.to,
        step: args.window,
        flagged: args.area,
        hours,
        categories: args.category,
        resolution: args.resolution,
        include_patrol_discovered: args.include_patrol_discovered,
    };
    let stop = Arc::new(AtomicBool::new(false));
    let signals = tokio::spawn(stop_on_interrupt(stop.clone(), None));
    let bar = bar();
    let done = backtest(&opened, &request, watch(&bar, &stop)).await;
    bar.finish_and_clear();
    signals.abort();
    let found = done.map_err(failure)?;
    output::say(&backtest_text(&found))?;
    for path in &args.out {
        output::write(path, &bytes(&found, path)?)?;
        output::line(format_args!("written to {}", path.display()));
    }
    Ok(())
}

fn bytes(found: &Backtest, path: &std::path::Path) -> Result<Vec<u8>, Failure> {
    let failed = |fault: &dyn std::fmt::Display| Failure::failed(fault, "");
    match output::ending_of(path, &["json", "csv", "svg"], "a backtest")? {
        "json" => Ok(backtest_json(found).into_bytes()),
        "csv" => backtest_csv(found).map_err(|fault| failed(&fault)),
        _ => backtest_svg(found)
            .map(String::into_bytes)
            .map_err(|fault| failed(&fault)),
    }
}

/// A bar on a terminal, nothing elsewhere.
fn bar() -> ProgressBar {
    if !stderr().is_terminal() {
        return ProgressBar::hidden();
    }
    let bar = ProgressBar::new(0);
    if let Ok(style) = ProgressStyle::with_template("{bar:32} {pos}/{len} forecasts, {eta} left") {
        bar.set_style(style);
    }
    bar
}

fn watch(bar: &ProgressBar, stop: &Arc<AtomicBool>) -> Watch {
    let (bar, stop) = (bar.clone(), stop.clone());
    Arc::new(move |Progress { done, of }| {
        bar.set_length(of as u64);
        bar.set_position(done as u64);
        if stop.load(Ordering::Relaxed) {
            ControlFlow::Break(())
        } else {
            ControlFlow::Continue(())
        }
    })
}

/// Wrong dates, windows, models are wrong use; all else is a failure.
fn failure(fault: BacktestError) -> Failure {
    match fault {
        BacktestError::Risk(RiskJobError::Risk(RiskError::BrokenOff)) => {
            Failure::failed("the backtest was broken off; nothing is kept of it", "")
        }
        BacktestError::Risk(RiskJobError::Risk(fault)) => Failure::usage(fault, ""),
        BacktestError::Risk(other) => Failure::failed(other, ""),
        BacktestError::NoIncidents => Failure::failed(fault, "import incidents first"),
        other => Failure::usage(other, ""),
    }
}
