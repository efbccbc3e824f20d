//! A small plan for the tests of its files: two units by night in Shenyang, with each kind of
//! stop, a wait, an end of shift, a missed must-visit and an obstacle.

use std::collections::BTreeMap;

use jiff::Timestamp;
use jiff::tz::TimeZone;

use crate::calendar::week::HourSet;
use crate::calendar::window::Window;
use crate::grid::cell::Cell;
use crate::patrol::feasible::{Obstacle, ObstacleWhy};
use crate::patrol::plan::{
    Finish, Instead, Missed, MissedKind, MissedWhy, PatrolPlan, PatrolRoute, Stop, StopReason,
};
use crate::patrol::units_from::UnitsFrom;
use crate::place::id::Id;
use crate::place::measure::{Metres, Seconds};
use crate::place::position::Position;
use crate::risk::surface::Provenance;

/// The district's zone.
pub fn zone() -> TimeZone {
    TimeZone::get("Asia/Shanghai").unwrap()
}

/// A time of that night.
pub fn at(text: &str) -> Timestamp {
    text.parse().unwrap()
}

fn window(from: &str, until: &str) -> Window {
    Window::new(at(from), at(until)).unwrap()
}

fn stop(number: u32, place: (f64, f64), times: [&str; 2], reason: StopReason) -> Stop {
    Stop {
        number,
        position: Position::wrapped(place.0, place.1),
        cell: None,
        label: format!("Beat 3 · Pillar {number}"),
        arrival: at(times[0]),
        begins: None,
        departure: at(times[1]),
        drive: Seconds(240.0),
        gain: 0.125,
        reason,
        pinned: false,
        instead: Some(match number {
            1 => Instead::Place {
                cell: Cell::new(0x08a2_a107_2b59_ffff).unwrap(),
                label: "Beat 9".into(),
                gain: 0.0123,
            },
            _ => Instead::Nothing,
        }),
    }
}

/// The plan.
pub fn plan() -> PatrolPlan {
    let night = window("2026-10-31T14:00:00Z", "2026-10-31T22:00:00Z");
    let risk = || StopReason::Risk {
        expected_in_hour: 0.12,
        rank: 3,
        of: 4210,
        earlier_visits: 1,
    };
    let due = StopReason::MustVisit {
        from: at("2026-10-31T15:00:00Z"),
        until: at("2026-10-31T16:00:00Z"),
    };
    let rest = StopReason::Break {
        from: at("2026-10-31T17:00:00Z"),
        until: at("2026-10-31T18:00:00Z"),
    };
    let places = [(123.45, 41.80), (123.462, 41.804), (123.47, 41.81)];
    let mut waiting = stop(
        2,
        places[1],
        ["2026-10-31T14:30:00Z", "2026-10-31T15:10:00Z"],
        due,
    );
    waiting.begins = Some(at("2026-10-31T15:00:00Z"));
    let stops = vec![
        stop(
            1,
            places[0],
            ["2026-10-31T14:05:00Z", "2026-10-31T14:15:00Z"],
            risk(),
        ),
        waiting,
        stop(
            3,
            places[2],
            ["2026-10-31T17:05:00Z", "2026-10-31T17:35:00Z"],
            rest,
        ),
        stop(
            4,
            places[0],
            ["2026-10-31T18:05:00Z", "2026-10-31T18:15:00Z"],
            risk(),
        ),
    ];
    let start = Position::wrapped(123.445, 41.798);
    let mut line = vec![start];
    line.extend(stops.iter().map(|s| s.position));
    let route = PatrolRoute {
        unit: Id::new("u1"),
        call_sign: "沈河 101".into(),
        start,
        stops,
        line,
        length: Metres(7200.0),
        driving: Seconds(1500.0),
        finish: Some(Finish {
            position: start,
            label: "Station 1".into(),
            arrival: at("2026-10-31T21:50:00Z"),
            drive: Seconds(300.0),
        }),
    };
    let other = PatrolRoute {
        unit: Id::new("u2"),
        call_sign: "U2".into(),
        stops: route.stops[..1].to_vec(),
        line: vec![start, route.stops[0].position],
        finish: None,
        ..route.clone()
    };
    PatrolPlan {
        replanned: None,
        id: Id::new("plan-1"),
        made_at: at("2026-10-31T12:00:00Z"),
        window: night,
        synthetic: true,
        routes: vec![route, other],
        missed: vec![Missed {
            name: "Post 4".into(),
            due: window("2026-10-31T14:00:00Z", "2026-10-31T14:05:00Z"),
            why: MissedWhy::NoUnitInTime,
            kind: MissedKind::MustVisit,
            unit: None,
        }],
        left_out: Vec::new(),
        units_asked: Some(3),
        units_from: UnitsFrom::Layer,
        risk_covered: 1.25,
        risk_total: 9.5,
        risk: Provenance {
            model: "kde".into(),
            parameters: BTreeMap::new(),
            look_back: window("2026-01-01T00:00:00Z", "2026-10-30T00:00:00Z"),
            window: night,
            hours: HourSet::full(),
            categories: Vec::new(),
            resolution: 10,
            events: 1234,
            inputs_sha256: "0".repeat(64),
            version: "0.1.0".into(),
        },
        seed: 1,
        search: None,
        weights: None,
        report: None,
        obstacles: vec![Obstacle::MustVisit {
            name: "Post 4".into(),
            until: at("2026-10-31T14:05:00Z"),
            why: ObstacleWhy::TooEarly {
                earliest: at("2026-10-31T14:10:00Z"),
            },
        }],
        trade_off: Vec::new(),
    }
}
