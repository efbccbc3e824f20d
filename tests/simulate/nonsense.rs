//! Bad input gets a sentence and an exit code.

use std::path::Path;
use std::process::Command;

use frontbeat::app::workspace::create_workspace;
use frontbeat::incident::category::IncidentCategory;
use frontbeat::incident::record::{CallState, Incident, Origin, Priority};
use frontbeat::place::area::Area;
use frontbeat::place::feature::Station;
use frontbeat::place::id::Id;
use frontbeat::place::measure::Metres;
use frontbeat::place::position::Position;
use frontbeat::roads::draft::{RoadDraft, WayDirection, WayDraft};
use frontbeat::roads::network::RoadNetwork;
use frontbeat::roads::speed::SpeedTable;
use frontbeat::store::record::{LayerRows, RoadRows};
use jiff::{SignedDuration, Timestamp};

use crate::town::write;

struct Said {
    code: i32,
    error: String,
    out: String,
}

fn simulate(workspace: &Path, arguments: &[&str]) -> Said {
    let done = Command::new(env!("CARGO_BIN_EXE_frontbeat"))
        .arg("simulate")
        .arg(workspace)
        .args(arguments)
        .output()
        .expect("the program starts");
    Said {
        code: done.status.code().unwrap_or(-1),
        error: String::from_utf8_lossy(&done.stderr).into_owned(),
        out: String::from_utf8_lossy(&done.stdout).into_owned(),
    }
}

/// One street of 2 km, a station at its west end, 200 calls along it in 100 days.
async fn street(path: &Path, parts: &[&str]) {
    let at = |x: f64| Position::wrapped(10.0 + x * 0.02, 50.0);
    let workspace = create_workspace(path, "Street", "Europe/Berlin", true)
        .await
        .expect("a workspace");
    let ring = vec![
        [9.999, 49.998],
        [10.021, 49.998],
        [10.021, 50.002],
        [9.999, 50.002],
        [9.999, 49.998],
    ];
    let boundary = Area::from_rings(&[vec![ring]]).expect("an area");
    write(&workspace, LayerRows::Boundary(boundary)).await;
    if parts.contains(&"roads") {
        let mut roads = RoadDraft::default();
        roads
            .nodes
            .extend([(1, at(0.0)), (2, at(0.5)), (3, at(1.0))]);
        roads.ways.push(WayDraft {
            id: 1,
            nodes: vec![1, 2, 3],
            class: "residential".into(),
            name: String::new(),
            direction: WayDirection::Both,
            max_kmh: None,
        });
        let speeds = SpeedTable::default();
        let (network, _) = RoadNetwork::build(&roads, &speeds).expect("a network");
        assert!(network.snap(at(0.2), Metres(5.0)).is_some());
        let rows = RoadRows {
            network: network.to_bytes(),
            speeds,
            basemap: Vec::new(),
            attribution: String::new(),
        };
        write(&workspace, LayerRows::Roads(rows)).await;
    }
    if parts.contains(&"station") {
        let station = Station {
            id: Id::new("s"),
            name: "West".into(),
            position: at(0.0),
        };
        write(&workspace, LayerRows::Stations(vec![station])).await;
    }
    if parts.contains(&"calls") {
        let end: Timestamp = "2026-05-01T00:00:00Z".parse().expect("a time");
        let incident = |i: i64| Incident {
            id: Id::new(format!("i{i:03}")),
            at: end - SignedDuration::from_mins(i * 720 + (i * 37) % 600),
            until: None,
            position: at((i * 61 % 100) as f64 / 100.0),
            category: "criminal".into(),
            priority: Priority::Two,
            origin: Origin::CitizenCall,
            state: CallState::Closed,
            source_id: None,
        };
        let rows = LayerRows::Incidents {
            incidents: (1..=200).map(incident).collect(),
            categories: IncidentCategory::defaults(),
            derived_boundary: None,
        };
        write(&workspace, rows).await;
    }
    workspace.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_missing_is_said() {
    let folder = tempfile::tempdir().expect("a folder");
    let cases: [(&[&str], &[&str], i32, &str); 4] = [
        (&["station", "calls"], &["--units", "2"], 1, "has no roads"),
        (
            &["roads", "calls"],
            &["--units", "2"],
            1,
            "no unit that drives is idle",
        ),
        (
            &["roads", "station", "calls"],
            &[],
            1,
            "no unit that drives is idle",
        ),
        (
            &["roads", "station"],
            &["--units", "2"],
            2,
            "nothing to forecast from",
        ),
    ];
    for (i, (parts, arguments, code, wanted)) in cases.into_iter().enumerate() {
        let path = folder.path().join(format!("w{i}.gpkg"));
        street(&path, parts).await;
        let said = simulate(&path, arguments);
        assert_eq!(said.code, code, "{}", said.error);
        assert!(said.error.contains(wanted), "{}", said.error);
        assert_eq!(said.out, "");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_street_is_a_town_and_nonsense_is_refused() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("street.gpkg");
    street(&path, &["roads", "station", "calls"]).await;
    // A small town, all policies, held-out calls.
    let said = simulate(
        &path,
        &[
            "--units",
            "2",
            "--days",
            "20",
            "--seeds",
            "3",
            "--iterations",
            "20",
        ],
    );
    assert_eq!(said.code, 0, "{}", said.error);
    for policy in ["station", "random", "hottest", "plan", "plan-replan"] {
        assert!(said.out.contains(policy), "{}", said.out);
    }
    assert!(said.out.contains("2 of them made up"), "{}", said.out);
    let nonsense: [(&[&str], i32, &str); 16] = [
        (&["--days", "0"], 2, "0 days"),
        (&["--days", "9999"], 2, "9999 days"),
        (&["--seeds", "0"], 2, "0 seeds"),
        (&["--units", "0"], 2, "at least one"),
        (&["--units", "100000"], 2, "at most 500"),
        (&["--policy", "lazy"], 2, "no policy \"lazy\""),
        (&["--preset", "fast"], 2, "no preset \"fast\""),
        (&["--window", "noon"], 2, "no shift \"noon\""),
        (&["--window", "2026-04-01/2026-04-09"], 2, "more than a day"),
        (&["--from", "2020-01-01"], 2, "nothing to forecast from"),
        (
            &["--from", "2027-01-01", "--truth", "held-out"],
            2,
            "0 incidents lie",
        ),
        (&["--truth", "generator"], 2, "not the sample"),
        (
            &["--handling-minutes", "0"],
            2,
            "the mean time at a call must be above 0",
        ),
        (&["--model", "oracle"], 2, "no model \"oracle\""),
        (&["--category", "lunch"], 2, "no category \"lunch\""),
        (&["--resolution", "15"], 2, "resolution"),
    ];
    for (arguments, code, wanted) in nonsense {
        let mut all = vec!["--policy", "station"];
        // What is given twice is refused by the parser.
        if arguments[0] == "--policy" {
            all.clear();
        }
        for (name, value) in [("--units", "2"), ("--days", "2"), ("--seeds", "2")] {
            if arguments[0] != name {
                all.extend([name, value]);
            }
        }
        all.extend(arguments);
        let said = simulate(&path, &all);
        assert_eq!(said.code, code, "{arguments:?}: {}{}", said.error, said.out);
        assert!(said.error.contains(wanted), "{arguments:?}: {}", said.error);
        assert!(said.error.starts_with("error: "), "{}", said.error);
    }
}
