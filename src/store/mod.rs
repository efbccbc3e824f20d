//! Kept where? A workspace: one district's data in one GeoPackage file (SQLite).
//!
//! Every write is one transaction, and what it changes is also an event of the log.
//! `workspace` is the way in; below it stand the file (`file`, `lock`, `schema`), its form
//! (`gpkg`), and one file a kind of content.

pub mod error;
pub mod record;
pub mod workspace;

mod file;
pub(crate) mod lock;
mod schema;

pub mod foreign;
pub mod foreign_gpkg;
pub mod gpkg;

mod forecasts;
mod incidents;
mod layers;
mod log;
mod plans;
mod quarantines;
mod roads;
mod scorecards;
mod summary;
mod tables;

mod codes;
mod fault;
mod filter;
mod instant;
mod row;
