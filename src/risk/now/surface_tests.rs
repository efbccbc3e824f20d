//! A surface of now: calibrated on average, higher where something has just happened.

use std::collections::BTreeMap;
use std::sync::Arc;

use jiff::{SignedDuration, Timestamp};

use crate::calendar::week::HourSet;
use crate::calendar::window::Window;
use crate::grid::rings::Rings;
use crate::risk::classes::Classes;
use crate::risk::hawkes::triggering::Triggering;
use crate::risk::now::against::{classes_against, times_usual};
use crate::risk::now::excitement::{Excitement, Spark};
use crate::risk::now::surface::now_surface;
use crate::risk::small_town::{grid, place};
use crate::risk::surface::{Provenance, RiskSurface};

const TRIGGERING: Triggering = Triggering {
    by_ring: [0.1, 0.06, 0.03, 0.01],
    decay: 1.0,
};

fn now() -> Timestamp {
    "2026-11-26T20:00:00Z".parse().unwrap()
}

fn usual() -> RiskSurface {
    let grid = grid(10);
    let window = Window::new(now(), now() + SignedDuration::from_hours(1)).unwrap();
    RiskSurface {
        // 2.4 incidents a day, evenly.
        expected: vec![0.1 / grid.len() as f64; grid.len()],
        provenance: Provenance {
            model: "mixture".into(),
            parameters: BTreeMap::new(),
            look_back: Window::new(now() - SignedDuration::from_hours(2000), now()).unwrap(),
            window,
            hours: HourSet::full(),
            categories: vec![],
            resolution: 10,
            events: 500,
            inputs_sha256: String::new(),
            version: String::new(),
        },
        grid,
    }
}

fn excitement(usual: &RiskSurface, sparks: &[Spark]) -> Excitement {
    let cells: Vec<usize> = (0..usual.grid.len()).collect();
    let rings = Arc::new(Rings::new(&usual.grid, &cells, 3));
    Excitement::of(
        rings,
        cells.len(),
        TRIGGERING,
        now(),
        sparks.iter().copied(),
    )
}

/// Incidents at the usual rate, evenly in time and place, over the last twelve mean lives.
fn steady(usual: &RiskSurface) -> Vec<Spark> {
    (0..288)
        .map(|i| Spark {
            cell: (i * 37 % usual.grid.len()) as u32,
            at: now() - SignedDuration::from_mins(60 * i as i64 + 30),
        })
        .collect()
}

#[test]
fn a_usual_past_makes_a_usual_hour() {
    let mut usual = usual();
    let total = 1.0 / 24.0 * 24.0; // one an hour
    let cells = usual.expected.len() as f64;
    usual.expected.fill(total / cells);
    let steady = excitement(&usual, &steady(&usual));
    let found = now_surface(&usual, &steady, &[], now(), 7).total();
    // Within what the cut rings at the border lose.
    assert!((found / total - 1.0).abs() < 0.03, "{found}");
    // Where nothing was recorded, the usual is expected to have followed.
    let all = Window::new(now() - SignedDuration::from_hours(20_000), now()).unwrap();
    let unknown = now_surface(&usual, &excitement(&usual, &[]), &[all], now(), 7).total();
    assert!((unknown / total - 1.0).abs() < 1e-9, "{unknown}");
    // A quiet week makes a quieter hour.
    let quiet = now_surface(&usual, &excitement(&usual, &[]), &[], now(), 7).total();
    assert!((quiet / total - 0.8).abs() < 1e-9, "{quiet}");
}

#[test]
fn what_has_just_happened_is_seen_on_the_map() {
    let usual = usual();
    let spot = usual.grid.index_at(place(0.5, 0.5)).unwrap();
    let five = vec![
        Spark {
            cell: spot as u32,
            at: now() - SignedDuration::from_mins(10),
        };
        5
    ];
    let surface = now_surface(&usual, &excitement(&usual, &five), &[], now(), 12);
    assert_eq!(surface.provenance.model, "now");
    assert_eq!(surface.provenance.parameters["usual_by"], "mixture");
    assert_eq!(surface.provenance.parameters["taken_in"], "12");
    let breaks = Classes::of(&usual);
    let classes = Classes::by_breaks(&surface, &breaks);
    assert_eq!(classes.class[spot], 5);
    assert_eq!(classes.rank[spot], 1);
    // All cells are tied there: those that had a class keep it, the others get none.
    assert_eq!(Classes::by_breaks(&usual, &breaks).class, breaks.class);

    let times = times_usual(&surface, &usual);
    assert!(times[spot] > 5.0, "{}", times[spot]);
    let against = classes_against(&surface, &usual);
    assert_eq!((against.class[spot], against.rank[spot]), (5, 1));
    let coloured = against.class.iter().filter(|&&class| class > 0).count();
    assert!((1..=37).contains(&coloured), "{coloured}");
    assert_eq!(
        against.summary.iter().map(|s| s.cells).sum::<usize>(),
        coloured
    );
}
