//! A workspace as one GeoPackage file (SQLite): the file and its lock, the tables that make
//! it a GeoPackage, geometry blobs, the styles that QGIS reads, and other people's files.

pub mod backup;
pub mod bind;
pub mod contents;
pub mod fault;
pub mod file;
pub mod foreign;
pub mod foreign_gpkg;
pub mod geometry;
pub mod lock;
pub mod migrate;
pub mod qml;
pub mod styles;
