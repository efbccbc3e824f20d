//! How to get there? From raw ways to a drivable graph with one-ways and turn
//! restrictions; travel times through a contraction hierarchy.
//!
//! `draft` (as read) → `stretch` (cut at crossings) → `turns` (forbidden ones) →
//! `build` → `graph`, which `hierarchy` searches; `network` is what everyone else uses.
//! `isochrone` is what can be reached within a time, `reach_area` the ground beside it.

pub mod draft;
pub mod isochrone;
pub mod network;
pub mod reach_area;
pub mod speed;

mod access;
mod build;
mod component;
mod graph;
mod hierarchy;
mod matrix;
mod route;
mod snap;
mod stored;
mod stretch;
mod turns;

#[cfg(test)]
#[path = "../../tests/support/town.rs"]
mod town;
