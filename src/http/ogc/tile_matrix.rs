//! WebMercatorQuad (17-083r4, annex D.1): the grid of web maps.

use serde_json::{Value, json};

use crate::exchange::map_layers::{DEEPEST_ZOOM, LEAST_ZOOM};
use crate::exchange::tile::{MAX_ZOOM, range};
use crate::http::problem::Problem;
use crate::http::query::quoted;

/// Its id.
pub const WEB_MERCATOR_QUAD: &str = "WebMercatorQuad";
/// Its title.
pub const TITLE: &str = "Google Maps Compatible for the World";
/// Its name for programs.
pub const URI: &str = "http://www.opengis.net/def/tilematrixset/OGC/1.0/WebMercatorQuad";
/// Its frame.
pub const CRS: &str = "http://www.opengis.net/def/crs/EPSG/0/3857";

/// Half the way round the Earth, metres of the projection.
const HALF: f64 = 20_037_508.342_789_2;

/// Pixels of a tile's side, for which scales are told.
const PIXELS: u32 = 256;

/// The size of a pixel in the standard's scales, metres.
const STANDARD_PIXEL_M: f64 = 0.000_28;

/// Refuses other grids.
///
/// # Errors
/// [`Problem`].
pub fn check(set: &str) -> Result<(), Problem> {
    match set == WEB_MERCATOR_QUAD {
        true => Ok(()),
        false => {
            let detail = format!(
                "there is no tile matrix set {}; known: {WEB_MERCATOR_QUAD}",
                quoted(set)
            );
            Err(Problem::unknown("tile-matrix-set", detail))
        }
    }
}

/// The definition.
pub fn definition() -> Value {
    let matrices: Vec<Value> = (0..=MAX_ZOOM)
        .map(|zoom| {
            let side = 1u32 << zoom;
            let cell_m = 2.0 * HALF / f64::from(PIXELS) / f64::from(side);
            json!({
                "id": zoom.to_string(),
                "scaleDenominator": cell_m / STANDARD_PIXEL_M,
                "cellSize": cell_m,
                "cornerOfOrigin": "topLeft",
                "pointOfOrigin": [-HALF, HALF],
                "tileWidth": PIXELS,
                "tileHeight": PIXELS,
                "matrixWidth": side,
                "matrixHeight": side,
            })
        })
        .collect();
    json!({
        "id": WEB_MERCATOR_QUAD,
        "title": TITLE,
        "uri": URI,
        "crs": CRS,
        "orderedAxes": ["E", "N"],
        "wellKnownScaleSet": "http://www.opengis.net/def/wkss/OGC/1.0/GoogleMapsCompatible",
        "tileMatrices": matrices,
    })
}

/// Which rows and columns hold anything, by zoom.
pub fn limits(bounds: [f64; 4]) -> Vec<Value> {
    (LEAST_ZOOM..=DEEPEST_ZOOM)
        .map(|zoom| {
            let [columns, rows] = range(bounds, zoom);
            json!({
                "tileMatrix": zoom.to_string(),
                "minTileRow": rows.start(), "maxTileRow": rows.end(),
                "minTileCol": columns.start(), "maxTileCol": columns.end(),
            })
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use crate::http::ogc::tile_matrix::{definition, limits};

    #[test]
    fn the_figures_of_the_standard() {
        let first = &definition()["tileMatrices"][0];
        let close = |member: &str, wanted: f64| {
            let found = first[member].as_f64().unwrap();
            assert!((found / wanted - 1.0).abs() < 1e-9, "{member} {found}");
        };
        close("scaleDenominator", 559_082_264.028_717);
        close("cellSize", 156_543.033_928_041);
    }

    #[test]
    fn limits_hold_the_corners() {
        let world = limits([-180.0, -85.0, 180.0, 85.0]);
        assert_eq!(world[0]["maxTileCol"], 255);
        assert_eq!(world[0]["minTileRow"], 0);
        let all = limits([123.4, 41.7, 123.6, 41.9]);
        for zoom in all {
            assert!(zoom["minTileRow"].as_u64() <= zoom["maxTileRow"].as_u64());
            assert!(zoom["minTileCol"].as_u64() <= zoom["maxTileCol"].as_u64());
        }
    }
}
