//! What a command comes to: the events that carry it out, or why it is refused.
//!
//! The order of a call's states is here and nowhere else: received → dispatched → arrived →
//! handling → closed. Asking for what is so already comes to no event: a message that
//! arrives twice does no harm.

use jiff::Timestamp;

use crate::incident::record::{CallState, Incident, Origin, Priority};
use crate::live::alarm::Alarm;
use crate::live::board::Board;
use crate::live::board_event::{BoardEvent, Received};
use crate::live::call::Call;
use crate::live::command::{Command, NewIncident};
use crate::live::ground::Ground;
use crate::live::refusal::Refusal;
use crate::live::round::event::RoundEvent;
use crate::live::round::{check_in, geofence};
use crate::live::sending;
use crate::place::feature::{Unit, UnitStatus};
use crate::place::id::Id;
use crate::place::position::Position;

/// Decides on a command at an instant.
///
/// An incident whose id is stored already must not get here: the store alone knows all ids.
///
/// # Errors
/// [`Refusal`].
pub fn decide(
    board: &Board,
    ground: &Ground,
    command: &Command,
    now: Timestamp,
) -> Result<Vec<BoardEvent>, Refusal> {
    match command {
        Command::Receive(new) => Ok(vec![received(board, new)]),
        Command::Assign { call, unit } => assign(board, ground, call, unit, now),
        Command::Arrive { unit } => arrive(board, ground, unit),
        Command::Clear { unit } => clear(board, ground, unit),
        Command::Send {
            unit,
            position,
            label,
        } => sending::send(board, ground, unit, *position, label),
        Command::Recall { unit } => sending::recall(board, ground, unit),
        Command::Handle { call } => {
            let it = open_call(board, call)?;
            match it.state {
                CallState::Handling => Ok(Vec::new()),
                CallState::Arrived => Ok(vec![BoardEvent::CallHandling { call: call.clone() }]),
                _ => Err(wrong_state(it, "handled")),
            }
        }
        Command::Close { call } => {
            let it = open_call(board, call)?;
            match it.state {
                CallState::Arrived | CallState::Handling => {
                    Ok(vec![BoardEvent::CallClosed { call: call.clone() }])
                }
                _ => Err(wrong_state(it, "closed")),
            }
        }
        Command::Cancel { call, reason } => {
            open_call(board, call)?;
            let (call, reason) = (call.clone(), *reason);
            Ok(vec![BoardEvent::CallCancelled { call, reason }])
        }
        Command::Reopen { call } => {
            let it = known_call(board, call)?;
            match it.is_open() {
                true => Err(Refusal::CallOpen { name: it.name() }),
                false => Ok(vec![BoardEvent::CallReopened { call: call.clone() }]),
            }
        }
        Command::Reclassify {
            call,
            category,
            priority,
        } => {
            let it = open_call(board, call)?;
            let category = category.clone().unwrap_or_else(|| it.category.clone());
            let priority = priority.unwrap_or(it.priority);
            if category == it.category && priority == it.priority {
                return Ok(Vec::new());
            }
            Ok(vec![BoardEvent::CallReclassified {
                call: call.clone(),
                category,
                priority,
            }])
        }
        Command::Merge { call, into } => {
            if call == into {
                return Err(Refusal::SameCall);
            }
            open_call(board, call)?;
            open_call(board, into)?;
            let (call, into) = (call.clone(), into.clone());
            Ok(vec![BoardEvent::CallMerged { call, into }])
        }
        Command::KeepApart { call, other } => {
            let (it, that) = (open_call(board, call)?, open_call(board, other)?);
            if !it.maybe_same.contains(other) {
                let (call, other) = (it.name(), that.name());
                return Err(Refusal::NotProposed { call, other });
            }
            let (call, other) = (call.clone(), other.clone());
            Ok(vec![BoardEvent::CallsKeptApart { call, other }])
        }
        Command::Move {
            unit,
            position,
            heading_deg,
            measured_at,
        } => {
            known_unit(ground, unit)?;
            // A position that was overtaken on its way is no news.
            if board.unit(unit).fix.is_some_and(|f| f.at >= *measured_at) {
                return Ok(Vec::new());
            }
            // What the position means for the unit's round, then the position itself.
            let of_round = geofence::of_position(board, ground, unit, *position, *measured_at);
            let moved = BoardEvent::UnitMoved {
                unit: unit.clone(),
                position: *position,
                heading_deg: *heading_deg,
                measured_at: *measured_at,
            };
            Ok(board_events(of_round).chain([moved]).collect())
        }
        Command::Report { unit, status } => report(board, ground, unit, *status, now),
        Command::ReportOf {
            unit,
            status,
            call,
            at,
        } => {
            known_unit(ground, unit)?;
            // What the unit was given since is newer: a "done" that waited for the net, or of
            // a sheet that was not yet up to date, must not end another call.
            let other = board.unit(unit).call != *call;
            if other || given_since(board, unit).is_some_and(|since| since > *at) {
                let unit = unit.clone();
                return Err(Refusal::Overtaken { unit, at: *at });
            }
            if *status == UnitStatus::OnScene {
                of_unit(board, unit)?;
            }
            report(board, ground, unit, *status, now)
        }
        Command::Press { pillar } => {
            if ground.pillar(pillar).is_none() {
                return Err(Refusal::UnknownPillar(pillar.clone()));
            }
            let ringing = board.alarm_at(pillar).map(|alarm| alarm.number);
            Ok(vec![BoardEvent::PillarPressed {
                pillar: pillar.clone(),
                alarm: ringing.unwrap_or(board.next_alarm),
            }])
        }
        Command::Acknowledge { alarm } => {
            let it = open_alarm(board, *alarm)?;
            let seen = it.acknowledged_at.is_some();
            Ok(unless(
                seen,
                BoardEvent::AlarmAcknowledged { alarm: *alarm },
            ))
        }
        Command::Answer { alarm } => {
            let it = open_alarm(board, *alarm)?;
            let answered = it.answered_at.is_some();
            Ok(unless(
                answered,
                BoardEvent::AlarmAnswered { alarm: *alarm },
            ))
        }
        Command::EndAlarm { alarm } => {
            let it = open_alarm(board, *alarm)?;
            if it.answered_at.is_none() && it.call.is_none() {
                return Err(Refusal::AlarmRings(*alarm));
            }
            Ok(vec![BoardEvent::AlarmEnded { alarm: *alarm }])
        }
        Command::CallFor {
            alarm,
            category,
            priority,
        } => {
            let it = open_alarm(board, *alarm)?;
            if it.call.is_some() {
                return Err(Refusal::AlarmState {
                    alarm: *alarm,
                    already: "a call",
                });
            }
            let pillar = ground
                .pillar(&it.pillar)
                .ok_or_else(|| Refusal::UnknownPillar(it.pillar.clone()))?;
            let call = call_of(board, it, pillar.position, category, *priority);
            Ok(vec![BoardEvent::IncidentReceived(call)])
        }
        Command::Online { pillar } => {
            if ground.pillar(pillar).is_none() {
                return Err(Refusal::UnknownPillar(pillar.clone()));
            }
            let was = board.pillars.get(pillar);
            let known = was.is_some_and(|now| now.online && now.beats);
            let pillar = pillar.clone();
            Ok(unless(known, BoardEvent::PillarOnline { pillar }))
        }
        Command::Silent { pillar } => {
            let online = board.pillars.get(pillar).is_some_and(|now| now.online);
            let pillar = pillar.clone();
            Ok(unless(!online, BoardEvent::PillarSilent { pillar }))
        }
        Command::WriteHandover { note } => {
            let written = board.note_like(note);
            let same = written.is_some_and(|of| of.note.text == note.text);
            Ok(unless(same, BoardEvent::HandoverWritten(note.clone())))
        }
        Command::Set { change } => {
            let settings = change.onto(&board.settings);
            settings.check()?;
            let same = settings == board.settings;
            Ok(unless(same, BoardEvent::BoardSet { settings }))
        }
        Command::Round(command) => {
            let events = check_in::decide(board, ground, command, now)?;
            Ok(board_events(events).collect())
        }
    }
}

/// The call that an alarm becomes. Its id is the alarm's own, so that it is made once; with
/// its time, so that no other log's alarm has it.
pub fn call_of(
    board: &Board,
    alarm: &Alarm,
    position: Position,
    category: &str,
    priority: Priority,
) -> Received {
    let when = alarm.pressed_at.as_millisecond();
    Received {
        id: Id::new(format!("alarm-{}-{}-{when}", alarm.pillar, alarm.number)),
        number: board.next_call,
        happened_at: alarm.pressed_at,
        until: None,
        position,
        category: category.to_owned(),
        priority,
        origin: Origin::AlarmPillar,
        state: CallState::Received,
        pillar: Some(alarm.pillar.clone()),
    }
}

fn received(board: &Board, new: &NewIncident) -> BoardEvent {
    BoardEvent::IncidentReceived(Received {
        id: new.id.clone(),
        number: board.next_call,
        happened_at: new.happened_at,
        until: new.until,
        position: new.position,
        category: new.category.clone(),
        priority: new.priority,
        origin: new.origin,
        state: new.state,
        pillar: None,
    })
}

fn assign(
    board: &Board,
    ground: &Ground,
    call: &Id<Incident>,
    unit: &Id<Unit>,
    now: Timestamp,
) -> Result<Vec<BoardEvent>, Refusal> {
    let status = known_status(board, ground, unit)?;
    open_call(board, call)?;
    if board.unit(unit).call.as_ref() == Some(call) {
        return Ok(Vec::new());
    }
    match status {
        // One on its way to another call may be sent elsewhere: that one waits again.
        UnitStatus::Idle | UnitStatus::Dispatched => {
            let leaves = board_events(geofence::called_away(board, unit, now));
            let (call, unit) = (call.clone(), unit.clone());
            Ok(leaves
                .chain([BoardEvent::UnitAssigned { call, unit }])
                .collect())
        }
        _ => Err(wrong_status(unit, "sent", status)),
    }
}

fn arrive(board: &Board, ground: &Ground, unit: &Id<Unit>) -> Result<Vec<BoardEvent>, Refusal> {
    let status = known_status(board, ground, unit)?;
    let call = of_unit(board, unit)?.clone();
    let unit = unit.clone();
    match status {
        UnitStatus::OnScene => Ok(Vec::new()),
        UnitStatus::Dispatched => Ok(vec![BoardEvent::UnitArrived { call, unit }]),
        _ => Err(wrong_status(&unit, "there", status)),
    }
}

fn clear(board: &Board, ground: &Ground, unit: &Id<Unit>) -> Result<Vec<BoardEvent>, Refusal> {
    known_unit(ground, unit)?;
    let call = of_unit(board, unit)?.clone();
    let it = known_call(board, &call)?;
    let reached = matches!(it.state, CallState::Arrived | CallState::Handling);
    let last = it.units.iter().all(|other| other == unit);
    let mut events = vec![BoardEvent::UnitReleased {
        call: call.clone(),
        unit: unit.clone(),
    }];
    if reached && last && it.is_open() {
        events.push(BoardEvent::CallClosed { call });
    }
    Ok(events)
}

/// Since when a unit has what it does now from somebody else. Being there is its own word:
/// "at the call" and "done" may both have waited for the net and come in one after the other.
fn given_since(board: &Board, unit: &Id<Unit>) -> Option<Timestamp> {
    let now = board.unit(unit);
    let call = now.call.as_ref().and_then(|id| board.calls.get(id));
    let sent = call.and_then(|call| call.times.dispatched);
    match now.status {
        Some(UnitStatus::OnScene) if sent.is_some() => sent,
        // One on its way that is sent elsewhere is on its way as before.
        _ => now.since.max(sent),
    }
}

/// What a unit says of itself, by the words of a radio's status keys.
fn report(
    board: &Board,
    ground: &Ground,
    unit: &Id<Unit>,
    status: UnitStatus,
    now: Timestamp,
) -> Result<Vec<BoardEvent>, Refusal> {
    let before = known_status(board, ground, unit)?;
    let has_call = board.unit(unit).call.is_some();
    match status {
        _ if status == before => Ok(Vec::new()),
        UnitStatus::OnScene if has_call => arrive(board, ground, unit),
        UnitStatus::Idle if has_call => clear(board, ground, unit),
        UnitStatus::Break if has_call => Err(wrong_status(unit, "on a break", before)),
        UnitStatus::OffDuty if has_call => Err(wrong_status(unit, "off duty", before)),
        UnitStatus::Dispatched if has_call => Err(wrong_status(unit, "on its way again", before)),
        _ => {
            let stays = matches!(status, UnitStatus::Idle | UnitStatus::Break);
            let leaves = match stays {
                true => Vec::new(),
                false => geofence::called_away(board, unit, now),
            };
            let changed = BoardEvent::UnitStatusChanged {
                unit: unit.clone(),
                status,
            };
            Ok(board_events(leaves).chain([changed]).collect())
        }
    }
}

fn known_call<'b>(board: &'b Board, call: &Id<Incident>) -> Result<&'b Call, Refusal> {
    let found = board.calls.get(call);
    found.ok_or_else(|| Refusal::UnknownCall(call.clone()))
}

fn open_call<'b>(board: &'b Board, call: &Id<Incident>) -> Result<&'b Call, Refusal> {
    let it = known_call(board, call)?;
    match it.is_open() {
        true => Ok(it),
        false => Err(Refusal::CallEnded { name: it.name() }),
    }
}

fn known_unit<'g>(ground: &'g Ground, unit: &Id<Unit>) -> Result<&'g Unit, Refusal> {
    let found = ground.unit(unit);
    found.ok_or_else(|| Refusal::UnknownUnit(unit.clone()))
}

fn known_status(board: &Board, ground: &Ground, unit: &Id<Unit>) -> Result<UnitStatus, Refusal> {
    let status = ground.status(board, unit);
    status.ok_or_else(|| Refusal::UnknownUnit(unit.clone()))
}

fn of_unit<'b>(board: &'b Board, unit: &Id<Unit>) -> Result<&'b Id<Incident>, Refusal> {
    let call = board.unit(unit).call.as_ref();
    call.ok_or_else(|| Refusal::NoCall(unit.clone()))
}

fn open_alarm(board: &Board, number: u64) -> Result<&Alarm, Refusal> {
    let alarm = board.alarms.get(&number);
    let alarm = alarm.ok_or(Refusal::UnknownAlarm(number))?;
    match alarm.is_open() {
        true => Ok(alarm),
        false => Err(Refusal::AlarmState {
            alarm: number,
            already: "over",
        }),
    }
}

fn wrong_state(call: &Call, wanted: &'static str) -> Refusal {
    Refusal::CallState {
        name: call.name(),
        wanted,
        state: call.state,
    }
}

fn wrong_status(unit: &Id<Unit>, wanted: &'static str, status: UnitStatus) -> Refusal {
    Refusal::UnitStatus {
        unit: unit.clone(),
        wanted,
        status,
    }
}

fn board_events(events: Vec<RoundEvent>) -> impl Iterator<Item = BoardEvent> {
    events.into_iter().map(BoardEvent::from)
}

fn unless(so_already: bool, event: BoardEvent) -> Vec<BoardEvent> {
    match so_already {
        true => Vec::new(),
        false => vec![event],
    }
}

#[cfg(test)]
#[path = "decide_tests.rs"]
mod tests;
