//! What went out comes in again as it was, in every format that the importer reads.

use std::collections::BTreeMap;

use crate::stand::{exported, features, folder, sample, shown, succeed, workspace};

/// Layers that the importer takes, points first.
const POINTS: [&str; 8] = [
    "stations",
    "posts",
    "joint_duty_posts",
    "pillars",
    "cameras",
    "places",
    "units",
    "incidents",
];
const AREAS: [&str; 4] = ["boundary", "beats", "zones", "commercial_districts"];

/// Exports a layer, imports it into a new workspace where what it names is, exports that.
fn there_and_back(layer: &str, ending: &str, more: &[&str]) {
    let folder = folder();
    let path = folder.path();
    let before = features(&exported(path, layer, "geojson", &[]));
    let file = shown(&exported(path, layer, ending, more));
    let init = [
        "init",
        "w.gpkg",
        "--name",
        "大东区 Dadong (SYNTHETIC 模拟数据)",
        "--timezone",
        "Asia/Shanghai",
    ];
    succeed(path, &init);
    let first: &[&str] = match layer {
        "beats" | "units" => &["boundary", "stations"],
        "joint_duty_posts" => &["boundary", "commercial_districts"],
        "boundary" => &[],
        _ => &["boundary"],
    };
    for needed in first {
        let needed_file = shown(&exported(path, needed, "gpkg", &[]));
        succeed(
            path,
            &[
                "import",
                "w.gpkg",
                "--as",
                &needed.replace('_', "-"),
                &needed_file,
            ],
        );
    }
    let word = layer.replace('_', "-");
    let said = succeed(
        path,
        &["import", "w.gpkg", "--as", &word, &file, "--strict"],
    );
    succeed(
        path,
        &["export", "w.gpkg", "--layer", layer, "-o", "back.geojson"],
    );
    let after = features(&path.join("back.geojson"));
    assert_eq!(after.len(), before.len(), "{layer} by {ending}: {said}");
    // Some formats have an order of their own.
    let by_id = |features: Vec<serde_json::Value>| -> BTreeMap<String, serde_json::Value> {
        let all = features.into_iter();
        all.map(|f| (f["id"].to_string(), f)).collect()
    };
    let (before, after) = (by_id(before), by_id(after));
    for (id, before) in &before {
        assert_eq!(after.get(id), Some(before), "{layer} by {ending}: {said}");
    }
}

#[test]
fn points_by_csv_with_english_and_chinese_headers() {
    workspace();
    for layer in POINTS {
        there_and_back(layer, "csv", &[]);
        there_and_back(layer, "csv", &["--lang", "zh", "--bom"]);
    }
}

#[test]
fn all_by_geojson_and_its_sequence() {
    for layer in POINTS.iter().chain(&AREAS) {
        there_and_back(layer, "geojson", &[]);
        there_and_back(layer, "geojsons", &[]);
    }
}

#[test]
fn areas_by_csv_and_all_by_excel() {
    for layer in AREAS {
        there_and_back(layer, "csv", &[]);
    }
    for layer in POINTS.iter().chain(&AREAS) {
        there_and_back(layer, "xlsx", &[]);
        there_and_back(layer, "xlsx", &["--lang", "zh"]);
    }
}

#[test]
fn all_by_kml_and_kmz() {
    for layer in POINTS.iter().chain(&AREAS) {
        there_and_back(layer, "kml", &[]);
        there_and_back(layer, "kmz", &[]);
    }
}

#[test]
fn all_by_flatgeobuf_and_geoparquet() {
    for layer in POINTS.iter().chain(&AREAS) {
        there_and_back(layer, "fgb", &[]);
        there_and_back(layer, "parquet", &[]);
    }
}

#[test]
fn points_by_gpx() {
    for layer in POINTS {
        there_and_back(layer, "gpx", &[]);
    }
}

#[test]
fn all_by_geopackage() {
    for layer in POINTS.iter().chain(&AREAS) {
        there_and_back(layer, "gpkg", &[]);
    }
}

#[test]
fn all_by_shapefile() {
    for layer in POINTS.iter().chain(&AREAS) {
        there_and_back(layer, "shp.zip", &[]);
    }
}

#[test]
fn a_shifted_file_comes_back_where_it_was() {
    let folder = folder();
    let path = folder.path();
    let before = features(&exported(path, "cameras", "geojson", &[]));
    let boundary = shown(&exported(path, "boundary", "gpkg", &[]));
    succeed(
        path,
        &[
            "init",
            "w.gpkg",
            "--name",
            "x",
            "--timezone",
            "Asia/Shanghai",
        ],
    );
    succeed(path, &["import", "w.gpkg", "--as", "boundary", &boundary]);
    // What can't say it in the file may say it in its name: that is worth a note.
    for ending in ["csv", "gpkg", "shp.zip", "parquet"] {
        let file = format!("cameras_gcj02.{ending}");
        let export = [
            "export",
            &sample(),
            "--layer",
            "cameras",
            "--frame",
            "gcj02",
            "-o",
            &file,
        ];
        succeed(path, &export);
        let dry = ["import", "w.gpkg", "--as", "cameras", &file, "--dry-run"];
        let note = "the name says gcj02, and the rows are read as they stand";
        assert!(succeed(path, &dry).contains(note), "{ending}");
        let told = succeed(path, &[&dry[..], &["--crs", "gcj02"]].concat());
        assert!(!told.contains(note), "{ending}: {told}");
    }
    // A table's two columns can't say; the others name themselves.
    let declared = [("gcj02", "csv", true), ("bd09", "csv", true)];
    let stating = ["geojson", "xlsx", "kml", "kmz", "gpx", "fgb"];
    let stating = stating.map(|ending| [("gcj02", ending, false), ("bd09", ending, false)]);
    for (frame, ending, declare) in declared.into_iter().chain(stating.into_iter().flatten()) {
        let file = format!("c.{ending}");
        let args = [
            "export",
            &sample(),
            "--layer",
            "cameras",
            "--frame",
            frame,
            "-o",
            &file,
        ];
        succeed(path, &args);
        let mut args = vec!["import", "w.gpkg", "--as", "cameras", &file, "--strict"];
        if declare {
            args.extend(["--crs", frame]);
        }
        let said = succeed(path, &args);
        assert!(
            said.contains(if declare {
                "(declared)"
            } else {
                "(stated by the file)"
            }),
            "{said}"
        );
        succeed(
            path,
            &[
                "export",
                "w.gpkg",
                "--layer",
                "cameras",
                "-o",
                "back.geojson",
            ],
        );
        for (before, after) in before.iter().zip(&features(&path.join("back.geojson"))) {
            let of = |i: usize| {
                let number =
                    |f: &serde_json::Value| f["geometry"]["coordinates"][i].as_f64().unwrap();
                (number(before) - number(after)).abs()
            };
            assert!(of(0) < 1e-8 && of(1) < 1e-8, "{frame}: {before} {after}");
        }
    }
}
