//! The index against brute force: `Area::covers`, one area after the other.

use proptest::prelude::*;

use crate::index::areas::AreaIndex;
use crate::index::strips::StripedArea;
use crate::place::area::{Area, RawPolygon};
use crate::place::position::Position;

fn brute(areas: &[Area], position: Position) -> Option<usize> {
    areas.iter().position(|area| area.covers(position))
}

/// Points that matter: corners, middles of edges, points on the same latitude or
/// longitude as a corner, and a grid of others.
fn telling_points(areas: &[Area], others: &[(f64, f64)]) -> Vec<Position> {
    let mut points = Vec::new();
    let corners: Vec<[f64; 2]> = areas
        .iter()
        .flat_map(|a| a.shape().iter())
        .flat_map(|p| std::iter::once(p.exterior()).chain(p.interiors()))
        .flat_map(|ring| ring.coords().map(|c| [c.x, c.y]))
        .collect();
    for (i, &[x, y]) in corners.iter().enumerate() {
        points.push((x, y));
        let [nx, ny] = corners[(i + 1) % corners.len()];
        points.push(((x + nx) / 2.0, (y + ny) / 2.0));
        points.extend(
            others
                .iter()
                .take(3)
                .flat_map(|&(ox, oy)| [(ox, y), (x, oy)]),
        );
    }
    points.extend(others);
    points
        .into_iter()
        .map(|(x, y)| Position::wrapped(x, y))
        .collect()
}

/// A jagged patchwork: a lattice whose inner nodes are moved, so that neighbours share
/// borders exactly; some cells are doubled, some have a hole.
fn patchwork(west: f64, south: f64, size: f64, n: usize, jitter: &[f64]) -> Vec<Area> {
    let step = size / n as f64;
    let node = |i: usize, j: usize| {
        let moved = |k: usize, inner: bool| {
            if inner {
                (jitter[k % jitter.len()] - 0.5) * 0.6 * step
            } else {
                0.0
            }
        };
        let inner = i > 0 && j > 0 && i < n && j < n;
        let k = 2 * (i * (n + 1) + j);
        [
            (west + i as f64 * step + moved(k, inner)).clamp(-180.0, 180.0),
            (south + j as f64 * step + moved(k + 1, inner)).clamp(-90.0, 90.0),
        ]
    };
    let mut areas = Vec::new();
    for i in 0..n {
        for j in 0..n {
            let outer = vec![
                node(i, j),
                node(i + 1, j),
                node(i + 1, j + 1),
                node(i, j + 1),
                node(i, j),
            ];
            let mut rings = vec![outer];
            if (i + j) % 3 == 0 {
                let c = [0, 1].map(|k| (0..4).map(|m| rings[0][m][k]).sum::<f64>() / 4.0);
                let h = step * 0.05;
                rings.push(vec![
                    [c[0] - h, c[1] - h],
                    [c[0], c[1] + h],
                    [c[0] + h, c[1] - h],
                    [c[0] - h, c[1] - h],
                ]);
            }
            areas.extend(Area::from_rings(&[rings]));
        }
    }
    areas
}

fn star(lon: f64, lat: f64, radii: &[f64]) -> Option<Area> {
    let n = radii.len();
    let mut ring: Vec<[f64; 2]> = (0..n)
        .map(|i| {
            let angle = i as f64 / n as f64 * std::f64::consts::TAU;
            let x = lon + radii[i] * angle.cos();
            let y = lat + radii[i] * angle.sin();
            [x.clamp(-180.0, 180.0), y.clamp(-90.0, 90.0)]
        })
        .collect();
    ring.push(ring[0]);
    Area::from_rings(&[vec![ring]]).ok()
}

proptest! {
    #[test]
    fn shared_borders_go_to_the_first(
        corner in prop_oneof![
            Just((-180.0, -90.0)), Just((-180.0, 80.0)), Just((170.0, -90.0)), Just((170.0, 80.0)),
            (-170.0..160.0f64, -80.0..70.0f64),
        ],
        n in 1usize..5, jitter in prop::collection::vec(0.0..1.0f64, 20..80),
        others in prop::collection::vec((-1.0..11.0f64, -1.0..11.0f64), 60),
    ) {
        let areas = patchwork(corner.0, corner.1, 10.0, n, &jitter);
        prop_assume!(!areas.is_empty());
        let others: Vec<_> = others.iter().map(|&(x, y)| (corner.0 + x, corner.1 + y)).collect();
        let index = AreaIndex::new(areas.clone());
        prop_assert_eq!(index.len(), areas.len());
        for point in telling_points(&areas, &others) {
            prop_assert_eq!(index.at(point), brute(&areas, point), "{:?}", point);
        }
    }

    #[test]
    fn overlapping_stars(
        stars in prop::collection::vec(
            (-180.0..180.0f64, -90.0..90.0f64, prop::collection::vec(0.5..40.0f64, 3..60)), 1..8),
        others in prop::collection::vec((-180.0..180.0f64, -90.0..90.0f64), 40),
    ) {
        let areas: Vec<Area> = stars.iter().filter_map(|(x, y, r)| star(*x, *y, r)).collect();
        let index = AreaIndex::new(areas.clone());
        for point in telling_points(&areas, &others) {
            prop_assert_eq!(index.at(point), brute(&areas, point), "{:?}", point);
        }
        for area in &areas {
            let prepared = StripedArea::new(area);
            for point in telling_points(std::slice::from_ref(area), &others) {
                prop_assert_eq!(prepared.covers(point), area.covers(point), "{:?}", point);
            }
        }
    }
}

#[test]
fn no_area_no_answer() {
    let index = AreaIndex::new(Vec::new());
    assert!(index.is_empty());
    assert_eq!(index.at(Position::wrapped(0.0, 0.0)), None);
}

#[test]
fn parts_and_touching_holes() {
    let square = |x: f64, y: f64, s: f64| -> Vec<[f64; 2]> {
        vec![[x, y], [x + s, y], [x + s, y + s], [x, y + s], [x, y]]
    };
    let parts: Vec<RawPolygon> = vec![
        vec![
            square(0.0, 0.0, 4.0),
            square(1.0, 1.0, 1.0),
            square(2.0, 2.0, 1.0),
        ],
        vec![square(1.0, 1.0, 1.0)],
        vec![square(4.0, 4.0, 2.0)],
    ];
    // Where a hole is filled by a second part, or parts touch, the checker may refuse.
    for keep in [vec![0], vec![0, 2], vec![0, 1], vec![0, 1, 2]] {
        let chosen: Vec<RawPolygon> = keep.iter().map(|&i| parts[i].clone()).collect();
        let Ok(area) = Area::from_rings(&chosen) else {
            continue;
        };
        let index = AreaIndex::new(vec![area.clone()]);
        for i in 0..=28 {
            for j in 0..=28 {
                let point = Position::wrapped(f64::from(i) * 0.25 - 0.5, f64::from(j) * 0.25 - 0.5);
                assert_eq!(index.at(point).is_some(), area.covers(point), "{point:?}");
            }
        }
    }
}
