//! From bytes to a [`table::Table`]: cells as text, shapes as rings of raw coordinates,
//! each row with its number in the file. One file a format; nothing is interpreted here.

pub mod any;
pub mod archive;
pub mod csv_table;
pub mod dbf;
pub mod fault;
pub mod flatgeobuf_table;
pub mod format;
pub mod gather;
pub mod geojson_table;
pub mod gpx_table;
pub mod json_held;
pub mod kml_table;
pub mod orienteering;
pub mod parquet_cell;
pub mod parquet_pages;
pub mod parquet_table;
pub mod peer_rounds;
pub mod shape_parts;
pub mod shapefile_table;
pub mod table;
pub mod text;
pub mod wkb_shape;
pub mod wkt_shape;
pub mod xlsx_guard;
pub mod xlsx_table;
pub mod xml_walk;
