//! Ranks, classes and roll-ups: shares of area, ties, cells without risk.

use std::collections::BTreeMap;

use proptest::prelude::*;

use crate::calendar::week::HourSet;
use crate::calendar::window::Window;
use crate::grid::hexgrid::{GridError, HexGrid};
use crate::place::area::Area;
use crate::risk::classes::{CLASS_SHARES, Classes};
use crate::risk::rollup::rollup;
use crate::risk::score::TIE_RATIO;
use crate::risk::surface::{Provenance, RiskSurface};

fn surface(value: impl Fn(usize) -> f64) -> RiskSurface {
    let ring = vec![
        [123.4, 41.75],
        [123.45, 41.75],
        [123.45, 41.8],
        [123.4, 41.8],
        [123.4, 41.75],
    ];
    let grid = HexGrid::cover(&Area::from_rings(&[vec![ring]]).unwrap(), 10, &[]).unwrap();
    let at = |s: &str| s.parse().unwrap();
    let window = Window::new(at("2026-01-01T00:00Z"), at("2026-02-01T00:00Z")).unwrap();
    RiskSurface {
        expected: (0..grid.len()).map(value).collect(),
        provenance: Provenance {
            model: "count".into(),
            parameters: BTreeMap::new(),
            look_back: window,
            window,
            hours: HourSet::full(),
            categories: vec![],
            resolution: 10,
            events: 1,
            inputs_sha256: String::new(),
            version: String::new(),
        },
        grid,
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(30))]

    #[test]
    fn classes_are_shares_of_the_area(values in prop::collection::vec(0u8..6, 50), zeros in 1usize..40) {
        let surface = surface(|i| if i % zeros == 0 { f64::from(values[i % 50]) } else { 0.0 });
        let classes = Classes::of(&surface);
        let area = surface.grid.area_km2();
        let (total, largest) = (area.iter().sum::<f64>(), area.iter().fold(0.0f64, |m, &a| m.max(a)));

        let mut ranks = classes.rank.clone();
        ranks.sort_unstable();
        prop_assert!(ranks.iter().zip(1..).all(|(&r, k)| r == k));
        for pair in classes.order.windows(2) {
            let (a, b) = (surface.per_km2(pair[0]), surface.per_km2(pair[1]));
            prop_assert!(a * TIE_RATIO >= b, "{a} before {b}");
            let (ca, cb) = (classes.class[pair[0]], classes.class[pair[1]]);
            prop_assert!(ca >= cb);
        }
        for i in 0..area.len() {
            prop_assert!(classes.class[i] == 0 || surface.expected[i] > 0.0);
        }
        for (k, share) in CLASS_SHARES.iter().enumerate() {
            let least = 5 - k as u8;
            let flagged: f64 = (0..area.len()).filter(|&i| classes.class[i] >= least).map(|i| area[i]).sum();
            let risky: f64 = (0..area.len()).filter(|&i| surface.expected[i] > 0.0).map(|i| area[i]).sum();
            prop_assert!(flagged <= share * total + largest);
            prop_assert!(flagged >= (share * total).min(risky) - 1e-12);
            prop_assert_eq!(classes.summary[k].cells, classes.class.iter().filter(|&&c| c == least).count());
        }
    }
}

/// One incident in every cell: whichever cells are coloured, they lie all over the place.
#[test]
fn ties_paint_no_corner() {
    let surface = surface(|_| 1.0);
    let classes = Classes::of(&surface);
    let middle = |cells: &[usize]| {
        let lat = |&i: &usize| surface.grid.centre(i).lat();
        cells.iter().map(lat).sum::<f64>() / cells.len() as f64
    };
    let all: Vec<usize> = (0..surface.grid.len()).collect();
    let coloured: Vec<usize> = all
        .iter()
        .copied()
        .filter(|&i| classes.class[i] > 0)
        .collect();
    let lats: Vec<f64> = all.iter().map(|&i| surface.grid.centre(i).lat()).collect();
    let height =
        lats.iter().fold(f64::MIN, |m, &v| m.max(v)) - lats.iter().fold(f64::MAX, |m, &v| m.min(v));
    let off = (middle(&coloured) - middle(&all)).abs() / height;
    // The mean of n places at chance is off by 0.29/√n of the height.
    assert!(off < 3.0 * 0.29 / (coloured.len() as f64).sqrt(), "{off}");
    assert_eq!(classes, Classes::of(&surface), "the same each time");
}

#[test]
fn no_risk_no_class() {
    let classes = Classes::of(&surface(|_| 0.0));
    assert!(classes.class.iter().all(|&c| c == 0));
    assert!(
        classes
            .summary
            .iter()
            .all(|s| s.cells == 0 && s.min_per_km2 == 0.0)
    );
}

#[test]
fn a_rollup_keeps_the_total() {
    let fine = surface(|i| (i % 7) as f64);
    let coarse = rollup(&fine, 8).unwrap();
    assert_eq!(coarse.total(), fine.total());
    assert_eq!(coarse.provenance.resolution, 8);
    assert!(coarse.grid.len() * 20 < fine.grid.len());
    assert_eq!(rollup(&fine, 10), Err(GridError::Resolution(10)));
    assert_eq!(rollup(&fine, 3), Err(GridError::Resolution(3)));
}
