//! By how much the search is late: over its limit when it is back, on the wall and on the
//! core, on a made-up town of a shift's size.

use std::cell::Cell;
use std::time::Duration;

use thiserror::Error;

use crate::app::thread_clock::{LimitClock, ThreadClock};
use crate::calendar::window::WindowError;
use crate::patrol::made_up::{TownSize, town};
use crate::patrol::problem::{PlanProblem, ProblemFault};
use crate::patrol::search::anneal::search;
use crate::patrol::search::budget::Budget;

/// What is measured.
#[derive(Debug, Clone, PartialEq)]
pub struct DeadlineRequest {
    /// The limits, seconds.
    pub limits_s: Vec<f64>,
    /// Runs of each.
    pub runs: u32,
    /// Units of the town.
    pub units: usize,
    /// Its cells worth a stop.
    pub cells: usize,
    /// The clock of the limits.
    pub clock: LimitClock,
}

/// Why nothing was measured.
#[derive(Debug, Error)]
pub enum DeadlineFault {
    /// The town.
    #[error(transparent)]
    Window(#[from] WindowError),
    /// The problem's parts don't fit each other.
    #[error("the town is not sound ({0}); please report this")]
    Problem(#[from] ProblemFault),
}

/// How late the runs of one limit were.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Lateness {
    /// The limit, seconds.
    pub limit_s: f64,
    /// How many runs.
    pub runs: u32,
    /// Over the limit by its own clock, milliseconds: mean and worst.
    pub over_ms: (f64, f64),
    /// Time on a core from the last look at the clock within the limit to the answer,
    /// milliseconds: mean and worst. What the machine's other work can't add to.
    pub core_ms: (f64, f64),
}

/// Measures limit after limit; `told` hears of each as it is done.
///
/// # Errors
/// [`DeadlineFault`].
pub fn bench_deadline(
    request: &DeadlineRequest,
    mut told: impl FnMut(&Lateness),
) -> Result<(), DeadlineFault> {
    let size = TownSize {
        units: request.units,
        candidates: request.cells,
        must_visits: 6,
        hours: 8.0,
        side_m: 9_000.0,
    };
    for &limit_s in &request.limits_s {
        let mut over = Vec::new();
        let mut core = Vec::new();
        for run in 0..request.runs {
            let problem = town(size, u64::from(run))?;
            let (late, worked) = run_once(&problem, limit_s, request.clock)?;
            over.push(late);
            core.push(worked);
        }
        told(&Lateness {
            limit_s,
            runs: request.runs,
            over_ms: mean_and_worst(&over),
            core_ms: mean_and_worst(&core),
        });
    }
    Ok(())
}

/// By how much one run is late, and the core's time past its last look within the limit;
/// milliseconds.
fn run_once(
    problem: &PlanProblem,
    limit_s: f64,
    limit: LimitClock,
) -> Result<(f64, f64), ProblemFault> {
    let clock = ThreadClock::start();
    let last_look = Cell::new(Duration::ZERO);
    let used = || {
        let share = clock.by(limit).as_secs_f64() / limit_s;
        if share < 1.0 {
            last_look.set(clock.exact());
        }
        share
    };
    search(problem, &Budget::time(&used))?;
    let (wall, core) = (clock.wall(), clock.exact());
    let end = match limit {
        LimitClock::Wall => wall,
        LimitClock::Cpu => core,
    };
    let late_ms = (end.as_secs_f64() - limit_s) * 1000.0;
    let worked_ms = core.saturating_sub(last_look.get()).as_secs_f64() * 1000.0;
    Ok((late_ms, worked_ms))
}

fn mean_and_worst(values: &[f64]) -> (f64, f64) {
    let mean = values.iter().sum::<f64>() / values.len().max(1) as f64;
    (mean, values.iter().copied().fold(f64::MIN, f64::max))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_limit_is_measured_and_none_is_left_early() {
        let request = DeadlineRequest {
            limits_s: vec![0.02, 0.05],
            runs: 2,
            units: 3,
            cells: 30,
            clock: LimitClock::Wall,
        };
        let mut seen = Vec::new();
        bench_deadline(&request, |late| seen.push(*late)).unwrap();
        assert_eq!(seen.len(), 2);
        for late in seen {
            assert!(late.over_ms.0 >= 0.0 && late.over_ms.1 >= late.over_ms.0);
            assert!(late.core_ms.0 > 0.0 && late.core_ms.1 < 1000.0);
        }
    }
}
