//! Solves the orienteering instances of a folder, one after the other on one thread, has
//! each plan checked by the referee, and compares with the best known scores.

pub mod folder;
pub mod report;

use std::path::Path;

use crate::app::bench_orienteering::folder::{FolderFault, Instance, SkippedFile, instances};
use crate::app::bench_orienteering::report::{Measured, Report};
use crate::app::thread_clock::{LimitClock, ThreadClock};
use crate::patrol::orienteering::anneal::solve;
use crate::patrol::orienteering::plan::TeamPlan;
use crate::patrol::orienteering::referee;
use crate::patrol::search::budget::Budget;

/// What is asked.
#[derive(Debug, Clone, PartialEq)]
pub struct BenchRequest {
    /// Seconds for an instance; none where only iterations end it.
    pub seconds: Option<f64>,
    /// Most iterations for an instance.
    pub iterations: Option<u64>,
    /// The clock of `seconds`.
    pub clock: LimitClock,
    /// Seed of each search.
    pub seed: u64,
    /// Only instances whose names hold one of these; all where there is none.
    pub only: Vec<String>,
}

/// Runs all instances; `told` hears of each as it is done.
///
/// # Errors
/// [`FolderFault`] where the folder or a file that has a best known score can't be read.
pub fn bench(
    folder: &Path,
    request: &BenchRequest,
    mut told: impl FnMut(&Measured),
) -> Result<(Report, Vec<SkippedFile>), FolderFault> {
    let found = instances(folder, &request.only)?;
    let mut measured = Vec::with_capacity(found.instances.len());
    for instance in &found.instances {
        let one = run(instance, request)?;
        told(&one);
        measured.push(one);
    }
    Ok((Report { measured }, found.skipped))
}

fn run(instance: &Instance, request: &BenchRequest) -> Result<Measured, FolderFault> {
    // Everything that a caller would wait for is in the time, lengths included.
    let thread = ThreadClock::start();
    let problem = instance
        .team
        .problem()
        .map_err(|fault| FolderFault::Instance {
            name: instance.name.clone(),
            why: fault.to_string(),
        })?;
    let used = || match request.seconds {
        None => 0.0,
        Some(seconds) => thread.by(request.clock).as_secs_f64() / seconds,
    };
    let budget = Budget {
        iterations: request.iterations.unwrap_or(u64::MAX),
        time_used: &used,
    };
    let plan = solve(&problem, request.seed, &budget);
    let (wall, cpu) = (thread.wall(), thread.exact());
    let TeamPlan {
        routes,
        profit,
        bound,
        iterations,
    } = plan;
    let verdict = match referee::check(&instance.team, &routes) {
        Ok(score) if score == profit => Ok(()),
        Ok(score) => Err(format!("the routes are worth {score}, not {profit}")),
        Err(fault) => Err(fault.to_string()),
    };
    Ok(Measured {
        name: instance.name.clone(),
        best_known: instance.best_known,
        score: profit,
        bound,
        iterations,
        wall_s: wall.as_secs_f64(),
        cpu_s: cpu.as_secs_f64(),
        verdict,
        routes,
    })
}
