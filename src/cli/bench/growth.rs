//! `frontbeat bench growth`: millions of incidents, and how long what a page asks takes then.

use std::fmt::Write;
use std::time::Duration;

use clap::Args;

use crate::app::bench_growth::{GrowthFigures, GrowthRequest, bench_growth};
use crate::app::workspace::Address;
use crate::cli::failure::Failure;
use crate::cli::output;

/// Fill workspaces with made-up incidents, and measure what a page asks of them.
///
/// Those that are not there are made; the first one is asked. They stay: measure again, look at
/// them with `frontbeat serve`, and take them away yourself.
#[derive(Debug, Args)]
pub struct GrowthArgs {
    /// Workspaces: files, or postgres://USER@HOST/DATABASE?schema=NAME.
    #[arg(required = true)]
    workspaces: Vec<Address>,
    /// Incidents in all of them.
    #[arg(long, default_value_t = 1_000_000)]
    incidents: u64,
    /// Over so many years.
    #[arg(long, default_value_t = 10, value_parser = clap::value_parser!(u16).range(1..=50))]
    years: u16,
    /// How often each question is asked.
    #[arg(long, default_value_t = 200, value_parser = clap::value_parser!(u32).range(1..=100_000))]
    rounds: u32,
    /// Seed of incidents and questions.
    #[arg(long, default_value_t = 1)]
    seed: u64,
}

/// Runs the command.
///
/// # Errors
/// [`Failure`] with what to do.
pub async fn run(args: GrowthArgs) -> Result<(), Failure> {
    let request = GrowthRequest {
        workspaces: args.workspaces,
        incidents: args.incidents,
        years: args.years,
        rounds: args.rounds,
        seed: args.seed,
    };
    let mut done = 0;
    let figures = bench_growth(&request, |more| {
        done += more;
        output::note(format_args!("{done} of {} incidents", request.incidents));
    })
    .await
    .map_err(|fault| Failure::failed(fault, ""))?;
    output::say(&text(&figures))
}

fn text(figures: &GrowthFigures) -> String {
    let mut text = String::new();
    // Writing to a string can't fail.
    if let Some((incidents, took)) = figures.filled {
        let seconds = took.as_secs_f64();
        let _ = writeln!(
            text,
            "{incidents} incidents went in in {seconds:.0} s, {:.0} a second\n",
            incidents as f64 / seconds
        );
    }
    let _ = writeln!(
        text,
        "asked of a workspace of {} incidents\n",
        figures.incidents
    );
    let _ = writeln!(
        text,
        "{:32} {:>10} {:>10} {:>10} {:>10}",
        "", "rows", "median", "99 %", "most"
    );
    for asked in &figures.asked {
        let _ = writeln!(
            text,
            "{:32} {:>10.0} {:>7.1} ms {:>7.1} ms {:>7.1} ms",
            asked.question,
            asked.rows,
            ms(&asked.took, 0.5),
            ms(&asked.took, 0.99),
            ms(&asked.took, 1.0)
        );
    }
    let _ = writeln!(
        text,
        "{:32} {:>10} {:>7.1} ms {:>10} {:>7.1} ms",
        "a surface of the last year",
        figures.learned,
        ms(&figures.surfaces, 0.5),
        "",
        ms(&figures.surfaces, 1.0)
    );
    text
}

fn ms(took: &[Duration], share: f64) -> f64 {
    let last = took.len().saturating_sub(1);
    let at = (share * last as f64).round() as usize;
    took.get(at).map_or(0.0, |took| took.as_secs_f64() * 1000.0)
}
