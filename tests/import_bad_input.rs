//! Bad input: one clear sentence with the place of the fault, exit code 1 or 2, and the
//! workspace as before, byte for byte.

#[path = "support/import_program.rs"]
mod import_program;

use import_program::{Bench, Ran};

const HEADER: &str = "id,at,lon,lat,category\n";

/// All that a workspace holds, as SQL values, in order.
async fn dump(bench: &Bench) -> Vec<String> {
    use sqlx::{AssertSqlSafe, Connection, Row, sqlite::SqliteConnectOptions};
    let options = SqliteConnectOptions::new()
        .filename(bench.workspace())
        .read_only(true);
    let mut connection = sqlx::SqliteConnection::connect_with(&options)
        .await
        .unwrap();
    let tables: Vec<String> = sqlx::query(
        "SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'rtree%' ORDER BY name",
    )
    .fetch_all(&mut connection)
    .await
    .unwrap()
    .iter()
    .map(|row| row.get(0))
    .collect();
    let mut lines = Vec::new();
    for table in tables {
        let columns: Vec<String> = sqlx::query("SELECT name FROM pragma_table_info(?)")
            .bind(&table)
            .fetch_all(&mut connection)
            .await
            .unwrap()
            .iter()
            .map(|row| format!("quote(\"{}\")", row.get::<String, _>(0)))
            .collect();
        let query = format!(
            "SELECT {} FROM \"{table}\" ORDER BY 1",
            columns.join("||','||")
        );
        for row in sqlx::query(AssertSqlSafe(query))
            .fetch_all(&mut connection)
            .await
            .unwrap()
        {
            lines.push(format!("{table}: {}", row.get::<String, _>(0)));
        }
    }
    connection.close().await.unwrap();
    lines
}

/// Imports bytes that must be refused as a whole.
async fn refused(layer: &str, name: &str, bytes: &[u8], says: &[&str]) -> Ran {
    let bench = Bench::new("Asia/Shanghai");
    bench.put(name, bytes);
    let before = dump(&bench).await;
    assert!(!before.is_empty());
    let ran = bench.import(layer, &bench.path(name), &[]);
    assert!(matches!(ran.code, 1 | 2), "{name}: {ran:?}");
    let errors: Vec<&str> = ran
        .err
        .lines()
        .filter(|l| l.starts_with("error: "))
        .collect();
    assert_eq!(errors.len(), 1, "{name}: one sentence: {ran:?}");
    for word in says {
        assert!(
            errors[0].contains(word),
            "{name}: '{word}' is not in {}",
            errors[0]
        );
    }
    assert!(!ran.err.contains("panicked"), "{ran:?}");
    assert_eq!(
        before,
        dump(&bench).await,
        "{name}: the workspace has changed"
    );
    ran
}

async fn refused_rows(name: &str, rows: &str, says: &[&str]) {
    let text = format!("{HEADER}{rows}");
    let ran = refused("incidents", name, text.as_bytes(), says).await;
    assert_eq!(ran.code, 1, "{ran:?}");
}

#[tokio::test]
async fn files_without_content() {
    refused(
        "incidents",
        "empty.csv",
        b"",
        &["empty.csv", "the file is empty"],
    )
    .await;
    refused(
        "incidents",
        "header.csv",
        HEADER.as_bytes(),
        &["no rows", "id, at, lon"],
    )
    .await;
}

#[tokio::test]
async fn files_that_are_something_else() {
    let page = b"<!DOCTYPE html>\n<html><body>Please log in</body></html>";
    refused("incidents", "page.csv", page, &["web page", "line 1"]).await;
    refused(
        "beats",
        "beats.gpkg",
        b"this is no database",
        &["GeoPackage", "byte 1"],
    )
    .await;
    let mut broken = b"SQLite format 3\0".to_vec();
    broken.extend([7u8; 5000]);
    refused("beats", "broken.gpkg", &broken, &["GeoPackage", "damaged"]).await;
}

#[tokio::test]
async fn a_truncated_zip() {
    use std::io::Write;
    let mut writer = zip::ZipWriter::new(std::io::Cursor::new(Vec::new()));
    let options = zip::write::SimpleFileOptions::default();
    writer.start_file("rows.csv", options).unwrap();
    writer.write_all(HEADER.repeat(500).as_bytes()).unwrap();
    let whole = writer.finish().unwrap().into_inner();
    refused(
        "incidents",
        "cut.zip",
        &whole[..whole.len() * 2 / 3],
        &["zip", "directory at its end"],
    )
    .await;
}

/// A zipped Shapefile in degrees, with one polygon that crosses itself in its middle.
fn a_zipped_bow_tie() -> Vec<u8> {
    use shapefile::dbase::{FieldName, FieldValue, Record, TableWriterBuilder};
    use shapefile::{Point, Polygon, PolygonRing};
    use std::io::Write;

    let corners = [
        [123.0, 41.0],
        [124.0, 42.0],
        [124.0, 41.0],
        [123.0, 42.0],
        [123.0, 41.0],
    ];
    let ring = corners.iter().map(|&[x, y]| Point::new(x, y)).collect();
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("bow.shp");
    let table =
        TableWriterBuilder::new().add_character_field(FieldName::try_from("NAME").unwrap(), 20);
    let mut writer = shapefile::Writer::from_path(&path, table).unwrap();
    let mut record = Record::default();
    record.insert(
        "NAME".to_owned(),
        FieldValue::Character(Some("A".to_owned())),
    );
    writer
        .write_shape_and_record(&Polygon::new(PolygonRing::Outer(ring)), &record)
        .unwrap();
    drop(writer);
    let mut zip = zip::ZipWriter::new(std::io::Cursor::new(Vec::new()));
    for ending in ["shp", "shx", "dbf"] {
        let options = zip::write::SimpleFileOptions::default();
        zip.start_file(format!("bow.{ending}"), options).unwrap();
        let bytes = std::fs::read(path.with_extension(ending)).unwrap();
        zip.write_all(&bytes).unwrap();
    }
    zip.finish().unwrap().into_inner()
}

#[tokio::test]
async fn polygons_that_cross_or_stay_open() {
    let polygon = |ring: &str| {
        format!(
            r#"{{"type":"FeatureCollection","features":[{{"type":"Feature","properties":{{"name":"A"}},"geometry":{{"type":"Polygon","coordinates":[{ring}]}}}}]}}"#
        )
    };
    let crossing = polygon("[[123,41],[124,42],[124,41],[123,42],[123,41]]");
    refused(
        "beats",
        "crossing.geojson",
        crossing.as_bytes(),
        &[
            "feature 1",
            "not valid",
            "ring 1 crosses itself at longitude 123.500000, latitude 41.500000 (WGS 84)",
        ],
    )
    .await;
    let told = [
        "not valid",
        "crosses itself",
        "longitude 123.500000, latitude 41.500000 (WGS 84)",
    ];
    let shapefile = a_zipped_bow_tie();
    refused("beats", "crossing.zip", &shapefile, &told).await;
    let open = polygon("[[123,41],[124,41],[124,42],[123,42]]");
    refused(
        "beats",
        "open.geojson",
        open.as_bytes(),
        &["feature 1", "ring 1 is not closed"],
    )
    .await;
    refused(
        "boundary",
        "open.geojson",
        open.as_bytes(),
        &["feature 1", "ring 1 is not closed"],
    )
    .await;
}

#[tokio::test]
async fn rows_that_can_not_be() {
    refused_rows(
        "swapped.csv",
        "1,2024-01-05 08:03,41.8,123.4,theft\n2,2024-01-05 09:03,41.8,123.5,theft\n",
        &["line 2", "changed places", "1 more rows"],
    )
    .await;
    refused_rows(
        "nan.csv",
        "1,2024-01-05 08:03,NaN,41.8,theft\n",
        &["line 2", "lon 'NaN'", "finite"],
    )
    .await;
    let digits = "7".repeat(10_000_000);
    refused_rows(
        "digits.csv",
        &format!("1,2024-01-05 08:03,123.4,{digits},theft\n"),
        &["line 2", "lat", "10000000 bytes"],
    )
    .await;
    refused_rows(
        "impossible.csv",
        "1,2024-02-30,123.4,41.8,theft\n",
        &["line 2", "at '2024-02-30'", "no such day"],
    )
    .await;
    refused_rows(
        "order.csv",
        "1,3/4/2024,123.4,41.8,theft\n",
        &["line 2", "--time-format"],
    )
    .await;
}

#[tokio::test]
async fn three_forms_of_dates_and_an_impossible_one() {
    let rows = "1,2024-01-05 08:03,123.4,41.8,theft\n2,2024/1/6 8:03,123.4,41.8,theft\n\
        3,20240107 080300,123.4,41.8,theft\n4,2024-02-30 08:03,123.4,41.8,theft\n";
    let text = format!("{HEADER}{rows}");
    let bench = Bench::new("Asia/Shanghai");
    bench.put("mixed.csv", text.as_bytes());
    // Under --strict nothing is written…
    let before = dump(&bench).await;
    let strict = bench.import("incidents", &bench.path("mixed.csv"), &["--strict"]);
    assert_eq!(strict.code, 1);
    assert!(
        strict.err.contains("line 5, at '2024-02-30 08:03'"),
        "{strict:?}"
    );
    assert_eq!(before, dump(&bench).await);
    // …else the three are kept and the fourth is reported and listed.
    let ran = bench.import("incidents", &bench.path("mixed.csv"), &[]);
    assert_eq!(ran.code, 0, "{ran:?}");
    assert!(ran.out.contains("kept      3 (3 new"), "{ran:?}");
    assert!(ran.out.contains("1  impossible_date: line 5"), "{ran:?}");
    let listed = std::fs::read_to_string(bench.path("mixed.csv.refused.csv")).unwrap();
    assert!(
        listed
            .starts_with("row,reason,field,value,sentence\n5,impossible_date,at,2024-02-30 08:03,")
    );
}

#[tokio::test]
async fn wrong_use_exits_with_2() {
    let bench = Bench::new("Asia/Shanghai");
    bench.put("feet.csv", b"at,x,y\n2024-01-05,7660085,672910\n");
    for (more, says) in [
        (&[][..], "--crs"),
        (&["--crs", "mars"], "not a frame"),
        (
            &["--crs", "EPSG:2913", "--map", "colour=x"],
            "no field 'colour'",
        ),
        (
            &["--crs", "EPSG:2913", "--map", "category=z"],
            "no column 'z'",
        ),
        (
            &["--crs", "EPSG:2913", "--timezone", "Mars/Base"],
            "no time zone",
        ),
    ] {
        let ran = bench.import("incidents", &bench.path("feet.csv"), more);
        assert_eq!(ran.code, 2, "{more:?}: {ran:?}");
        assert!(ran.err.contains(says), "{more:?}: {ran:?}");
    }
    let missing = bench.import("incidents", &bench.path("none.csv"), &[]);
    assert_eq!(missing.code, 2, "{missing:?}");
}

#[tokio::test]
async fn a_dry_run_writes_nothing() {
    let bench = Bench::new("Asia/Shanghai");
    bench.put(
        "one.csv",
        format!("{HEADER}A7,2024-01-05 08:03,123.4,41.8,盗窃\n").as_bytes(),
    );
    let before = dump(&bench).await;
    let ran = bench.import("incidents", &bench.path("one.csv"), &["--dry-run"]);
    assert_eq!(ran.code, 0, "{ran:?}");
    for word in [
        "A7",
        "2024-01-05 08:03:00",
        "criminal/theft",
        "nothing is written",
    ] {
        assert!(ran.out.contains(word), "{word}: {ran:?}");
    }
    assert_eq!(before, dump(&bench).await);
}

#[tokio::test]
async fn an_id_in_use_is_refused_and_a_source_tells_two_files_apart() {
    let bench = Bench::new("Asia/Shanghai");
    let put = |name: &str, rows: &str| bench.put(name, format!("{HEADER}{rows}").as_bytes());
    put(
        "a.csv",
        "1,2024-01-05 08:03,123.4,41.8,theft\n2,2024-01-05 08:03,123.4,41.8,theft\n",
    );
    put(
        "b.csv",
        "1,2024-01-05 08:03,123.4,41.8,theft\n2,2024-02-05 08:03,123.4,41.8,theft\n",
    );
    let run = |name: &str, more: &[&str]| bench.import("incidents", &bench.path(name), more);
    assert_eq!(run("a.csv", &[]).code, 0);
    let before = dump(&bench).await;
    let strict = run("b.csv", &["--strict"]);
    assert_eq!(strict.code, 1, "{strict:?}");
    let dry = run("b.csv", &["--dry-run"]);
    assert!(dry.out.contains("1  id_in_use: line 3"), "{dry:?}");
    assert_eq!(before, dump(&bench).await);
    let ran = run("b.csv", &[]);
    assert_eq!(ran.code, 0, "{ran:?}");
    assert!(
        ran.out.contains("kept      1 (0 new, 0 changed, 1 there"),
        "{ran:?}"
    );
    assert!(ran.out.contains("1  id_in_use: line 3, id '2'"), "{ran:?}");
    assert!(ran.out.contains("--source NAME"), "{ran:?}");
    let other = run("b.csv", &["--source", "cad"]);
    assert!(other.out.contains("kept      2 (2 new"), "{other:?}");
    assert!(
        dump(&bench)
            .await
            .iter()
            .any(|line| line.contains("'cad:2'"))
    );
    assert_eq!(run("b.csv", &["--source", "a b"]).code, 2);
}

#[tokio::test]
async fn roads_take_no_options_of_tables() {
    let bench = Bench::new("Asia/Shanghai");
    bench.put("roads.osm.pbf", b"this is no extract");
    for more in [
        &["--map", "at=x"][..],
        &["--crs", "gcj02"],
        &["--strict"],
        &["--dry-run"],
        &["--source", "x"],
    ] {
        let ran = bench.import("roads", &bench.path("roads.osm.pbf"), more);
        assert_eq!(ran.code, 2, "{more:?}: {ran:?}");
        assert!(ran.err.contains("--as roads"), "{more:?}: {ran:?}");
    }
    let ran = bench.import("roads", &bench.path("roads.osm.pbf"), &[]);
    assert_eq!(ran.code, 1, "{ran:?}");
}

#[tokio::test]
async fn sentences_are_no_categories_and_numbers_show_nowhere() {
    let bench = Bench::new("Asia/Shanghai");
    let rows: String = (0..250)
        .map(|i| format!("{i},2024-01-05 08:03,123.4,41.8,张三{i}来电称丢失财物\n"))
        .collect();
    bench.put("text.csv", format!("{HEADER}{rows}").as_bytes());
    let ran = bench.import("incidents", &bench.path("text.csv"), &[]);
    assert_eq!(ran.code, 2, "{ran:?}");
    assert!(ran.err.contains("free text") && ran.err.contains("--map category=COLUMN"));
    assert!(!ran.err.contains("张三"), "{ran:?}");
    let row =
        "报警人张三13912345678,139 1234 5678,123.4,41.8,theft\n7,2024-01-05,123.4,41.8,theft\n";
    bench.put("row.csv", format!("{HEADER}{row}").as_bytes());
    let ran = bench.import("incidents", &bench.path("row.csv"), &["--refused", "r.csv"]);
    let listed = std::fs::read_to_string(bench.path("r.csv")).unwrap_or_default();
    let told = format!("{}{}{listed}", ran.out, ran.err);
    assert!(
        !told.contains("12345678") && !told.contains("1234 5678"),
        "{told}"
    );
}

#[tokio::test]
async fn the_same_file_under_another_category_map_is_there_already() {
    let bench = Bench::new("Asia/Shanghai");
    let rows = "1,2024-01-05 08:03,123.4,41.8,theft\n2,2024-01-05 09:03,123.4,41.8,blue\n";
    bench.put("a.csv", format!("{HEADER}{rows}").as_bytes());
    bench.put("map.csv", b"source,code\nblue,traffic\n");
    let file = bench.path("a.csv");
    assert_eq!(bench.import("incidents", &file, &[]).code, 0);
    let map = bench.path("map.csv");
    let ran = bench.import(
        "incidents",
        &file,
        &["--category-map", map.to_str().unwrap()],
    );
    assert_eq!(ran.code, 0, "{ran:?}");
    for says in [
        "kept      2 (0 new, 0 changed, 2 there already)",
        "refused   0",
        "note      1 incidents are there already with another category, which is kept",
    ] {
        assert!(ran.out.contains(says), "{says}: {ran:?}");
    }
}

#[tokio::test]
async fn an_open_quote_and_a_date_to_come() {
    let rows = "1,2024-01-05 08:03,123.4,41.8,theft\n2,2024-01-05 08:03,123.4,41.8,\"theft\n3,2024-01-05 08:03,123.4,41.8,theft\n";
    refused_rows(
        "open.csv",
        rows,
        &["the quote opened in line 3 is never closed"],
    )
    .await;
    refused_rows(
        "future.csv",
        "1,2099-01-05 08:03,123.4,41.8,theft\n",
        &[
            "line 2, at '2099-01-05 08:03'",
            "more than a day in the future",
        ],
    )
    .await;
}

#[tokio::test]
async fn beats_that_lie_over_each_other_are_kept_and_told() {
    let bench = Bench::new("Asia/Shanghai");
    let feature = |name: &str, w: f64, e: f64| {
        format!(
            r#"{{"type":"Feature","properties":{{"name":"{name}"}},"geometry":{{"type":"Polygon","coordinates":[[[{w},41],[{e},41],[{e},41.1],[{w},41.1],[{w},41]]]}}}}"#
        )
    };
    let features = [
        feature("West", 123.0, 123.11),
        feature("Middle", 123.1, 123.2),
        feature("East", 123.2, 123.3),
    ];
    let text = format!(
        r#"{{"type":"FeatureCollection","features":[{}]}}"#,
        features.join(",")
    );
    bench.put("beats.geojson", text.as_bytes());
    let ran = bench.import("beats", &bench.path("beats.geojson"), &[]);
    assert_eq!(ran.code, 0, "{ran:?}");
    assert!(ran.out.contains("kept      3 (3 new"), "{ran:?}");
    let note = "note      beats lie over each other: 'West' and 'Middle' (";
    assert!(ran.out.contains(note), "{ran:?}");
    assert!(!ran.out.contains("'East'"), "{ran:?}");
}
