//! What would a month be like? A simulated town in which calls come in, units are sent by a
//! dispatching rule, and what idle units do meanwhile is a policy that can be compared.
//!
//! `places` and `travel` (the ground), `process` (which calls come), `town` (all of it,
//! checked) → `plans` (the shifts' plans) → `run` (one history, event by event; `idle` says
//! what an idle unit does next) → `tally` (its figures) → `experiment` (policies compared
//! on the same calls, seed by seed).

// The ground, and how a workspace's layers become it.
pub mod places;
pub mod pose;
pub mod settings;
pub mod town;
pub mod travel;

// What happens.
pub mod chance;
pub mod handling;
pub mod process;

// What idle units do.
pub mod idle;
pub mod plans;
pub mod policy;
pub mod replan;
pub mod rest;
pub mod rest_aims;

// One history, its figures, and many compared.
pub mod experiment;
pub mod history;
pub mod movement;
pub mod report;
pub mod run;
pub mod tally;

#[cfg(test)]
mod small_town;
