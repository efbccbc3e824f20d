//! What the map's tiles hold, as TileJSON 3.0 and PMTiles say it: the basemap's layers, those
//! of the district, the incidents; each with its fields.

use serde_json::{Map, Value, json};

use crate::exchange::basemap_tile;
use crate::exchange::write::layer::{ColumnKind, GeometryKind, Layer};
use crate::exchange::write::layers::{
    BEATS, BOUNDARY, CAMERAS, COMMERCIAL_DISTRICTS, INCIDENTS, JOINT_DUTY_POSTS, PILLARS, PLACES,
    POSTS, STATIONS, UNITS, ZONES,
};

/// The layers over the basemap, those that lie below first.
pub const DRAWN: [&Layer; 12] = [
    &COMMERCIAL_DISTRICTS,
    &ZONES,
    &BEATS,
    &BOUNDARY,
    &INCIDENTS,
    &CAMERAS,
    &PLACES,
    &PILLARS,
    &POSTS,
    &JOINT_DUTY_POSTS,
    &STATIONS,
    &UNITS,
];

/// Below this zoom a district is a dot.
pub const LEAST_ZOOM: u8 = 8;

/// From this zoom on tiles are drawn larger instead of anew.
pub const DEEPEST_ZOOM: u8 = 16;

/// What is the same of every tileset of a district.
#[derive(Debug, Clone)]
pub struct MapAbout {
    /// Its name; says where it is made up.
    pub name: String,
    /// Who must be named; empty where nobody.
    pub attribution: String,
    /// West, south, east, north, degrees.
    pub bounds: [f64; 4],
}

/// The members that TileJSON and the metadata of PMTiles share.
pub fn about_tiles(about: &MapAbout, layers: &[&Layer], basemap: bool) -> Map<String, Value> {
    let mut all = Map::new();
    all.insert("name".into(), about.name.clone().into());
    all.insert(
        "description".into(),
        "Layers of one district: places, never persons.".into(),
    );
    if !about.attribution.is_empty() {
        all.insert("attribution".into(), about.attribution.clone().into());
    }
    all.insert("version".into(), env!("CARGO_PKG_VERSION").into());
    all.insert(
        "vector_layers".into(),
        vector_layers(layers, basemap).into(),
    );
    all
}

/// A TileJSON 3.0 document of tiles at an address with `{z}`, `{x}` and `{y}`.
pub fn tile_json(about: &MapAbout, layers: &[&Layer], basemap: bool, address: &str) -> Value {
    let [west, south, east, north] = about.bounds;
    let mut all = about_tiles(about, layers, basemap);
    let middle = [
        json!(f64::midpoint(west, east)),
        json!(f64::midpoint(south, north)),
        json!(12),
    ];
    // The version of a tileset is of its content's making, three numbers.
    all.insert("tilejson".into(), "3.0.0".into());
    all.insert("tiles".into(), json!([address]));
    all.insert("scheme".into(), "xyz".into());
    all.insert("minzoom".into(), LEAST_ZOOM.into());
    all.insert("maxzoom".into(), DEEPEST_ZOOM.into());
    all.insert("bounds".into(), json!(about.bounds));
    all.insert("center".into(), json!(middle));
    Value::Object(all)
}

fn vector_layers(layers: &[&Layer], basemap: bool) -> Vec<Value> {
    let mut all = Vec::new();
    if basemap {
        for (_, name) in basemap_tile::LAYERS {
            all.push(vector_layer(
                name,
                "basemap 底图",
                json!({ "class": "String", "name": "String" }),
            ));
        }
    }
    for layer in layers {
        let title = format!("{} {}", layer.en, layer.zh);
        all.push(vector_layer(layer.name, &title, fields(layer)));
        if let Some(names) = names_layer(layer.name) {
            all.push(vector_layer(&names, &names_title(layer), fields(layer)));
        }
    }
    all
}

/// The layer of points at which the names of a layer's areas stand, one in each area, in the one
/// tile it lies in: written at the area, a name would stand in each tile that shows a part of it.
/// None where the layer is not of areas, or no name is written.
pub fn names_layer(of: &str) -> Option<String> {
    let layer = DRAWN.iter().find(|layer| layer.name == of)?;
    let is_named = layer.geometry == GeometryKind::Areas && layer.look.label.is_some();
    is_named.then(|| format!("{of}_name"))
}

/// The title of a [`names_layer`].
pub fn names_title(of: &Layer) -> String {
    format!("names of {} {}名称", of.en, of.zh)
}

fn vector_layer(name: &str, title: &str, fields: Value) -> Value {
    json!({
        "id": name,
        "description": title,
        "minzoom": LEAST_ZOOM,
        "maxzoom": DEEPEST_ZOOM,
        "fields": fields,
    })
}

/// The fields of a layer's features in tiles: of incidents few, and for how many one stands.
fn fields(layer: &Layer) -> Value {
    if layer.name == INCIDENTS.name {
        return json!({ "id": "String", "category": "String", "priority": "Number",
            "at": "String", "count": "Number" });
    }
    let mut fields = Map::new();
    for column in layer.columns {
        let kind = match column.kind {
            ColumnKind::Text | ColumnKind::Time => "String",
            ColumnKind::Whole | ColumnKind::Real => "Number",
            ColumnKind::Flag => "Boolean",
        };
        fields.insert(column.name.to_owned(), kind.into());
    }
    fields.insert("kind".to_owned(), "String".into());
    if layer.column("name").is_none() {
        fields.insert("name".to_owned(), "String".into());
    }
    Value::Object(fields)
}

/// The dimension of a layer's shapes, as OGC's metadata of a tileset has it.
pub fn dimension(layer: &Layer) -> u8 {
    match layer.geometry {
        GeometryKind::Point => 0,
        GeometryKind::Line => 1,
        GeometryKind::Areas => 2,
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use crate::exchange::map_layers::{DRAWN, MapAbout, tile_json};

    #[test]
    fn a_document_has_what_tilejson_wants() {
        let about = MapAbout {
            name: "大东区".to_owned(),
            attribution: "© OpenStreetMap contributors".to_owned(),
            bounds: [123.4, 41.7, 123.6, 41.9],
        };
        let made = tile_json(&about, &DRAWN, true, "http://x/{z}/{y}/{x}");
        for member in ["tilejson", "tiles", "vector_layers", "bounds", "center"] {
            assert!(!made[member].is_null(), "{member}");
        }
        let layers = made["vector_layers"].as_array().unwrap();
        let names: BTreeSet<&str> = layers.iter().filter_map(|l| l["id"].as_str()).collect();
        assert_eq!(names.len(), 21);
        assert_eq!(layers[20]["fields"]["call_sign"], "String");
    }
}
