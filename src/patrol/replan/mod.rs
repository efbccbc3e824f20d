//! What now? A plan in mid-shift, changed as little as what has happened calls for.
//!
//! [`replan::replan`] takes the problem, the present rounds, the second, and one [`change`];
//! it answers the problem from now on, its rounds, and what changed for each unit. Stops
//! that have been made or are under way stay. The next change starts from that answer.

// What has happened, and the problem that it leaves.
pub mod adapt;
pub mod change;
pub mod late;
pub mod travel;

// The new rounds, and what is said of them.
pub mod explain;
#[expect(
    clippy::module_inception,
    reason = "the folder answers what now, the file is the one call that does"
)]
pub mod replan;
pub mod words;

#[cfg(test)]
mod replan_tests;
