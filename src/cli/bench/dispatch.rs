//! `frontbeat bench dispatch`: which unit for a call, on random boards, against the plain way.

use std::time::Duration;

use clap::Args;

use crate::app::bench_dispatch::{DispatchFigures, DispatchRequest, bench_dispatch};
use crate::app::workspace::Address;
use crate::cli::failure::Failure;
use crate::cli::output;

/// The suggestion for a call on random boards: how long it takes, and whether it is the one
/// of a plain search from each unit over all streets.
#[derive(Debug, Args)]
pub struct DispatchArgs {
    /// A workspace with roads and incidents.
    workspace: Address,
    /// How many boards.
    #[arg(long, default_value_t = 1000, value_parser = clap::value_parser!(u32).range(1..=100_000))]
    boards: u32,
    /// Units on each.
    #[arg(long, default_value_t = 200, value_parser = clap::value_parser!(u16).range(1..=2000))]
    units: u16,
    /// Seed of the boards.
    #[arg(long, default_value_t = 1)]
    seed: u64,
}

/// Runs the command; fails where one board was answered otherwise than by the plain way.
///
/// # Errors
/// [`Failure`] with what to do.
pub async fn run(args: DispatchArgs) -> Result<(), Failure> {
    let request = DispatchRequest {
        workspace: args.workspace,
        boards: args.boards,
        units: args.units,
        seed: args.seed,
    };
    let figures = bench_dispatch(&request)
        .await
        .map_err(|fault| Failure::failed(fault, "give a workspace with roads and incidents"))?;
    output::say(&told(&figures, args.units))?;
    let wrong = figures.other_arrivals + figures.other_losses + figures.other_first;
    match wrong {
        0 => Ok(()),
        _ => Err(Failure::failed(
            format!("{wrong} boards were answered otherwise than by the plain way"),
            "please report this with the seed",
        )),
    }
}

fn told(figures: &DispatchFigures, units: u16) -> String {
    let ms = |share: f64| {
        let last = figures.took.len().saturating_sub(1);
        let at = (share * last as f64).round() as usize;
        let took = figures.took.get(at).copied().unwrap_or(Duration::ZERO);
        took.as_secs_f64() * 1000.0
    };
    format!(
        "{} boards, {units} units each, {:.1} that can come at once in the mean\n\
         other arrivals {} · other losses of coverage {} · another first {}\n\
         an answer takes {:.2} ms in the median, {:.2} ms at the 99th percentile, {:.2} ms at most\n",
        figures.boards,
        figures.choices as f64 / figures.boards.max(1) as f64,
        figures.other_arrivals,
        figures.other_losses,
        figures.other_first,
        ms(0.5),
        ms(0.99),
        ms(1.0),
    )
}
