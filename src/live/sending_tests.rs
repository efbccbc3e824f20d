//! An idle unit is sent somewhere, gets there, and is taken from there by a call.

use crate::live::command::Command;
use crate::live::refusal::Refusal;
use crate::live::sending::stands;
use crate::live::small_room::{Room, at, call, ring, ten_at_night, unit};
use crate::place::feature::UnitStatus;
use crate::place::position::Position;

fn send(place: Position) -> Command {
    Command::Send {
        unit: unit(0),
        position: place,
        label: "Market".into(),
    }
}

fn moves(to: Position, seconds: i64) -> Command {
    Command::Move {
        unit: unit(0),
        position: to,
        heading_deg: None,
        measured_at: ten_at_night() + jiff::SignedDuration::from_secs(seconds),
    }
}

#[test]
fn it_is_on_its_way_then_there_until_a_call_takes_it() {
    let mut room = Room::new();
    let place = at(900.0, 0.0);
    assert_eq!(room.ask(&send(place)), Ok(1));
    assert_eq!(room.ask(&send(at(900.2, 0.0))), Ok(0), "there already");
    assert_eq!(room.board.unit(&unit(0)).status, None, "idle as before");
    let start = at(0.0, 0.0);
    assert_eq!(stands(room.board.unit(&unit(0)), start), place);
    room.ask(&moves(at(500.0, 0.0), 60)).unwrap();
    let on_its_way = room.board.unit(&unit(0)).sent.clone().unwrap();
    assert_eq!(on_its_way.reached_at, None);
    room.ask(&moves(at(890.0, 0.0), 120)).unwrap();
    room.ask(&moves(at(891.0, 0.0), 180)).unwrap();
    let there = room.board.unit(&unit(0)).sent.clone().unwrap();
    let reached = ten_at_night() + jiff::SignedDuration::from_secs(120);
    assert_eq!(there.reached_at, Some(reached), "by the first position");
    assert_eq!(
        stands(room.board.unit(&unit(0)), at(891.0, 0.0)),
        at(891.0, 0.0)
    );
    room.ask(&ring(0, at(100.0, 0.0))).unwrap();
    room.ask(&Command::Assign {
        call: call(0),
        unit: unit(0),
    })
    .unwrap();
    assert_eq!(room.board.unit(&unit(0)).sent, None);
    assert!(matches!(
        room.ask(&send(place)),
        Err(Refusal::UnitStatus { .. })
    ));
}

#[test]
fn it_is_taken_back_and_ends_with_the_shift() {
    let mut room = Room::new();
    let recall = Command::Recall { unit: unit(0) };
    assert_eq!(room.ask(&recall), Ok(0));
    room.ask(&send(at(900.0, 0.0))).unwrap();
    assert_eq!(room.ask(&recall), Ok(1));
    assert_eq!(room.board.unit(&unit(0)).sent, None);
    room.ask(&send(at(900.0, 0.0))).unwrap();
    room.ask(&Command::Report {
        unit: unit(0),
        status: UnitStatus::Break,
    })
    .unwrap();
    assert_eq!(room.board.unit(&unit(0)).sent, None);
    let unknown = Command::Recall { unit: unit(99) };
    assert_eq!(room.ask(&unknown), Err(Refusal::UnknownUnit(unit(99))));
}
