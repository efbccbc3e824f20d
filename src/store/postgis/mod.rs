//! A workspace as one schema of a PostGIS database: the connections and whether the server
//! answers, the locks by which processes take turns, its tables and their partitions, whom they belong
//! to, values in PostgreSQL's own binary form, and what its faults mean.

pub mod bind;
pub mod copy_in;
pub mod fault;
pub mod geometry;
pub mod given_up;
pub mod hold;
pub mod instant;
pub mod lead;
pub mod listen;
pub mod lock;
pub mod look;
pub mod migrate;
pub mod owner;
pub mod partitions;
pub mod pools;
pub mod reach;
pub mod reader_role;
pub mod server;
pub mod update;
