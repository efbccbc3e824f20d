//! Risk end to end on Houston's half year: the numbers, the file, the refusals. The real
//! program, on a real workspace.

#[path = "support/real_data.rs"]
mod real_data;

use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use frontbeat::incident::record::{CallState, Incident, Origin, Priority};
use frontbeat::place::area::Area;
use frontbeat::place::id::Id;
use frontbeat::place::position::Position;
use frontbeat::store::record::{ImportSource, LayerRows, NewWorkspace};
use frontbeat::store::workspace::Workspace;
use jiff::Timestamp;
use serde_json::Value;

/// Most of the city; some kept incidents lie outside.
const BOUNDARY: [f64; 4] = [-95.68, 29.55, -95.15, 30.0];

fn incidents(data: &Path) -> Vec<Incident> {
    let path = data.join("houston/incidents_2010_h1.csv");
    let mut kept = Vec::new();
    for (row, record) in csv::Reader::from_path(path).unwrap().records().enumerate() {
        let record = record.unwrap();
        let number = |i: usize| record[i].parse::<f64>().ok();
        let (Some(lon), Some(lat)) = (number(4), number(5)) else {
            continue;
        };
        if !(-96.0..-94.9).contains(&lon) || !(29.3..30.2).contains(&lat) {
            continue;
        }
        kept.push(Incident {
            id: Id::new(format!("row {row}")),
            at: record[0].parse().unwrap(),
            until: None,
            position: Position::new(lon, lat).unwrap(),
            category: format!("criminal/{}", record[1].replace(' ', "_")),
            priority: Priority::Three,
            origin: Origin::CitizenCall,
            state: CallState::Closed,
            source_id: None,
        });
    }
    kept
}

fn houston(folder: &Path, incidents: Vec<Incident>, synthetic: bool) -> PathBuf {
    let path = folder.join("houston.gpkg");
    let [w, s, e, n] = BOUNDARY;
    let ring = vec![[w, s], [e, s], [e, n], [w, n], [w, s]];
    let source = ImportSource {
        file: "incidents_2010_h1.csv".into(),
        refused: 0,
        at: Timestamp::UNIX_EPOCH,
        marks_synthetic: false,
    };
    let runtime = tokio::runtime::Runtime::new().unwrap();
    runtime.block_on(async {
        let new = NewWorkspace {
            name: "Houston".into(),
            timezone: "America/Chicago".into(),
            synthetic,
        };
        let workspace = Workspace::create(&path, &new).await.unwrap();
        let boundary = LayerRows::Boundary(Area::from_rings(&[vec![ring]]).unwrap());
        workspace.write(boundary, &source).await.unwrap();
        if !incidents.is_empty() {
            let rows = LayerRows::Incidents {
                incidents,
                categories: Vec::new(),
                derived_boundary: None,
            };
            workspace.write(rows, &source).await.unwrap();
        }
        workspace.close().await;
    });
    path
}

fn risk(workspace: &Path, args: &[&str], threads: &str) -> Output {
    Command::new(env!("CARGO_BIN_EXE_frontbeat"))
        .arg("risk")
        .arg(workspace)
        .args(args)
        .env("RAYON_NUM_THREADS", threads)
        .output()
        .unwrap()
}

fn surface(workspace: &Path, args: &[&str]) -> Value {
    let out = workspace.with_extension("geojson");
    let mut all = args.to_vec();
    let out_text = out.display().to_string();
    all.extend(["--out", &out_text]);
    let done = risk(workspace, &all, "2");
    assert!(
        done.status.success(),
        "{}",
        String::from_utf8_lossy(&done.stderr)
    );
    serde_json::from_slice(&std::fs::read(&out).unwrap()).unwrap()
}

fn sum(surface: &Value) -> f64 {
    let cells = surface["features"].as_array().unwrap().iter();
    let expected = cells.map(|f| f["properties"]["expected"].as_f64().unwrap());
    expected
        .inspect(|e| assert!(e.is_finite() && *e >= 0.0))
        .sum()
}

/// A window right after a surface's look-back, and as long.
fn as_long_as_the_past(surface: &Value) -> String {
    let past = &surface["provenance"]["look_back"];
    let at = |name: &str| past[name].as_str().unwrap().parse::<Timestamp>().unwrap();
    let (start, end) = (at("start"), at("end"));
    format!("{end}/{}", end + end.duration_since(start))
}

#[test]
fn houston_end_to_end() {
    let Some(data) = real_data::folder("houston_end_to_end") else {
        return;
    };
    let kept = incidents(&data);
    let n = kept.len() as f64;
    assert!((63_800.0..64_062.0).contains(&n), "{n}");
    let outside = kept.iter().filter(|i| {
        let [w, s, e, n] = BOUNDARY;
        let (x, y) = (i.position.lon(), i.position.lat());
        !(w..=e).contains(&x) || !(s..=n).contains(&y)
    });
    assert!(
        outside.count() > 100,
        "some incidents need cells of their own"
    );
    let folder = tempfile::tempdir().unwrap();
    let workspace = houston(folder.path(), kept, true);

    // Synthetic (as we said): today is the day the data end. The night after it.
    let night = surface(
        &workspace,
        &[
            "--window",
            "night@2010-07-01",
            "--model",
            "count",
            "--resolution",
            "9",
        ],
    );
    assert_eq!(night["notice"], "SYNTHETIC 模拟数据");
    let (per_night, window) = (sum(&night), as_long_as_the_past(&night));
    assert!(
        (80.0..160.0).contains(&per_night),
        "{per_night} of {} a day",
        n / 181.0
    );

    // The surface of a window as long as its look-back sums to the kept incidents.
    let count = surface(&workspace, &["--window", &window, "--model", "count"]);
    assert_eq!(count["provenance"]["events"].as_f64(), Some(n));
    assert!((sum(&count) - n).abs() < 1e-9, "{} of {n}", sum(&count));
    assert_eq!(count["total"].as_f64(), Some(n));
    let kde = surface(&workspace, &["--window", &window]);
    assert!((sum(&kde) - n).abs() < 1e-6, "{} of {n}", sum(&kde));

    // The rhythm: the data's own share of a Saturday afternoon and of a Tuesday night.
    let afternoon = surface(
        &workspace,
        &[
            "--window",
            "2010-07-03T14:00/2010-07-03T18:00",
            "--model",
            "count",
            "--resolution",
            "8",
        ],
    );
    let early = surface(
        &workspace,
        &[
            "--window",
            "2010-07-07T03:00/2010-07-07T07:00",
            "--model",
            "count",
            "--resolution",
            "8",
        ],
    );
    assert!(
        sum(&afternoon) > 1.5 * sum(&early),
        "{} {}",
        sum(&afternoon),
        sum(&early)
    );

    // Categories: parts that add up.
    let parts: f64 = [
        "theft",
        "burglary",
        "auto_theft",
        "robbery",
        "aggravated_assault",
        "rape",
        "murder",
    ]
    .iter()
    .map(|kind| {
        let code = format!("criminal/{kind}");
        let of_kind = ["--model", "count", "--resolution", "8", "--category", &code];
        sum(&surface(
            &workspace,
            &[&["--window", &window][..], &of_kind].concat(),
        ))
    })
    .sum();
    assert!((parts - n).abs() < 1e-6, "{parts}");

    the_same_bytes_on_any_number_of_threads(&workspace);
    others_read_it(&workspace);
    refusals(&workspace);
}

fn the_same_bytes_on_any_number_of_threads(workspace: &Path) {
    let bytes = |threads: &str| {
        let out = workspace.with_extension(format!("{threads}.geojson"));
        let args = [
            "--window",
            "night@2010-07-01",
            "--model",
            "kde",
            "--half-life-days",
            "60",
            "--resolution",
            "9",
            "--out",
        ];
        let done = risk(
            workspace,
            &[&args[..], &[out.to_str().unwrap()]].concat(),
            threads,
        );
        assert!(done.status.success());
        std::fs::read(out).unwrap()
    };
    assert!(bytes("1") == bytes("2"));
}

/// GDAL converts the export, and finds what is in it.
fn others_read_it(workspace: &Path) {
    let written = surface(
        workspace,
        &[
            "--window",
            "night",
            "--resolution",
            "9",
            "--category",
            "criminal/robbery",
        ],
    );
    let cells = written["features"].as_array().unwrap().len();
    let (json, gpkg) = (
        workspace.with_extension("geojson"),
        workspace.with_file_name("out.gpkg"),
    );
    let Ok(done) = Command::new("ogr2ogr").arg(&gpkg).arg(&json).output() else {
        println!("SKIPPED others_read_it: no ogr2ogr");
        return;
    };
    assert!(done.status.success() && done.stderr.is_empty(), "{done:?}");
    let info = Command::new("ogrinfo")
        .args(["-so", "-al"])
        .arg(&gpkg)
        .output()
        .unwrap();
    let text = String::from_utf8_lossy(&info.stdout).into_owned();
    for wanted in [
        "Layer name: risk",
        "Geometry: Polygon",
        &format!("Feature Count: {cells}"),
        "expected: Real",
        "per_km2: Real",
        "class: Integer",
        "synthetic: Integer(Boolean)",
    ] {
        assert!(text.contains(wanted), "{wanted} in {text}");
    }
}

fn refusals(workspace: &Path) {
    for (args, says) in [
        (&["--window", "dawn"][..], "no shift"),
        (
            &["--window", "night", "--out", "cells.shp"],
            "ends in no format",
        ),
        (
            &["--window", "night", "--out", "nowhere/cells.geojson"],
            "there is no folder nowhere",
        ),
        (
            &["--window", "2010-07-02/2010-07-01"],
            "must end after it starts",
        ),
        (&["--window", "2010-07-02/9000-01-01"], "too long"),
        (&["--window", "night", "--model", "oracle"], "no model"),
        (
            &["--window", "night", "--category", "weather"],
            "no category",
        ),
        (
            &["--window", "night", "--model", "kde", "--bandwidth-m", "0"],
            "bandwidth_m must be a positive number",
        ),
        (
            &[
                "--window",
                "night",
                "--model",
                "kde",
                "--bandwidth-m",
                "NaN",
            ],
            "bandwidth_m must be a positive number",
        ),
        (
            &[
                "--window",
                "night",
                "--model",
                "kde",
                "--half-life-days",
                "-3",
            ],
            "half_life_days must be a positive number",
        ),
        (
            &["--window", "night", "--resolution", "12"],
            "resolution 12",
        ),
        (&["--window", "night", "--hours", "25-3"], "names no hours"),
        (
            &[
                "--window",
                "2010-07-02T08:00/2010-07-02T10:00",
                "--hours",
                "22-6",
            ],
            "none of the wanted hours",
        ),
    ] {
        let done = risk(workspace, args, "2");
        let said = String::from_utf8_lossy(&done.stderr).into_owned();
        assert_eq!(done.status.code(), Some(2), "{args:?}: {said}");
        assert!(said.contains(says), "{args:?}: {said}");
        assert!(
            said.lines().count() <= 2 && !said.contains("panicked"),
            "{said}"
        );
    }
    let done = risk(Path::new("nowhere.gpkg"), &[], "2");
    assert_eq!(done.status.code(), Some(1));
}

#[test]
fn nothing_to_learn_from() {
    let folder = tempfile::tempdir().unwrap();
    let workspace = houston(folder.path(), Vec::new(), false);
    for model in ["count", "kde"] {
        let empty = surface(&workspace, &["--window", "night", "--model", model]);
        assert_eq!(sum(&empty), 0.0);
        assert_eq!(empty["provenance"]["events"], 0);
        assert_eq!(empty["notice"], Value::Null);
        let classes = empty["features"].as_array().unwrap().iter();
        assert!(classes.map(|f| &f["properties"]["class"]).all(|c| c == 0));
    }
    let said = risk(&workspace, &["--window", "night"], "2").stdout;
    assert!(String::from_utf8_lossy(&said).contains("no incident to learn from"));
}
