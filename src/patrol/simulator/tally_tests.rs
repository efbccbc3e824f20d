//! Figures by hand.

use super::*;
use crate::patrol::simulator::history::Answer;
use crate::patrol::simulator::small_town::call;

fn answer(call: u32, sent_s: u64, arrived_s: u64, cleared_s: u64) -> Answer {
    Answer {
        call,
        crew: 0,
        sent_ms: sent_s * 1000,
        arrived_ms: arrived_s * 1000,
        cleared_ms: cleared_s * 1000,
    }
}

#[test]
fn the_figures_of_five_calls() {
    let calls = [0, 100, 200, 300, 400].map(|at_s| call(at_s, 0, 10));
    let history = History {
        answers: vec![
            answer(0, 0, 50, 60),
            answer(1, 100, 280, 290),
            answer(3, 320, 600, 610),
            answer(2, 200, 680, 700),
        ],
        left: vec![4],
        duty_ms: 1_000_000,
        stood_ms: 120_000,
        stood_hot_ms: 60_000,
        patrolled_ms: 100_000,
        to_calls_ms: 100_000,
        covered: vec![0.25, 0.5],
        looks: 3,
        legs: vec![
            Leg {
                from: 0,
                to: 1,
                millis: 10_000,
            },
            Leg {
                from: 1,
                to: 2,
                millis: 30_000,
            },
            Leg {
                from: 2,
                to: 2,
                millis: 5_000,
            },
        ],
    };
    // 10 m/s on the first, 5 m/s on the second leg; nothing is known of the third.
    let metres =
        |leg: &Leg| (leg.to != leg.from).then_some(if leg.from == 0 { 100.0 } else { 150.0 });
    let tally = Tally::new(&calls, &history, &metres);
    assert_eq!(tally.responses_ms, [50_000, 180_000, 300_000, 480_000]);
    let figure = |f| tally.figure(f).unwrap();
    assert_eq!(figure(Figure::MeanResponse), 252.5);
    assert_eq!(figure(Figure::MedianResponse), 180.0);
    assert_eq!(figure(Figure::P90Response), 480.0);
    // Of all calls, the unanswered one included; limits belong to their ring.
    assert_eq!(
        [0, 1, 2, 3].map(|i| figure(Figure::Within(i))),
        [0.2, 0.4, 0.6, 0.8]
    );
    assert_eq!(tally.figure(Figure::Within(4)), None);
    assert_eq!(figure(Figure::Left), 0.2);
    assert_eq!(figure(Figure::Queued), 0.4);
    assert_eq!(
        (figure(Figure::MeanWait), tally.longest_wait_s),
        (5.0, 20.0)
    );
    assert_eq!(
        (figure(Figure::HotMinutes), tally.stood_minutes),
        (1.0, 2.0)
    );
    assert_eq!([0, 1].map(|i| figure(Figure::Covered(i))), [0.25, 0.5]);
    // 250 m in 40 s over 200 s of driving.
    assert!((figure(Figure::Km) - 1.25).abs() < 1e-12);
    // 60 + 190 + 290 + 500 of a thousand seconds.
    assert!((tally.busy_share - 1.04).abs() < 1e-12);
}

#[test]
fn nothing_happened() {
    let tally = Tally::new(&[], &History::default(), &|_| None);
    assert_eq!(tally.figure(Figure::MeanResponse), None);
    assert_eq!(tally.figure(Figure::P90Response), None);
    assert_eq!(tally.figure(Figure::Within(0)), None);
    assert_eq!(tally.figure(Figure::Km), Some(0.0));
    let driven = History {
        patrolled_ms: 5,
        ..History::default()
    };
    assert_eq!(Tally::new(&[], &driven, &|_| None).km, None);
}
