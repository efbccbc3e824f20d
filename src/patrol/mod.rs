//! Which round? The problem, the search, the plan, and a referee that shares no code with
//! the search.

pub mod plan;
pub mod problem;
