//! The items of a collection: a page of features, and one feature.

use std::sync::Arc;

use axum::extract::{Path, State};
use axum::http::{HeaderName, HeaderValue};
use axum::response::Response;
use serde_json::{Value, json};

use crate::app::clock;
use crate::app::export::wanted::{After, Wanted};
use crate::app::session::Session;
use crate::app::session::bodies::short_hash;
use crate::app::session::error::SessionError;
use crate::exchange::feature_geojson::feature;
use crate::exchange::write::feature_json::JsonFeature;
use crate::exchange::write::layer::Layer;
use crate::exchange::write::row::FeatureRow;
use crate::http::api::Service;
use crate::http::geojson_body::GEO_JSON;
use crate::http::ogc::asked::{Asked, Form, HTML, link};
use crate::http::ogc::collections::{known, path_segment};
use crate::http::ogc::cursor::{after, key};
use crate::http::ogc::frames::{CRS84, OgcFrame, frame_of};
use crate::http::ogc::pages;
use crate::http::ogc::select::Selection;
use crate::http::problem::Problem;
use crate::http::query::{Query, quoted};

/// Features on a page where no number is asked for.
pub const DEFAULT_LIMIT: usize = 100;

/// Most features on a page.
pub const MOST: usize = 10_000;

/// Rows looked at to say how many match; with more it is left unsaid.
const MOST_COUNTED: u64 = 200_000;

/// A page, and what is said of it.
struct Page {
    rows: Vec<FeatureRow>,
    next: Option<String>,
    matched: Option<u64>,
}

/// `GET /ogc/collections/{id}/items`.
///
/// # Errors
/// [`Problem`].
pub async fn items(
    State(service): State<Service>,
    Path(id): Path<String>,
    mut asked: Asked,
) -> Result<Response, Problem> {
    let layer = known(&id)?;
    let snapshot = service.session.snapshot();
    let frame = frame_of(&snapshot, "crs", asked.query.text("crs")?.as_deref())?;
    let limit = limit(asked.query.text("limit")?.as_deref())?;
    let start = after(layer, asked.query.text("after")?.as_deref())?;
    let again = asked.query.clone();
    let mut selection = Selection::read(&mut asked.query, layer, &snapshot)?;
    if selection.has_beginning() {
        selection.begin(service.session.longest_span(&snapshot).await?);
    }
    std::mem::take(&mut asked.query).finish()?;
    let page = page(&service.session, layer, selection, start, limit).await?;

    let mut links = item_links(&asked, layer, limit, &frame, &again, page.next.as_deref());
    if asked.form == Form::Html {
        let text = pages::items(
            &asked,
            layer,
            &page.rows,
            &snapshot.zone,
            page.matched,
            &links,
        );
        return Ok(asked.answer(HTML, text.into_bytes()));
    }
    links.push(link(
        "collection",
        "application/json",
        &asked.address(&format!("/collections/{}", layer.name)),
        layer.en,
    ));
    let mut body = b"{\"type\":\"FeatureCollection\",\"features\":[".to_vec();
    for (number, row) in page.rows.iter().enumerate() {
        if number > 0 {
            body.push(b',');
        }
        let placed = placed(row, &frame);
        let feature = JsonFeature {
            swapped: frame.is_swapped,
            ..JsonFeature::new(layer, &placed, &snapshot.zone)
        };
        serde_json::to_writer(&mut body, &feature).map_err(Problem::internal)?;
    }
    body.push(b']');
    let mut members = json!({ "numberReturned": page.rows.len(), "links": links });
    if let Some(matched) = page.matched {
        members["numberMatched"] = matched.into();
    }
    for (name, value) in members.as_object().into_iter().flatten() {
        body.extend(format!(",\"{name}\":{value}").into_bytes());
    }
    // When it was made is not what it says.
    let hash = short_hash(&body);
    body.extend(format!(",\"timeStamp\":\"{}\"}}", clock::now()).into_bytes());
    let response = asked.tagged(GEO_JSON, &hash, body);
    Ok(with_frame(response, &frame))
}

/// `GET /ogc/collections/{id}/items/{feature}`.
///
/// # Errors
/// [`Problem`].
pub async fn item(
    State(service): State<Service>,
    Path((id, wanted)): Path<(String, String)>,
    mut asked: Asked,
) -> Result<Response, Problem> {
    let layer = known(&id)?;
    let snapshot = service.session.snapshot();
    let frame = frame_of(&snapshot, "crs", asked.query.text("crs")?.as_deref())?;
    std::mem::take(&mut asked.query).finish()?;
    let row = service.session.row(layer, &wanted).await?.ok_or_else(|| {
        let detail = format!("there is no feature {} in {}", quoted(&wanted), layer.name);
        Problem::unknown("feature", detail)
    })?;
    let mut links = asked.own_links(GEO_JSON);
    links.push(link(
        "collection",
        "application/json",
        &asked.address(&format!("/collections/{}", layer.name)),
        layer.en,
    ));
    if asked.form == Form::Html {
        let text = pages::item(&asked, layer, &row, &snapshot.zone, &links);
        return Ok(asked.answer(HTML, text.into_bytes()));
    }
    let placed = placed(&row, &frame);
    let mut body = match frame.is_swapped {
        false => feature(layer, &placed, &snapshot.zone),
        true => serde_json::to_value(JsonFeature {
            swapped: true,
            ..JsonFeature::new(layer, &placed, &snapshot.zone)
        })
        .map_err(Problem::internal)?,
    };
    body["links"] = links.into();
    let response = asked.answer(GEO_JSON, body.to_string().into_bytes());
    Ok(with_frame(response, &frame))
}

/// Gathers a page, and counts where that is cheap enough.
async fn page(
    session: &Arc<Session>,
    layer: &'static Layer,
    selection: Selection,
    start: After,
    limit: usize,
) -> Result<Page, Problem> {
    let is_first = start == After::Start;
    let first = Wanted {
        at_first: u32::try_from(limit + 1).ok(),
        ..selection.wanted.clone()
    };
    let mut rows = session.rows(layer, first, start).await?;
    let selection = Arc::new(selection);
    let mut found: Vec<FeatureRow> = Vec::new();
    while found.len() <= limit {
        let Some(batch) = rows.next().await.map_err(SessionError::from)? else {
            break;
        };
        let taken = selection.clone();
        let batch = tokio::task::spawn_blocking(move || {
            let mut batch = batch;
            batch.retain(|row| taken.takes(row));
            batch
        });
        let batch = batch.await.map_err(Problem::internal)?;
        let room = (limit + 1).saturating_sub(found.len());
        found.extend(batch.into_iter().take(room));
    }
    let has_more = found.len() > limit;
    found.truncate(limit);
    let next = found
        .last()
        .filter(|_| has_more)
        .map(|last| key(layer, last));
    let matched = count(session, layer, &selection, is_first).await?;
    Ok(Page {
        rows: found,
        next,
        matched,
    })
}

/// How many rows match; none where too many would have to be looked at, and on further pages
/// where all would be again.
async fn count(
    session: &Arc<Session>,
    layer: &'static Layer,
    selection: &Arc<Selection>,
    is_first: bool,
) -> Result<Option<u64>, Problem> {
    if layer.name == "incidents" && selection.is_all() {
        return Ok(Some(session.incident_count(&selection.wanted).await?));
    }
    let is_read_anew = matches!(
        layer.name,
        "incidents" | "forecast_cells" | "plan_routes" | "plan_stops"
    );
    let incidents = session.snapshot().incident_count;
    if is_read_anew && !is_first || layer.name == "incidents" && incidents > MOST_COUNTED {
        return Ok(None);
    }
    let mut rows = session
        .rows(layer, selection.wanted.clone(), After::Start)
        .await?;
    let (mut seen, mut matched) = (0, 0);
    while let Some(batch) = rows.next().await.map_err(SessionError::from)? {
        seen += batch.len() as u64;
        if seen > MOST_COUNTED {
            return Ok(None);
        }
        let selection = selection.clone();
        let taken = tokio::task::spawn_blocking(move || {
            batch.iter().filter(|row| selection.takes(row)).count() as u64
        });
        matched += taken.await.map_err(Problem::internal)?;
    }
    Ok(Some(matched))
}

/// 1 or more; what is over the most counts as that (Part 1, 7.15.2).
fn limit(text: Option<&str>) -> Result<usize, Problem> {
    let Some(text) = text else {
        return Ok(DEFAULT_LIMIT);
    };
    let is_number = !text.is_empty() && text.bytes().all(|b| b.is_ascii_digit());
    match text.parse::<usize>() {
        Ok(0) => {}
        Ok(number) => return Ok(number.min(MOST)),
        Err(_) if is_number => return Ok(MOST),
        Err(_) => {}
    }
    Err(Problem::parameter(
        "limit",
        format!(
            "limit must be a whole number from 1 to {MOST}, not {}",
            quoted(text)
        ),
    ))
}

fn item_links(
    asked: &Asked,
    layer: &Layer,
    limit: usize,
    frame: &OgcFrame,
    again: &Query,
    next: Option<&str>,
) -> Vec<Value> {
    let path = format!("/collections/{}/items", path_segment(layer.name));
    let address = |form: &str, after: Option<&str>| {
        let start = format!("{}?", asked.address(&path));
        let at = start.len();
        let mut address = form_urlencoded::Serializer::for_suffix(start, at);
        address.append_pair("f", form);
        for (name, value) in again.pairs() {
            address.append_pair(name, value);
        }
        if frame.uri != CRS84 {
            address.append_pair("crs", &frame.uri);
        }
        address.append_pair("limit", &limit.to_string());
        if let Some(after) = after {
            address.append_pair("after", after);
        }
        address.finish()
    };
    let (json_rel, html_rel, own) = match asked.form {
        Form::Json => ("self", "alternate", "json"),
        Form::Html => ("alternate", "self", "html"),
    };
    let mut links = vec![
        link(json_rel, GEO_JSON, &address("json", None), "as GeoJSON"),
        link(html_rel, "text/html", &address("html", None), "as a page"),
    ];
    if let Some(next) = next {
        let media_type = if own == "json" { GEO_JSON } else { "text/html" };
        links.push(link(
            "next",
            media_type,
            &address(own, Some(next)),
            "next page",
        ));
    }
    links
}

/// The row in a frame, as it is written there.
fn placed(row: &FeatureRow, frame: &OgcFrame) -> FeatureRow {
    FeatureRow {
        geometry: row.geometry.as_ref().map(|shape| frame.place(shape)),
        values: row.values.clone(),
    }
}

fn with_frame(mut response: Response, frame: &OgcFrame) -> Response {
    if let Ok(value) = HeaderValue::from_str(&format!("<{}>", frame.uri)) {
        let name = HeaderName::from_static("content-crs");
        response.headers_mut().insert(name, value);
    }
    response
}
