//! `GET /api/events`: the board's changes as they happen, as server-sent events.

use std::convert::Infallible;
use std::sync::Arc;
use std::time::Duration;

use axum::body::Body;
use axum::extract::State;
use axum::http::{HeaderMap, HeaderValue, header};
use axum::response::Response;
use bytes::Bytes;
use jiff::Timestamp;
use tokio::time::{Instant, timeout};
use tokio_stream::Stream;
use utoipa_axum::{router::OpenApiRouter, routes};

use crate::app::session::Session;
use crate::http::api::Service;
use crate::http::live::hub::{Ahead, ChangeBody, Hub, Wanted};
use crate::http::problem::Problem;
use crate::http::query::Query;

/// How often a client hears that the connection lives, and what time it is.
const TICK: Duration = Duration::from_secs(5);

/// How long an event that another service has told of may take to come here.
const ON_ITS_WAY: Duration = Duration::from_secs(3);

/// How soon a client that was cut off should come again.
const RETRY_MS: u32 = 1_000;

/// Says that the board has to be taken anew.
const RESET: &[u8] = b"event: reset\ndata: {}\n\n";

/// The route.
pub fn routes() -> OpenApiRouter<Service> {
    OpenApiRouter::new().routes(routes!(events))
}

/// The board's changes as they happen: server-sent events, each with the event's number as
/// its `id`.
///
/// `change` has the event and what it touched, whole (calls, units, pillars, alarms take the
/// place of those before); `tick` comes every 5 seconds with the service's clock and how old
/// the board may be (`age_s`, some seconds where the database can't be read); `reset` says
/// that what was missed is not kept, or that the log is another one now (a standby that lacked
/// the last events, an older copy): take `/api/board` anew and go on after its `sequence`.
/// Goes on after `Last-Event-ID` (which browsers send by themselves) or `after`; else from now
/// on. A client that does not read is cut off.
#[utoipa::path(get, path = "/api/events", tag = "live",
    params(
        ("after" = Option<u64>, Query, description = "Go on after this event"),
        ("station" = Option<Vec<String>>, Query,
            description = "Only what is about these stations; may be repeated. Alarms always"),
        ("Last-Event-ID" = Option<u64>, Header, description = "Go on after this event"),
    ),
    responses(
        (status = 200, description = "Events", body = ChangeBody,
            content_type = "text/event-stream"),
        (status = 400, description = "A parameter is wrong", body = Problem,
            content_type = "application/problem+json"),
    ))]
async fn events(
    State(service): State<Service>,
    headers: HeaderMap,
    mut query: Query,
) -> Result<Response, Problem> {
    let asked: Option<u64> = query.parsed("after", "the number of an event")?;
    let stations = query.many("station");
    query.finish()?;
    let after = match headers.get("last-event-id") {
        None => asked,
        // What the browser has seen since is newer than what the page's address says.
        Some(value) => Some(last_event_id(value)?),
    };
    let after = after.unwrap_or_else(|| service.hub.last());
    let wanted = Wanted {
        stations: stations.into_iter().collect(),
    };
    let listening = frames(service.hub.clone(), service.session.clone(), after, wanted);
    let mut response = Response::new(Body::from_stream(listening));
    let headers = response.headers_mut();
    for (name, value) in [
        (header::CONTENT_TYPE, "text/event-stream"),
        (header::CACHE_CONTROL, "no-store"),
        // Proxies that gather answers would hold events back.
        (header::HeaderName::from_static("x-accel-buffering"), "no"),
    ] {
        headers.insert(name, HeaderValue::from_static(value));
    }
    Ok(response)
}

fn last_event_id(value: &HeaderValue) -> Result<u64, Problem> {
    let text = value.to_str().unwrap_or_default().trim();
    text.parse()
        .map_err(|_| Problem::parameter("Last-Event-ID", "Last-Event-ID must be an event's number"))
}

/// What a client hears, until it lags too far behind or the service stops.
fn frames(
    hub: Arc<Hub>,
    session: Arc<Session>,
    after: u64,
    wanted: Wanted,
) -> impl Stream<Item = Result<Bytes, Infallible>> {
    async_stream::stream! {
        let mut seen = after;
        let mut news = hub.news();
        yield Ok(Bytes::from(format!("retry: {RETRY_MS}\n\n")));
        hub.whole().await;
        let beginnings = hub.beginnings();
        let is_on_its_way =
            seen > session.live.board().sequence && session.has_event(seen).await;
        if is_on_its_way && !session.live.reaches(seen, ON_ITS_WAY).await {
            // The log is ahead of the board here: the client comes again in a moment.
            return;
        }
        let newest = session.live.board().sequence;
        if matches!(hub.ahead(seen, newest), Ahead::Lost) {
            yield Ok(Bytes::from_static(RESET));
            return;
        }
        let mut ticked = None;
        loop {
            // Also to a client that wants little of a busy night.
            if ticked.is_none_or(|at: Instant| at.elapsed() >= TICK) {
                if !hub.is_running() {
                    return;
                }
                ticked = Some(Instant::now());
                yield Ok(tick(seen, session.live.now(), session.live.age()));
            }
            news.borrow_and_update();
            if hub.beginnings() != beginnings {
                yield Ok(Bytes::from_static(RESET));
                return;
            }
            match hub.ahead(seen, u64::MAX) {
                Ahead::Frame(frame) => {
                    let bytes = frame.after(seen, &wanted);
                    seen = frame.last();
                    if !bytes.is_empty() {
                        yield Ok(bytes);
                    }
                }
                // It read too slowly. It comes again and is told to take the board anew.
                Ahead::Lost => return,
                Ahead::Nothing => {
                    let since = ticked.map_or(TICK, |at| at.elapsed());
                    let left = TICK.saturating_sub(since);
                    tokio::select! {
                        () = session.live.left() => return,
                        heard = timeout(left, news.changed()) => if let Ok(Err(_)) = heard {
                            return;
                        },
                    }
                }
            }
        }
    }
}

/// The time, and how far one is: a client that wants one station resumes from here.
fn tick(seen: u64, now: Timestamp, age: Duration) -> Bytes {
    let age_s = age.as_secs();
    format!("id: {seen}\nevent: tick\ndata: {{\"now\":\"{now}\",\"age_s\":{age_s}}}\n\n").into()
}
