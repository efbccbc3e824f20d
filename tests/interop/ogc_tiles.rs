//! OGC API – Tiles: what is listed is there, tiles hold what the layers hold, the grid is the
//! standard's, and what is not there is said.

use std::collections::BTreeSet;

use serde_json::Value;

use crate::stand::{Service, link};

const MVT: &str = "application/vnd.mapbox-vector-tile";
const TILESETS: &str = "http://www.opengis.net/def/rel/ogc/1.0/tilesets-vector";

/// The middle of Dadong District at zoom 13.
const TILE: &str = "13/3046/6905";

fn tile_path(service: &Service, tilesets: &Value) -> String {
    let links = &tilesets["tilesets"][0];
    let item = links["links"]
        .as_array()
        .and_then(|all| all.iter().find(|l| l["rel"] == "item"))
        .expect("a link to tiles");
    assert_eq!(item["templated"], true);
    assert_eq!(item["type"], MVT);
    let [z, y, x] = [0, 1, 2].map(|i| TILE.split('/').nth(i).expect("three numbers"));
    let address = item["href"].as_str().expect("an address");
    let address = address
        .replace("{tileMatrix}", z)
        .replace("{tileRow}", y)
        .replace("{tileCol}", x);
    service.path_of(&address)
}

#[test]
fn the_landing_page_leads_to_tiles_and_the_grid() {
    let service = Service::shared();
    let landing = service.json("/ogc?f=json");
    let tiles = service.json(&service.path_of(link(&landing, TILESETS).expect("tiles")));
    assert_eq!(tiles["tilesets"].as_array().map(Vec::len), Some(1));
    let answer = service.get(&tile_path(service, &tiles));
    assert_eq!(answer.status, 200, "{}", answer.text());
    assert_eq!(answer.header("content-type"), MVT);
    assert!(answer.body.len() > 1_000, "{}", answer.body.len());
    let set = link(&tiles, "item").expect("the tileset");
    let set = service.json(&service.path_of(set));
    let scheme = link(&set, "http://www.opengis.net/def/rel/ogc/1.0/tiling-scheme");
    let grid = service.json(&service.path_of(scheme.expect("the grid")));
    assert_eq!(grid["id"], "WebMercatorQuad");
    let matrices = grid["tileMatrices"].as_array().expect("matrices");
    assert_eq!(matrices.len(), 23);
    assert_eq!(matrices[1]["matrixWidth"], 2);
    let limits = set["tileMatrixSetLimits"].as_array().expect("limits");
    let of_13 = limits
        .iter()
        .find(|l| l["tileMatrix"] == "13")
        .expect("zoom 13");
    let within = |low: &str, high: &str, at: u64| {
        of_13[low].as_u64() <= Some(at) && Some(at) <= of_13[high].as_u64()
    };
    assert!(within("minTileRow", "maxTileRow", 3046), "{of_13}");
    assert!(within("minTileCol", "maxTileCol", 6905), "{of_13}");
    let classes = service.json("/ogc/conformance");
    let classes = classes["conformsTo"].as_array().expect("classes");
    for class in [
        "core",
        "tileset",
        "tilesets-list",
        "dataset-tilesets",
        "mvt",
    ] {
        let wanted = format!("http://www.opengis.net/spec/ogcapi-tiles-1/1.0/conf/{class}");
        assert!(classes.iter().any(|c| *c == wanted), "{class}");
    }
}

#[test]
fn collections_with_tiles_say_so_and_have_them() {
    let service = Service::shared();
    let all = service.json("/ogc/collections?f=json");
    let mut tiled = BTreeSet::new();
    for collection in all["collections"].as_array().expect("collections") {
        let name = collection["id"].as_str().expect("an id");
        let Some(tiles) = link(collection, TILESETS) else {
            service.problem(&format!("/ogc/collections/{name}/tiles"), 404);
            continue;
        };
        let tiles = service.json(&service.path_of(tiles));
        let answer = service.get(&tile_path(service, &tiles));
        assert!(
            [200, 204].contains(&answer.status),
            "{name}: {}",
            answer.text()
        );
        // The same bytes as the page's own tiles.
        let own = match name {
            "incidents" => "/tiles/incidents".to_owned(),
            name => format!("/tiles/layers/{name}"),
        };
        let own = service.get(&format!("{own}/13/6905/3046.mvt"));
        assert!(own.body == answer.body, "{name}");
        tiled.insert(name.to_owned());
    }
    assert_eq!(tiled.len(), 12, "{tiled:?}");
}

#[test]
fn tilejson_and_style_lead_to_tiles() {
    let service = Service::shared();
    let style = service.get("/ogc/styles/map");
    assert_eq!(
        style.header("content-type"),
        "application/vnd.mapbox.style+json"
    );
    let style = style.json();
    let source = style["sources"]["frontbeat"]["url"]
        .as_str()
        .expect("a source");
    let tile_json = service.json(&service.path_of(source));
    assert_eq!(tile_json["tilejson"], "3.0.0");
    let layers = tile_json["vector_layers"].as_array().expect("layers");
    let names: BTreeSet<&str> = layers.iter().filter_map(|l| l["id"].as_str()).collect();
    for layer in style["layers"].as_array().expect("layers") {
        if let Some(name) = layer["source-layer"].as_str() {
            assert!(names.contains(name), "{name}");
        }
    }
    let tiles = tile_json["tiles"][0].as_str().expect("an address");
    let tiles = tiles
        .replace("{z}", "13")
        .replace("{y}", "3046")
        .replace("{x}", "6905");
    assert_eq!(service.get(&service.path_of(&tiles)).status, 200);
}

#[test]
fn what_is_not_there_is_said() {
    let service = Service::shared();
    for path in [
        "/ogc/tiles/WorldCRS84Quad",
        "/ogc/tiles/WorldCRS84Quad/1/0/0",
        "/ogc/tiles/WebMercatorQuad/23/0/0",
        "/ogc/tiles/WebMercatorQuad/3/8/0",
        "/ogc/tiles/WebMercatorQuad/3/a/0",
        "/ogc/tiles/WebMercatorQuad/3/-1/0",
        "/ogc/tiles/..%2f..%2fetc/1/0/0",
        "/ogc/collections/none/tiles",
        "/ogc/collections/risk/tiles/WebMercatorQuad/3/0/0",
        "/ogc/tileMatrixSets/none",
        "/ogc/styles/none",
    ] {
        let answer = service.get(path);
        assert_eq!(answer.status, 404, "{path}: {}", answer.text());
    }
    service.problem("/ogc/tiles/WebMercatorQuad/3/0/0?f=png", 400);
    service.problem("/ogc/tiles/WebMercatorQuad/3/0/0?colour=red", 400);
    service.problem("/ogc/tiles?f=png", 400);
    // The other side of the Earth.
    assert_eq!(
        service.get("/ogc/tiles/WebMercatorQuad/13/3046/0").status,
        204
    );
    let page = service.get("/ogc/tiles?f=html");
    assert!(page.text().contains("WebMercatorQuad"), "{}", page.text());
}
