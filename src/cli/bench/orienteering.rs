//! `frontbeat bench orienteering`: the search core on published (team) orienteering
//! instances.

use std::path::PathBuf;

use clap::{Args, ValueEnum};
use serde_json::{Value, json};

use crate::app::bench_orienteering::folder::FolderFault;
use crate::app::bench_orienteering::report::{COMPARED, Gaps, Measured, PEERS, Report, set_of};
use crate::app::bench_orienteering::{BenchRequest, bench};
use crate::app::thread_clock::LimitClock;
use crate::cli::failure::Failure;
use crate::cli::output;

/// Seconds for an instance where nothing else ends it.
const SECONDS: f64 = 1.0;

/// Solve orienteering instances one by one on one thread and compare with the best known.
#[derive(Debug, Args)]
pub struct OrienteeringArgs {
    /// A folder with OP or TOP instances (.txt, as KU Leuven hosts them) and best_known.csv, in folders below or not.
    folder: PathBuf,
    /// Time for an instance [default: 1, or no limit with --iterations].
    #[arg(long, allow_negative_numbers = true)]
    seconds: Option<f64>,
    /// Most changes for an instance: the same result on any machine.
    #[arg(long)]
    iterations: Option<u64>,
    /// What seconds are: on the wall, or of the core (fair on a busy machine; Linux).
    #[arg(long, value_enum, default_value_t = Clock::Wall)]
    clock: Clock,
    /// Seed of each search.
    #[arg(long, default_value_t = 0)]
    seed: u64,
    /// Only instances whose name holds this; may be given again.
    #[arg(long, value_name = "PART")]
    only: Vec<String>,
    /// Write everything to this JSON file, routes too.
    #[arg(long, value_name = "FILE")]
    json: Option<PathBuf>,
}

#[derive(Debug, Clone, Copy, ValueEnum)]
enum Clock {
    Wall,
    Cpu,
}

/// Runs the command.
///
/// # Errors
/// [`Failure`] with what to do; a plan that breaks a rule is one.
pub fn run(args: &OrienteeringArgs) -> Result<(), Failure> {
    let request = request(args)?;
    if let Some(file) = &args.json {
        output::ending_of(file, &["json"], "this report")?;
    }
    output::line(format_args!(
        "{:<38} {:>6} {:>6} {:>8} {:>9} {:>9}",
        "instance", "best", "score", "gap %", "wall s", "core s"
    ));
    let (report, skipped) = bench(&args.folder, &request, print_one).map_err(failure)?;
    for file in &skipped {
        output::line(format_args!(
            "not an instance: {}: {}",
            file.path.display(),
            file.why
        ));
    }
    print_sums(&report);
    if let Some(file) = &args.json {
        let text = format!("{:#}\n", as_json(&request, &report));
        output::write(file, text.as_bytes())?;
    }
    match report.refused() {
        0 => Ok(()),
        count => Err(Failure::failed(
            format!("{count} plans break a rule; the table says which"),
            "report this with the instance and the seed",
        )),
    }
}

fn request(args: &OrienteeringArgs) -> Result<BenchRequest, Failure> {
    let seconds = args
        .seconds
        .or(args.iterations.is_none().then_some(SECONDS));
    if seconds.is_some_and(|s| !s.is_finite() || s <= 0.0) {
        return Err(Failure::usage(
            "the seconds for an instance must be over 0",
            "--seconds 1",
        ));
    }
    Ok(BenchRequest {
        seconds,
        iterations: args.iterations,
        clock: match args.clock {
            Clock::Wall => LimitClock::Wall,
            Clock::Cpu => LimitClock::Cpu,
        },
        seed: args.seed,
        only: args.only.clone(),
    })
}

fn failure(fault: FolderFault) -> Failure {
    let remedy = match &fault {
        FolderFault::Io { .. } | FolderFault::Nothing(_) => {
            "name a folder with instances as .txt files, and parts of their names with --only"
        }
        FolderFault::Scores { .. } => "a table needs the columns instance and best_known",
        FolderFault::Instance { .. } => "download the file again",
    };
    Failure::usage(fault, remedy)
}

fn print_one(one: &Measured) {
    let best = one.best_known.map_or("-".into(), |b| b.to_string());
    let gap = one.gap().map_or("-".into(), |g| format!("{g:.2}"));
    output::line(format_args!(
        "{:<38} {best:>6} {:>6} {gap:>8} {:>9.3} {:>9.3}",
        one.name, one.score, one.wall_s, one.cpu_s
    ));
    if let Err(why) = &one.verdict {
        output::line(format_args!("    BROKEN: {why}"));
    }
}

fn print_sums(report: &Report) {
    output::line(format_args!(
        "\n{:<38} {:>6} {:>8} {:>8} {:>8}",
        "set", "count", "reached", "mean %", "max %"
    ));
    for set in report.sets() {
        print_gaps(set, report.gaps(|name| set_of(name) == set));
    }
    print_gaps("all", report.gaps(|_| true));
    let compared = report.gaps(|name| COMPARED.contains(&name));
    if compared.is_none() {
        return;
    }
    let absent = COMPARED
        .iter()
        .filter(|n| report.measured.iter().all(|m| m.name != **n));
    let absent: Vec<&str> = absent.copied().collect();
    output::line("\nThe 24 instances that others were measured on (Chao's sets 4 to 7):");
    print_gaps("Frontbeat, this run", compared);
    for peer in PEERS {
        let max = peer.max.map_or("-".into(), |m| format!("{m:.2}"));
        output::line(format_args!(
            "{:<38} {:>6} {:>8} {:>8} {max:>8}",
            peer.name, "24", peer.limit, peer.mean
        ));
    }
    if !absent.is_empty() {
        output::line(format_args!("not here: {}", absent.join(" ")));
    }
}

fn print_gaps(what: &str, gaps: Option<Gaps>) {
    if let Some(gaps) = gaps {
        output::line(format_args!(
            "{what:<38} {:>6} {:>8} {:>8.3} {:>8.2}",
            gaps.count, gaps.reached, gaps.mean, gaps.max
        ));
    }
}

fn as_json(request: &BenchRequest, report: &Report) -> Value {
    let gaps = |gaps: Option<Gaps>| {
        gaps.map(|g| json!({ "count": g.count, "reached": g.reached, "mean_pct": g.mean, "max_pct": g.max }))
    };
    let instances = report.measured.iter().map(|m| {
        json!({
            "instance": m.name,
            "best_known": m.best_known,
            "score": m.score,
            "bound": m.bound,
            "gap_pct": m.gap(),
            "iterations": m.iterations,
            "wall_s": m.wall_s,
            "core_s": m.cpu_s,
            "valid": m.verdict.is_ok(),
            "fault": m.verdict.as_ref().err(),
            "routes": m.routes,
        })
    });
    json!({
        "version": env!("CARGO_PKG_VERSION"),
        "seconds": request.seconds,
        "iterations": request.iterations,
        "clock": match request.clock { LimitClock::Wall => "wall", LimitClock::Cpu => "cpu" },
        "seed": request.seed,
        "gaps": {
            "all": gaps(report.gaps(|_| true)),
            "compared": gaps(report.gaps(|name| COMPARED.contains(&name))),
        },
        "instances": instances.collect::<Vec<Value>>(),
    })
}
