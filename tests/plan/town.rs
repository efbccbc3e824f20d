//! The town: Porto Alegre's streets, 20,000 made-up incidents, 12 beats, 8 idle units.

use frontbeat::app::import_roads::import_roads;
use frontbeat::app::workspace::create_workspace;
use frontbeat::calendar::window::Window;
use frontbeat::incident::category::IncidentCategory;
use frontbeat::incident::record::{CallState, Incident, Origin, Priority};
use frontbeat::place::area::Area;
use frontbeat::place::feature::{
    AlarmPillar, Beat, JointDutyPost, PillarState, Station, Unit, UnitKind, UnitStatus,
};
use frontbeat::place::id::Id;
use frontbeat::place::measure::{Metres, Seconds};
use frontbeat::place::position::Position;
use frontbeat::roads::network::RoadNetwork;
use frontbeat::store::record::{ImportSource, LayerRows};
use frontbeat::store::workspace::Workspace;
use jiff::{SignedDuration, Timestamp};
use rand::rngs::ChaCha8Rng;
use rand::{RngExt, SeedableRng};
use std::path::Path;

use crate::real_data::folder;

const WEST: f64 = -51.235;
const SOUTH: f64 = -30.060;
const EAST: f64 = -51.175;
const NORTH: f64 = -30.015;
pub const COLUMNS: usize = 4;
pub const ROWS: usize = 3;

fn rectangle(west: f64, south: f64, east: f64, north: f64) -> Area {
    let ring = vec![
        [west, south],
        [east, south],
        [east, north],
        [west, north],
        [west, south],
    ];
    Area::from_rings(&[vec![ring]]).expect("a rectangle is an area")
}

fn source() -> ImportSource {
    ImportSource {
        file: "made up".into(),
        refused: 0,
        at: Timestamp::UNIX_EPOCH,
        marks_synthetic: false,
    }
}

/// A night in Porto Alegre (22:00 to 06:00 at −3).
pub fn night() -> Window {
    let start: Timestamp = "2026-06-02T01:00:00Z".parse().expect("a time");
    Window::new(start, start + SignedDuration::from_hours(8)).expect("a window")
}

/// A point on a street, more often near one of three corners of the town.
fn on_a_street(network: &RoadNetwork, rng: &mut ChaCha8Rng) -> Position {
    loop {
        let (mut x, mut y): (f64, f64) = (rng.random(), rng.random());
        if rng.random_bool(0.5) {
            let (cx, cy) = [(0.2, 0.3), (0.6, 0.7), (0.8, 0.2)][rng.random_range(0..3)];
            x = cx + (x - 0.5) * 0.15;
            y = cy + (y - 0.5) * 0.15;
        }
        let asked = Position::wrapped(WEST + x * (EAST - WEST), SOUTH + y * (NORTH - SOUTH));
        if let Some(snap) = network.snap(asked, Metres(200.0)) {
            return snap.position;
        }
    }
}

pub async fn write(workspace: &Workspace, rows: LayerRows) {
    let written = workspace.write(rows, &source()).await;
    written.expect("the rows are written");
}

fn beats() -> Vec<Beat> {
    let (w, h) = (
        (EAST - WEST) / COLUMNS as f64,
        (NORTH - SOUTH) / ROWS as f64,
    );
    (0..COLUMNS * ROWS)
        .map(|i| {
            let (x, y) = ((i % COLUMNS) as f64, (i / COLUMNS) as f64);
            Beat {
                id: Id::new(format!("b{i}")),
                name: format!("Beat {i}"),
                station: None,
                area: rectangle(
                    WEST + x * w,
                    SOUTH + y * h,
                    WEST + (x + 1.0) * w,
                    SOUTH + (y + 1.0) * h,
                ),
            }
        })
        .collect()
}

fn incidents(network: &RoadNetwork, rng: &mut ChaCha8Rng) -> Vec<Incident> {
    let end = night().start() - SignedDuration::from_hours(12);
    (0..20_000)
        .map(|i| {
            let hours_ago = rng.random_range(0..365 * 24);
            Incident {
                id: Id::new(format!("i{i:05}")),
                at: end
                    - SignedDuration::from_hours(hours_ago)
                    - SignedDuration::from_secs(rng.random_range(0..3600)),
                until: None,
                position: on_a_street(network, rng),
                category: "criminal".into(),
                priority: Priority::Two,
                origin: Origin::CitizenCall,
                state: CallState::Closed,
                source_id: None,
            }
        })
        .collect()
}

fn units(network: &RoadNetwork, stations: &[Station], rng: &mut ChaCha8Rng) -> Vec<Unit> {
    (0..10)
        .map(|i| Unit {
            id: Id::new(format!("u{i}")),
            call_sign: format!("PA-{i:02}"),
            kind: if i == 9 {
                UnitKind::Foot
            } else {
                UnitKind::Car
            },
            station: Some(stations[i % stations.len()].id.clone()),
            position: if i < 4 {
                stations[i].position
            } else {
                on_a_street(network, rng)
            },
            status: if i == 8 {
                UnitStatus::Break
            } else {
                UnitStatus::Idle
            },
        })
        .collect()
}

/// The whole town in a workspace; none where the data are not there.
pub async fn porto_alegre(test: &str, path: &Path) -> Option<()> {
    let pbf = folder(test)?.join("osm/porto_alegre_centre.osm.pbf");
    let bytes = std::fs::read(pbf).expect("the extract can be read");
    let workspace = create_workspace(path, "Porto Alegre", "America/Sao_Paulo", true)
        .await
        .expect("a new workspace");
    import_roads(&workspace, "porto_alegre_centre.osm.pbf", bytes)
        .await
        .expect("the roads are imported");
    let stored = workspace.road_network().await.expect("a read");
    let network = RoadNetwork::from_bytes(&stored.expect("roads")).expect("a network");
    let mut rng = ChaCha8Rng::seed_from_u64(20);
    let stations: Vec<Station> = (0..4)
        .map(|i| Station {
            id: Id::new(format!("s{i}")),
            name: format!("Station {i}"),
            position: on_a_street(&network, &mut rng),
        })
        .collect();
    let posts = (0..3)
        .map(|i| JointDutyPost {
            id: Id::new(format!("j{i}")),
            name: format!("Joint-duty post {i}"),
            position: on_a_street(&network, &mut rng),
            commercial_district: None,
            visit_every: (i < 2).then_some(Seconds(7200.0)),
        })
        .collect();
    let pillars = (0..30)
        .map(|i| AlarmPillar {
            id: Id::new(format!("p{i}")),
            name: format!("Pillar {i}"),
            position: on_a_street(&network, &mut rng),
            state: PillarState::Online,
        })
        .collect();
    let units = units(&network, &stations, &mut rng);
    let boundary = rectangle(WEST, SOUTH, EAST, NORTH);
    write(&workspace, LayerRows::Boundary(boundary)).await;
    write(&workspace, LayerRows::Beats(beats())).await;
    write(&workspace, LayerRows::Stations(stations)).await;
    write(&workspace, LayerRows::JointDutyPosts(posts)).await;
    write(&workspace, LayerRows::Pillars(pillars)).await;
    write(&workspace, LayerRows::Units(units)).await;
    let incidents = LayerRows::Incidents {
        incidents: incidents(&network, &mut rng),
        categories: IncidentCategory::defaults(),
        derived_boundary: None,
    };
    write(&workspace, incidents).await;
    workspace.close().await;
    Some(())
}
