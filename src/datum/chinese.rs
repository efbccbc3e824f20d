//! GCJ-02 火星坐标 and BD-09 百度坐标: the shifted frames of Chinese web maps.
//!
//! The forward formulas are those of all public implementations (they agree to 1e-9°).
//! The published inverse formulas are approximations (metres off), so the inverse here
//! solves the forward by fixed-point iteration until it stands still.
//!
//! Outside a rough box around China GCJ-02 is WGS 84, as in the reference
//! implementations. Near the edge of the box, where the forward jumps, the inverse
//! takes a point as unshifted if shifting it back leaves the box.

use std::f64::consts::PI;

/// Semi-major axis of Krassovsky 1940, metres.
const AXIS_M: f64 = 6_378_245.0;
/// Its squared eccentricity, as the formula's authors rounded it.
const ECCENTRICITY_SQUARED: f64 = 0.006_693_421_622_965_943;
/// The turning constant of BD-09.
const BAIDU_TURN: f64 = PI * 3000.0 / 180.0;
/// Steps of the inverse; each shrinks the error some hundredfold, so this is ample.
const STEPS: usize = 40;
/// Where the inverse stops, degrees (0.1 mm would be 1e-9).
const STILL_DEG: f64 = 1e-13;

/// WGS 84 to GCJ-02, `[lon, lat]` in degrees.
pub fn gcj02_from_wgs84([lon, lat]: [f64; 2]) -> [f64; 2] {
    if !in_box([lon, lat]) {
        return [lon, lat];
    }
    let (x, y) = (lon - 105.0, lat - 35.0);
    let phi = lat.to_radians();
    let magic = 1.0 - ECCENTRICITY_SQUARED * phi.sin() * phi.sin();
    let north_m = AXIS_M * (1.0 - ECCENTRICITY_SQUARED) / (magic * magic.sqrt());
    let east_m = AXIS_M / magic.sqrt() * phi.cos();
    [
        lon + east_wobble(x, y) * 180.0 / (east_m * PI),
        lat + north_wobble(x, y) * 180.0 / (north_m * PI),
    ]
}

/// GCJ-02 to WGS 84, `[lon, lat]` in degrees, within 1e-9° of the exact inverse.
pub fn wgs84_from_gcj02(shifted: [f64; 2]) -> [f64; 2] {
    if !in_box(shifted) {
        return shifted;
    }
    let found = solve(shifted, gcj02_from_wgs84);
    if in_box(found) { found } else { shifted }
}

/// GCJ-02 to BD-09, `[lon, lat]` in degrees.
pub fn bd09_from_gcj02([lon, lat]: [f64; 2]) -> [f64; 2] {
    let radius = lon.hypot(lat) + 0.00002 * (lat * BAIDU_TURN).sin();
    let angle = lat.atan2(lon) + 0.000003 * (lon * BAIDU_TURN).cos();
    [radius * angle.cos() + 0.0065, radius * angle.sin() + 0.006]
}

/// BD-09 to GCJ-02, `[lon, lat]` in degrees, within 1e-9° of the exact inverse.
pub fn gcj02_from_bd09(shifted: [f64; 2]) -> [f64; 2] {
    solve(shifted, bd09_from_gcj02)
}

/// The point that `forward` takes to `target`.
fn solve(target: [f64; 2], forward: impl Fn([f64; 2]) -> [f64; 2]) -> [f64; 2] {
    let mut guess = target;
    for _ in 0..STEPS {
        let there = forward(guess);
        let miss = [target[0] - there[0], target[1] - there[1]];
        guess = [guess[0] + miss[0], guess[1] + miss[1]];
        if miss[0].abs() < STILL_DEG && miss[1].abs() < STILL_DEG {
            break;
        }
    }
    guess
}

fn in_box([lon, lat]: [f64; 2]) -> bool {
    (72.004..=137.8347).contains(&lon) && (0.8293..=55.8271).contains(&lat)
}

fn north_wobble(x: f64, y: f64) -> f64 {
    let mut metres = -100.0 + 2.0 * x + 3.0 * y + 0.2 * y * y + 0.1 * x * y;
    metres += 0.2 * x.abs().sqrt();
    metres += (20.0 * (6.0 * x * PI).sin() + 20.0 * (2.0 * x * PI).sin()) * 2.0 / 3.0;
    metres += (20.0 * (y * PI).sin() + 40.0 * (y / 3.0 * PI).sin()) * 2.0 / 3.0;
    metres + (160.0 * (y / 12.0 * PI).sin() + 320.0 * (y * PI / 30.0).sin()) * 2.0 / 3.0
}

fn east_wobble(x: f64, y: f64) -> f64 {
    let mut metres = 300.0 + x + 2.0 * y + 0.1 * x * x + 0.1 * x * y;
    metres += 0.1 * x.abs().sqrt();
    metres += (20.0 * (6.0 * x * PI).sin() + 20.0 * (2.0 * x * PI).sin()) * 2.0 / 3.0;
    metres += (20.0 * (x * PI).sin() + 40.0 * (x / 3.0 * PI).sin()) * 2.0 / 3.0;
    metres + (150.0 * (x / 12.0 * PI).sin() + 300.0 * (x / 30.0 * PI).sin()) * 2.0 / 3.0
}

#[cfg(test)]
#[path = "chinese_tests.rs"]
mod tests;
