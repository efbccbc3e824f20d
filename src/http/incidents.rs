//! `GET /api/incidents`: incidents as GeoJSON, page by page, oldest first.

use axum::Json;
use axum::extract::State;
use axum::http::header;
use axum::response::{IntoResponse, Response};
use jiff::Timestamp;
use jiff::tz::TimeZone;
use serde::Serialize;
use serde_json::{Map, Value};
use utoipa::ToSchema;
use utoipa_axum::{router::OpenApiRouter, routes};

use crate::app::session::incident_points::PointFilter;
use crate::app::session::snapshot::Snapshot;
use crate::exchange::feature_geojson as geojson;
use crate::exchange::write::from_incident::incident;
use crate::exchange::write::layers::INCIDENTS;
use crate::exchange::write::row::{FeatureRow, FieldValue};
use crate::http::api::Service;
use crate::http::geojson_body::GEO_JSON;
use crate::http::incident_filter::{narrowing, pairs};
use crate::http::problem::Problem;
use crate::http::query::{Query, quoted};

const DEFAULT_LIMIT: u32 = 1000;
const MOST: u32 = 10_000;

/// A page of incidents: a GeoJSON feature collection.
#[derive(Debug, Serialize, ToSchema)]
struct IncidentPage {
    /// Always `FeatureCollection`.
    #[serde(rename = "type")]
    kind: String,
    /// Properties: id, at, until, category, priority, origin, state, synthetic.
    #[schema(value_type = Vec<Object>)]
    features: Vec<Value>,
    /// How many are on this page.
    number_returned: usize,
    /// How many match in all; absent where they were not counted.
    number_matched: Option<usize>,
    /// How many of them come before this page; absent where they were not counted.
    offset: Option<usize>,
    /// Address of the next page; none on the last.
    next: Option<String>,
}

/// The route.
pub fn routes() -> OpenApiRouter<Service> {
    OpenApiRouter::new().routes(routes!(incidents))
}

/// Where a page begins.
enum Begin {
    /// After an incident, by time and id; none: at the first.
    After(Option<(Timestamp, String)>),
    /// After so many.
    Offset(usize),
    /// So that an incident is on it.
    Around(String),
}

/// Incidents, oldest first. With `offset`, `around` or `order` a page is cut from all that
/// match, which are counted then (`number_matched`): for tables that jump. Without them it is
/// read from the store and goes on by its `next`.
#[utoipa::path(get, path = "/api/incidents", tag = "district",
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
        ("order" = Option<String>, Query, description = "oldest or newest first; oldest where absent"),
        ("limit" = Option<u32>, Query, description = "1 to 10000, 1000 where absent"),
        ("after" = Option<String>, Query, description = "As the link `next` gives it"),
        ("offset" = Option<u32>, Query, description = "Begin after so many"),
        ("around" = Option<String>, Query, description = "The page that holds the incident of \
            this id, of pages of `limit`; the first where it is not among them"),
    ),
    responses(
        (status = 200, description = "GeoJSON", body = IncidentPage,
            content_type = "application/geo+json"),
        (status = 400, description = "A parameter is wrong", body = Problem,
            content_type = "application/problem+json"),
        (status = 503, description = "Too many wait", body = Problem,
            content_type = "application/problem+json"),
    ))]
async fn incidents(State(service): State<Service>, mut query: Query) -> Result<Response, Problem> {
    let snapshot = service.session.snapshot();
    let filter = point_filter(&mut query, &snapshot)?;
    let limit = query.within("limit", 1, MOST)?.unwrap_or(DEFAULT_LIMIT);
    let newest_first = order(&mut query)?;
    let begin = begin(&mut query)?;
    query.finish()?;
    let is_plain = filter.narrowing.is_open() && newest_first.is_none();
    match begin {
        Begin::After(after) if is_plain => listed(&service, &snapshot, &filter, limit, after).await,
        Begin::After(Some(_)) if newest_first == Some(true) => Err(Problem::parameter(
            "order",
            "after goes on from the oldest; give offset with order=newest",
        )),
        begin => {
            let newest_first = newest_first.unwrap_or(false);
            cut(&service, &snapshot, filter, limit, begin, newest_first).await
        }
    }
}

/// A page from the store.
async fn listed(
    service: &Service,
    snapshot: &Snapshot,
    filter: &PointFilter,
    limit: u32,
    after: Option<(Timestamp, String)>,
) -> Result<Response, Problem> {
    let mut page = service.session.incidents(filter, limit + 1, after).await?;
    let more = page.len() > limit as usize;
    page.truncate(limit as usize);
    let next = page.last().filter(|_| more).map(|last| {
        let after = format!("{}~{}", last.at, last.id);
        address(filter, limit, &[("after", &after)])
    });
    let synthetic = snapshot.district.synthetic;
    let rows = page.iter().map(|it| incident(it, synthetic)).collect();
    let mut members = Map::new();
    members.insert("next".into(), next.into());
    Ok(answer(rows, members, &snapshot.zone))
}

/// A page from all that match.
async fn cut(
    service: &Service,
    snapshot: &Snapshot,
    filter: PointFilter,
    limit: u32,
    begin: Begin,
    newest_first: bool,
) -> Result<Response, Problem> {
    let session = &service.session;
    let choice = session.choice(snapshot, filter.clone()).await?;
    let (matched, limit) = (choice.len(), limit as usize);
    let goes_on_by_offset = !matches!(begin, Begin::After(_));
    let offset = match begin {
        Begin::After(None) => 0,
        Begin::After(Some((at, id))) => choice.up_to(at, &id),
        Begin::Offset(offset) => offset,
        Begin::Around(id) => match (choice.place_of(&id), newest_first) {
            // Pages begin where those of a table do, so that none need be read twice.
            (Some(place), false) => place / limit * limit,
            (Some(place), true) => (matched - 1 - place) / limit * limit,
            (None, _) => 0,
        },
    };
    let synthetic = snapshot.district.synthetic;
    let cut = move || choice.rows(offset, limit, newest_first, synthetic);
    let rows = tokio::task::spawn_blocking(cut)
        .await
        .map_err(Problem::internal)?;
    let end = offset.saturating_add(rows.len());
    let next = (end < matched).then(|| {
        let limit = u32::try_from(limit).unwrap_or(MOST);
        let last = rows.last().map(cursor_of).unwrap_or_default();
        match (goes_on_by_offset || newest_first, newest_first) {
            (false, _) => address(&filter, limit, &[("after", &last)]),
            (true, false) => address(&filter, limit, &[("offset", &end.to_string())]),
            (true, true) => address(
                &filter,
                limit,
                &[("order", "newest"), ("offset", &end.to_string())],
            ),
        }
    });
    let mut members = Map::new();
    members.insert("number_matched".into(), matched.into());
    members.insert("offset".into(), offset.into());
    members.insert("next".into(), next.into());
    Ok(answer(rows, members, &snapshot.zone))
}

fn answer(rows: Vec<FeatureRow>, mut members: Map<String, Value>, zone: &TimeZone) -> Response {
    let features: Vec<Value> = rows
        .iter()
        .map(|row| geojson::feature(&INCIDENTS, row, zone))
        .collect();
    members.insert("number_returned".into(), features.len().into());
    let body = Json(geojson::collection(features, members));
    ([(header::CONTENT_TYPE, GEO_JSON)], body).into_response()
}

fn address(filter: &PointFilter, limit: u32, more: &[(&str, &str)]) -> String {
    const PATH: &str = "/api/incidents?";
    let mut address = form_urlencoded::Serializer::for_suffix(PATH.to_owned(), PATH.len());
    for (name, value) in pairs(filter) {
        address.append_pair(name, &value);
    }
    address.append_pair("limit", &limit.to_string());
    for (name, value) in more {
        address.append_pair(name, value);
    }
    address.finish()
}

/// Time and id of a row, as `after` takes them.
fn cursor_of(row: &FeatureRow) -> String {
    match row.values.get(1) {
        Some(FieldValue::Time(at)) => format!("{at}~{}", row.id()),
        _ => String::new(),
    }
}

/// Whether the newest comes first, where it is said.
fn order(query: &mut Query) -> Result<Option<bool>, Problem> {
    match query.text("order")?.as_deref() {
        None => Ok(None),
        Some("oldest") => Ok(Some(false)),
        Some("newest") => Ok(Some(true)),
        Some(other) => Err(Problem::parameter(
            "order",
            format!("order must be oldest or newest, not {}", quoted(other)),
        )),
    }
}

fn begin(query: &mut Query) -> Result<Begin, Problem> {
    let after = query.text("after")?;
    let offset = query.within("offset", 0, u32::MAX)?;
    let around = query.text("around")?;
    match (after, offset, around) {
        (after, None, None) => {
            let after = after.map(|text| cursor(&text)).transpose()?;
            Ok(Begin::After(after))
        }
        (None, Some(offset), None) => Ok(Begin::Offset(offset as usize)),
        (None, None, Some(id)) => Ok(Begin::Around(id)),
        _ => Err(Problem::parameter(
            "offset",
            "a page begins at after, at offset or around an incident: give one of them",
        )),
    }
}

/// `from`, `until`, `category`, `beat`, `hours` and `area` of an address.
///
/// # Errors
/// [`Problem`] where one can't be read, the end is not after the start, or a category or a
/// beat is not known.
pub fn point_filter(query: &mut Query, snapshot: &Snapshot) -> Result<PointFilter, Problem> {
    let from = query.instant("from", &snapshot.zone)?;
    let until = query.instant("until", &snapshot.zone)?;
    if let (Some(from), Some(until)) = (from, until)
        && until <= from
    {
        return Err(Problem::parameter(
            "until",
            format!("until ({until}) must be after from ({from})"),
        ));
    }
    Ok(PointFilter {
        from,
        until,
        categories: known_categories(query.many("category"), snapshot)?,
        narrowing: narrowing(query, snapshot)?,
    })
}

/// The codes, sorted, each once.
///
/// # Errors
/// [`Problem`] that names the first code not in the category table.
pub fn known_categories(
    mut codes: Vec<String>,
    snapshot: &Snapshot,
) -> Result<Vec<String>, Problem> {
    codes.retain(|code| !code.is_empty());
    codes.sort();
    codes.dedup();
    match snapshot.unknown_category(&codes) {
        Some(code) => Err(Problem::parameter(
            "category",
            format!(
                "there is no category {}; /api/workspace lists them",
                quoted(code)
            ),
        )),
        None => Ok(codes),
    }
}

fn cursor(text: &str) -> Result<(Timestamp, String), Problem> {
    text.split_once('~')
        .and_then(|(at, id)| Some((at.parse().ok()?, id.to_owned())))
        .ok_or_else(|| {
            Problem::parameter(
                "after",
                "after must be taken from the link `next` of a page",
            )
        })
}
