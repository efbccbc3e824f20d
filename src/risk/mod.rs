//! How likely? Expected incidents a cell in a window, one file a model.

pub mod backtest;
pub mod bootstrap;
pub mod classes;
pub mod contenders;
pub mod count;
pub mod footprint;
pub mod inputs;
pub mod kde;
pub mod kernel;
pub mod mixture;
pub mod model;
pub mod models;
pub mod past;
mod raster;
pub mod rhythm;
pub mod rollup;
pub mod score;
pub mod surface;
