//! The file as others see it: the program's own `init` and `info`, and GDAL's `ogrinfo`.

use std::path::Path;
use std::process::{Command, Output};

use frontbeat::store::gpkg::geometry;
use frontbeat::store::workspace::Workspace;
use sqlx::{Connection, SqliteConnection};

use crate::rows;

pub fn frontbeat(arguments: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_frontbeat"))
        .args(arguments)
        .output()
        .unwrap()
}

/// What `ogrinfo` prints, after checking that it complains of nothing; none where GDAL is
/// not installed.
pub fn ogrinfo(test: &str, arguments: &[&str]) -> Option<String> {
    let Ok(run) = Command::new("ogrinfo").args(arguments).output() else {
        println!("SKIPPED {test}: ogrinfo is not installed");
        return None;
    };
    let out = String::from_utf8(run.stdout).unwrap();
    let complaints = String::from_utf8_lossy(&run.stderr);
    assert!(run.status.success(), "{complaints}");
    assert_eq!(complaints, "");
    assert!(!out.contains("Warning") && !out.contains("ERROR"), "{out}");
    Some(out)
}

fn text(bytes: &[u8]) -> &str {
    std::str::from_utf8(bytes).unwrap()
}

async fn fill(path: &Path, synthetic: bool) {
    let w = Workspace::create(path, &rows::new(synthetic))
        .await
        .unwrap();
    for layer in rows::all_layers() {
        w.write(layer, &rows::source()).await.unwrap();
    }
    w.save_plan(&rows::plan("first"), None).await.unwrap();
    w.close().await;
}

#[test]
fn init_makes_a_workspace_and_info_describes_it() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("my.gpkg");
    let file = file.to_str().unwrap();
    let made = frontbeat(&[
        "init",
        file,
        "--name",
        "大东区",
        "--timezone",
        "Asia/Shanghai",
    ]);
    assert!(made.status.success(), "{}", text(&made.stderr));
    assert_eq!(text(&made.stderr), "");

    let info = frontbeat(&["info", file]);
    let told = text(&info.stdout);
    for part in [
        "大东区",
        "Asia/Shanghai",
        "no boundary yet",
        "schema version  10",
    ] {
        assert!(told.contains(part), "{part} is not in:\n{told}");
    }
    assert!(!told.contains("SYNTHETIC"));

    let json: serde_json::Value =
        serde_json::from_slice(&frontbeat(&["info", file, "--json"]).stdout).unwrap();
    assert_eq!(json["name"], "大东区");
    assert_eq!(json["synthetic"], false);
    assert_eq!(json["schema_version"], 10);
    assert_eq!(json["last_event"], 1);

    let before = std::fs::read(file).unwrap();
    let twice = frontbeat(&["init", file, "--name", "x"]);
    assert_eq!(twice.status.code(), Some(1));
    assert!(text(&twice.stderr).contains("exists already"));
    assert_eq!(std::fs::read(file).unwrap(), before);
}

#[tokio::test]
async fn info_says_what_is_in_a_full_workspace_and_that_it_is_synthetic() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("full.gpkg");
    fill(&path, true).await;
    let info = frontbeat(&["info", path.to_str().unwrap()]);
    let told = text(&info.stdout);
    for part in [
        "SYNTHETIC 模拟数据",
        "2026-03-01 08:00 to 2026-03-03 09:00",
        "© OpenStreetMap contributors",
        "50  incidents",
    ] {
        assert!(told.contains(part), "{part} is not in:\n{told}");
    }
}

#[test]
fn wrong_use_and_wrong_files_get_a_sentence_and_an_exit_code() {
    let folder = tempfile::tempdir().unwrap();
    let at = |name: &str| folder.path().join(name).to_str().unwrap().to_owned();
    std::fs::write(at("page.gpkg"), "<html>not a database</html>").unwrap();
    let cases = [
        (
            vec![
                "init",
                "new.gpkg",
                "--name",
                "x",
                "--timezone",
                "Mars/Olympus",
            ],
            2,
            "time zone",
        ),
        (vec!["init", "new.gpkg", "--name", " "], 2, "name"),
        (vec!["init", "new.gpkg"], 2, "--name"),
        (vec!["info", "page.gpkg"], 1, "is not a Frontbeat workspace"),
        (vec!["info", "none.gpkg"], 1, "there is no workspace"),
    ];
    for (mut arguments, code, part) in cases {
        let file = at(arguments[1]);
        arguments[1] = &file;
        let run = frontbeat(&arguments);
        let complaint = text(&run.stderr);
        assert_eq!(run.status.code(), Some(code), "{complaint}");
        assert!(complaint.contains(part), "{complaint}");
        assert!(!complaint.contains("panicked"), "{complaint}");
    }
    let left: Vec<_> = std::fs::read_dir(folder.path()).unwrap().collect();
    assert_eq!(left.len(), 1, "only the page is there: {left:?}");
}

#[tokio::test]
async fn gdal_lists_and_reads_every_layer_without_a_word() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("gdal.gpkg");
    fill(&path, true).await;
    let file = path.to_str().unwrap();
    let test = "gdal_lists_and_reads_every_layer_without_a_word";
    let Some(summary) = ogrinfo(test, &["-ro", "-al", "-so", file]) else {
        return;
    };
    for layer in [
        "boundary",
        "stations",
        "beats",
        "zones",
        "posts",
        "joint_duty_posts",
        "commercial_districts",
        "pillars",
        "cameras",
        "places",
        "units",
        "incidents",
        "basemap_lines",
        "basemap_areas",
        "basemap_labels",
        "plan_routes",
        "plan_stops",
        "layer_styles",
        "district",
        "incident_categories",
        "speeds",
        "road_network",
        "shifts",
        "forecasts",
        "plans",
        "events",
    ] {
        assert!(
            summary.contains(&format!("Layer name: {layer}\n")),
            "{layer}"
        );
    }
    for part in [
        "at: DateTime",
        "Feature Count: 50",
        "Extent: (123.400000, 41.800000) - (123.449000, 41.800000)",
        "ID[\"EPSG\",4326]",
    ] {
        assert!(summary.contains(part), "{part} is not in:\n{summary}");
    }
    let all = ogrinfo(test, &["-ro", "-al", file]).unwrap();
    for part in [
        "at (DateTime) = 2026/03/01 00:00:00+00",
        "synthetic (String) = SYNTHETIC 模拟数据",
        // QGIS takes titles of columns from the style only.
        "<alias field=\"category\" name=\"警情类别\"/>",
        "POLYGON ((123.38 41.78,123.42 41.78,",
        "LINESTRING (123.4 41.8,123.5 41.8)",
        "POINT (-180 90)",
    ] {
        assert!(all.contains(part), "{part} is not in GDAL's reading");
    }
}

#[tokio::test]
async fn every_feature_layer_is_synthetic_or_none_is() {
    let folder = tempfile::tempdir().unwrap();
    for (synthetic, mark) in [(true, "SYNTHETIC 模拟数据"), (false, "")] {
        let path = folder.path().join(format!("{synthetic}.gpkg"));
        let w = Workspace::create(&path, &rows::new(synthetic))
            .await
            .unwrap();
        for layer in rows::all_layers() {
            w.write(layer, &rows::source()).await.unwrap();
        }
        let mut plan = rows::plan("first");
        plan.synthetic = synthetic;
        w.save_plan(&plan, None).await.unwrap();
        w.close().await;
        let mut conn = open(&path).await;
        let layers: Vec<String> =
            sqlx::query_scalar("SELECT table_name FROM gpkg_geometry_columns")
                .fetch_all(&mut conn)
                .await
                .unwrap();
        assert_eq!(layers.len(), 17);
        for layer in layers {
            let sql = format!("SELECT DISTINCT synthetic FROM {layer}");
            let marks: Vec<String> = sqlx::query_scalar(sqlx::AssertSqlSafe(sql))
                .fetch_all(&mut conn)
                .await
                .unwrap();
            assert_eq!(marks, [mark], "{layer}");
        }
    }
}

#[tokio::test]
async fn the_register_and_the_styles_are_complete() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("register.gpkg");
    fill(&path, false).await;
    let mut conn = open(&path).await;
    let application: i64 = sqlx::query_scalar("PRAGMA application_id")
        .fetch_one(&mut conn)
        .await
        .unwrap();
    let version: i64 = sqlx::query_scalar("PRAGMA user_version")
        .fetch_one(&mut conn)
        .await
        .unwrap();
    assert_eq!((application, version), (0x4750_4B47, 10_300));
    let check: String = sqlx::query_scalar("PRAGMA integrity_check")
        .fetch_one(&mut conn)
        .await
        .unwrap();
    assert_eq!(check, "ok");

    let unstyled: Vec<String> = sqlx::query_scalar(
        "SELECT table_name FROM gpkg_geometry_columns WHERE table_name NOT IN
             (SELECT f_table_name FROM layer_styles WHERE useAsDefault = 1
                 AND styleQML LIKE '%<renderer-v2%' AND styleSLD LIKE '%</StyledLayerDescriptor>%')",
    )
    .fetch_all(&mut conn)
    .await
    .unwrap();
    assert_eq!(unstyled, [] as [String; 0]);

    let boxes: Vec<(String, f64, f64, f64, f64, String)> = sqlx::query_as(
        "SELECT table_name, min_x, min_y, max_x, max_y, last_change FROM gpkg_contents
         WHERE table_name IN ('incidents', 'beats', 'plan_stops') ORDER BY table_name",
    )
    .fetch_all(&mut conn)
    .await
    .unwrap();
    let expected = [
        (
            "beats",
            123.4,
            41.8,
            123.42,
            41.81,
            "2026-01-02T03:04:05.678Z",
        ),
        (
            "incidents",
            123.4,
            41.8,
            123.449,
            41.8,
            "2026-01-02T03:04:05.678Z",
        ),
        (
            "plan_stops",
            123.41,
            41.81,
            123.41,
            41.81,
            "2026-03-01T12:00:00.000Z",
        ),
    ];
    for (got, want) in boxes.iter().zip(expected) {
        assert_eq!((got.0.as_str(), got.5.as_str()), (want.0, want.5));
        for (a, b) in [
            (got.1, want.1),
            (got.2, want.2),
            (got.3, want.3),
            (got.4, want.4),
        ] {
            assert!((a - b).abs() < 1e-9, "{got:?} is not {want:?}");
        }
    }
    assert_eq!(boxes.len(), expected.len());
}

#[tokio::test]
async fn geometries_that_gdal_writes_are_read() {
    let folder = tempfile::tempdir().unwrap();
    let (json, foreign) = (folder.path().join("a.json"), folder.path().join("a.gpkg"));
    let shapes = [
        r#"{"type":"Point","coordinates":[1.5,2.5]}"#,
        r#"{"type":"LineString","coordinates":[[1,2],[3,4.25]]}"#,
        r#"{"type":"Polygon","coordinates":[[[0,0],[4,0],[4,4],[0,0]]]}"#,
        r#"{"type":"MultiPolygon","coordinates":[[[[0,0],[4,0],[4,4],[0,0]]],[[[9,9],[10,9],[10,10],[9,9]]]]}"#,
    ];
    let features: Vec<String> = shapes
        .iter()
        .map(|s| format!(r#"{{"type":"Feature","properties":{{}},"geometry":{s}}}"#))
        .collect();
    let collection = format!(
        r#"{{"type":"FeatureCollection","features":[{}]}}"#,
        features.join(",")
    );
    std::fs::write(&json, collection).unwrap();
    let run = Command::new("ogr2ogr").arg(&foreign).arg(&json).output();
    let Ok(run) = run else {
        println!("SKIPPED geometries_that_gdal_writes_are_read: ogr2ogr is not installed");
        return;
    };
    assert!(run.status.success(), "{}", text(&run.stderr));
    let mut conn = open(&foreign).await;
    let blobs: Vec<Vec<u8>> = sqlx::query_scalar("SELECT geom FROM a ORDER BY fid")
        .fetch_all(&mut conn)
        .await
        .unwrap();
    assert_eq!(blobs.len(), shapes.len());
    for (blob, shape) in blobs.iter().zip(shapes) {
        let read = geometry::decode(blob).unwrap();
        assert_eq!(read.srs_id, 4326);
        let json: geojson::Geometry = shape.parse().unwrap();
        let expected = geo_types::Geometry::<f64>::try_from(json).unwrap();
        assert_eq!(read.geometry, Some(expected));
        // And written as GDAL writes it, byte for byte.
        let written = geometry::encode(&read.geometry.unwrap(), 4326).unwrap();
        assert_eq!(&written, blob, "{shape}");
    }
}

async fn open(path: &Path) -> SqliteConnection {
    SqliteConnection::connect(&format!("sqlite://{}", path.display()))
        .await
        .unwrap()
}
