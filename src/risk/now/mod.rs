//! The risk of the hour that begins now: what is usual at this hour, and what the incidents
//! of the last hours and days change of it.
//!
//! A self-exciting process ([`crate::risk::hawkes`], fitted on the workspace's own past)
//! says how many incidents one incident draws after it, how near and how soon. Of what is
//! usual the share `θ` follows from other incidents; so
//!
//! `now = (1 − θ) · usual + Σ_j Θ_ring / cells of a whole ring · e^(−ω age_j) (1 − e^(−ω L))`
//!
//! with `L` the hour's length. On average over nights that is the usual; tonight it is more
//! where something has happened, and less where it stayed quiet. What the offspring of this
//! very hour draw within the hour is left out. Where a past shows no triggering (`θ = 0`),
//! now is the usual, and says so.

pub mod against;
pub mod excitement;
pub mod holes;
pub mod surface;
