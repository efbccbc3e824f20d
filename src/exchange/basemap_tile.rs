//! The basemap as tiles: which streets, waters, greens, buildings and names show at which
//! zoom. Built once from a workspace's features; answers one tile at a time.

use crate::exchange::tile::{self, TileError, TileFeature, TileId, TileShape};
use crate::index::boxes::BoxIndex;
use crate::place::basemap::{BasemapFeature, BasemapKind, BasemapShape};
use crate::place::position::Position;

/// Layers in the order of drawing, with their names in the tile.
pub const LAYERS: [(BasemapKind, &str); 6] = [
    (BasemapKind::Green, "green"),
    (BasemapKind::Water, "water"),
    (BasemapKind::Building, "building"),
    (BasemapKind::Railway, "railway"),
    (BasemapKind::Street, "street"),
    (BasemapKind::Label, "label"),
];

/// Below this zoom no tile of a district's basemap shows anything.
const LEAST_ZOOM: u8 = 4;

/// With more features than this, small streets show one zoom later: a tile of a dense
/// city would hold ten thousand of them. One rule for all tiles, so that none has a seam.
const CROWDED: usize = 8_000;

/// A shape must measure a 1024th of a tile's side (half a pixel) to be looked at.
const LEAST_SIDES: f64 = 1.0 / 1024.0;

/// Features of a basemap, found by tile.
#[derive(Debug)]
pub struct BasemapIndex {
    features: Vec<BasemapFeature>,
    /// From which zoom on each is shown.
    from_zoom: Vec<u8>,
    /// `[west, south, east, north]` of each, degrees.
    boxes: Vec<[f64; 4]>,
    index: BoxIndex,
}

impl BasemapIndex {
    /// Indexes the features.
    pub fn new(features: Vec<BasemapFeature>) -> Self {
        let boxes: Vec<[f64; 4]> = features.iter().map(|f| bounding_box(&f.shape)).collect();
        Self {
            from_zoom: features
                .iter()
                .map(|f| least_zoom(f, features.len() > CROWDED))
                .collect(),
            index: BoxIndex::new(&boxes),
            boxes,
            features,
        }
    }

    /// How many features there are.
    pub fn len(&self) -> usize {
        self.features.len()
    }

    /// Whether there is nothing to draw.
    pub fn is_empty(&self) -> bool {
        self.features.is_empty()
    }

    /// The bytes of one tile: layers `green`, `water`, `building`, `railway`, `street`,
    /// `label`, each feature with `class` and, where it has one, `name`.
    ///
    /// # Errors
    /// [`TileError::Encoding`].
    pub fn tile(&self, tile: TileId) -> Result<Vec<u8>, TileError> {
        if tile.z() < LEAST_ZOOM {
            return Ok(Vec::new());
        }
        let least = 360.0 / f64::from(1u32 << tile.z()) * LEAST_SIDES;
        let mut layers: Vec<(&str, Vec<TileFeature<'_>>)> =
            LAYERS.iter().map(|&(_, name)| (name, Vec::new())).collect();
        for number in self.index.meeting(tile::bounds(tile)) {
            let number = number as usize;
            let feature = &self.features[number];
            if self.from_zoom[number] > tile.z() || self.is_dot(number, least) {
                continue;
            }
            let layer = LAYERS.iter().position(|&(kind, _)| kind == feature.kind);
            if let Some(layer) = layer {
                layers[layer].1.push(tile_feature(feature, number));
            }
        }
        tile::encode(tile, &layers)
    }

    /// What meets `[west, south, east, north]` and shows at that zoom, in the order of the
    /// workspace.
    pub fn shown(&self, bounds: [f64; 4], zoom: u8) -> impl Iterator<Item = &BasemapFeature> {
        let meeting = self.index.meeting(bounds).into_iter();
        meeting
            .map(|number| number as usize)
            .filter(move |&number| self.from_zoom[number] <= zoom)
            .map(|number| &self.features[number])
    }

    /// Whether a line or an area is too small to be seen where `least` degrees are half a
    /// pixel.
    fn is_dot(&self, number: usize, least: f64) -> bool {
        let [west, south, east, north] = self.boxes[number];
        !matches!(self.features[number].shape, BasemapShape::Point(_))
            && east - west < least
            && north - south < least
    }
}

fn tile_feature(feature: &BasemapFeature, number: usize) -> TileFeature<'_> {
    let mut properties = vec![("class", feature.class.as_str().into())];
    if !feature.name.is_empty() {
        properties.push(("name", feature.name.as_str().into()));
    }
    TileFeature {
        geometry: match &feature.shape {
            BasemapShape::Point(at) => TileShape::Point(*at),
            BasemapShape::Line(points) => TileShape::line(points.as_slice()),
            BasemapShape::Polygon(rings) => TileShape::polygon(rings.as_slice()),
        },
        properties,
        id: Some(number as u64 + 1),
    }
}

/// From which zoom on a feature is shown.
fn least_zoom(feature: &BasemapFeature, crowded: bool) -> u8 {
    let class = feature.class.as_str();
    match feature.kind {
        BasemapKind::Street => match class {
            "motorway" | "trunk" => 6,
            "primary" | "motorway_link" | "trunk_link" => 8,
            "secondary" | "primary_link" => 10,
            "tertiary" | "secondary_link" | "tertiary_link" => 11,
            "residential" | "unclassified" | "living_street" | "pedestrian" => {
                12 + u8::from(crowded)
            }
            "service" => 14,
            _ => 15,
        },
        BasemapKind::Railway => match class {
            "rail" => 9,
            _ => 12,
        },
        BasemapKind::Water => match (class, &feature.shape) {
            (_, BasemapShape::Polygon(_)) => LEAST_ZOOM,
            ("river", _) => 8,
            ("canal", _) => 11,
            _ => 13,
        },
        BasemapKind::Green => 8,
        BasemapKind::Building => 14,
        BasemapKind::Label => match class {
            "city" => LEAST_ZOOM,
            "town" => 8,
            "district" | "borough" => 9,
            "suburb" | "village" => 11,
            "quarter" | "neighbourhood" | "hamlet" | "island" => 13,
            "station" | "railway_station" => 13,
            _ => 15,
        },
    }
}

fn bounding_box(shape: &BasemapShape) -> [f64; 4] {
    let corners: &[Position] = match shape {
        BasemapShape::Point(at) => std::slice::from_ref(at),
        BasemapShape::Line(points) => points,
        BasemapShape::Polygon(rings) => rings.first().map_or(&[], Vec::as_slice),
    };
    // A shape without a corner gets a box without extent, far from any tile's middle.
    let mut bounds = corners.first().map_or([180.0, 90.0, 180.0, 90.0], |c| {
        [c.lon(), c.lat(), c.lon(), c.lat()]
    });
    for corner in corners {
        bounds[0] = bounds[0].min(corner.lon());
        bounds[1] = bounds[1].min(corner.lat());
        bounds[2] = bounds[2].max(corner.lon());
        bounds[3] = bounds[3].max(corner.lat());
    }
    bounds
}

#[cfg(test)]
#[path = "basemap_tile_tests.rs"]
mod tests;
