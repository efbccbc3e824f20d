//! Take layers away: the rows of a workspace, one batch after the other, into a writer.
//!
//! `rows` is where rows come from, `job` puts them into a file or a stream. The same rows
//! answer the service's collections.

pub mod error;
pub mod job;
pub mod rows;
pub mod source;
pub mod wanted;
