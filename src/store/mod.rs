//! Kept where? A workspace: one district's data in one GeoPackage file (SQLite).
//!
//! Every write is one transaction, and what it changes is also an event of the log.

pub mod error;
pub mod record;
pub mod workspace;
