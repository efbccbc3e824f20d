//! Which bytes? Readers and writers, one file a format: bytes in, drafts and faults out.

pub mod area_geojson;
pub mod atom;
pub mod backtest_csv;
pub mod backtest_json;
pub mod backtest_svg;
pub mod basemap_tile;
pub mod cap;
pub mod cell_map_svg;
pub mod cql2;
pub mod curve_svg;
pub mod district_map_svg;
pub mod feature_geojson;
pub mod heat_table_svg;
pub mod import;
mod map_ground_svg;
pub mod map_layers;
pub mod map_style;
pub mod markup;
pub mod notice;
pub mod osm_pbf;
mod osm_pbf_blobs;
mod osm_pbf_rings;
mod osm_pbf_tags;
pub mod osm_places;
pub mod peer_problem_json;
pub mod plan_csv;
#[cfg(test)]
mod plan_forms_tests;
pub mod plan_geojson;
pub mod plan_gpx;
pub mod plan_sheet;
mod plan_sheet_facts;
mod plan_sheet_frame;
mod plan_sheet_labels;
mod plan_sheet_legend;
mod plan_sheet_map;
#[cfg(test)]
mod plan_sheet_town;
mod plan_sheet_words;
pub mod print;
pub mod qr_svg;
pub mod read;
pub mod risk_geojson;
pub mod risk_tile;
pub mod row_chart_svg;
pub mod shift_pack;
#[cfg(test)]
mod shift_pack_tests;
pub mod simulation_json;
pub mod tile;
mod tile_shape;
pub mod write;
