//! Rounds in a small command room: check-ins by position and by hand, what is missed, what a
//! dispatcher is told, and what was written before there were rounds.

use jiff::SignedDuration;

use crate::live::board::Board;
use crate::live::command::Command;
use crate::live::due::{due, next_due};
use crate::live::event::LoggedEvent;
use crate::live::refusal::Refusal;
use crate::live::round::check_in::{CheckIn, RoundCommand};
use crate::live::round::notice::{MuteWhy, NoticeKind};
use crate::live::round::state::{CheckInBy, JudgeWhy, Judgement, Offer, SkipWhy, StopState};
use crate::live::small_room::{Room, at, call, follow, ring, says, ten_at_night, unit};
use crate::place::feature::UnitStatus;

/// A room in which the unit 0 follows a plan.
fn room() -> Room {
    let mut room = Room::new();
    assert_eq!(room.ask(&follow("plan", &[0])), Ok(1));
    room
}

fn moves(room: &mut Room, east_m: f64) {
    let command = Command::Move {
        unit: unit(0),
        position: at(east_m, 0.0),
        heading_deg: None,
        measured_at: room.now,
    };
    room.ask(&command).unwrap();
}

/// So many minutes pass, and each it says that it is there.
fn stays(room: &mut Room, east_m: f64, minutes: i64) {
    for _ in 0..minutes {
        room.wait(60);
        moves(room, east_m);
    }
}

fn states(room: &Room) -> Vec<StopState> {
    let round = &room.board.rounds[&unit(0)];
    round.stops.iter().map(|stop| stop.state).collect()
}

fn kinds(room: &Room) -> Vec<NoticeKind> {
    let round = &room.board.rounds[&unit(0)];
    round.notices.iter().map(|notice| notice.kind).collect()
}

use StopState::{Here, Made, Missed, Planned, Skipped};

#[test]
fn a_visit_is_made_by_position() {
    let mut room = room();
    stays(&mut room, 0.0, 5);
    assert_eq!(states(&room), [Planned; 4]);
    moves(&mut room, 65.0);
    assert_eq!(states(&room), [Planned; 4], "85 m is not there");
    room.wait(10);
    moves(&mut room, 75.0);
    assert_eq!(states(&room)[0], Here);
    let reached = room.now;
    stays(&mut room, 260.0, 1);
    assert_eq!(states(&room)[0], Here, "110 m has not left");
    assert_eq!(states(&room)[1], Planned, "one at a time");
    room.wait(60);
    moves(&mut room, 275.0);
    let first = &room.board.rounds[&unit(0)].stops[0];
    assert_eq!((first.state, first.by), (Made, Some(CheckInBy::Geofence)));
    assert_eq!(
        (first.reached_at, first.left_at),
        (Some(reached), Some(room.now))
    );
    // It is near the second now, half an hour before its time.
    assert_eq!(states(&room)[1], Here);
}

#[test]
fn who_only_comes_by_has_not_visited() {
    let mut room = room();
    moves(&mut room, 150.0);
    room.wait(30);
    moves(&mut room, 900.0);
    assert_eq!(states(&room), [Planned; 4]);
    // Nor has who comes by on its way to a call.
    room.ask(&ring(0, at(900.0, 0.0))).unwrap();
    let assign = Command::Assign {
        call: call(0),
        unit: unit(0),
    };
    room.ask(&assign).unwrap();
    stays(&mut room, 150.0, 3);
    assert_eq!(states(&room), [Planned; 4]);
    assert_eq!(room.board.rounds[&unit(0)].offer, Some(Offer::SentAway));
    room.ask(&Command::Clear { unit: unit(0) }).unwrap();
    assert_eq!(room.board.rounds[&unit(0)].offer, Some(Offer::FreeAgain));
}

#[test]
fn a_unit_that_is_called_away_has_left() {
    let mut room = room();
    stays(&mut room, 150.0, 3);
    room.ask(&ring(0, at(900.0, 0.0))).unwrap();
    let assign = Command::Assign {
        call: call(0),
        unit: unit(0),
    };
    assert_eq!(room.ask(&assign), Ok(2));
    let first = &room.board.rounds[&unit(0)].stops[0];
    assert_eq!((first.state, first.left_at), (Made, Some(room.now)));
    // What its phone says only now was so before the call, or it can't be.
    let at = Some(room.now - SignedDuration::from_secs(90));
    let here = |stop, at| {
        Command::Round(RoundCommand::CheckIn {
            unit: unit(0),
            stop,
            says: CheckIn::Here,
            at,
        })
    };
    room.ask(&here(2, at)).unwrap();
    let second = &room.board.rounds[&unit(0)].stops[1];
    assert_eq!(
        (second.state, second.reached_at, second.left_at),
        (Made, at, Some(room.now))
    );
    assert!(matches!(
        room.ask(&here(3, None)),
        Err(Refusal::UnitStatus { .. })
    ));
}

#[test]
fn what_is_said_by_hand_is_taken_back() {
    let mut room = room();
    let refused = |room: &mut Room, says_: Command| {
        let before = room.board.clone();
        let refusal = room.ask(&says_).unwrap_err();
        assert_eq!(room.board, before);
        refusal
    };
    room.ask(&says(0, 1, CheckIn::Skip(SkipWhy::Blocked)))
        .unwrap();
    assert_eq!(states(&room), [Skipped, Planned, Planned, Planned]);
    assert_eq!(
        room.ask(&says(0, 1, CheckIn::Skip(SkipWhy::Blocked))),
        Ok(0)
    );
    room.ask(&says(0, 1, CheckIn::Undo)).unwrap();
    assert_eq!(states(&room), [Planned; 4]);
    room.ask(&says(0, 2, CheckIn::Here)).unwrap();
    room.wait(20);
    // One at a time: the other one was left, and by hand that is a visit however short.
    room.ask(&says(0, 3, CheckIn::Here)).unwrap();
    assert_eq!(states(&room), [Planned, Made, Here, Planned]);
    assert_eq!(
        room.board.rounds[&unit(0)].next().unwrap().planned.number,
        4
    );
    let judged = Judgement {
        useful: false,
        why: Some(JudgeWhy::AlreadyCovered),
    };
    room.ask(&says(0, 3, CheckIn::Judge(judged))).unwrap();
    room.ask(&says(0, 3, CheckIn::Undo)).unwrap();
    let third = &room.board.rounds[&unit(0)].stops[2];
    assert_eq!((third.state, third.judged), (Planned, Some(judged)));
    assert!(matches!(
        refused(&mut room, says(0, 2, CheckIn::Skip(SkipWhy::Call))),
        Refusal::StopState { state: Made, .. }
    ));
    assert!(matches!(
        refused(&mut room, says(0, 4, CheckIn::Leave)),
        Refusal::StopState { state: Planned, .. }
    ));
    assert!(matches!(
        refused(&mut room, says(0, 9, CheckIn::Here)),
        Refusal::UnknownStop { .. }
    ));
    assert_eq!(
        refused(&mut room, says(1, 1, CheckIn::Here)),
        Refusal::NoRound(unit(1))
    );
    stays(&mut room, 600.0, 50);
    room.wait(60 * 40);
    moves(&mut room, 600.0);
    assert_eq!(states(&room)[3], Here);
    assert!(matches!(
        refused(&mut room, says(0, 4, CheckIn::Undo)),
        Refusal::StopState { state: Here, .. }
    ));
}

#[test]
fn a_phone_tells_when_it_was_but_not_of_another_shift() {
    let mut room = room();
    room.wait(1_200);
    let here = |stop, seconds: i64| {
        Command::Round(RoundCommand::CheckIn {
            unit: unit(0),
            stop,
            says: CheckIn::Here,
            at: Some(ten_at_night() + SignedDuration::from_secs(seconds)),
        })
    };
    for seconds in [-3_601, 1_200 + 301] {
        let refusal = room.ask(&here(1, seconds)).unwrap_err();
        assert!(matches!(refusal, Refusal::NotInShift { .. }), "{seconds}");
    }
    room.ask(&here(1, 700)).unwrap();
    let reached = room.board.rounds[&unit(0)].stops[0].reached_at;
    assert_eq!(
        reached,
        Some(ten_at_night() + SignedDuration::from_secs(700))
    );
    // A clock that is a little ahead does not put it into the future.
    room.ask(&here(2, 1_300)).unwrap();
    assert_eq!(
        room.board.rounds[&unit(0)].stops[1].reached_at,
        Some(room.now)
    );
}

#[test]
fn a_must_visit_whose_time_has_passed_is_missed_once() {
    let mut room = room();
    let until = ten_at_night() + SignedDuration::from_mins(90);
    assert_eq!(next_due(&room.board), Some(until));
    room.wait(90 * 60 - 1);
    assert_eq!(states(&room), [Planned; 4]);
    room.wait(1);
    assert_eq!(states(&room), [Planned, Planned, Missed, Planned]);
    assert_eq!(kinds(&room), [NoticeKind::Missed]);
    assert!(due(&room.board, &room.ground, room.now).is_empty());
    // Late is better than never, and answers the notice.
    room.ask(&says(0, 3, CheckIn::Here)).unwrap();
    assert_eq!(states(&room)[2], Here);
    assert_eq!(kinds(&room), []);
}

#[test]
fn off_the_route_for_too_long_is_told_until_it_is_back() {
    let mut room = room();
    stays(&mut room, 1_500.0, 5);
    assert_eq!(kinds(&room), []);
    stays(&mut room, 1_550.0, 1);
    assert_eq!(kinds(&room), [NoticeKind::OffRoute]);
    let mute = Command::Round(RoundCommand::Mute {
        unit: unit(0),
        notice: NoticeKind::OffRoute,
        minutes: 30,
        why: MuteWhy::Traffic,
    });
    room.ask(&mute).unwrap();
    stays(&mut room, 400.0, 1);
    assert_eq!(kinds(&room), []);
    // Muted, it is not told again before the time is over.
    for minute in 0..40 {
        stays(&mut room, 1_500.0 + 40.0 * f64::from(minute), 1);
        let expected: &[NoticeKind] = if minute < 28 {
            &[]
        } else {
            &[NoticeKind::OffRoute]
        };
        assert_eq!(kinds(&room), expected, "{minute}");
    }
}

#[test]
fn standing_still_is_told_but_not_at_a_stop_nor_of_who_is_silent() {
    let mut room = room();
    stays(&mut room, 0.0, 10);
    assert_eq!(kinds(&room), []);
    stays(&mut room, 10.0, 1);
    assert_eq!(kinds(&room), [NoticeKind::StandingStill]);
    stays(&mut room, 45.0, 1);
    assert_eq!(kinds(&room), [], "it moves again");
    stays(&mut room, 150.0, 20);
    assert_eq!((states(&room)[0], kinds(&room).len()), (Here, 0));
    let mut silent = self::room();
    stays(&mut silent, 0.0, 5);
    silent.wait(900);
    assert_eq!(kinds(&silent), []);
    // Nor of one that has something else to do.
    let mut busy = self::room();
    let report = Command::Report {
        unit: unit(0),
        status: UnitStatus::Break,
    };
    busy.ask(&report).unwrap();
    stays(&mut busy, 0.0, 20);
    assert_eq!(kinds(&busy), []);
}

#[test]
fn another_plan_takes_its_place_and_what_was_made_stays() {
    let mut room = room();
    room.ask(&says(0, 1, CheckIn::Here)).unwrap();
    room.wait(600);
    room.ask(&says(0, 2, CheckIn::Here)).unwrap();
    assert_eq!(room.ask(&follow("plan", &[0])), Ok(0), "it is so already");
    room.ask(&follow("changed", &[0, 1])).unwrap();
    assert_eq!(states(&room), [Made, Here, Planned, Planned]);
    assert_eq!(room.board.rounds[&unit(1)].plan.as_str(), "changed");
    let unfollow = |plan: &str| {
        Command::Round(RoundCommand::Unfollow {
            plan: crate::place::id::Id::new(plan),
        })
    };
    assert_eq!(room.ask(&unfollow("plan")), Ok(0));
    assert!(room.ask(&unfollow("changed")).unwrap() >= 2);
    assert!(room.board.rounds.is_empty());
    // After its shift a round ends by itself.
    room.ask(&follow("plan", &[0])).unwrap();
    room.wait(10 * 3_600);
    assert!(room.board.rounds.is_empty());
    let over = room.ask(&follow("plan", &[0]));
    assert!(matches!(over, Err(Refusal::PlanOver(_))));
    assert!(matches!(
        room.ask(&follow("none", &[])),
        Err(Refusal::NoRounds(_))
    ));
}

/// What a "done" that waited for the net says of an earlier call does not end the next one.
#[test]
fn a_word_that_was_overtaken_changes_nothing() {
    let mut room = room();
    room.ask(&ring(0, at(900.0, 0.0))).unwrap();
    let said = room.now;
    room.wait(60);
    let assign = Command::Assign {
        call: call(0),
        unit: unit(0),
    };
    room.ask(&assign).unwrap();
    let back = |at| Command::ReportOf {
        unit: unit(0),
        status: UnitStatus::Idle,
        call: Some(call(0)),
        at,
    };
    assert!(matches!(
        room.ask(&back(said)),
        Err(Refusal::Overtaken { .. })
    ));
    assert!(room.board.unit(&unit(0)).call.is_some());
    room.wait(60);
    room.ask(&back(room.now)).unwrap();
    assert!(room.board.unit(&unit(0)).call.is_none());
}

/// A check-in of an earlier stop that waited for the net leaves the visit in progress alone,
/// and answers what was told of the stop.
#[test]
fn what_comes_late_does_not_cut_off_the_visit_in_progress() {
    let mut room = room();
    room.wait(95 * 60);
    assert_eq!(kinds(&room), [NoticeKind::Missed]);
    room.ask(&says(0, 4, CheckIn::Here)).unwrap();
    let since = room.now;
    room.wait(600);
    let late = since - SignedDuration::from_mins(20);
    let here = Command::Round(RoundCommand::CheckIn {
        unit: unit(0),
        stop: 3,
        says: CheckIn::Here,
        at: Some(late),
    });
    room.ask(&here).unwrap();
    assert_eq!(states(&room), [Planned, Planned, Made, Here]);
    let stops = &room.board.rounds[&unit(0)].stops;
    assert_eq!(
        (stops[2].reached_at, stops[2].left_at),
        (Some(late), Some(since))
    );
    assert_eq!(stops[3].reached_at, Some(since));
    assert_eq!(kinds(&room), []);
    assert_eq!(room.ask(&here), Ok(0), "known");
}

/// Tomorrow's plan does not take tonight's rounds away; what does not go on has been left.
#[test]
fn a_plan_that_has_not_begun_waits_for_the_rounds_that_go_on() {
    let mut room = room();
    room.ask(&says(0, 1, CheckIn::Here)).unwrap();
    let hour = |h: i64| ten_at_night() + SignedDuration::from_hours(h);
    let mut later = crate::live::small_room::round(0, "tomorrow");
    later.window = crate::calendar::window::Window::new(hour(8), hour(16)).unwrap();
    let mut other = crate::live::small_room::round(0, "other");
    other.stops.remove(0);
    let follow = |round: &crate::live::round::event::Followed| {
        Command::Round(RoundCommand::Follow {
            plan: round.plan.clone(),
            rounds: vec![round.clone()],
        })
    };
    let refused = room.ask(&follow(&later));
    assert!(matches!(refused, Err(Refusal::PlanNotBegun(_))));
    assert_eq!(states(&room)[0], Here);
    assert_eq!(room.ask(&follow(&other)), Ok(2), "it has left the stop");
    assert_eq!(states(&room), [Planned; 3]);
    // A unit without a round may have it before it begins.
    later.unit = unit(1);
    assert_eq!(room.ask(&follow(&later)), Ok(1));
}

/// As the version before rounds wrote them.
#[test]
fn older_boards_settings_and_events_are_read() {
    let mut board = serde_json::to_value(Board::default()).unwrap();
    let fields = board.as_object_mut().unwrap();
    assert!(!fields.contains_key("rounds"));
    let settings = fields["settings"].as_object_mut().unwrap();
    for new in [
        "geofence",
        "geofence_leave",
        "least_stay",
        "off_route",
        "off_route_after",
        "still_within",
        "still_after",
    ] {
        assert!(settings.remove(new).is_some(), "{new}");
    }
    fields["units"] = serde_json::json!({"u0": {"status": "idle",
        "fix": {"position": [123.4, 41.8], "at": "2026-11-26T14:00:00Z"}}});
    let read: Board = serde_json::from_value(board).unwrap();
    assert_eq!(read.settings, Board::default().settings);
    assert!(read.unit(&unit(0)).track.is_none());
    let line = r#"{"sequence":7,"at":"2026-11-26T14:00:00Z","event":{"kind":"unit_moved",
        "unit":"u0","position":[123.4,41.8],"measured_at":"2026-11-26T14:00:00Z"}}"#;
    let event: LoggedEvent = serde_json::from_str(line).unwrap();
    assert!(matches!(
        event.event,
        crate::live::event::EventKind::Board(_)
    ));
}
