//! Which bytes? Readers and writers, one file a format: bytes in, drafts and faults out.

pub mod basemap_tile;
pub mod risk_geojson;
pub mod tile;
mod tile_shape;
pub mod import;
pub mod read;
