//! The map as a style that MapLibre and QGIS draw: the basemap in low-chroma greys, each layer
//! as its description says it looks. No glyphs are named: labels are drawn with the fonts of
//! whoever draws.

use serde_json::{Value, json};

use crate::exchange::map_layers::{DRAWN, names_layer};
use crate::exchange::write::layer::{GeometryKind, Layer};

/// The name of the style's only source.
const SOURCE: &str = "frontbeat";

/// A millimetre of the layers' descriptions in pixels.
const PIXELS_A_MM: f64 = 3.0;

/// From this zoom on points that stand close are shown.
const CLOSE_ZOOM: u8 = 12;

/// From this zoom on names stand beside what they name.
const NAMES_ZOOM: u8 = 13;

/// A style over a tileset, given by the address of its TileJSON.
pub fn map_style(name: &str, tile_json: &str, center: [f64; 2]) -> Value {
    let mut layers = vec![
        json!({ "id": "ground", "type": "background",
            "paint": { "background-color": "#f2f3f3" } }),
        fill(
            "green",
            "#e0e6df",
            json!(["==", ["geometry-type"], "Polygon"]),
        ),
        fill(
            "water",
            "#cfd8de",
            json!(["==", ["geometry-type"], "Polygon"]),
        ),
        line("river", "water", "#cfd8de", json!(2)),
        fill(
            "building",
            "#e0e2e4",
            json!(["==", ["geometry-type"], "Polygon"]),
        ),
        line("railway", "railway", "#b9bfc4", json!(1)),
        line("street-casing", "street", "#c9ced2", widths(1.4)),
        line("street", "street", "#ffffff", widths(1.0)),
    ];
    for layer in DRAWN {
        layers.extend(drawn(layer));
    }
    layers.push(names("street-name", "street", "name", "line", "#3c454c"));
    layers.push(names("label-name", "label", "name", "point", "#3c454c"));
    for layer in DRAWN {
        // Hundreds of points without a name to speak of.
        if layer.look.label.is_some() {
            let at = names_layer(layer.name);
            layers.push(names(
                &format!("{}-name", layer.name),
                at.as_deref().unwrap_or(layer.name),
                "name",
                "point",
                layer.look.colour,
            ));
        }
    }
    json!({
        "version": 8,
        "name": name,
        "center": center,
        "zoom": 12,
        "sources": { SOURCE: { "type": "vector", "url": tile_json } },
        "layers": layers,
    })
}

/// A layer by its look.
fn drawn(layer: &Layer) -> Vec<Value> {
    let look = &layer.look;
    let width = (look.size_mm * PIXELS_A_MM).max(0.5);
    match layer.geometry {
        GeometryKind::Areas => {
            let inside = look.fill.map(|colour| {
                json!({ "id": format!("{}-ground", layer.name), "type": "fill",
                    "source": SOURCE, "source-layer": layer.name,
                    "paint": { "fill-color": colour, "fill-opacity": 0.3 } })
            });
            let edge = json!({ "id": layer.name, "type": "line", "source": SOURCE,
                "source-layer": layer.name, "layout": { "line-join": "round" },
                "paint": { "line-color": look.colour, "line-width": width } });
            inside.into_iter().chain([edge]).collect()
        }
        GeometryKind::Line => vec![line(layer.name, layer.name, look.colour, json!(width))],
        GeometryKind::Point => {
            let radius = (look.size_mm * PIXELS_A_MM / 2.0).max(1.5);
            let zoom = if look.label.is_some() { 0 } else { CLOSE_ZOOM };
            vec![
                json!({ "id": layer.name, "type": "circle", "source": SOURCE,
                "source-layer": layer.name, "minzoom": zoom,
                "paint": { "circle-color": look.colour, "circle-radius": radius,
                    "circle-stroke-color": "#ffffff", "circle-stroke-width": 1 } }),
            ]
        }
    }
}

fn fill(name: &str, colour: &str, filter: Value) -> Value {
    json!({ "id": name, "type": "fill", "source": SOURCE, "source-layer": name,
        "filter": filter, "paint": { "fill-color": colour } })
}

fn line(id: &str, of: &str, colour: &str, width: Value) -> Value {
    json!({ "id": id, "type": "line", "source": SOURCE, "source-layer": of,
        "filter": ["==", ["geometry-type"], "LineString"],
        "layout": { "line-cap": "round", "line-join": "round" },
        "paint": { "line-color": colour, "line-width": width } })
}

/// Widths of streets by zoom, wider ones for main roads. `match`, because QGIS can't read the
/// same as `case` with `in` and `literal`.
fn widths(times: f64) -> Value {
    let class = json!(["get", "class"]);
    let major = json!(["motorway", "trunk", "primary"]);
    let at = |wide: f64, narrow: f64| json!(["match", class, major, wide * times, narrow * times]);
    json!([
        "interpolate",
        ["exponential", 1.5],
        ["zoom"],
        10,
        at(1.1, 0.3),
        13,
        at(2.2, 1.0),
        17,
        at(12.0, 7.0)
    ])
}

fn names(id: &str, of: &str, field: &str, along: &str, colour: &str) -> Value {
    json!({ "id": id, "type": "symbol", "source": SOURCE, "source-layer": of,
        "minzoom": NAMES_ZOOM,
        "filter": ["has", field],
        "layout": { "symbol-placement": along, "text-field": ["get", field],
            "text-font": ["sans-serif"], "text-size": 12, "text-padding": 6,
            "text-offset": match along { "line" => json!([0, 0]), _ => json!([0, 1]) } },
        "paint": { "text-color": colour, "text-halo-color": "rgba(255,255,255,0.9)",
            "text-halo-width": 1.4 } })
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use crate::exchange::map_style::map_style;

    #[test]
    fn ids_are_unique_and_every_layer_names_the_source() {
        let style = map_style("x", "http://x/tilejson", [123.4, 41.8]);
        let layers = style["layers"].as_array().unwrap();
        let ids: BTreeSet<&str> = layers.iter().filter_map(|l| l["id"].as_str()).collect();
        assert_eq!(ids.len(), layers.len());
        for layer in &layers[1..] {
            assert_eq!(layer["source"], "frontbeat", "{layer}");
            assert!(layer["source-layer"].is_string(), "{layer}");
        }
    }

    #[test]
    fn no_expression_is_used_that_qgis_skips() {
        let style = map_style("x", "http://x/tilejson", [123.4, 41.8]).to_string();
        for word in ["case", "literal", "step", "coalesce", "let"] {
            assert!(!style.contains(&format!("[\"{word}\"")), "{word}");
        }
    }
}
