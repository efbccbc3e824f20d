//! Gaps, and when the first visit of a window is due.

use proptest::prelude::*;

use super::*;
use crate::patrol::made_up::{TownSize, town};

const HOUR: u32 = 3600;

fn watch_of(every: u32, since: Option<u32>, end: u32) -> Watch {
    let size = TownSize {
        units: 1,
        candidates: 4,
        must_visits: 1,
        hours: f64::from(end) / 3600.0,
        side_m: 2000.0,
    };
    let mut problem = town(size, 1).unwrap();
    let must = &mut problem.must_visits[0];
    must.every_ms = Some(every * 1000);
    must.since_ms = since.map(|s| s * 1000);
    must.dwell_ms = 600_000;
    watch(&problem, 0).unwrap()
}

#[test]
fn gaps_at_both_ends_count() {
    let watch = Watch {
        must_visit: 0,
        point: 0,
        stay: 600,
        every: 7200,
        first_by: 7200,
        end: 28_800,
    };
    assert_eq!(watch.overdue(&[7200, 14_400, 21_600]), 0);
    assert_eq!(watch.overdue(&[7200, 14_400]), 7200);
    assert_eq!(watch.worst(&[7200, 14_400]), Some((14_400, 28_800)));
    assert_eq!(watch.overdue(&[7201, 14_400, 21_600]), 1);
    assert_eq!(watch.overdue(&[]), 21_600);
    let late = Watch {
        first_by: 3600,
        ..watch
    };
    assert_eq!(late.overdue(&[7200, 14_400, 21_600]), 3600);
    assert_eq!(watch.worst(&[7200, 14_400, 21_600]), None);
}

#[test]
fn a_frequency_longer_than_the_window_goes_by_the_visit_before() {
    let night = 8 * HOUR;
    // Never seen: due within this window, so that it can be done by its end.
    let unknown = watch_of(24 * HOUR, None, night);
    assert_eq!(unknown.first_by, night - 600);
    assert!(unknown.overdue(&[]) > 0);
    assert_eq!(unknown.overdue(&[night - 600]), 0);
    // Seen ten hours ago: not due in this window.
    let seen = watch_of(24 * HOUR, Some(10 * HOUR), night);
    assert_eq!(seen.first_by, 14 * HOUR);
    assert_eq!(seen.overdue(&[]), 0);
    // Seen twenty hours ago: due by the fourth hour.
    let due = watch_of(24 * HOUR, Some(20 * HOUR), night);
    assert_eq!(due.first_by, 4 * HOUR);
    assert_eq!(due.overdue(&[]), u64::from(4 * HOUR));
    // A minute before its time runs out nobody is asked to be there at once.
    assert_eq!(
        watch_of(24 * HOUR, Some(24 * HOUR - 60), night).first_by,
        2 * HOUR
    );
}

#[test]
fn what_ran_out_before_the_window_is_due_in_its_first_quarter() {
    let night = 8 * HOUR;
    // A minute after its time ran out it is no less urgent than a minute before.
    let over = watch_of(24 * HOUR, Some(24 * HOUR + 60), night);
    assert_eq!(over.first_by, 2 * HOUR);
    // The last visit was in the small hours of the day before: no unit worked since.
    let every = 2 * HOUR;
    assert_eq!(watch_of(every, Some(17 * HOUR), night).first_by, every / 4);
    assert_eq!(watch_of(every, Some(HOUR), night).first_by, HOUR);
    // Only where nothing is known does the clock begin with the window.
    assert_eq!(watch_of(every, None, night).first_by, every);
}

proptest! {
    /// The longer ago the last visit was, the sooner the next one is due.
    #[test]
    fn longer_neglected_is_never_less_urgent(
        every in 1000u32..200_000,
        since in 0u32..400_000,
        longer in 0u32..400_000,
        end in 1800u32..90_000,
    ) {
        let earlier = watch_of(every, Some(since + longer), end).first_by;
        prop_assert!(earlier <= watch_of(every, Some(since), end).first_by);
    }

    /// The first visit is due within the window or not at all in it; never before anybody
    /// could be there; and one that keeps the time since the last visit is never too late.
    #[test]
    fn the_first_visit_is_due_sensibly(
        every in 1000u32..200_000,
        since in proptest::option::of(0u32..400_000),
        end in 1800u32..90_000,
    ) {
        let watch = watch_of(every, since, end);
        // Hours that are a fraction are rounded down to the second.
        let end = watch.end;
        prop_assert!(watch.first_by >= (every.min(end) / 4).min(end - 600));
        prop_assert!(watch.first_by <= every);
        if let Some(since) = since {
            let due = i64::from(every) - i64::from(since);
            if due >= 0 && i64::from(watch.first_by) < due {
                prop_assert!(false, "due before its time");
            }
            if due >= i64::from(end) {
                prop_assert_eq!(watch.overdue(&[]), 0);
            }
        } else {
            prop_assert!(watch.overdue(&[]) > 0);
        }
        prop_assert_eq!(watch.overdue(&[watch.first_by]).min(1), u64::from(end.saturating_sub(watch.first_by) > every));
    }
}
