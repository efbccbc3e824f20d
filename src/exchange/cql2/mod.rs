//! CQL2 (OGC 21-065r2): filters over the rows of a layer, as text and as JSON.
//!
//! `expression` is what both say; `text` and `json` read it, within `limits`, so that no
//! filter costs more than a page of it can, the shapes in it by `shape`; `kinds` refuses what
//! can't be compared; `evaluate` asks it of a row, with the three truths of SQL: what is not
//! known is neither true nor false.
//!
//! A parser of our own: the `cql2` crate brings a JSON Schema engine, an SQL parser and a
//! second calendar along.

pub mod evaluate;
pub mod expression;
pub mod fault;
pub mod json;
mod kinds;
mod lexer;
pub mod limits;
mod names;
mod shape;
pub mod text;
