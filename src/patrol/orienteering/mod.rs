//! Team orienteering, the pure core of a patrol plan: additive profits, one start and end,
//! routes of a limited length. It is what the literature compares, so it is how the search
//! is compared; real plans add windows, stays and gains that fade (`patrol::search`).
//!
//! Ruin, forced visits with eviction and greedy repair, accepted by annealing, with a pool of
//! routes that new plans are composed of. One thread, one seeded generator, no clock.

// The question, and what no answer can exceed.
pub mod bound;
pub mod planar;
pub mod problem;

// What changes while it is searched.
mod ground;
mod pool;
mod routes;

// How it changes.
mod force;
mod recreate;
mod ruin;
mod shorten;

// The search and its answer.
pub mod anneal;
pub mod plan;

// Its check, which shares no code with the search.
pub mod referee;

#[cfg(test)]
mod oracle_tests;
#[cfg(test)]
mod routes_tests;
