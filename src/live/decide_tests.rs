//! What is legal when: each state of a call and of a unit against each command.

use crate::incident::record::{CallState, Priority};
use crate::live::call::CancelReason;
use crate::live::command::Command;
use crate::live::refusal::Refusal;
use crate::live::round::check_in::{CheckIn, RoundCommand};
use crate::live::round::state::StopState;
use crate::live::small_room::{Room, at, call, follow, pillar, ring, says, ten_at_night, unit};
use crate::place::feature::UnitStatus;
use crate::place::id::Id;

/// A room with one call, brought so far by the unit 0.
fn room(state: CallState) -> Room {
    let mut room = Room::new();
    room.ask(&ring(0, at(0.0, 0.0))).unwrap();
    let way = [
        Command::Assign {
            call: call(0),
            unit: unit(0),
        },
        Command::Arrive { unit: unit(0) },
        Command::Handle { call: call(0) },
        Command::Close { call: call(0) },
    ];
    let steps = match state {
        CallState::Received => 0,
        CallState::Dispatched => 1,
        CallState::Arrived => 2,
        CallState::Handling => 3,
        CallState::Closed => 4,
    };
    for command in &way[..steps] {
        room.ask(command).unwrap();
    }
    room
}

#[test]
fn each_state_allows_what_it_allows() {
    let states = [
        CallState::Received,
        CallState::Dispatched,
        CallState::Arrived,
        CallState::Handling,
        CallState::Closed,
    ];
    let cancel = Command::Cancel {
        call: call(0),
        reason: CancelReason::Withdrawn,
    };
    let other = Command::Assign {
        call: call(0),
        unit: unit(1),
    };
    // One letter a state: y is done, n is refused, = is so already.
    let table = [
        (Command::Handle { call: call(0) }, "nny=n"),
        (Command::Close { call: call(0) }, "nnyyn"),
        (cancel, "yyyyn"),
        (Command::Reopen { call: call(0) }, "nnnny"),
        (other, "yyyyn"),
        (Command::Arrive { unit: unit(0) }, "ny==n"),
        (Command::Clear { unit: unit(0) }, "nyyyn"),
    ];
    for (command, expected) in table {
        let got: String = states
            .iter()
            .map(|&state| match room(state).ask(&command) {
                Ok(0) => '=',
                Ok(_) => 'y',
                Err(_) => 'n',
            })
            .collect();
        assert_eq!(got, expected, "{command:?}");
    }
}

#[test]
fn a_refusal_says_what_is_so() {
    let refused = room(CallState::Received).ask(&Command::Close { call: call(0) });
    assert_eq!(
        refused.unwrap_err().to_string(),
        "C0001 can't be closed: it is received"
    );
    let refused = room(CallState::Received).ask(&Command::Assign {
        call: call(0),
        unit: unit(2),
    });
    assert_eq!(
        refused.unwrap_err().to_string(),
        "the unit u2 can't be sent: it is off duty"
    );
    let mut room = room(CallState::Arrived);
    room.ask(&ring(1, at(900.0, 0.0))).unwrap();
    let away = Command::Assign {
        call: call(1),
        unit: unit(0),
    };
    assert!(matches!(
        room.ask(&away),
        Err(Refusal::UnitStatus {
            status: UnitStatus::OnScene,
            ..
        })
    ));
}

#[test]
fn clearing_the_last_unit_that_was_there_closes_the_call() {
    let mut first = room(CallState::Dispatched);
    first.ask(&Command::Clear { unit: unit(0) }).unwrap();
    assert!(first.board.calls[&call(0)].is_open());
    let mut two = room(CallState::Arrived);
    let second = Command::Assign {
        call: call(0),
        unit: unit(1),
    };
    two.ask(&second).unwrap();
    two.ask(&Command::Clear { unit: unit(0) }).unwrap();
    assert!(two.board.calls[&call(0)].is_open());
    two.ask(&Command::Clear { unit: unit(1) }).unwrap();
    assert!(!two.board.calls[&call(0)].is_open());
}

#[test]
fn a_radio_key_stands_for_the_step_it_means() {
    let mut room = room(CallState::Dispatched);
    let says = |status| Command::Report {
        unit: unit(0),
        status,
    };
    assert!(room.ask(&says(UnitStatus::Break)).is_err());
    room.ask(&says(UnitStatus::OnScene)).unwrap();
    assert_eq!(room.board.calls[&call(0)].state, CallState::Arrived);
    room.ask(&says(UnitStatus::Idle)).unwrap();
    assert!(!room.board.calls[&call(0)].is_open());
    room.ask(&says(UnitStatus::Break)).unwrap();
    assert_eq!(room.board.unit(&unit(0)).status, Some(UnitStatus::Break));
}

#[test]
fn words_that_waited_for_the_net_come_in_one_after_the_other() {
    let mut room = room(CallState::Dispatched);
    room.wait(3_600);
    let reports = |status, minutes| Command::ReportOf {
        unit: unit(0),
        status,
        call: Some(call(0)),
        at: ten_at_night() + jiff::SignedDuration::from_mins(minutes),
    };
    // The phone did not know of the call so far.
    let blind = Command::ReportOf {
        unit: unit(0),
        status: UnitStatus::Idle,
        call: None,
        at: ten_at_night() + jiff::SignedDuration::from_mins(9),
    };
    assert!(matches!(room.ask(&blind), Err(Refusal::Overtaken { .. })));
    // The first is known since now: that must not make the second, pressed before, too old.
    room.ask(&reports(UnitStatus::OnScene, 10)).unwrap();
    room.ask(&reports(UnitStatus::Idle, 30)).unwrap();
    assert!(!room.board.calls[&call(0)].is_open());
    // But neither is of the call that it was sent to afterwards.
    room.ask(&ring(1, at(0.0, 0.0))).unwrap();
    let next = Command::Assign {
        call: call(1),
        unit: unit(0),
    };
    room.ask(&next).unwrap();
    for status in [UnitStatus::OnScene, UnitStatus::Idle] {
        let answer = room.ask(&reports(status, 45));
        assert!(
            matches!(answer, Err(Refusal::Overtaken { .. })),
            "{status:?}"
        );
    }
    assert_eq!(room.board.unit(&unit(0)).call, Some(call(1)));
}

#[test]
fn what_was_said_of_another_plan_s_stop_is_not_taken_for_this_one_s() {
    let mut room = Room::new();
    room.ask(&follow("plan-2", &[0])).unwrap();
    let of_plan = |plan: &str| {
        let Command::Round(check_in) = says(0, 1, CheckIn::Here) else {
            unreachable!("it is of a round");
        };
        Command::Round(RoundCommand::UnderPlan {
            unit: unit(0),
            plan: Id::new(plan),
            command: Box::new(check_in),
        })
    };
    let answer = room.ask(&of_plan("plan-1"));
    assert!(matches!(answer, Err(Refusal::OtherPlan(_))), "{answer:?}");
    let state = |room: &Room| room.board.rounds[&unit(0)].stops[0].state;
    assert_eq!(state(&room), StopState::Planned);
    room.ask(&of_plan("plan-2")).unwrap();
    assert_eq!(state(&room), StopState::Here);
}

#[test]
fn an_older_position_does_not_put_a_unit_back() {
    let mut room = Room::new();
    let here = |east, second| Command::Move {
        unit: unit(0),
        position: at(east, 0.0),
        heading_deg: None,
        measured_at: crate::live::small_room::ten_at_night()
            + jiff::SignedDuration::from_secs(second),
    };
    assert_eq!(room.ask(&here(10.0, 5)), Ok(1));
    assert_eq!(room.ask(&here(0.0, 4)), Ok(0));
    assert_eq!(room.ask(&here(0.0, 5)), Ok(0));
    assert_eq!(room.ask(&here(20.0, 6)), Ok(1));
}

#[test]
fn a_pressed_pillar_rings_once_however_often_it_is_pressed() {
    let mut room = Room::new();
    let press = Command::Press { pillar: pillar(0) };
    room.ask(&press).unwrap();
    room.ask(&press).unwrap();
    assert_eq!(room.board.alarms.len(), 1);
    assert_eq!(room.board.alarms[&1].presses, 2);
    assert_eq!(
        room.ask(&Command::EndAlarm { alarm: 1 }),
        Err(Refusal::AlarmRings(1))
    );
    room.ask(&Command::Answer { alarm: 1 }).unwrap();
    let make = Command::CallFor {
        alarm: 1,
        category: "dispute".into(),
        priority: Priority::Two,
    };
    room.ask(&make).unwrap();
    assert!(room.ask(&make).is_err());
    room.ask(&Command::EndAlarm { alarm: 1 }).unwrap();
    room.ask(&press).unwrap();
    assert_eq!(room.board.alarms[&2].presses, 1);
}
