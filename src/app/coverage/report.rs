//! An answer in each of its shapes: JSON (one document for the prompt and the API) and
//! GeoJSON for a map, which carries the same document as a foreign member.

use serde::Serialize;
use serde_json::{Map, Value, json};
use utoipa::ToSchema;

use crate::app::coverage::cover::CoverReport;
use crate::app::coverage::ground::Ground;
use crate::app::coverage::siting::SitingReport;
use crate::app::coverage::stand::StandReport;
use crate::exchange::feature_geojson::{collection, local_time};
use crate::patrol::units_from::UnitsFrom;

/// Said of a district that is made up.
const NOTICE: &str = "SYNTHETIC 模拟数据";

/// An answer.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(untagged)]
pub enum Report {
    /// What is reached.
    Cover(CoverReport),
    /// Where to stand.
    Stand(StandReport),
    /// Where to build.
    Siting(SitingReport),
}

/// What an answer is about.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub struct CoverageAbout {
    /// The district's name.
    pub district: String,
    /// Whether everything is made up.
    pub synthetic: bool,
    /// The model that says where calls are expected.
    pub model: String,
    /// Incidents that it learned from.
    pub events: usize,
    /// First instant of the window, with the district's offset.
    pub window_start: String,
    /// First instant after it.
    pub window_end: String,
    /// Calls expected in the window.
    pub expected_calls: f64,
    /// Of these, in cells that no road comes near: nobody reaches them.
    pub expected_off_road: f64,
    /// Such cells.
    pub cells_off_road: usize,
    /// The rings, minutes.
    pub minutes: Vec<f64>,
    /// Share of time that a unit is taken by another call.
    pub busy_fraction: f64,
    /// Whether that was estimated: calls an hour × half an hour a call, over the units.
    pub busy_estimated: bool,
    /// Where units were taken from: `board`, as they are now (the window runs or begins
    /// within two hours), or `layer`, as they were imported.
    #[schema(value_type = String)]
    pub units_from: UnitsFrom,
    /// Version of the program.
    pub version: String,
}

impl CoverageAbout {
    /// What an answer on this ground is about.
    pub fn of(ground: &Ground) -> Self {
        let made = &ground.surface.provenance;
        let (cells_off_road, expected_off_road) = ground.off_road();
        let limits_ms = ground.rings.limits_ms().iter();
        Self {
            district: ground.district.clone(),
            synthetic: ground.synthetic,
            model: made.model.clone(),
            events: made.events,
            window_start: local_time(made.window.start(), &ground.zone),
            window_end: local_time(made.window.end(), &ground.zone),
            expected_calls: ground.surface.total(),
            expected_off_road,
            cells_off_road,
            minutes: limits_ms.map(|&ms| f64::from(ms) / 60_000.0).collect(),
            busy_fraction: ground.rings.busy(),
            busy_estimated: ground.busy_estimated,
            units_from: ground.units_from,
            version: env!("CARGO_PKG_VERSION").into(),
        }
    }
}

/// How an answer is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Shape {
    /// Figures.
    Json,
    /// A map, with the figures.
    GeoJson,
}

impl Shape {
    /// Each with the word that asks for it.
    pub const WORDS: [(Self, &'static str); 2] = [(Self::Json, "json"), (Self::GeoJson, "geojson")];

    /// Its media type.
    pub fn media_type(self) -> &'static str {
        match self {
            Self::Json => "application/json",
            Self::GeoJson => "application/geo+json",
        }
    }
}

impl Report {
    /// The bytes of a shape.
    ///
    /// # Errors
    /// A sentence, where the encoder fails.
    pub fn bytes(&self, shape: Shape) -> Result<Vec<u8>, String> {
        let written = match shape {
            Shape::Json => serde_json::to_vec(self),
            Shape::GeoJson => serde_json::to_vec(&self.geojson()),
        };
        written.map_err(|fault| fault.to_string())
    }

    /// What the answer is about.
    pub fn about(&self) -> &CoverageAbout {
        match self {
            Self::Cover(report) => &report.about,
            Self::Stand(report) => &report.about,
            Self::Siting(report) => &report.about,
        }
    }

    fn geojson(&self) -> Value {
        let features = match self {
            Self::Cover(report) => &report.features,
            Self::Stand(report) => &report.features,
            Self::Siting(report) => &report.features,
        };
        let mut members = Map::new();
        members.insert("name".into(), "coverage".into());
        if self.about().synthetic {
            members.insert("notice".into(), NOTICE.into());
        }
        members.insert("report".into(), json!(self));
        collection(features.clone(), members)
    }
}

/// A GeoJSON feature; `kind` is what it is, for styles and filters.
pub fn feature(id: String, kind: &str, geometry: Value, mut properties: Value) -> Value {
    if let Some(fields) = properties.as_object_mut() {
        fields.insert("id".into(), id.clone().into());
        fields.insert("kind".into(), kind.into());
    }
    json!({ "type": "Feature", "id": id, "geometry": geometry, "properties": properties })
}
