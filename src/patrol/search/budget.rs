//! How long the search may go on: iterations, time, or both. Time comes in as a closure,
//! so that the core reads no clock.

/// The limits of a search.
#[derive(Clone, Copy)]
pub struct Budget<'a> {
    /// At most so many iterations; a search that ends by them is reproducible.
    pub iterations: u64,
    /// The share of the time that is used, 0 to 1; the search stops at 1.
    pub time_used: &'a dyn Fn() -> f64,
}

impl Budget<'static> {
    /// So many iterations, however long they take.
    pub fn iterations(iterations: u64) -> Self {
        Self {
            iterations,
            time_used: &|| 0.0,
        }
    }
}

impl<'a> Budget<'a> {
    /// Until the time is used, however many iterations that is.
    pub fn time(time_used: &'a dyn Fn() -> f64) -> Self {
        Self {
            iterations: u64::MAX,
            time_used,
        }
    }

    /// The share that is used after `done` iterations, 0 to 1.
    pub fn used(&self, done: u64) -> f64 {
        if done >= self.iterations {
            return 1.0;
        }
        let counted = done as f64 / self.iterations as f64;
        counted.max((self.time_used)()).min(1.0)
    }

    /// Whether the time is used.
    pub fn out_of_time(&self) -> bool {
        (self.time_used)() >= 1.0
    }
}

impl std::fmt::Debug for Budget<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Budget")
            .field("iterations", &self.iterations)
            .finish_non_exhaustive()
    }
}
