//! Which bytes? Readers and writers, one file a format: bytes in, drafts and faults out.

pub mod basemap_tile;
pub mod import;
pub mod read;
pub mod tile;
mod tile_shape;
