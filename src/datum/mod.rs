//! In which frame? WGS 84 inside; GCJ-02 and BD-09 only where declared; EPSG frames
//! through proj4rs.

pub mod chinese;
pub mod frame;
pub mod projection;
