//! Which bytes? Readers and writers, one file a format: bytes in, drafts and faults out.

pub mod basemap_tile;
pub mod gpx;
pub mod import;
pub mod plan_geojson;
pub mod read;
pub mod tile;
mod tile_shape;
