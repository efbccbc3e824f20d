//! Nearness decided early against the distance itself.

use proptest::prelude::*;

use crate::place::area::{Area, AreaFault, RawPolygon};
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

#[test]
fn a_ring_that_crosses_itself_is_told_where() {
    let bow_tie = vec![
        [123.0, 41.0],
        [124.0, 42.0],
        [124.0, 41.0],
        [123.0, 42.0],
        [123.0, 41.0],
    ];
    let sound = block(120.0, 40.0, 0.5);
    let sound = sound.shape().0[0].exterior().coords();
    let sound: Vec<[f64; 2]> = sound.map(|c| [c.x, c.y]).collect();
    let fault = Area::from_rings(&[vec![sound], vec![bow_tie]]).unwrap_err();
    let AreaFault::SelfCrossing { ring: 2, at } = fault else {
        panic!("{fault}");
    };
    assert!((at[0] - 123.5).abs() < 1e-12 && (at[1] - 41.5).abs() < 1e-12);
}

#[test]
fn a_spike_that_runs_back_over_itself_is_told_where() {
    let spike = vec![
        [10.0, 0.0],
        [11.0, 0.0],
        [11.0, 0.5],
        [13.0, 0.5],
        [11.0, 0.5],
        [11.0, 1.0],
        [10.0, 1.0],
        [10.0, 0.0],
    ];
    let fault = Area::from_rings(&[vec![spike]]).unwrap_err();
    let AreaFault::SelfCrossing { ring: 1, at } = fault else {
        panic!("{fault}");
    };
    assert_eq!(at, [11.0, 0.5]);
}

#[test]
fn a_hole_outside_is_no_crossing() {
    let ring = |lon: f64| {
        let area = block(lon, 0.0, 0.5);
        let corners = area.shape().0[0].exterior().coords();
        corners.map(|c| [c.x, c.y]).collect::<Vec<_>>()
    };
    let fault = Area::from_rings(&[vec![ring(10.0), ring(12.0)]]).unwrap_err();
    assert!(matches!(fault, AreaFault::Invalid(_)), "{fault}");
}

proptest! {
    /// A quadrilateral whose second and third corner are swapped crosses where its diagonals do.
    #[test]
    fn a_bow_tie_crosses_where_its_diagonals_do(
        west in -179.0f64..170.0, south in -80.0f64..70.0,
        across in 0.01f64..8.0, up in 0.01f64..8.0,
    ) {
        let (east, north) = (west + across, south + up);
        let ring = vec![[west, south], [east, north], [east, south], [west, north], [west, south]];
        match Area::from_rings(&[vec![ring]]) {
            Err(AreaFault::SelfCrossing { ring: 1, at }) => {
                prop_assert!((at[0] - (west + east) / 2.0).abs() < 1e-9);
                prop_assert!((at[1] - (south + north) / 2.0).abs() < 1e-9);
            }
            other => prop_assert!(false, "{other:?}"),
        }
    }

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
