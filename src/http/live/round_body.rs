//! A unit's round as clients see it: in short with each unit of the board, in full for the
//! desk and the unit's phone.

use jiff::Timestamp;
use jiff::tz::TimeZone;
use serde::Serialize;
use utoipa::ToSchema;

use crate::calendar::window::Window;
use crate::live::round::notice::{MuteWhy, Notice, NoticeKind};
use crate::live::round::state::{CheckInBy, JudgeWhy, Offer, Round, RoundStop, SkipWhy, StopState};
use crate::live::round::words::of_now;
use crate::patrol::reason::{Language, of_reason};
use crate::place::position::Position;

/// A unit's round in short, as it comes with each change of the unit.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub struct RoundSummary {
    /// The plan.
    pub plan: String,
    /// How many stops it has.
    pub stops: usize,
    /// How many of them are made, skipped, missed.
    pub made: usize,
    /// See `made`.
    pub skipped: usize,
    /// See `made`.
    pub missed: usize,
    /// Number of the stop where the unit is.
    pub here: Option<u32>,
    /// Number of the next one.
    pub next: Option<u32>,
    /// What a dispatcher should know of.
    pub notices: Vec<NoticeBody>,
    /// Whether changing the plan is offered.
    pub replan_offered: bool,
}

/// What a dispatcher should know of.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub struct NoticeBody {
    /// `off_route`, `standing_still` or `missed`.
    #[schema(value_type = String, example = "off_route")]
    pub notice: NoticeKind,
    /// Since when that is so.
    #[schema(value_type = String)]
    pub since: Timestamp,
    /// The stop that was missed last.
    pub stop: Option<u32>,
    /// Until when it is muted; it sounds again then where it is still so.
    #[schema(value_type = Option<String>)]
    pub muted_until: Option<Timestamp>,
    /// Why it is muted.
    #[schema(value_type = Option<String>)]
    pub muted_why: Option<MuteWhy>,
}

/// A shift, or what else has a beginning and an end.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub struct RoundShiftBody {
    /// It begins.
    #[schema(value_type = String)]
    pub from: Timestamp,
    /// It ends.
    #[schema(value_type = String)]
    pub until: Timestamp,
}

/// A sentence in both languages.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub struct Words {
    /// English.
    pub en: String,
    /// 简体中文.
    pub zh: String,
}

/// A stop of a round in force.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
#[schema(as = RoundStop)]
pub struct StopNowBody {
    /// From 1.
    pub number: u32,
    /// Where that is, in words.
    pub label: String,
    /// Longitude, latitude.
    #[schema(value_type = [f64; 2])]
    pub position: Position,
    /// H3 cell that it is for; none for a must-visit.
    pub cell: Option<String>,
    /// Planned arrival.
    #[schema(value_type = String)]
    pub arrival: Timestamp,
    /// When what the unit comes for begins, where it has to wait for it.
    #[schema(value_type = Option<String>)]
    pub begins: Option<Timestamp>,
    /// Planned departure.
    #[schema(value_type = String)]
    pub departure: Timestamp,
    /// How long it stays as planned.
    pub dwell_s: f64,
    /// Whether it must be visited in a window.
    pub must: bool,
    /// `planned`, `here`, `made`, `skipped` or `missed`.
    #[schema(value_type = String, example = "planned")]
    pub state: StopState,
    /// When the unit got there.
    #[schema(value_type = Option<String>)]
    pub reached_at: Option<Timestamp>,
    /// When it left.
    #[schema(value_type = Option<String>)]
    pub left_at: Option<Timestamp>,
    /// `geofence` or `hand`; what was said by hand can be taken back.
    #[schema(value_type = Option<String>)]
    pub by: Option<CheckInBy>,
    /// `call`, `blocked` or `no_time`.
    #[schema(value_type = Option<String>)]
    pub skipped: Option<SkipWhy>,
    /// Whether the unit found it useful.
    pub useful: Option<bool>,
    /// `calm`, `wrong_place`, `wrong_time`, `already_covered` or `seen_something`.
    #[schema(value_type = Option<String>)]
    pub useful_why: Option<JudgeWhy>,
    /// Why it is in the plan.
    pub why: Words,
    /// How it stands now.
    pub why_now: Words,
    /// The way from the stop before: longitude, latitude; none where there is none.
    #[schema(value_type = Option<Vec<[f64; 2]>>)]
    pub line: Option<Vec<Position>>,
}

/// A unit's round in force.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub struct RoundBody {
    /// Number of the board's last event.
    pub sequence: u64,
    /// The service's clock.
    #[schema(value_type = String)]
    pub now: Timestamp,
    /// The unit's id.
    pub unit: String,
    /// The plan; none where it follows none.
    pub plan: Option<String>,
    /// The plan's shift.
    pub shift: Option<RoundShiftBody>,
    /// Its stops, by number.
    pub stops: Vec<StopNowBody>,
    /// Number of the stop where the unit is.
    pub here: Option<u32>,
    /// Number of the next one.
    pub next: Option<u32>,
    /// What a dispatcher should know of.
    pub notices: Vec<NoticeBody>,
    /// Whether changing the plan is offered: `/api/plans/{id}/replan`, then `follow`.
    pub replan_offered: bool,
    /// `sent_away` or `free_again`.
    #[schema(value_type = Option<String>)]
    pub replan_why: Option<Offer>,
}

impl RoundSummary {
    /// Of a round.
    pub fn of(round: &Round) -> Self {
        let count = |state| round.stops.iter().filter(|s| s.state == state).count();
        Self {
            plan: round.plan.to_string(),
            stops: round.stops.len(),
            made: count(StopState::Made),
            skipped: count(StopState::Skipped),
            missed: count(StopState::Missed),
            here: round.here().map(|stop| stop.planned.number),
            next: round.next().map(|stop| stop.planned.number),
            notices: notices(round),
            replan_offered: round.offer.is_some(),
        }
    }
}

/// What a dispatcher should know of a round, what is muted too.
pub fn notices(round: &Round) -> Vec<NoticeBody> {
    let of = |notice: &Notice| {
        let mute = round.mutes.iter().find(|mute| mute.notice == notice.kind);
        NoticeBody {
            notice: notice.kind,
            since: notice.since,
            stop: notice.stop,
            muted_until: mute.map(|mute| mute.until),
            muted_why: mute.map(|mute| mute.why),
        }
    };
    round.notices.iter().map(of).collect()
}

impl RoundShiftBody {
    /// Of a window.
    pub fn of(window: Window) -> Self {
        Self {
            from: window.start(),
            until: window.end(),
        }
    }
}

impl StopNowBody {
    /// The stops of a round as they stand at an instant.
    pub fn all(round: &Round, now: Timestamp, zone: &TimeZone) -> Vec<Self> {
        let stops = round.stops.iter();
        stops.map(|stop| Self::of(stop, round, now, zone)).collect()
    }

    fn of(stop: &RoundStop, round: &Round, now: Timestamp, zone: &TimeZone) -> Self {
        let planned = &stop.planned;
        let why = |language| {
            of_reason(
                &planned.reason,
                planned.arrival,
                round.window,
                zone,
                language,
            )
        };
        let why_now = |language| of_now(stop, now, zone, language);
        let begins = planned.begins.unwrap_or(planned.arrival);
        Self {
            number: planned.number,
            label: planned.label.clone(),
            position: planned.position,
            cell: planned.cell.map(|cell| cell.to_string()),
            arrival: planned.arrival,
            begins: planned.begins,
            departure: planned.departure,
            dwell_s: planned.departure.duration_since(begins).as_secs_f64(),
            must: stop.due_until().is_some(),
            state: stop.state,
            reached_at: stop.reached_at,
            left_at: stop.left_at,
            by: stop.by,
            skipped: stop.skipped,
            useful: stop.judged.map(|judged| judged.useful),
            useful_why: stop.judged.and_then(|judged| judged.why),
            why: Words::of(why),
            why_now: Words::of(why_now),
            line: Some(planned.line.clone()).filter(|line| !line.is_empty()),
        }
    }
}

impl Words {
    fn of(words: impl Fn(Language) -> String) -> Self {
        Self {
            en: words(Language::English),
            zh: words(Language::Chinese),
        }
    }
}
