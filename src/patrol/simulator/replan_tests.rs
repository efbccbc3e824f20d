//! Replanned rounds: nobody is sent back in time, what has begun stays, what is left can be
//! driven.

use std::ops::ControlFlow;

use super::*;
use crate::patrol::made_up::TownSize;
use crate::patrol::simulator::plans::plan_shifts;
use crate::patrol::simulator::small_town::{made_up, places};
use crate::patrol::simulator::town::Town;

fn planned() -> (Town, ShiftPlan, PlaceIndex) {
    let size = TownSize {
        units: 4,
        candidates: 50,
        must_visits: 0,
        hours: 5.0,
        side_m: 4000.0,
    };
    let (town, shift) = made_up(size, 1.0, 5);
    let places = places(&shift);
    let plans = plan_shifts(&town, vec![shift], 200, &|| ControlFlow::Continue(()));
    (town, plans.unwrap().remove(0), places)
}

/// From a place and a time on, each stop can be reached before its stay begins.
fn can_be_driven(town: &Town, rest: &[PlannedStop], mut place: u32, mut now_ms: u64) {
    for stop in rest {
        let drive_ms = town.travel().millis(place, stop.place).unwrap();
        assert!(now_ms + u64::from(drive_ms) <= stop.begin_ms + 1000);
        assert!(stop.begin_ms < stop.leave_ms);
        (place, now_ms) = (stop.place, stop.leave_ms);
    }
}

#[test]
fn a_call_and_a_return_change_what_is_left_and_nothing_before() {
    let (town, plan, places) = planned();
    let means = Means {
        plan: &plan,
        places: &places,
        travel: town.travel(),
        iterations: 50,
    };
    let mut standing = Standing::new(&plan);
    let (sent_ms, free_ms, back_ms) = (3_600_400, 5_000_000, 6_100_700);
    let call = 20;
    let rest = standing.sent(means, 1, sent_ms, (call, free_ms)).unwrap();
    // Stops that have begun for the others are not among what is left.
    for (unit, rest) in rest.iter().enumerate().filter(|(unit, _)| *unit != 1) {
        let round = &plan.rounds[unit];
        let begun = 1 + round.iter().filter(|s| s.leave_ms <= sent_ms).count();
        assert!(
            rest.first()
                .is_none_or(|first| first.begin_ms >= round[begun - 1].leave_ms)
        );
        can_be_driven(
            &town,
            rest,
            round[begun - 1].place,
            round[begun - 1].leave_ms,
        );
    }
    can_be_driven(&town, &rest[1], call, free_ms);
    let rest = standing.back(means, 1, back_ms, call).unwrap();
    assert!(rest[1].len() > 3, "three hours are left: {}", rest[1].len());
    assert!(rest[1][0].begin_ms >= back_ms);
    can_be_driven(&town, &rest[1], call, back_ms);
    // The day's end holds for all.
    let end_ms = 5 * 3_600_000;
    assert!(rest.iter().flatten().all(|stop| stop.leave_ms <= end_ms));
}

#[test]
fn a_place_that_is_not_known_is_said() {
    let (town, plan, _) = planned();
    let none = PlaceIndex::none();
    let means = Means {
        plan: &plan,
        places: &none,
        travel: town.travel(),
        iterations: 0,
    };
    assert!(Standing::new(&plan).back(means, 0, 1000, 3).is_err());
    assert!(none.is_empty());
}
