//! How much of what is expected do idle units reach in time?
//!
//! `rings` are the times that count and the busy fraction; `expected` counts the units that
//! reach each demand point and turns that into the share of calls answered in time.

pub mod expected;
pub mod rings;
