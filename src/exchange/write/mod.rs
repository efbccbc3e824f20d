//! Files out: one table of layers, one type of row, one writer a format, so that layers
//! and formats multiply.
//!
//! `layer` says what a layer is and `layers` which there are; `row` is what every writer
//! takes; `from_place`, `from_incident`, `from_plan`, `from_risk` make rows; `format` says
//! which formats there are, and `writer` opens one.

pub mod csv;
pub mod fault;
pub mod feature_json;
pub mod flatgeobuf;
pub mod format;
pub mod from_incident;
pub mod from_place;
pub mod from_plan;
pub mod from_risk;
pub mod geojson;
pub mod geoparquet;
pub mod gpx;
pub mod kml;
pub mod layer;
pub mod layers;
pub mod options;
pub mod row;
pub mod schema;
pub mod shapefile;
mod shapefile_columns;
pub mod writer;
pub mod xlsx;
