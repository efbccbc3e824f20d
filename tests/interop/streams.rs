//! Layers as files over HTTP: the same bytes as at the prompt, with their names and types.

use crate::stand::{Service, exported, folder, workspace};

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
