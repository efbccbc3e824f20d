//! From bytes to a [`table::Table`]: cells as text, shapes as rings of raw coordinates,
//! each row with its number in the file. One file a format; nothing is interpreted here.

pub mod any;
pub mod archive;
pub mod csv_table;
pub mod dbf;
pub mod fault;
pub mod format;
pub mod geojson_table;
pub mod orienteering;
pub mod peer_rounds;
pub mod shapefile_table;
pub mod table;
pub mod text;
pub mod wkb_shape;
