//! The layers of the district by the names that the screens use: how many rows each has,
//! and its features.

use std::sync::Arc;

use geo::BoundingRect;
use serde_json::Value;

use crate::app::session::snapshot::Snapshot;
use crate::exchange::feature_geojson::drawn_feature;
use crate::exchange::write::from_place;
use crate::exchange::write::layers::layer_named;
use crate::exchange::write::row::FeatureRow;

/// The layers' names, in the order of the screens.
pub const LAYER_KINDS: [&str; 11] = [
    "stations",
    "beats",
    "zones",
    "posts",
    "joint_duty_posts",
    "commercial_districts",
    "pillars",
    "cameras",
    "places",
    "units",
    "boundary",
];

/// One of the layers.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct LayerKind(usize);

impl LayerKind {
    /// The layer of that name; none where there is none.
    pub fn of(name: &str) -> Option<Self> {
        LAYER_KINDS
            .iter()
            .position(|known| *known == name)
            .map(Self)
    }

    /// All of them, in the order of the screens.
    pub fn all() -> impl Iterator<Item = Self> {
        (0..LAYER_KINDS.len()).map(Self)
    }

    /// Its name.
    pub fn name(self) -> &'static str {
        LAYER_KINDS[self.0]
    }

    /// Its place in the order of the screens.
    pub fn number(self) -> usize {
        self.0
    }
}

impl Snapshot {
    /// How many rows a layer has.
    pub fn layer_count(&self, kind: LayerKind) -> usize {
        let l = &self.layers;
        match kind.name() {
            "stations" => l.stations.len(),
            "beats" => l.beats.len(),
            "zones" => l.zones.len(),
            "posts" => l.posts.len(),
            "joint_duty_posts" => l.joint_duty_posts.len(),
            "commercial_districts" => l.commercial_districts.len(),
            "pillars" => l.pillars.len(),
            "cameras" => l.cameras.len(),
            "places" => l.places.len(),
            "units" => l.units.len(),
            _ => usize::from(self.district.boundary.is_some()),
        }
    }

    /// A layer's rows, by id.
    pub fn layer_rows(&self, kind: LayerKind) -> Vec<FeatureRow> {
        let l = &self.layers;
        let synthetic = self.district.synthetic;
        match kind.name() {
            "stations" => each(&l.stations, |it| from_place::station(it, synthetic)),
            "beats" => each(&l.beats, |it| from_place::beat(it, synthetic)),
            "zones" => each(&l.zones, |it| from_place::zone(it, synthetic)),
            "posts" => each(&l.posts, |it| from_place::post(it, synthetic)),
            "joint_duty_posts" => each(&l.joint_duty_posts, |it| {
                from_place::joint_duty_post(it, synthetic)
            }),
            "commercial_districts" => each(&l.commercial_districts, |it| {
                from_place::commercial_district(it, synthetic)
            }),
            "pillars" => each(&l.pillars, |it| from_place::pillar(it, synthetic)),
            "cameras" => each(&l.cameras, |it| from_place::camera(it, synthetic)),
            "places" => each(&l.places, |it| from_place::place(it, synthetic)),
            "units" => each(&l.units, |it| from_place::unit(it, synthetic)),
            _ => from_place::boundary(&self.district).into_iter().collect(),
        }
    }

    /// Looks for the bounds of all layers and of the incidents, off the async threads: a walk over all
    /// rows, once an edition.
    pub async fn look_for_bounds(self: &Arc<Self>) {
        let snapshot = self.clone();
        let looking = move || {
            for kind in LayerKind::all() {
                snapshot.layer_bounds(kind);
            }
            snapshot.incident_bounds();
        };
        if tokio::task::spawn_blocking(looking).await.is_err() {
            tracing::debug!("the bounds of the layers were not looked for to the end");
        }
    }

    /// Where a layer's features are: west, south, east, north, degrees; none where it has none.
    /// Looked for once an edition.
    pub fn layer_bounds(&self, kind: LayerKind) -> Option<[f64; 4]> {
        *self.bounds[kind.number()].get_or_init(|| {
            let rows = self.layer_rows(kind);
            let boxes = rows
                .iter()
                .filter_map(|row| row.geometry.as_ref()?.bounding_rect());
            boxes
                .map(|rect| [rect.min().x, rect.min().y, rect.max().x, rect.max().y])
                .reduce(around)
        })
    }

    /// A layer's features as GeoJSON.
    pub fn layer_features(&self, kind: LayerKind) -> Vec<Value> {
        let Some(layer) = layer_named(kind.name()) else {
            return Vec::new();
        };
        let rows = self.layer_rows(kind);
        let drawn = rows.iter().map(|row| drawn_feature(layer, row, &self.zone));
        drawn.collect()
    }
}

/// The box around two.
pub(super) fn around(a: [f64; 4], b: [f64; 4]) -> [f64; 4] {
    [
        a[0].min(b[0]),
        a[1].min(b[1]),
        a[2].max(b[2]),
        a[3].max(b[3]),
    ]
}

fn each<T>(things: &[T], row: impl Fn(&T) -> FeatureRow) -> Vec<FeatureRow> {
    things.iter().map(row).collect()
}
