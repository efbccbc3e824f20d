//! What idle units do, by hand.

use std::ops::ControlFlow;

use super::*;
use crate::patrol::made_up::TownSize;
use crate::patrol::simulator::plans::plan_shifts;
use crate::patrol::simulator::small_town::{made_up, street};

const SIZE: TownSize = TownSize {
    units: 3,
    candidates: 40,
    must_visits: 0,
    hours: 4.0,
    side_m: 4000.0,
};

const NO_PLACES: &PlaceIndex = &PlaceIndex::none();

const NO_PLANS: Plans<'static> = Plans {
    of_shift: &[],
    places: NO_PLACES,
};

fn of(plans: &[ShiftPlan]) -> Plans<'_> {
    Plans {
        of_shift: plans,
        places: NO_PLACES,
    }
}

fn settings() -> SimulationSettings {
    SimulationSettings {
        dwell_ms: 1000,
        ..SimulationSettings::default()
    }
}

fn planned() -> (Town, Vec<ShiftPlan>) {
    let (town, shift) = made_up(SIZE, 1.0, 3);
    let plans = plan_shifts(&town, vec![shift], 200, &|| ControlFlow::Continue(()));
    (town, plans.unwrap())
}

#[test]
fn at_the_station_one_waits() {
    let town = Town::new(street(&[1.0; 4], &[2], 24)).unwrap();
    let mut idling = Idling::new(&town, NO_PLANS, Policy::Station, &settings(), 1);
    let home = NextStop {
        place: 2,
        leave: Leave::Never,
    };
    assert_eq!(idling.next(0, 0, 5, true), home);
}

#[test]
fn who_roams_sees_everything_in_the_long_run() {
    let town = Town::new(street(&[9.0, 1.0, 1.0, 1.0, 1.0], &[0], 24)).unwrap();
    let mut idling = Idling::new(&town, NO_PLANS, Policy::Random, &settings(), 1);
    let mut seen = [0; 5];
    for _ in 0..5000 {
        let next = idling.next(0, 0, 0, false);
        assert_eq!(next.leave, Leave::After(1000));
        seen[next.place as usize] += 1;
    }
    // Evenly by area, whatever the calls: 1000 each, ±5 deviations.
    assert!(seen.iter().all(|n| (850..1150).contains(n)), "{seen:?}");
}

/// A hundred cells, three hot ones, and four units: each hot cell is taken once, in turn,
/// and who finds none free stays.
#[test]
fn the_hottest_free_cell_is_next() {
    let mut demand = vec![1.0; 150];
    (demand[20], demand[120], demand[70]) = (9.0, 8.0, 7.0);
    let town = Town::new(street(&demand, &[0, 0, 0, 5], 24)).unwrap();
    let mut idling = Idling::new(&town, NO_PLANS, Policy::Hottest, &settings(), 1);
    let mut next = |crew: usize, here| idling.next(crew, here, 0, false).place;
    assert_eq!([next(0, 0), next(1, 0), next(2, 0)], [20, 120, 70]);
    assert_eq!(next(3, 5), 5, "all are taken");
    // One's own is free for oneself; the order goes round.
    assert_eq!(next(1, 120), 120);
    idling.leave(0, 0, None);
    assert_eq!(idling.next(3, 5, 0, false).place, 20);
}

#[test]
fn the_plan_is_followed_to_the_second() {
    let (town, plans) = planned();
    let mut idling = Idling::new(&town, of(&plans), Policy::Plan, &settings(), 1);
    for crew in 0..3 {
        idling.begin_turn(crew, 0);
        let (mut place, mut now) = (crew as u32, 0);
        for stop in &plans[0].rounds[crew] {
            let next = idling.next(crew, place, now, false);
            assert_eq!(next.place, stop.place);
            assert_eq!(next.leave, Leave::At(stop.leave_ms));
            let drive_ms = u64::from(town.travel().millis(place, stop.place).unwrap());
            assert!(now + drive_ms <= stop.begin_ms);
            (place, now) = (stop.place, stop.leave_ms);
        }
        assert!(!plans[0].rounds[crew].is_empty());
        let rest = idling.next(crew, place, now, false);
        assert_eq!((rest.place, rest.leave), (place, Leave::Never));
    }
}

/// Back from a call in the middle of the shift: the stops that are over are dropped, the
/// first that half of its stay is left of is next.
#[test]
fn after_a_call_what_still_fits_is_followed() {
    let (town, plans) = planned();
    let round = &plans[0].rounds[0];
    let mut idling = Idling::new(&town, of(&plans), Policy::Plan, &settings(), 1);
    idling.begin_turn(0, 0);
    idling.next(0, 0, 0, false);
    idling.leave(
        0,
        60_000,
        Some(Sent {
            place: 5,
            free_ms: 90_000,
        }),
    );
    let now = 2 * 3_600_000;
    let next = idling.next(0, 0, now, true);
    let fits = |stop: &&PlannedStop| {
        let arrive = now + u64::from(town.travel().millis(0, stop.place).unwrap());
        arrive + (stop.leave_ms - stop.begin_ms).div_ceil(2) <= stop.leave_ms
    };
    let wanted = round[1..].iter().find(fits).unwrap();
    assert_eq!(
        (next.place, next.leave),
        (wanted.place, Leave::At(wanted.leave_ms))
    );
    // Long after the shift nothing fits: it stays.
    let late = idling.next(0, 7, 50 * 3_600_000, true);
    assert_eq!((late.place, late.leave), (7, Leave::Never));
}

#[test]
fn a_crew_without_a_plan_stays() {
    let (town, _) = planned();
    for policy in [Policy::Plan, Policy::PlanReplan] {
        let mut idling = Idling::new(&town, NO_PLANS, policy, &settings(), 1);
        idling.begin_turn(0, 0);
        assert_eq!(idling.next(0, 4, 10, true).place, 4);
        idling.leave(0, 20, None);
    }
}
