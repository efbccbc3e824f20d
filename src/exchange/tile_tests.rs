//! Tiles are decoded by hand here: a small reader of the protobuf wire format, so that
//! the encoder is not its own judge.

use proptest::prelude::*;

use crate::exchange::tile::{
    BUFFER, EXTENT, TileFeature, TileId, TileShape, TileValue, bounds, encode,
};
use crate::exchange::tile_shape::doubled_area;
use crate::place::position::Position;

/// One decoded feature: its type (1 point, 2 line, 3 polygon) and its parts.
#[derive(Debug)]
struct Read {
    kind: u64,
    parts: Vec<Vec<[i32; 2]>>,
}

fn varint(bytes: &[u8], at: &mut usize) -> u64 {
    let (mut value, mut shift) = (0u64, 0);
    loop {
        let byte = bytes[*at];
        *at += 1;
        value |= u64::from(byte & 0x7f) << shift;
        if byte & 0x80 == 0 {
            return value;
        }
        shift += 7;
    }
}

/// Fields of a message: number, value of a varint, bytes of a length-delimited field.
fn fields(bytes: &[u8]) -> Vec<(u64, u64, &[u8])> {
    let (mut at, mut out) = (0, Vec::new());
    while at < bytes.len() {
        let key = varint(bytes, &mut at);
        match key & 7 {
            0 => out.push((key >> 3, varint(bytes, &mut at), &bytes[..0])),
            1 => {
                out.push((key >> 3, 0, &bytes[at..at + 8]));
                at += 8;
            }
            2 => {
                let length = varint(bytes, &mut at) as usize;
                out.push((key >> 3, 0, &bytes[at..at + length]));
                at += length;
            }
            other => panic!("wire type {other}"),
        }
    }
    out
}

fn decode_geometry(bytes: &[u8]) -> Vec<Vec<[i32; 2]>> {
    let (mut at, mut cursor, mut parts) = (0, [0i32; 2], Vec::<Vec<[i32; 2]>>::new());
    while at < bytes.len() {
        let command = varint(bytes, &mut at);
        for _ in 0..command >> 3 {
            if command & 7 == 7 {
                continue;
            }
            for c in &mut cursor {
                let zigzag = varint(bytes, &mut at) as u32;
                *c += (zigzag >> 1) as i32 ^ -((zigzag & 1) as i32);
            }
            match command & 7 {
                1 => parts.push(vec![cursor]),
                2 => parts.last_mut().expect("LineTo before MoveTo").push(cursor),
                other => panic!("command {other}"),
            }
        }
    }
    parts
}

/// Layer name to features.
fn decode(bytes: &[u8]) -> Vec<(String, Vec<Read>)> {
    fields(bytes)
        .into_iter()
        .filter(|f| f.0 == 3)
        .map(|(_, _, layer)| {
            let layer = fields(layer);
            let name = layer.iter().find(|f| f.0 == 1).unwrap().2;
            let features = layer
                .iter()
                .filter(|f| f.0 == 2)
                .map(|(_, _, feature)| {
                    let feature = fields(feature);
                    Read {
                        kind: feature.iter().find(|f| f.0 == 3).unwrap().1,
                        parts: decode_geometry(feature.iter().find(|f| f.0 == 4).unwrap().2),
                    }
                })
                .collect();
            (String::from_utf8(name.to_vec()).unwrap(), features)
        })
        .collect()
}

fn at(lon: f64, lat: f64) -> Position {
    Position::new(lon, lat).unwrap()
}

fn feature(geometry: TileShape<'_>) -> TileFeature<'_> {
    TileFeature {
        geometry,
        properties: vec![
            ("class", "x".into()),
            ("n", TileValue::Int(-3)),
            ("share", TileValue::Float(0.5)),
            ("yes", TileValue::Bool(true)),
        ],
        id: Some(7),
    }
}

fn square(west: f64, south: f64, side: f64) -> Vec<Position> {
    vec![
        at(west, south),
        at(west + side, south),
        at(west + side, south + side),
        at(west, south + side),
        at(west, south),
    ]
}

#[test]
fn addresses_out_of_range_are_refused() {
    assert!(TileId::new(0, 0, 0).is_ok());
    assert!(TileId::new(3, 7, 7).is_ok());
    assert!(TileId::new(3, 8, 0).is_err());
    assert!(TileId::new(3, 0, 8).is_err());
    assert!(TileId::new(23, 0, 0).is_err());
    assert!(TileId::new(255, 0, 0).is_err());
}

#[test]
fn bounds_of_the_world_and_of_a_quarter() {
    let world = bounds(TileId::new(0, 0, 0).unwrap());
    assert_eq!([world[0], world[2]], [-180.0, 180.0]);
    assert!((world[3] - 85.051_128_779_8).abs() < 1e-9 && (world[1] + world[3]).abs() < 1e-9);
    let north_west = bounds(TileId::new(1, 0, 0).unwrap());
    assert!(north_west[2] > 0.0 && north_west[2] < 3.0);
    assert!(north_west[1] < 0.0 && north_west[1] > -3.0);
}

#[test]
fn the_middle_of_the_world_is_the_middle_of_its_tile() {
    let tile = TileId::new(0, 0, 0).unwrap();
    let layers = [("p", vec![feature(TileShape::Point(at(0.0, 0.0)))])];
    let read = decode(&encode(tile, &layers).unwrap());
    assert_eq!(read[0].0, "p");
    assert_eq!(read[0].1[0].kind, 1);
    assert_eq!(read[0].1[0].parts, vec![vec![[2048, 2048]]]);
}

#[test]
fn a_layer_without_anything_to_see_is_left_out() {
    let tile = TileId::new(10, 0, 0).unwrap();
    let far = vec![
        feature(TileShape::Point(at(0.0, 0.0))),
        feature(TileShape::line(vec![at(0.0, 0.0), at(1.0, 0.0)])),
        feature(TileShape::polygon(vec![square(0.0, 0.0, 1.0)])),
        feature(TileShape::polygon(Vec::new())),
        feature(TileShape::line(Vec::new())),
    ];
    assert!(encode(tile, &[("far", far)]).unwrap().is_empty());
}

#[test]
fn two_layers_of_one_name_are_refused() {
    let tile = TileId::new(0, 0, 0).unwrap();
    let point = || vec![feature(TileShape::Point(at(0.0, 0.0)))];
    assert!(encode(tile, &[("a", point()), ("a", point())]).is_err());
}

#[test]
fn a_dot_is_dropped_and_a_line_through_the_tile_is_cut_at_the_buffer() {
    let tile = TileId::new(1, 0, 0).unwrap();
    let layers = [(
        "l",
        vec![
            feature(TileShape::polygon(vec![square(-90.0, 40.0, 0.001)])),
            feature(TileShape::line(vec![at(-90.0, 20.0), at(90.0, 20.0)])),
        ],
    )];
    let read = decode(&encode(tile, &layers).unwrap());
    assert_eq!(read[0].1.len(), 1);
    let line = &read[0].1[0].parts[0];
    assert_eq!(line.len(), 2);
    let (low, high) = (line[0][0].min(line[1][0]), line[0][0].max(line[1][0]));
    assert_eq!((low, high), (2048, (EXTENT + BUFFER) as i32));
}

#[test]
fn rings_that_meet_in_a_corner_both_get_their_move_to() {
    // The hole starts at the very point where the outer ring's walk ends.
    let tile = TileId::new(0, 0, 0).unwrap();
    let rings = vec![
        square(-90.0, -45.0, 90.0),
        vec![
            at(-90.0, 45.0),
            at(-60.0, 30.0),
            at(-60.0, 0.0),
            at(-80.0, 0.0),
            at(-90.0, 45.0),
        ],
    ];
    let read = decode(&encode(tile, &[("r", vec![feature(TileShape::polygon(rings))])]).unwrap());
    assert_eq!(read[0].1[0].parts.len(), 2);
}

/// A ring that may cross itself.
fn any_ring() -> impl Strategy<Value = Vec<Position>> {
    prop::collection::vec((-2.0..2.0, -2.0..2.0), 3..12).prop_map(|corners: Vec<(f64, f64)>| {
        let mut ring: Vec<Position> = corners.into_iter().map(|(x, y)| at(x, y)).collect();
        ring.push(ring[0]);
        ring
    })
}

proptest! {
    #[test]
    fn rings_are_wound_and_inside_the_buffer(
        ring in any_ring(),
        z in 0u8..12,
        x in 0.0..1.0,
        y in 0.0..1.0,
    ) {
        // A tile near (0, 0), where the rings are.
        let half = f64::from(1u32 << z) / 2.0;
        let span = f64::from(1u32 << z) / 90.0;
        let pick = |u: f64| ((half + (u - 0.5) * span).max(0.0) as u32).min((1 << z) - 1);
        let tile = TileId::new(z, pick(x), pick(y)).unwrap();
        let shapes = vec![
            feature(TileShape::polygon(vec![ring.clone()])),
            feature(TileShape::line(ring)),
        ];
        let (low, high) = (-(BUFFER as i32), (EXTENT + BUFFER) as i32);
        for (_, features) in decode(&encode(tile, &[("a", shapes)]).unwrap()) {
            for read in features {
                for part in &read.parts {
                    prop_assert!(part.iter().flatten().all(|c| (low..=high).contains(c)));
                    prop_assert!(part.windows(2).all(|w| w[0] != w[1]));
                }
                if read.kind == 3 {
                    prop_assert!(doubled_area(&read.parts[0]) > 0);
                    prop_assert!(read.parts.iter().all(|p| p.len() >= 3));
                }
            }
        }
    }

    #[test]
    fn a_convex_ring_keeps_its_area(
        west in -170.0..170.0f64, south in -80.0..80.0f64, side in 0.5..5.0f64,
    ) {
        // The tiles of one zoom together show the square once, but for the rounding.
        let ring = square(west, south.min(79.0), side.min(5.0));
        let z = 4u8;
        let mut sum = 0.0;
        for x in 0..1u32 << z {
            for y in 0..1u32 << z {
                let tile = TileId::new(z, x, y).unwrap();
                let layers = [("a", vec![feature(TileShape::polygon(vec![ring.clone()]))])];
                for (_, features) in decode(&encode(tile, &layers).unwrap()) {
                    for part in features.iter().flat_map(|f| &f.parts) {
                        sum += own_area(part);
                    }
                }
            }
        }
        let merc = |lat: f64| lat.to_radians().tan().asinh() / std::f64::consts::TAU;
        let units = f64::from(EXTENT) * 16.0;
        let width = (ring[1].lon() - ring[0].lon()) / 360.0 * units;
        let height = (merc(ring[2].lat()) - merc(ring[1].lat())) * units;
        let rim = 8.0 * (width + height) + 16.0;
        prop_assert!((sum - width * height).abs() <= rim, "{} against {}", sum, width * height);
    }
}

/// Area of a rectangle of the tile, less what lies in the buffer.
fn own_area(part: &[[i32; 2]]) -> f64 {
    let clamp = |c: i32| f64::from(c.clamp(0, EXTENT as i32));
    let xs: Vec<f64> = part.iter().map(|c| clamp(c[0])).collect();
    let ys: Vec<f64> = part.iter().map(|c| clamp(c[1])).collect();
    let span = |v: &[f64]| {
        v.iter().copied().fold(f64::MIN, f64::max) - v.iter().copied().fold(f64::MAX, f64::min)
    };
    span(&xs) * span(&ys)
}
