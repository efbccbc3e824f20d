//! Rows for every layer, and the strategies that draw more of them.

use frontbeat::calendar::week::HourSet;
use frontbeat::calendar::window::Window;
use frontbeat::grid::cell::Cell;
use frontbeat::incident::record::{CallState, Incident, Origin, Priority};
use frontbeat::patrol::plan::{PatrolPlan, PatrolRoute, Stop, StopReason};
use frontbeat::patrol::units_from::UnitsFrom;
use frontbeat::place::area::Area;
use frontbeat::place::basemap::{BasemapFeature, BasemapKind, BasemapShape};
use frontbeat::place::feature::{
    AlarmPillar, Beat, Camera, CommercialDistrict, JointDutyPost, PatrolZone, PillarState, Place,
    PlaceTier, Post, Station, Unit, UnitKind, UnitStatus,
};
use frontbeat::place::id::Id;
use frontbeat::place::measure::{Metres, Seconds};
use frontbeat::place::position::Position;
use frontbeat::risk::surface::Provenance;
use frontbeat::roads::speed::{ClassSpeed, SpeedTable};
use frontbeat::store::record::{ImportSource, LayerRows, NewWorkspace, RoadRows};
use jiff::Timestamp;
use proptest::prelude::*;

pub fn new(synthetic: bool) -> NewWorkspace {
    NewWorkspace {
        name: "大东区".into(),
        timezone: "Asia/Shanghai".into(),
        synthetic,
    }
}

pub fn source() -> ImportSource {
    ImportSource {
        file: "rows.csv".into(),
        refused: 3,
        at: at("2026-01-02T03:04:05.678Z"),
        marks_synthetic: false,
    }
}

pub fn at(text: &str) -> Timestamp {
    text.parse().unwrap()
}

pub fn position(lon: f64, lat: f64) -> Position {
    Position::new(lon, lat).unwrap()
}

pub fn square(west: f64, south: f64, side: f64) -> Area {
    let (east, north) = (west + side, south + side);
    Area::from_rings(&[vec![vec![
        [west, south],
        [east, south],
        [east, north],
        [west, north],
        [west, south],
    ]]])
    .unwrap()
}

pub fn stations() -> Vec<Station> {
    vec![
        Station {
            id: Id::new("S1"),
            name: "东站派出所".into(),
            position: position(123.45, 41.81),
        },
        Station {
            id: Id::new("S2"),
            name: "it's \"quoted\"".into(),
            position: position(-180.0, 90.0),
        },
    ]
}

pub fn beats() -> Vec<Beat> {
    vec![
        Beat {
            id: Id::new("B1"),
            name: "一".into(),
            station: Some(Id::new("S1")),
            area: square(123.4, 41.8, 0.01),
        },
        Beat {
            id: Id::new("B2"),
            name: String::new(),
            station: None,
            area: square(123.41, 41.8, 0.01),
        },
    ]
}

pub fn zones() -> Vec<PatrolZone> {
    vec![PatrolZone {
        id: Id::new("Z1"),
        name: "巡区".into(),
        area: square(123.405, 41.805, 0.01),
    }]
}

pub fn posts() -> Vec<Post> {
    vec![Post {
        id: Id::new("P1"),
        name: "警务岗".into(),
        position: position(123.42, 41.82),
        hours: "08:00-20:00".into(),
    }]
}

pub fn joint_duty_posts() -> Vec<JointDutyPost> {
    vec![
        JointDutyPost {
            id: Id::new("J1"),
            name: "中街".into(),
            position: position(123.43, 41.83),
            commercial_district: Some(Id::new("C1")),
            visit_every: Some(Seconds(7200.0)),
        },
        JointDutyPost {
            id: Id::new("J2"),
            name: "无".into(),
            position: position(123.43, 41.83),
            commercial_district: None,
            visit_every: None,
        },
    ]
}

pub fn commercial_districts() -> Vec<CommercialDistrict> {
    vec![CommercialDistrict {
        id: Id::new("C1"),
        name: "商圈".into(),
        area: square(123.42, 41.82, 0.005),
    }]
}

pub fn pillars() -> Vec<AlarmPillar> {
    let states = [
        PillarState::Online,
        PillarState::Pressed,
        PillarState::Answered,
        PillarState::Offline,
    ];
    (0..)
        .zip(states)
        .map(|(i, state)| AlarmPillar {
            id: Id::new(format!("A{i}")),
            name: format!("pillar {i}"),
            position: position(123.0 + f64::from(i), 41.0),
            state,
        })
        .collect()
}

pub fn cameras() -> Vec<Camera> {
    vec![Camera {
        id: Id::new("K1"),
        name: "camera".into(),
        position: position(123.44, 41.84),
        view: Metres(80.5),
    }]
}

pub fn places() -> Vec<Place> {
    (0..)
        .zip([PlaceTier::Blue, PlaceTier::Green, PlaceTier::Yellow])
        .map(|(i, tier)| Place {
            id: Id::new(format!("L{i}")),
            name: "市场".into(),
            position: position(123.44, 41.0 + f64::from(i)),
            kind: "market".into(),
            tier,
        })
        .collect()
}

pub fn units() -> Vec<Unit> {
    let statuses = [
        UnitStatus::Idle,
        UnitStatus::Dispatched,
        UnitStatus::OnScene,
        UnitStatus::Break,
        UnitStatus::OffDuty,
    ];
    let kinds = [UnitKind::Car, UnitKind::Motorcycle, UnitKind::Foot];
    (0..)
        .zip(statuses)
        .map(|(i, status)| Unit {
            id: Id::new(format!("U{i}")),
            call_sign: format!("{i} 号车"),
            kind: kinds[i % 3],
            station: (i % 2 == 0).then(|| Id::new("S1")),
            position: position(123.4 + i as f64 / 100.0, 41.8),
            status,
        })
        .collect()
}

pub fn incidents() -> Vec<Incident> {
    (0..50)
        .map(|i| Incident {
            id: Id::new(format!("I{i:03}")),
            at: at("2026-03-01T00:00:00Z") + jiff::Span::new().hours(i),
            until: (i % 5 == 0).then(|| at("2026-03-01T01:00:00Z") + jiff::Span::new().hours(i)),
            position: position(123.4 + i as f64 / 1000.0, 41.8),
            category: ["criminal", "criminal/burglary", "traffic"][i as usize % 3].into(),
            priority: [Priority::One, Priority::Two, Priority::Three][i as usize % 3],
            origin: if i % 7 == 0 {
                Origin::PatrolDiscovered
            } else {
                Origin::CitizenCall
            },
            state: CallState::Closed,
            source_id: (i % 2 == 0).then(|| format!("{i}")),
        })
        .collect()
}

pub fn roads() -> RoadRows {
    let feature = |kind, class: &str, name: &str, shape| BasemapFeature {
        kind,
        class: class.into(),
        name: name.into(),
        shape,
    };
    let corner = |x: f64, y: f64| position(123.4 + x, 41.8 + y);
    let ring = |s: f64| {
        vec![
            corner(-s, -s),
            corner(s, -s),
            corner(s, s),
            corner(-s, s),
            corner(-s, -s),
        ]
    };
    RoadRows {
        network: (0..=255).cycle().take(100_000).collect(),
        speeds: SpeedTable {
            classes: vec![ClassSpeed {
                class: "residential".into(),
                kmh: 22.5,
            }],
        },
        // In the order in which they are read: lines, areas, labels.
        basemap: vec![
            feature(
                BasemapKind::Street,
                "residential",
                "小什字街",
                BasemapShape::Line(vec![corner(0.0, 0.0), corner(0.1, 0.0)]),
            ),
            feature(
                BasemapKind::Water,
                "river",
                "",
                BasemapShape::Line(vec![corner(0.0, 0.1), corner(0.1, 0.1), corner(0.2, 0.0)]),
            ),
            feature(
                BasemapKind::Green,
                "park",
                "公园",
                BasemapShape::Polygon(vec![ring(0.02), ring(0.01)]),
            ),
            feature(
                BasemapKind::Label,
                "suburb",
                "大东",
                BasemapShape::Point(corner(0.0, 0.0)),
            ),
        ],
        attribution: "© OpenStreetMap contributors".into(),
    }
}

pub fn plan(id: &str) -> PatrolPlan {
    let window = Window::new(at("2026-03-01T14:00:00Z"), at("2026-03-01T22:00:00Z")).unwrap();
    let stop = |number, reason| Stop {
        number,
        position: position(123.41, 41.81),
        cell: Cell::new(0x08a2_a107_2b59_ffff),
        label: "一".into(),
        arrival: at("2026-03-01T15:00:00Z"),
        begins: Some(at("2026-03-01T15:05:00Z")),
        departure: at("2026-03-01T15:15:00Z"),
        drive: Seconds(61.5),
        gain: 0.25,
        reason,
        pinned: false,
        instead: None,
    };
    let route = |unit: &str, stops: Vec<Stop>, line: Vec<Position>| PatrolRoute {
        unit: Id::new(unit),
        call_sign: unit.into(),
        start: position(123.4, 41.8),
        stops,
        line,
        length: Metres(1500.0),
        driving: Seconds(61.5),
        finish: None,
    };
    let risk = StopReason::Risk {
        expected_in_hour: 0.1,
        rank: 1,
        of: 900,
        earlier_visits: 0,
    };
    let must = StopReason::MustVisit {
        from: window.start(),
        until: window.end(),
    };
    PatrolPlan {
        replanned: None,
        id: Id::new(id),
        made_at: at("2026-03-01T12:00:00Z"),
        window,
        synthetic: false,
        routes: vec![
            route(
                "U1",
                vec![stop(1, risk), stop(2, must)],
                vec![position(123.4, 41.8), position(123.41, 41.81)],
            ),
            route("U2", Vec::new(), Vec::new()),
        ],
        missed: Vec::new(),
        left_out: Vec::new(),
        units_asked: None,
        units_from: UnitsFrom::Board,
        risk_covered: 1.5,
        risk_total: 9.0,
        risk: Provenance {
            model: "count".into(),
            parameters: [("half_life_days".to_owned(), "90".to_owned())].into(),
            look_back: window,
            window,
            hours: HourSet::full(),
            categories: vec!["criminal".into()],
            resolution: 10,
            events: 50,
            inputs_sha256: "00".into(),
            version: "0.1.0".into(),
        },
        seed: 7,
        search: None,
        weights: None,
        report: None,
        obstacles: Vec::new(),
        trade_off: Vec::new(),
    }
}

/// One write for each layer.
pub fn all_layers() -> Vec<LayerRows> {
    vec![
        LayerRows::Boundary(square(123.3, 41.7, 0.3)),
        LayerRows::Stations(stations()),
        LayerRows::Beats(beats()),
        LayerRows::Zones(zones()),
        LayerRows::Posts(posts()),
        LayerRows::JointDutyPosts(joint_duty_posts()),
        LayerRows::CommercialDistricts(commercial_districts()),
        LayerRows::Pillars(pillars()),
        LayerRows::Cameras(cameras()),
        LayerRows::Places(places()),
        LayerRows::Units(units()),
        incident_rows(incidents()),
        LayerRows::Roads(roads()),
    ]
}

pub fn incident_rows(incidents: Vec<Incident>) -> LayerRows {
    LayerRows::Incidents {
        incidents,
        categories: Vec::new(),
        derived_boundary: None,
    }
}

/// Any text that both databases can keep: PostgreSQL has no NUL.
fn text() -> impl Strategy<Value = String> {
    prop_oneof![Just(String::new()), "\\PC{1,12}", any::<String>()]
        .prop_map(|text| text.replace('\0', "\u{fffd}"))
}

pub fn any_position() -> impl Strategy<Value = Position> {
    (-180.0..=180.0, -90.0..=90.0).prop_map(|(lon, lat)| position(lon, lat))
}

pub fn any_incident() -> impl Strategy<Value = Incident> {
    let millis = -62_135_596_800_000_i64..253_402_300_799_000;
    let origin = prop_oneof![
        Just(Origin::CitizenCall),
        Just(Origin::AlarmPillar),
        Just(Origin::Sensor),
        Just(Origin::PatrolDiscovered),
        Just(Origin::Counter),
    ];
    let state = prop_oneof![
        Just(CallState::Received),
        Just(CallState::Dispatched),
        Just(CallState::Arrived),
        Just(CallState::Handling),
        Just(CallState::Closed),
    ];
    let category = prop_oneof![
        Just("criminal"),
        Just("criminal/burglary"),
        Just("criminality"),
        Just("traffic"),
        Just("其他/x"),
    ];
    (
        ("[a-z0-9]{1,3}", millis, prop::option::of(0..1_000_000_i64)),
        any_position(),
        (category, 1..=3_u8, origin, state),
        prop::option::of(text()),
    )
        .prop_map(
            |((id, millis, span), position, (category, priority, origin, state), source_id)| {
                Incident {
                    id: Id::new(id),
                    at: Timestamp::from_millisecond(millis).unwrap(),
                    until: span.map(|s| Timestamp::from_millisecond(millis + s).unwrap()),
                    position,
                    category: category.into(),
                    priority: Priority::from_number(priority).unwrap(),
                    origin,
                    state,
                    source_id,
                }
            },
        )
}

/// Several squares, some with a hole, that do not touch.
pub fn any_area() -> impl Strategy<Value = Area> {
    let part = (0.001..0.4_f64, 0.001..0.4_f64, prop::bool::ANY);
    (
        (-170.0..160.0_f64, -80.0..70.0_f64),
        prop::collection::vec(part, 1..5),
    )
        .prop_map(|((west, south), parts)| {
            let polygons: Vec<_> = (0..)
                .zip(parts)
                .map(|(i, (width, height, hole))| {
                    let x = west + f64::from(i);
                    let ring = |inset: f64| {
                        let (w, e) = (x + width * inset, x + width * (1.0 - inset));
                        let (s, n) = (south + height * inset, south + height * (1.0 - inset));
                        vec![[w, s], [e, s], [e, n], [w, n], [w, s]]
                    };
                    if hole {
                        vec![ring(0.0), ring(0.25)]
                    } else {
                        vec![ring(0.0)]
                    }
                })
                .collect();
            Area::from_rings(&polygons).unwrap()
        })
}

pub fn any_beat() -> impl Strategy<Value = Beat> {
    (
        "[a-z]{1,2}",
        text(),
        prop::option::of("[a-z]{1,2}"),
        any_area(),
    )
        .prop_map(|(id, name, station, area)| Beat {
            id: Id::new(id),
            name,
            station: station.map(Id::new),
            area,
        })
}
