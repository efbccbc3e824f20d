//! How other solvers do at our problem: the additive relaxation that they can be fed, and
//! their rounds as our rules see them.
//!
//! No solver of vehicle routing knows gains that fade and add up less and less. What it can
//! be told is a prize a visit, known beforehand; what it answers is then put under our own
//! rules, stop by stop, and is worth what it truly covers.

pub mod foreign;
pub mod relaxation;

#[cfg(test)]
mod peers_tests;
