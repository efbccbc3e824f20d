//! `POST /api/incidents`: one incident, up to 10,000 in a list, or a stream of lines.

use axum::body::Body;
use axum::extract::{DefaultBodyLimit, State};
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::Response;
use bytes::{Bytes, BytesMut};
use jiff::Timestamp;
use serde::Deserialize;
use serde_json::Value;
use tokio_stream::StreamExt;
use utoipa::ToSchema;
use utoipa_axum::{router::OpenApiRouter, routes};

use crate::app::live::ask::{Answer, Outcome};
use crate::http::api::Service;
use crate::http::live::feed::Feed;
use crate::http::live::incident_item::{self, Item};
use crate::http::live::outcome::{AnswerBody, ResultBody, json, many, respond_single, single};
use crate::http::problem::Problem;
use crate::live::command::Command;

/// Largest list, in bytes and in items.
const MOST_BYTES: usize = 8 * 1024 * 1024;
const MOST_ITEMS: usize = 10_000;

/// Largest stream of lines, in bytes.
const MOST_STREAMED: usize = 64 * 1024 * 1024;

/// Longest line.
const LONGEST_LINE: usize = 16 * 1024;

/// Lines written together.
const LINES_AT_ONCE: usize = 1_000;

/// Results told of a stream: those of refused lines, the first so many.
const RESULTS_TOLD: usize = 1_000;

/// An incident as a feed delivers it. What else is sent is dropped, and named in the answer.
#[derive(Debug, Deserialize, ToSchema)]
#[allow(
    dead_code,
    reason = "the schema of what `incident_item` reads field by field"
)]
struct IncidentItem {
    /// The source's id: sent twice, it is taken in once.
    #[schema(example = "CAD-2026-118833")]
    id: Option<String>,
    /// When it happened, or the earliest it can have; now where absent.
    #[schema(example = "2026-11-26T22:15:00+08:00")]
    at: Option<String>,
    /// The latest it can have happened.
    until: Option<String>,
    /// Longitude, latitude in WGS 84; or `lon` and `lat`.
    position: Option<[f64; 2]>,
    /// Instead of `position`.
    lon: Option<f64>,
    /// Instead of `position`.
    lat: Option<f64>,
    /// Code of the category table.
    #[schema(example = "dispute")]
    category: String,
    /// 1, 2 or 3; 3 where absent.
    priority: Option<u8>,
    /// `citizen_call` where absent.
    origin: Option<String>,
    /// `received`: a call for the board, where absent; `closed`: it is known and over.
    state: Option<String>,
}

/// The route.
pub fn routes() -> OpenApiRouter<Service> {
    OpenApiRouter::new()
        .routes(routes!(receive))
        .layer(DefaultBodyLimit::max(MOST_BYTES))
}

/// Takes incidents in: a JSON object, a list of up to 10,000, or lines
/// (`application/x-ndjson`).
///
/// One object is answered by 201, 200 where it was known, or its problem; a list and lines by
/// 200 with a result each (of lines those that were refused). What has been answered is on
/// disk. An `Idempotency-Key` gets the same answer again, for a day.
#[utoipa::path(post, path = "/api/incidents", tag = "live",
    params(("Idempotency-Key" = Option<String>, Header, description = "The same key, the same answer")),
    request_body(content = IncidentItem, description = "One, a list, or lines"),
    responses(
        (status = 200, description = "What became of each", body = AnswerBody),
        (status = 201, description = "Taken in", body = AnswerBody),
        (status = 400, description = "The body or a field is wrong", body = Problem,
            content_type = "application/problem+json"),
        (status = 401, description = "A key is needed", body = Problem,
            content_type = "application/problem+json"),
        (status = 409, description = "The id stands for another incident, or the workspace is served read-only",
            body = Problem, content_type = "application/problem+json"),
        (status = 413, description = "The body is too large", body = Problem,
            content_type = "application/problem+json"),
        (status = 415, description = "Neither JSON nor lines", body = Problem,
            content_type = "application/problem+json"),
        (status = 422, description = "The Idempotency-Key is taken", body = Problem,
            content_type = "application/problem+json"),
        (status = 429, description = "The feed asks too often", body = Problem,
            content_type = "application/problem+json"),
        (status = 503, description = "Not now; `Retry-After` says when", body = Problem,
            content_type = "application/problem+json"),
        (status = 507, description = "The disk is full", body = Problem,
            content_type = "application/problem+json"),
    ))]
async fn receive(
    State(service): State<Service>,
    feed: Feed,
    headers: HeaderMap,
    body: Body,
) -> Result<Response, Problem> {
    let kind = headers
        .get(header::CONTENT_TYPE)
        .and_then(|value| value.to_str().ok())
        .map(|text| {
            text.split(';')
                .next()
                .unwrap_or_default()
                .trim()
                .to_lowercase()
        });
    match kind.as_deref() {
        Some("application/x-ndjson" | "application/ndjson" | "application/jsonl") => {
            lines(&service, &feed, body).await
        }
        Some("application/json") => {
            let bytes = whole(body).await?;
            let value: Value = serde_json::from_slice(&bytes).map_err(|fault| {
                Problem::body(
                    StatusCode::BAD_REQUEST,
                    format!("the body is no JSON: {fault}"),
                )
            })?;
            match value {
                Value::Array(items) => list(&service, &feed, &bytes, &items).await,
                item => one(&service, &feed, &bytes, &item).await,
            }
        }
        _ => Err(Problem::body(
            StatusCode::UNSUPPORTED_MEDIA_TYPE,
            "send application/json (an incident or a list of them) or application/x-ndjson (lines)",
        )),
    }
}

async fn whole(body: Body) -> Result<Bytes, Problem> {
    axum::body::to_bytes(body, MOST_BYTES).await.map_err(|_| {
        Problem::body(
            StatusCode::PAYLOAD_TOO_LARGE,
            format!("a list has at most {MOST_BYTES} bytes; send lines, or several lists"),
        )
    })
}

async fn one(
    service: &Service,
    feed: &Feed,
    bytes: &[u8],
    value: &Value,
) -> Result<Response, Problem> {
    let snapshot = service.session.snapshot();
    let item = incident_item::read(value, &feed.name, service.session.live.now(), &snapshot)?;
    let dropped = item.dropped.clone();
    let with_dropped = move |answer: &Answer| {
        let mut body = AnswerBody::of(answer);
        for result in &mut body.results {
            result.dropped.clone_from(&dropped);
        }
        body
    };
    let text = with_dropped.clone();
    let repeatable = feed.repeatable(bytes, move |answer| text(answer).text());
    let commands = vec![Command::Receive(item.incident)];
    let answer = service.session.live.ask(commands, repeatable).await?;
    match answer.given_before {
        Some(_) => single(&answer),
        None => respond_single(&with_dropped(&answer)),
    }
}

async fn list(
    service: &Service,
    feed: &Feed,
    bytes: &[u8],
    items: &[Value],
) -> Result<Response, Problem> {
    if items.len() > MOST_ITEMS {
        return Err(Problem::body(
            StatusCode::PAYLOAD_TOO_LARGE,
            format!("a list has at most {MOST_ITEMS} incidents; send lines, or several lists"),
        ));
    }
    let read = Batch::read(
        service,
        feed,
        service.session.live.now(),
        0,
        items.iter().map(Ok),
    );
    let (commands, results) = (read.commands, read.results);
    let kept = results.clone();
    let repeatable = feed.repeatable(bytes, move |answer| merged(kept.clone(), answer).text());
    let answer = service.session.live.ask(commands, repeatable).await?;
    match answer.given_before {
        Some(_) => Ok(many(&answer)),
        None => Ok(json(StatusCode::OK, merged(results, &answer).text())),
    }
}

/// Items that were read: what to ask for, and what became of the others already.
struct Batch {
    commands: Vec<Command>,
    /// One an item; those that are asked for stand as done.
    results: Vec<ResultBody>,
}

impl Batch {
    fn read<'v>(
        service: &Service,
        feed: &Feed,
        now: Timestamp,
        first: usize,
        items: impl Iterator<Item = Result<&'v Value, Problem>>,
    ) -> Self {
        let snapshot = service.session.snapshot();
        let mut batch = Self {
            commands: Vec::new(),
            results: Vec::new(),
        };
        for (at, item) in items.enumerate() {
            let index = first + at;
            let read = item.and_then(|v| incident_item::read(v, &feed.name, now, &snapshot));
            match read {
                Ok(Item { incident, dropped }) => {
                    let mut result = ResultBody::of(index, &Outcome::Known);
                    result.dropped = dropped;
                    batch.results.push(result);
                    batch.commands.push(Command::Receive(incident));
                }
                Err(problem) => batch.results.push(ResultBody::refused(index, problem)),
            }
        }
        batch
    }
}

/// The outcomes put where their items stand.
fn merged(mut results: Vec<ResultBody>, answer: &Answer) -> AnswerBody {
    let asked = results.iter_mut().filter(|r| r.problem.is_none());
    for (result, outcome) in asked.zip(&answer.outcomes) {
        let dropped = std::mem::take(&mut result.dropped);
        *result = ResultBody::of(result.index, outcome);
        result.dropped = dropped;
    }
    AnswerBody::new(answer.sequence, results)
}

/// Lines as they come, written a thousand at a time. A line that was answered for is on
/// disk, also where the stream breaks off later: sent again, it is known.
async fn lines(service: &Service, feed: &Feed, body: Body) -> Result<Response, Problem> {
    feed.refuse_key("lines are answered for a thousand at a time: give each an id instead")?;
    let mut stream = body.into_data_stream();
    let mut left = BytesMut::new();
    let mut told = Told::default();
    let mut waiting: Vec<Bytes> = Vec::new();
    let mut received = 0usize;
    while let Some(chunk) = stream.next().await {
        let chunk = chunk.map_err(|fault| {
            Problem::body(
                StatusCode::BAD_REQUEST,
                format!("the lines broke off: {fault}"),
            )
        })?;
        received += chunk.len();
        if received > MOST_STREAMED {
            return Err(Problem::body(
                StatusCode::PAYLOAD_TOO_LARGE,
                format!(
                    "a stream has at most {MOST_STREAMED} bytes; the first {} lines are taken in: send the others again",
                    told.lines
                ),
            ));
        }
        left.extend_from_slice(&chunk);
        while let Some(end) = left.iter().position(|&b| b == b'\n') {
            let line = left.split_to(end + 1).freeze();
            waiting.push(line);
            if waiting.len() >= LINES_AT_ONCE {
                told.take_in(service, feed, &mut waiting).await?;
            }
        }
        if left.len() > LONGEST_LINE {
            return Err(Problem::body(
                StatusCode::PAYLOAD_TOO_LARGE,
                format!(
                    "line {} is longer than {LONGEST_LINE} bytes",
                    told.lines + waiting.len()
                ),
            ));
        }
    }
    waiting.push(left.freeze());
    told.take_in(service, feed, &mut waiting).await?;
    let body = AnswerBody {
        sequence: told.sequence,
        done: told.done,
        known: told.known,
        refused: told.refused,
        results: told.results,
    };
    Ok(json(StatusCode::OK, body.text()))
}

/// What has become of the lines so far.
#[derive(Default)]
struct Told {
    lines: usize,
    sequence: u64,
    done: usize,
    known: usize,
    refused: usize,
    results: Vec<ResultBody>,
}

impl Told {
    async fn take_in(
        &mut self,
        service: &Service,
        feed: &Feed,
        waiting: &mut Vec<Bytes>,
    ) -> Result<(), Problem> {
        let parsed: Vec<Result<Value, Problem>> = waiting
            .drain(..)
            .filter(|line| !line.trim_ascii().is_empty())
            .map(|line| {
                serde_json::from_slice(&line).map_err(|fault| {
                    Problem::parameter("", format!("the line is no JSON: {fault}"))
                })
            })
            .collect();
        if parsed.is_empty() {
            return Ok(());
        }
        let items = parsed
            .iter()
            .map(|item| item.as_ref().map_err(Clone::clone));
        let batch = Batch::read(service, feed, service.session.live.now(), self.lines, items);
        self.lines += parsed.len();
        let answer = service.session.live.ask(batch.commands, None).await?;
        let merged = merged(batch.results, &answer);
        self.sequence = merged.sequence;
        self.done += merged.done;
        self.known += merged.known;
        self.refused += merged.refused;
        let room = RESULTS_TOLD.saturating_sub(self.results.len());
        let refused = merged.results.into_iter().filter(|r| r.problem.is_some());
        self.results.extend(refused.take(room));
        Ok(())
    }
}
