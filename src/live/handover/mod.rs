//! What a shift hands over to the next: what came, how fast it was answered, what is left.
//!
//! A fold over the logged events of a stretch of time, on the board as of its beginning
//! ([`tally`](crate::live::handover::tally)); the figures are made of what it noted
//! ([`figures`](crate::live::handover::figures)). Positions of units play no part, so that
//! they need not be read.

pub mod figures;
pub mod spread;
pub mod tally;
