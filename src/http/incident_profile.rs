//! `GET /api/incidents/profile`: incidents counted by hour of the week, category, beat and
//! over time, for the same filter as the list, the map and the downloads.

use axum::extract::State;
use axum::http::HeaderMap;
use axum::response::Response;
use jiff::tz::TimeZone;
use serde::Serialize;
use utoipa::ToSchema;
use utoipa_axum::{router::OpenApiRouter, routes};

use crate::app::session::bodies::{BodyName, Encoded};
use crate::app::session::incident_profile::IncidentProfile;
use crate::app::session::snapshot::Snapshot;
use crate::exchange::feature_geojson::local_time;
use crate::http::api::Service;
use crate::http::etag::{Freshness, tagged};
use crate::http::incidents::point_filter;
use crate::http::problem::Problem;
use crate::http::query::Query;
use crate::incident::category::code_within;

/// Incidents of a filter, counted. Each count leaves its own question out: `hours` are of all
/// chosen categories, beats and times in any hour, and so on; `number_matched` leaves none out.
#[derive(Debug, Serialize, ToSchema)]
struct ProfileBody {
    /// How many match.
    number_matched: u64,
    /// How many there are in the workspace.
    number_of: u64,
    /// How many of the matched hold a span of time.
    spans: u64,
    /// Most incidents of the workspace have a date only: their hours say nothing.
    dates_only: bool,
    /// The first of the matched; null where there is none.
    first: Option<String>,
    /// The last of the matched.
    last: Option<String>,
    /// By hour of the week, 0 (Monday 00:00) to 167. One that holds a span of time counts in
    /// each hour by the share of its span that the hour has.
    hours: Vec<f64>,
    /// The category table, children counted for their parents too.
    by_category: Vec<CodeCount>,
    /// All beats.
    by_beat: Vec<BeatCount>,
    /// How many lie in no beat.
    in_no_beat: u64,
    /// Over time.
    timeline: Timeline,
}

/// A category's incidents.
#[derive(Debug, Serialize, ToSchema)]
struct CodeCount {
    code: String,
    count: u64,
}

/// A beat's incidents.
#[derive(Debug, Serialize, ToSchema)]
struct BeatCount {
    id: String,
    name: String,
    count: u64,
}

/// Counts over time.
#[derive(Debug, Serialize, ToSchema)]
struct Timeline {
    /// `day`, `week` (from Monday on) or `month`.
    step: &'static str,
    /// In order, without a gap.
    bars: Vec<Bar>,
}

/// A stretch of the timeline.
#[derive(Debug, Serialize, ToSchema)]
struct Bar {
    /// Its first local day.
    start: String,
    count: u64,
}

/// The route.
pub fn routes() -> OpenApiRouter<Service> {
    OpenApiRouter::new().routes(routes!(profile))
}

/// Incidents counted by hour of the week, category, beat and over time.
#[utoipa::path(get, path = "/api/incidents/profile", tag = "district",
    params(
        ("from" = Option<String>, Query, description = "Not before; RFC 3339 or local"),
        ("until" = Option<String>, Query, description = "Before this"),
        ("category" = Option<Vec<String>>, Query,
            description = "Category codes, children included; may be repeated"),
        ("beat" = Option<Vec<String>>, Query, description = "Ids of beats; may be repeated"),
        ("hours" = Option<String>, Query,
            description = "Hours of every day like 22-6, or of the week, 0 (Monday 00:00) to 167; a span counts by its middle"),
        ("area" = Option<String>, Query,
            description = "WEST,SOUTH,EAST,NORTH, or a ring LON,LAT,LON,LAT,…"),
    ),
    responses(
        (status = 200, description = "The counts", body = ProfileBody),
        (status = 304, description = "The client has it"),
        (status = 400, description = "A parameter is wrong", body = Problem,
            content_type = "application/problem+json"),
        (status = 503, description = "Too many wait", body = Problem,
            content_type = "application/problem+json"),
    ))]
async fn profile(
    State(service): State<Service>,
    headers: HeaderMap,
    mut query: Query,
) -> Result<Response, Problem> {
    let session = &service.session;
    let snapshot = session.snapshot();
    let filter = point_filter(&mut query, &snapshot)?;
    query.finish()?;
    let name = BodyName::Profile(snapshot.content(), format!("{filter:?}"));
    let body = match session.bodies.get(&name) {
        Some(body) => body,
        None => {
            let counted = session.incident_profile(&snapshot, filter).await?;
            let body = ProfileBody::of(counted, &snapshot);
            let body = serde_json::to_vec(&body)
                .map(Encoded::new)
                .map_err(Problem::internal)?;
            session.bodies.put(name, body.clone());
            body
        }
    };
    Ok(tagged(
        &headers,
        &body.hash,
        "application/json",
        Freshness::Revalidate,
        body.bytes,
    ))
}

impl ProfileBody {
    fn of(counted: IncidentProfile, snapshot: &Snapshot) -> Self {
        let zone: &TimeZone = &snapshot.zone;
        let category = |code: &str| {
            let of = counted.by_code.iter().filter(|(c, _)| code_within(c, code));
            CodeCount {
                code: code.to_owned(),
                count: of.map(|(_, count)| count).sum(),
            }
        };
        let table = snapshot.categories.iter();
        let beats = snapshot.layers.beats.iter().zip(&counted.by_beat);
        let bars = counted.bars.iter().map(|(start, count)| Bar {
            start: start.to_string(),
            count: *count,
        });
        Self {
            number_matched: counted.matched,
            number_of: counted.of,
            spans: counted.spans,
            dates_only: counted.dates_only,
            first: counted.first.map(|at| local_time(at, zone)),
            last: counted.last.map(|at| local_time(at, zone)),
            hours: counted.hours.hours().to_vec(),
            by_category: table.map(|it| category(&it.category.code)).collect(),
            by_beat: beats
                .map(|(beat, &count)| BeatCount {
                    id: beat.id.to_string(),
                    name: beat.name.clone(),
                    count,
                })
                .collect(),
            in_no_beat: counted.in_no_beat,
            timeline: Timeline {
                step: counted.step.word(),
                bars: bars.collect(),
            },
        }
    }
}
