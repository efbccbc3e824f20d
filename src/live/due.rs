//! What the time alone brings about: alarms that nobody acknowledges or answers, and what
//! becomes of rounds.

use jiff::Timestamp;

use crate::incident::record::Priority;
use crate::live::alarm::{Alarm, AlarmLevel};
use crate::live::board::Board;
use crate::live::board_event::BoardEvent;
use crate::live::decide::call_of;
use crate::live::ground::Ground;
use crate::live::round;
use crate::place::measure::Seconds;

/// Category of the call that an unanswered alarm becomes: what is not known otherwise.
pub const UNKNOWN_CATEGORY: &str = "other";

/// The events that are due at an instant. They make themselves undue: once they are on the
/// board, asking again comes to nothing.
pub fn due(board: &Board, ground: &Ground, now: Timestamp) -> Vec<BoardEvent> {
    let mut events = Vec::new();
    let mut next_call = board.next_call;
    for alarm in board.open_alarms() {
        let reached = level(board, alarm, now);
        if reached <= alarm.level {
            continue;
        }
        events.push(BoardEvent::AlarmEscalated {
            alarm: alarm.number,
            level: reached,
        });
        let pillar = ground.pillar(&alarm.pillar);
        if let (AlarmLevel::Unanswered, None, Some(pillar)) = (reached, &alarm.call, pillar) {
            let mut call = call_of(
                board,
                alarm,
                pillar.position,
                UNKNOWN_CATEGORY,
                Priority::One,
            );
            call.number = next_call;
            next_call = next_call.saturating_add(1);
            events.push(BoardEvent::IncidentReceived(call));
        }
    }
    let of_rounds = round::due::due(board, ground, now).into_iter();
    events.extend(of_rounds.map(BoardEvent::from));
    events
}

/// When the next event may be due, at the earliest; none where nothing rings
/// and nobody follows a plan.
pub fn next_due(board: &Board) -> Option<Timestamp> {
    let settings = &board.settings;
    let of = |alarm: &Alarm| {
        let wait = match (alarm.answered_at, alarm.acknowledged_at, alarm.level) {
            (Some(_), ..) | (.., AlarmLevel::Unanswered) => return None,
            (None, None, AlarmLevel::Ringing) => settings.acknowledge,
            _ => settings.answer,
        };
        let wait = jiff::SignedDuration::from_secs_f64(wait.0);
        alarm.pressed_at.checked_add(wait).ok()
    };
    let alarm = board.open_alarms().filter_map(of).min();
    alarm.into_iter().chain(round::due::next_due(board)).min()
}

/// How far an alarm should be escalated by now.
fn level(board: &Board, alarm: &Alarm, now: Timestamp) -> AlarmLevel {
    let rung = Seconds(now.duration_since(alarm.pressed_at).as_secs_f64());
    if alarm.answered_at.is_none() && rung >= board.settings.answer {
        AlarmLevel::Unanswered
    } else if alarm.acknowledged_at.is_none() && rung >= board.settings.acknowledge {
        AlarmLevel::Unacknowledged
    } else {
        alarm.level
    }
}

#[cfg(test)]
#[path = "due_tests.rs"]
mod tests;
