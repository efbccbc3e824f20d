//! How likely? Expected incidents a cell in a window, one file a model.

pub mod classes;
pub mod count;
pub mod feedback;
pub mod inputs;
pub mod kde;
pub mod kernel;
pub mod model;
pub mod models;
pub mod past;
mod raster;
pub mod rhythm;
pub mod rollup;
pub mod statistics;
pub mod surface;
