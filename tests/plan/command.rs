//! A plan by the real binary, its exports read by GDAL.

use frontbeat::app::workspace::open_for_reading;
use frontbeat::patrol::plan::{PatrolPlan, SearchEnd};
use frontbeat::place::id::Id;
use jiff::Timestamp;
use std::path::Path;
use std::process::{Command, Output, Stdio};

use crate::town::porto_alegre;

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

    // Whoever reads may leave at any time.
    let asked = [
        "plan",
        workspace,
        "--model",
        "count",
        "--iterations",
        "20",
        "--shift",
        "night",
    ];
    for more in [&[][..], &["--out", gpx.to_str().expect("a name")]] {
        let mut child = Command::new(env!("CARGO_BIN_EXE_frontbeat"))
            .args([&asked[..], more].concat())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .expect("the program starts");
        drop(child.stdout.take());
        let left = child.wait_with_output().expect("it ends");
        assert!(left.status.success(), "{}", text(&left.stderr));
        assert!(
            !text(&left.stderr).contains("panicked"),
            "{}",
            text(&left.stderr)
        );
    }

    let wrong = frontbeat(&["plan", workspace, "--shift", "night", "--out", "plan.docx"]);
    assert_eq!(wrong.status.code(), Some(2));
    assert!(text(&wrong.stderr).contains(".geojson or .gpx or .json"));
    let banned = ["--must-visit", "p3@23:00-01:00", "--not", "p3"];
    let banned = frontbeat(&[&["plan", workspace, "--shift", "night"][..], &banned].concat());
    assert_eq!(banned.status.code(), Some(2));
    assert!(text(&banned.stderr).contains("\"p3\" is asked for and banned at once"));
    let nobody = frontbeat(&["plan", workspace, "--shift", "night", "--units", "0"]);
    assert_eq!(nobody.status.code(), Some(2));
    assert!(text(&nobody.stderr).contains("ask for at least one"));
    let too_many = plan(&["--units", "10", "--must-visit", "p3@23:00-01:00"]);
    assert!(
        too_many.contains("10 units were asked for; 8 have"),
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

#[test]
fn a_search_without_time_is_refused_before_anything_is_read() {
    for (seconds, says) in [
        (
            "0",
            "--seconds 0 leaves the search no time: 0.1 s is the least",
        ),
        ("0.01", "leaves the search no time"),
        ("9000", "--seconds 9000 is not within 0.1 to 3600"),
        ("NaN", "is not within"),
    ] {
        let ran = frontbeat(&[
            "plan",
            "none.gpkg",
            "--shift",
            "night",
            "--seconds",
            seconds,
        ]);
        assert_eq!(ran.status.code(), Some(2), "{seconds}");
        let told = text(&ran.stderr);
        assert!(
            told.contains(says) && told.contains("--seconds 5"),
            "{told}"
        );
    }
}
