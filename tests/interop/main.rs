//! At home in every GIS: what the real program writes and serves, judged by others. GDAL
//! reads every file without a warning and finds the same in each; the service is walked as
//! OGC's abstract tests say; files come back as they went.

mod bad_input;
mod content;
mod files;
mod forms;
mod gdal_service;
mod hooks;
mod judges;
mod made_up;
mod ogc_core;
mod ogc_filter;
mod ogc_frames;
mod ogc_tiles;
mod papers;
#[allow(dead_code, reason = "shared with tests that use all of it")]
#[path = "../support/receiver.rs"]
mod receiver;
mod round_trip;
mod round_trip_property;
mod schemas;
mod stand;
mod streams;
