//! Over the wire: JSON, tiles, problem documents, the page. One file a resource.
//!
//! `server` puts the routes together and binds them to an address; `problem` is the one
//! place where errors become documents; `query` reads addresses; `guard` says who may ask.

pub mod api;
pub mod client;
pub mod coverage;
pub mod coverage_query;
pub mod docs;
pub mod etag;
pub mod export;
pub mod follow_up;
pub mod follow_up_body;
pub mod forecasts;
pub mod geojson_body;
pub mod guard;
pub mod health;
pub mod incident_filter;
pub mod incident_profile;
pub mod incidents;
pub mod layers;
pub mod listen;
pub mod live;
pub mod metrics;
pub mod near;
pub mod ogc;
pub mod page;
pub mod plan_body;
pub mod plan_figures_body;
pub mod plan_sheet;
pub mod plan_wishes;
pub mod plans;
pub mod problem;
pub mod query;
pub mod records;
pub mod replan;
pub mod replan_body;
pub mod risk;
pub mod risk_body;
pub mod risk_query;
pub mod scenario_body;
pub mod scenario_problem;
pub mod scenarios;
pub mod server;
mod session_problem;
pub mod simulation_body;
pub mod simulation_choice;
pub mod simulations;
pub mod statistics;
pub mod statistics_query;
pub mod tiles;
pub mod versions;
pub mod within;
pub mod workspace;
pub mod zones;
pub mod zones_body;
