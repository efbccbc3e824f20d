//! Now against the usual: where the next hour is expected to be so many times as busy as
//! this hour usually is.
//!
//! Where next to nothing ever happens, one incident makes it many times the usual, and
//! still next to nothing. So both are taken with the mean cell's usual added: a cell has
//! to be busier than usual by as much as the district knows to be told.

use crate::risk::classes::{ClassSummary, Classes};
use crate::risk::surface::RiskSurface;

/// Times the usual from which the classes begin, hottest (5) first.
pub const TIMES: [f64; 5] = [5.0, 3.0, 2.0, 1.5, 1.25];

/// Times the usual, by cell, both with the mean cell's usual added; 1 where nothing is.
pub fn times_usual(now: &RiskSurface, usual: &RiskSurface) -> Vec<f64> {
    let cells = usual.expected.len().max(1) as f64;
    let mean = usual.total() / cells;
    now.expected
        .iter()
        .zip(&usual.expected)
        .map(|(now, usual)| match usual + mean {
            base if base > 0.0 => (now + mean) / base,
            _ if *now > 0.0 => TIMES[0],
            _ => 1.0,
        })
        .collect()
}

/// Classes by times the usual; ranks and order by the same. `min_per_km2` of a class is the
/// density of its coolest cell now.
pub fn classes_against(now: &RiskSurface, usual: &RiskSurface) -> Classes {
    let times = times_usual(now, usual);
    let mut order: Vec<usize> = (0..times.len()).collect();
    order.sort_by(|&a, &b| times[b].total_cmp(&times[a]).then(a.cmp(&b)));
    let mut rank = vec![0; times.len()];
    for (&i, place) in order.iter().zip(1..) {
        rank[i] = place;
    }
    let class: Vec<u8> = times.iter().map(|&times| class_of(times)).collect();
    Classes {
        summary: summary(now, &class),
        class,
        rank,
        order,
    }
}

/// 5 to 1, or 0 where it is less than a quarter more.
fn class_of(times: f64) -> u8 {
    TIMES
        .iter()
        .position(|&from| times >= from)
        .map_or(0, |k| 5 - k as u8)
}

fn summary(now: &RiskSurface, class: &[u8]) -> Vec<ClassSummary> {
    (1..=5u8)
        .rev()
        .map(|wanted| {
            let of: Vec<usize> = (0..class.len()).filter(|&i| class[i] == wanted).collect();
            let coolest = of.iter().map(|&i| now.per_km2(i)).reduce(f64::min);
            ClassSummary {
                class: wanted,
                share_from: 0.0,
                share_to: 0.0,
                min_per_km2: coolest.unwrap_or(0.0),
                cells: of.len(),
                expected: of.iter().map(|&i| now.expected[i]).sum(),
            }
        })
        .collect()
}
