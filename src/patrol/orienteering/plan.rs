//! The answer: which points each route visits, and how good that is.

/// Routes, and what is known of them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TeamPlan {
    /// Points by route, in order, without start and end; some may be empty.
    pub routes: Vec<Vec<u16>>,
    /// Sum of their profits.
    pub profit: u64,
    /// No plan has more profit than this; the best one may have less.
    pub bound: u64,
    /// How many changes were tried.
    pub iterations: u64,
}
