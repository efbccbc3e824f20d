//! Layers as files over HTTP: the same bytes as at the prompt, with their names and types.

use std::collections::BTreeMap;
use std::path::Path;

use crate::stand::{Service, exported, folder, quietly, shown, workspace};

#[test]
fn a_file_over_http_is_the_file_of_the_command() {
    let folder = folder();
    let service = Service::shared();
    for (ending, media_type) in [
        ("geojson", "application/geo+json"),
        ("geojsons", "application/geo+json-seq"),
        ("csv", "text/csv; charset=utf-8"),
        ("fgb", "application/vnd.flatgeobuf"),
        ("kml", "application/vnd.google-earth.kml+xml"),
        ("gpx", "application/gpx+xml"),
        ("parquet", "application/vnd.apache.parquet"),
    ] {
        for layer in ["posts", "plan_stops"] {
            let file = std::fs::read(exported(folder.path(), layer, ending, &[])).unwrap();
            let answer = service.get(&format!("/api/export/{layer}.{ending}"));
            assert_eq!(answer.status, 200, "{}", answer.text());
            assert_eq!(answer.header("content-type"), media_type);
            let name = format!("attachment; filename=\"{layer}.{ending}\"");
            assert_eq!(answer.header("content-disposition"), name);
            assert!(answer.body == file, "{layer}.{ending} differs");
        }
    }
    for (ending, start) in [
        ("kmz", &b"PK"[..]),
        ("shp.zip", b"PK"),
        ("xlsx", b"PK"),
        ("gpkg", b"SQLite format 3"),
    ] {
        let answer = service.get(&format!("/api/export/beats.{ending}"));
        assert_eq!(answer.status, 200, "{}", answer.text());
        assert!(answer.body.starts_with(start), "{ending}");
    }
}

/// Layers of a GeoPackage and how many features each has, as GDAL tells.
fn counts(file: &Path) -> BTreeMap<String, String> {
    let told = quietly("ogrinfo", &["-ro", "-so", "-al", &shown(file)]);
    let layers = told.split("Layer name: ").skip(1);
    let counts = layers.map(|layer| {
        let count = layer.lines().find(|line| line.starts_with("Feature Count"));
        let name = layer.lines().next().unwrap();
        (name.to_owned(), count.unwrap_or_default().to_owned())
    });
    counts.collect()
}

#[test]
fn everything_is_one_file() {
    let folder = folder();
    let service = Service::shared();
    let answer = service.get("/api/export/all.gpkg");
    assert_eq!(answer.status, 200, "{}", answer.text());
    let name = "attachment; filename=\"frontbeat.gpkg\"";
    assert_eq!(answer.header("content-disposition"), name);
    let file = folder.path().join("served.gpkg");
    std::fs::write(&file, &answer.body).unwrap();
    let mut served = counts(&file);
    let mut written = counts(&exported(folder.path(), "all", "gpkg", &[]));
    // A service freezes forecasts of its own.
    for all in [&mut served, &mut written] {
        assert!(all.remove("forecast_cells").is_some());
        assert_eq!(all["beats"], "Feature Count: 60");
    }
    assert_eq!(served, written);
    assert_eq!(served.len(), 19 + 1, "with the table of styles: {served:?}");
    let shifted = service.get("/api/export/all.kml?frame=gcj02");
    let name = "attachment; filename=\"frontbeat_gcj02.kml\"";
    assert_eq!(shifted.header("content-disposition"), name);
}

#[test]
fn parameters_are_those_of_the_command() {
    let folder = folder();
    let service = Service::shared();
    let more = [
        "--from",
        "2026-10-01",
        "--category",
        "traffic",
        "--lang",
        "zh",
        "--bom",
        "--wkt",
    ];
    let file = std::fs::read(exported(folder.path(), "incidents", "csv", &more)).unwrap();
    let path = "/api/export/incidents.csv?from=2026-10-01&category=traffic&lang=zh&bom=1&wkt=1";
    let answer = service.get(path);
    assert!(answer.body == file);
    assert!(answer.text().lines().count() > 50);
    let shifted = service.get("/api/export/posts.geojson?frame=gcj02");
    let name = "attachment; filename=\"posts_gcj02.geojson\"";
    assert_eq!(shifted.header("content-disposition"), name);
}

#[test]
fn what_is_wrong_is_said_before_the_file_begins() {
    let service = Service::shared();
    for (path, status, word) in [
        ("/api/export/persons.csv", 404, "boundary, stations"),
        (
            "/api/export/..%2f..%2fetc%2fpasswd.csv",
            404,
            "there is no layer",
        ),
        ("/api/export/beats.exe", 404, "geojson, geojsons"),
        ("/api/export/beats", 404, "there is no format"),
        ("/api/export/beats.gpx", 400, "choose kml"),
        (
            "/api/export/all.csv",
            404,
            "ask for one of them, or for all.kml",
        ),
        ("/api/export/all.exe", 404, "geojson, geojsons"),
        (
            "/api/export/beats.csv?frame=mars",
            400,
            "wgs84, gcj02 or bd09",
        ),
        ("/api/export/beats.csv?lang=fr", 400, "zh or en"),
        ("/api/export/beats.csv?bom=yes", 400, "1 or 0"),
        ("/api/export/beats.csv?colour=red", 400, "known: frame"),
        (
            "/api/export/incidents.csv?from=yesterday",
            400,
            "local date",
        ),
        (
            "/api/export/incidents.csv?from=2026-02-01&until=2026-01-01",
            400,
            "",
        ),
        (
            "/api/export/incidents.csv?category=jaywalking",
            400,
            "jaywalking",
        ),
        ("/api/export/risk.csv?model=oracle", 400, "oracle"),
    ] {
        let problem = service.problem(path, status);
        let detail = problem["detail"].as_str().unwrap();
        assert!(detail.contains(word), "{path}: {detail}");
    }
    assert!(workspace().join("s.gpkg").exists());
}
