//! A surface and its cells as the API shows them.

use std::collections::BTreeMap;

use jiff::tz::TimeZone;
use serde::Serialize;
use utoipa::ToSchema;

use crate::app::record::{Trust, TrustedModel};
use crate::app::session::near::beat_at;
use crate::app::session::prepared::PreparedSurface;
use crate::app::session::snapshot::Snapshot;
use crate::calendar::window::Window;
use crate::exchange::feature_geojson::local_time;
use crate::http::near::BeatName;
use crate::http::records::LawBody;
use crate::risk::dispersion::{INTERVAL, Law};
use crate::risk::record::BASELINE;
use crate::risk::scorecard::{SHOWN_AREA, Scorecard};
use crate::risk::surface::Provenance;

/// A stretch of time.
#[derive(Debug, Serialize, ToSchema)]
pub struct WindowBody {
    /// The first instant inside, with the district's offset.
    #[schema(example = "2026-10-31T22:00:00+08:00")]
    pub start: String,
    /// The first instant after.
    #[schema(example = "2026-11-01T06:00:00+08:00")]
    pub end: String,
}

/// What made a surface.
#[derive(Debug, Serialize, ToSchema)]
pub struct ProvenanceBody {
    /// `count`, `kde`, `adaptive_kde`, `prospective`, `hawkes`, `risk_terrain` or `mixture`.
    pub model: String,
    /// Its parameters.
    pub parameters: BTreeMap<String, String>,
    /// The past it looked at; its end is the data cut-off.
    pub look_back: WindowBody,
    /// What it is for.
    pub window: WindowBody,
    /// Hours of the week that count.
    pub hours: Vec<u8>,
    /// Category codes; empty means all.
    pub categories: Vec<String>,
    /// H3 resolution.
    pub resolution: u8,
    /// How many events it learned from.
    pub events: usize,
    /// SHA-256 of the events and the grid.
    pub inputs_sha256: String,
    /// Version of the program.
    pub version: String,
}

/// A surface.
#[derive(Debug, Serialize, ToSchema)]
pub struct SurfaceBody {
    /// Names it in addresses.
    id: String,
    /// Template of its tiles' addresses.
    tiles: String,
    /// Expected incidents in all cells.
    total: f64,
    /// Density of the hottest cell.
    max_per_km2: f64,
    /// Of the densities.
    unit: &'static str,
    window: WindowBody,
    /// The data cut-off.
    data_until: String,
    /// Whether it rests on too few incidents (fewer than 30) or too short a time (less than a
    /// week) to be a map.
    not_enough_data: bool,
    /// Days from the end of the data to the window's start where these are more than 28;
    /// else null.
    stale_days: Option<i64>,
    model: String,
    /// Why it is this model: `asked` for by its name; by the `record` of this question, or
    /// by the `record_of_all` incidents where the question's own was not made so far (ask
    /// `/api/record`); `no_record`: the plain count.
    chosen_by: &'static str,
    /// How the model did on the last weeks; null where it has no record.
    record: Option<RecordLine>,
    /// By what law counts scatter about the expectations, by the model's record; null
    /// where it has none.
    law: Option<LawBody>,
    parameters: BTreeMap<String, String>,
    /// How many events it learned from.
    events: usize,
    /// How many hexagons it has.
    cells: usize,
    /// Whether no event was learned from.
    empty: bool,
    /// Whether the data are made up.
    synthetic: bool,
    /// The legend, class 5 first.
    classes: Vec<ClassBody>,
    provenance: ProvenanceBody,
    links: SurfaceLinks,
}

/// A model's record in one line.
#[derive(Debug, Serialize, ToSchema)]
struct RecordLine {
    /// Weeks scored.
    weeks: usize,
    /// Share of the area that is flagged, 0 to 1.
    area: f64,
    /// Share of the incidents of these weeks that lay in it, 0 to 1.
    hits: f64,
    /// The same of the plain count.
    count_hits: f64,
}

/// A row of the legend: a share of the district's area.
#[derive(Debug, Serialize, ToSchema)]
struct ClassBody {
    /// 5 (hottest) to 1.
    class: u8,
    /// 0 to 1.
    share_from: f64,
    /// 0 to 1.
    share_to: f64,
    /// Density of its coolest cell; none where it has no cell.
    min_per_km2: Option<f64>,
    /// How many cells it has.
    cells: usize,
    /// Expected incidents in it.
    expected: f64,
}

/// Where else it is.
#[derive(Debug, Serialize, ToSchema)]
struct SurfaceLinks {
    geojson: String,
    cells: String,
}

/// A hexagon of a surface.
#[derive(Debug, Serialize, ToSchema)]
pub struct CellBody {
    /// H3 index.
    #[schema(example = "8a2a1072b59ffff")]
    cell: String,
    /// From 1, by density.
    rank: u32,
    /// Longitude, latitude.
    centre: [f64; 2],
    /// Expected incidents in the window.
    expected: f64,
    /// 80 % of what may come, both ends included, by the law of the model's record
    /// (Poisson's where it has none).
    interval: [u64; 2],
    /// The chance of one or more, 0 to 1, by the same law.
    at_least_one: f64,
    per_km2: f64,
    /// 5 (hottest) to 1, or 0.
    class: u8,
    /// The beat of its centre.
    beat: Option<BeatName>,
}

/// The hottest cells.
#[derive(Debug, Serialize, ToSchema)]
pub struct CellsBody {
    /// Hottest first.
    pub cells: Vec<CellBody>,
}

impl WindowBody {
    /// With the zone's offset.
    pub fn of(window: Window, zone: &TimeZone) -> Self {
        Self {
            start: local_time(window.start(), zone),
            end: local_time(window.end(), zone),
        }
    }
}

impl ProvenanceBody {
    /// With the zone's offset.
    pub fn of(made_by: &Provenance, zone: &TimeZone) -> Self {
        Self {
            model: made_by.model.clone(),
            parameters: made_by.parameters.clone(),
            look_back: WindowBody::of(made_by.look_back, zone),
            window: WindowBody::of(made_by.window, zone),
            hours: made_by.hours.clone().into(),
            categories: made_by.categories.clone(),
            resolution: made_by.resolution,
            events: made_by.events,
            inputs_sha256: made_by.inputs_sha256.clone(),
            version: made_by.version.clone(),
        }
    }
}

impl RecordLine {
    fn of(card: &Scorecard, model: &str) -> Option<Self> {
        Some(Self {
            weeks: card.windows,
            area: SHOWN_AREA,
            hits: card.hits(model, SHOWN_AREA)?,
            count_hits: card.hits(BASELINE, SHOWN_AREA)?,
        })
    }
}

impl SurfaceBody {
    /// What is shown of a surface.
    pub fn of(
        prepared: &PreparedSurface,
        snapshot: &Snapshot,
        trusted: &TrustedModel,
        asked: bool,
    ) -> Self {
        let id = &prepared.id;
        let surface = &prepared.fine.surface;
        let made_by = &surface.provenance;
        let hottest = prepared.fine.classes.order.first();
        Self {
            tiles: format!("/tiles/risk/{id}/{{z}}/{{x}}/{{y}}.mvt"),
            total: surface.total(),
            max_per_km2: hottest.map_or(0.0, |&i| surface.per_km2(i)),
            unit: "expected incidents per km² in the window",
            window: WindowBody::of(made_by.window, &snapshot.zone),
            not_enough_data: surface.is_thin(),
            stale_days: surface.stale_days(),
            data_until: local_time(made_by.look_back.end(), &snapshot.zone),
            model: made_by.model.clone(),
            chosen_by: match &trusted.why {
                _ if asked => "asked",
                Trust::Record(_) => "record",
                Trust::RecordOfAll(_) => "record_of_all",
                Trust::NoRecord => "no_record",
            },
            record: trusted
                .card()
                .and_then(|card| RecordLine::of(card, &made_by.model)),
            law: trusted.law_of(&made_by.model).map(LawBody::from),
            parameters: made_by.parameters.clone(),
            events: made_by.events,
            cells: surface.expected.len(),
            empty: made_by.events == 0,
            synthetic: snapshot.district.synthetic,
            classes: prepared
                .fine
                .classes
                .summary
                .iter()
                .map(|row| ClassBody {
                    class: row.class,
                    share_from: row.share_from,
                    share_to: row.share_to,
                    min_per_km2: Some(row.min_per_km2).filter(|_| row.cells > 0),
                    cells: row.cells,
                    expected: row.expected,
                })
                .collect(),
            provenance: ProvenanceBody::of(made_by, &snapshot.zone),
            links: SurfaceLinks {
                geojson: format!("/api/risk/{id}.geojson"),
                cells: format!("/api/risk/{id}/cells?limit=50"),
            },
            id: id.clone(),
        }
    }
}

impl CellBody {
    /// Cell `i` of a surface, which must be one of its cells.
    pub fn of(prepared: &PreparedSurface, i: usize, snapshot: &Snapshot, law: Law) -> Self {
        let hexagon = prepared.fine.hexagon(i);
        let centre = prepared.fine.surface.grid.centre(i);
        Self {
            cell: hexagon.cell.to_string(),
            rank: hexagon.rank,
            centre: centre.into(),
            expected: hexagon.expected,
            interval: law.interval(hexagon.expected, INTERVAL),
            at_least_one: law.at_least_one(hexagon.expected),
            per_km2: hexagon.per_km2,
            class: hexagon.class,
            beat: beat_at(snapshot, centre).map(|(id, name)| BeatName { id, name }),
        }
    }
}
