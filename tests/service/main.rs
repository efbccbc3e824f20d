//! The service: every route of the contract, problem documents, caches, hostile requests,
//! and the real program from start to SIGTERM.

mod analyst;
mod another_log;
mod ask;
mod board;
mod contract;
mod coverage;
mod followup;
mod forecasts;
mod handover;
mod heat;
mod hooks;
mod imports;
mod live_faults;
mod live_units;
mod named_units;
mod nonsense;
mod openapi;
mod plan_sheet;
mod process;
#[path = "../support/receiver.rs"]
mod receiver;
mod record;
mod replan;
mod scenarios;
mod simulations;
mod statistics;
mod tiles_again;
mod town;
mod zones;
