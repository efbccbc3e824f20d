//! What is made up stays made up: the mark of a synthetic district comes back out of every
//! format, and no made-up row comes among real ones.

use std::path::Path;

use serde_json::Value;

use crate::stand::{exported, features, folder, refuse, sample, shown, succeed};

/// Formats with what they are written with; the last hold areas too.
const FORMATS: [(&str, &[&str]); 12] = [
    ("gpx", &[]),
    ("csv", &[]),
    ("csv", &["--lang", "zh", "--bom"]),
    ("geojson", &[]),
    ("geojsons", &[]),
    ("xlsx", &["--lang", "zh"]),
    ("kml", &[]),
    ("kmz", &[]),
    ("fgb", &[]),
    ("parquet", &[]),
    ("gpkg", &[]),
    ("shp.zip", &[]),
];

fn plain(folder: &Path, name: &str) {
    let zone = ["--timezone", "Asia/Shanghai"];
    let [option, zone] = zone;
    succeed(folder, &["init", name, "--name", "x", option, zone]);
}

fn is_made_up(folder: &Path, workspace: &str) -> bool {
    let told = succeed(folder, &["info", workspace, "--json"]);
    let told: Value = serde_json::from_str(&told).unwrap();
    told["synthetic"].as_bool().unwrap()
}

/// All features of a layer, which must say alike whether they are made up; which they do.
fn said(folder: &Path, workspace: &str, layer: &str) -> bool {
    let out = ["export", workspace, "--layer", layer, "-o", "said.geojson"];
    succeed(folder, &out);
    let mut all = features(&folder.join("said.geojson")).into_iter();
    let of = |feature: Value| feature["properties"]["synthetic"].as_bool().unwrap();
    let first = of(all.next().unwrap());
    assert!(all.all(|feature| of(feature) == first));
    first
}

#[test]
fn the_mark_comes_back_out_of_every_format() {
    let folder = folder();
    let path = folder.path();
    for (number, (ending, more)) in FORMATS.iter().enumerate() {
        for layer in ["incidents", "commercial_districts"] {
            if layer != "incidents" && *ending == "gpx" {
                continue; // its writer refuses areas
            }
            let file = shown(&exported(path, layer, ending, more));
            let (kind, new) = (layer.replace('_', "-"), format!("{layer}-{number}.gpkg"));
            plain(path, &new);
            let import = ["import", &new, &file, "--as", &kind, "--strict"];
            let before = succeed(path, &[&import[..], &["--dry-run"]].concat());
            assert!(
                !is_made_up(path, &new),
                "{ending}: a dry run writes nothing"
            );
            let after = succeed(path, &import);
            for told in [before, after] {
                let sentence = "with them all of it is marked SYNTHETIC 模拟数据";
                assert!(told.contains(sentence), "{layer} by {ending}: {told}");
            }
            assert!(is_made_up(path, &new), "{layer} by {ending}");
            assert!(said(path, &new, layer), "{layer} by {ending}");
            std::fs::remove_file(path.join(&new)).unwrap();
        }
    }
}

#[test]
fn a_workspace_read_as_a_file_says_it_too() {
    let folder = folder();
    plain(folder.path(), "w.gpkg");
    let import = [
        "import",
        "w.gpkg",
        &sample(),
        "--as",
        "posts",
        "--layer",
        "posts",
    ];
    succeed(folder.path(), &import);
    assert!(is_made_up(folder.path(), "w.gpkg"));
}

#[test]
fn no_made_up_row_comes_among_real_ones() {
    let folder = folder();
    let path = folder.path();
    plain(path, "w.gpkg");
    let own = "id,name,lon,lat,synthetic\na,Post A,123.45,41.80,false\n";
    std::fs::write(path.join("own.csv"), own).unwrap();
    let said_so = succeed(path, &["import", "w.gpkg", "own.csv", "--as", "posts"]);
    assert!(!said_so.contains("SYNTHETIC"), "{said_so}");
    for (ending, more) in FORMATS {
        let file = shown(&exported(path, "cameras", ending, more));
        for dry in [&["--dry-run"][..], &[]] {
            let import = ["import", "w.gpkg", &file, "--as", "cameras"];
            let told = refuse(path, &[&import[..], dry].concat(), 1);
            assert!(
                told.contains("made up") && told.contains("frontbeat init --synthetic"),
                "{ending}: {told}"
            );
        }
    }
    // Of a mixed file the real rows come in; the others are listed with their reason.
    let mixed = "编号,名称,经度,纬度,模拟数据\nb,Post B,123.46,41.80,否\nc,Post C,123.47,41.80,是\n\
        d,Post D,123.48,41.80,\n";
    std::fs::write(path.join("mixed.csv"), mixed).unwrap();
    let told = succeed(path, &["import", "w.gpkg", "mixed.csv", "--as", "posts"]);
    assert!(
        told.contains("kept      2") && told.contains("synthetic: line 3"),
        "{told}"
    );
    let listed = std::fs::read_to_string(path.join("mixed.csv.refused.csv")).unwrap();
    assert!(listed.contains("3,synthetic,synthetic,是,"), "{listed}");
    assert!(!is_made_up(path, "w.gpkg"));
    assert!(!said(path, "w.gpkg", "posts"));
}

#[test]
fn rows_that_say_they_are_real_are_told_as_made_up_where_all_is() {
    let folder = folder();
    let path = folder.path();
    let init = [
        "init",
        "w.gpkg",
        "--name",
        "x",
        "--timezone",
        "Asia/Shanghai",
        "--synthetic",
    ];
    succeed(path, &init);
    let rows = "id,name,lon,lat,synthetic\na,A,123.45,41.80,false\nb,B,123.46,41.80,\n\
        c,C,123.47,41.80,true\nd,D,123.48,41.80,maybe\n";
    std::fs::write(path.join("p.csv"), rows).unwrap();
    for dry in [&["--dry-run"][..], &[]] {
        let import = ["import", "w.gpkg", "p.csv", "--as", "posts"];
        let told = succeed(path, &[&import[..], dry].concat());
        assert!(
            told.contains("1 rows say that they are not made up"),
            "{told}"
        );
        assert!(
            told.contains("unknown_word: line 5, synthetic 'maybe'"),
            "{told}"
        );
    }
    assert!(said(path, "w.gpkg", "posts"));
}
