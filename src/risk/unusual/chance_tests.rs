//! The false alarm's rate is what it says, a cluster is found, and where.

use jiff::{SignedDuration, Timestamp};
use rand::rngs::ChaCha8Rng;
use rand::{RngExt, SeedableRng};

use crate::calendar::window::Window;
use crate::grid::hexgrid::HexGrid;
use crate::risk::model::RiskEvent;
use crate::risk::small_town::{events, grid, place, window, zone};
use crate::risk::unusual::chance::{LEAD_H, Sampler, Weeks, hours_between, strongest};
use crate::risk::unusual::scan::{Counts, Look, Seen, WINDOWS_H, score};
use crate::risk::unusual::usual::Usual;
use crate::risk::unusual::zones::Zones;

const HOUR_MS: i64 = 3_600_000;

struct Town {
    grid: HexGrid,
    zones: Zones,
    usual: Usual,
}

fn past() -> Window {
    window("2026-01-05T06:00Z", "2026-06-29T05:00Z")
}

fn town() -> Town {
    let grid = grid(10);
    let zones = Zones::cover(&grid).unwrap();
    let usual = Usual::learn(&grid, &zones, &events(4000, past(), 5), past(), &zone()).unwrap();
    Town { grid, zones, usual }
}

/// Other weeks than those that set the threshold.
fn other_weeks(town: &Town, weeks: u64) -> Vec<f64> {
    let sampler = Sampler::new(&town.usual);
    let mut counts = Counts::new(town.zones.len());
    (0..weeks)
        .map(|week| {
            let mut rng = ChaCha8Rng::seed_from_u64(1_000_003 + week);
            let seen = sampler.week(&mut rng);
            let from = LEAD_H as i64 * HOUR_MS;
            strongest(
                &town.zones,
                &town.usual,
                &seen,
                from,
                hours_between,
                &mut counts,
            )
        })
        .collect()
}

#[test]
fn usual_nights_ring_as_rarely_as_it_says() {
    let town = town();
    let weeks = Weeks::simulate(&town.zones, &town.usual);
    assert!(weeks.len() >= 100);
    let other = other_weeks(&town, 300);
    for days in [7.0f64, 14.0, 60.0] {
        let least = weeks.threshold(days).unwrap();
        let ringing = other.iter().filter(|&&score| score >= least).count() as f64 / 300.0;
        let wanted = 1.0 - (-7.0 / days).exp();
        // Three standard errors of both samples.
        let slack =
            3.0 * (wanted * (1.0 - wanted) * (1.0 / 300.0 + 1.0 / weeks.len() as f64)).sqrt();
        assert!(
            (ringing - wanted).abs() < slack,
            "{days}: {ringing} for {wanted} ± {slack}"
        );
        let said = weeks.once_in(least).unwrap();
        assert!(
            (said.days / days - 1.0).abs() < 0.1 && !said.or_rarer,
            "{days}: {said:?}"
        );
    }
    let never = weeks.once_in(1e9).unwrap();
    assert!(never.or_rarer && never.days > 300.0, "{never:?}");
}

#[test]
fn what_is_usual_adds_up_to_what_happened() {
    let town = town();
    let week: f64 = town.usual.per_hour.iter().sum();
    // 4000 incidents, a few of them outside, in 25 weeks.
    assert!((week / 160.0 - 1.0).abs() < 0.1, "{week}");
    let day = town.usual.over((0..24).map(|hour| (hour, 1.0)));
    let district = town.usual.in_zone(0, &day);
    let all: f64 = day.iter().sum();
    assert!((district / all - 1.0).abs() < 1e-9, "{district} of {all}");
    for zone in 1..town.zones.len() as u32 {
        let usual = town.usual.in_zone(zone, &day);
        assert!(usual > 0.0 && usual < district);
    }
}

#[test]
fn six_calls_at_one_corner_are_found_there() {
    let town = town();
    let weeks = Weeks::simulate(&town.zones, &town.usual);
    let least = weeks.threshold(14.0).unwrap();
    let corner = place(0.8, 0.2);
    let cell = town.grid.index_at(corner).unwrap() as u32;
    let now_ms = 40 * HOUR_MS;
    let mut counts = Counts::new(town.zones.len());
    let look = Look {
        zones: &town.zones,
        usual: &town.usual,
        now_ms,
        stretches: WINDOWS_H.map(|hours| {
            let from = now_ms - i64::from(hours) * HOUR_MS;
            town.usual.over(hours_between(from, now_ms))
        }),
    };
    let minutes = |n: i64| Seen {
        cell,
        at_ms: now_ms - n * 60_000,
    };
    let six = [50, 41, 30, 22, 10, 1].map(minutes);
    let found = look.clusters(&six, least, &mut counts);
    assert_eq!(found.len(), 1, "{found:?}");
    assert_eq!((found[0].incidents, found[0].hours), (6, 1));
    assert_eq!(found[0].score, score(6, found[0].usual));
    let disc = town.zones.zones[found[0].zone as usize].disc.unwrap();
    assert!(disc.centre.metres_to(corner).0 <= disc.radius.0);
    // As many over the whole town and eight hours are nothing.
    let mut rng = ChaCha8Rng::seed_from_u64(3);
    let apart: Vec<Seen> = (0..6)
        .map(|i| Seen {
            cell: rng.random_range(0..town.grid.len() as u32),
            at_ms: now_ms - (460 - i * 80) * 60_000,
        })
        .collect();
    assert_eq!(look.clusters(&apart, least, &mut counts), []);
    assert_eq!(look.clusters(&[], least, &mut counts), []);
}

/// The plain way: every zone, every window, every incident.
#[test]
fn the_quick_look_is_the_plain_one() {
    let town = town();
    let seen = Sampler::new(&town.usual).week(&mut ChaCha8Rng::seed_from_u64(9));
    let mut counts = Counts::new(town.zones.len());
    let mut plain: f64 = 0.0;
    let in_zone = |zone: u32, cell: u32| town.zones.of(cell).contains(&zone);
    for newest in seen
        .iter()
        .filter(|seen| seen.at_ms >= LEAD_H as i64 * HOUR_MS)
    {
        for &zone in town.zones.of(newest.cell) {
            for hours in WINDOWS_H {
                let from = newest.at_ms - i64::from(hours) * HOUR_MS;
                let n = (seen.iter())
                    .filter(|it| {
                        it.at_ms > from && it.at_ms <= newest.at_ms && in_zone(zone, it.cell)
                    })
                    .count() as u32;
                let stretch = town.usual.over(hours_between(from, newest.at_ms));
                if n >= 3 {
                    plain = plain.max(score(n, town.usual.in_zone(zone, &stretch)));
                }
            }
        }
    }
    let from = LEAD_H as i64 * HOUR_MS;
    let quick = strongest(
        &town.zones,
        &town.usual,
        &seen,
        from,
        hours_between,
        &mut counts,
    );
    assert!((quick - plain).abs() < 1e-9, "{quick} for {plain}");
}

#[test]
fn a_short_or_thin_or_dated_past_says_nothing() {
    let town = town();
    let learn =
        |events: &[RiskEvent], past| Usual::learn(&town.grid, &town.zones, events, past, &zone());
    let days = window("2026-03-01T00:00Z", "2026-03-08T00:00Z");
    assert!(learn(&events(4000, days, 1), days).is_none());
    assert!(learn(&events(150, past(), 1), past()).is_none());
    let midnight: Timestamp = "2026-02-01T06:00:00Z".parse().unwrap();
    let dated: Vec<RiskEvent> = (events(1000, past(), 1).into_iter().zip(0..))
        .map(|(event, i)| RiskEvent {
            at: midnight + SignedDuration::from_hours(24 * (i % 20)),
            ..event
        })
        .collect();
    assert!(learn(&dated, past()).is_none());
}
