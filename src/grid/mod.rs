//! Which hexagon? H3 cells of an area with their true areas. The only user of h3o.

pub mod cell;
mod cover;
pub mod dissolve;
pub mod hexgrid;
pub mod rings;
