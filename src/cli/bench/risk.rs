//! `frontbeat bench risk`: surfaces and statistics at a city's size.

use std::fmt::Write;

use clap::Args;

use crate::app::bench_risk::{RiskBench, bench};
use crate::cli::failure::Failure;
use crate::cli::output;

/// Measure risk surfaces and statistics on 141,000 cells and a million incidents.
#[derive(Debug, Args)]
pub struct RiskBenchArgs {}

/// Runs the command.
///
/// # Errors
/// [`Failure`] with what to do.
pub fn run(_: &RiskBenchArgs) -> Result<(), Failure> {
    eprintln!("measuring, a minute or so; other work on this machine makes the figures worse");
    let found = bench().map_err(|fault| Failure::failed(fault, ""))?;
    output::say(&text(&found))
}

fn text(found: &RiskBench) -> String {
    let mut text = format!("{} cells of H3 resolution 10\n\n", found.cells);
    // Writing to a string can't fail.
    for figure in &found.figures {
        let aim = figure.aim.map_or_else(String::new, |aim| {
            let kept = if figure.ours <= aim { "kept" } else { "missed" };
            format!("aim {aim} {}: {kept}", figure.unit)
        });
        let _ = writeln!(
            text,
            "{:58} {:>9.3} {:3}  {aim:22} {}",
            figure.what, figure.ours, figure.unit, figure.others
        );
    }
    let _ = writeln!(
        text,
        "\nsame bits on one and two threads: {}\none more incident against a surface made afresh: at most {:.1e} apart\n\ncost of the exact kernel\n{:>9} {:>10} {:>9} {:>14}",
        if found.same_bits { "yes" } else { "NO" },
        found.update_error,
        "cells",
        "incidents",
        "s",
        "µs an incident"
    );
    for cost in &found.costs {
        let _ = writeln!(
            text,
            "{:>9} {:>10} {:>9.3} {:>14.3}",
            cost.cells,
            cost.events,
            cost.seconds,
            cost.seconds * 1e6 / cost.events as f64
        );
    }
    text.push_str("\nothers: measured before on another machine of two cores, not here\n");
    text
}
