//! Which ground is whose? Patrol zones of even workload, in one piece, with short borders
//! along big roads, from an existing partition or from nothing.
//!
//! `ground` is the cells with their neighbours and calls, `partition` who has which cell,
//! `tally` what each zone's work comes to, `contiguity` whether a cell can leave its zone.
//! `grow` drafts from nothing, `refine` improves, `compare` sets two partitions side by
//! side and says which zone keeps which name, `response` how soon calls are answered under
//! each.

pub mod ground;
pub mod partition;

pub mod contiguity;
pub mod tally;

pub mod grow;
pub mod refine;

pub mod compare;
pub mod response;

#[cfg(test)]
mod made_up_ground;
