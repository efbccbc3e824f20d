//! One event onto the board. Total: an event that speaks of what the board does not have
//! (a call that left it long ago) changes nothing but the board's number and time.

use jiff::{SignedDuration, Timestamp};

use crate::incident::record::{CallState, Incident};
use crate::live::alarm::{Alarm, AlarmLevel, PillarNow};
use crate::live::board::Board;
use crate::live::board_event::{BoardEvent, Received};
use crate::live::call::{Call, CallChange, Ending, How, Times};
use crate::live::event::{EventKind, LoggedEvent};
use crate::live::note::{NOTES_KEPT, WrittenNote};
use crate::live::round::state::Offer;
use crate::live::round::{fold, track};
use crate::live::sending::{self, SentTo};
use crate::live::unit_now::{Fix, UnitNow};
use crate::place::feature::{AlarmPillar, Unit, UnitStatus};
use crate::place::id::Id;

/// Most calls that one is proposed to be the same as: of a hundred calls of one fire nobody
/// wants to read five thousand pairs.
const MOST_SAME: usize = 5;

/// What an event has touched: what a client has to hear of anew.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Touched {
    /// Calls that are there and have changed.
    pub calls: Vec<Id<Incident>>,
    /// Calls that have left the board.
    pub gone: Vec<Id<Incident>>,
    /// Units.
    pub units: Vec<Id<Unit>>,
    /// Pillars.
    pub pillars: Vec<Id<AlarmPillar>>,
    /// Alarms that are there and have changed.
    pub alarms: Vec<u64>,
    /// Alarms that have left the board.
    pub gone_alarms: Vec<u64>,
    /// The notes for the next shift.
    pub notes: bool,
    /// The settings.
    pub settings: bool,
}

/// Takes an event in.
pub fn step(board: &mut Board, logged: &LoggedEvent) -> Touched {
    let mut touched = Touched::default();
    board.sequence = logged.sequence;
    board.at = board.at.max(logged.at);
    if let EventKind::Board(event) = &logged.event {
        take_in(board, event, logged.at, &mut touched);
    }
    touched
}

/// The board after these events.
pub fn fold<'e>(board: Board, events: impl IntoIterator<Item = &'e LoggedEvent>) -> Board {
    events.into_iter().fold(board, |mut board, event| {
        step(&mut board, event);
        board
    })
}

fn take_in(board: &mut Board, event: &BoardEvent, at: Timestamp, touched: &mut Touched) {
    match event {
        BoardEvent::IncidentReceived(received) => receive(board, received, at, touched),
        BoardEvent::UnitAssigned { call, unit } => {
            release(board, unit, at, touched);
            if !board.calls.get(call).is_some_and(Call::is_open) {
                return;
            }
            set_status(board, unit, UnitStatus::Dispatched, at, touched);
            offer(board, unit, Offer::SentAway);
            board.units[unit].call = Some(call.clone());
            let it = &mut board.calls[call];
            it.units.push(unit.clone());
            it.times.dispatched.get_or_insert(at);
            if it.state == CallState::Received {
                it.state = CallState::Dispatched;
            }
            touch(&mut touched.calls, call);
        }
        BoardEvent::UnitArrived { call, unit } => {
            set_status(board, unit, UnitStatus::OnScene, at, touched);
            if let Some(it) = board.calls.get_mut(call) {
                it.times.arrived.get_or_insert(at);
                if matches!(it.state, CallState::Received | CallState::Dispatched) {
                    it.state = CallState::Arrived;
                }
                touch(&mut touched.calls, call);
            }
        }
        BoardEvent::UnitReleased { unit, .. } => release(board, unit, at, touched),
        BoardEvent::UnitSent {
            unit,
            position,
            label,
        } => {
            unit_mut(board, unit).sent = Some(SentTo {
                position: *position,
                label: label.clone(),
                at,
                reached_at: None,
            });
            touch(&mut touched.units, unit);
        }
        BoardEvent::UnitRecalled { unit } => {
            unit_mut(board, unit).sent = None;
            touch(&mut touched.units, unit);
        }
        BoardEvent::CallHandling { call } => {
            if let Some(it) = board.calls.get_mut(call) {
                it.times.handling.get_or_insert(at);
                it.state = CallState::Handling;
                touch(&mut touched.calls, call);
            }
        }
        BoardEvent::CallClosed { call } => {
            if let Some(it) = board.calls.get_mut(call) {
                it.times.closed = Some(at);
            }
            end(board, call, How::Closed, at, touched);
        }
        BoardEvent::CallCancelled { call, reason } => {
            let reason = *reason;
            end(board, call, How::Cancelled { reason }, at, touched);
        }
        BoardEvent::CallReopened { call } => reopen(board, call, touched),
        BoardEvent::CallReclassified {
            call,
            category,
            priority,
        } => {
            if let Some(it) = board.calls.get_mut(call) {
                let before = std::mem::replace(&mut it.category, category.clone());
                it.changes.push(CallChange {
                    at,
                    category: before,
                    priority: it.priority,
                });
                it.priority = *priority;
                touch(&mut touched.calls, call);
            }
        }
        BoardEvent::CallMerged { call, into } => merge(board, call, into, at, touched),
        BoardEvent::CallsKeptApart { call, other } => {
            part(board, call, other, touched);
            part(board, other, call, touched);
        }
        BoardEvent::UnitMoved {
            unit,
            position,
            heading_deg,
            measured_at,
        } => {
            let track = track::after(board, unit, *position, *measured_at);
            let geofence = board.settings.geofence;
            let now = unit_mut(board, unit);
            sending::moved(now, *position, geofence, *measured_at);
            now.track = Some(track);
            now.fix = Some(Fix {
                position: *position,
                heading_deg: *heading_deg,
                at: *measured_at,
            });
            touch(&mut touched.units, unit);
        }
        BoardEvent::UnitStatusChanged { unit, status } => {
            set_status(board, unit, *status, at, touched);
        }
        BoardEvent::PillarPressed { pillar, alarm } => {
            press(board, pillar, *alarm, at, touched);
        }
        BoardEvent::AlarmAcknowledged { alarm } => {
            alter(board, *alarm, touched, |it| {
                it.acknowledged_at.get_or_insert(at);
            });
        }
        BoardEvent::AlarmAnswered { alarm } => alter(board, *alarm, touched, |it| {
            it.acknowledged_at.get_or_insert(at);
            it.answered_at.get_or_insert(at);
        }),
        BoardEvent::AlarmEscalated { alarm, level } => {
            alter(board, *alarm, touched, |it| it.level = *level);
        }
        BoardEvent::AlarmEnded { alarm } => {
            alter(board, *alarm, touched, |it| it.ended_at = Some(at));
        }
        BoardEvent::PillarSilent { pillar } => {
            let beats = board.pillars.get(pillar).is_some_and(|now| now.beats);
            sign_of_life(board, pillar, (false, beats), at, touched);
        }
        BoardEvent::PillarOnline { pillar } => {
            sign_of_life(board, pillar, (true, true), at, touched);
        }
        BoardEvent::HandoverWritten(note) => {
            let note = note.clone();
            let written = WrittenNote { at, note };
            board.notes.insert(board.sequence, written);
            while board.notes.len() > NOTES_KEPT
                && let Some((oldest, _)) = board.notes.get_min().cloned()
            {
                board.notes.remove(&oldest);
            }
            touched.notes = true;
        }
        BoardEvent::BoardSet { settings } => {
            board.settings = *settings;
            touched.settings = true;
        }
        BoardEvent::Round(event) => {
            fold::take_in(board, event, at);
            touch(&mut touched.units, event.unit());
        }
    }
}

fn receive(board: &mut Board, received: &Received, at: Timestamp, touched: &mut Touched) {
    board.next_call = board.next_call.max(received.number.saturating_add(1));
    sweep(board, at, touched);
    if received.state == CallState::Closed || board.calls.contains_key(&received.id) {
        return;
    }
    let maybe_same: Vec<Id<Incident>> = board
        .near(received.position, at)
        .into_iter()
        .filter(|id| {
            let call = board.calls.get(id);
            call.is_some_and(|call| call.maybe_same.len() < MOST_SAME)
        })
        .take(MOST_SAME)
        .collect();
    for other in &maybe_same {
        if let Some(it) = board.calls.get_mut(other) {
            it.maybe_same.push(received.id.clone());
            touch(&mut touched.calls, other);
        }
    }
    if let Some(pillar) = &received.pillar
        && let Some(number) = board.alarm_at(pillar).map(|alarm| alarm.number)
    {
        alter(board, number, touched, |it| {
            it.call = Some(received.id.clone())
        });
    }
    let call = Call {
        id: received.id.clone(),
        number: received.number,
        position: received.position,
        category: received.category.clone(),
        priority: received.priority,
        origin: received.origin,
        pillar: received.pillar.clone(),
        state: CallState::Received,
        times: Times {
            received: at,
            dispatched: None,
            arrived: None,
            handling: None,
            closed: None,
        },
        units: Vec::new(),
        ending: None,
        maybe_same,
        merged: Vec::new(),
        changes: Vec::new(),
    };
    board.open_square(&call);
    board.calls.insert(received.id.clone(), call);
    touch(&mut touched.calls, &received.id);
}

/// Calls and alarms that ended long ago leave the board.
fn sweep(board: &mut Board, at: Timestamp, touched: &mut Touched) {
    let kept = SignedDuration::from_secs_f64(board.settings.keep_ended.0);
    let Ok(limit) = at.checked_sub(kept) else {
        return;
    };
    while let Some((ended, id)) = board.ended.get_min().cloned() {
        if ended >= limit {
            break;
        }
        board.ended.remove(&(ended, id.clone()));
        board.calls.remove(&id);
        touched.gone.push(id);
    }
    let over = |alarm: &Alarm| alarm.ended_at.is_some_and(|ended| ended < limit);
    let gone: Vec<u64> = board
        .alarms
        .values()
        .filter(|alarm| over(alarm))
        .map(|alarm| alarm.number)
        .collect();
    for number in gone {
        board.alarms.remove(&number);
        touched.gone_alarms.push(number);
    }
}

/// Takes a unit off its call; a call that nobody is at or on the way to any more, and that
/// nobody has reached, waits again.
fn release(board: &mut Board, unit: &Id<Unit>, at: Timestamp, touched: &mut Touched) {
    let Some(call) = board.units.get(unit).and_then(|now| now.call.clone()) else {
        return;
    };
    set_status(board, unit, UnitStatus::Idle, at, touched);
    offer(board, unit, Offer::FreeAgain);
    board.units[unit].call = None;
    if let Some(it) = board.calls.get_mut(&call) {
        it.units.retain(|other| other != unit);
        if it.units.is_empty() && it.state == CallState::Dispatched {
            it.state = CallState::Received;
        }
        touch(&mut touched.calls, &call);
    }
}

fn end(board: &mut Board, call: &Id<Incident>, how: How, at: Timestamp, touched: &mut Touched) {
    let Some(it) = board.calls.get(call).filter(|it| it.is_open()).cloned() else {
        return;
    };
    for unit in &it.units {
        release(board, unit, at, touched);
    }
    for other in &it.maybe_same {
        part(board, other, call, touched);
    }
    board.close_square(&it);
    let state = it.state;
    let kept = &mut board.calls[call];
    kept.ending = Some(Ending { at, how });
    // What it had come to: the release of its units must not tell otherwise.
    kept.state = state;
    kept.maybe_same.clear();
    board.ended.insert((at, call.clone()));
    touch(&mut touched.calls, call);
}

fn reopen(board: &mut Board, call: &Id<Incident>, touched: &mut Touched) {
    let Some(mut it) = board.calls.get(call).cloned() else {
        return;
    };
    let Some(ending) = it.ending.take() else {
        return;
    };
    board.ended.remove(&(ending.at, call.clone()));
    if let How::Merged { into } = &ending.how
        && let Some(other) = board.calls.get_mut(into)
    {
        other.merged.retain(|merged| merged != call);
        touch(&mut touched.calls, into);
    }
    it.times.closed = None;
    // Its units have gone: what nobody had reached waits again.
    if it.state == CallState::Dispatched {
        it.state = CallState::Received;
    }
    board.open_square(&it);
    board.calls.insert(call.clone(), it);
    touch(&mut touched.calls, call);
}

fn merge(
    board: &mut Board,
    call: &Id<Incident>,
    into: &Id<Incident>,
    at: Timestamp,
    touched: &mut Touched,
) {
    let both_open = [call, into]
        .iter()
        .all(|id| board.calls.get(*id).is_some_and(Call::is_open));
    if call == into || !both_open {
        return;
    }
    let sent = board.calls[call].units.clone();
    let on_scene = |board: &Board, unit| board.unit(unit).status == Some(UnitStatus::OnScene);
    let was_there: Vec<bool> = sent.iter().map(|unit| on_scene(board, unit)).collect();
    end(board, call, How::Merged { into: into.clone() }, at, touched);
    // Its units go on to the one that stays.
    for (unit, there) in sent.iter().zip(was_there) {
        let (call, unit) = (into.clone(), unit.clone());
        let assigned = BoardEvent::UnitAssigned {
            call: call.clone(),
            unit: unit.clone(),
        };
        take_in(board, &assigned, at, touched);
        if there {
            take_in(board, &BoardEvent::UnitArrived { call, unit }, at, touched);
        }
    }
    board.calls[into].merged.push(call.clone());
    touch(&mut touched.calls, into);
}

fn part(board: &mut Board, call: &Id<Incident>, other: &Id<Incident>, touched: &mut Touched) {
    if let Some(it) = board.calls.get_mut(call) {
        it.maybe_same.retain(|same| same != other);
        touch(&mut touched.calls, call);
    }
}

fn press(
    board: &mut Board,
    pillar: &Id<AlarmPillar>,
    number: u64,
    at: Timestamp,
    touched: &mut Touched,
) {
    board.next_alarm = board.next_alarm.max(number.saturating_add(1));
    let alarm = board.alarms.entry(number).or_insert_with(|| Alarm {
        number,
        pillar: pillar.clone(),
        pressed_at: at,
        presses: 0,
        acknowledged_at: None,
        answered_at: None,
        level: AlarmLevel::Ringing,
        ended_at: None,
        call: None,
    });
    alarm.presses = alarm.presses.saturating_add(1);
    touch(&mut touched.alarms, &number);
    // Whoever presses is alive.
    let was = board.pillars.get(pillar);
    let beats = was.is_some_and(|now| now.beats);
    if !was.is_some_and(|now| now.online) {
        sign_of_life(board, pillar, (true, beats), at, touched);
    }
}

fn alter(board: &mut Board, number: u64, touched: &mut Touched, change: impl FnOnce(&mut Alarm)) {
    if let Some(alarm) = board.alarms.get_mut(&number) {
        change(alarm);
        touch(&mut touched.alarms, &number);
    }
}

fn sign_of_life(
    board: &mut Board,
    pillar: &Id<AlarmPillar>,
    (online, beats): (bool, bool),
    since: Timestamp,
    touched: &mut Touched,
) {
    let now = PillarNow {
        online,
        since,
        beats,
    };
    board.pillars.insert(pillar.clone(), now);
    touch(&mut touched.pillars, pillar);
}

fn set_status(
    board: &mut Board,
    unit: &Id<Unit>,
    status: UnitStatus,
    at: Timestamp,
    touched: &mut Touched,
) {
    let now = unit_mut(board, unit);
    if status != UnitStatus::Idle {
        now.sent = None;
    }
    if now.status != Some(status) {
        now.status = Some(status);
        now.since = Some(at);
    }
    touch(&mut touched.units, unit);
}

/// A unit's round was broken off, or can go on: changing the plan is offered.
fn offer(board: &mut Board, unit: &Id<Unit>, offer: Offer) {
    if let Some(round) = board.rounds.get_mut(unit) {
        round.offer = Some(offer);
    }
}

fn unit_mut<'b>(board: &'b mut Board, unit: &Id<Unit>) -> &'b mut UnitNow {
    board.units.entry(unit.clone()).or_insert(UnitNow::UNKNOWN)
}

/// Notes each once, in the order of their first change.
fn touch<T: Clone + PartialEq>(list: &mut Vec<T>, what: &T) {
    if !list.contains(what) {
        list.push(what.clone());
    }
}

#[cfg(test)]
#[path = "step_tests.rs"]
mod tests;
