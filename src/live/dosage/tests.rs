//! Dosage in a small command room: against a second-by-second count, thinned or not.

use jiff::{SignedDuration, Timestamp};
use proptest::prelude::*;

use crate::calendar::window::Window;
use crate::live::board::Board;
use crate::live::command::Command;
use crate::live::dosage::count::Count;
use crate::live::dosage::report::FollowUp;
use crate::live::event::LoggedEvent;
use crate::live::round::check_in::CheckIn;
use crate::live::round::state::SkipWhy;
use crate::live::small_room::{Room, at, call, follow, ring, says, ten_at_night, unit};
use crate::place::position::Position;

/// Two beats, west and east of 300 m; nothing is south of the room.
fn beat_of(place: Position) -> Option<usize> {
    let border = at(300.0, 0.0).lon();
    (place.lat() > at(0.0, -100.0).lat()).then(|| usize::from(place.lon() > border))
}

fn minute(m: i64) -> Timestamp {
    ten_at_night() + SignedDuration::from_mins(m)
}

fn counted(room: &Room, log: &[LoggedEvent], from: i64, until: i64) -> FollowUp {
    let window = Window::new(minute(from), minute(until)).unwrap();
    let before: Vec<&LoggedEvent> = log.iter().filter(|e| e.at < window.start()).collect();
    let board = crate::live::step::fold(Board::default(), before);
    let ground = &room.ground;
    let mut count = Count::new(board, ground, window, 10, 2, &beat_of);
    for event in log.iter().filter(|e| e.at >= window.start()) {
        if !count.take(event, ground, &beat_of) {
            break;
        }
    }
    count.finish(room.now, &beat_of)
}

fn moves(room: &mut Room, n: usize, place: Position) {
    let command = Command::Move {
        unit: unit(n),
        position: place,
        heading_deg: None,
        measured_at: room.now,
    };
    room.ask(&command).unwrap();
}

#[test]
fn minutes_go_to_where_the_unit_was_while_it_was_free() {
    let mut room = Room::new();
    // Ten minutes at a place in the west, every minute.
    for _ in 0..=10 {
        moves(&mut room, 0, at(100.0, 0.0));
        room.wait(60);
    }
    // On a call for ten: not patrol.
    room.ask(&ring(0, at(900.0, 0.0))).unwrap();
    let assign = Command::Assign {
        call: call(0),
        unit: unit(0),
    };
    room.ask(&assign).unwrap();
    for _ in 0..10 {
        moves(&mut room, 0, at(500.0, 0.0));
        room.wait(60);
    }
    room.ask(&Command::Clear { unit: unit(0) }).unwrap();
    // Free, and silent for half an hour: five minutes are believed.
    room.wait(1_800);
    let told = counted(&room, &room.log, 0, 120);
    assert_eq!(told.until, room.now);
    let minutes = |beat: usize| told.beats[beat].given.0 / 60.0;
    assert!((minutes(0) - 11.0).abs() < 1e-9, "{}", minutes(0));
    // The last position was a minute old when it was free.
    assert!((minutes(1) - 4.0).abs() < 1e-9, "{}", minutes(1));
    let of_unit = told.units[&unit(0)];
    assert!((of_unit.given.0 / 60.0 - 15.0).abs() < 1e-9);
    assert!((of_unit.silent.0 / 60.0 - 26.0).abs() < 1e-9);
    assert_eq!(told.minutes(), 51);
    assert_eq!(
        (told.beats[0].seen_minutes, told.beats[1].seen_minutes),
        (11, 4)
    );
    let visible = told.visibility(&told.beats[0]).unwrap();
    assert!((visible - 11.0 / 51.0).abs() < 1e-12);
    let cells: f64 = told.cells.values().map(|cell| cell.given.0).sum();
    assert!((cells - of_unit.given.0).abs() < 1e-6);
    // A part of it.
    let part = counted(&room, &room.log, 5, 8);
    assert!((part.beats[0].given.0 - 180.0).abs() < 1e-9);
    assert_eq!((part.beats[0].seen_minutes, part.minutes()), (3, 3));
}

#[test]
fn stops_are_counted_once_whatever_plans_come_after_each_other() {
    let mut room = Room::new();
    room.ask(&follow("plan-1", &[0, 1])).unwrap();
    room.wait(600);
    room.ask(&says(0, 1, CheckIn::Here)).unwrap();
    room.wait(600);
    room.ask(&says(0, 2, CheckIn::Skip(SkipWhy::Blocked)))
        .unwrap();
    // The next version has the same stops: what became of them goes on.
    room.ask(&follow("plan-2", &[0])).unwrap();
    room.wait(60 * 25);
    let told = counted(&room, &room.log, 0, 240);
    let of_unit = told.units[&unit(0)].stops;
    assert_eq!(
        (of_unit.made, of_unit.skipped, of_unit.missed, of_unit.open),
        (1, 1, 0, 2)
    );
    let other = told.units[&unit(1)].stops;
    assert_eq!((other.made, other.missed, other.open), (0, 1, 3));
    assert_eq!(of_unit.kept_percent(), Some(50.0));
    assert_eq!((other.must, other.must_made), (1, 0));
    // West: the first two stops of both units, at 150 and 300 m; a quarter of an hour each.
    let wanted = told.beats[0].wanted.0 + told.beats[1].wanted.0;
    assert!((wanted - until_now(&room, 2)).abs() < 1e-6, "{wanted}");
    assert_eq!(
        told.beats[0].stops.planned() + told.beats[1].stops.planned(),
        8
    );
    // All is over in the morning, and the round with it.
    room.wait(10 * 3_600);
    assert!(room.board.rounds.is_empty());
    let told = counted(&room, &room.log, 0, 600);
    assert_eq!(told.units[&unit(0)].stops.planned(), 4);
    let kept = told.units[&unit(0)].stops;
    assert_eq!((kept.made, kept.skipped, kept.missed), (1, 1, 2));
    let missed: Vec<_> = told
        .missed
        .iter()
        .map(|it| (it.unit.as_str(), it.due_until))
        .collect();
    assert_eq!(missed, [("u0", minute(90)), ("u1", minute(90))]);
    // A unit that never told where it is was free, and nobody knows where.
    let silent = told.units[&unit(1)];
    assert!(silent.given.0 == 0.0 && silent.silent.0 > 0.0);
}

/// What waited for the net and comes all at once is counted when it was.
#[test]
fn positions_that_come_late_give_their_minutes() {
    let mut room = Room::new();
    room.ask(&follow("plan", &[0])).unwrap();
    room.wait(3_600);
    for m in 30..50 {
        let command = Command::Move {
            unit: unit(0),
            position: at(150.0, 0.0),
            heading_deg: None,
            measured_at: minute(m),
        };
        room.ask(&command).unwrap();
    }
    let told = counted(&room, &room.log, 0, 120);
    assert!((told.beats[0].given.0 / 60.0 - 24.0).abs() < 1e-9);
    assert_eq!(told.beats[0].seen_minutes, 24);
    // They have made a visit, which was logged before the later ones came.
    assert_eq!(told.units[&unit(0)].stops.made, 1);
}

#[test]
fn what_was_over_before_the_plan_was_in_force_was_asked_of_nobody() {
    let mut room = Room::new();
    room.wait(95 * 60);
    room.ask(&follow("plan", &[0])).unwrap();
    room.wait(3_600);
    let stops = counted(&room, &room.log, 0, 600).units[&unit(0)].stops;
    // Of the four only the last was still ahead.
    assert_eq!((stops.planned(), stops.missed, stops.must), (1, 1, 0));
    assert!(room.board.rounds[&unit(0)].notices.is_empty());
}

/// Dwell that the room's round wants of so many units by now.
fn until_now(room: &Room, units: u32) -> f64 {
    let one: f64 = crate::live::small_room::round(0, "any")
        .stops
        .iter()
        .map(|stop| {
            let ends = stop.departure.min(room.now);
            ends.duration_since(stop.arrival).as_secs_f64().max(0.0)
        })
        .sum();
    one * f64::from(units)
}

proptest! {
    /// Of a unit that drives to and fro, the time by beat is that of a look at each second;
    /// and no second is counted twice or lost, whether positions come each second or were
    /// thinned to one a minute.
    #[test]
    fn it_is_what_a_look_at_each_second_finds(
        legs in prop::collection::vec((-1_000i32..1_000, 1i64..8), 2..12),
    ) {
        let mut room = Room::new();
        let (mut here, mut second) = (0.0, 0i64);
        let mut west = 0.0;
        moves(&mut room, 0, at(0.0, 0.0));
        for (east, minutes) in legs {
            let (start, target) = (here, f64::from(east));
            for s in 1..=minutes * 60 {
                here = start + (target - start) * s as f64 / (minutes * 60) as f64;
                // The middle of the second.
                let middle = here - (target - start) / (minutes * 60) as f64 / 2.0;
                west += f64::from(u8::from(middle <= 300.0));
                room.now += SignedDuration::from_secs(1);
                second += 1;
                if s % 5 == 0 {
                    moves(&mut room, 0, at(here, 0.0));
                }
            }
        }
        let last = room.now;
        let end = second / 60 + 1;
        let whole = counted(&room, &room.log, 0, end);
        let total: f64 = whole.beats.iter().map(|beat| beat.given.0).sum();
        prop_assert!((total - last.duration_since(minute(0)).as_secs_f64()).abs() < 1e-6);
        prop_assert!((whole.beats[0].given.0 - west).abs() <= 0.05 * total + 10.0,
            "{} of {total}, {west} expected", whole.beats[0].given.0);
        // One a minute: the legs are whole minutes, so the way is the same.
        let thinned: Vec<LoggedEvent> = room.log.iter()
            .filter(|e| e.at.duration_since(minute(0)).as_secs() % 60 == 0)
            .cloned()
            .collect();
        let thin = counted(&room, &thinned, 0, end);
        let thin_total: f64 = thin.beats.iter().map(|beat| beat.given.0).sum();
        prop_assert!((thin_total - total).abs() < 1e-6);
        prop_assert!((thin.beats[0].given.0 - west).abs() <= 0.05 * total + 15.0,
            "{} of {total}, {west} expected", thin.beats[0].given.0);
    }
}
