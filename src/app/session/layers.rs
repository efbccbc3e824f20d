//! The layers of the district by the names that the screens use: how many rows each has,
//! and its features.

use serde_json::Value;

use crate::app::session::snapshot::Snapshot;
use crate::exchange::feature_geojson as geojson;

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

    /// A layer's features as GeoJSON.
    pub fn layer_features(&self, kind: LayerKind) -> Vec<Value> {
        let l = &self.layers;
        let synthetic = self.district.synthetic;
        match kind.name() {
            "stations" => each(&l.stations, |it| geojson::station(it, synthetic)),
            "beats" => each(&l.beats, |it| geojson::beat(it, synthetic)),
            "zones" => each(&l.zones, |it| geojson::zone(it, synthetic)),
            "posts" => each(&l.posts, |it| geojson::post(it, synthetic)),
            "joint_duty_posts" => each(&l.joint_duty_posts, |it| {
                geojson::joint_duty_post(it, synthetic)
            }),
            "commercial_districts" => each(&l.commercial_districts, |it| {
                geojson::commercial_district(it, synthetic)
            }),
            "pillars" => each(&l.pillars, |it| geojson::pillar(it, synthetic)),
            "cameras" => each(&l.cameras, |it| geojson::camera(it, synthetic)),
            "places" => each(&l.places, |it| geojson::place(it, synthetic)),
            "units" => each(&l.units, |it| geojson::unit(it, synthetic)),
            _ => geojson::boundary(&self.district).into_iter().collect(),
        }
    }
}

fn each<T>(things: &[T], feature: impl Fn(&T) -> Value) -> Vec<Value> {
    things.iter().map(feature).collect()
}
