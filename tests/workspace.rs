//! The workspace: every layer comes back as it went, the file is a GeoPackage that GDAL
//! reads, the real program makes and describes it, and a killed writer loses nothing.

#[path = "workspace/files.rs"]
mod files;
#[path = "workspace/processes.rs"]
mod processes;
#[path = "workspace/round_trips.rs"]
mod round_trips;
#[path = "workspace/rows.rs"]
mod rows;
