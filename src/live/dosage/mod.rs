//! Was it driven? Patrol minutes given to cells and beats, by the positions of units that are
//! idle or at a stop, against those that the plans in force wanted; and what became of the
//! plans' stops. Counted over the log between two instants.

pub mod count;
pub mod presence;
pub mod report;
pub mod stops;

#[cfg(test)]
mod tests;
