//! Which unit for a call, where next for an idle unit, and what happened at a call's place
//! before.

use axum::Json;
use axum::extract::{Path, State};
use axum::http::header;
use axum::response::{IntoResponse, Response};
use jiff::{SignedDuration, Timestamp};
use serde::Serialize;
use serde_json::{Value, json};
use utoipa::ToSchema;
use utoipa_axum::{router::OpenApiRouter, routes};

use crate::app::session::snapshot::Snapshot;
use crate::http::api::Service;
use crate::http::live::body::{CallBody, View};
use crate::http::live::desk::{call_named, unit_named};
use crate::http::live::place::{OFF_ROAD, label};
use crate::http::plan_sheet::language;
use crate::http::problem::Problem;
use crate::http::query::Query;
use crate::live::call::Call;
use crate::live::refusal::Refusal;
use crate::live::suggestion::{Next, Suggester, Suggestion};
use crate::patrol::dispatch::offer::When;
use crate::patrol::dispatch::words::of_why;
use crate::patrol::reason::Language;
use crate::place::feature::UnitStatus;
use crate::place::measure::Metres;
use crate::place::position::Position;

/// How near and how long ago a call is told of as one before at the same address.
const SAME_ADDRESS: Metres = Metres(30.0);
const REPEATS: SignedDuration = SignedDuration::from_hours(30 * 24);

/// Most calls before that are told.
const MOST_REPEATS: usize = 20;

/// The units for a call.
#[derive(Debug, Serialize, ToSchema)]
struct SuggestionBody {
    /// The call's id.
    call: String,
    /// Why the first is first, a sentence; none where nobody can come.
    why: Option<String>,
    /// The rings that coverage is counted in, minutes.
    rings_min: Vec<f64>,
    /// Best first.
    choices: Vec<ChoiceBody>,
}

/// A unit that may be sent.
#[derive(Debug, Serialize, ToSchema)]
struct ChoiceBody {
    /// Its id.
    unit: String,
    /// What it is called on the radio.
    call_sign: String,
    /// `now`, or `after_job`.
    when: &'static str,
    /// Seconds until it is there, by road.
    eta_s: f64,
    /// By how much the share of expected calls covered within each ring falls.
    lost: Vec<f64>,
    /// What is covered by those that are left.
    left: Vec<f64>,
    /// Names of beats that nobody reaches within the last ring any more.
    bare: Vec<String>,
}

/// Where an idle unit should go next.
#[derive(Debug, Serialize, ToSchema)]
struct NextBody {
    /// The unit's id.
    unit: String,
    /// Longitude, latitude, on the road.
    #[schema(value_type = [f64; 2])]
    position: Position,
    /// Beat and street.
    label: String,
    /// Why there, a sentence.
    why: String,
    /// Seconds there.
    drive_s: f64,
    /// The way, a GeoJSON line.
    #[schema(value_type = Object)]
    route: Value,
}

/// A call with what happened at its place before.
#[derive(Debug, Serialize, ToSchema)]
struct CallDetail {
    /// The call.
    #[serde(flatten)]
    call: CallBody,
    /// Incidents of the last 30 days within 30 m, newest first.
    repeats: Vec<Repeat>,
}

/// An incident at the same address.
#[derive(Debug, Serialize, ToSchema)]
struct Repeat {
    /// Its id.
    id: String,
    /// When it happened.
    #[schema(value_type = String)]
    at: Timestamp,
    /// Category code.
    category: String,
    /// How far off.
    metres: f64,
}

/// The routes.
pub fn routes() -> OpenApiRouter<Service> {
    OpenApiRouter::new()
        .routes(routes!(call))
        .routes(routes!(suggestion))
        .routes(routes!(next))
}

/// A call on the board, and the incidents of the last 30 days at its address.
#[utoipa::path(get, path = "/api/calls/{id}", tag = "live",
    params(("id" = String, Path, description = "Its id, or its name on the radio")),
    responses(
        (status = 200, description = "The call", body = CallDetail),
        (status = 404, description = "No such call", body = Problem,
            content_type = "application/problem+json"),
    ))]
async fn call(
    State(service): State<Service>,
    Path(id): Path<String>,
) -> Result<Json<CallDetail>, Problem> {
    let session = &service.session;
    let snapshot = session.snapshot();
    let (board, ground) = (session.live.board(), session.live.ground());
    let found = known_call(&service, id)?;
    let since = found.times.received - REPEATS;
    let before = session
        .incidents_near(&snapshot, found.position, SAME_ADDRESS, since)
        .await?;
    let mut repeats: Vec<Repeat> = before
        .into_iter()
        .filter(|near| near.id != found.id.as_str() && near.at <= found.times.received)
        .map(|near| Repeat {
            id: near.id,
            at: near.at,
            category: near.category,
            metres: near.metres.0,
        })
        .collect();
    repeats.sort_by_key(|repeat| std::cmp::Reverse(repeat.at));
    repeats.truncate(MOST_REPEATS);
    let view = View {
        board: &board,
        ground: &ground,
        snapshot: &snapshot,
    };
    let call = view.call(&found);
    Ok(Json(CallDetail { call, repeats }))
}

/// The units for a call, best first: by arrival by road now or after their job, with what
/// sending each does to the coverage of the rest of the district.
///
/// Priority 1 gets the nearest; else of those that are there within a minute more and in the
/// same ring the one that is missed least. Foot teams, units whose position is old, and units
/// on a break are not proposed.
#[utoipa::path(get, path = "/api/calls/{id}/suggestion", tag = "live",
    params(("id" = String, Path, description = "Its id, or its name on the radio"),
        ("lang" = Option<String>, Query, description = "`zh` (where absent) or `en`")),
    responses(
        (status = 200, description = "The units", body = SuggestionBody),
        (status = 400, description = "A parameter is wrong", body = Problem,
            content_type = "application/problem+json"),
        (status = 404, description = "No such call", body = Problem,
            content_type = "application/problem+json"),
        (status = 503, description = "Roads or risks are still being read, or there are none", body = Problem,
            content_type = "application/problem+json"),
    ))]
async fn suggestion(
    State(service): State<Service>,
    Path(id): Path<String>,
    mut query: Query,
) -> Result<Response, Problem> {
    let language = language(&mut query)?;
    query.finish()?;
    let session = &service.session;
    let call = known_call(&service, id)?;
    let (board, ground) = (session.live.board(), session.live.ground());
    let snapshot = session.snapshot();
    let now = session.live.now();
    let body = session.with_suggester(|suggester| {
        let found = suggester.suggest(&board, &ground, call.position, call.priority, now);
        suggestion_body(&service, &call, suggester, found, &snapshot, language)
    });
    let body = body.ok_or_else(not_ready)?;
    Ok(([(header::CACHE_CONTROL, "no-store")], Json(body)).into_response())
}

/// Where an idle unit should go next, from where it is and by the hour.
#[utoipa::path(get, path = "/api/units/{id}/next", tag = "live",
    params(("id" = String, Path, description = "Its id or call sign"),
        ("lang" = Option<String>, Query, description = "`zh` (where absent) or `en`")),
    responses(
        (status = 200, description = "Where, and why there", body = NextBody),
        (status = 400, description = "A parameter is wrong", body = Problem,
            content_type = "application/problem+json"),
        (status = 404, description = "No such unit", body = Problem,
            content_type = "application/problem+json"),
        (status = 409, description = "The unit is not idle", body = Problem,
            content_type = "application/problem+json"),
        (status = 422, description = "No call is expected where it can drive to", body = Problem,
            content_type = "application/problem+json"),
        (status = 503, description = "Roads or risks are still being read, or there are none", body = Problem,
            content_type = "application/problem+json"),
    ))]
async fn next(
    State(service): State<Service>,
    Path(id): Path<String>,
    mut query: Query,
) -> Result<Response, Problem> {
    let language = language(&mut query)?;
    query.finish()?;
    let session = &service.session;
    let (board, ground) = (session.live.board(), session.live.ground());
    let unit = unit_named(id, &service);
    let status = ground.status(&board, &unit);
    match status {
        None => return Err(Refusal::UnknownUnit(unit).into()),
        Some(UnitStatus::Idle) => {}
        Some(status) => {
            let wanted = "sent on patrol";
            return Err(Refusal::UnitStatus {
                unit,
                wanted,
                status,
            }
            .into());
        }
    }
    let snapshot = session.snapshot();
    let from = ground.position(&board, &unit);
    let found = session.with_suggester(|suggester| {
        let next = suggester.next(&board, &ground, &unit)?;
        let network = suggester.network();
        let start = network.snap(from?, OFF_ROAD)?;
        let line = network.route(start, next.snap)?.line;
        let coordinates: Vec<[f64; 2]> = line.iter().map(|p| [p.lon(), p.lat()]).collect();
        Some(NextBody {
            unit: unit.to_string(),
            position: next.snap.position,
            label: label(network, &snapshot, next.snap.position),
            why: why_next(&next, language),
            drive_s: f64::from(next.drive_ms) / 1000.0,
            route: json!({ "type": "LineString", "coordinates": coordinates }),
        })
    });
    let body = found.ok_or_else(not_ready)?.ok_or_else(|| {
        Problem::unprocessable(
            "nowhere-next",
            "There is nowhere to go",
            "no call is expected where the unit can drive to within a quarter of an hour",
        )
    })?;
    Ok(([(header::CACHE_CONTROL, "no-store")], Json(body)).into_response())
}

fn known_call(service: &Service, name: String) -> Result<Call, Problem> {
    let id = call_named(name, service);
    let board = service.session.live.board();
    let found = board.calls.get(&id).cloned();
    found.ok_or_else(|| Refusal::UnknownCall(id).into())
}

fn not_ready() -> Problem {
    Problem::unavailable(
        "no-suggestion",
        "roads and risks are still being read, or the workspace has none; import roads and incidents, or ask again in a few seconds",
    )
}

fn suggestion_body(
    service: &Service,
    call: &Call,
    suggester: &Suggester,
    found: Suggestion,
    snapshot: &Snapshot,
    language: Language,
) -> SuggestionBody {
    let ground = service.session.live.ground();
    let call_sign = |id| {
        ground
            .unit(id)
            .map_or_else(|| id.to_string(), |unit| unit.call_sign.clone())
    };
    let name = |number: usize| suggester.unit(number).map(call_sign).unwrap_or_default();
    let rings_ms = suggester.rings_ms();
    let why = found.why.as_ref();
    let beat_name = |beat: &usize| Some(snapshot.layers.beats.get(*beat)?.name.clone());
    SuggestionBody {
        call: call.id.to_string(),
        why: why.map(|why| of_why(why, rings_ms, &name, language)),
        rings_min: rings_ms
            .iter()
            .map(|&ms| f64::from(ms) / 60_000.0)
            .collect(),
        choices: found
            .choices
            .iter()
            .map(|choice| ChoiceBody {
                unit: choice.unit.to_string(),
                call_sign: call_sign(&choice.unit),
                when: match choice.when {
                    When::Now => "now",
                    When::AfterJob => "after_job",
                },
                eta_s: f64::from(choice.eta_ms) / 1000.0,
                lost: choice.lost.clone(),
                left: choice.left.clone(),
                bare: choice.bare.iter().filter_map(beat_name).collect(),
            })
            .collect(),
    }
}

/// Why there, one sentence without a full stop.
fn why_next(next: &Next, language: Language) -> String {
    let minutes = (f64::from(next.drive_ms) / 60_000.0).round().max(1.0);
    let times = next.times_mean;
    match (language, next.others_near) {
        (Language::English, 0) => format!(
            "{times:.1} times as many calls as the average are expected there, {minutes} min away, and no other idle unit is within three minutes of it"
        ),
        (Language::English, others) => format!(
            "{times:.1} times as many calls as the average are expected there, {minutes} min away; {others} other idle units are within three minutes of it"
        ),
        (Language::Chinese, 0) => {
            format!("预期警情为平均的 {times:.1} 倍，车程 {minutes} 分钟，三分钟内无其他空闲警组")
        }
        (Language::Chinese, others) => format!(
            "预期警情为平均的 {times:.1} 倍，车程 {minutes} 分钟；三分钟内另有 {others} 个空闲警组"
        ),
    }
}
