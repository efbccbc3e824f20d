//! What planners ask of the past, by the real program on a small made-up town: answers as
//! text, JSON, CSV and pictures; backtests; quarantine; the logged override; odd data.

mod backtest;
mod odd;
mod quarantine;
mod questions;
mod town;
