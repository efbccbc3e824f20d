//! `/api/imports` over the town: a file is sent, looked at, imported, and what became of its
//! rows is told; and everything that is no such file.

use std::io::Write;
use std::time::Duration;

use axum::body::Body;
use axum::http::Method;
use frontbeat::store::record::NewWorkspace;
use frontbeat::store::workspace::Workspace;
use serde_json::{Value, json};
use sqlx::{Connection, Row};
use zip::write::SimpleFileOptions;

use crate::ask::{Answer, Desk, request};
use crate::town::{INCIDENTS, SIDE, SOUTH, WEST};

fn at(east: f64, north: f64) -> String {
    format!("{:.6},{:.6}", WEST + SIDE * east, SOUTH + SIDE * north)
}

/// Two burglaries found on Monday, one theft, one row with no place; and who reported.
pub fn calls() -> String {
    format!(
        "警情编号,occurred_from,occurred_to,lon,lat,category,报警人电话\n\
         w-1,2026-10-23 18:00,2026-10-26 08:30,{},burglary,13912345678\n\
         w-2,2026-10-24 20:00,2026-10-26 07:00,{},burglary,13912345679\n\
         w-3,2026-10-25 12:00,,{},theft,13912345670\n\
         w-4,2026-10-25 13:00,,,,theft,13912345671\n",
        at(0.2, 0.2),
        at(0.3, 0.3),
        at(0.4, 0.4)
    )
}

async fn sent(desk: &Desk, name: &str, bytes: impl Into<Body>) -> Answer {
    let path = format!("/api/imports?name={}", name.replace(' ', "+"));
    let asked = request(Method::POST, &path)
        .header("content-type", "application/octet-stream")
        .body(bytes.into());
    desk.send(asked.unwrap()).await
}

pub async fn looked(desk: &Desk, name: &str, bytes: impl Into<Body>) -> Value {
    let answer = sent(desk, name, bytes).await;
    assert_eq!(answer.status, 201, "{}", answer.text());
    let seen = answer.json();
    assert_eq!(
        answer.header("location"),
        format!("/api/imports/{}", seen["id"].as_str().unwrap())
    );
    assert_eq!(answer.header("cache-control"), "no-store");
    seen
}

fn address(seen: &Value, rest: &str) -> String {
    format!("/api/imports/{}{rest}", seen["id"].as_str().unwrap())
}

/// Imports a file and waits for its end.
pub async fn imported(desk: &Desk, seen: &Value, choice: &Value) -> Value {
    let answer = desk
        .post(&address(seen, "/commit"), choice.to_string())
        .await;
    assert_eq!(answer.status, 202, "{}", answer.text());
    for _ in 0..600 {
        let state = desk.json(&address(seen, "")).await;
        match state["stage"].as_str().unwrap() {
            "done" | "failed" => return state,
            _ => tokio::time::sleep(Duration::from_millis(20)).await,
        }
    }
    panic!("no end");
}

async fn count(desk: &Desk) -> Value {
    desk.json("/api/workspace").await["incidents"]["count"].clone()
}

async fn delete(desk: &Desk, path: &str) -> Answer {
    let asked = request(Method::DELETE, path).body(Body::empty());
    desk.send(asked.unwrap()).await
}

#[tokio::test(flavor = "multi_thread")]
async fn a_table_is_looked_at_and_nothing_is_written_until_that_is_asked_for() {
    let desk = Desk::open().await;
    let before = desk.json("/api/workspace").await;
    let seen = looked(&desk, "week.csv", calls()).await;
    assert_eq!(
        (&seen["as"], &seen["guessed"]),
        (&json!("incidents"), &json!(true))
    );
    assert_eq!(seen["format"], "CSV, UTF-8, delimiter ','");
    assert_eq!(seen["frame"], json!({ "name": "WGS 84", "how": "assumed" }));
    assert_eq!(
        [
            &seen["rows"],
            &seen["kept"],
            &seen["refused"],
            &seen["spans"]
        ],
        [4, 3, 1, 2]
    );
    assert_eq!(seen["problem"], Value::Null);
    let columns = seen["columns"].as_array().unwrap();
    let fields: Vec<&Value> = columns.iter().map(|c| &c["field"]).collect();
    assert_eq!(
        json!(fields),
        json!(["id", "at", "until", "lon", "lat", "category", null])
    );
    assert!(columns[6]["dropped"].is_string());
    assert_eq!(columns[6]["example"], "");
    assert!(!seen.to_string().contains("1391234"), "nothing of a person");
    assert_eq!(seen["refusals"][0]["row"], 5);
    assert_eq!(seen["refusals"][0]["reason"], "no_coordinates");
    let rows = seen["features"]["features"].as_array().unwrap();
    assert_eq!(rows.len(), 3);
    let first = &rows[0]["properties"];
    assert_eq!(first["at"], "2026-10-23T18:00:00+08:00");
    assert_eq!(first["until"], "2026-10-26T08:30:00+08:00");
    assert_eq!(
        (&first["category"], &first["row"]),
        (&json!("criminal/burglary"), &json!(2))
    );

    // Read in another frame the same rows lie elsewhere, half a kilometre off.
    let again = desk
        .post(
            &address(&seen, "/preview"),
            json!({ "as": "incidents", "crs": "gcj02" }).to_string(),
        )
        .await
        .json();
    assert_eq!(
        again["frame"],
        json!({ "name": "GCJ-02", "how": "declared" })
    );
    let of = |seen: &Value| seen["features"]["features"][0]["geometry"]["coordinates"][0].as_f64();
    let off = (of(&again).unwrap() - of(&seen).unwrap()).abs();
    assert!(off > 0.001 && off < 0.02, "{off}");
    let after = desk.json("/api/workspace").await;
    assert_eq!(before, after, "looking writes nothing");

    let done = imported(&desk, &seen, &json!({ "as": "incidents", "crs": "wgs84" })).await;
    assert_eq!(done["stage"], "done", "{done}");
    let report = &done["report"];
    let counts = ["rows", "new", "changed", "unchanged", "refused"].map(|n| &report[n]);
    assert_eq!(counts, [4, 3, 0, 0, 1]);
    assert_eq!(report["dropped"], json!(["报警人电话"]));
    let refused = desk.get(report["refused_csv"].as_str().unwrap()).await;
    assert_eq!(refused.header("content-type"), "text/csv; charset=utf-8");
    assert!(
        refused
            .text()
            .starts_with("row,reason,field,value,sentence\n5,no_coordinates,lon,,"),
        "{}",
        refused.text()
    );

    // Map, counts and tiles have them without a restart, and the span is kept.
    let after = desk.json("/api/workspace").await;
    assert_eq!(after["incidents"]["count"], INCIDENTS + 3);
    assert!(after["data_version"].as_u64() > before["data_version"].as_u64());
    let page = desk
        .json("/api/incidents?from=2026-10-23T18:00:00%2B08:00&until=2026-10-23T18:00:01%2B08:00")
        .await;
    let kept = page["features"].as_array().unwrap();
    let kept = kept
        .iter()
        .find(|f| f["properties"]["until"] != Value::Null);
    assert_eq!(
        kept.unwrap()["properties"]["until"],
        "2026-10-26T08:30:00+08:00"
    );

    // The same file again adds nothing.
    let twice = looked(&desk, "week.csv", calls()).await;
    let done = imported(&desk, &twice, &json!({ "as": "incidents" })).await;
    let counts = ["new", "unchanged", "refused"].map(|n| &done["report"][n]);
    assert_eq!(counts, [0, 3, 1]);
    desk.post(
        &address(&twice, "/commit"),
        json!({ "as": "incidents" }).to_string(),
    )
    .await
    .problem(409, "import-begun");
    assert_eq!(delete(&desk, &address(&twice, "")).await.status, 204);
    desk.get(&address(&twice, ""))
        .await
        .problem(404, "unknown-import");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_missing_is_asked_for() {
    let desk = Desk::open().await;
    // Feet, and nobody says whose.
    let feet =
        "date,x,y,category\n2026-10-01,7650000,690000,theft\n2026-10-02,7650100,690100,theft\n";
    let seen = looked(&desk, "calls.csv", feet).await;
    assert_eq!(seen["frame"], json!({ "name": null, "how": "unknown" }));
    assert_eq!(seen["problem"]["code"], "unknown_frame");
    assert!(seen["problem"]["detail"].as_str().unwrap().contains("crs"));
    assert_eq!(seen["features"]["features"], json!([]));
    let failed = imported(&desk, &seen, &json!({ "as": "incidents" })).await;
    assert_eq!(failed["stage"], "failed");
    assert_eq!(failed["problem"]["type"], "/problems/import-unknown-frame");
    // It is still here, and can be read otherwise: Portland's feet are far from the town.
    let again = desk
        .post(
            &address(&seen, "/preview"),
            json!({ "as": "incidents", "crs": "EPSG:2913" }).to_string(),
        )
        .await
        .json();
    assert_eq!(again["problem"]["code"], "all_refused");
    assert_eq!(
        again["reasons"],
        json!([{ "reason": "outside_district", "rows": 2 }])
    );
    desk.post(
        &address(&seen, "/preview"),
        json!({ "crs": "mars" }).to_string(),
    )
    .await;

    // Rows of what? And which column?
    let plain = format!("code,title,lon,lat\n1,甲,{}\n", at(0.5, 0.5));
    let seen = looked(&desk, "x.csv", plain).await;
    assert_eq!(
        (&seen["as"], &seen["problem"]),
        (&Value::Null, &Value::Null)
    );
    desk.post(&address(&seen, "/commit"), "{}")
        .await
        .problem(400, "invalid-parameter");
    let cameras = desk
        .post(
            &address(&seen, "/preview"),
            json!({ "as": "cameras" }).to_string(),
        )
        .await
        .json();
    assert_eq!(
        cameras["features"]["features"][0]["properties"]["kind"],
        "cameras"
    );
    let done = imported(&desk, &seen, &json!({ "as": "cameras" })).await;
    assert_eq!(done["report"]["new"], 1);
    let layer = desk.json("/api/layers/cameras").await;
    assert!(layer.to_string().contains('甲'));

    let odd = format!("when_it_was,lon,lat\n2026-10-01 10:00,{}\n", at(0.5, 0.5));
    let seen = looked(&desk, "incidents.csv", odd).await;
    assert_eq!(
        (&seen["problem"]["code"], &seen["problem"]["field"]),
        (&json!("no_column"), &json!("at"))
    );
    let choice = json!({ "as": "incidents", "map": { "at": "when_it_was" } });
    let mapped = desk
        .post(&address(&seen, "/preview"), choice.to_string())
        .await
        .json();
    assert_eq!(
        (&mapped["problem"], &mapped["kept"]),
        (&Value::Null, &json!(1))
    );
}

/// The same calls as a workbook and as a map of placemarks.
fn workbook() -> Vec<u8> {
    let mut book = rust_xlsxwriter::Workbook::new();
    let sheet = book.add_worksheet();
    for (row, line) in (0..).zip(calls().lines()) {
        for (column, cell) in (0..).zip(line.split(',')) {
            sheet.write_string(row, column, cell).unwrap();
        }
    }
    book.save_to_buffer().unwrap()
}

fn placemarks() -> String {
    let calls = calls();
    let mut lines = calls
        .lines()
        .map(|line| line.split(',').collect::<Vec<_>>());
    let header = lines.next().unwrap();
    let mut kml = "<?xml version=\"1.0\"?><kml><Document>".to_owned();
    for cells in lines {
        kml.push_str("<Placemark><description>who called</description><ExtendedData>");
        for (name, cell) in header.iter().zip(&cells) {
            kml.push_str(&format!(
                "<Data name=\"{name}\"><value>{cell}</value></Data>"
            ));
        }
        kml.push_str("</ExtendedData>");
        if !cells[3].is_empty() {
            let place = format!("{},{}", cells[3], cells[4]);
            kml.push_str(&format!(
                "<Point><coordinates>{place}</coordinates></Point>"
            ));
        }
        kml.push_str("</Placemark>");
    }
    kml + "</Document></kml>"
}

#[tokio::test(flavor = "multi_thread")]
async fn a_workbook_and_placemarks_go_the_same_way_as_a_table() {
    for (name, bytes, row_word, first_row) in [
        ("week.xlsx", workbook(), "row", 2),
        ("week.kml", placemarks().into_bytes(), "feature", 1),
        (
            "week.kmz",
            zipped("doc.kml", placemarks().as_bytes()),
            "feature",
            1,
        ),
    ] {
        let desk = Desk::open().await;
        let before = count(&desk).await.as_u64().unwrap();
        let seen = looked(&desk, name, bytes).await;
        assert_eq!(seen["as"], "incidents", "{name}");
        assert_eq!(
            (&seen["kept"], &seen["refused"]),
            (&json!(3), &json!(1)),
            "{name}"
        );
        let columns = seen["columns"].as_array().unwrap();
        let personal = columns
            .iter()
            .find(|c| c["column"] == "报警人电话")
            .unwrap();
        assert!(personal["dropped"].is_string(), "{name}");
        assert!(
            !seen.to_string().contains("1391234"),
            "{name}: nothing of a person"
        );
        assert!(
            !seen.to_string().contains("who called"),
            "{name}: no free text"
        );
        assert_eq!(seen["refusals"][0]["row"], first_row + 3, "{name}");
        assert_eq!(seen["row_word"], row_word, "{name}");
        let first = &seen["features"]["features"][0]["properties"];
        assert_eq!(first["at"], "2026-10-23T18:00:00+08:00", "{name}");
        let state = imported(&desk, &seen, &json!({ "as": "incidents" })).await;
        assert_eq!(state["stage"], "done", "{name}: {state}");
        assert_eq!(count(&desk).await, before + 3, "{name}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_no_table_is_refused_with_its_reason() {
    let desk = Desk::open().await;
    let before = count(&desk).await;
    let bomb = zipped("bomb.csv", &vec![b'0'; 300 << 20]);
    assert!(bomb.len() < 1 << 20);
    let gbk: Vec<u8> = [
        &b"lon,lat,at,\xd6\xd0\n"[..],
        at(0.5, 0.5).as_bytes(),
        b",2026-10-01,\xff\xff\xff\n",
    ]
    .concat();
    let typed = b"<?xml version='1.0'?><!DOCTYPE kml SYSTEM 'file:///etc/passwd'><kml/>";
    let bad: [(&str, Vec<u8>, &str); 12] = [
        ("empty.csv", Vec::new(), "import-empty"),
        ("head.csv", b"lon,lat,at\n".to_vec(), "import-no-rows"),
        ("page.csv", b"<!doctype html><html>".to_vec(), "import-html"),
        ("plan.pdf", b"%PDF-1.7".to_vec(), "import-other-format"),
        (
            "book.xlsx",
            zipped("[Content_Types].xml", b"<x/>"),
            "import-other-format",
        ),
        ("bomb.zip", bomb, "import-bomb"),
        ("typed.kml", typed.to_vec(), "import-document-type"),
        (
            "lying.fgb",
            b"fgb\x03fgb\x00\xff\xff\xff\xff".to_vec(),
            "import-damaged",
        ),
        ("cut.parquet", b"PAR1PAR1".to_vec(), "import-damaged"),
        ("cut.zip", b"PK\x03\x04cut".to_vec(), "import-damaged"),
        ("beats.gpkg", b"no database".to_vec(), "import-damaged"),
        (
            "roads.pbf",
            b"\0\0\0\x0d\x0a\x09OSMHeader".to_vec(),
            "import-other-format",
        ),
    ];
    for (name, bytes, kind) in bad {
        let answer = sent(&desk, name, bytes).await;
        answer.problem(422, kind);
    }
    // Neither encoding: the row says so or the file does, and nobody panics.
    let answer = sent(&desk, "odd.csv", gbk).await;
    assert!(
        [201, 422].contains(&answer.status.as_u16()),
        "{}",
        answer.text()
    );

    sent(&desk, "big.csv", vec![b'a'; (64 << 20) + 1])
        .await
        .problem(413, "too-large");
    let huge = request(Method::POST, "/api/imports?name=huge.csv")
        .header("content-length", (100u64 << 20).to_string())
        .body(Body::empty());
    desk.send(huge.unwrap()).await.problem(413, "too-large");
    let form = request(Method::POST, "/api/imports")
        .header("content-type", "multipart/form-data; boundary=x")
        .body(Body::from("--x--"));
    desk.send(form.unwrap())
        .await
        .problem(415, "unsupported-media-type");
    let wrong = request(Method::POST, "/api/imports?name=a.csv&as=people").body(Body::from("a"));
    desk.send(wrong.unwrap())
        .await
        .problem(400, "invalid-parameter");
    let foreign = request(Method::POST, "/api/imports?name=a.csv")
        .header("origin", "https://evil.example")
        .body(Body::from(calls()));
    desk.send(foreign.unwrap())
        .await
        .problem(403, "cross-origin");
    for id in ["none", "..%2f..%2fetc%2fpasswd", "%00"] {
        let path = format!("/api/imports/{id}");
        desk.get(&path).await.problem(404, "unknown-import");
        desk.get(&format!("{path}/refused.csv"))
            .await
            .problem(404, "unknown-import");
        desk.post(&format!("{path}/commit"), r#"{"as":"beats"}"#)
            .await
            .problem(404, "unknown-import");
    }
    assert_eq!(count(&desk).await, before);
    let kept = desk.session.imports.len();
    assert!(kept <= 1, "what could not be read is not held: {kept}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_name_is_no_path_and_tells_of_nobody() {
    let desk = Desk::open().await;
    let outside = desk.path().with_file_name("evil.csv");
    let seen = looked(&desk, "../../..//evil.csv", calls()).await;
    assert_eq!(seen["file"], "evil.csv");
    assert!(!outside.exists());
    let seen = looked(&desk, "13912345678.csv", calls()).await;
    assert_eq!(seen["file"], "***.csv");
    // A name that promises another format is a damaged file, as at the command line.
    sent(&desk, "a.zip", calls())
        .await
        .problem(422, "import-damaged");
}

#[tokio::test(flavor = "multi_thread")]
async fn few_files_are_held_and_none_is_written_read_only() {
    let desk = Desk::open().await;
    let mut held = Vec::new();
    for at in 0..8 {
        held.push(looked(&desk, &format!("{at}.csv"), calls()).await);
    }
    sent(&desk, "9.csv", calls())
        .await
        .problem(503, "overloaded");
    // What is finished makes room.
    let done = imported(&desk, &held[0], &json!({ "as": "incidents" })).await;
    assert_eq!(done["stage"], "done");
    looked(&desk, "9.csv", calls()).await;
    desk.get(&address(&held[0], ""))
        .await
        .problem(404, "unknown-import");

    let reader = Desk::open_as(true).await;
    sent(&reader, "a.csv", calls())
        .await
        .problem(409, "read-only");
}

/// The board takes calls in while many rows are written, and the rows are one import.
#[tokio::test(flavor = "multi_thread")]
async fn a_large_file_is_one_import_and_the_board_goes_on() {
    let desk = Desk::open().await;
    let mut text = "id,at,lon,lat,category\n".to_owned();
    for row in 0..9_000 {
        let (east, north) = (f64::from(row % 95) / 100.0, f64::from(row / 95) / 100.0);
        text += &format!(
            "m-{row},2026-10-{:02} 12:00,{},theft\n",
            1 + row % 28,
            at(east, north)
        );
    }
    let seen = looked(&desk, "many.csv", text).await;
    assert_eq!(
        (&seen["kept"], &seen["refused"]),
        (&json!(9_000), &json!(0))
    );
    assert_eq!(seen["features"]["features"].as_array().unwrap().len(), 200);
    let answer = desk
        .post(
            &address(&seen, "/commit"),
            json!({ "as": "incidents" }).to_string(),
        )
        .await;
    assert_eq!(answer.status, 202);
    let (mut calls, mut end) = (0, Value::Null);
    while end["stage"] != "done" {
        let call = json!({ "id": format!("live-{calls}"), "position": [WEST + SIDE / 2.0, SOUTH + SIDE / 2.0], "category": "dispute" });
        let taken = desk.post("/api/incidents", call.to_string()).await;
        assert_eq!(taken.status, 201, "{}", taken.text());
        calls += 1;
        end = desk.json(&address(&seen, "")).await;
        assert_ne!(end["stage"], "failed", "{end}");
        assert!(calls < 5_000);
    }
    assert_eq!(end["report"]["new"], 9_000);
    let batches = frontbeat::app::quarantine::list(
        &frontbeat::app::workspace::open_for_reading(&desk.path())
            .await
            .unwrap(),
    )
    .await
    .unwrap()
    .batches;
    let ours: Vec<u64> = batches
        .iter()
        .filter(|b| b.file == "many.csv")
        .map(|b| b.incidents)
        .collect();
    assert_eq!(ours, [9_000], "one import, to be quarantined as one");
    assert_eq!(
        desk.json("/api/board").await["calls"]
            .as_array()
            .map(Vec::len),
        Some(calls)
    );
}

fn zipped(name: &str, content: &[u8]) -> Vec<u8> {
    let mut writer = zip::ZipWriter::new(std::io::Cursor::new(Vec::new()));
    writer
        .start_file(name, SimpleFileOptions::default())
        .unwrap();
    writer.write_all(content).unwrap();
    writer.finish().unwrap().into_inner()
}

/// What the service gives out it takes in again, as the same things.
#[tokio::test(flavor = "multi_thread")]
async fn files_of_the_export_are_known_again() {
    let desk = Desk::open().await;
    for ending in ["geojson", "shp.zip", "gpkg"] {
        let name = format!("beats.{ending}");
        let file = desk.get(&format!("/api/export/{name}")).await;
        assert_eq!(file.status, 200);
        let seen = looked(&desk, &name, file.bytes).await;
        assert_eq!(seen["as"], "beats", "{ending}");
        // GeoJSON says nothing, and many mean another frame than the standard's.
        let how = if ending == "geojson" {
            "assumed"
        } else {
            "stated"
        };
        assert_eq!(seen["frame"]["how"], how, "{ending}: {seen}");
        assert_eq!([&seen["kept"], &seen["refused"]], [4, 0], "{ending}");
        let shape = &seen["features"]["features"][0]["geometry"]["type"];
        assert_eq!(shape, "Polygon", "{ending}");
        let done = imported(&desk, &seen, &json!({ "as": "beats" })).await;
        let counts = ["new", "changed", "unchanged"].map(|n| &done["report"][n]);
        assert_eq!(counts, [0, 0, 4], "{ending}: {done}");
        assert_eq!(done["report"]["refused_csv"], Value::Null);
    }
    // A file of many layers is asked about; a name that none has is told.
    let all = desk.get("/api/export/stations.gpkg").await.bytes;
    let seen = looked(&desk, "stations.gpkg", all).await;
    let wrong = json!({ "as": "stations", "layer": "nowhere" });
    let again = desk
        .post(&address(&seen, "/preview"), wrong.to_string())
        .await
        .json();
    assert_eq!(again["problem"]["code"], "choose_layer");
    assert_eq!(again["layers"], json!(["layer_styles", "stations"]));
    let right = json!({ "as": "stations", "layer": "stations" });
    let again = desk
        .post(&address(&seen, "/preview"), right.to_string())
        .await
        .json();
    assert_eq!(
        (&again["problem"], &again["kept"]),
        (&Value::Null, &json!(1))
    );
}

/// The first records of a plain workspace say that they are made up: so is all of it from then
/// on, for whoever looks and for what comes in by itself; with nothing started anew.
#[tokio::test(flavor = "multi_thread")]
async fn made_up_rows_mark_a_workspace_without_records_and_a_real_one_refuses_them() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("new.gpkg");
    let new = NewWorkspace {
        name: "New".into(),
        timezone: "Asia/Shanghai".into(),
        synthetic: false,
    };
    let made = Workspace::create(&path, &new).await.unwrap();
    made.close().await;
    let desk = Desk::of(folder, &path, false).await;
    let posts = |mark: &str| {
        let (a, b) = (at(0.2, 0.2), at(0.3, 0.3));
        format!("id,name,lon,lat,synthetic\n{mark}1,A,{a},{mark}\n{mark}2,B,{b},{mark}\n")
    };
    let marked = |seen: &Value| {
        [
            seen["marks_synthetic"].clone(),
            seen["told_synthetic"].clone(),
        ]
    };
    let kind = json!({ "as": "posts" });
    let seen = looked(&desk, "posts.csv", posts("true")).await;
    assert_eq!(marked(&seen), [json!(true), json!(0)]);
    assert_eq!(
        seen["features"]["features"][0]["properties"]["synthetic"],
        true
    );
    assert!(
        seen["notes"].to_string().contains("marked SYNTHETIC"),
        "{seen}"
    );
    assert_eq!(desk.json("/api/workspace").await["synthetic"], false);
    let done = imported(&desk, &seen, &kind).await;
    assert_eq!(marked(&done["report"]), [json!(true), json!(0)], "{done}");
    assert_eq!(desk.json("/api/workspace").await["synthetic"], true);
    let seen = looked(&desk, "more posts.csv", posts("false")).await;
    assert_eq!(marked(&seen), [json!(false), json!(2)]);
    let done = imported(&desk, &seen, &kind).await;
    assert_eq!(marked(&done["report"]), [json!(false), json!(2)], "{done}");
    // A call that comes in by itself has the mark in its row too.
    let call = json!({"id": "c1", "happened_at": "2026-11-01T00:00:00Z",
        "position": [WEST, SOUTH], "category": "dispute"});
    let taken = desk.post("/api/incidents", call.to_string()).await;
    assert_eq!(taken.status, 201, "{}", taken.text());
    let url = format!("sqlite://{}?mode=ro", path.display());
    let mut conn = sqlx::SqliteConnection::connect(&url).await.unwrap();
    let row = sqlx::query("SELECT synthetic FROM incidents").fetch_one(&mut conn);
    let mark: String = row.await.unwrap().get(0);
    assert_eq!(mark, "SYNTHETIC 模拟数据");

    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("real.gpkg");
    let made = Workspace::create(&path, &new).await.unwrap();
    made.close().await;
    let desk = Desk::of(folder, &path, false).await;
    let seen = looked(&desk, "own posts.csv", posts("false")).await;
    assert_eq!(marked(&seen), [json!(false), json!(0)]);
    imported(&desk, &seen, &kind).await;
    let seen = looked(&desk, "posts.csv", posts("true")).await;
    assert_eq!(
        seen["reasons"],
        json!([{"reason": "synthetic", "rows": 2}]),
        "{seen}"
    );
    let why = seen["refusals"][0]["why"].as_str().unwrap();
    assert!(why.contains("frontbeat init --synthetic"), "{why}");
    assert_eq!(seen["problem"]["code"], "all_refused");
    let done = imported(&desk, &seen, &kind).await;
    assert_eq!(done["stage"], "failed");
    assert_eq!(desk.json("/api/workspace").await["synthetic"], false);
}
