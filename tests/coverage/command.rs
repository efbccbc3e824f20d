//! `frontbeat coverage` on a small town: tables, JSON, maps, and plain words where
//! something is missing or wrong.

use std::path::Path;
use std::process::{Command, Output};

use frontbeat::place::area::Area;
use frontbeat::place::feature::{Unit, UnitKind, UnitStatus};
use frontbeat::place::id::Id;
use frontbeat::place::position::Position;
use frontbeat::store::record::LayerRows;
use frontbeat::store::workspace::{Access, Workspace};
use serde_json::Value;

use crate::small_town;

fn coverage(workspace: &Path, more: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_frontbeat"))
        .arg("coverage")
        .arg(workspace)
        .args(more)
        .output()
        .expect("the program starts")
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}

fn json(workspace: &Path, more: &[&str]) -> Value {
    let done = coverage(workspace, &[more, &["--json"]].concat());
    assert!(done.status.success(), "{}", text(&done.stderr));
    serde_json::from_slice(&done.stdout).expect("JSON")
}

/// Exit code and what is said.
fn refused(workspace: &Path, more: &[&str]) -> (i32, String) {
    let done = coverage(workspace, more);
    (done.status.code().unwrap_or(-1), text(&done.stderr))
}

fn map(path: &Path) -> Vec<Value> {
    let bytes = std::fs::read(path).expect("the map");
    let whole: Value = serde_json::from_slice(&bytes).expect("JSON");
    text(&bytes).parse::<geojson::GeoJson>().expect("GeoJSON");
    assert_eq!(whole["notice"], "SYNTHETIC 模拟数据");
    whole["features"].as_array().expect("features").clone()
}

fn of_kind<'a>(features: &'a [Value], kind: &str) -> Vec<&'a Value> {
    features
        .iter()
        .filter(|f| f["properties"]["kind"] == kind)
        .collect()
}

#[tokio::test]
async fn figures_and_maps() {
    let folder = tempfile::tempdir().expect("a folder");
    let town = small_town::build(folder.path()).await;
    let out = folder.path().join("c.geojson");
    let out_text = out.display().to_string();

    let report = json(&town, &["--minutes", "1,2", "--out", &out_text]);
    assert_eq!(report["about"]["minutes"], serde_json::json!([1.0, 2.0]));
    assert_eq!(
        report["cover"][0]["count"], 3,
        "one of four units is on break"
    );
    assert_eq!(
        report["cover"][1]["count"], 3,
        "two posts and a joint-duty post"
    );
    let features = map(&out);
    assert_eq!(of_kind(&features, "isochrone").len(), 4);
    for isochrone in of_kind(&features, "isochrone") {
        let shape: geo::Geometry = isochrone["geometry"]
            .to_string()
            .parse::<geojson::Geometry>()
            .unwrap()
            .try_into()
            .unwrap();
        let shape = match shape {
            geo::Geometry::Polygon(p) => geo::MultiPolygon(vec![p]),
            geo::Geometry::MultiPolygon(m) => m,
            other => panic!("{other:?}"),
        };
        Area::from_shape(shape).expect("a valid area");
    }
    let beyond = |minutes: f64| {
        let gaps = of_kind(&features, "gap");
        gaps.iter()
            .filter(|g| g["properties"]["beyond_minutes"].as_f64().unwrap() >= minutes)
            .count()
    };
    assert_eq!(report["gaps"][0]["cells"], beyond(1.0));
    assert_eq!(report["gaps"][1]["cells"], beyond(2.0));
    // Units that stand side by side lose less than one that stands alone.
    assert_eq!(report["units"].as_array().unwrap().len(), 3);

    let stand = json(&town, &["--stand", "2", "--moves", "1", "--out", &out_text]);
    assert_eq!(
        (&stand["units"], stand["curve"].as_array().unwrap().len()),
        (&2.into(), 2)
    );
    assert_eq!(
        of_kind(&map(&out), "stand").len(),
        stand["moves"].as_array().unwrap().len()
    );
    assert_eq!(
        json(&town, &["--stand", "2", "--moves", "1"]),
        stand,
        "the same again"
    );
    assert!(
        json(&town, &["--stand", "2", "--moves", "0"])["moves"]
            .as_array()
            .unwrap()
            .is_empty()
    );

    let siting = json(
        &town,
        &["--site", "pillars", "--count", "2", "--out", &out_text],
    );
    assert_eq!(
        (&siting["existing"], &siting["reached_by"]),
        (&5.into(), &"walk".into())
    );
    assert_eq!(of_kind(&map(&out), "existing").len(), 5);
    assert_eq!(of_kind(&map(&out), "best_site").len(), 2);

    for more in [&[][..], &["--stand", "3"], &["--site", "posts"]] {
        let said = text(&coverage(&town, more).stdout);
        assert!(
            said.starts_with("SYNTHETIC 模拟数据\n") && !said.contains("NaN"),
            "{said}"
        );
    }
}

#[tokio::test]
async fn too_much_is_said_and_cut() {
    let folder = tempfile::tempdir().expect("a folder");
    let town = small_town::build(folder.path()).await;
    let note = |report: &Value, word: &str| {
        let notes = report["notes"].as_array().unwrap().iter();
        notes.filter(|n| n.as_str().unwrap().contains(word)).count()
    };
    let stand = json(
        &town,
        &["--stand", "9", "--moves", "9", "--resolution", "9"],
    );
    assert_eq!(note(&stand, "9 units are asked for, 3 are idle"), 1);
    assert_eq!(note(&stand, "9 moves are allowed, there are 3 units"), 1);
    // More sites than places: as many as there are.
    let siting = json(
        &town,
        &[
            "--site",
            "posts",
            "--count",
            "50",
            "--resolution",
            "8",
            "--minutes",
            "1",
        ],
    );
    let places = siting["candidates"].as_u64().unwrap() as usize;
    assert!(places < 50);
    assert_eq!(siting["curve"].as_array().unwrap().len(), places);
    assert_eq!(note(&siting, "50 sites are asked for"), 1);
}

#[tokio::test]
async fn wrong_use_is_told() {
    let folder = tempfile::tempdir().expect("a folder");
    let town = small_town::build(folder.path()).await;
    for (more, word) in [
        (&["--minutes", "5,3"][..], "ascending"),
        (&["--minutes", "0"], "rings must be"),
        (&["--minutes", "x"], "invalid value"),
        (&["--busy", "1"], "busy fraction"),
        (&["--busy", "-0.1"], "busy fraction"),
        (&["--stand", "0"], "ask for at least one"),
        (&["--site", "posts", "--count", "0"], "ask for at least one"),
        (&["--site", "posts", "--count", "51"], "at most 50"),
        (&["--site", "cameras"], "invalid value"),
        (&["--moves", "2"], "--stand"),
        (&["--stand", "2", "--site", "posts"], "cannot be used with"),
        (&["--resolution", "7"], "8..=11"),
        (&["--out", "x.png"], "x.png"),
        (&["--window", "never"], "never"),
        (&["--category", "nonsense"], "nonsense"),
        (&["--model", "nonsense"], "nonsense"),
    ] {
        let (code, said) = refused(&town, more);
        assert_eq!(code, 2, "{more:?}: {said}");
        assert!(said.contains(word), "{more:?}: {said}");
    }
}

#[tokio::test]
async fn what_is_missing_is_named() {
    let build = |name: &'static str, wanted: fn(&LayerRows) -> bool| async move {
        let folder = tempfile::tempdir().expect("a folder");
        let path = small_town::build_with(folder.path(), wanted).await;
        (name, folder, path)
    };
    for ((name, _folder, town), more, word) in [
        (
            build("roads", |r| !matches!(r, LayerRows::Roads(_))).await,
            &[][..],
            "no roads",
        ),
        (
            build("incidents", |r| !matches!(r, LayerRows::Incidents { .. })).await,
            &[],
            "nothing to cover",
        ),
        (
            build("boundary", |r| !matches!(r, LayerRows::Boundary(_))).await,
            &[],
            "no boundary",
        ),
        (
            build("units", |r| !matches!(r, LayerRows::Units(_))).await,
            &["--stand", "2"],
            "no idle unit",
        ),
        (
            build("sources", |r| {
                !matches!(
                    r,
                    LayerRows::Units(_) | LayerRows::Posts(_) | LayerRows::JointDutyPosts(_)
                )
            })
            .await,
            &[],
            "no idle unit that drives and no post",
        ),
    ] {
        let (code, said) = refused(&town, more);
        assert_eq!(code, 1, "{name}: {said}");
        assert!(said.contains(word), "{name}: {said}");
        assert!(!said.contains("panicked"));
    }
    // Posts alone are enough to cover, and none are needed to be sited.
    let (_, _folder, town) = build("units", |r| !matches!(r, LayerRows::Units(_))).await;
    let report = json(&town, &[]);
    assert_eq!(
        (
            &report["cover"][0]["count"],
            &report["about"]["busy_fraction"]
        ),
        (&0.into(), &0.0.into())
    );
    let (_, _folder, town) = build("posts", |r| {
        !matches!(r, LayerRows::Posts(_) | LayerRows::JointDutyPosts(_))
    })
    .await;
    let siting = json(&town, &["--site", "posts", "--count", "2"]);
    assert_eq!(
        (&siting["existing"], &siting["score_now"]),
        (&0.into(), &0.0.into())
    );
}

#[tokio::test]
async fn a_unit_far_from_the_road_and_a_foot_team_do_not_count() {
    let folder = tempfile::tempdir().expect("a folder");
    let town = small_town::build_with(folder.path(), |r| !matches!(r, LayerRows::Units(_))).await;
    let workspace = Workspace::open(&town, Access::Write).await.expect("opens");
    let unit = |id: &str, position, kind| Unit {
        id: Id::new(id),
        call_sign: id.into(),
        kind,
        station: None,
        position,
        status: UnitStatus::Idle,
    };
    let units = vec![
        unit(
            "far",
            Position::wrapped(123.40 - 0.06, 41.80),
            UnitKind::Car,
        ),
        unit("foot", small_town::at(0.5, 0.5), UnitKind::Foot),
        unit("near", small_town::at(0.5, 0.5), UnitKind::Car),
    ];
    workspace
        .write(LayerRows::Units(units), &small_town::source())
        .await
        .expect("written");
    workspace.close().await;
    let report = json(&town, &[]);
    assert_eq!(report["cover"][0]["count"], 1);
    let notes = report["notes"].to_string();
    assert!(
        notes.contains("far does not count: no road within 2000 m"),
        "{notes}"
    );
    assert!(notes.contains("1 idle foot teams do not count"), "{notes}");
}
