//! `frontbeat bench risk`: surfaces and statistics at a city's size.

use std::fmt::Write;
use std::path::PathBuf;

use clap::Args;

use crate::app::bench_risk::{Cost, RiskBench, bench};
use crate::cli::failure::Failure;
use crate::cli::output;
use crate::exchange::curve_svg::{Curve, curve_svg};

/// Measure risk surfaces and statistics on 141,000 cells and a million incidents.
#[derive(Debug, Args)]
pub struct RiskBenchArgs {
    /// Draw the kernel's cost against incidents and cells: an .svg file.
    #[arg(long, value_name = "FILE")]
    picture: Option<PathBuf>,
}

/// Runs the command.
///
/// # Errors
/// [`Failure`] with what to do.
pub fn run(args: &RiskBenchArgs) -> Result<(), Failure> {
    if let Some(path) = &args.picture {
        output::ending_of(path, &["svg"], "a picture")?;
    }
    output::note("measuring, a minute or so; other work on this machine makes the figures worse");
    let found = bench().map_err(|fault| Failure::failed(fault, ""))?;
    if let Some(path) = &args.picture {
        let drawn = picture(&found).map_err(|why| Failure::failed(why, ""))?;
        output::write(path, drawn.as_bytes())?;
    }
    output::say(&text(&found))
}

/// The cost as a share of the largest case's, against the size as a share of its: straight
/// lines where the cost is linear.
fn picture(found: &RiskBench) -> Result<String, String> {
    let (Some(cells), Some(events)) = (
        found.costs.iter().map(|c| c.cells).max(),
        found.costs.iter().map(|c| c.events).max(),
    ) else {
        return Err("nothing was measured".into());
    };
    let largest = found.costs.iter().map(|c| c.seconds).fold(0.0, f64::max);
    let curve = |name: String, size: &dyn Fn(&Cost) -> Option<f64>| {
        let sized = found.costs.iter().filter_map(|c| Some((size(c)?, c)));
        let mut points: Vec<(f64, f64)> =
            sized.map(|(size, c)| (size, c.seconds / largest)).collect();
        points.sort_by(|a, b| a.0.total_cmp(&b.0));
        Curve { name, points }
    };
    let by_events = |c: &Cost| (c.cells == cells).then(|| c.events as f64 / events as f64);
    let by_cells = |c: &Cost| (c.events == events).then(|| c.cells as f64 / cells as f64);
    let curves = [
        curve(
            format!("incidents, of {events}, on {cells} cells"),
            &by_events,
        ),
        curve(
            format!("cells, of {cells}, with {events} incidents"),
            &by_cells,
        ),
        Curve {
            name: "linear".into(),
            points: vec![(0.0, 0.0), (1.0, 1.0)],
        },
    ];
    curve_svg(
        "Cost of the exact kernel",
        &format!("the whole: {largest:.3} s"),
        "size, share of the largest",
        "time, share of the longest",
        &curves,
    )
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
