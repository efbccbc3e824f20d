//! The hand-over against a plain recount of the log.

use std::collections::{BTreeMap, BTreeSet};

use jiff::{SignedDuration, Timestamp};
use proptest::prelude::*;

use crate::calendar::window::Window;
use crate::incident::record::CallState;
use crate::live::alarm::AlarmLevel;
use crate::live::board::Board;
use crate::live::board_event::BoardEvent;
use crate::live::command::Command;
use crate::live::event::{EventKind, LoggedEvent};
use crate::live::handover::figures::{Handover, Stand};
use crate::live::handover::spread::Spread;
use crate::live::handover::tally::{Scope, Tally};
use crate::live::small_room::{Room, anything, at, call, pillar, ring, ten_at_night, unit};
use crate::live::step::fold;
use crate::place::id::Id;
use crate::place::measure::Seconds;

fn told(room: &Room, window: Window) -> Handover {
    let (before, during) = split(&room.log, window);
    let scope = Scope {
        ground: &room.ground,
        station: None,
        station_at: &|_| None,
    };
    let mut tally = Tally::new(fold(Board::default(), before), window, scope);
    for event in during {
        tally.take(event);
    }
    tally.finish()
}

fn split(log: &[LoggedEvent], window: Window) -> (&[LoggedEvent], &[LoggedEvent]) {
    let from = log.partition_point(|event| event.at < window.start());
    let until = log.partition_point(|event| event.at < window.end());
    (&log[..from], &log[from..until])
}

/// What a person would count with a pencil: no board, events alone.
#[derive(Debug, Default)]
struct Recount {
    received: BTreeMap<String, Timestamp>,
    dispatched: BTreeMap<String, Timestamp>,
    without_answer: BTreeSet<String>,
    counts: BTreeMap<&'static str, usize>,
    rung: BTreeSet<u64>,
    escalated: [usize; 2],
}

fn recount(before: &[LoggedEvent], during: &[LoggedEvent]) -> Recount {
    let mut count = Recount::default();
    let board = |logged: &LoggedEvent| match &logged.event {
        EventKind::Board(event) => Some((event.clone(), logged.at)),
        _ => None,
    };
    let rang: BTreeSet<u64> = before
        .iter()
        .filter_map(board)
        .filter_map(|(event, _)| match event {
            BoardEvent::PillarPressed { alarm, .. } => Some(alarm),
            _ => None,
        })
        .collect();
    for (event, at) in during.iter().filter_map(board) {
        *count.counts.entry(event.kind()).or_default() += 1;
        match event {
            BoardEvent::IncidentReceived(received) if received.state == CallState::Received => {
                count.received.insert(received.id.to_string(), at);
            }
            BoardEvent::UnitAssigned { call, .. } => {
                count.dispatched.entry(call.to_string()).or_insert(at);
            }
            BoardEvent::CallCancelled { call, .. } | BoardEvent::CallMerged { call, .. } => {
                count.without_answer.insert(call.to_string());
            }
            BoardEvent::CallReopened { call } => {
                count.without_answer.remove(call.as_str());
            }
            BoardEvent::PillarPressed { alarm, .. } if !rang.contains(&alarm) => {
                count.rung.insert(alarm);
            }
            BoardEvent::AlarmEscalated { level, .. } => {
                count.escalated[usize::from(level == AlarmLevel::Unanswered)] += 1;
            }
            _ => {}
        }
    }
    count
}

proptest! {
    /// Whatever happens, and whichever part of it is told: counts add up, and are those of a
    /// recount.
    #[test]
    fn what_is_told_is_what_happened(
        asked in prop::collection::vec(anything(), 1..80), from in 0i64..2_000, length in 1i64..4_000,
    ) {
        let mut room = Room::new();
        for (seconds, command) in &asked {
            room.wait(*seconds);
            let _ = room.ask(command);
        }
        let start = ten_at_night() + SignedDuration::from_secs(from);
        let window = Window::new(start, start + SignedDuration::from_secs(length)).unwrap();
        let told = told(&room, window);
        let (before, during) = split(&room.log, window);
        let count = recount(before, during);
        let counted = |kind| count.counts.get(kind).copied().unwrap_or(0);
        let calls = &told.calls;

        prop_assert_eq!(calls.received, count.received.len());
        prop_assert_eq!(calls.by_priority.iter().sum::<usize>(), calls.received);
        prop_assert_eq!(calls.by_state.values().sum::<usize>(), calls.received);
        prop_assert_eq!(calls.by_category.values().map(|of| of.0).sum::<usize>(), calls.received);
        prop_assert_eq!(calls.noted, 0);
        prop_assert_eq!(calls.reopened, counted("call_reopened"));
        prop_assert_eq!(calls.merged, counted("call_merged"));
        prop_assert_eq!(calls.reclassified, counted("call_reclassified"));
        prop_assert_eq!(calls.kept_apart, counted("calls_kept_apart"));
        let cancelled: usize = calls.cancelled.iter().map(|of| of.1).sum();
        prop_assert_eq!(cancelled, counted("call_cancelled"));

        let as_of = |events: &[LoggedEvent]| fold(Board::default(), events);
        let (began, ended) = (as_of(before), as_of(&room.log[..before.len() + during.len()]));
        prop_assert_eq!(calls.taken_over, began.open_calls().count());
        prop_assert_eq!(calls.open, ended.open_calls().count());
        let open: BTreeSet<_> = told.open.iter().map(|call| call.id.clone()).collect();
        prop_assert_eq!(open, ended.open_calls().map(|call| call.id.clone()).collect());
        let still = began.open_calls().filter(|call| ended.calls.get(&call.id).is_some_and(|it| it.is_open()));
        prop_assert_eq!(calls.still_open, still.count());

        // A merge sends units on without an event of its own.
        if calls.merged == 0 {
            let answered = |id: &&String| !count.without_answer.contains(*id);
            let waits = count.received.iter().filter(|(id, _)| answered(id)).filter_map(|(id, at)| {
                let sent = count.dispatched.get(id)?;
                Some(Seconds(sent.duration_since(*at).as_secs_f64()))
            });
            prop_assert_eq!(told.response[0].to_dispatch, Spread::of(waits));
        }
        prop_assert_eq!(told.response[0].calls, told.response[1..].iter().map(|of| of.calls).sum::<usize>());

        prop_assert_eq!(told.alarms.rung, count.rung.len());
        prop_assert_eq!(told.alarms.presses, counted("pillar_pressed"));
        prop_assert_eq!([told.alarms.unacknowledged, told.alarms.unanswered], count.escalated);

        let sum = |of: fn(&crate::live::handover::figures::UnitTime) -> usize| -> usize {
            told.units.iter().map(of).sum()
        };
        prop_assert_eq!(sum(|unit| unit.sent), counted("unit_assigned"));
        prop_assert_eq!(sum(|unit| unit.reached), counted("unit_arrived"));
        prop_assert_eq!(told.units.len(), 3);
        for unit in &told.units {
            let spent: f64 = unit.seconds.iter().map(|of| of.0).sum();
            prop_assert!((spent - window.length().0).abs() < 1e-3, "{} of {}", spent, window.length().0);
        }
        for pillar in &told.pillars {
            prop_assert!(pillar.silent.0 <= window.length().0 + 1e-3);
            prop_assert_eq!(pillar.online, ended.pillars[&pillar.id].online);
        }
    }
}

#[test]
fn a_night_is_told_with_its_times_and_what_is_left() {
    let mut room = Room::new();
    room.ask(&ring(0, at(0.0, 0.0))).unwrap();
    room.wait(600);
    let start = room.now;
    let assign = |n, by| Command::Assign {
        call: call(n),
        unit: unit(by),
    };
    room.ask(&ring(1, at(500.0, 0.0))).unwrap();
    room.ask(&ring(2, at(900.0, 0.0))).unwrap();
    room.wait(30);
    room.ask(&assign(1, 0)).unwrap();
    room.wait(90);
    room.ask(&Command::Arrive { unit: unit(0) }).unwrap();
    room.ask(&assign(2, 1)).unwrap();
    // Twelve hours later the closed call has left the board, and is still told of.
    room.ask(&Command::Clear { unit: unit(0) }).unwrap();
    room.ask(&Command::Online { pillar: pillar(1) }).unwrap();
    room.wait(60);
    room.ask(&Command::Silent { pillar: pillar(1) }).unwrap();
    room.wait(44_000);
    room.ask(&ring(3, at(0.0, 900.0))).unwrap();
    assert!(!room.board.calls.contains_key(&call(1)));
    let window = Window::new(start, room.now + SignedDuration::from_secs(20)).unwrap();
    let told = told(&room, window);
    assert_eq!((told.calls.received, told.calls.taken_over), (3, 1));
    assert_eq!(told.calls.by_state[&Stand::Closed], 1);
    assert_eq!(told.calls.by_state[&Stand::Dispatched], 1);
    assert_eq!(told.calls.by_category["dispute"], (3, 2));
    let open: Vec<_> = told.open.iter().map(|call| call.id.clone()).collect();
    assert_eq!(open, [call(0), call(2), call(3)]);
    let sent = told.response[0].to_dispatch.unwrap();
    assert_eq!((sent.count, sent.median), (2, Seconds(75.0)));
    assert_eq!(told.response[2], told.response[0], "all were of priority 2");
    assert_eq!(told.response[1].calls, 0);
    let way = told.response[0].on_the_way.unwrap();
    assert_eq!((way.count, way.median), (1, Seconds(90.0)));
    let [first] = &told.pillars[..] else {
        panic!("{:?}", told.pillars)
    };
    assert_eq!(
        (first.id.clone(), first.online, first.silences),
        (pillar(1), false, 1)
    );
    assert_eq!(first.silent, Seconds(44_020.0));
    assert_eq!((told.units[0].sent, told.units[0].reached), (1, 1));
    assert_eq!(told.units[0].seconds[1], Seconds(90.0));
}

#[test]
fn a_station_is_told_of_its_own_alone() {
    let mut room = Room::new();
    let start = room.now;
    room.ask(&ring(1, at(500.0, 0.0))).unwrap();
    room.ask(&ring(2, at(-500.0, 0.0))).unwrap();
    room.ask(&Command::Press { pillar: pillar(0) }).unwrap();
    room.wait(40);
    let window = Window::new(start, room.now).unwrap();
    let east = Id::new("east");
    let scope = Scope {
        ground: &room.ground,
        station: Some(&east),
        station_at: &|position| (position.lon() > at(100.0, 0.0).lon()).then(|| Id::new("east")),
    };
    let mut tally = Tally::new(Board::default(), window, scope);
    room.log.iter().for_each(|event| tally.take(event));
    let told = tally.finish();
    assert_eq!((told.calls.received, told.alarms.rung), (1, 0));
    assert_eq!(told.open[0].id, call(1));
    assert!(told.units.is_empty());
}
