//! One file a job: load, call the core, save. The only place that joins core and store.

pub mod backtest;
pub mod bench_orienteering;
pub mod bench_risk;
pub mod clock;
pub mod coverage;
pub mod export;
pub mod forecast;
pub mod import;
pub mod import_roads;
pub mod plan;
pub mod plan_clock;
pub mod plan_ground;
pub mod plan_nights;
pub mod plan_wishes;
pub mod quarantine;
pub mod record;
pub mod risk;
pub mod sample;
pub mod session;
pub mod simulate;
pub mod standing_forecasts;
pub mod statistics;
pub mod terrain;
pub mod workspace;
pub mod zones;
