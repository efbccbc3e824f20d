//! What is near? Point in beat, nearest by metres, everything within an area, areas over
//! each other. The only
//! user of rstar.

pub mod areas;
pub mod boxes;
pub mod overlaps;
pub mod points;
pub mod segments;
pub mod strips;
