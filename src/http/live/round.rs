//! A unit's round for the desk, and links for its phone.

use axum::Json;
use axum::extract::rejection::JsonRejection;
use axum::extract::{Path, State};
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Response};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use utoipa_axum::{router::OpenApiRouter, routes};

use crate::app::live::links::{DEFAULT_HOURS, MOST_HOURS};
use crate::exchange::qr_svg::qr_svg;
use crate::http::api::Service;
use crate::http::live::desk::unit_named;
use crate::http::live::round_body::{RoundBody, RoundShiftBody, StopNowBody, notices};
use crate::http::problem::Problem;
use crate::live::refusal::Refusal;
use crate::place::feature::Unit;
use crate::place::id::Id;

/// For how long a link is wanted.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(default, deny_unknown_fields)]
struct LinkChoice {
    /// Hours for which it holds, 1 to 744; 10 where absent.
    hours: u32,
}

impl Default for LinkChoice {
    fn default() -> Self {
        Self {
            hours: DEFAULT_HOURS,
        }
    }
}

/// A link for a unit's phone: shown this once.
#[derive(Debug, Serialize, ToSchema)]
struct LinkBody {
    /// Names it: `l1`.
    id: String,
    /// The unit's id.
    unit: String,
    /// Address of the unit's page on this service.
    #[schema(example = "/unit#TOKEN")]
    url: String,
    /// What opens the unit's sheet: `Authorization: Bearer TOKEN`.
    token: String,
    /// Until when.
    #[schema(value_type = String)]
    until: Timestamp,
    /// The page's whole address as a QR code, an SVG.
    qr_svg: String,
}

/// The routes.
pub fn routes() -> OpenApiRouter<Service> {
    OpenApiRouter::new()
        .routes(routes!(round))
        .routes(routes!(link, revoke))
}

/// A unit's round in force: its stops, what became of each, and what a dispatcher should know
/// of.
#[utoipa::path(get, path = "/api/units/{id}/round", tag = "live",
    params(("id" = String, Path, description = "Its id or call sign")),
    responses(
        (status = 200, description = "The round; no stops where it follows no plan", body = RoundBody),
        (status = 404, description = "No such unit", body = Problem,
            content_type = "application/problem+json"),
    ))]
async fn round(
    State(service): State<Service>,
    Path(id): Path<String>,
) -> Result<Response, Problem> {
    let unit = known_unit(id, &service)?;
    let live = &service.session.live;
    let (board, now) = (live.board(), live.now());
    let zone = &service.session.snapshot().zone;
    let round = board.rounds.get(&unit);
    let body = RoundBody {
        sequence: board.sequence,
        now,
        unit: unit.to_string(),
        plan: round.map(|round| round.plan.to_string()),
        shift: round.map(|round| RoundShiftBody::of(round.window)),
        stops: round.map_or(Vec::new(), |round| StopNowBody::all(round, now, zone)),
        here: round.and_then(|round| Some(round.here()?.planned.number)),
        next: round.and_then(|round| Some(round.next()?.planned.number)),
        notices: round.map_or(Vec::new(), notices),
        replan_offered: round.is_some_and(|round| round.offer.is_some()),
        replan_why: round.and_then(|round| round.offer),
    };
    Ok(([(header::CACHE_CONTROL, "no-store")], Json(body)).into_response())
}

/// Makes a link with which a unit's phone opens its sheet, and a QR code of it.
///
/// It is signed and not kept: it is shown this once. It holds until its time is over or all
/// links of the unit are revoked (`frontbeat links revoke`).
#[utoipa::path(post, path = "/api/units/{id}/links", tag = "live",
    params(("id" = String, Path, description = "The unit's id or call sign")),
    request_body = LinkChoice,
    responses(
        (status = 201, description = "The link", body = LinkBody),
        (status = 400, description = "The body is wrong", body = Problem,
            content_type = "application/problem+json"),
        (status = 403, description = "Asked by a page of another origin", body = Problem,
            content_type = "application/problem+json"),
        (status = 404, description = "No such unit", body = Problem,
            content_type = "application/problem+json"),
        (status = 409, description = "The workspace is served read-only", body = Problem,
            content_type = "application/problem+json"),
        (status = 415, description = "The body is no JSON", body = Problem,
            content_type = "application/problem+json"),
        (status = 503, description = "Not now", body = Problem,
            content_type = "application/problem+json"),
        (status = 507, description = "The disk is full", body = Problem,
            content_type = "application/problem+json"),
    ))]
async fn link(
    State(service): State<Service>,
    Path(id): Path<String>,
    headers: HeaderMap,
    body: Result<Json<LinkChoice>, JsonRejection>,
) -> Result<Response, Problem> {
    let unit = known_unit(id, &service)?;
    let Json(choice) = body?;
    if !(1..=MOST_HOURS).contains(&choice.hours) {
        let why = format!("hours must be from 1 to {MOST_HOURS}, not {}", choice.hours);
        return Err(Problem::parameter("hours", why));
    }
    let live = &service.session.live;
    let made = live.links.make(&unit, choice.hours, live.now()).await?;
    let url = format!("/unit#{}", made.token);
    let body = LinkBody {
        id: made.kept.id,
        unit: made.kept.unit,
        qr_svg: qr_svg(&format!("{}{url}", origin(&headers))).map_err(Problem::internal)?,
        url,
        token: made.token,
        until: made.kept.until,
    };
    let cache = [(header::CACHE_CONTROL, "no-store")];
    Ok((StatusCode::CREATED, cache, Json(body)).into_response())
}

/// Revokes all links of a unit, a second later at most: for a phone that is lost.
#[utoipa::path(delete, path = "/api/units/{id}/links", tag = "live",
    params(("id" = String, Path, description = "The unit's id or call sign")),
    responses(
        (status = 204, description = "No link of the unit holds any more"),
        (status = 403, description = "Asked by a page of another origin", body = Problem,
            content_type = "application/problem+json"),
        (status = 404, description = "No such unit", body = Problem,
            content_type = "application/problem+json"),
        (status = 409, description = "The workspace is served read-only", body = Problem,
            content_type = "application/problem+json"),
        (status = 503, description = "Not now", body = Problem,
            content_type = "application/problem+json"),
        (status = 507, description = "The disk is full", body = Problem,
            content_type = "application/problem+json"),
    ))]
async fn revoke(
    State(service): State<Service>,
    Path(id): Path<String>,
) -> Result<StatusCode, Problem> {
    let unit = known_unit(id, &service)?;
    let live = &service.session.live;
    live.links.revoke(&unit, live.now()).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Where the desk reached this service: a phone reaches it there too, or by a name that
/// whoever runs the service gives it.
fn origin(headers: &HeaderMap) -> String {
    let text = |name| headers.get(name).and_then(|value| value.to_str().ok());
    match (text(header::ORIGIN), text(header::HOST)) {
        (Some(origin), _) if origin.starts_with("http") => origin.to_owned(),
        (_, Some(host)) => format!("http://{host}"),
        _ => String::new(),
    }
}

fn known_unit(name: String, service: &Service) -> Result<Id<Unit>, Problem> {
    let unit = unit_named(name, service);
    match service.session.live.ground().unit(&unit) {
        Some(_) => Ok(unit),
        None => Err(Refusal::UnknownUnit(unit).into()),
    }
}
