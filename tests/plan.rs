//! Patrol plans on real streets: Porto Alegre, 20,000 made-up incidents, 12 beats, 8 units,
//! a night shift; by the job, and by the real binary with its exports read by GDAL.

#[path = "support/real_data.rs"]
mod real_data;

use std::collections::BTreeSet;
use std::path::Path;
use std::process::{Command, Output};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use frontbeat::app::import_roads::import_roads;
use frontbeat::app::plan::{MustVisitRequest, PlanJobError, PlanRequest, patrol_plan};
use frontbeat::app::risk::RiskRequest;
use frontbeat::app::workspace::{create_workspace, open_for_reading, open_for_writing};
use frontbeat::calendar::week::HourSet;
use frontbeat::calendar::window::Window;
use frontbeat::incident::category::IncidentCategory;
use frontbeat::incident::record::{CallState, Incident, Origin, Priority};
use frontbeat::patrol::plan::{LeftOutWhy, MissedWhy, PatrolPlan, SearchEnd, StopReason};
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

const WEST: f64 = -51.235;
const SOUTH: f64 = -30.060;
const EAST: f64 = -51.175;
const NORTH: f64 = -30.015;
const COLUMNS: usize = 4;
const ROWS: usize = 3;

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
    }
}

/// A night in Porto Alegre (22:00 to 06:00 at −3).
fn night() -> Window {
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

async fn write(workspace: &Workspace, rows: LayerRows) {
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
async fn porto_alegre(test: &str, path: &Path) -> Option<()> {
    let pbf = real_data::folder(test)?.join("osm/porto_alegre_centre.osm.pbf");
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

fn request() -> PlanRequest {
    PlanRequest {
        risk: RiskRequest {
            model: "kde".into(),
            window: night(),
            look_back_days: None,
            hours: HourSet::full(),
            categories: Vec::new(),
            resolution: 10,
            bandwidth_m: None,
            half_life_days: None,
            include_patrol_discovered: false,
        },
        units: Some(8),
        deadline_ms: 600_000,
        seed: 7,
        iterations: Some(2000),
        must_visits: Vec::new(),
    }
}

fn never() -> Arc<AtomicBool> {
    Arc::default()
}

async fn planned(path: &Path) -> (PatrolPlan, RoadNetwork) {
    let workspace = open_for_reading(path).await.expect("the workspace opens");
    // The job lets the referee check the plan before it answers.
    let plan = patrol_plan(&workspace, None, &request(), never())
        .await
        .expect("a plan");
    let stored = workspace.road_network().await.expect("a read");
    let network = RoadNetwork::from_bytes(&stored.expect("roads")).expect("a network");
    workspace.close().await;
    (plan, network)
}

/// Every drive again, on the network alone.
fn check_drives(plan: &PatrolPlan, network: &RoadNetwork) {
    for route in &plan.routes {
        let (mut from, mut ready, mut length) = (route.start, plan.window.start(), 0.0);
        for stop in &route.stops {
            let snap = |p| network.snap(p, Metres(1.0)).expect("stops are on the road");
            let way = network.route(snap(from), snap(stop.position));
            let way = way.expect("every stop is reachable");
            let off_ms = (f64::from(way.millis) - stop.drive.0 * 1000.0).abs();
            // Snapping a point of the road again may move it by less than a millimetre.
            assert!(
                off_ms <= 1.0,
                "{off_ms} ms off at {} {}",
                route.call_sign,
                stop.number
            );
            let drive_s = stop.drive.0.ceil() as i64;
            assert_eq!(stop.arrival, ready + SignedDuration::from_secs(drive_s));
            assert!(plan.window.start() <= stop.arrival && stop.departure <= plan.window.end());
            length += way.length.0;
            (from, ready) = (stop.position, stop.departure);
        }
        assert!((route.length.0 - length).abs() < 1.0);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_night_shift_in_porto_alegre() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("poa.gpkg");
    if porto_alegre("a_night_shift_in_porto_alegre", &path)
        .await
        .is_none()
    {
        return;
    }
    let (plan, network) = planned(&path).await;
    assert_eq!(plan.routes.len(), 8);
    assert!(plan.routes.iter().all(|r| r.stops.len() > 10));
    check_drives(&plan, &network);

    // Posts 0 and 1 are due four times each, and all are kept; post 2 asks for nothing.
    assert_eq!(plan.missed, Vec::new());
    let stops = || plan.routes.iter().flat_map(|r| &r.stops);
    let kept = stops().filter(|s| matches!(s.reason, StopReason::MustVisit { .. }));
    assert_eq!(kept.count(), 8);

    // Stops are named after beats, and lie in many of them.
    let beats: BTreeSet<&str> = stops()
        .filter_map(|s| s.label.split(" · ").next())
        .collect();
    assert!(
        beats.iter().filter(|b| b.starts_with("Beat ")).count() >= 6,
        "{beats:?}"
    );
    assert!(stops().any(|s| s.label.contains("Pillar ")));

    // The first stops are at cells of high risk, and the shares are of the risk there is.
    assert!(plan.risk_covered > 0.02 * plan.risk_total && plan.risk_covered < plan.risk_total);
    let summed: f64 = stops().map(|s| s.gain).sum();
    assert!((summed - plan.risk_covered).abs() < 1e-9);

    // The same request, the same routes.
    let (again, _) = planned(&path).await;
    assert_eq!(again.routes, plan.routes);

    let workspace = open_for_reading(&path).await.expect("the workspace opens");
    a_stopped_search_answers_with_what_it_has(&workspace).await;
    what_is_asked_for_is_kept_or_named(&workspace).await;
    workspace.close().await;
    feet_alone_drive_nowhere(&path).await;
}

/// A search that nothing else would ever end.
async fn a_stopped_search_answers_with_what_it_has(workspace: &Workspace) {
    let stop: Arc<AtomicBool> = Arc::default();
    stop.store(true, Ordering::Relaxed);
    let request = PlanRequest {
        iterations: None,
        deadline_ms: u64::MAX,
        ..request()
    };
    let plan = patrol_plan(workspace, None, &request, stop).await;
    let plan = plan.expect("a plan");
    assert_eq!(plan.routes.len(), 8);
    let search = plan.search.expect("a record");
    assert_eq!(search.ended_by, SearchEnd::Stopped);
}

fn visit(id: &str, from_h: i64, until_h: i64) -> MustVisitRequest {
    let at = |hours| night().start() + SignedDuration::from_hours(hours);
    MustVisitRequest {
        id: id.into(),
        due: Window::new(at(from_h), at(until_h)).expect("a window"),
        dwell: None,
    }
}

async fn what_is_asked_for_is_kept_or_named(workspace: &Workspace) {
    let long = MustVisitRequest {
        dwell: Some(Seconds(1200.0)),
        ..visit("p3", 1, 2)
    };
    let asked = PlanRequest {
        units: Some(10),
        iterations: Some(200),
        must_visits: vec![
            visit("p3", 1, 2),
            long,
            // Its own period asks for the same; another hour of it is a visit more.
            visit("j0", 0, 2),
            visit("j0", 5, 6),
            visit("p4", -3, 1),
            visit("p5", 9, 10),
        ],
        ..request()
    };
    let plan = patrol_plan(workspace, None, &asked, never()).await;
    let plan = plan.expect("a plan");
    let stops = plan.routes.iter().flat_map(|r| &r.stops);
    let kept: Vec<(&str, i64, i64)> = stops
        .filter_map(|stop| match stop.reason {
            StopReason::MustVisit { from, until } => {
                assert!(stop.arrival < until && stop.departure > from);
                let hour = (from.duration_since(night().start())).as_hours();
                let stay = stop.departure.duration_since(stop.arrival.max(from));
                Some((stop.label.as_str(), hour, stay.as_mins()))
            }
            StopReason::Risk { .. } => None,
        })
        .collect();
    let of = |name: &str| {
        let mut of: Vec<(i64, i64)> = kept
            .iter()
            .filter(|(label, ..)| *label == name)
            .map(|&(_, hour, stay)| (hour, stay))
            .collect();
        of.sort_unstable();
        of
    };
    assert_eq!(of("Pillar 3"), [(1, 20)]);
    assert_eq!(of("Pillar 4"), [(0, 10)]);
    let hours: Vec<i64> = of("Joint-duty post 0").iter().map(|v| v.0).collect();
    assert_eq!(hours, [0, 2, 4, 5, 6]);
    let missed: Vec<(&str, MissedWhy)> = plan
        .missed
        .iter()
        .map(|m| (m.name.as_str(), m.why))
        .collect();
    assert_eq!(missed, [("Pillar 5", MissedWhy::OutsideShift)]);

    // Ten were asked for; one is on break, and one on foot.
    assert_eq!((plan.routes.len(), plan.units_asked), (8, Some(10)));
    let left_out: Vec<_> = plan
        .left_out
        .iter()
        .map(|l| (l.call_sign.as_str(), l.why))
        .collect();
    assert_eq!(left_out, [("PA-09", LeftOutWhy::OnFoot)]);

    let unknown = PlanRequest {
        must_visits: vec![visit("nowhere", 0, 1)],
        ..request()
    };
    let refused = patrol_plan(workspace, None, &unknown, never()).await;
    assert!(matches!(refused, Err(PlanJobError::UnknownMustVisit(id)) if id == "nowhere"));
}

async fn feet_alone_drive_nowhere(path: &Path) {
    let workspace = open_for_writing(path).await.expect("the workspace opens");
    let mut units = workspace.units().await.expect("a read");
    for unit in &mut units {
        unit.kind = UnitKind::Foot;
    }
    write(&workspace, LayerRows::Units(units)).await;
    let refused = patrol_plan(&workspace, None, &request(), never()).await;
    assert!(matches!(refused, Err(PlanJobError::AllOnFoot)));
    workspace.close().await;
}

fn frontbeat(arguments: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_frontbeat"))
        .args(arguments)
        .output()
        .expect("the program starts")
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}

/// What `ogrinfo` says of a file's layer; none where GDAL is not installed.
fn ogrinfo(file: &Path, layer: &str) -> Option<String> {
    let said = Command::new("ogrinfo")
        .args(["-ro", "-al", "-geom=SUMMARY"])
        .arg(file)
        .arg(layer)
        .output();
    match said {
        Ok(said) => {
            assert!(said.status.success(), "{}", text(&said.stderr));
            assert_eq!(text(&said.stderr), "");
            Some(text(&said.stdout))
        }
        Err(_) => {
            println!("SKIPPED reading {} with GDAL: no ogrinfo", file.display());
            None
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_command_writes_what_others_read() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("poa.gpkg");
    if porto_alegre("the_command_writes_what_others_read", &path)
        .await
        .is_none()
    {
        return;
    }
    let workspace = path.to_str().expect("a name in UTF-8");
    let out = |name: &str| folder.path().join(name);
    let plan = |more: &[&str]| {
        let always = [
            "plan",
            workspace,
            "--iterations",
            "100",
            "--shift",
            "night@2026-06-01",
        ];
        let units: &[&str] = match more.contains(&"--units") {
            true => &[],
            false => &["--units", "3"],
        };
        let said = frontbeat(&[&always, units, more].concat());
        assert!(said.status.success(), "{}", text(&said.stderr));
        text(&said.stdout)
    };

    let printed = plan(&[]);
    assert!(printed.starts_with("SYNTHETIC 模拟数据 plan "), "{printed}");
    assert!(printed.contains("22:") && printed.contains("incidents expected"));
    assert!(plan(&["--lang", "zh"]).contains("预计警情"));

    let gpx = out("plan.gpx");
    plan(&["--out", gpx.to_str().expect("a name")]);
    if let Some(said) = ogrinfo(&gpx, "routes") {
        assert!(said.contains("Feature Count: 3"), "{said}");
        assert!(said.contains("SYNTHETIC 模拟数据"), "{said}");
    }
    if let Some(said) = ogrinfo(&gpx, "route_points") {
        assert!(
            said.contains("incidents expected") && said.contains("预计警情"),
            "{said}"
        );
        assert!(said.contains("time (DateTime) = 2026/06/0"), "{said}");
    }
    let geojson = out("plan.geojson");
    plan(&["--out", geojson.to_str().expect("a name")]);
    let written = std::fs::read_to_string(&geojson).expect("a file");
    let parsed: geojson::FeatureCollection = written.parse().expect("GeoJSON");
    let lines = parsed
        .features
        .iter()
        .filter(|f| f.property("kind").is_some_and(|k| k == "route"));
    assert_eq!(lines.count(), 3);
    if let Some(said) = ogrinfo(&geojson, "plan") {
        assert!(
            said.contains("call_sign (String)") && said.contains("reason_zh (String)"),
            "{said}"
        );
    }

    let json = out("plan.json");
    plan(&["--save", "--out", json.to_str().expect("a name")]);
    let written = std::fs::read(&json).expect("a file");
    let kept: PatrolPlan = serde_json::from_slice(&written).expect("a plan");
    let reader = open_for_reading(&path).await.expect("the workspace opens");
    assert_eq!(
        reader.plan(kept.id.as_str()).await.expect("a read"),
        Some(kept)
    );
    reader.close().await;

    // The same inputs, seed and iterations: the same bytes, on any number of threads.
    let on_threads = |threads: &str| {
        let said = Command::new(env!("CARGO_BIN_EXE_frontbeat"))
            .args(["plan", workspace, "--shift", "night@2026-06-01"])
            .args(["--units", "3", "--iterations", "100", "--seed", "5"])
            .arg("--out")
            .arg(&json)
            .env("RAYON_NUM_THREADS", threads)
            .env("TOKIO_WORKER_THREADS", threads)
            .output()
            .expect("the program starts");
        assert!(said.status.success(), "{}", text(&said.stderr));
        let mut plan: PatrolPlan =
            serde_json::from_slice(&std::fs::read(&json).expect("a file")).expect("a plan");
        let search = plan.search.expect("a record");
        assert_eq!(
            (search.iterations, search.ended_by),
            (100, SearchEnd::Iterations)
        );
        plan.id = Id::new("");
        plan.made_at = Timestamp::UNIX_EPOCH;
        serde_json::to_string(&plan).expect("JSON")
    };
    assert_eq!(on_threads("1"), on_threads("2"));

    let wrong = frontbeat(&["plan", workspace, "--shift", "night", "--out", "plan.pdf"]);
    assert_eq!(wrong.status.code(), Some(2));
    assert!(text(&wrong.stderr).contains(".geojson, .gpx or .json"));
    let nobody = frontbeat(&["plan", workspace, "--shift", "night", "--units", "0"]);
    assert_eq!(nobody.status.code(), Some(2));
    assert!(text(&nobody.stderr).contains("ask for at least one"));
    let too_many = plan(&["--units", "10", "--must-visit", "p3@23:00-01:00"]);
    assert!(
        too_many.contains("10 units were asked for, and 8"),
        "{too_many}"
    );
    assert!(too_many.contains("PA-09: on foot"), "{too_many}");
    assert!(
        too_many.contains("must be visited within 23:00–01:00"),
        "{too_many}"
    );
    let when = frontbeat(&["plan", workspace, "--shift", "tea"]);
    assert_eq!(when.status.code(), Some(2));
}
