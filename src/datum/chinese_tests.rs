//! Against vectors of five public implementations, and the round trip everywhere.

use std::path::PathBuf;

use proptest::prelude::*;

use crate::datum::chinese::{bd09_from_gcj02, gcj02_from_bd09, gcj02_from_wgs84, wgs84_from_gcj02};

/// One nanodegree (0.1 mm), and half a unit of the vectors' last digit.
const TOLERANCE_DEG: f64 = 1e-9;

fn vectors() -> Option<String> {
    let folder = std::env::var_os("FRONTBEAT_DATA").map_or_else(
        || PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../shared/data"),
        PathBuf::from,
    );
    std::fs::read_to_string(folder.join("gcj02/vectors.csv")).ok()
}

fn near(a: [f64; 2], b: [f64; 2]) -> bool {
    (a[0] - b[0]).abs() <= TOLERANCE_DEG && (a[1] - b[1]).abs() <= TOLERANCE_DEG
}

#[test]
fn agrees_with_the_public_implementations() {
    let Some(text) = vectors() else {
        println!("SKIPPED agrees_with_the_public_implementations: no FRONTBEAT_DATA");
        return;
    };
    let mut lines = text.lines();
    let header: Vec<&str> = lines.next().unwrap().split(',').collect();
    let mut checked = 0;
    for line in lines {
        let cells: Vec<&str> = line.split(',').collect();
        let pair = |lon: &str, lat: &str| -> [f64; 2] {
            [lon, lat].map(|name| {
                let column = header.iter().position(|&h| h == name).unwrap();
                cells[column].parse().unwrap()
            })
        };
        let wgs = pair("wgs_lon", "wgs_lat");
        let gcj = gcj02_from_wgs84(wgs);
        // Outside China and at its edge the peers' boxes differ: one of them must agree.
        let agreeing = ["gcoord", "coordtransform"]
            .iter()
            .filter(|peer| {
                let theirs = pair(&format!("gcj_lon_{peer}"), &format!("gcj_lat_{peer}"));
                let bd = pair(&format!("bd09_lon_{peer}"), &format!("bd09_lat_{peer}"));
                near(gcj, theirs) && near(bd09_from_gcj02(gcj), bd)
            })
            .count();
        let wanted = if cells[1] == "outside_or_edge" { 1 } else { 2 };
        assert!(
            agreeing >= wanted,
            "{line}\n{gcj:?}: {agreeing} peers agree"
        );
        if cells[1] != "outside_or_edge" {
            assert!(near(wgs84_from_gcj02(gcj), wgs), "inverse: {line}");
            let back = wgs84_from_gcj02(gcj02_from_bd09(bd09_from_gcj02(gcj)));
            assert!(near(back, wgs), "inverse of BD-09: {line}");
        }
        checked += 1;
    }
    assert_eq!(checked, 237);
}

#[test]
fn the_shift_at_dadong_is_some_550_metres() {
    let wgs = [123.4699, 41.805];
    let gcj = gcj02_from_wgs84(wgs);
    let east_m = (gcj[0] - wgs[0]) * 111_320.0 * wgs[1].to_radians().cos();
    let north_m = (gcj[1] - wgs[1]) * 111_320.0;
    assert!((532.0..=575.0).contains(&east_m.hypot(north_m)));
}

proptest! {
    #[test]
    fn inverse_undoes_forward(lon in 73.0..137.0f64, lat in 1.5..55.0f64) {
        let wgs = [lon, lat];
        prop_assert!(near(wgs84_from_gcj02(gcj02_from_wgs84(wgs)), wgs));
        prop_assert!(near(gcj02_from_bd09(bd09_from_gcj02(wgs)), wgs));
    }
}
