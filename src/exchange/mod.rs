//! Which bytes? Readers and writers, one file a format: bytes in, drafts and faults out.

pub mod basemap_tile;
<<<<<<< HEAD
pub mod import;
pub mod osm_pbf;
mod osm_pbf_blobs;
mod osm_pbf_rings;
mod osm_pbf_tags;
pub mod read;
=======
pub mod risk_geojson;
>>>>>>> risk
pub mod tile;
mod tile_shape;
