//! How likely? Expected incidents a cell in a window, one file a model.

pub mod model;
pub mod surface;
