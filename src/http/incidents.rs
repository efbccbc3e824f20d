//! `GET /api/incidents`: incidents as GeoJSON, page by page, oldest first.

use axum::Json;
use axum::extract::State;
use axum::http::header;
use axum::response::{IntoResponse, Response};
use jiff::Timestamp;
use serde::Serialize;
use serde_json::{Map, Value};
use utoipa::ToSchema;
use utoipa_axum::{router::OpenApiRouter, routes};

use crate::app::session::incident_points::PointFilter;
use crate::app::session::snapshot::Snapshot;
use crate::exchange::feature_geojson as geojson;
use crate::exchange::write::from_incident::incident;
use crate::exchange::write::layers::INCIDENTS;
use crate::http::api::Service;
use crate::http::geojson_body::GEO_JSON;
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
    /// Address of the next page; none on the last.
    next: Option<String>,
}

/// The route.
pub fn routes() -> OpenApiRouter<Service> {
    OpenApiRouter::new().routes(routes!(incidents))
}

/// Incidents, oldest first.
#[utoipa::path(get, path = "/api/incidents", tag = "district",
    params(
        ("from" = Option<String>, Query, description = "Not before; RFC 3339 or local"),
        ("until" = Option<String>, Query, description = "Before this"),
        ("category" = Option<Vec<String>>, Query,
            description = "Category codes, children included; may be repeated"),
        ("limit" = Option<u32>, Query, description = "1 to 10000, 1000 where absent"),
        ("after" = Option<String>, Query, description = "As the link `next` gives it"),
    ),
    responses(
        (status = 200, description = "GeoJSON", body = IncidentPage,
            content_type = "application/geo+json"),
        (status = 400, description = "A parameter is wrong", body = Problem,
            content_type = "application/problem+json"),
    ))]
async fn incidents(State(service): State<Service>, mut query: Query) -> Result<Response, Problem> {
    let snapshot = service.session.snapshot();
    let filter = point_filter(&mut query, &snapshot)?;
    let limit = query.within("limit", 1, MOST)?.unwrap_or(DEFAULT_LIMIT);
    let after = match query.text("after")? {
        Some(text) => Some(cursor(&text)?),
        None => None,
    };
    query.finish()?;
    let mut page = service.session.incidents(&filter, limit + 1, after).await?;
    let more = page.len() > limit as usize;
    page.truncate(limit as usize);
    let next = page.last().filter(|_| more).map(|last| {
        let mut address = form_urlencoded::Serializer::new(String::from("/api/incidents?"));
        if let Some(from) = filter.from {
            address.append_pair("from", &from.to_string());
        }
        if let Some(until) = filter.until {
            address.append_pair("until", &until.to_string());
        }
        for category in &filter.categories {
            address.append_pair("category", category);
        }
        address.append_pair("limit", &limit.to_string());
        address.append_pair("after", &format!("{}~{}", last.at, last.id));
        address.finish()
    });
    let synthetic = snapshot.district.synthetic;
    let features: Vec<Value> = page
        .iter()
        .map(|it| geojson::feature(&INCIDENTS, &incident(it, synthetic), &snapshot.zone))
        .collect();
    let mut members = Map::new();
    members.insert("number_returned".into(), features.len().into());
    members.insert("next".into(), next.into());
    let body = Json(geojson::collection(features, members));
    Ok(([(header::CONTENT_TYPE, GEO_JSON)], body).into_response())
}

/// `from`, `until` and `category` of an address.
///
/// # Errors
/// [`Problem`] where one can't be read, the end is not after the start, or a category is
/// not known.
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
