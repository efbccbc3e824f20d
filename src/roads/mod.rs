//! How to get there? From raw ways to a drivable graph with one-ways and turn
//! restrictions; travel times through a contraction hierarchy.

pub mod draft;
pub mod network;
pub mod speed;
