//! The live heatmap: incident by incident it is what reading all anew gives; the map's tiles
//! have a version; what is unusual is said, with how often it is said in vain.

use std::sync::Arc;
use std::time::Duration;

use frontbeat::app::clock;
use frontbeat::app::now::{NowRecent, learn_now};
use frontbeat::incident::record::{CallState, Incident, Origin, Priority};
use frontbeat::place::id::Id;
use frontbeat::store::record::{ImportSource, LayerRows};
use frontbeat::store::workspace::{Access, Workspace};
use jiff::SignedDuration;
use rand::rngs::ChaCha8Rng;
use rand::{RngExt, SeedableRng};
use serde_json::{Value, json};

use crate::ask::Desk;
use crate::town;

/// A town with fifteen weeks of incidents until a minute ago, of which a third draw another
/// one next door within hours.
async fn desk() -> Desk {
    let folder = tempfile::tempdir().unwrap();
    let no_incidents = |rows: &LayerRows| !matches!(rows, LayerRows::Incidents { .. });
    let path = town::build_with(folder.path(), no_incidents).await;
    let workspace = Workspace::open(path.as_path(), Access::Write)
        .await
        .unwrap();
    let source = ImportSource {
        file: "past.csv".into(),
        refused: 0,
        at: clock::now(),
        marks_synthetic: false,
    };
    workspace.write(past(), &source).await.unwrap();
    workspace.close().await;
    Desk::of(folder, &path, false).await
}

fn past() -> LayerRows {
    let mut rng = ChaCha8Rng::seed_from_u64(11);
    let now = clock::now();
    let minutes = 15 * 7 * 24 * 60;
    let mut incidents = Vec::new();
    let mut put = |ago: i64, east: f64, north: f64| {
        let i = incidents.len();
        incidents.push(Incident {
            id: Id::new(format!("i{i:05}")),
            at: now - SignedDuration::from_mins(ago.max(1)),
            until: None,
            position: town::at(east, north),
            category: "dispute".into(),
            priority: Priority::Two,
            origin: Origin::CitizenCall,
            state: CallState::Closed,
            source_id: None,
        });
    };
    for _ in 0..2000 {
        let ago = rng.random_range(1..minutes);
        let (east, north) = (rng.random_range(0.02..0.98), rng.random_range(0.02..0.98));
        put(ago, east, north);
        let mut later = ago;
        while rng.random_bool(0.35) {
            later -= rng.random_range(10..600);
            if later > 0 {
                put(later, east + rng.random_range(-0.01..0.01), north);
            }
        }
    }
    LayerRows::Incidents {
        incidents,
        categories: Vec::new(),
        derived_boundary: None,
    }
}

fn calls(at: [f64; 2], ids: std::ops::Range<u32>) -> Value {
    let place = town::at(at[0], at[1]);
    ids.map(|id| json!({"id": format!("n{id}"), "position": [place.lon(), place.lat()], "category": "dispute", "priority": 2}))
        .collect()
}

async fn ask(desk: &Desk, body: Value) {
    let path = match body.get("kind").is_some() || body[0].get("kind").is_some() {
        true => "/api/board/commands",
        false => "/api/incidents",
    };
    let answer = desk.post(path, body.to_string()).await;
    assert!(answer.status.is_success(), "{}", answer.text());
}

/// The next version: there is one in two seconds at most.
async fn next(desk: &Desk) -> Value {
    tokio::time::sleep(Duration::from_millis(2100)).await;
    desk.json("/api/heat").await
}

#[tokio::test(flavor = "multi_thread")]
async fn an_incident_lifts_its_place_and_a_cluster_is_unusual() {
    let desk = desk().await;
    tokio::spawn(desk.session.clone().keep_heat());
    let first = desk.json("/api/heat").await;
    assert!(
        first["triggering"]["per_event"].as_f64().unwrap() > 0.1,
        "{}",
        first["triggering"]
    );
    let unusual = &first["unusual"];
    assert!(
        unusual["false_alarm_days"].as_f64().unwrap() >= 13.0,
        "{unusual}"
    );
    assert!(unusual["own_weeks"].as_u64().unwrap() >= 12, "{unusual}");
    // Nothing has happened since: the same version, and nothing is computed.
    let again = desk.json("/api/heat").await;
    assert_eq!(again["now"]["id"], first["now"]["id"]);

    let corner = [0.3, 0.7];
    ask(&desk, calls(corner, 0..9)).await;
    let second = next(&desk).await;
    assert!(second["sequence"].as_u64() > first["sequence"].as_u64());
    assert_ne!(second["now"]["id"], first["now"]["id"]);
    assert!(second["now"]["total"].as_f64() > first["now"]["total"].as_f64());
    assert_eq!(second["usual"]["id"], first["usual"]["id"]);
    let place = town::at(corner[0], corner[1]);
    let of = async |surface: &Value| {
        let id = surface["id"].as_str().unwrap();
        desk.json(&format!(
            "/api/risk/{id}/at?lon={}&lat={}",
            place.lon(),
            place.lat()
        ))
        .await
    };
    let (now, usual, against) = (
        of(&second["now"]).await,
        of(&second["usual"]).await,
        of(&second["against"]).await,
    );
    assert!(now["expected"].as_f64().unwrap() > 3.0 * usual["expected"].as_f64().unwrap());
    assert_eq!(now["class"], 5, "{now}");
    assert_eq!(against["class"], 5, "{against}");
    // Tiles of both versions are there.
    for surface in [&first["now"], &second["now"], &second["against"]] {
        let tile = surface["tiles"].as_str().unwrap();
        let tile = tile.replace("{z}/{x}/{y}", "10/863/381");
        let answer = desk.get(&tile).await;
        assert!(
            [200, 204].contains(&answer.status.as_u16()),
            "{tile}: {}",
            answer.status
        );
    }
    let clusters = second["unusual"]["clusters"].as_array().unwrap();
    assert_eq!(clusters.len(), 1, "{clusters:?}");
    let centre = frontbeat::place::position::Position::new(
        clusters[0]["centre"][0].as_f64().unwrap(),
        clusters[0]["centre"][1].as_f64().unwrap(),
    );
    let off = centre.unwrap().metres_to(place).0;
    assert!(off <= clusters[0]["radius_m"].as_f64().unwrap(), "{off} m");
    assert!(clusters[0]["incidents"].as_u64().unwrap() >= 9);
    assert!(clusters[0]["once_in_days"].as_f64().unwrap() > 14.0);

    // Eight of them were the same event: what is left is one incident.
    let merges: Vec<Value> = (1..9)
        .map(|id| json!({"kind": "merge", "call": format!("n{id}"), "into": "n0"}))
        .collect();
    ask(&desk, json!(merges)).await;
    let third = next(&desk).await;
    assert_eq!(third["unusual"]["clusters"], json!([]));
    assert!(third["now"]["total"].as_f64() < second["now"]["total"].as_f64());
    desk.get("/api/heat?false_alarm_days=0")
        .await
        .problem(400, "invalid-parameter");
    desk.get("/api/heat?of=yesterday")
        .await
        .problem(400, "unknown-parameter");
}

#[tokio::test(flavor = "multi_thread")]
async fn one_by_one_is_what_reading_anew_gives() {
    let desk = desk().await;
    let shown = desk.session.heat().await.unwrap();
    let path = desk.path();
    let beside = Workspace::open(path.as_path(), Access::Read).await.unwrap();
    let usual = &shown.usual.fine.surface;
    let learned = Arc::new(learn_now(&beside, usual, shown.at).await.unwrap());
    assert!(learned.triggering.total() > 0.1, "{:?}", learned.triggering);
    let anchor = usual.provenance.window.start();
    let mut live = NowRecent::read(&beside, learned.clone(), anchor)
        .await
        .unwrap();
    let before = live.excitement.sparks();
    assert!(before > 0);
    let mut commits = desk.session.live.commits();
    let mut rng = ChaCha8Rng::seed_from_u64(5);
    for round in 0..6u32 {
        let at = [rng.random_range(0.1..0.9), rng.random_range(0.1..0.9)];
        ask(&desk, calls(at, round * 10..round * 10 + 5)).await;
        let n = |k: u32| format!("n{}", round * 10 + k);
        let commands = json!([
            {"kind": "cancel", "call": n(0), "reason": "withdrawn"},
            {"kind": "merge", "call": n(1), "into": n(2)},
            {"kind": "merge", "call": n(3), "into": n(2)},
            {"kind": "reopen", "call": n(3)},
            {"kind": "reclassify", "call": n(4), "priority": 1},
        ]);
        ask(&desk, commands).await;
        while let Ok(commit) = commits.try_recv() {
            for step in commit.steps() {
                assert!(live.follow(step));
            }
        }
        let anew = NowRecent::read(&beside, learned.clone(), anchor)
            .await
            .unwrap();
        assert!(live == anew, "round {round}");
        assert_eq!(live.excitement.sparks(), before + 3 * (round as usize + 1));
    }
    // What is read after it happened is told of once more: nothing changes.
    ask(&desk, calls([0.5, 0.5], 900..905)).await;
    let mut late = NowRecent::read(&beside, learned.clone(), anchor)
        .await
        .unwrap();
    let count = late.excitement.sparks();
    while let Ok(commit) = commits.try_recv() {
        for step in commit.steps() {
            assert!(late.follow(step));
        }
    }
    assert_eq!(late.excitement.sparks(), count);
}
