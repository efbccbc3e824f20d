//! What the incidents promise: rhythm, repeats, density, the stated intensity.

use frontbeat::app::sample::process::{REPEAT_DAYS, REPEAT_M};
use frontbeat::calendar::week::hour_of_week;
use frontbeat::incident::record::{CallState, Incident, Origin};
use frontbeat::place::position::Position;
use std::collections::BTreeMap;

use crate::made::district;

fn of<'a>(code: &'a str) -> impl Iterator<Item = &'static Incident> + 'a {
    district()
        .incidents
        .iter()
        .filter(move |i| i.category == code)
}

#[test]
fn the_week_has_its_rhythm() {
    let zone = district().process.zone();
    let share = |code: &str, hours: &dyn Fn(usize) -> bool| {
        let all = of(code).count() as f64;
        of(code).filter(|i| hours(hour_of_week(i.at, zone))).count() as f64 / all
    };
    let rush = |h: usize| matches!(h % 24, 7 | 8 | 17 | 18);
    assert!(share("traffic/collision", &rush) > 0.33);
    assert!(share("public_order/fight", &|h| !(4..20).contains(&(h % 24))) > 0.7);
    let office = |h: usize| h / 24 < 5 && (9..17).contains(&(h % 24));
    assert!(share("fraud/telecom", &office) > 0.55);
    assert!(share("criminal/theft", &|h| (13..20).contains(&(h % 24))) > 0.5);
    // A night of Friday or Saturday has more fights than one of Monday or Tuesday.
    let evening = |day: usize| move |h: usize| h / 24 == day && h % 24 >= 20;
    let week_end =
        share("public_order/fight", &evening(4)) + share("public_order/fight", &evening(5));
    let week_start =
        share("public_order/fight", &evening(0)) + share("public_order/fight", &evening(1));
    assert!(week_end > 1.4 * week_start, "{week_end} {week_start}");
}

/// Pairs of incidents of a category within 150 m and a fortnight, against how many there
/// are within 150 m at gaps of 10 to 12 fortnights, each per day that two years have room
/// for such a gap.
fn near_repeat_ratio(code: &str) -> f64 {
    let events: Vec<(i64, Position)> = of(code).map(|i| (i.at.as_second(), i.position)).collect();
    let (mut near, mut far) = (0.0, 0.0);
    for (i, a) in events.iter().enumerate() {
        for b in &events[i + 1..] {
            let fortnights = (b.0 - a.0).abs() as f64 / (14.0 * 86_400.0);
            let (close, control) = (fortnights < 1.0, (10.0..12.0).contains(&fortnights));
            if (close || control) && a.1.metres_to(b.1).0 < 150.0 {
                if close {
                    near += 1.0;
                } else {
                    far += 0.5;
                }
            }
        }
    }
    let (days, near_gap, far_gap) = (730.0, 7.0, 154.0);
    let ratio = (near / (days - near_gap)) / (far / (days - far_gap));
    println!("MEASURED near repeats of {code}: {ratio:.2}");
    ratio
}

#[test]
fn repeats_are_near_and_soon_where_the_process_says_so() {
    const { assert!(REPEAT_DAYS < 14.0 && REPEAT_M < 150.0) };
    let burglary = near_repeat_ratio("criminal/burglary");
    assert!(burglary > 1.5, "burglary {burglary}");
    assert!(near_repeat_ratio("criminal/ebike_theft") > 1.2);
    let collision = near_repeat_ratio("traffic/collision");
    assert!((0.85..1.15).contains(&collision), "collision {collision}");
}

#[test]
fn commercial_districts_are_denser() {
    let d = district();
    let km2: f64 = d.commercial_districts.iter().map(|c| c.area.km2()).sum();
    let inside = d
        .incidents
        .iter()
        .filter(|i| {
            d.commercial_districts
                .iter()
                .any(|c| c.area.covers(i.position))
        })
        .count() as f64;
    let ratio = (inside / km2) / (d.incidents.len() as f64 / d.boundary.km2());
    assert!(ratio > 3.0, "{ratio}");
}

#[test]
fn origins_states_and_times_are_plausible() {
    let d = district();
    let all = d.incidents.len() as f64;
    let share = |origin| d.incidents.iter().filter(|i| i.origin == origin).count() as f64 / all;
    assert!((0.045..0.075).contains(&share(Origin::PatrolDiscovered)));
    assert!(share(Origin::CitizenCall) > 0.7);
    for origin in [Origin::AlarmPillar, Origin::Sensor, Origin::Counter] {
        assert!(share(origin) > 0.005, "{origin:?}");
    }
    let (start, end) = (d.process.start(), d.process.end());
    let last_hours = end.as_second() - 6 * 3600;
    for i in &d.incidents {
        assert!(start <= i.at && i.at < end, "{}", i.id);
        assert!(
            i.until.is_none_or(|until| i.at < until && until <= end),
            "{}",
            i.id
        );
        assert!(i.state == CallState::Closed || i.at.as_second() > last_hours - 13 * 3600);
    }
    assert!(d.incidents.iter().any(|i| i.state != CallState::Closed));
}

#[test]
fn the_stated_intensity_is_the_one_drawn_from() {
    let d = district();
    let code = "criminal/theft";
    let [west, south, east, north] = d.boundary.bbox();
    // The mass of the density over the district is one: integrate on a grid of about 10 m.
    let at = d.process.start() + jiff::SignedDuration::from_hours(24 * 100 + 15);
    let (dx, dy) = (0.00012, 0.00009);
    let (columns, rows) = (
        ((east - west) / dx) as usize,
        ((north - south) / dy) as usize,
    );
    let cell_km2 = Position::wrapped(west, 41.86)
        .metres_to(Position::wrapped(west + dx, 41.86))
        .0
        * Position::wrapped(west, 41.86)
            .metres_to(Position::wrapped(west, 41.86 + dy))
            .0
        / 1e6;
    let mut mass = 0.0;
    let mut coarse: BTreeMap<(usize, usize), f64> = BTreeMap::new();
    for i in 0..columns {
        for j in 0..rows {
            let p = Position::wrapped(west + dx * i as f64, south + dy * j as f64);
            let value = d.process.true_intensity(p, at, code) * cell_km2;
            mass += value;
            *coarse.entry((i / 64, j / 64)).or_default() += value;
        }
    }
    let truth = d
        .process
        .truths()
        .iter()
        .find(|t| t.kind.code == code)
        .unwrap();
    let hour = hour_of_week(at, d.process.zone());
    let rate = mass / truth.weekly[hour] / (truth.kind.per_day / 24.0);
    assert!(
        (0.8..1.2).contains(&rate),
        "season apart, the mass is one: {rate}"
    );

    // Counts follow it: the chi-square of counts on cells of about 600 m against their
    // shares, over-dispersed by the repeats, stays near its degrees of freedom.
    let total = of(code).count() as f64;
    let mut counts: BTreeMap<(usize, usize), f64> = BTreeMap::new();
    for i in of(code) {
        let column = ((i.position.lon() - west) / dx) as usize / 64;
        let row = ((i.position.lat() - south) / dy) as usize / 64;
        *counts.entry((column, row)).or_default() += 1.0;
    }
    let (mut chi2, mut cells) = (0.0, 0.0);
    for (cell, value) in &coarse {
        let wanted = value / mass * total;
        if wanted >= 5.0 {
            let found = counts.get(cell).copied().unwrap_or(0.0);
            chi2 += (found - wanted).powi(2) / wanted;
            cells += 1.0;
        }
    }
    println!("MEASURED chi2 {chi2:.1} on {cells} cells");
    assert!(cells > 50.0 && chi2 / cells < 1.8, "{chi2} on {cells}");

    // An event raises the intensity beside it, for a while.
    let place = d.incidents[0].position;
    let later = at + jiff::SignedDuration::from_hours(24);
    let plain = d.process.true_intensity(place, later, code);
    let raised = d
        .process
        .conditional_intensity(place, later, code, &[(at, place)]);
    assert!(
        raised > plain
            && d.process
                .conditional_intensity(place, at, code, &[(later, place)])
                > 0.0
    );
    assert_eq!(d.process.true_intensity(place, at, "no/such"), 0.0);
}
