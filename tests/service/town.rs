//! A small made-up town in a real workspace file: a lattice of streets, four beats,
//! pillars, posts, a station, units and incidents, the same each time.

use std::path::{Path, PathBuf};

use frontbeat::incident::category::IncidentCategory;
use frontbeat::incident::record::{CallState, Incident, Origin, Priority};
use frontbeat::place::area::Area;
use frontbeat::place::basemap::{BasemapFeature, BasemapKind, BasemapShape};
use frontbeat::place::feature::{
    AlarmPillar, Beat, JointDutyPost, PillarState, Post, Station, Unit, UnitKind, UnitStatus,
};
use frontbeat::place::id::Id;
use frontbeat::place::measure::Seconds;
use frontbeat::place::position::Position;
use frontbeat::roads::draft::{RoadDraft, WayDirection, WayDraft};
use frontbeat::roads::network::RoadNetwork;
use frontbeat::roads::speed::SpeedTable;
use frontbeat::store::record::{ImportSource, LayerRows, NewWorkspace, RoadRows};
use frontbeat::store::workspace::Workspace;

/// West and south edge, degrees.
pub const WEST: f64 = 123.40;
/// South edge, degrees.
pub const SOUTH: f64 = 41.80;
/// Side, degrees.
pub const SIDE: f64 = 0.03;
/// How many incidents the town has.
pub const INCIDENTS: usize = 600;

const STREETS: i64 = 11;

/// A place by shares of the town's sides, 0 to 1.
pub fn at(east: f64, north: f64) -> Position {
    Position::new(WEST + SIDE * east, SOUTH + SIDE * north).unwrap()
}

/// Makes the town's workspace.
pub async fn build(folder: &Path) -> PathBuf {
    build_with(folder, |_| true).await
}

/// The same with only those layers that are wanted.
pub async fn build_with(folder: &Path, wanted: impl Fn(&LayerRows) -> bool) -> PathBuf {
    let path = folder.join("town.gpkg");
    let new = NewWorkspace {
        name: "Testtown".into(),
        timezone: "Asia/Shanghai".into(),
        synthetic: true,
    };
    let workspace = Workspace::create(&path, &new).await.unwrap();
    for rows in [
        LayerRows::Boundary(square(0.0, 0.0, 1.0)),
        LayerRows::Stations(vec![Station {
            id: Id::new("s1"),
            name: "First station".into(),
            position: at(0.5, 0.5),
        }]),
        LayerRows::Beats(beats()),
        LayerRows::JointDutyPosts(vec![JointDutyPost {
            id: Id::new("j1"),
            name: "Market post".into(),
            position: at(0.7, 0.7),
            commercial_district: None,
            visit_every: Some(Seconds(7200.0)),
        }]),
        LayerRows::Posts(posts()),
        LayerRows::Pillars(pillars()),
        LayerRows::Units(units()),
        incidents(),
        roads(),
    ] {
        if wanted(&rows) {
            workspace.write(rows, &source()).await.unwrap();
        }
    }
    workspace.close().await;
    path
}

/// What the log says of where rows came from.
pub fn source() -> ImportSource {
    ImportSource {
        file: "town".into(),
        refused: 0,
        at: "2026-11-01T00:00:00Z".parse().unwrap(),
        marks_synthetic: false,
    }
}

/// A square by shares of the town's sides.
pub fn square(east: f64, north: f64, side: f64) -> Area {
    let corner = |e, n| <[f64; 2]>::from(at(e, n));
    Area::from_rings(&[vec![vec![
        corner(east, north),
        corner(east + side, north),
        corner(east + side, north + side),
        corner(east, north + side),
        corner(east, north),
    ]]])
    .unwrap()
}

fn beats() -> Vec<Beat> {
    (0..4)
        .map(|i| Beat {
            id: Id::new(format!("b{i}")),
            name: format!("Beat {i}"),
            station: Some(Id::new("s1")),
            area: square(f64::from(i % 2) / 2.0, f64::from(i / 2) / 2.0, 0.5),
        })
        .collect()
}

/// From the crossing at (0.3, 0.4), the first is nearer as the crow flies, the second by
/// road: the first stands round a corner.
fn posts() -> Vec<Post> {
    [("corner", 0.5, 0.6), ("straight", 0.7, 0.4)]
        .map(|(id, east, north)| Post {
            id: Id::new(id),
            name: format!("Post {id}"),
            position: at(east, north),
            hours: String::new(),
        })
        .into()
}

fn pillars() -> Vec<AlarmPillar> {
    (0..5)
        .map(|i| AlarmPillar {
            id: Id::new(format!("p{i}")),
            name: format!("Pillar {i}"),
            position: at(0.1 + 0.2 * f64::from(i), 0.4),
            state: PillarState::Online,
        })
        .collect()
}

fn units() -> Vec<Unit> {
    (0..4)
        .map(|i| Unit {
            id: Id::new(format!("u{i}")),
            call_sign: format!("East {i}"),
            kind: UnitKind::Car,
            station: Some(Id::new("s1")),
            position: at(0.2 + 0.2 * f64::from(i), 0.6),
            status: if i == 3 {
                UnitStatus::Break
            } else {
                UnitStatus::Idle
            },
        })
        .collect()
}

fn incidents() -> LayerRows {
    let codes = ["criminal/burglary", "criminal/theft", "traffic"];
    let start: jiff::Timestamp = "2026-08-31T16:00:00Z".parse().unwrap();
    let last = INCIDENTS as i64 - 1;
    let incidents = (0..INCIDENTS as i64)
        .map(|i| {
            // Two thirds crowd around one corner, the rest anywhere.
            let (a, b) = ((i * 37 % 101) as f64 / 101.0, (i * 53 % 97) as f64 / 97.0);
            let position = if i % 3 == 0 {
                at(a, b)
            } else {
                at(0.65 + 0.1 * a, 0.65 + 0.1 * b)
            };
            // The last one at 23:30 local on 31 October.
            let seconds = (61 * 86_400 - 1_800) * i / last;
            Incident {
                id: Id::new(format!("i{i:04}")),
                at: start + jiff::SignedDuration::from_secs(seconds),
                until: None,
                position,
                category: codes[i as usize % 3].into(),
                priority: Priority::Two,
                origin: Origin::CitizenCall,
                state: CallState::Closed,
                source_id: None,
            }
        })
        .collect();
    LayerRows::Incidents {
        incidents,
        categories: ["criminal/burglary", "criminal/theft"]
            .map(|code| IncidentCategory {
                code: code.into(),
                name_en: code.into(),
                name_zh: code.into(),
            })
            .into(),
        derived_boundary: None,
    }
}

fn roads() -> LayerRows {
    let mut draft = RoadDraft::default();
    let mut basemap = Vec::new();
    let share = |k: i64| k as f64 / (STREETS - 1) as f64;
    for row in 0..STREETS {
        for column in 0..STREETS {
            let place = at(share(column), share(row));
            draft.nodes.insert(row * 100 + column, place);
        }
    }
    for k in 0..STREETS {
        let along: Vec<i64> = (0..STREETS).map(|c| k * 100 + c).collect();
        let across: Vec<i64> = (0..STREETS).map(|r| r * 100 + k).collect();
        for (id, nodes) in [(k, along), (1000 + k, across)] {
            basemap.push(BasemapFeature {
                kind: BasemapKind::Street,
                class: "primary".into(),
                name: format!("Street {id}"),
                shape: BasemapShape::Line(nodes.iter().map(|n| draft.nodes[n]).collect()),
            });
            draft.ways.push(WayDraft {
                id,
                nodes,
                class: "primary".into(),
                name: format!("Street {id}"),
                direction: WayDirection::Both,
                max_kmh: None,
            });
        }
    }
    let speeds = SpeedTable::default();
    let (network, _) = RoadNetwork::build(&draft, &speeds).unwrap();
    LayerRows::Roads(RoadRows {
        network: network.to_bytes(),
        speeds,
        basemap,
        attribution: "made up".into(),
    })
}
