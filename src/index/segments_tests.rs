//! The tree against a walk over all segments, and against metres known otherwise.

use proptest::prelude::*;

use crate::index::segments::SegmentIndex;
use crate::place::measure::Metres;
use crate::place::position::Position;

const FAR: Metres = Metres(1e9);

fn at(lon: f64, lat: f64) -> Position {
    Position::wrapped(lon, lat)
}

#[test]
fn the_foot_of_a_point_beside_a_street() {
    let index = SegmentIndex::new([
        (at(10.0, 50.0), at(10.01, 50.0)),
        (at(10.0, 50.1), at(10.01, 50.1)),
    ]);
    let hit = index.nearest(at(10.0025, 50.001), FAR).unwrap();
    assert_eq!(hit.segment, 0);
    assert!((hit.along - 0.25).abs() < 1e-4);
    // A thousandth of a degree of latitude.
    assert!(
        (hit.distance.0 - 111.195).abs() < 0.01,
        "{:?}",
        hit.distance
    );
    assert!(index.nearest(at(10.0025, 50.001), Metres(111.0)).is_none());
    assert!(index.nearest(at(10.0025, 50.001), Metres(112.0)).is_some());
}

#[test]
fn a_street_across_the_antimeridian_is_near_from_both_sides() {
    let index = SegmentIndex::new([(at(179.999, 0.0), at(-179.999, 0.0))]);
    for lon in [179.9995, -179.9995, 180.0] {
        let hit = index.nearest(at(lon, 0.001), Metres(200.0)).unwrap();
        assert!((hit.distance.0 - 111.195).abs() < 0.01);
    }
}

#[test]
fn nothing_is_near_nothing() {
    assert!(SegmentIndex::new([]).nearest(at(0.0, 0.0), FAR).is_none());
}

#[test]
fn of_two_alike_the_first() {
    let street = (at(10.0, 50.0), at(10.01, 50.0));
    let index = SegmentIndex::new([street; 9]);
    assert_eq!(index.nearest(at(10.005, 50.003), FAR).unwrap().segment, 0);
}

fn segment() -> impl Strategy<Value = (Position, Position)> {
    (-180.0..180.0, -90.0..90.0, -0.1..0.1, -0.1..0.1)
        .prop_map(|(x, y, dx, dy): (f64, f64, f64, f64)| (at(x, y), at(x + dx, y + dy)))
}

proptest! {
    #[test]
    fn as_near_as_the_nearest_of_all(
        segments in prop::collection::vec(segment(), 1..80),
        lon in -180.0..180.0f64,
        lat in -90.0..90.0f64,
    ) {
        let from = at(lon, lat);
        let hit = SegmentIndex::new(segments.iter().copied()).nearest(from, FAR).unwrap();
        let slow = segments
            .iter()
            .filter_map(|s| SegmentIndex::new([*s]).nearest(from, FAR))
            .map(|h| h.distance.0)
            .fold(f64::INFINITY, f64::min);
        prop_assert!((hit.distance.0 - slow).abs() <= 1e-6);
        // No corner is nearer than the nearest point.
        for (a, b) in &segments {
            prop_assert!(from.metres_to(*a).0.min(from.metres_to(*b).0) >= hit.distance.0 - 0.01);
        }
        let own = segments[hit.segment];
        prop_assert!((own.0.metres_to(hit.position).0 - hit.along * own.0.metres_to(own.1).0).abs() < 0.1);
    }
}
