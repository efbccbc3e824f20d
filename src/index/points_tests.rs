//! The index against brute force: every distance, sorted.

use proptest::prelude::*;

use crate::index::points::PointIndex;
use crate::place::area::Area;
use crate::place::measure::Metres;
use crate::place::position::Position;

fn brute(points: &[Position], from: Position, k: usize) -> Vec<(usize, Metres)> {
    let mut all: Vec<(usize, Metres)> = points
        .iter()
        .enumerate()
        .map(|(i, p)| (i, from.metres_to(*p)))
        .collect();
    all.sort_by(|a, b| a.1.0.total_cmp(&b.1.0).then(a.0.cmp(&b.0)));
    all.truncate(k);
    all
}

/// Anywhere, often at a pole, on the antimeridian, or on a coarse lattice (so that many
/// are at one place or equally far).
fn position() -> impl Strategy<Value = Position> {
    let lattice = (-6i32..=6, -6i32..=6);
    prop_oneof![
        (-180.0..=180.0f64, -90.0..=90.0f64),
        (
            prop_oneof![Just(180.0), Just(-180.0), 179.9..180.0f64],
            -90.0..=90.0f64
        ),
        (
            -180.0..=180.0f64,
            prop_oneof![Just(90.0), Just(-90.0), 89.99..90.0f64]
        ),
        lattice.prop_map(|(x, y)| (f64::from(x) * 30.0, f64::from(y) * 15.0)),
        (-3i32..3, -3i32..3)
            .prop_map(|(x, y)| (123.4 + f64::from(x) * 1e-3, 41.8 + f64::from(y) * 1e-3)),
    ]
    .prop_map(|(lon, lat)| Position::wrapped(lon, lat))
}

proptest! {
    #[test]
    fn nearest_as_by_brute_force(
        points in prop::collection::vec(position(), 0..120),
        from in position(), k in 0usize..12,
    ) {
        let index = PointIndex::new(points.clone());
        let (found, expected) = (index.nearest(from, k), brute(&points, from, k));
        let places = |list: &[(usize, Metres)]| list.iter().map(|&(i, m)| (i, m.0.to_bits())).collect::<Vec<_>>();
        prop_assert_eq!(places(&found), places(&expected));
    }

    #[test]
    fn within_as_by_brute_force(
        points in prop::collection::vec(position(), 0..120),
        (west, south) in (-180i32..180, -90i32..90), (width, height) in (1i32..200, 1i32..100),
    ) {
        let (w, s) = (f64::from(west), f64::from(south));
        let (e, n) = ((w + f64::from(width)).min(180.0), (s + f64::from(height)).min(90.0));
        let Ok(area) = Area::from_rings(&[vec![vec![[w, s], [e, s], [e, n], [w, s]]]]) else { return Ok(()) };
        let expected: Vec<usize> = (0..points.len()).filter(|&i| area.covers(points[i])).collect();
        prop_assert_eq!(PointIndex::new(points).within(&area), expected);
    }
}

#[test]
fn across_the_antimeridian_and_the_pole() {
    let at = |lon, lat| Position::new(lon, lat).unwrap();
    let index = PointIndex::new(vec![
        at(-179.999, 0.0),
        at(179.0, 0.0),
        at(0.0, 89.99),
        at(180.0, 89.9),
    ]);
    assert_eq!(index.nearest(at(179.999, 0.0), 1)[0].0, 0);
    assert_eq!(
        index
            .nearest(at(90.0, 90.0), 2)
            .iter()
            .map(|n| n.0)
            .collect::<Vec<_>>(),
        [2, 3]
    );
    assert!(index.nearest(at(0.0, 0.0), 0).is_empty());
    assert_eq!(index.nearest(at(0.0, 0.0), 9).len(), 4);
}
