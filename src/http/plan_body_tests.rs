//! The API's plan is the core's plan: what is sent reads back as the same.

use jiff::tz::TimeZone;
use serde_json::Value;

use crate::calendar::week::HourSet;
use crate::calendar::window::Window;
use crate::grid::cell::Cell;
use crate::http::plan_body::PlanBody;
use crate::patrol::feasible::{Obstacle, ObstacleWhy};
use crate::patrol::objective::report::{BeatMinutes, Kept, PlanReport, RingShare};
use crate::patrol::objective::rhythm::PointRhythm;
use crate::patrol::objective::weights::Preset;
use crate::patrol::plan::{
    Finish, Instead, LeftOut, LeftOutWhy, Missed, MissedKind, MissedWhy, PatrolPlan, PatrolRoute,
    ReplanRecord, SearchEnd, SearchRecord, Stop, StopReason, TradeOff,
};
use crate::patrol::replan::explain::{ChangeWhy, Stability, UnitChange};
use crate::patrol::units_from::UnitsFrom;
use crate::place::id::Id;
use crate::place::measure::{Metres, Seconds};
use crate::place::position::Position;
use crate::risk::surface::Provenance;

fn plan() -> PatrolPlan {
    let at = |text: &str| text.parse::<jiff::Timestamp>().unwrap();
    let window = Window::new(at("2026-10-31T14:00:00Z"), at("2026-10-31T22:00:00Z")).unwrap();
    let place = Position::new(123.5, 41.8).unwrap();
    let stop = |number, cell, reason| Stop {
        number,
        position: place,
        cell,
        label: "Beat 3, by pillar 12".into(),
        arrival: at("2026-10-31T14:10:00Z"),
        begins: (number == 2).then(|| at("2026-10-31T14:20:00Z")),
        departure: at("2026-10-31T14:30:00Z"),
        drive: Seconds(61.5),
        gain: 0.125,
        reason,
        pinned: number == 2,
        instead: match number {
            1 => Some(Instead::Place {
                cell: Cell::new(0x08a2_a107_2b59_ffff).unwrap(),
                label: "Beat 3".into(),
                gain: 0.25,
            }),
            2 => Some(Instead::Nothing),
            _ => None,
        },
    };
    PatrolPlan {
        id: Id::new("p1"),
        made_at: at("2026-10-31T10:00:00Z"),
        window,
        synthetic: true,
        routes: vec![PatrolRoute {
            unit: Id::new("u1"),
            call_sign: "东-101".into(),
            start: place,
            stops: vec![
                stop(
                    1,
                    Cell::new(0x8a2a1072b59ffff),
                    StopReason::Risk {
                        expected_in_hour: 0.5,
                        rank: 1,
                        of: 900,
                        earlier_visits: 0,
                    },
                ),
                stop(
                    2,
                    None,
                    StopReason::MustVisit {
                        from: window.start(),
                        until: window.end(),
                    },
                ),
                stop(
                    3,
                    None,
                    StopReason::Break {
                        from: window.start(),
                        until: window.end(),
                    },
                ),
            ],
            line: vec![place, place],
            length: Metres(1234.5),
            driving: Seconds(123.0),
            finish: Some(Finish {
                position: place,
                label: "station 2".into(),
                arrival: at("2026-10-31T21:55:00Z"),
                drive: Seconds(70.0),
            }),
        }],
        missed: vec![Missed {
            name: "联勤岗 4".into(),
            due: window,
            why: MissedWhy::Crowded,
            kind: MissedKind::Frequency,
            unit: None,
        }],
        left_out: vec![LeftOut {
            unit: Id::new("u9"),
            call_sign: "东-109".into(),
            why: LeftOutWhy::OnFoot,
            replaced_by: None,
        }],
        units_asked: Some(2),
        units_from: UnitsFrom::Layer,
        risk_covered: 1.5,
        risk_total: 9.0,
        risk: Provenance {
            model: "kde".into(),
            parameters: [("bandwidth_m".to_owned(), "250".to_owned())].into(),
            look_back: window,
            window,
            hours: HourSet::full(),
            categories: vec!["criminal".into()],
            resolution: 10,
            events: 7,
            inputs_sha256: "00".into(),
            version: "0.1.0".into(),
        },
        seed: 7,
        search: Some(SearchRecord {
            iterations: 12,
            iterations_asked: None,
            kept_stops: None,
            ended_by: SearchEnd::Deadline,
        }),
        weights: Some(Preset::Balanced.weights()),
        report: Some(report()),
        obstacles: vec![Obstacle::MustVisit {
            name: "联勤岗 4".into(),
            until: window.end(),
            why: ObstacleWhy::TooEarly {
                earliest: window.start(),
            },
        }],
        trade_off: vec![TradeOff {
            preset: Preset::Respond,
            risk_covered: 1.25,
            report: report(),
        }],
        replanned: Some(ReplanRecord {
            of: Id::new("p0"),
            at: at("2026-10-31T15:00:00Z"),
            changes: vec![UnitChange {
                unit: 0,
                call_sign: "东-101".into(),
                why: ChangeWhy::SentToCall { back: true },
                dropped: vec!["Beat 3".into()],
                added: Vec::new(),
            }],
            stability: Stability {
                before: 4,
                stayed: 3,
                forced: 1,
                added: 0,
            },
            carried_on: 1.25,
            late: None,
        }),
    }
}

fn report() -> PlanReport {
    let kept = Kept { kept: 3, asked: 4 };
    PlanReport {
        risk_share: 0.5,
        risk_bound: Some(2.5),
        response: vec![RingShare {
            within: Seconds(60.0),
            share: 0.25,
        }],
        busy: 0.3,
        must_visits: kept,
        frequencies: kept,
        rhythms: vec![PointRhythm {
            name: "Pillar 7".into(),
            every: Seconds(86_400.0),
            visits: 1,
            due: "2026-11-01T15:00:00Z".parse().unwrap(),
            kept: true,
        }],
        breaks: kept,
        pins: kept,
        travel_share: 0.125,
        fairness: Some(0.75),
        beats: vec![BeatMinutes {
            name: "Beat 3".into(),
            wanted_min: 12.5,
            given_min: 10.0,
        }],
        of_whole_area: true,
        same_as_last: Some(0.5),
        drawn_of: Some(7),
        best_covered: Some(1.75),
    }
}

#[test]
fn it_reads_back_as_the_same_plan() {
    let zone = TimeZone::get("Asia/Shanghai").unwrap();
    let sent = serde_json::to_value(PlanBody::of(&plan(), &zone)).unwrap();
    assert_eq!(sent["window"]["start"], "2026-10-31T22:00:00+08:00");
    assert_eq!(
        sent["routes"][0]["stops"][1]["reason"]["kind"],
        "must_visit"
    );
    assert_eq!(sent["links"]["gpx"], "/api/plans/p1.gpx");
    let read: PatrolPlan = serde_json::from_value(sent).unwrap();
    assert_eq!(read, plan());
}

#[test]
fn it_has_every_field_of_the_core_and_only_links_besides() {
    let sent = serde_json::to_value(PlanBody::of(&plan(), &TimeZone::UTC)).unwrap();
    let core = serde_json::to_value(plan()).unwrap();
    let names = |value: &Value| {
        let Value::Object(fields) = value else {
            panic!("not an object: {value}")
        };
        let mut names: Vec<String> = fields.keys().cloned().collect();
        names.sort();
        names
    };
    let mut of_core = names(&core);
    of_core.push("links".into());
    of_core.sort();
    assert_eq!(names(&sent), of_core);
    assert_eq!(names(&sent["risk"]), names(&core["risk"]));
    assert_eq!(names(&sent["search"]), names(&core["search"]));
    assert_eq!(names(&sent["report"]), names(&core["report"]));
    assert_eq!(names(&sent["weights"]), names(&core["weights"]));
    assert_eq!(sent["obstacles"], core["obstacles"]);
    assert_eq!(names(&sent["routes"][0]), names(&core["routes"][0]));
    let (sent, core) = (&sent["routes"][0]["stops"], &core["routes"][0]["stops"]);
    for i in 0..3 {
        assert_eq!(names(&sent[i]), names(&core[i]));
        assert_eq!(names(&sent[i]["reason"]), names(&core[i]["reason"]));
    }
}
