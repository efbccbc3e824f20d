//! What shows at which zoom.

use crate::exchange::basemap_tile::BasemapIndex;
use crate::exchange::tile::TileId;
use crate::place::basemap::{BasemapFeature, BasemapKind, BasemapShape};
use crate::place::position::Position;

fn at(lon: f64, lat: f64) -> Position {
    Position::new(lon, lat).unwrap()
}

fn street(class: &str, name: &str) -> BasemapFeature {
    BasemapFeature {
        kind: BasemapKind::Street,
        class: class.into(),
        name: name.into(),
        shape: BasemapShape::Line(vec![at(123.40, 41.80), at(123.43, 41.82)]),
    }
}

/// The tile of a zoom that holds 123.41, 41.81.
fn tile(z: u8) -> TileId {
    let side = f64::from(1u32 << z);
    let x = (123.41 + 180.0) / 360.0 * side;
    let y = (0.5 - 41.81f64.to_radians().tan().asinh() / std::f64::consts::TAU) * side;
    TileId::new(z, x as u32, y as u32).unwrap()
}

fn holds(bytes: &[u8], text: &str) -> bool {
    bytes.windows(text.len()).any(|w| w == text.as_bytes())
}

#[test]
fn small_streets_show_up_close_only() {
    let index = BasemapIndex::new(vec![
        street("motorway", "绕城高速"),
        street("residential", "东站街"),
    ]);
    assert_eq!(index.len(), 2);
    let far = index.tile(tile(9)).unwrap();
    assert!(holds(&far, "motorway") && holds(&far, "绕城高速") && holds(&far, "street"));
    assert!(!holds(&far, "residential"));
    let near = index.tile(tile(14)).unwrap();
    assert!(holds(&near, "motorway") && holds(&near, "东站街"));
}

#[test]
fn nothing_is_drawn_elsewhere_nor_from_afar() {
    let index = BasemapIndex::new(vec![street("motorway", "")]);
    assert!(
        index
            .tile(TileId::new(14, 0, 0).unwrap())
            .unwrap()
            .is_empty()
    );
    assert!(index.tile(tile(2)).unwrap().is_empty());
    assert!(BasemapIndex::new(Vec::new()).is_empty());
}

#[test]
fn in_a_crowded_city_small_streets_wait_one_zoom() {
    let shows = |count: usize, z: u8| {
        let index = BasemapIndex::new(vec![street("residential", ""); count]);
        holds(&index.tile(tile(z)).unwrap(), "residential")
    };
    assert!(shows(3, 12));
    assert!(!shows(9_000, 12));
    assert!(shows(9_000, 13));
}
