//! Real files into a workspace with the real program: Houston, Portland, and a GBK file
//! in GCJ-02; every place checked against somebody else's arithmetic.

#[path = "support/import_program.rs"]
mod import_program;
#[path = "support/real_data.rs"]
mod real_data;

use std::collections::HashMap;
use std::path::Path;
use std::process::Command;

use encoding_rs::GBK;
use frontbeat::app::workspace::open_for_reading;
use frontbeat::datum::chinese::gcj02_from_wgs84;
use frontbeat::incident::record::Incident;
use frontbeat::store::record::IncidentFilter;
use import_program::Bench;

async fn incidents(bench: &Bench) -> Vec<Incident> {
    let workspace = open_for_reading(&bench.workspace()).await.unwrap();
    let found = workspace
        .incidents(&IncidentFilter::default())
        .await
        .unwrap();
    workspace.close().await;
    found
}

fn metres(a: [f64; 2], b: [f64; 2]) -> f64 {
    let (p, q) = (a[1].to_radians(), b[1].to_radians());
    let half = ((p - q) / 2.0).sin().powi(2)
        + p.cos() * q.cos() * ((a[0] - b[0]).to_radians() / 2.0).sin().powi(2);
    2.0 * 6_371_008.8 * half.sqrt().asin()
}

/// Points by `ogr2ogr -t_srs EPSG:4326`, in the file's order; none without GDAL.
fn ogr2ogr(folder: &Path, source: &str, more: &[&str]) -> Option<Vec<[f64; 2]>> {
    let out = folder.join("truth.csv");
    let done = Command::new("ogr2ogr")
        .args(["-f", "CSV", "-lco", "GEOMETRY=AS_XY", "-t_srs", "EPSG:4326"])
        .args(more)
        .arg(&out)
        .arg(source)
        .output()
        .ok()?;
    assert!(done.status.success(), "{done:?}");
    let mut reader = csv::Reader::from_path(out).unwrap();
    let points = reader.records().map(|record| {
        let record = record.unwrap();
        [record[0].parse().unwrap(), record[1].parse().unwrap()]
    });
    Some(points.collect())
}

/// Both sets sorted the same way lie within a metre of each other, one to one.
fn assert_same_places(ours: &[Incident], theirs: &[[f64; 2]]) {
    assert_eq!(ours.len(), theirs.len());
    // Buckets of some 11 m, so that each point has few candidates.
    let bucket = |[lon, lat]: [f64; 2]| ((lon * 1e4).floor() as i64, (lat * 1e4).floor() as i64);
    let mut left: HashMap<(i64, i64), Vec<[f64; 2]>> = HashMap::new();
    for &point in theirs {
        left.entry(bucket(point)).or_default().push(point);
    }
    for incident in ours {
        let here: [f64; 2] = incident.position.into();
        let (x, y) = bucket(here);
        let mut best: Option<(f64, (i64, i64), usize)> = None;
        for key in (-1..=1).flat_map(|dx| (-1..=1).map(move |dy| (x + dx, y + dy))) {
            for (at, &there) in left.get(&key).into_iter().flatten().enumerate() {
                let off = metres(here, there);
                if best.is_none_or(|(least, ..)| off < least) {
                    best = Some((off, key, at));
                }
            }
        }
        let (off, key, at) = best.expect("a point of ogr2ogr nearby");
        assert!(off < 1.0, "{here:?} is {off} m from ogr2ogr's");
        left.get_mut(&key).unwrap().swap_remove(at);
    }
}

#[tokio::test]
async fn houston_refuses_exactly_its_unlocatable_and_far_off_rows() {
    let Some(data) = real_data::folder("houston_refuses_exactly") else {
        return;
    };
    let file = data.join("houston/incidents_2010_h1.csv");
    // Counted here on its own: no coordinates, or over 50 km from the median centre
    // (the city ends at 48 km, the first namesake is at 60 km).
    let mut reader = csv::Reader::from_path(&file).unwrap();
    let mut unlocatable = 0;
    let mut points: Vec<[f64; 2]> = Vec::new();
    for record in reader.records() {
        let record = record.unwrap();
        match (record[4].parse(), record[5].parse()) {
            (Ok(lon), Ok(lat)) => points.push([lon, lat]),
            _ => unlocatable += 1,
        }
    }
    let middle = [0, 1].map(|axis| {
        let mut numbers: Vec<f64> = points.iter().map(|p| p[axis]).collect();
        numbers.sort_by(f64::total_cmp);
        numbers[numbers.len() / 2]
    });
    let far = points
        .iter()
        .filter(|&&p| metres(middle, p) > 50_000.0)
        .count();
    assert_eq!((points.len() + unlocatable, far), (64_062, 176));
    let kept = 64_062 - unlocatable - far;

    let bench = Bench::new("America/Chicago");
    let ran = bench.import("incidents", &file, &[]);
    assert_eq!(ran.code, 0, "{ran:?}");
    assert!(ran.out.contains("read      64062 rows"), "{}", ran.out);
    assert!(
        ran.out.contains(&format!("kept      {kept} ({kept} new")),
        "{}",
        ran.out
    );
    assert!(
        ran.out.contains(&format!("{far}  outside_district")),
        "{}",
        ran.out
    );
    assert!(
        ran.out.contains(&format!("{unlocatable}  no_coordinates")),
        "{}",
        ran.out
    );
    assert!(ran.out.contains("no boundary is set"), "{}", ran.out);
    let listed = std::fs::read_to_string(bench.path("incidents_2010_h1.csv.refused.csv")).unwrap();
    assert_eq!(listed.lines().count(), 1 + far + unlocatable);

    let workspace = open_for_reading(&bench.workspace()).await.unwrap();
    let boundary = workspace.district().await.unwrap().boundary.unwrap();
    workspace.close().await;
    let found = incidents(&bench).await;
    assert_eq!(found.len(), kept);
    assert!(
        found
            .iter()
            .all(|incident| boundary.covers(incident.position))
    );

    // The same file again, now with a boundary: nothing is added, the same is refused.
    let again = bench.import("incidents", &file, &[]);
    assert_eq!(again.code, 0, "{again:?}");
    assert!(
        again
            .out
            .contains(&format!("(0 new, 0 changed, {kept} there already)")),
        "{}",
        again.out
    );
    assert!(
        again.out.contains(&format!("{far}  outside_district")),
        "{}",
        again.out
    );
    assert_eq!(incidents(&bench).await.len(), kept);

    // A count surface for a window as long as the past it learned from.
    let past = count_surface(&bench, "night@2010-07-01", "8");
    let at = |name: &str| {
        let text = past["provenance"]["look_back"][name].as_str();
        text.expect("a time")
            .parse::<jiff::Timestamp>()
            .expect("a time")
    };
    let as_long = at("end") + at("end").duration_since(at("start"));
    let surface = count_surface(&bench, &format!("{}/{as_long}", at("end")), "10");
    let cells = surface["features"].as_array().expect("cells");
    let sum: f64 = cells
        .iter()
        .map(|cell| cell["properties"]["expected"].as_f64().expect("a number"))
        .sum();
    assert!((sum - kept as f64).abs() < 1e-9, "{sum} of {kept}");
}

fn count_surface(bench: &Bench, window: &str, resolution: &str) -> serde_json::Value {
    let ran = bench.run(&[
        "risk",
        "w.gpkg",
        "--window",
        window,
        "--model",
        "count",
        "--resolution",
        resolution,
        "--out",
        "risk.geojson",
    ]);
    assert_eq!(ran.code, 0, "{ran:?}");
    let bytes = std::fs::read(bench.path("risk.geojson")).expect("the surface");
    serde_json::from_slice(&bytes).expect("GeoJSON")
}

#[tokio::test]
async fn portlands_calls_land_where_ogr2ogr_puts_them() {
    let Some(data) = real_data::folder("portlands_calls_land") else {
        return;
    };
    let bench = Bench::new("America/Los_Angeles");
    let file = data.join("portland/all_calls_2016_08.zip");
    let ran = bench.import("incidents", &file, &[]);
    assert_eq!(ran.code, 0, "{ran:?}");
    // The last record is empty: no date, no place.
    assert!(
        ran.out.contains("kept      19375 (19375 new"),
        "{}",
        ran.out
    );
    assert!(ran.out.contains("feature 19376"), "{}", ran.out);
    let source = format!("/vsizip/{}/NIJ2016_AUG01_AUG31.shp", file.display());
    let last = ["-where", "CATEGORY IS NOT NULL"];
    let Some(theirs) = ogr2ogr(&bench.path(""), &source, &last) else {
        println!("SKIPPED portlands_calls_land: no ogr2ogr");
        return;
    };
    assert_same_places(&incidents(&bench).await, &theirs);
    let again = bench.import("incidents", &file, &[]);
    assert!(again.out.contains("(0 new"), "{}", again.out);
}

#[tokio::test]
async fn portlands_csv_in_feet_needs_its_frame_and_lands_right() {
    let Some(data) = real_data::folder("portlands_csv_in_feet") else {
        return;
    };
    let bench = Bench::new("America/Los_Angeles");
    let file = data.join("portland/burglary_2012-03_2017-02.csv");
    let without = bench.import("incidents", &file, &[]);
    assert_eq!(without.code, 2, "{without:?}");
    assert!(without.err.contains("--crs EPSG:"), "{without:?}");
    let ran = bench.import(
        "incidents",
        &file,
        &["--crs", "EPSG:2913", "--category", "burglary"],
    );
    assert_eq!(ran.code, 0, "{ran:?}");
    let found = incidents(&bench).await;
    assert_eq!(found.len(), 5_096, "{}", ran.out);
    assert!(found.iter().all(|i| i.category == "criminal/burglary"));
    // Only the date is known: the whole local day, 23 to 25 hours.
    assert!(found.iter().all(|i| {
        let hours = (i.until.unwrap().as_second() - i.at.as_second()) / 3600;
        (23..=25).contains(&hours)
    }));
    let more = [
        "-s_srs",
        "EPSG:2913",
        "-oo",
        "X_POSSIBLE_NAMES=x_coordina",
        "-oo",
        "Y_POSSIBLE_NAMES=y_coordina",
    ];
    match ogr2ogr(&bench.path(""), &file.to_string_lossy(), &more) {
        Some(theirs) => assert_same_places(&found, &theirs),
        None => println!("SKIPPED comparison: no ogr2ogr"),
    }
}

#[tokio::test]
async fn portlands_districts_become_beats() {
    let Some(data) = real_data::folder("portlands_districts_become_beats") else {
        return;
    };
    let bench = Bench::new("America/Los_Angeles");
    let file = data.join("portland/police_districts.zip");
    let ran = bench.import("beats", &file, &[]);
    assert_eq!(ran.code, 0, "{ran:?}");
    let workspace = open_for_reading(&bench.workspace()).await.unwrap();
    let beats = workspace.beats().await.unwrap();
    workspace.close().await;
    let ogr = Command::new("ogrinfo")
        .args(["-so", "-al"])
        .arg(format!(
            "/vsizip/{}/Portland_Police_Districts.shp",
            file.display()
        ))
        .output();
    if let Ok(told) = ogr {
        let told = String::from_utf8_lossy(&told.stdout).into_owned();
        assert!(
            told.contains(&format!("Feature Count: {}\n", beats.len())),
            "{}",
            ran.out
        );
    }
    assert!(beats.len() > 55, "{}", ran.out);
    // Shape_STAr is the area in square feet, of the grid: within a promille.
    let first = beats
        .iter()
        .find(|b| b.name == "510")
        .expect("district 510");
    let grid_km2 = 278_827_351.895 * 0.3048 * 0.3048 / 1e6;
    assert!((first.area.km2() / grid_km2 - 1.0).abs() < 1e-3);
}

#[tokio::test]
async fn a_gbk_file_in_gcj02_lands_on_its_truth() {
    let mut text = "报警时间,经度,纬度,警情类别,报警人,联系电话\r\n".to_owned();
    let mut truth = Vec::new();
    for at in 0..200 {
        let wgs = [
            123.40 + 0.0007 * f64::from(at),
            41.78 + 0.0005 * f64::from(at % 37),
        ];
        let [lon, lat] = gcj02_from_wgs84(wgs);
        let minute = at % 60;
        text.push_str(&format!(
            "2024年3月{}日8时{minute}分,{lon:.8},{lat:.8},盗窃,某某,1391234{at:04}\r\n",
            at % 28 + 1
        ));
        truth.push(wgs);
    }
    let (bytes, _, _) = GBK.encode(&text);
    let bench = Bench::new("Asia/Shanghai");
    bench.put("警情.csv", &bytes);
    let ran = bench.import("incidents", &bench.path("警情.csv"), &["--crs", "gcj02"]);
    assert_eq!(ran.code, 0, "{ran:?}");
    for word in [
        "GB18030",
        "GCJ-02 (declared)",
        "at = 报警时间",
        "'报警人'",
        "'联系电话'",
        "kept      200",
    ] {
        assert!(ran.out.contains(word), "{word}: {}", ran.out);
    }
    for incident in incidents(&bench).await {
        let here: [f64; 2] = incident.position.into();
        let off = truth
            .iter()
            .map(|&there| metres(here, there))
            .fold(f64::MAX, f64::min);
        assert!(off < 0.1, "{here:?} is {off} m off");
        assert_eq!(incident.category, "criminal/theft");
    }
}

#[tokio::test]
async fn a_foreign_geopackage_is_read_by_layer() {
    let bench = Bench::new("Asia/Shanghai");
    bench.put(
        "posts.geojson",
        r#"{"type":"FeatureCollection","features":[
          {"type":"Feature","properties":{"name":"北站岗"},"geometry":{"type":"Point","coordinates":[123.43,41.81]}},
          {"type":"Feature","properties":{"name":"中街岗"},"geometry":{"type":"Point","coordinates":[123.46,41.80]}}]}"#
            .as_bytes(),
    );
    let made = Command::new("ogr2ogr")
        .args(["-t_srs", "EPSG:32651", "-nln", "posts"])
        .arg(bench.path("foreign.gpkg"))
        .arg(bench.path("posts.geojson"))
        .output();
    if made.is_err() {
        println!("SKIPPED a_foreign_geopackage_is_read_by_layer: no ogr2ogr");
        return;
    }
    let ran = bench.import("posts", &bench.path("foreign.gpkg"), &[]);
    assert_eq!(ran.code, 0, "{ran:?}");
    assert!(ran.out.contains("kept      2 (2 new"), "{}", ran.out);
    let workspace = open_for_reading(&bench.workspace()).await.unwrap();
    let posts = workspace.posts().await.unwrap();
    workspace.close().await;
    let post = posts.iter().find(|p| p.name == "北站岗").unwrap();
    assert!(metres(post.position.into(), [123.43, 41.81]) < 0.01);
    let none = bench.import("posts", &bench.path("foreign.gpkg"), &["--layer", "beats"]);
    assert_eq!(none.code, 2, "{none:?}");
}
