//! Several services on one PostGIS workspace, and what happens when a service, the network or
//! the database fails: real programs on a real server. Faults have a PostgreSQL of their own.
//!
//! `FRONTBEAT_KILLS=300` kills services for so many seconds instead of twenty, and
//! `FRONTBEAT_FAULTS=whole` lets the database be away for a minute and a lock be held for half.

mod ahead;
mod client;
mod faults;
mod hooks;
mod kills;
mod leader;
mod listener;
mod pooler;
mod postgres;
mod proxy;
#[allow(dead_code, reason = "shared with tests that use all of it")]
#[path = "../support/receiver.rs"]
mod receiver;
mod service;
mod together;
#[path = "../service/town.rs"]
mod town;
mod turns;
mod waits;
mod workspace;
