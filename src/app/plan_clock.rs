//! The clock of a search: how much of its time is used, and what ended it.

use std::cell::Cell;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use crate::patrol::plan::SearchEnd;

/// How much of a search's time is used.
pub struct SearchClock<'a> {
    start: Instant,
    limit: Duration,
    /// Iterations set the pace: time then says nothing but that it is up.
    paced: bool,
    stop: &'a AtomicBool,
    /// Whether the search has been told that its time is up, and that it was stopped.
    ran_out: Cell<bool>,
    stopped: Cell<bool>,
}

impl<'a> SearchClock<'a> {
    /// Starts now, for so many milliseconds. A search that ends after so many iterations is
    /// paced by them: time then only ends it.
    pub fn start(deadline_ms: u64, iterations: Option<u64>, stop: &'a AtomicBool) -> Self {
        Self {
            start: Instant::now(),
            limit: Duration::from_millis(deadline_ms),
            paced: iterations.is_some(),
            stop,
            ran_out: Cell::new(false),
            stopped: Cell::new(false),
        }
    }

    /// What ended the search, where `done` says whether its iterations are.
    pub fn ended_by(&self, done: bool) -> SearchEnd {
        match (self.stopped.get(), self.ran_out.get(), done) {
            (true, _, _) => SearchEnd::Stopped,
            (_, true, _) => SearchEnd::Deadline,
            (_, _, true) => SearchEnd::Iterations,
            _ => SearchEnd::NothingToDo,
        }
    }

    /// The share that is used, 0 to 1.
    pub fn used(&self) -> f64 {
        if self.stop.load(Ordering::Relaxed) {
            self.stopped.set(true);
            return 1.0;
        }
        let passed = self.start.elapsed();
        if passed >= self.limit {
            self.ran_out.set(true);
            return 1.0;
        }
        if self.paced {
            return 0.0;
        }
        passed.as_secs_f64() / self.limit.as_secs_f64()
    }
}
