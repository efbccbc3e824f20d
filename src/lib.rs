//! Frontbeat: a geospatial risk and patrol planning service.
//!
//! Read the modules in this order; each folder answers one question. The arrows between
//! them are held by `tests/architecture.rs`, and `ARCHITECTURE.md` draws them.
//!
//! Ground rule: **places, never persons.** No type here has room for a person.

// Core: pure, synchronous, no clock, no I/O.

/// Where? Positions, areas, and what stands in a district.
pub mod place;

/// In which frame? WGS 84 inside; GCJ-02, BD-09 and EPSG frames at the edge, where declared.
pub mod datum;

/// When? Shifts, hours of the week, half-open windows, the district's time zone.
pub mod calendar;

/// What happened? One reported event: place, time, category, origin, state.
pub mod incident;

/// Which hexagon? H3 cells of an area with their true areas.
pub mod grid;

/// What is near? Point in beat, nearest, within.
pub mod index;

/// How to get there? The drivable graph, travel times, matrices.
pub mod roads;

/// How likely? Risk surfaces: expected incidents a cell in a window.
pub mod risk;

/// Which round? Patrol plans for idle units, and the referee that checks them.
pub mod patrol;

/// What now? The events that the log keeps.
pub mod live;

/// Which bytes? Readers and writers, one file a format.
pub mod exchange;

// Shell: asynchronous, does I/O.

/// Kept where? The workspace: one GeoPackage file, or one schema of a PostGIS database.
pub mod store;

/// Do one job: import, score, plan, make the sample. Joins core and store.
pub mod app;

/// Over the wire: JSON, tiles, problem documents, the page.
pub mod http;

/// At the prompt: arguments in, sentences out.
pub mod cli;

// Tests share drawn towns with `tests/`, where this crate is called by its name.
#[cfg(test)]
extern crate self as frontbeat;
