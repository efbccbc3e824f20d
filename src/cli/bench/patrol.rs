//! `frontbeat bench patrol`: our plan beside others' on a workspace's streets.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use clap::{Args, ValueEnum};
use serde_json::{Value, json};

use crate::app::bench_patrol::{BenchFault, BenchRequest, Cases, Entry, cases};
use crate::app::risk::{RiskRequest, reference_day};
use crate::app::thread_clock::LimitClock;
use crate::app::workspace::{Address, open_for_reading};
use crate::calendar::text::parse_window;
use crate::calendar::week::HourSet;
use crate::calendar::window::Window;
use crate::cli::failure::Failure;
use crate::cli::output;
use crate::exchange::read::peer_rounds::{MOST_BYTES, PeerRounds, peer_rounds};

/// Our plan, the greedy one and others' on the same streets for the same time, each worth
/// what the referee finds.
///
/// Write the problems for other solvers with --write-problem, solve them, then score their
/// files beside ours with --score. benches/peers/run does all of it.
#[derive(Debug, Args)]
pub struct PatrolBenchArgs {
    /// A workspace with roads, incidents and idle units.
    workspace: Address,
    /// How many units; a problem for each.
    #[arg(long, value_delimiter = ',', default_value = "6,12,24", value_parser = clap::value_parser!(u16).range(1..=500))]
    units: Vec<u16>,
    /// How many cells are worth a stop, at most.
    #[arg(long, default_value_t = 400, value_parser = clap::value_parser!(u16).range(1..=5000))]
    stops: u16,
    /// The shift begins like this one.
    #[arg(long, default_value = "night")]
    shift: String,
    /// How long the shift is.
    #[arg(long, default_value_t = 8, value_parser = clap::value_parser!(u8).range(1..=48))]
    hours: u8,
    /// The risk model.
    #[arg(long, default_value = "count")]
    model: String,
    /// Seconds of our search, on one thread.
    #[arg(long, default_value_t = 10.0)]
    seconds: f64,
    /// What seconds are: on the wall, or of the core (fair on a busy machine).
    #[arg(long, value_enum, default_value_t = Clock::Wall)]
    clock: Clock,
    /// Seed of our search.
    #[arg(long, default_value_t = 1)]
    seed: u64,
    /// In how many slots of the shift others may visit a cell once; a problem for each.
    #[arg(long, value_delimiter = ',', default_value = "1,4", value_parser = clap::value_parser!(u8).range(1..=24))]
    slots: Vec<u8>,
    /// Only write the problems for others into this folder.
    #[arg(long, value_name = "FOLDER", conflicts_with_all = ["score", "json"])]
    write_problem: Option<PathBuf>,
    /// Solutions of others to put beside ours.
    #[arg(long, value_name = "FILE", num_args = 1..)]
    score: Vec<PathBuf>,
    /// Write the figures to this JSON file too.
    #[arg(long, value_name = "FILE")]
    json: Option<PathBuf>,
}

/// Which time a limit is in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Clock {
    /// Time that passes.
    Wall,
    /// Time that the thread had a core.
    Cpu,
}

impl Clock {
    /// The same for the measuring.
    pub fn limit(self) -> LimitClock {
        match self {
            Self::Wall => LimitClock::Wall,
            Self::Cpu => LimitClock::Cpu,
        }
    }

    /// Its word.
    pub fn word(self) -> &'static str {
        match self {
            Self::Wall => "wall",
            Self::Cpu => "core",
        }
    }
}

/// Runs the command.
///
/// # Errors
/// [`Failure`] with what to do.
pub async fn run(args: &PatrolBenchArgs) -> Result<(), Failure> {
    if !args.seconds.is_finite() || args.seconds <= 0.0 {
        return Err(Failure::usage("--seconds must be over 0", "--seconds 10"));
    }
    if let Some(file) = &args.json {
        output::ending_of(file, &["json"], "this report")?;
    }
    // Before the work: nobody waits to hear that a file can't be read.
    let solutions = args
        .score
        .iter()
        .map(|file| Ok((file.as_path(), solution(file)?)))
        .collect::<Result<Vec<_>, Failure>>()?;
    let stored = |e| Failure::failed(e, "");
    let workspace = open_for_reading(&args.workspace).await.map_err(stored)?;
    let posed = async {
        let district = workspace.district().await.map_err(stored)?;
        let zone = district.zone().map_err(|e| Failure::failed(e, ""))?;
        let shifts = workspace.shifts().await.map_err(stored)?;
        let today = reference_day(&workspace).await.map_err(stored)?;
        let shift =
            parse_window(&args.shift, &shifts, &zone, today).map_err(|e| Failure::usage(e, ""))?;
        let request = request(args, shift)?;
        cases(&workspace, &request).await.map_err(failure)
    };
    let posed = posed.await;
    workspace.close().await;
    let posed = posed?;
    if let Some(folder) = &args.write_problem {
        return write_problems(&posed, folder);
    }
    let entries = compare(args, &posed, &solutions)?;
    output::say(&table(args, &entries))?;
    if let Some(file) = &args.json {
        let text = format!("{:#}\n", as_json(args, &entries));
        output::write(file, text.as_bytes())?;
    }
    Ok(())
}

fn request(args: &PatrolBenchArgs, shift: Window) -> Result<BenchRequest, Failure> {
    let hours = jiff::SignedDuration::from_hours(i64::from(args.hours));
    let window = shift
        .start()
        .checked_add(hours)
        .map_err(|e| Failure::usage(e, "choose an earlier shift"))
        .and_then(|end| Window::new(shift.start(), end).map_err(|e| Failure::usage(e, "")))?;
    Ok(BenchRequest {
        risk: RiskRequest {
            model: args.model.clone(),
            window,
            look_back_days: None,
            hours: HourSet::full(),
            categories: Vec::new(),
            resolution: 10,
            bandwidth_m: None,
            half_life_days: None,
            include_patrol_discovered: false,
        },
        units: args.units.iter().map(|&n| usize::from(n)).collect(),
        stops: usize::from(args.stops),
        slots: args.slots.iter().map(|&n| u32::from(n)).collect(),
        seed: args.seed,
    })
}

fn solution(file: &Path) -> Result<PeerRounds, Failure> {
    let fault = |fault: String| {
        Failure::usage(
            format!("{}: {fault}", file.display()),
            "name files that benches/peers/solve_*.py have written",
        )
    };
    let length = fs::metadata(file).map_err(|e| fault(e.to_string()))?.len();
    if length > MOST_BYTES as u64 {
        return Err(fault("too large for a solution".into()));
    }
    let bytes = fs::read(file).map_err(|e| fault(e.to_string()))?;
    peer_rounds(&bytes).map_err(|e| fault(e.to_string()))
}

fn failure(fault: BenchFault) -> Failure {
    match fault {
        BenchFault::Problem(_) | BenchFault::Write(_) | BenchFault::Check { .. } => {
            Failure::failed(fault, "")
        }
        BenchFault::TooFewUnits { .. } => {
            Failure::usage(fault, "ask for fewer with --units, or import more")
        }
        BenchFault::Plan(_)
        | BenchFault::UnknownProblem { .. }
        | BenchFault::Stale { .. }
        | BenchFault::Rounds(_) => Failure::usage(fault, ""),
    }
}

fn write_problems(posed: &Cases, folder: &Path) -> Result<(), Failure> {
    let unwritable = |fault: io::Error| {
        Failure::failed(
            format!("{} can't be made: {fault}", folder.display()),
            "choose a folder that may be written to",
        )
    };
    fs::create_dir_all(folder).map_err(unwritable)?;
    for (name, written) in posed.problems() {
        let file = folder.join(format!("{name}.json"));
        output::write(&file, written.text.as_bytes())?;
        output::line(format_args!("written to {}", file.display()));
    }
    Ok(())
}

fn compare(
    args: &PatrolBenchArgs,
    posed: &Cases,
    solutions: &[(&Path, PeerRounds)],
) -> Result<Vec<Entry>, Failure> {
    // Others' first: what is wrong with a file is said before the search takes its time.
    let mut entries = Vec::new();
    for (file, solution) in solutions {
        let entry = posed.foreign(solution).map_err(|fault| {
            let cause = format!("{}: {fault}", file.display());
            match fault {
                BenchFault::Check { .. } => Failure::failed(cause, ""),
                _ => Failure::usage(cause, ""),
            }
        })?;
        entries.push(entry);
    }
    for case in &posed.cases {
        entries.push(posed.greedy(case).map_err(failure)?);
        let ours = posed.searched(case, args.seconds, args.clock.limit());
        entries.push(ours.map_err(failure)?);
    }
    let best_first = |a: &Entry, b: &Entry| {
        let better = |a: &Entry, b: &Entry| a.judged.beats(&b.judged);
        a.units
            .cmp(&b.units)
            .then_with(|| better(b, a).cmp(&better(a, b)))
    };
    entries.sort_by(best_first);
    Ok(entries)
}

fn table(args: &PatrolBenchArgs, entries: &[Entry]) -> String {
    let mut lines = vec![format!(
        "{} cells, {} h, model {}, our seconds: {} of the {}",
        args.stops,
        args.hours,
        args.model,
        args.seconds,
        args.clock.word()
    )];
    lines.push(format!(
        "{:>5}  {:<34} {:>7} {:>9} {:>8} {:>8} {:>6} {:>8} {:>8}",
        "units", "plan", "seconds", "covered", "% of all", "% of our", "stops", "% drive", "missed"
    ));
    for entry in entries {
        let judged = &entry.judged;
        let mut of_case = entries.iter().filter(|e| e.units == entry.units);
        let ours = of_case.find(|e| e.slots.is_none() && e.seconds.is_some());
        let of_ours = ours.map_or(0.0, |o| share(judged.covered, o.judged.covered));
        lines.push(format!(
            "{:>5}  {:<34} {:>7} {:>9.4} {:>8.3} {:>8.2} {:>6} {:>8.1} {:>8}{}",
            entry.units,
            name(entry),
            entry
                .seconds
                .map_or_else(|| "-".into(), |s| format!("{s:.1}")),
            judged.covered,
            share(judged.covered, judged.expected),
            of_ours,
            judged.stops,
            100.0 * judged.travel_share,
            format!("{}/{}", judged.missed, judged.must_visits),
            match entry.left_out {
                0 => String::new(),
                n => format!("  ({n} stops left out: our rules forbid them there)"),
            }
        ));
    }
    lines.push(String::new());
    lines.join("\n")
}

fn name(entry: &Entry) -> String {
    match entry.slots {
        None => entry.solver.clone(),
        Some(1) => format!("{}, one visit a cell", entry.solver),
        Some(slots) => format!("{}, {slots} visits a cell", entry.solver),
    }
}

fn share(part: f64, whole: f64) -> f64 {
    if whole > 0.0 {
        100.0 * part / whole
    } else {
        0.0
    }
}

fn as_json(args: &PatrolBenchArgs, entries: &[Entry]) -> Value {
    let entries = entries.iter().map(|entry| {
        let judged = &entry.judged;
        json!({
            "units": entry.units,
            "solver": entry.solver,
            "slots": entry.slots,
            "seconds": entry.seconds,
            "wall_s": entry.took_s.map(|t| t.0),
            "core_s": entry.took_s.map(|t| t.1),
            "covered": judged.covered,
            "expected": judged.expected,
            "must_visits": judged.must_visits,
            "must_visits_missed": judged.missed,
            "stops": judged.stops,
            "stops_left_out": entry.left_out,
            "travel_share": judged.travel_share,
        })
    });
    json!({
        "version": env!("CARGO_PKG_VERSION"),
        "cells": args.stops,
        "hours": args.hours,
        "model": args.model,
        "clock": args.clock.word(),
        "seed": args.seed,
        "plans": entries.collect::<Vec<Value>>(),
    })
}
