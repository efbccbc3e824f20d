//! `GET /api/export/{layer}.{format}`: a layer as a file, or all of them, streamed.
//!
//! A format that knows its bytes as it goes is sent as it is made; the others are made in
//! scratch files first. The answer begins with the first bytes, so that what can't be done
//! is a problem document and not half a file; a fault after that breaks the connection off.

use std::io::{self, Write};
use std::time::Duration;

use axum::body::Body;
use axum::extract::{Path, State};
use axum::http::{HeaderValue, header};
use axum::response::Response;
use bytes::Bytes;
use tokio::runtime::Handle;
use tokio::sync::mpsc;
use tokio_stream::wrappers::ReceiverStream;
use utoipa_axum::router::OpenApiRouter;

use crate::app::export::job::{ExportJob, Style};
use crate::app::export::source::{Asked, AskedError};
use crate::app::session::error::SessionError;
use crate::app::session::map_file::MEDIA_TYPE;
use crate::exchange::write::format::{FORMATS, OutFormat, format_words};
use crate::exchange::write::layer::Layer;
use crate::exchange::write::layers::{ALL, all_layers, layer_named, layer_names};
use crate::exchange::write::options::{OutFrame, TableGeometry};
use crate::http::api::Service;
use crate::http::problem::Problem;
use crate::http::query::{Query, quoted};
use crate::patrol::reason::Language;

/// Bytes sent at a time.
const CHUNK: usize = 64 * 1024;

/// Chunks that wait for a slow client; then the writing waits.
const AHEAD: usize = 8;

/// Who reads nothing for so long is gone.
const PATIENCE: Duration = Duration::from_secs(30);

/// The route.
pub fn routes() -> OpenApiRouter<Service> {
    OpenApiRouter::new()
        .route("/api/export/map.pmtiles", axum::routing::get(map))
        .route("/api/export/{file}", axum::routing::get(file))
}

/// The whole map as one PMTiles file: basemap, layers and incidents, as the tiles have them.
#[utoipa::path(get, path = "/api/export/map.pmtiles", tag = "district",
    responses(
        (status = 200, description = "The file", content_type = "application/vnd.pmtiles"),
        (status = 503, description = "Too many exports are running", body = Problem,
            content_type = "application/problem+json"),
    ))]
pub async fn map(State(service): State<Service>, query: Query) -> Result<Response, Problem> {
    query.finish()?;
    let session = service.session.clone();
    let make = async move |out| session.export_map(out).await.map(|_| ());
    streamed("map.pmtiles", MEDIA_TYPE, make).await
}

/// A layer as a file; all of them in one file where the format holds several.
#[utoipa::path(get, path = "/api/export/{layer}.{format}", tag = "district",
    params(
        ("layer" = String, Path, description = "boundary, stations, beats, zones, posts, \
            joint_duty_posts, commercial_districts, pillars, cameras, places, units, incidents, \
            risk, hot_spots, forecast_cells, plan_routes, plan_stops, basemap_lines, \
            basemap_areas or basemap_labels; all of them in kml, kmz, gpx, shp.zip, xlsx or gpkg"),
        ("format" = String, Path, description = "geojson, geojsons, csv, fgb, kml, kmz, gpx, \
            shp.zip, xlsx, gpkg or parquet"),
        ("frame" = Option<String>, Query, description = "wgs84, gcj02 or bd09"),
        ("lang" = Option<String>, Query, description = "zh or en: language of headers in tables"),
        ("bom" = Option<String>, Query, description = "1: text begins with a byte-order mark"),
        ("wkt" = Option<String>, Query, description = "1: points as WKT in tables"),
        ("from" = Option<String>, Query, description = "Incidents not before; RFC 3339 or local"),
        ("until" = Option<String>, Query, description = "Incidents before this"),
        ("category" = Option<Vec<String>>, Query,
            description = "Category codes of incidents, children included; may be repeated"),
        ("beat" = Option<Vec<String>>, Query,
            description = "Ids of beats that hold the incidents; may be repeated"),
        ("hours" = Option<String>, Query, description = "Of incidents: hours of every day like \
            22-6, or of the week, 0 (Monday 00:00) to 167; a span counts by its middle"),
        ("area" = Option<String>, Query, description = "Incidents inside: \
            WEST,SOUTH,EAST,NORTH, or a ring LON,LAT,LON,LAT,…"),
        ("plan" = Option<String>, Query, description = "Routes and stops of this plan only"),
        ("forecast" = Option<String>, Query, description = "Cells of this forecast only"),
        ("window" = Option<String>, Query, description = "Of the risk surface: a shift, \
            SHIFT@DATE or START/END"),
        ("model" = Option<String>, Query, description = "Of the risk surface"),
    ),
    responses(
        (status = 200, description = "The file", content_type = "application/octet-stream"),
        (status = 400, description = "A parameter is wrong", body = Problem,
            content_type = "application/problem+json"),
        (status = 404, description = "No such layer or format", body = Problem,
            content_type = "application/problem+json"),
        (status = 422, description = "The workspace has nothing to make it of", body = Problem,
            content_type = "application/problem+json"),
        (status = 503, description = "Too many exports are running", body = Problem,
            content_type = "application/problem+json"),
    ))]
pub async fn file(
    State(service): State<Service>,
    Path(file): Path<String>,
    mut query: Query,
) -> Result<Response, Problem> {
    let (layers, format) = named(&file)?;
    let style = style(&mut query)?;
    let asked = Asked {
        from: query.text("from")?,
        until: query.text("until")?,
        categories: query.many("category"),
        beats: query.many("beat"),
        hours: query.text("hours")?,
        area: query.text("area")?,
        plan: query.text("plan")?,
        forecast: query.text("forecast")?,
        window: query.text("window")?,
        model: query.text("model")?,
    };
    query.finish()?;
    let session = service.session.clone();
    let wanted = session.wanted(&asked).map_err(problem)?;
    let options = session.write_options(style)?;
    let name = format!("{}.{}", options.file_name(&layers), format.ending());
    let job = ExportJob {
        layers,
        format,
        options,
        wanted,
    };
    let make = async move |out| session.export(job, out).await.map(|_| ());
    streamed(&name, format.media_type(), make).await
}

/// Sends what is made as a file of that name.
async fn streamed<F>(
    name: &str,
    media_type: &'static str,
    make: impl FnOnce(Box<dyn Write + Send>) -> F,
) -> Result<Response, Problem>
where
    F: Future<Output = Result<(), SessionError>> + Send + 'static,
{
    let (sender, mut receiver) = mpsc::channel::<Result<Bytes, Fault>>(AHEAD);
    let out = Chunks {
        sender: sender.clone(),
        runtime: Handle::current(),
        held: Vec::with_capacity(CHUNK),
    };
    let making = make(Box::new(out));
    tokio::spawn(async move {
        if let Err(fault) = making.await {
            // Whoever has left needs no word.
            let _ = sender.send(Err(Fault(fault))).await;
        }
    });
    let first = match receiver.recv().await {
        Some(Ok(bytes)) => bytes,
        Some(Err(fault)) => return Err(fault.0.into()),
        None => Bytes::new(),
    };
    let rest = ReceiverStream::new(receiver);
    let rest = tokio_stream::StreamExt::map(rest, |chunk| {
        chunk.map_err(|Fault(fault)| {
            tracing::error!(%fault, "an export broke off");
            io::Error::other("the export broke off")
        })
    });
    let body = tokio_stream::StreamExt::chain(tokio_stream::once(Ok(first)), rest);
    let mut response = Response::new(Body::from_stream(body));
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(media_type));
    // Names of layers and endings are the program's own.
    if let Ok(disposition) = format!("attachment; filename=\"{name}\"").parse() {
        headers.insert(header::CONTENT_DISPOSITION, disposition);
    }
    headers.insert(
        header::CACHE_CONTROL,
        HeaderValue::from_static("private, no-cache"),
    );
    Ok(response)
}

/// Layers and format of a file's name.
fn named(file: &str) -> Result<(Vec<&'static Layer>, OutFormat), Problem> {
    let (name, ending) = file.split_once('.').unwrap_or((file, ""));
    let layer = layer_named(name);
    if layer.is_none() && name != ALL {
        let detail = format!(
            "there is no layer {}; known: {}, and {ALL} of them in one file",
            quoted(name),
            layer_names()
        );
        return Err(Problem::unknown("layer", detail));
    }
    let format = OutFormat::from_word(ending).ok_or_else(|| {
        Problem::unknown(
            "format",
            format!(
                "there is no format {}; known: {}",
                quoted(ending),
                format_words()
            ),
        )
    })?;
    match layer {
        Some(layer) => Ok((vec![layer], format)),
        None if format.holds_many() => Ok((all_layers(format), format)),
        None => {
            let many = FORMATS.into_iter().filter(|format| format.holds_many());
            let many: Vec<String> = many.map(|it| format!("{ALL}.{}", it.ending())).collect();
            let detail = format!(
                "a {} file holds one layer; ask for one of them, or for {}",
                format.name(),
                many.join(", ")
            );
            Err(Problem::unknown("layer", detail))
        }
    }
}

fn style(query: &mut Query) -> Result<Style, Problem> {
    let frame = match query.text("frame")? {
        None => OutFrame::Wgs84,
        Some(word) => OutFrame::from_word(&word).ok_or_else(|| {
            let detail = format!("frame must be wgs84, gcj02 or bd09, not {}", quoted(&word));
            Problem::parameter("frame", detail)
        })?,
    };
    let headers = match query.text("lang")?.as_deref() {
        None => None,
        Some("zh") => Some(Language::Chinese),
        Some("en") => Some(Language::English),
        Some(other) => {
            let detail = format!("lang must be zh or en, not {}", quoted(other));
            return Err(Problem::parameter("lang", detail));
        }
    };
    Ok(Style {
        frame,
        headers,
        bom: flag(query, "bom")?,
        table_geometry: match flag(query, "wkt")? {
            true => TableGeometry::Wkt,
            false => TableGeometry::ByLayer,
        },
    })
}

fn flag(query: &mut Query, name: &'static str) -> Result<bool, Problem> {
    match query.text(name)?.as_deref() {
        None | Some("0" | "false") => Ok(false),
        Some("1" | "true") => Ok(true),
        Some(other) => Err(Problem::parameter(
            name,
            format!("{name} must be 1 or 0, not {}", quoted(other)),
        )),
    }
}

/// What a wish that can't be understood is answered with.
pub(crate) fn problem(fault: AskedError) -> Problem {
    match fault {
        AskedError::Export(fault) => SessionError::from(fault).into(),
        AskedError::Time { what, .. } => Problem::parameter(what, fault),
        AskedError::Window(_) => Problem::parameter("window", fault),
        AskedError::Hours(_) => Problem::parameter("hours", fault),
        AskedError::Area(_) => Problem::parameter("area", fault),
        AskedError::Beat(_) => Problem::parameter("beat", fault),
        AskedError::Category(_) => Problem::parameter("category", fault),
    }
}

/// What is sent instead of bytes.
struct Fault(SessionError);

/// Gathers bytes and sends them; waits where the client is slow.
struct Chunks {
    sender: mpsc::Sender<Result<Bytes, Fault>>,
    runtime: Handle,
    held: Vec<u8>,
}

impl Chunks {
    fn send(&mut self) -> io::Result<()> {
        if self.held.is_empty() {
            return Ok(());
        }
        let bytes = std::mem::replace(&mut self.held, Vec::with_capacity(CHUNK));
        // A client that reads nothing for so long has left: its turn is for others.
        let sent = self.sender.send_timeout(Ok(bytes.into()), PATIENCE);
        self.runtime
            .block_on(sent)
            .map_err(|_| io::Error::from(io::ErrorKind::BrokenPipe))
    }
}

impl Write for Chunks {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.held.extend_from_slice(bytes);
        if self.held.len() >= CHUNK {
            self.send()?;
        }
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        self.send()
    }
}
