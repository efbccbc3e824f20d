//! The board's parts as clients see them: each with what its layer knows of it, so that a
//! client shows it without asking again. A part that has changed is sent whole and takes
//! the place of the one before.

use jiff::Timestamp;
use serde::Serialize;
use utoipa::ToSchema;

use crate::app::session::near::beat_of;
use crate::app::session::snapshot::Snapshot;
use crate::http::live::round_body::RoundSummary;
use crate::incident::record::{CallState, Incident, Origin};
use crate::live::alarm::{Alarm, AlarmLevel};
use crate::live::board::Board;
use crate::live::call::{Call, CancelReason, How};
use crate::live::ground::Ground;
use crate::live::note::WrittenNote;
use crate::live::sending::SentTo;
use crate::live::settings::BoardSettings;
use crate::place::feature::{AlarmPillar, PillarState, Unit, UnitKind, UnitStatus};
use crate::place::id::Id;
use crate::place::position::Position;

/// A call.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub struct CallBody {
    /// The incident's id.
    pub id: String,
    /// What it is called on the radio.
    #[schema(example = "C0417")]
    pub name: String,
    /// Longitude, latitude.
    #[schema(value_type = [f64; 2])]
    pub position: Position,
    /// Category code.
    pub category: String,
    /// 1, 2 or 3.
    pub priority: u8,
    /// Who or what reported it.
    #[schema(value_type = String, example = "citizen_call")]
    pub origin: Origin,
    /// The pillar it came from.
    pub pillar: Option<String>,
    /// `received`, `dispatched`, `arrived`, `handling`, `closed`, `cancelled` or `merged`.
    #[schema(example = "received")]
    pub state: &'static str,
    /// When it was received.
    #[schema(value_type = String)]
    pub received_at: Timestamp,
    /// When a unit was sent first.
    #[schema(value_type = Option<String>)]
    pub dispatched_at: Option<Timestamp>,
    /// When a unit was there first.
    #[schema(value_type = Option<String>)]
    pub arrived_at: Option<Timestamp>,
    /// When it began to be handled.
    #[schema(value_type = Option<String>)]
    pub handling_at: Option<Timestamp>,
    /// When it ended, however it did.
    #[schema(value_type = Option<String>)]
    pub ended_at: Option<Timestamp>,
    /// Why it was cancelled.
    #[schema(value_type = Option<String>)]
    pub cancel_reason: Option<CancelReason>,
    /// The call it was merged into.
    pub merged_into: Option<String>,
    /// Units sent or there.
    pub units: Vec<String>,
    /// Calls that may be of the same event; a person decides.
    pub maybe_same: Vec<String>,
    /// Calls that were merged into it.
    pub merged: Vec<String>,
    /// What it was taken for before, oldest first.
    pub changes: Vec<CallChangeBody>,
    /// Beat that holds it.
    pub beat: Option<String>,
    /// The beat's name.
    pub beat_name: Option<String>,
    /// The beat's station.
    pub station: Option<String>,
}

/// What a call was taken for before.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub struct CallChangeBody {
    /// Until when.
    #[schema(value_type = String)]
    pub until: Timestamp,
    /// Category code.
    pub category: String,
    /// 1, 2 or 3.
    pub priority: u8,
}

/// A unit.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub struct UnitBody {
    /// Its id.
    pub id: String,
    /// What it is called on the radio.
    pub call_sign: String,
    /// How it moves.
    #[schema(value_type = String, example = "car")]
    pub kind: UnitKind,
    /// Its station.
    pub station: Option<String>,
    /// What it does.
    #[schema(value_type = String, example = "idle")]
    pub status: UnitStatus,
    /// Since when; none where its layer says so.
    #[schema(value_type = Option<String>)]
    pub since: Option<Timestamp>,
    /// The call it is sent to or at.
    pub call: Option<String>,
    /// Where it was sent without a call, while it is idle.
    pub sent: Option<SentBody>,
    /// Longitude, latitude.
    #[schema(value_type = [f64; 2])]
    pub position: Position,
    /// Degrees clockwise from north.
    pub heading_deg: Option<f64>,
    /// When the position was measured; none where it is the layer's.
    #[schema(value_type = Option<String>)]
    pub position_at: Option<Timestamp>,
    /// The round of the plan that it follows, in short; all of it is at
    /// `/api/units/{id}/round`.
    pub round: Option<RoundSummary>,
}

/// Where a unit was sent.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub struct SentBody {
    /// Longitude, latitude.
    #[schema(value_type = [f64; 2])]
    pub position: Position,
    /// Beat and street.
    pub label: String,
    /// When it was sent.
    #[schema(value_type = String)]
    pub at: Timestamp,
    /// When it was there; none while it is on its way.
    #[schema(value_type = Option<String>)]
    pub reached_at: Option<Timestamp>,
}

impl SentBody {
    /// From the board's.
    pub fn of(sent: &SentTo) -> Self {
        Self {
            position: sent.position,
            label: sent.label.clone(),
            at: sent.at,
            reached_at: sent.reached_at,
        }
    }
}

/// An alarm.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub struct AlarmBody {
    /// Its number.
    pub number: u64,
    /// The pillar.
    pub pillar: String,
    /// The pillar's name.
    pub pillar_name: String,
    /// Where the pillar stands: longitude, latitude; none where it was taken away since.
    #[schema(value_type = Option<[f64; 2]>)]
    pub position: Option<Position>,
    /// When it was pressed first.
    #[schema(value_type = String)]
    pub pressed_at: Timestamp,
    /// How often.
    pub presses: u32,
    /// When it was seen.
    #[schema(value_type = Option<String>)]
    pub acknowledged_at: Option<Timestamp>,
    /// When it was answered.
    #[schema(value_type = Option<String>)]
    pub answered_at: Option<Timestamp>,
    /// How far it was escalated.
    #[schema(value_type = String, example = "ringing")]
    pub level: AlarmLevel,
    /// When it ended.
    #[schema(value_type = Option<String>)]
    pub ended_at: Option<Timestamp>,
    /// The call that was made of it.
    pub call: Option<String>,
}

/// A pillar.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub struct PillarBody {
    /// Its id.
    pub id: String,
    /// Its name.
    pub name: String,
    /// Longitude, latitude.
    #[schema(value_type = [f64; 2])]
    pub position: Position,
    /// Whether it gives signs of life.
    pub online: bool,
    /// Since when; none where its layer says so.
    #[schema(value_type = Option<String>)]
    pub since: Option<Timestamp>,
}

/// What a dispatcher wrote for the next shift.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub struct NoteBody {
    /// When it was written.
    #[schema(value_type = String)]
    pub at: Timestamp,
    /// The time that it is about.
    #[schema(value_type = String)]
    pub from: Timestamp,
    /// Its end.
    #[schema(value_type = String)]
    pub until: Timestamp,
    /// The station that it is about; none: the whole district.
    pub station: Option<String>,
    /// The text.
    pub text: String,
}

impl NoteBody {
    /// Of a note.
    pub fn of(written: &WrittenNote) -> Self {
        Self {
            at: written.at,
            from: written.note.window.from,
            until: written.note.window.until,
            station: written.note.station.as_ref().map(Id::to_string),
            text: written.note.text.clone(),
        }
    }
}

/// The settings.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, ToSchema)]
pub struct SettingsBody {
    /// Seconds that a call of priority 1, 2, 3 may wait for a unit.
    pub unassigned_s: [f64; 3],
    /// Seconds to acknowledge an alarm.
    pub acknowledge_s: f64,
    /// Seconds to answer an alarm.
    pub answer_s: f64,
    /// Seconds of silence after which a pillar is offline.
    pub pillar_silence_s: f64,
    /// Metres within which two calls may be one event.
    pub same_within_m: f64,
    /// Seconds within which two calls may be one event.
    pub same_for_s: f64,
    /// Age in seconds from which a position shows it.
    pub position_ages_s: f64,
    /// Age in seconds from which a position is not counted on.
    pub position_is_old_s: f64,
    /// Seconds of quiet on a scene after which a unit is asked how it is.
    pub quiet_on_scene_s: f64,
    /// Seconds for which a call that has ended stays on the board.
    pub keep_ended_s: f64,
    /// Seconds for which positions are kept one by one.
    pub positions_whole_s: f64,
    /// After that one position a unit is kept in each so many seconds.
    pub positions_step_s: f64,
    /// Days for which positions are kept.
    pub positions_days: u16,
    /// Metres within which a unit is at a stop of its round.
    pub geofence_m: f64,
    /// Metres beyond which one that was there has left.
    pub geofence_leave_m: f64,
    /// Seconds below which a unit only came by.
    pub least_stay_s: f64,
    /// Metres beyond which a unit is off its route…
    pub off_route_m: f64,
    /// …after so many seconds.
    pub off_route_after_s: f64,
    /// Metres within which a unit does not move…
    pub still_within_m: f64,
    /// …and after so many seconds stands still.
    pub still_after_s: f64,
}

/// The board.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub struct BoardBody {
    /// Number of the last event in it; `/api/events` goes on after it.
    pub sequence: u64,
    /// When that was; none where nothing has happened.
    #[schema(value_type = Option<String>)]
    pub at: Option<Timestamp>,
    /// The service's clock, to tell ages by.
    #[schema(value_type = String)]
    pub now: Timestamp,
    /// How old it may be, whole seconds: some where the database can't be read, else 0 or 1.
    pub age_s: u64,
    /// Calls: all that are open, and those that ended not long ago.
    pub calls: Vec<CallBody>,
    /// All units.
    pub units: Vec<UnitBody>,
    /// All pillars.
    pub pillars: Vec<PillarBody>,
    /// Alarms: all that are open, and those that ended not long ago.
    pub alarms: Vec<AlarmBody>,
    /// The newest note of each station and of the whole district, the newest first.
    pub notes: Vec<NoteBody>,
    /// The settings.
    pub settings: SettingsBody,
}

/// Makes bodies of what stands on a board.
#[derive(Clone, Copy)]
pub struct View<'a> {
    /// The board.
    pub board: &'a Board,
    /// What it stands on.
    pub ground: &'a Ground,
    /// The layers.
    pub snapshot: &'a Snapshot,
}

impl View<'_> {
    /// A call.
    pub fn call(&self, call: &Call) -> CallBody {
        let (state, cancel_reason, merged_into) = match call.ending.as_ref().map(|e| &e.how) {
            None => (state_word(call.state), None, None),
            Some(How::Closed) => ("closed", None, None),
            Some(How::Cancelled { reason }) => ("cancelled", Some(*reason), None),
            Some(How::Merged { into }) => ("merged", None, Some(into.to_string())),
        };
        let beat = beat_of(self.snapshot, call.position);
        CallBody {
            id: call.id.to_string(),
            name: call.name(),
            position: call.position,
            category: call.category.clone(),
            priority: call.priority.number(),
            origin: call.origin,
            pillar: call.pillar.as_ref().map(Id::to_string),
            state,
            received_at: call.times.received,
            dispatched_at: call.times.dispatched,
            arrived_at: call.times.arrived,
            handling_at: call.times.handling,
            ended_at: call.ending.as_ref().map(|ending| ending.at),
            cancel_reason,
            merged_into,
            units: texts(&call.units),
            maybe_same: texts(&call.maybe_same),
            merged: texts(&call.merged),
            changes: call
                .changes
                .iter()
                .map(|change| CallChangeBody {
                    until: change.at,
                    category: change.category.clone(),
                    priority: change.priority.number(),
                })
                .collect(),
            beat: beat.map(|beat| beat.id.to_string()),
            beat_name: beat.map(|beat| beat.name.clone()),
            station: beat
                .and_then(|beat| beat.station.as_ref())
                .map(Id::to_string),
        }
    }

    /// A call by its id; none where the board does not have it.
    pub fn call_of(&self, id: &Id<Incident>) -> Option<CallBody> {
        self.board.calls.get(id).map(|call| self.call(call))
    }

    /// A unit.
    pub fn unit(&self, unit: &Unit) -> UnitBody {
        let now = self.board.unit(&unit.id);
        UnitBody {
            id: unit.id.to_string(),
            call_sign: unit.call_sign.clone(),
            kind: unit.kind,
            station: unit.station.as_ref().map(Id::to_string),
            status: now.status.unwrap_or(unit.status),
            since: now.since,
            call: now.call.as_ref().map(Id::to_string),
            sent: now.sent.as_ref().map(SentBody::of),
            position: now.fix.map_or(unit.position, |fix| fix.position),
            heading_deg: now.fix.and_then(|fix| fix.heading_deg),
            position_at: now.fix.map(|fix| fix.at),
            round: self.board.rounds.get(&unit.id).map(RoundSummary::of),
        }
    }

    /// An alarm.
    pub fn alarm(&self, alarm: &Alarm) -> AlarmBody {
        let pillar = self.ground.pillar(&alarm.pillar);
        AlarmBody {
            number: alarm.number,
            pillar: alarm.pillar.to_string(),
            pillar_name: pillar.map_or_else(|| alarm.pillar.to_string(), |p| p.name.clone()),
            position: pillar.map(|p| p.position),
            pressed_at: alarm.pressed_at,
            presses: alarm.presses,
            acknowledged_at: alarm.acknowledged_at,
            answered_at: alarm.answered_at,
            level: alarm.level,
            ended_at: alarm.ended_at,
            call: alarm.call.as_ref().map(Id::to_string),
        }
    }

    /// A pillar.
    pub fn pillar(&self, pillar: &AlarmPillar) -> PillarBody {
        let now = self.board.pillars.get(&pillar.id);
        PillarBody {
            id: pillar.id.to_string(),
            name: pillar.name.clone(),
            position: pillar.position,
            online: now.map_or(pillar.state != PillarState::Offline, |now| now.online),
            since: now.map(|now| now.since),
        }
    }

    /// All of it, in an order that does not depend on anything else.
    pub fn whole(&self, now: Timestamp) -> BoardBody {
        let mut units: Vec<UnitBody> = self.ground.units().map(|unit| self.unit(unit)).collect();
        units.sort_by(|a, b| a.id.cmp(&b.id));
        let pillars = self.ground.pillars().map(|pillar| self.pillar(pillar));
        let mut pillars: Vec<PillarBody> = pillars.collect();
        pillars.sort_by(|a, b| a.id.cmp(&b.id));
        BoardBody {
            sequence: self.board.sequence,
            at: Some(self.board.at).filter(|at| *at > Timestamp::MIN),
            now,
            age_s: 0,
            calls: self.board.calls.values().map(|c| self.call(c)).collect(),
            units,
            pillars,
            alarms: self.board.alarms.values().map(|a| self.alarm(a)).collect(),
            notes: self.notes(),
            settings: SettingsBody::of(&self.board.settings),
        }
    }

    /// The newest notes for the next shift.
    pub fn notes(&self) -> Vec<NoteBody> {
        let notes = self.board.newest_notes().into_iter();
        notes.map(NoteBody::of).collect()
    }
}

impl SettingsBody {
    /// From the board's.
    pub fn of(settings: &BoardSettings) -> Self {
        Self {
            unassigned_s: settings.unassigned.map(|wait| wait.0),
            acknowledge_s: settings.acknowledge.0,
            answer_s: settings.answer.0,
            pillar_silence_s: settings.pillar_silence.0,
            same_within_m: settings.same_within.0,
            same_for_s: settings.same_for.0,
            position_ages_s: settings.position_ages.0,
            position_is_old_s: settings.position_is_old.0,
            quiet_on_scene_s: settings.quiet_on_scene.0,
            keep_ended_s: settings.keep_ended.0,
            positions_whole_s: settings.positions_whole.0,
            positions_step_s: settings.positions_step.0,
            positions_days: settings.positions_days,
            geofence_m: settings.geofence.0,
            geofence_leave_m: settings.geofence_leave.0,
            least_stay_s: settings.least_stay.0,
            off_route_m: settings.off_route.0,
            off_route_after_s: settings.off_route_after.0,
            still_within_m: settings.still_within.0,
            still_after_s: settings.still_after.0,
        }
    }
}

fn state_word(state: CallState) -> &'static str {
    match state {
        CallState::Received => "received",
        CallState::Dispatched => "dispatched",
        CallState::Arrived => "arrived",
        CallState::Handling => "handling",
        CallState::Closed => "closed",
    }
}

fn texts<T>(ids: &[Id<T>]) -> Vec<String> {
    ids.iter().map(Id::to_string).collect()
}
