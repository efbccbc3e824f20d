//! How likely? Expected incidents a cell in a window, one file a model.

pub mod adaptive_kde;
pub mod backtest;
pub mod bandwidth;
pub mod bootstrap;
pub mod classes;
pub mod contenders;
pub mod count;
pub mod dispersion;
pub mod feedback;
pub mod footprint;
pub mod forecast;
pub mod hawkes;
pub mod inputs;
pub mod kde;
pub mod kernel;
pub mod mixture;
pub mod model;
pub mod models;
pub mod now;
pub mod past;
pub mod prospective;
mod raster;
pub mod record;
pub mod rhythm;
pub mod risk_terrain;
pub mod rollup;
pub mod scatter;
pub mod score;
pub mod scorecard;
#[cfg(test)]
mod small_town;
pub mod statistics;
pub mod surface;
pub mod unusual;
