//! Nearness decided early against the distance itself.

use proptest::prelude::*;

use crate::place::area::{Area, RawPolygon};
use crate::place::measure::Metres;
use crate::place::position::Position;

fn block(lon: f64, lat: f64, side: f64) -> Area {
    let ring = vec![
        [lon, lat],
        [lon + side, lat],
        [lon + side, lat + side],
        [lon, lat + side],
        [lon, lat],
    ];
    let polygon: RawPolygon = vec![ring];
    Area::from_rings(&[polygon]).unwrap()
}

proptest! {
    #[test]
    fn lies_within_is_what_the_distance_says(
        lat in -80.0f64..79.0,
        side in 0.01f64..0.5,
        east in -0.3f64..0.8,
        north in -0.3f64..0.8,
        most in 0.0f64..30_000.0,
    ) {
        let area = block(120.0, lat, side);
        let position = Position::new(120.0 + east, lat + north).unwrap();
        let exact = area.metres_from(position).0;
        // The last millimetre is the distance's own rounding.
        prop_assume!((exact - most).abs() > 1e-3);
        prop_assert_eq!(area.lies_within(position, Metres(most)), exact <= most);
    }
}

#[test]
fn shared_ground_is_that_of_both() {
    let (a, b) = (block(123.4, 41.8, 0.02), block(123.41, 41.8, 0.02));
    let half = a.shared_km2(&b) / a.km2();
    assert!((half - 0.5).abs() < 1e-3, "{half}");
    assert!((a.shared_km2(&b) - b.shared_km2(&a)).abs() < 1e-6);
    assert!((a.shared_km2(&a) / a.km2() - 1.0).abs() < 1e-6);
    // A common border is no ground.
    assert!(a.shared_km2(&block(123.42, 41.8, 0.02)) < 1e-6);
    assert_eq!(a.shared_km2(&block(10.0, 41.8, 0.02)), 0.0);
}
