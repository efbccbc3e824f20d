//! Kept where? A workspace: one district's data in one GeoPackage file (SQLite), or in one
//! schema of a PostGIS database.
//!
//! Every write is one transaction, and what it changes is also an event of the log.
//! `workspace` is the way in, by an `address`; one file a kind of content says what is read
//! and written, once for both databases, as a `statement` on a `connection`, which is the
//! port; below it stand `gpkg` and `postgis`, each with its tables in `schema`.

pub mod address;
pub mod copy;
pub mod draft;
pub mod error;
pub mod record;
pub mod workspace;

pub mod api_keys;
pub mod board;
mod forecasts;
pub mod hook_deliveries;
pub mod hooks;
pub mod incidents;
mod layers;
pub mod links;
mod log;
mod made_up;
mod plan_basis;
mod plans;
mod quarantines;
mod roads;
mod scenarios;
mod scorecards;
mod shelf;
mod summary;
pub mod tables;
pub mod versions;
mod write;

mod connection;
mod row;
mod statement;

pub mod gpkg;
mod postgis;
mod schema;

mod codes;
mod filter;
mod instant;
mod packed_json;
mod wkb;
