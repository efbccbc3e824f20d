//! `frontbeat bench deadline`: by how much the patrol search is late.

use clap::Args;

use crate::app::bench_deadline::{DeadlineRequest, Lateness, bench_deadline};
use crate::cli::bench::patrol::Clock;
use crate::cli::failure::Failure;
use crate::cli::output;

/// By how much the patrol search is late at several limits, on a made-up town.
#[derive(Debug, Args)]
pub struct DeadlineArgs {
    /// The limits, seconds.
    #[arg(long, value_delimiter = ',', default_value = "0.1,1,10")]
    limits: Vec<f64>,
    /// Runs of each.
    #[arg(long, default_value_t = 10, value_parser = clap::value_parser!(u32).range(1..=10_000))]
    runs: u32,
    /// Units of the town.
    #[arg(long, default_value_t = 24, value_parser = clap::value_parser!(u16).range(1..=500))]
    units: u16,
    /// Its cells worth a stop.
    #[arg(long, default_value_t = 400, value_parser = clap::value_parser!(u16).range(1..=5000))]
    cells: u16,
    /// What the limits are in: one of them, or both where absent.
    #[arg(long, value_enum)]
    clock: Option<Clock>,
}

/// Runs the command.
///
/// # Errors
/// [`Failure`] with what to do.
pub fn run(args: &DeadlineArgs) -> Result<(), Failure> {
    let odd = |s: &&f64| !s.is_finite() || **s <= 0.0 || **s > 3600.0;
    if let Some(limit) = args.limits.iter().find(odd) {
        return Err(Failure::usage(
            format!("a limit of {limit} s can't be kept: it must be over 0 and at most 3600"),
            "--limits 0.1,1,10",
        ));
    }
    output::line(format_args!(
        "{} units, {} cells, 8 h",
        args.units, args.cells
    ));
    output::line(format_args!(
        "{:<6} {:>8} {:>5} {:>22} {:>28}",
        "clock", "limit s", "runs", "late ms: mean, worst", "core ms past the last look"
    ));
    let clocks = match args.clock {
        Some(one) => vec![one],
        None => vec![Clock::Wall, Clock::Cpu],
    };
    for clock in clocks {
        let request = DeadlineRequest {
            limits_s: args.limits.clone(),
            runs: args.runs,
            units: usize::from(args.units),
            cells: usize::from(args.cells),
            clock: clock.limit(),
        };
        bench_deadline(&request, |late| print_one(clock, late))
            .map_err(|fault| Failure::failed(fault, ""))?;
    }
    Ok(())
}

fn print_one(clock: Clock, late: &Lateness) {
    output::line(format_args!(
        "{:<6} {:>8} {:>5} {:>10.3}, {:>10.3} {:>16.3}, {:>10.3}",
        clock.word(),
        late.limit_s,
        late.runs,
        late.over_ms.0,
        late.over_ms.1,
        late.core_ms.0,
        late.core_ms.1
    ));
}
