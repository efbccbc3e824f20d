//! Is the plan kept? A unit's round in force: the stops of a stored plan, what became of
//! each, by which check-in, and what a dispatcher is told of it.
//!
//! Events ([`event`]) change it, check-ins ([`check_in`]) and positions come to them, and so
//! does time ([`due`]). Units only: there is no room for a word about anybody.

pub mod event;
pub mod notice;
pub mod of_plan;
pub mod state;

pub mod fold;

pub mod check_in;
pub mod due;
pub mod geofence;
pub mod track;
pub mod words;

#[cfg(test)]
mod tests;
