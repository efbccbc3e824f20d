//! `POST /api/board/commands`: what a dispatcher asks of the board, one thing or a few in
//! their order, as the page queues them while it has no connection.

use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use bytes::Bytes;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use utoipa_axum::{router::OpenApiRouter, routes};

use crate::app::session::snapshot::Snapshot;
use crate::http::api::Service;
use crate::http::live::body::SettingsBody;
use crate::http::live::feed::Desk;
use crate::http::live::outcome::{AnswerBody, many, single};
use crate::http::live::place::{OUTSIDE, believed, label};
use crate::http::live::settings_choice::SettingsChoice;
use crate::http::plans::find;
use crate::http::problem::Problem;
use crate::incident::record::{Incident, Priority};
use crate::live::call::CancelReason;
use crate::live::command::Command;
use crate::live::round::check_in::{CheckIn, RoundCommand};
use crate::live::round::notice::{MuteWhy, NoticeKind};
use crate::live::round::of_plan::rounds;
use crate::live::round::state::{JudgeWhy, Judgement, SkipWhy};
use crate::place::feature::{Unit, UnitStatus};
use crate::place::id::Id;
use crate::roads::network::RoadNetwork;

/// Most commands in one request.
const MOST: usize = 200;

/// Minutes for which a notice may be muted.
const MUTED_MIN: std::ops::RangeInclusive<u32> = 1..=720;

/// Something asked of the board. A call is named by its id or as on the radio (`C0417`), a
/// unit by its id or call sign, an alarm by its number.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
#[serde(tag = "kind", rename_all = "snake_case", deny_unknown_fields)]
enum CommandChoice {
    /// Send a unit to a call.
    Assign {
        /// The call.
        call: String,
        /// The unit.
        unit: String,
    },
    /// A unit is at its call.
    Arrive {
        /// The unit.
        unit: String,
    },
    /// A unit is done with its call; the last of those who reached it closes it.
    Clear {
        /// The unit.
        unit: String,
    },
    /// A unit does something else.
    Status {
        /// The unit.
        unit: String,
        /// `idle`, `break`, `off_duty`…
        #[schema(value_type = String, example = "break")]
        status: UnitStatus,
    },
    /// Send an idle unit to a place, without a call; it stays idle.
    Send {
        /// The unit.
        unit: String,
        /// Longitude, latitude.
        position: [f64; 2],
    },
    /// A unit need not go where it was sent, or stay there.
    Recall {
        /// The unit.
        unit: String,
    },
    /// The units at a call see to it.
    Handle {
        /// The call.
        call: String,
    },
    /// A call is handled and fed back.
    Close {
        /// The call.
        call: String,
    },
    /// Nobody has to go.
    Cancel {
        /// The call.
        call: String,
        /// `false_alarm`, `withdrawn`, `handed_over`, `test` or `mistake`.
        #[schema(value_type = String, example = "withdrawn")]
        reason: CancelReason,
    },
    /// A call that ended is open again; a merged one is a call of its own again.
    Reopen {
        /// The call.
        call: String,
    },
    /// A call is something else than it was taken for.
    Reclassify {
        /// The call.
        call: String,
        /// Category code; as before where absent.
        #[serde(default)]
        category: Option<String>,
        /// 1, 2 or 3; as before where absent.
        #[serde(default)]
        priority: Option<u8>,
    },
    /// A call is the same event as another one.
    Merge {
        /// The call that ends.
        call: String,
        /// The one that stays.
        into: String,
    },
    /// Two calls that look like one event are two.
    KeepApart {
        /// The one.
        call: String,
        /// The other.
        other: String,
    },
    /// An alarm was seen.
    Acknowledge {
        /// Its number.
        alarm: u64,
    },
    /// The command room speaks at the pillar.
    Answer {
        /// The alarm's number.
        alarm: u64,
    },
    /// An alarm is over.
    EndAlarm {
        /// Its number.
        alarm: u64,
    },
    /// An alarm becomes a call at its pillar.
    CallFor {
        /// The alarm's number.
        alarm: u64,
        /// Category code.
        category: String,
        /// 1, 2 or 3.
        priority: u8,
    },
    /// A stored plan's units follow their rounds from now on; what was made stays.
    Follow {
        /// The plan's id.
        plan: String,
    },
    /// Nobody follows a plan any more.
    Unfollow {
        /// The plan's id.
        plan: String,
    },
    /// A unit is at a stop of its round.
    Here {
        /// The unit.
        unit: String,
        /// The stop's number.
        stop: u32,
    },
    /// A unit has left a stop.
    Leave {
        /// The unit.
        unit: String,
        /// The stop's number.
        stop: u32,
    },
    /// A unit does not go to a stop.
    Skip {
        /// The unit.
        unit: String,
        /// The stop's number.
        stop: u32,
        /// `call`, `blocked` or `no_time`.
        #[schema(value_type = String, example = "call")]
        why: SkipWhy,
    },
    /// What was said by hand of a stop is taken back.
    Undo {
        /// The unit.
        unit: String,
        /// The stop's number.
        stop: u32,
    },
    /// What a stop was good for.
    Judge {
        /// The unit.
        unit: String,
        /// The stop's number.
        stop: u32,
        /// Whether it was useful.
        useful: bool,
        /// `calm`, `wrong_place`, `wrong_time`, `already_covered` or `seen_something`.
        #[serde(default)]
        #[schema(value_type = Option<String>, example = "calm")]
        why: Option<JudgeWhy>,
    },
    /// A notice of a unit's round is not to be heard of for a while.
    Mute {
        /// The unit.
        unit: String,
        /// `off_route`, `standing_still` or `missed`.
        #[schema(value_type = String, example = "off_route")]
        notice: NoticeKind,
        /// For how long, 1 to 720.
        minutes: u32,
        /// `agreed`, `traffic`, `with_citizens`, `other_task` or `position_wrong`.
        #[schema(value_type = String, example = "agreed")]
        why: MuteWhy,
    },
    /// The settings shall be others.
    Set(Box<SettingsChoice>),
}

/// One command, or several.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(untagged)]
#[allow(dead_code, reason = "the schema of what `commands` reads")]
enum Asked {
    One(CommandChoice),
    Many(Vec<CommandChoice>),
}

/// The route.
pub fn routes() -> OpenApiRouter<Service> {
    OpenApiRouter::new()
        .routes(routes!(commands))
        .routes(routes!(settings))
}

/// Asks something of the board: one command, or a list of up to 200 in their order.
///
/// One command is answered by 201, 200 where it was so already, or its problem (409 where it
/// is illegal now: nothing changes). A list is answered by 200 with a result each.
#[utoipa::path(post, path = "/api/board/commands", tag = "live",
    params(("Idempotency-Key" = Option<String>, Header, description = "The same key, the same answer")),
    request_body = Asked,
    responses(
        (status = 200, description = "What became of each", body = AnswerBody),
        (status = 201, description = "Done", body = AnswerBody),
        (status = 400, description = "The body is wrong", body = Problem,
            content_type = "application/problem+json"),
        (status = 404, description = "No such call, unit, alarm, plan or stop", body = Problem,
            content_type = "application/problem+json"),
        (status = 409, description = "Illegal now, or the workspace is served read-only", body = Problem,
            content_type = "application/problem+json"),
        (status = 413, description = "Too many commands", body = Problem,
            content_type = "application/problem+json"),
        (status = 422, description = "A setting makes no sense, or the Idempotency-Key is taken",
            body = Problem, content_type = "application/problem+json"),
        (status = 503, description = "Not now", body = Problem,
            content_type = "application/problem+json"),
        (status = 507, description = "The disk is full", body = Problem,
            content_type = "application/problem+json"),
    ))]
async fn commands(
    State(service): State<Service>,
    Desk(feed): Desk,
    body: Bytes,
) -> Result<Response, Problem> {
    let invalid = |fault: serde_json::Error| Problem::body(StatusCode::BAD_REQUEST, fault);
    let is_list = body.trim_ascii_start().first() == Some(&b'[');
    let choices: Vec<CommandChoice> = match is_list {
        true => serde_json::from_slice(&body).map_err(invalid)?,
        false => vec![serde_json::from_slice(&body).map_err(invalid)?],
    };
    if choices.len() > MOST {
        return Err(Problem::body(
            StatusCode::PAYLOAD_TOO_LARGE,
            format!("at most {MOST} commands at once"),
        ));
    }
    let snapshot = service.session.snapshot();
    let mut commands = Vec::with_capacity(choices.len());
    for choice in choices {
        commands.push(command(choice, &service, &snapshot).await?);
    }
    let repeatable = feed.repeatable(&body, |answer| AnswerBody::of(answer).text());
    let answer = service.session.live.ask(commands, repeatable).await?;
    match is_list {
        true => Ok(many(&answer)),
        false => single(&answer),
    }
}

/// The board's settings.
#[utoipa::path(get, path = "/api/board/settings", tag = "live",
    responses((status = 200, description = "All of them", body = SettingsBody)))]
async fn settings(State(service): State<Service>) -> axum::Json<SettingsBody> {
    axum::Json(SettingsBody::of(&service.session.live.board().settings))
}

async fn command(
    choice: CommandChoice,
    service: &Service,
    snapshot: &Snapshot,
) -> Result<Command, Problem> {
    let call = |name: String| call_named(name, service);
    let unit = |name: String| unit_named(name, service);
    let known = |code: String| match snapshot.unknown_category(std::slice::from_ref(&code)) {
        None => Ok(code),
        Some(_) => Err(Problem::parameter(
            "category",
            format!("there is no category {code:?}; /api/workspace lists them"),
        )),
    };
    let numbered = |number: u8| {
        Priority::from_number(number)
            .ok_or_else(|| Problem::parameter("priority", "priority must be 1, 2 or 3"))
    };
    let says = |name: String, stop, says| {
        Command::Round(RoundCommand::CheckIn {
            unit: unit(name),
            stop,
            says,
            at: None,
        })
    };
    Ok(match choice {
        CommandChoice::Assign { call: c, unit: u } => Command::Assign {
            call: call(c),
            unit: unit(u),
        },
        CommandChoice::Arrive { unit: u } => Command::Arrive { unit: unit(u) },
        CommandChoice::Clear { unit: u } => Command::Clear { unit: unit(u) },
        CommandChoice::Status { unit: u, status } => Command::Report {
            unit: unit(u),
            status,
        },
        CommandChoice::Send { unit: u, position } => {
            let position = believed(position, OUTSIDE, snapshot)?;
            let named = |network: &RoadNetwork| label(network, snapshot, position);
            let known = service.session.with_suggester(|it| named(it.network()));
            Command::Send {
                unit: unit(u),
                position,
                label: known.unwrap_or_default(),
            }
        }
        CommandChoice::Recall { unit: u } => Command::Recall { unit: unit(u) },
        CommandChoice::Handle { call: c } => Command::Handle { call: call(c) },
        CommandChoice::Close { call: c } => Command::Close { call: call(c) },
        CommandChoice::Cancel { call: c, reason } => Command::Cancel {
            call: call(c),
            reason,
        },
        CommandChoice::Reopen { call: c } => Command::Reopen { call: call(c) },
        CommandChoice::Reclassify {
            call: c,
            category,
            priority,
        } => Command::Reclassify {
            call: call(c),
            category: category.map(known).transpose()?,
            priority: priority.map(numbered).transpose()?,
        },
        CommandChoice::Merge { call: c, into } => Command::Merge {
            call: call(c),
            into: call(into),
        },
        CommandChoice::KeepApart { call: c, other } => Command::KeepApart {
            call: call(c),
            other: call(other),
        },
        CommandChoice::Acknowledge { alarm } => Command::Acknowledge { alarm },
        CommandChoice::Answer { alarm } => Command::Answer { alarm },
        CommandChoice::EndAlarm { alarm } => Command::EndAlarm { alarm },
        CommandChoice::CallFor {
            alarm,
            category,
            priority,
        } => Command::CallFor {
            alarm,
            category: known(category)?,
            priority: numbered(priority)?,
        },
        CommandChoice::Follow { plan } => {
            let plan = find(service, &plan).await?;
            Command::Round(RoundCommand::Follow {
                rounds: rounds(&plan),
                plan: plan.id,
            })
        }
        CommandChoice::Unfollow { plan } => Command::Round(RoundCommand::Unfollow {
            plan: Id::new(plan),
        }),
        CommandChoice::Here { unit: u, stop } => says(u, stop, CheckIn::Here),
        CommandChoice::Leave { unit: u, stop } => says(u, stop, CheckIn::Leave),
        CommandChoice::Skip { unit: u, stop, why } => says(u, stop, CheckIn::Skip(why)),
        CommandChoice::Undo { unit: u, stop } => says(u, stop, CheckIn::Undo),
        CommandChoice::Judge {
            unit: u,
            stop,
            useful,
            why,
        } => says(u, stop, CheckIn::Judge(Judgement { useful, why })),
        CommandChoice::Mute {
            unit: u,
            notice,
            minutes,
            why,
        } => Command::Round(RoundCommand::Mute {
            unit: unit(u),
            notice,
            minutes: muted_for(minutes)?,
            why,
        }),
        CommandChoice::Set(wanted) => Command::Set {
            change: (*wanted).into(),
        },
    })
}

fn muted_for(minutes: u32) -> Result<u32, Problem> {
    match MUTED_MIN.contains(&minutes) {
        true => Ok(minutes),
        false => Err(Problem::parameter(
            "minutes",
            format!("minutes must be from 1 to 720, not {minutes}"),
        )),
    }
}

/// By its name on the radio, or else by its id. Of two calls with one name the open one, or
/// else the later one, is meant.
pub fn call_named(name: String, service: &Service) -> Id<Incident> {
    let board = service.session.live.board();
    let id = Id::new(name.as_str());
    if board.calls.contains_key(&id) {
        return id;
    }
    let number = name
        .strip_prefix(['C', 'c'])
        .and_then(|digits| digits.parse::<u32>().ok());
    let named = board
        .calls
        .values()
        .filter(|call| Some(call.number) == number)
        .max_by_key(|call| (call.is_open(), call.times.received));
    named.map_or(id, |call| call.id.clone())
}

/// By its id, or else by its call sign where only one unit has it.
pub fn unit_named(name: String, service: &Service) -> Id<Unit> {
    let ground = service.session.live.ground();
    let id = Id::new(name.as_str());
    if ground.unit(&id).is_some() {
        return id;
    }
    let mut called = ground.units().filter(|unit| unit.call_sign == name);
    match (called.next(), called.next()) {
        (Some(unit), None) => unit.id.clone(),
        _ => id,
    }
}
