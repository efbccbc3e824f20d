//! The laws of a backtest.
