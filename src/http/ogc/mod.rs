//! OGC API – Features and Tiles at `/ogc`: every layer as a collection, for GIS clients.
//!
//! Part 1 (17-069r4) core, GeoJSON, HTML, OpenAPI 3.0; Part 2 (18-058r1) frames by
//! reference; Part 3 (19-079r2) queryables and CQL2 filters; Tiles Part 1 (20-057). `landing` says what is here,
//! `collections` which layers, `items` gives rows; `select` reads what a request wants of
//! them, `frames` where, `asked` in which form; `tile_sets` which tiles there are, by the grid
//! of `tile_matrix`; `pages` is the HTML, `openapi` the document.

pub mod asked;
pub mod collections;
pub mod cursor;
pub mod frames;
pub mod items;
pub mod landing;
pub mod openapi;
pub mod pages;
pub mod select;
pub mod tile_matrix;
pub mod tile_sets;

use axum::routing::get;
use utoipa_axum::router::OpenApiRouter;

use crate::http::api::Service;
use crate::http::tiles;

/// The routes. They have an OpenAPI document of their own, at `/ogc/api`.
pub fn routes() -> OpenApiRouter<Service> {
    OpenApiRouter::new()
        .route("/ogc", get(landing::landing))
        .route("/ogc/", get(landing::landing))
        .route("/ogc/conformance", get(landing::conformance))
        .route("/ogc/api", get(openapi::api))
        .route("/ogc/collections", get(collections::list))
        .route("/ogc/collections/{id}", get(collections::one))
        .route(
            "/ogc/collections/{id}/queryables",
            get(collections::queryables),
        )
        .route("/ogc/collections/{id}/items", get(items::items))
        .route("/ogc/collections/{id}/items/{feature}", get(items::item))
        .route("/ogc/tileMatrixSets", get(tile_sets::matrix_sets))
        .route("/ogc/tileMatrixSets/{set}", get(tile_sets::matrix_set))
        .route("/ogc/styles/map", get(tile_sets::style))
        .route("/ogc/tiles", get(tile_sets::of_map))
        .route("/ogc/tiles/{set}", get(tile_sets::map_set))
        .route("/ogc/tiles/{set}/tilejson", get(tile_sets::map_tile_json))
        .route("/ogc/tiles/{set}/{z}/{y}/{x}", get(tiles::map_tile))
        .route("/ogc/collections/{id}/tiles", get(tile_sets::of_collection))
        .route(
            "/ogc/collections/{id}/tiles/{set}",
            get(tile_sets::collection_set),
        )
        .route(
            "/ogc/collections/{id}/tiles/{set}/tilejson",
            get(tile_sets::collection_tile_json),
        )
        .route(
            "/ogc/collections/{id}/tiles/{set}/{z}/{y}/{x}",
            get(tiles::collection_tile),
        )
}
