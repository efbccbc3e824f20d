//! `hawkes` as a whole: its totals, its hours, and what a fresh event does.

use jiff::SignedDuration;

use crate::risk::hawkes::Hawkes;
use crate::risk::small_town::{ask, event, events, grid, total, window};

#[test]
fn without_triggers_it_is_the_past_rate() {
    let past = window("2010-01-01T06:00Z", "2010-12-31T06:00Z");
    let later = window("2011-01-03T06:00Z", "2011-01-31T06:00Z");
    let (grid, events) = (grid(9), events(3000, past, 2));
    let answer = ask(&Hawkes::default(), &grid, &events, past, later).unwrap();
    let inside = events
        .iter()
        .filter(|e| grid.index_at(e.position).is_some());
    let rate = inside.count() as f64 * 28.0 / 364.0;
    assert!(
        (total(&answer) / rate - 1.0).abs() < 0.03,
        "{} for {rate}",
        total(&answer)
    );
    let triggered: f64 = answer.parameters["triggered_per_event"].parse().unwrap();
    assert!(triggered < 0.05, "{triggered}");
}

#[test]
fn a_burst_just_now_raises_the_cells_round_it_for_a_while() {
    let past = window("2010-01-01T06:00Z", "2010-07-01T06:00Z");
    let grid = grid(10);
    // Pairs: each event has a second one at its place some hours later, every other time.
    let mut events = events(1500, past, 4);
    let echoes: Vec<_> = (events.iter().step_by(2))
        .map(|e| event_at(e, SignedDuration::from_hours(9)))
        .filter(|e| past.contains(e.at))
        .collect();
    events.extend(echoes);
    let fresh: Vec<_> = (0..5)
        .map(|i| event(0.55, 0.15, past.end() - SignedDuration::from_hours(1 + i)))
        .collect();
    events.extend(&fresh);
    let cell = grid.index_at(fresh[0].position).unwrap();
    let soon = window("2010-07-01T06:00Z", "2010-07-02T06:00Z");
    let late = window("2010-09-01T06:00Z", "2010-09-02T06:00Z");
    let at = |over| {
        let answer = ask(&Hawkes::default(), &grid, &events, past, over).unwrap();
        total(&answer);
        answer.expected[cell]
    };
    assert!(at(soon) > 3.0 * at(late), "{} and {}", at(soon), at(late));
}

fn event_at(
    event: &crate::risk::model::RiskEvent,
    later: SignedDuration,
) -> crate::risk::model::RiskEvent {
    crate::risk::model::RiskEvent {
        at: event.at + later,
        ..*event
    }
}

#[test]
fn the_same_bits_on_any_number_of_threads() {
    let past = window("2010-01-01T06:00Z", "2010-07-01T06:00Z");
    let later = window("2010-07-01T06:00Z", "2010-07-02T06:00Z");
    let (grid, events) = (grid(10), events(1000, past, 9));
    let on = |threads| {
        let pool = rayon::ThreadPoolBuilder::new()
            .num_threads(threads)
            .build()
            .unwrap();
        pool.install(|| ask(&Hawkes::default(), &grid, &events, past, later).unwrap())
    };
    let bits = |answer: &crate::risk::model::RiskAnswer| -> Vec<u64> {
        answer.expected.iter().map(|v| v.to_bits()).collect()
    };
    assert_eq!(bits(&on(1)), bits(&on(3)));
}
