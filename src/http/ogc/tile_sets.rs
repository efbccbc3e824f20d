//! Tilesets by OGC API – Tiles Part 1 (20-057): of the whole map and of each layer that tiles
//! draw, in the grid that web maps share, WebMercatorQuad; each with its TileJSON.

use axum::extract::{Path, State};
use axum::response::Response;
use serde_json::{Value, json};

use crate::app::session::layers::LayerKind;
use crate::app::session::snapshot::Snapshot;
use crate::exchange::map_layers::{
    DEEPEST_ZOOM, DRAWN, LEAST_ZOOM, MapAbout, dimension, names_layer, names_title, tile_json,
};
use crate::exchange::map_style::map_style;
use crate::exchange::write::layer::Layer;
use crate::http::api::Service;
use crate::http::ogc::asked::{Asked, Form, HTML, link};
use crate::http::ogc::collections::known;
use crate::http::ogc::frames::CRS84;
use crate::http::ogc::pages;
use crate::http::ogc::tile_matrix::{self, WEB_MERCATOR_QUAD};
use crate::http::problem::Problem;
use crate::http::query::quoted;
use crate::http::tiles::MVT;

const JSON: &str = "application/json";
const STYLE: &str = "application/vnd.mapbox.style+json";

/// Relation of a collection, or of the landing page, to its vector tilesets.
pub const TILESETS: &str = "http://www.opengis.net/def/rel/ogc/1.0/tilesets-vector";
/// Relation to the grids.
pub const SCHEMES: &str = "http://www.opengis.net/def/rel/ogc/1.0/tiling-schemes";
const SCHEME: &str = "http://www.opengis.net/def/rel/ogc/1.0/tiling-scheme";

/// What tiles are of.
#[derive(Clone, Copy)]
enum Of {
    /// The whole map, the basemap included.
    Map,
    /// One layer.
    Layer(&'static Layer),
}

/// Whether tiles draw a collection: all but what is made for a moment (risk, plans).
pub fn is_tiled(layer: &Layer) -> bool {
    layer.name == "incidents" || LayerKind::of(layer.name).is_some()
}

/// The layer of a collection that tiles draw.
///
/// # Errors
/// [`Problem`].
pub fn tiled(id: &str) -> Result<&'static Layer, Problem> {
    let layer = known(id)?;
    match is_tiled(layer) {
        true => Ok(layer),
        false => {
            let detail = format!("the collection {} has no tiles; read its items", quoted(id));
            Err(Problem::unknown("tileset", detail))
        }
    }
}

impl Of {
    fn path(self) -> String {
        match self {
            Self::Map => "/tiles".to_owned(),
            Self::Layer(layer) => format!("/collections/{}/tiles", layer.name),
        }
    }

    fn title(self, snapshot: &Snapshot) -> String {
        let what = match self {
            Self::Map => "Map 地图".to_owned(),
            Self::Layer(layer) => format!("{} {}", layer.en, layer.zh),
        };
        format!("{what} · {}", snapshot.map_name())
    }

    fn layers(self) -> Vec<&'static Layer> {
        match self {
            Self::Map => DRAWN.to_vec(),
            Self::Layer(layer) => vec![layer],
        }
    }
}

/// `GET /ogc/tiles`.
///
/// # Errors
/// [`Problem`].
pub async fn of_map(State(service): State<Service>, asked: Asked) -> Result<Response, Problem> {
    list(&service, asked, Of::Map)
}

/// `GET /ogc/collections/{id}/tiles`.
///
/// # Errors
/// [`Problem`].
pub async fn of_collection(
    State(service): State<Service>,
    Path(id): Path<String>,
    asked: Asked,
) -> Result<Response, Problem> {
    list(&service, asked, Of::Layer(tiled(&id)?))
}

fn list(service: &Service, mut asked: Asked, of: Of) -> Result<Response, Problem> {
    std::mem::take(&mut asked.query).finish()?;
    let snapshot = service.session.snapshot();
    let mut links = asked.own_links(JSON);
    let set = set_path(&asked, of);
    links.push(link("item", JSON, &set, "WebMercatorQuad"));
    if asked.form == Form::Html {
        let text = pages::linked(&asked, &of.title(&snapshot), TILES_TOLD, &links);
        return Ok(asked.answer(HTML, text.into_bytes()));
    }
    let tilesets = json!([{
        "title": of.title(&snapshot),
        "dataType": "vector",
        "crs": tile_matrix::CRS,
        "tileMatrixSetURI": tile_matrix::URI,
        "links": set_links(&asked, of),
    }]);
    let body = json!({ "links": links, "tilesets": tilesets });
    Ok(asked.answer(JSON, body.to_string().into_bytes()))
}

/// `GET /ogc/tiles/{set}`.
///
/// # Errors
/// [`Problem`].
pub async fn map_set(
    State(service): State<Service>,
    Path(set): Path<String>,
    asked: Asked,
) -> Result<Response, Problem> {
    one(&service, &set, asked, Of::Map)
}

/// `GET /ogc/collections/{id}/tiles/{set}`.
///
/// # Errors
/// [`Problem`].
pub async fn collection_set(
    State(service): State<Service>,
    Path((id, set)): Path<(String, String)>,
    asked: Asked,
) -> Result<Response, Problem> {
    one(&service, &set, asked, Of::Layer(tiled(&id)?))
}

fn one(service: &Service, set: &str, mut asked: Asked, of: Of) -> Result<Response, Problem> {
    tile_matrix::check(set)?;
    std::mem::take(&mut asked.query).finish()?;
    let snapshot = service.session.snapshot();
    let mut links = asked.own_links(JSON);
    links.extend(set_links(&asked, of).into_iter().skip(1));
    if asked.form == Form::Html {
        let text = pages::linked(&asked, &of.title(&snapshot), TILES_TOLD, &links);
        return Ok(asked.answer(HTML, text.into_bytes()));
    }
    let [west, south, east, north] = snapshot.map_bounds();
    let drawn = |id: &str, title: String, dimension: u8| {
        json!({
            "id": id,
            "title": title,
            "dataType": "vector",
            "geometryDimension": dimension,
            "minTileMatrix": LEAST_ZOOM.to_string(),
            "maxTileMatrix": DEEPEST_ZOOM.to_string(),
        })
    };
    let layers: Vec<Value> = of
        .layers()
        .into_iter()
        .flat_map(|layer| {
            let title = format!("{} {}", layer.en, layer.zh);
            let names = names_layer(layer.name).map(|id| drawn(&id, names_title(layer), 0));
            [drawn(layer.name, title, dimension(layer))]
                .into_iter()
                .chain(names)
        })
        .collect();
    let body = json!({
        "title": of.title(&snapshot),
        "dataType": "vector",
        "crs": tile_matrix::CRS,
        "tileMatrixSetURI": tile_matrix::URI,
        "tileMatrixSetLimits": tile_matrix::limits([west, south, east, north]),
        "boundingBox": {
            "lowerLeft": [west, south], "upperRight": [east, north], "crs": CRS84,
        },
        "layers": layers,
        "attribution": snapshot.attribution,
        "links": links,
    });
    Ok(asked.answer(JSON, body.to_string().into_bytes()))
}

/// `GET /ogc/tiles/{set}/tilejson`.
///
/// # Errors
/// [`Problem`].
pub async fn map_tile_json(
    State(service): State<Service>,
    Path(set): Path<String>,
    asked: Asked,
) -> Result<Response, Problem> {
    tile_json_of(&service, &set, asked, Of::Map)
}

/// `GET /ogc/collections/{id}/tiles/{set}/tilejson`.
///
/// # Errors
/// [`Problem`].
pub async fn collection_tile_json(
    State(service): State<Service>,
    Path((id, set)): Path<(String, String)>,
    asked: Asked,
) -> Result<Response, Problem> {
    tile_json_of(&service, &set, asked, Of::Layer(tiled(&id)?))
}

fn tile_json_of(
    service: &Service,
    set: &str,
    mut asked: Asked,
    of: Of,
) -> Result<Response, Problem> {
    tile_matrix::check(set)?;
    std::mem::take(&mut asked.query).finish()?;
    let snapshot = service.session.snapshot();
    let about = MapAbout {
        name: of.title(&snapshot),
        attribution: snapshot.attribution.clone(),
        bounds: snapshot.map_bounds(),
    };
    let address = format!("{}/{{z}}/{{y}}/{{x}}", set_path(&asked, of));
    let basemap = matches!(of, Of::Map);
    let body = tile_json(&about, &of.layers(), basemap, &address);
    Ok(asked.answer(JSON, body.to_string().into_bytes()))
}

/// `GET /ogc/styles/map`: the whole map as MapLibre and QGIS draw it.
///
/// # Errors
/// [`Problem`].
pub async fn style(State(service): State<Service>, mut asked: Asked) -> Result<Response, Problem> {
    std::mem::take(&mut asked.query).finish()?;
    let snapshot = service.session.snapshot();
    let [west, south, east, north] = snapshot.map_bounds();
    let center = [f64::midpoint(west, east), f64::midpoint(south, north)];
    let tiles = format!("{}/tilejson", set_path(&asked, Of::Map));
    let body = map_style(&Of::Map.title(&snapshot), &tiles, center);
    Ok(asked.answer(STYLE, body.to_string().into_bytes()))
}

/// `GET /ogc/tileMatrixSets`.
///
/// # Errors
/// [`Problem`].
pub async fn matrix_sets(mut asked: Asked) -> Result<Response, Problem> {
    std::mem::take(&mut asked.query).finish()?;
    let own = asked.address(&format!("/tileMatrixSets/{WEB_MERCATOR_QUAD}"));
    let mut links = asked.own_links(JSON);
    links.push(link("item", JSON, &own, WEB_MERCATOR_QUAD));
    if asked.form == Form::Html {
        let text = pages::linked(&asked, "Tile matrix sets 切片方案", "", &links);
        return Ok(asked.answer(HTML, text.into_bytes()));
    }
    let body = json!({ "links": asked.own_links(JSON), "tileMatrixSets": [{
        "id": WEB_MERCATOR_QUAD,
        "title": tile_matrix::TITLE,
        "uri": tile_matrix::URI,
        "crs": tile_matrix::CRS,
        "links": [link("self", JSON, &own, "the definition")],
    }]});
    Ok(asked.answer(JSON, body.to_string().into_bytes()))
}

/// `GET /ogc/tileMatrixSets/{set}`.
///
/// # Errors
/// [`Problem`].
pub async fn matrix_set(Path(set): Path<String>, mut asked: Asked) -> Result<Response, Problem> {
    tile_matrix::check(&set)?;
    std::mem::take(&mut asked.query).finish()?;
    if asked.form == Form::Html {
        let links = asked.own_links(JSON);
        let text = pages::linked(&asked, tile_matrix::TITLE, "", &links);
        return Ok(asked.answer(HTML, text.into_bytes()));
    }
    let body = tile_matrix::definition();
    Ok(asked.answer(JSON, body.to_string().into_bytes()))
}

const TILES_TOLD: &str = "Vector tiles for MapLibre, QGIS and others: give them the address of \
    the TileJSON, or the style. 矢量切片：请使用 TileJSON 或样式地址。";

fn set_path(asked: &Asked, of: Of) -> String {
    asked.address(&format!("{}/{WEB_MERCATOR_QUAD}", of.path()))
}

/// Links of a tileset: to itself, to its tiles, to what else says the same.
fn set_links(asked: &Asked, of: Of) -> Vec<Value> {
    let set = set_path(asked, of);
    let tile = format!("{set}/{{tileMatrix}}/{{tileRow}}/{{tileCol}}");
    let mut item = link("item", MVT, &tile, "tiles as Mapbox vector tiles");
    item["templated"] = true.into();
    let scheme = asked.address(&format!("/tileMatrixSets/{WEB_MERCATOR_QUAD}"));
    let mut links = vec![
        link("self", JSON, &set, "the tileset"),
        item,
        link(SCHEME, JSON, &scheme, "the grid"),
        link(
            "describedby",
            JSON,
            &format!("{set}/tilejson"),
            "TileJSON 3.0",
        ),
    ];
    if matches!(of, Of::Map) {
        links.push(link(
            "stylesheet",
            STYLE,
            &asked.address("/styles/map"),
            "a style for MapLibre and QGIS",
        ));
    }
    links
}
