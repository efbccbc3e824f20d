//! The unit's phone: its sheet, and what it says, by a signed link. What waited for the net
//! comes with the time at which it was so, and under a key, so that it is taken in once.

use axum::Json;
use axum::extract::rejection::JsonRejection;
use axum::extract::{FromRequestParts, State};
use axum::http::request::Parts;
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::Response;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use utoipa::ToSchema;
use utoipa_axum::{router::OpenApiRouter, routes};

use crate::app::live::links::LinkHolder;
use crate::app::session::near::beat_of;
use crate::app::session::snapshot::Snapshot;
use crate::calendar::text::parse_instant;
use crate::calendar::window::Window;
use crate::http::api::Service;
use crate::http::etag::{Freshness, tagged};
use crate::http::live::body::SentBody;
use crate::http::live::deliver::FAR;
use crate::http::live::desk::call_named;
use crate::http::live::feed::Feed;
use crate::http::live::incident_item::{check_time, milliseconds};
use crate::http::live::outcome::{AnswerBody, single};
use crate::http::live::place::believed;
use crate::http::live::round_body::{RoundShiftBody, StopNowBody};
use crate::http::problem::Problem;
use crate::http::query::Query;
use crate::live::board::Board;
use crate::live::command::Command;
use crate::live::refusal::Refusal;
use crate::live::round::check_in::first_check_in;
use crate::live::round::check_in::{CheckIn, RoundCommand};
use crate::live::round::state::{JudgeWhy, Judgement, SkipWhy};
use crate::place::feature::{Unit, UnitStatus};
use crate::place::id::{Id, hex};
use crate::place::position::Position;

/// What a unit's phone shows.
#[derive(Debug, Serialize, ToSchema)]
struct SheetBody {
    /// Number of the board's last event.
    sequence: u64,
    /// The service's clock.
    #[schema(value_type = String)]
    now: Timestamp,
    #[serde(flatten)]
    sheet: Sheet,
}

/// What is the same as long as nothing changes.
#[derive(Debug, Serialize, ToSchema)]
struct Sheet {
    /// The unit.
    unit: SheetUnit,
    /// Until when the link holds.
    #[schema(value_type = String)]
    until: Timestamp,
    /// The unit's shift now: that of its plan, or that of the hour; none where it is off duty.
    shift: Option<RoundShiftBody>,
    /// The plan that it follows.
    plan: Option<String>,
    /// From when on check-ins of that plan's stops are taken.
    #[schema(value_type = Option<String>)]
    check_ins_from: Option<Timestamp>,
    /// The call it is sent to or at.
    call: Option<SheetCall>,
    /// Where it was sent without a call.
    sent: Option<SentBody>,
    /// Its stops, by number.
    stops: Vec<StopNowBody>,
    /// The category table, for the call's.
    categories: Vec<SheetCategory>,
    /// Whether positions of this unit are taken in now: while it is on shift. Whether any are
    /// sent is the phone's choice.
    share_position: bool,
    /// IANA time zone of the district: the phone's own may be another.
    #[schema(example = "Asia/Shanghai")]
    timezone: String,
    /// Whether the data are made up.
    synthetic: bool,
}

/// A unit.
#[derive(Debug, Serialize, ToSchema)]
struct SheetUnit {
    /// Its id.
    id: String,
    /// What it is called on the radio.
    call_sign: String,
    /// What it does.
    #[schema(value_type = String, example = "idle")]
    status: UnitStatus,
    /// Name of its station.
    station: Option<String>,
    /// Where it was last known to be, or else where its layer has it: longitude, latitude.
    #[schema(value_type = Option<[f64; 2]>)]
    position: Option<Position>,
}

/// A unit's call.
#[derive(Debug, Serialize, ToSchema)]
struct SheetCall {
    /// What it is called on the radio.
    #[schema(example = "C0417")]
    number: String,
    /// Category code.
    category: String,
    /// 1, 2 or 3.
    priority: u8,
    /// Longitude, latitude.
    #[schema(value_type = [f64; 2])]
    position: Position,
    /// Name of the beat.
    label: String,
}

/// A category's names.
#[derive(Debug, Serialize, ToSchema)]
struct SheetCategory {
    code: String,
    name_en: String,
    name_zh: String,
}

/// What a unit's phone says. `at` is when it was so by the phone's clock, ISO 8601.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
#[serde(tag = "kind", rename_all = "snake_case", deny_unknown_fields)]
enum CheckInChoice {
    /// The unit is at a stop.
    Here {
        /// The stop's number.
        stop: u32,
        /// The plan that the sheet was of; that in force where absent.
        #[serde(default)]
        plan: Option<String>,
        /// When.
        at: String,
    },
    /// It has left the stop.
    Leave {
        /// The stop's number.
        stop: u32,
        /// The plan that the sheet was of; that in force where absent.
        #[serde(default)]
        plan: Option<String>,
        /// When.
        at: String,
    },
    /// It does not go to a stop.
    Skip {
        /// The stop's number.
        stop: u32,
        /// The plan that the sheet was of; that in force where absent.
        #[serde(default)]
        plan: Option<String>,
        /// `call`, `blocked` or `no_time`.
        #[schema(value_type = String, example = "blocked")]
        why: SkipWhy,
        /// When.
        at: String,
    },
    /// It takes back that it was at a stop or skipped it.
    Undo {
        /// The stop's number.
        stop: u32,
        /// The plan that the sheet was of; that in force where absent.
        #[serde(default)]
        plan: Option<String>,
        /// When.
        at: String,
    },
    /// What a stop was good for.
    Judge {
        /// The stop's number.
        stop: u32,
        /// The plan that the sheet was of; that in force where absent.
        #[serde(default)]
        plan: Option<String>,
        /// Whether it was useful.
        useful: bool,
        /// `calm`, `wrong_place`, `wrong_time`, `already_covered` or `seen_something`.
        #[serde(default)]
        #[schema(value_type = Option<String>, example = "calm")]
        why: Option<JudgeWhy>,
        /// When.
        at: String,
    },
    /// The unit is back in service: done with its call, or with its break.
    Back {
        /// The call that the sheet showed, by its number; null where it showed none. Where
        /// the unit has another one by then, nothing is done.
        #[serde(default)]
        call: Option<String>,
        /// When.
        at: String,
    },
    /// The unit is at its call.
    Arrived {
        /// The call that the sheet showed, by its number.
        #[serde(default)]
        call: Option<String>,
        /// When.
        at: String,
    },
    /// Where the unit is.
    Position {
        /// Longitude, latitude in WGS 84.
        position: [f64; 2],
        /// When.
        at: String,
    },
}

/// A unit's phone, with a link that holds.
struct Phone {
    holder: LinkHolder,
    feed: Feed,
}

impl FromRequestParts<Service> for Phone {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, service: &Service) -> Result<Self, Problem> {
        let authorization = parts.headers.get(header::AUTHORIZATION);
        let given = authorization.and_then(|value| value.to_str().ok());
        let token = given.and_then(|text| text.strip_prefix("Bearer "));
        let live = &service.session.live;
        let holder = live.links.holder(token.map(str::trim), live.now()).await?;
        if live.ground().unit(&holder.unit).is_none() {
            return Err(Refusal::UnknownUnit(holder.unit).into());
        }
        let feed = Feed::unit(parts, &holder.unit)?;
        Ok(Self { holder, feed })
    }
}

/// The routes.
pub fn routes() -> OpenApiRouter<Service> {
    OpenApiRouter::new()
        .routes(routes!(sheet))
        .routes(routes!(check_in))
}

/// What a unit's phone shows: its round, its call, until when its link holds.
///
/// `ETag` is of all but `sequence` and `now`, and of the minute.
#[utoipa::path(get, path = "/api/unit/sheet", tag = "live",
    params(("Authorization" = String, Header, description = "`Bearer` and the token of the unit's link")),
    responses(
        (status = 200, description = "The sheet", body = SheetBody),
        (status = 304, description = "As it was"),
        (status = 401, description = "The link is wrong, over or revoked", body = Problem,
            content_type = "application/problem+json"),
        (status = 404, description = "The unit is not there any more", body = Problem,
            content_type = "application/problem+json"),
        (status = 429, description = "The link asks too often", body = Problem,
            content_type = "application/problem+json"),
        (status = 503, description = "Not now", body = Problem,
            content_type = "application/problem+json"),
    ))]
async fn sheet(
    State(service): State<Service>,
    phone: Phone,
    headers: HeaderMap,
    query: Query,
) -> Result<Response, Problem> {
    query.finish()?;
    let live = &service.session.live;
    let (board, now) = (live.board(), live.now());
    let sheet = sheet_of(&service, &board, &phone.holder, now);
    let same = serde_json::to_vec(&sheet).map_err(Problem::internal)?;
    let hash = hex(&Sha256::digest(&same)[..16]);
    let sequence = board.sequence;
    let body = SheetBody {
        sequence,
        now,
        sheet,
    };
    let bytes = serde_json::to_vec(&body).map_err(Problem::internal)?;
    let kind = "application/json";
    Ok(tagged(
        &headers,
        &hash,
        kind,
        Freshness::Revalidate,
        bytes.into(),
    ))
}

/// Takes in what a unit's phone says: one thing, under its link.
///
/// What is illegal is refused by 409 and changes nothing; what was so already is `known`.
#[utoipa::path(post, path = "/api/unit/checkins", tag = "live",
    params(("Authorization" = String, Header, description = "`Bearer` and the token of the unit's link"),
        ("Idempotency-Key" = Option<String>, Header, description = "The same key, the same answer")),
    request_body = CheckInChoice,
    responses(
        (status = 200, description = "Known already", body = AnswerBody),
        (status = 201, description = "Taken in", body = AnswerBody),
        (status = 400, description = "The body is wrong", body = Problem,
            content_type = "application/problem+json"),
        (status = 401, description = "The link is wrong, over or revoked", body = Problem,
            content_type = "application/problem+json"),
        (status = 403, description = "Asked by a page of another origin", body = Problem,
            content_type = "application/problem+json"),
        (status = 404, description = "No such stop, or the unit is not there any more", body = Problem,
            content_type = "application/problem+json"),
        (status = 409, description = "Illegal now, `sharing-off`, or the workspace is served read-only",
            body = Problem, content_type = "application/problem+json"),
        (status = 415, description = "The body is no JSON", body = Problem,
            content_type = "application/problem+json"),
        (status = 422, description = "The Idempotency-Key is taken", body = Problem,
            content_type = "application/problem+json"),
        (status = 429, description = "The link asks too often", body = Problem,
            content_type = "application/problem+json"),
        (status = 503, description = "Not now", body = Problem,
            content_type = "application/problem+json"),
        (status = 507, description = "The disk is full", body = Problem,
            content_type = "application/problem+json"),
    ))]
async fn check_in(
    State(service): State<Service>,
    phone: Phone,
    query: Query,
    body: Result<Json<CheckInChoice>, JsonRejection>,
) -> Result<Response, Problem> {
    query.finish()?;
    let Json(choice) = body?;
    let request = serde_json::to_vec(&choice).map_err(Problem::internal)?;
    let command = command(choice, &phone.holder.unit, &service)?;
    let repeatable = phone
        .feed
        .repeatable(&request, |answer| AnswerBody::of(answer).text());
    let answer = service.session.live.ask(vec![command], repeatable).await?;
    single(&answer)
}

fn command(choice: CheckInChoice, unit: &Id<Unit>, service: &Service) -> Result<Command, Problem> {
    let snapshot = service.session.snapshot();
    let live = &service.session.live;
    let now = live.now();
    let instant = |text: &str| {
        let at = parse_instant(text, &snapshot.zone).map_err(|f| Problem::parameter("at", f))?;
        check_time("at", at, now).map(milliseconds)
    };
    let says = |stop, plan: Option<String>, says, at: &str| {
        let check_in = RoundCommand::CheckIn {
            unit: unit.clone(),
            stop,
            says,
            at: Some(instant(at)?),
        };
        Ok(Command::Round(match plan {
            None => check_in,
            Some(plan) => RoundCommand::UnderPlan {
                unit: unit.clone(),
                plan: Id::new(plan),
                command: Box::new(check_in),
            },
        }))
    };
    let reports = |status, call: Option<String>, at: &str| {
        Ok(Command::ReportOf {
            unit: unit.clone(),
            status,
            call: call.map(|name| call_named(name, service)),
            at: instant(at)?,
        })
    };
    match choice {
        CheckInChoice::Here { stop, plan, at } => says(stop, plan, CheckIn::Here, &at),
        CheckInChoice::Leave { stop, plan, at } => says(stop, plan, CheckIn::Leave, &at),
        CheckInChoice::Skip {
            stop,
            plan,
            why,
            at,
        } => says(stop, plan, CheckIn::Skip(why), &at),
        CheckInChoice::Undo { stop, plan, at } => says(stop, plan, CheckIn::Undo, &at),
        CheckInChoice::Judge {
            stop,
            plan,
            useful,
            why,
            at,
        } => says(stop, plan, CheckIn::Judge(Judgement { useful, why }), &at),
        CheckInChoice::Back { call, at } => reports(UnitStatus::Idle, call, &at),
        CheckInChoice::Arrived { call, at } => reports(UnitStatus::OnScene, call, &at),
        CheckInChoice::Position { position, at } => {
            if shift(service, &live.board(), unit, now).is_none() {
                return Err(Problem::of(
                    StatusCode::CONFLICT,
                    "sharing-off",
                    "Positions are not taken in",
                    "the unit is not on shift: its position is not taken in",
                ));
            }
            Ok(Command::Move {
                unit: unit.clone(),
                position: believed(position, FAR, &snapshot)?,
                heading_deg: None,
                measured_at: instant(&at)?,
            })
        }
    }
}

fn sheet_of(service: &Service, board: &Board, holder: &LinkHolder, now: Timestamp) -> Sheet {
    let snapshot = service.session.snapshot();
    let ground = service.session.live.ground();
    let unit = ground.unit(&holder.unit);
    let round = board.rounds.get(&holder.unit);
    let shift = shift(service, board, &holder.unit, now);
    let station = unit.and_then(|unit| unit.station.as_ref());
    let mut stations = snapshot.layers.stations.iter();
    let known = board.unit(&holder.unit);
    let call = known.call.as_ref();
    Sheet {
        unit: SheetUnit {
            id: holder.unit.to_string(),
            call_sign: unit.map_or_else(|| holder.unit.to_string(), |u| u.call_sign.clone()),
            status: ground
                .status(board, &holder.unit)
                .unwrap_or(UnitStatus::OffDuty),
            station: station
                .and_then(|id| stations.find(|station| station.id == *id))
                .map(|station| station.name.clone()),
            position: ground.position(board, &holder.unit),
        },
        until: holder.until,
        share_position: shift.is_some(),
        shift: shift.map(RoundShiftBody::of),
        plan: round.map(|round| round.plan.to_string()),
        check_ins_from: round.and_then(first_check_in),
        call: call
            .and_then(|id| board.calls.get(id))
            .map(|call| SheetCall {
                number: call.name(),
                category: call.category.clone(),
                priority: call.priority.number(),
                position: call.position,
                label: beat_of(&snapshot, call.position)
                    .map_or_else(String::new, |beat| beat.name.clone()),
            }),
        sent: known.sent.as_ref().map(SentBody::of),
        stops: round.map_or(Vec::new(), |round| {
            StopNowBody::all(round, now, &snapshot.zone)
        }),
        categories: categories(&snapshot),
        timezone: snapshot.district.timezone.clone(),
        synthetic: snapshot.district.synthetic,
    }
}

/// The unit's shift now: that of its plan, or that of the hour where it is not off duty.
fn shift(service: &Service, board: &Board, unit: &Id<Unit>, now: Timestamp) -> Option<Window> {
    let live = &service.session.live;
    if live.ground().status(board, unit)? == UnitStatus::OffDuty {
        return None;
    }
    let snapshot = service.session.snapshot();
    let of_plan = board.rounds.get(unit).map(|round| round.window);
    let today = snapshot.zone.to_datetime(now).date();
    let days = [today.yesterday().ok(), Some(today)];
    let of_hour = days.into_iter().flatten().flat_map(|day| {
        let zone = &snapshot.zone;
        let windows = snapshot.shifts.iter();
        windows.filter_map(move |shift| shift.window_on(day, zone).ok())
    });
    let mut all = of_plan.into_iter().chain(of_hour);
    all.find(|window| window.contains(now))
}

fn categories(snapshot: &Snapshot) -> Vec<SheetCategory> {
    let all = snapshot.categories.iter();
    all.map(|counted| SheetCategory {
        code: counted.category.code.clone(),
        name_en: counted.category.name_en.clone(),
        name_zh: counted.category.name_zh.clone(),
    })
    .collect()
}
