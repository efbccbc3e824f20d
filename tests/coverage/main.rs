//! Coverage on Porto Alegre's streets against the travel matrix, and by the real binary on
//! a small town: figures, maps, and what is said where something is missing.

#[path = "../support/real_data.rs"]
mod real_data;
#[allow(dead_code, reason = "shared with tests that use all of it")]
#[path = "../plan/town.rs"]
mod town;

#[allow(dead_code, reason = "shared with tests that use all of it")]
#[path = "../service/town.rs"]
mod small_town;

mod command;
mod porto_alegre;
