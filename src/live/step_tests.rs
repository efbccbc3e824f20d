//! The fold, by what must hold of a command room whatever is asked for in it.

use std::collections::BTreeSet;

use proptest::prelude::*;

use crate::incident::record::CallState;
use crate::live::board::Board;
use crate::live::call::Call;
use crate::live::command::Command;
use crate::live::round::state::StopState;
use crate::live::small_room::{Room, anything, at, call, ring, unit};
use crate::live::step::fold;
use crate::place::feature::UnitStatus;

fn check(board: &Board) {
    for (id, it) in &board.calls {
        assert_eq!(*id, it.id);
        let sent: BTreeSet<_> = it.units.iter().collect();
        assert_eq!(sent.len(), it.units.len(), "a unit twice at {id}");
        if !it.is_open() {
            assert!(it.units.is_empty(), "units at {id}, which has ended");
            assert!(it.maybe_same.is_empty());
        }
        for other in &it.maybe_same {
            let that = &board.calls[other];
            assert!(that.is_open() && that.maybe_same.contains(id));
        }
        for unit in &it.units {
            assert_eq!(board.unit(unit).call.as_ref(), Some(id));
        }
        if it.is_open() && !it.units.is_empty() {
            assert_ne!(it.state, CallState::Received);
        }
        let steps = [it.times.dispatched, it.times.arrived, it.times.handling];
        for later in steps.into_iter().flatten() {
            assert!(later >= it.times.received);
        }
    }
    for (unit, now) in &board.units {
        if now.sent.is_some() {
            let status = now.status.unwrap_or(UnitStatus::Idle);
            assert_eq!(status, UnitStatus::Idle, "{unit} was sent to a place");
        }
        if let Some(call) = &now.call {
            assert!(board.calls[call].units.contains(unit), "{unit} at {call}");
            assert!(matches!(
                now.status,
                Some(UnitStatus::Dispatched | UnitStatus::OnScene)
            ));
        }
    }
    check_rounds(board);
    // Found by its square exactly where it is open.
    for it in board.open_calls() {
        let found = board.near(it.position, it.times.received);
        assert!(found.contains(&it.id));
    }
    let numbers: BTreeSet<u32> = board.calls.values().map(|it| it.number).collect();
    assert_eq!(numbers.len(), board.calls.len());
}

/// What must hold of every round.
fn check_rounds(board: &Board) {
    for (unit, round) in &board.rounds {
        let numbers: Vec<u32> = round.stops.iter().map(|it| it.planned.number).collect();
        assert!(numbers.windows(2).all(|two| two[0] < two[1]));
        let here = round.stops.iter().filter(|it| it.state == StopState::Here);
        let at_stops = here.count();
        assert!(at_stops <= 1, "{unit} is at {at_stops} stops");
        if at_stops == 1 {
            // Who has a call is not on its round.
            assert_eq!(
                board.unit(unit).call,
                None,
                "{unit} is at a stop and at a call"
            );
        }
        for it in &round.stops {
            let reached = matches!(it.state, StopState::Here | StopState::Made);
            assert_eq!(it.reached_at.is_some(), reached, "{it:?}");
            assert_eq!(it.left_at.is_some(), it.state == StopState::Made, "{it:?}");
            assert_eq!(
                it.skipped.is_some(),
                it.state == StopState::Skipped,
                "{it:?}"
            );
            assert!(
                it.left_at.is_none() || it.left_at >= it.reached_at,
                "{it:?}"
            );
            if it.state == StopState::Missed {
                assert!(it.due_until().is_some_and(|until| until <= board.at));
            }
        }
        for kinds in [
            round.notices.iter().map(|it| it.kind).collect::<Vec<_>>(),
            round.mutes.iter().map(|it| it.notice).collect(),
        ] {
            let once: BTreeSet<String> = kinds.iter().map(|k| format!("{k:?}")).collect();
            assert_eq!(once.len(), kinds.len(), "{kinds:?}");
        }
    }
}

proptest! {
    /// Whatever is asked for, in any order: the board is whole after each event, is the fold
    /// of the log from its beginning and from any board that was kept on the way, and a kept
    /// board reads back as it was.
    #[test]
    fn the_board_is_the_fold_of_the_log(
        asked in prop::collection::vec(anything(), 1..60), kept_after in 0usize..60,
    ) {
        let mut room = Room::new();
        let mut kept: Option<(Board, usize)> = None;
        for (n, (seconds, command)) in asked.iter().enumerate() {
            room.wait(*seconds);
            let before = room.board.clone();
            if room.ask(command).is_err() {
                prop_assert_eq!(&before, &room.board);
            }
            check(&room.board);
            if n == kept_after {
                let text = serde_json::to_string(&room.board).unwrap();
                let read: Board = serde_json::from_str(&text).unwrap();
                prop_assert_eq!(&read, &room.board);
                kept = Some((read, room.log.len()));
            }
        }
        prop_assert_eq!(&fold(Board::default(), &room.log), &room.board);
        if let Some((board, from)) = kept {
            prop_assert_eq!(&fold(board, &room.log[from..]), &room.board);
        }
        // An event reads back as it was written.
        for event in &room.log {
            let text = serde_json::to_string(event).unwrap();
            prop_assert_eq!(&serde_json::from_str::<crate::live::event::LoggedEvent>(&text).unwrap(), event);
        }
    }

    /// What is proposed as one event is what a look at all calls finds.
    #[test]
    fn near_calls_are_those_within_50_metres_and_10_minutes(
        calls in prop::collection::vec((0i64..300, -120i32..120, -120i32..120), 1..30),
    ) {
        let mut room = Room::new();
        for (n, (seconds, east, north)) in calls.into_iter().enumerate() {
            room.wait(seconds);
            let place = at(f64::from(east), f64::from(north));
            let mut expected: Vec<_> = room
                .board
                .open_calls()
                .filter(|it| {
                    it.position.metres_to(place).0 <= 50.0
                        && room.now.duration_since(it.times.received).as_secs() <= 600
                        && it.maybe_same.len() < 5
                })
                .map(|it| (std::cmp::Reverse(it.times.received), it.id.clone()))
                .collect();
            expected.sort();
            expected.truncate(5);
            let expected: Vec<_> = expected.into_iter().map(|(_, id)| id).collect();
            room.ask(&ring(n, place)).unwrap();
            prop_assert_eq!(&room.board.calls[&call(n)].maybe_same, &expected);
        }
    }
}

#[test]
fn a_merged_call_gives_its_units_on_and_comes_back_alone() {
    let mut room = Room::new();
    room.ask(&ring(0, at(0.0, 0.0))).unwrap();
    room.ask(&ring(1, at(30.0, 0.0))).unwrap();
    assert_eq!(room.board.calls[&call(0)].maybe_same, [call(1)]);
    room.ask(&Command::Assign {
        call: call(1),
        unit: unit(0),
    })
    .unwrap();
    room.ask(&Command::Arrive { unit: unit(0) }).unwrap();
    room.ask(&Command::Merge {
        call: call(1),
        into: call(0),
    })
    .unwrap();
    let stays = &room.board.calls[&call(0)];
    assert_eq!(
        (stays.state, stays.units.as_slice(), stays.merged.as_slice()),
        (CallState::Arrived, &[unit(0)][..], &[call(1)][..])
    );
    assert_eq!(room.board.unit(&unit(0)).status, Some(UnitStatus::OnScene));
    room.ask(&Command::Reopen { call: call(1) }).unwrap();
    assert!(room.board.calls[&call(0)].merged.is_empty());
    assert!(room.board.calls[&call(1)].units.is_empty());
    assert!(Call::is_open(&room.board.calls[&call(1)]));
}

#[test]
fn a_call_that_loses_its_only_unit_waits_again() {
    let mut room = Room::new();
    room.ask(&ring(0, at(0.0, 0.0))).unwrap();
    room.ask(&ring(1, at(500.0, 0.0))).unwrap();
    let send = |n| Command::Assign {
        call: call(n),
        unit: unit(0),
    };
    room.ask(&send(0)).unwrap();
    assert_eq!(room.board.calls[&call(0)].state, CallState::Dispatched);
    room.ask(&send(1)).unwrap();
    assert_eq!(room.board.calls[&call(0)].state, CallState::Received);
    assert_eq!(room.board.calls[&call(1)].units, [unit(0)]);
}

#[test]
fn what_has_ended_leaves_the_board_after_its_time() {
    let mut room = Room::new();
    room.ask(&ring(0, at(0.0, 0.0))).unwrap();
    room.ask(&Command::Cancel {
        call: call(0),
        reason: crate::live::call::CancelReason::Test,
    })
    .unwrap();
    room.wait(43_000);
    room.ask(&ring(1, at(0.0, 0.0))).unwrap();
    assert!(room.board.calls.contains_key(&call(0)));
    room.wait(300);
    room.ask(&ring(2, at(0.0, 0.0))).unwrap();
    assert!(!room.board.calls.contains_key(&call(0)));
    assert!(room.board.calls.contains_key(&call(1)));
}
