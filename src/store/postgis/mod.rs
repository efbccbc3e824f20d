//! A workspace as one schema of a PostGIS database: the connections and the writer's lock,
//! its tables, values in PostgreSQL's own binary form, and what its faults mean.

pub mod bind;
pub mod copy_in;
pub mod fault;
pub mod geometry;
pub mod instant;
pub mod listen;
pub mod lock;
pub mod migrate;
pub mod reader_role;
pub mod server;
