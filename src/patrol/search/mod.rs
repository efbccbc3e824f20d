//! How a good plan is found: best insertion by marginal gain per minute, then ruin and
//! recreate with small moves in between, accepted by annealing.
//!
//! One thread, one seeded generator, no clock: the same problem, seed and number of
//! iterations give the same plan on any machine and any number of threads.

pub mod aims;
pub mod anneal;
pub mod budget;
pub mod construct;
pub mod familiar;
pub mod force;
pub mod foreseen;
pub mod insertion;
pub mod moves;
pub mod neighbours;
pub mod pool;
pub mod rounds;
pub mod route;
pub mod ruin;
pub mod spare;
pub mod start;
pub mod state;
pub mod vary;

#[cfg(test)]
mod search_tests;
