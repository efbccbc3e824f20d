//! Alarms that nobody sees to.

use crate::incident::record::{Origin, Priority};
use crate::live::alarm::AlarmLevel;
use crate::live::command::Command;
use crate::live::due::{due, next_due};
use crate::live::small_room::{Room, pillar};

#[test]
fn an_alarm_is_escalated_twice_and_then_is_a_call() {
    let mut room = Room::new();
    room.ask(&Command::Press { pillar: pillar(1) }).unwrap();
    room.wait(29);
    assert_eq!(room.board.alarms[&1].level, AlarmLevel::Ringing);
    assert_eq!(
        next_due(&room.board)
            .unwrap()
            .duration_since(room.now)
            .as_secs(),
        1
    );
    room.wait(1);
    assert_eq!(room.board.alarms[&1].level, AlarmLevel::Unacknowledged);
    assert!(room.board.calls.is_empty());
    room.ask(&Command::Acknowledge { alarm: 1 }).unwrap();
    room.wait(30);
    assert_eq!(room.board.alarms[&1].level, AlarmLevel::Unanswered);
    let call = room.board.calls.values().next().unwrap();
    assert_eq!(room.board.alarms[&1].call.as_ref(), Some(&call.id));
    assert_eq!(
        (call.priority, call.origin),
        (Priority::One, Origin::AlarmPillar)
    );
    assert_eq!(call.pillar, Some(pillar(1)));
    // Once, however long it goes on.
    assert!(due(&room.board, &room.ground, room.now).is_empty());
    assert_eq!(next_due(&room.board), None);
}

#[test]
fn an_answered_alarm_is_left_alone_and_a_clock_that_goes_back_does_no_harm() {
    let mut room = Room::new();
    room.ask(&Command::Press { pillar: pillar(0) }).unwrap();
    room.wait(-3600);
    assert_eq!(room.board.alarms[&1].level, AlarmLevel::Ringing);
    room.wait(3600);
    room.ask(&Command::Answer { alarm: 1 }).unwrap();
    room.wait(7200);
    assert_eq!(room.board.alarms[&1].level, AlarmLevel::Ringing);
    assert!(room.board.calls.is_empty());
}
