//! Against PROJ's own `cs2cs`, and the `.prj` of several programs.

use std::io::Write;
use std::process::{Command, Stdio};

use crate::datum::projection::{Projection, ProjectionError, outer_epsg_code};
use crate::place::position::Position;

const PORTLAND_ESRI: &str = r#"PROJCS["NAD_1983_HARN_StatePlane_Oregon_North_FIPS_3601_Feet_Intl",GEOGCS["GCS_North_American_1983_HARN",DATUM["D_North_American_1983_HARN",SPHEROID["GRS_1980",6378137.0,298.257222101]],PRIMEM["Greenwich",0.0],UNIT["Degree",0.0174532925199433]],PROJECTION["Lambert_Conformal_Conic"],PARAMETER["False_Easting",8202099.737532808],PARAMETER["False_Northing",0.0],PARAMETER["Central_Meridian",-120.5],PARAMETER["Standard_Parallel_1",44.33333333333334],PARAMETER["Standard_Parallel_2",46.0],PARAMETER["Latitude_Of_Origin",43.66666666666666],UNIT["Foot",0.3048]]"#;

/// Corners of Portland and points between, in EPSG:2913 feet.
fn portland_points() -> Vec<[f64; 2]> {
    let mut points = Vec::new();
    for i in 0..12 {
        for j in 0..12 {
            points.push([
                7_608_000.0 + 10_321.5 * f64::from(i),
                632_100.0 + 9_087.7 * f64::from(j),
            ]);
        }
    }
    points
}

/// `cs2cs` to WGS 84 as `[lon, lat]`; none where it is not installed.
fn cs2cs(epsg: u32, points: &[[f64; 2]]) -> Option<Vec<[f64; 2]>> {
    let mut child = Command::new("cs2cs")
        .args(["-d", "11", &format!("EPSG:{epsg}"), "EPSG:4326"])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .ok()?;
    let mut text = String::new();
    for [x, y] in points {
        text.push_str(&format!("{x:.6} {y:.6}\n"));
    }
    child.stdin.take()?.write_all(text.as_bytes()).ok()?;
    let output = child.wait_with_output().ok()?;
    let found = String::from_utf8(output.stdout).ok()?;
    let rows = found.lines().map(|line| {
        let numbers: Vec<f64> = line
            .split_whitespace()
            .map(|n| n.parse().unwrap())
            .collect();
        [numbers[1], numbers[0]]
    });
    Some(rows.collect())
}

fn assert_within_a_centimetre(ours: &Projection, epsg: u32, points: &[[f64; 2]]) {
    let Some(theirs) = cs2cs(epsg, points) else {
        println!("SKIPPED comparison with cs2cs: not installed");
        return;
    };
    assert_eq!(theirs.len(), points.len());
    for (point, [lon, lat]) in points.iter().zip(theirs) {
        let here = ours.to_wgs84(*point).unwrap();
        let east_m = (here.lon() - lon) * 111_320.0 * lat.to_radians().cos();
        let north_m = (here.lat() - lat) * 111_320.0;
        let off_m = east_m.hypot(north_m);
        assert!(off_m < 0.01, "{point:?} of EPSG:{epsg}: {off_m} m off");
    }
}

#[test]
fn agrees_with_cs2cs_on_portland() {
    let by_code = Projection::from_epsg(2913).unwrap();
    assert_within_a_centimetre(&by_code, 2913, &portland_points());
    let by_parameters = Projection::from_wkt(PORTLAND_ESRI).unwrap();
    assert_within_a_centimetre(&by_parameters, 2913, &portland_points());
}

#[test]
fn agrees_with_cs2cs_on_utm_and_web_mercator() {
    let utm = Projection::from_epsg(32651).unwrap();
    assert_within_a_centimetre(
        &utm,
        32651,
        &[[539_000.0, 4_628_000.0], [545_500.5, 4_640_000.0]],
    );
    let mercator = Projection::from_epsg(3857).unwrap();
    assert_within_a_centimetre(&mercator, 3857, &[[13_743_000.0, 5_130_000.0]]);
}

#[test]
fn the_code_of_the_whole_is_not_that_of_a_part() {
    let part = r#"PROJCS["x",GEOGCS["y",AUTHORITY["EPSG","4326"]],PROJECTION["Mercator_1SP"]]"#;
    assert_eq!(outer_epsg_code(part), None);
    let whole = r#"PROJCS["x",GEOGCS["y",AUTHORITY["EPSG","4326"]],AUTHORITY["EPSG","3857"]]"#;
    assert_eq!(outer_epsg_code(whole), Some(3857));
}

#[test]
fn says_what_it_does_not_know() {
    assert_eq!(
        Projection::from_epsg(999_999).unwrap_err(),
        ProjectionError::UnknownCode(999_999)
    );
    assert!(Projection::from_wkt("LOCAL_CS[\"site grid\"]").is_err());
    assert!(Projection::from_wkt("").is_err());
}

#[test]
fn there_and_back_is_the_same_place() {
    for code in [3857, 32651, 4528, 2913] {
        let frame = Projection::from_epsg(code).unwrap();
        for [lon, lat] in [[123.4, 41.8], [122.0, 40.0], [-122.6, 45.5]] {
            if code != 3857 && (code == 2913) != (lon < 0.0) {
                continue;
            }
            let position = Position::new(lon, lat).unwrap();
            let there = frame.from_wgs84(position).unwrap();
            let back = frame.to_wgs84(there).unwrap();
            assert!(
                position.metres_to(back).0 < 0.01,
                "{code} {there:?} {back:?}"
            );
        }
    }
}
