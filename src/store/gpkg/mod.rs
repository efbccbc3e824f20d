//! What makes the workspace's file a GeoPackage: geometry blobs, the register of layers,
//! and the styles that QGIS reads.

pub mod contents;
pub mod geometry;
pub mod qml;
pub mod styles;
