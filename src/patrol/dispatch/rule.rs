//! By which rule the first unit is chosen.

/// How to choose among the units that can be sent at once.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Rule {
    /// The first to be there, by road.
    Nearest,
    /// Of those that are there at most so much later than the nearest, and in the same ring
    /// (1, 3, 5 minutes) as it, the one whose leaving costs the least coverage. An urgent
    /// call gets the nearest. (After Jagtenberg, van den Berg & van der Mei 2017, who let
    /// all that keep the response time standard compete.)
    CoverageAware {
        /// How much later, milliseconds.
        patience_ms: u32,
    },
}

impl Rule {
    /// What a patient dispatcher may lose on a call that is not urgent: a minute.
    pub const COVERAGE_AWARE: Self = Self::CoverageAware {
        patience_ms: 60_000,
    };
}
