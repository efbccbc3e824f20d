//! A watch learned from a past rings for a cluster and, on that past itself, about as often
//! as it was told to.

use jiff::SignedDuration;

use crate::risk::small_town::{events, grid, place, window, zone};
use crate::risk::unusual::scan::Seen;
use crate::risk::unusual::watch::Watch;

#[test]
fn rings_for_a_cluster_and_says_how_rare_it_is() {
    let past = window("2026-01-05T06:00Z", "2026-07-06T05:00Z");
    let grid = grid(10);
    let watch = Watch::learn(&grid, &events(4000, past, 5), past, &zone())
        .unwrap()
        .unwrap();
    let now = past.end() + SignedDuration::from_hours(20);
    let cell = grid.index_at(place(0.75, 0.3)).unwrap() as u32;
    let at = |minutes: i64| Seen {
        cell,
        at_ms: (now - SignedDuration::from_mins(minutes)).as_millisecond(),
    };
    let quiet = watch.look(&[at(200)], now, &zone(), 14.0);
    assert!(quiet.clusters.is_empty());
    assert!(quiet.false_alarm.days > 12.0, "{quiet:?}");
    assert_eq!(quiet.own_weeks, 25);
    // 25 weeks, one in 14 days: 10 of them would ring; the own weeks may not ring oftener.
    assert!(quiet.own_ringing <= 11, "{quiet:?}");
    let many: Vec<Seen> = (0..9).rev().map(|i| at(6 * i + 1)).collect();
    let loud = watch.look(&many, now, &zone(), 14.0);
    assert_eq!(loud.clusters.len(), 1, "{loud:?}");
    let found = &loud.clusters[0];
    assert_eq!(found.cluster.incidents, 9);
    assert!(found.once_in.days > 100.0, "{found:?}");
    // Rarer false alarms need more.
    let strict = watch.look(&many, now, &zone(), 365.0);
    assert!(strict.threshold >= loud.threshold);
}
