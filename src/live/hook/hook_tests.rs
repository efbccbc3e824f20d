//! What hooks want, and when things are sent again.

use std::time::Duration;

use jiff::Timestamp;

use crate::incident::record::{CallState, Origin, Priority};
use crate::live::board::Board;
use crate::live::board_event::{BoardEvent, Received};
use crate::live::event::LoggedEvent;
use crate::live::ground::Ground;
use crate::live::hook::event::{HookEvent, means_something};
use crate::live::hook::filter::{Fence, HookFilter};
use crate::live::hook::happening::{Happening, Subject};
use crate::live::hook::retry::Retries;
use crate::live::step::step;
use crate::place::id::Id;
use crate::place::position::Position;

fn at(second: i64) -> Timestamp {
    Timestamp::from_second(1_800_000_000 + second).unwrap()
}

/// What each of these events is to others, one after the other.
fn happenings(events: Vec<BoardEvent>) -> Vec<Option<Happening>> {
    let mut board = Board::default();
    let ground = Ground::default();
    let numbered = (1..).zip(events);
    numbered
        .map(|(sequence, event)| {
            let logged = LoggedEvent {
                sequence,
                at: at(i64::try_from(sequence).unwrap()),
                event: event.into(),
            };
            step(&mut board, &logged);
            Happening::of(&logged, &board, &ground)
        })
        .collect()
}

fn received(id: &str, category: &str, state: CallState) -> BoardEvent {
    BoardEvent::IncidentReceived(Received {
        id: Id::new(id),
        number: 7,
        happened_at: at(0),
        until: None,
        position: Position::new(123.5, 41.8).unwrap(),
        category: category.into(),
        priority: Priority::Two,
        origin: Origin::CitizenCall,
        state,
        pillar: None,
    })
}

fn filter(events: &[&str], categories: &[&str], within: Vec<Fence>) -> HookFilter {
    let texts = |all: &[&str]| all.iter().map(|&text| text.to_owned()).collect();
    HookFilter {
        events: texts(events),
        categories: texts(categories),
        within,
    }
}

#[test]
fn names_mean_themselves_their_group_or_everything() {
    for good in [
        "incident.received",
        "incident.*",
        "alarm.*",
        "*",
        "plan.made",
    ] {
        assert!(means_something(good), "{good}");
    }
    for bad in ["", "incident", "incident.*d", "inc*", "unit.moved", "*.*"] {
        assert!(!means_something(bad), "{bad}");
    }
    let names: std::collections::BTreeSet<_> =
        HookEvent::ALL.iter().map(|event| event.name()).collect();
    assert_eq!(names.len(), HookEvent::ALL.len());
}

#[test]
fn a_category_that_changes_is_told_to_those_who_had_it_and_those_who_get_it() {
    let call = || Id::new("a");
    let told = happenings(vec![
        received("a", "dispute/noise", CallState::Received),
        BoardEvent::CallReclassified {
            call: call(),
            category: "criminal/assault".into(),
            priority: Priority::One,
        },
        BoardEvent::CallClosed { call: call() },
        BoardEvent::CallClosed { call: Id::new("b") },
        received("old", "dispute", CallState::Closed),
    ]);
    let wants = |filter: &HookFilter| -> Vec<bool> {
        let all = told.iter();
        all.map(|told| {
            told.as_ref()
                .is_some_and(|told| filter.wants(told, |_, _| true))
        })
        .collect()
    };
    let disputes = filter(&["*"], &["dispute"], vec![]);
    assert_eq!(wants(&disputes), [true, true, false, false, true]);
    let crimes = filter(&["incident.*"], &["criminal", "fraud"], vec![]);
    assert_eq!(wants(&crimes), [false, true, true, false, false]);
    let received = filter(&["incident.received"], &[], vec![]);
    assert_eq!(wants(&received), [true, false, false, false, true]);
    let Some(Subject::Incident(closed)) = told[2].as_ref().map(|told| told.subject.clone()) else {
        panic!("no incident");
    };
    assert_eq!(closed.state, CallState::Closed);
    assert_eq!((closed.received_at, closed.number), (at(1), 7));
    // Of what the board does not have there is nothing to tell.
    assert_eq!(told[3], None);
}

#[test]
fn one_of_the_fences_is_enough_and_what_is_nowhere_is_in_none() {
    let told = happenings(vec![received("a", "dispute", CallState::Received)]);
    let told = told[0].clone().unwrap();
    let fence = |id: &str| Fence::Beat { id: Id::new(id) };
    let two = filter(&["*"], &[], vec![fence("b1"), fence("b2")]);
    assert!(two.wants(&told, |at, _| *at == fence("b2")));
    assert!(!two.wants(&told, |_, _| false));
    let plan = Happening {
        subject: Subject::Plan("p".into()),
        event: HookEvent::PlanMade,
        ..told
    };
    assert!(!two.wants(&plan, |_, _| true));
    assert!(!filter(&["*"], &["dispute"], vec![]).wants(&plan, |_, _| true));
    assert!(filter(&["*"], &[], vec![]).wants(&plan, |_, _| true));
}

#[test]
fn waits_grow_are_spread_by_chance_and_heed_what_is_asked() {
    let retries = Retries {
        tries: 12,
        first_wait_s: 2.0,
    };
    let wait = |tried, chance| retries.wait(tried, None, chance).unwrap().as_secs_f64();
    for (tried, plain) in [(1, 2.0), (2, 6.0), (3, 18.0), (9, 13_122.0), (10, 21_600.0)] {
        assert_eq!(wait(tried, 0.5), plain);
        assert_eq!(wait(tried, 0.0), plain * 0.75);
        assert_eq!(wait(tried, 1.0), plain * 1.25);
    }
    assert_eq!(retries.wait(12, None, 0.5), None);
    let asked = |seconds| retries.wait(1, Some(Duration::from_secs(seconds)), 0.5);
    assert_eq!(asked(60), Some(Duration::from_secs(60)));
    assert_eq!(asked(1), Some(Duration::from_secs(2)));
    // Nobody may have it wait for ever.
    assert_eq!(asked(u64::MAX), Some(Duration::from_secs(86_400)));
}
