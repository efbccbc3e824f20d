//! A draft of zones beside what there was, as figures and as areas.

use serde::Serialize;
use serde_json::{Map, Value, json};
use utoipa::ToSchema;

use crate::app::zones::ZonesRequest;
use crate::exchange::feature_geojson::{collection, local_time};
use crate::place::district::District;
use crate::risk::surface::RiskSurface;

/// Said of a district that is made up.
const NOTICE: &str = "SYNTHETIC 模拟数据";

/// What a draft is about.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub struct ZonesAbout {
    /// The district's name.
    pub district: String,
    /// Whether everything is made up.
    pub synthetic: bool,
    /// The model that says where calls are expected.
    pub model: String,
    /// Incidents that it learned from.
    pub events: usize,
    /// First instant of the time whose work is balanced, with the district's offset.
    pub window_start: String,
    /// First instant after it.
    pub window_end: String,
    /// Calls expected a day.
    pub calls_per_day: f64,
    /// Cells.
    pub cells: usize,
    /// H3 resolution.
    pub resolution: u8,
    /// Minutes that a call binds a unit that is there.
    pub handling_minutes: f64,
    /// Minutes to drive a kilometre as the crow flies.
    pub pace_min_per_km: f64,
    /// Start of chance.
    pub seed: u64,
    /// Version of the program.
    pub version: String,
}

impl ZonesAbout {
    pub(crate) fn of(district: &District, surface: &RiskSurface, request: &ZonesRequest) -> Self {
        let made = &surface.provenance;
        let zone = district.zone().unwrap_or(jiff::tz::TimeZone::UTC);
        Self {
            district: district.name.clone(),
            synthetic: district.synthetic,
            model: made.model.clone(),
            events: made.events,
            window_start: local_time(made.window.start(), &zone),
            window_end: local_time(made.window.end(), &zone),
            calls_per_day: surface.total() / (made.window.length().0 / 86_400.0),
            cells: surface.grid.len(),
            resolution: surface.grid.resolution(),
            handling_minutes: request.handling_s / 60.0,
            pace_min_per_km: 0.0,
            seed: request.seed,
            version: env!("CARGO_PKG_VERSION").into(),
        }
    }
}

/// One zone.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub struct ZoneRow {
    /// Its id: that of the beat whose name it keeps, or a new one.
    pub id: String,
    /// Its name.
    pub name: String,
    /// Name of the beat that it carries on, whether or not it keeps the name.
    pub was: Option<String>,
    /// Whether its ground was locked.
    pub locked: bool,
    /// Cells.
    pub cells: usize,
    /// Ground, km².
    pub km2: f64,
    /// Calls expected a day.
    pub calls_per_day: f64,
    /// Work, hours a day.
    pub work_h: f64,
    /// Of these, driving to calls.
    pub driving_h: f64,
    /// Work of the beat that it carries on, hours a day.
    pub work_h_before: Option<f64>,
    /// 4π · area / border².
    pub compactness: f64,
    /// Of how many connected pieces it is.
    pub pieces: usize,
    /// How soon its calls are answered, where that was simulated and calls came.
    pub response: Option<ZoneRowResponse>,
    /// The same of the beat that it carries on, under what there was.
    pub response_before: Option<ZoneRowResponse>,
}

/// How soon the calls of one zone are answered, all draws together, by whomever.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub struct ZoneRowResponse {
    /// Calls of all draws.
    pub calls: usize,
    /// Mean from call to arrival, seconds; none where nobody came.
    pub mean_s: Option<f64>,
    /// Shares answered within 1, 3, 5 and 8 minutes.
    pub within: Vec<f64>,
}

/// A partition's spread and shape.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
#[schema(as = ZonesSpread)]
pub struct Spread {
    /// Zones.
    pub zones: usize,
    /// Mean work of one, hours a day.
    pub mean_h: f64,
    /// Standard deviation, hours a day.
    pub sd_h: f64,
    /// Variance, hours² a day²: the imbalance of Zhu, Wang & Xie 2021.
    pub variance_h2: f64,
    /// Most work over the mean.
    pub most_over_mean: f64,
    /// Mean compactness.
    pub compactness: f64,
    /// Borders between zones, km.
    pub border_km: f64,
    /// Share of them along a big road.
    pub border_along_road: f64,
}

/// What became of what there was.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
#[schema(as = ZonesChange)]
pub struct Change {
    /// Before.
    pub before: Spread,
    /// By what share the imbalance fell: the variance, or, where the numbers of zones
    /// differ, the variance over the mean squared. None where there was none.
    pub imbalance_cut: Option<f64>,
    /// Cells that changed.
    pub moved_cells: usize,
    /// Their share of all cells.
    pub moved_share: f64,
    /// Share of the calls in them.
    pub moved_calls_share: f64,
}

/// A draft.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub struct ZonesReport {
    /// What it is about.
    pub about: ZonesAbout,
    /// The draft's spread and shape.
    pub after: Spread,
    /// Against what there was; none where there was nothing.
    pub change: Option<Change>,
    /// The zones, in the order of the beats that they carry on, new ones last.
    pub zones: Vec<ZoneRow>,
    /// How soon calls are answered under both, where that was asked for.
    pub response: Option<ResponseChange>,
    /// What to beware of; empty where nothing.
    pub notes: Vec<String>,
    /// The areas.
    #[serde(skip)]
    pub features: Vec<Value>,
}

/// How soon calls are answered before and after, simulated on the same calls.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub struct ResponseChange {
    /// Under what there was.
    pub before: Response,
    /// Under the draft.
    pub after: Response,
    /// Mean response after less before, seconds, draw by draw.
    pub difference_s: Estimated,
    /// Units of each zone.
    pub units: usize,
    /// Draws of calls.
    pub seeds: u32,
    /// Mean number of calls of a draw.
    pub calls: f64,
}

/// How soon calls are answered; each zone's own units first, then the nearest of all.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub struct Response {
    /// Mean from call to arrival, seconds.
    pub mean_s: Estimated,
    /// 90th percentile, seconds.
    pub p90_s: Estimated,
    /// Shares answered within 1, 3, 5 and 8 minutes.
    pub within: Vec<Estimated>,
    /// Share of the calls that waited until a unit was free.
    pub queued: Estimated,
    /// Share of the calls answered by a unit of their own zone.
    pub own: Estimated,
    /// Of the busiest zone's units, the share of their time spent on calls.
    pub busiest: f64,
    /// Of the least busy zone's.
    pub least_busy: f64,
}

/// A mean over draws with its 95 % interval; no ends from a single draw.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, ToSchema)]
pub struct Estimated {
    /// Over draws.
    pub mean: f64,
    /// Lower end.
    pub low: Option<f64>,
    /// Upper end.
    pub high: Option<f64>,
}

impl ZonesReport {
    /// The zones as GeoJSON: an area each, ready to be imported as beats or zones; the
    /// figures are a foreign member.
    pub fn geojson(&self) -> String {
        let mut members = Map::new();
        members.insert("name".into(), "zones".into());
        if self.about.synthetic {
            members.insert("notice".into(), NOTICE.into());
        }
        members.insert("report".into(), json!(self));
        collection(self.features.clone(), members).to_string()
    }
}
