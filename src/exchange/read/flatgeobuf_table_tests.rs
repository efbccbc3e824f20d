//! Files of the library's own writer, whole and spoilt.

use flatgeobuf::{ColumnType, FgbWriter, GeometryType};
use geozero::{ColumnValue, PropertyProcessor};
use proptest::prelude::*;

use crate::exchange::read::fault::ReadFault;
use crate::exchange::read::flatgeobuf_table::read_flatgeobuf;
use crate::exchange::read::table::{RawShape, StatedFrame};

const LIMIT: u64 = 1 << 24;

fn file(features: usize, kind: GeometryType) -> Vec<u8> {
    let mut writer = FgbWriter::create("posts", kind).unwrap();
    writer.add_column("name", ColumnType::String, |_, _| {});
    writer.add_column("n", ColumnType::Long, |_, _| {});
    for i in 0..features {
        let corner = i as f64;
        let square = geo::Rect::new((corner, 0.0), (corner + 1.0, 1.0)).to_polygon();
        let shape: geo::Geometry = match kind {
            GeometryType::Point => geo::Point::new(corner, 2.0).into(),
            _ => geo::MultiPolygon(vec![square.clone(), square]).into(),
        };
        writer
            .add_feature_geom(shape, |feature| {
                let text = format!("岗 {i}");
                feature
                    .property(0, "name", &ColumnValue::String(&text))
                    .unwrap();
                feature
                    .property(1, "n", &ColumnValue::Long(i as i64))
                    .unwrap();
            })
            .unwrap();
    }
    let mut bytes = Vec::new();
    writer.write(&mut bytes).unwrap();
    bytes
}

#[test]
fn features_behind_an_index_of_any_size() {
    for features in [1, 2, 15, 16, 17, 300] {
        let table = read_flatgeobuf(&file(features, GeometryType::Point), LIMIT).unwrap();
        assert_eq!(table.len(), features);
        assert_eq!(table.columns(), ["name", "n"]);
        // The index puts them in an order of its own.
        let row = (0..features)
            .find(|row| table.cell(*row, 1) == "0")
            .unwrap();
        assert_eq!(table.cell(row, 0), "岗 0");
        assert_eq!(table.shape(row), Some(&RawShape::Point([0.0, 2.0])));
        let areas = file(features, GeometryType::MultiPolygon);
        let areas = read_flatgeobuf(&areas, LIMIT).unwrap();
        let two = |row| matches!(areas.shape(row), Some(RawShape::Polygons(p)) if p.len() == 2);
        assert!((0..features).all(two));
        assert_eq!(table.frame, StatedFrame::Unstated);
    }
}

#[test]
fn lengths_that_lie_are_damage() {
    let whole = file(3, GeometryType::Point);
    let cut = read_flatgeobuf(&whole[..whole.len() - 5], LIMIT).unwrap_err();
    assert!(cut.to_string().contains("feature 3: it says"), "{cut}");
    let mut lying = whole.clone();
    lying[8..12].copy_from_slice(&u32::MAX.to_le_bytes());
    let fault = read_flatgeobuf(&lying, LIMIT).unwrap_err();
    assert!(fault.to_string().contains("the header: it says"), "{fault}");
    assert!(matches!(
        read_flatgeobuf(&file(300, GeometryType::Point), 1_000),
        Err(ReadFault::TooLarge { .. })
    ));
}

/// A file of one feature, all of whose parts point to the same bytes: so many ends of 0 and
/// one corner.
fn shared_parts(parts: usize, ends: usize) -> Vec<u8> {
    const FEATURE: usize = 16;
    const SHAPE: usize = 44;
    const PARTS: usize = 56;
    let mut buffer: Vec<u8> = Vec::new();
    let short = |buffer: &mut Vec<u8>, numbers: &[u16]| {
        buffer.extend(numbers.iter().flat_map(|n| n.to_le_bytes()));
    };
    let long = |buffer: &mut Vec<u8>, numbers: &[usize]| {
        let bytes = numbers.iter().flat_map(|n| (*n as u32).to_le_bytes());
        buffer.extend(bytes);
    };
    // The length, filled in at the end; the root; a feature with a geometry alone.
    long(&mut buffer, &[0, FEATURE - 4]);
    short(&mut buffer, &[6, 8, 4, 0]);
    long(&mut buffer, &[FEATURE - 8, SHAPE - FEATURE - 4]);
    // Its shape: the kind (6, several polygons) and the parts.
    short(&mut buffer, &[20, 12, 0, 0, 0, 0, 0, 0, 8, 4]);
    long(&mut buffer, &[SHAPE - 24, PARTS - SHAPE - 4, 6]);
    // Each part is the one behind the list, with its layout before it.
    let layout = PARTS + 4 + parts * 4;
    let part = layout + 8;
    long(&mut buffer, &[parts]);
    for at in 0..parts {
        long(&mut buffer, &[part - (PARTS + 4 + at * 4)]);
    }
    short(&mut buffer, &[8, 12, 4, 8]);
    let ends_at = part + 12;
    let xy_at = (ends_at + 4 + ends * 4).next_multiple_of(8) + 4;
    long(
        &mut buffer,
        &[8, ends_at - part - 4, xy_at - part - 8, ends],
    );
    buffer.resize(xy_at, 0);
    long(&mut buffer, &[2]);
    buffer.resize(xy_at + 4 + 16, 0);
    let length = (buffer.len() as u32 - 4).to_le_bytes();
    buffer[..4].copy_from_slice(&length);
    // Behind the header and the index (two nodes) of a file of one feature.
    let mut whole = file(1, GeometryType::MultiPolygon);
    let header = u32::from_le_bytes([whole[8], whole[9], whole[10], whole[11]]);
    whole.truncate(12 + header as usize + 2 * 40);
    whole.extend(buffer);
    whole
}

#[test]
fn parts_that_share_empty_rings_are_refused() {
    let told = |parts, ends| {
        let table = read_flatgeobuf(&shared_parts(parts, ends), LIMIT).unwrap();
        table.shape(0).cloned().unwrap()
    };
    let nothing = vec![vec![Vec::<[f64; 2]>::new()]; 3];
    assert_eq!(told(3, 1), RawShape::Polygons(nothing));
    assert_eq!(told(50, 2_000), RawShape::Other("a damaged geometry"));
}

proptest! {
    #[test]
    fn any_bytes_are_read_or_refused(
        noise in proptest::collection::vec(any::<u8>(), 0..200),
        spoilt in proptest::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 1..4),
        cut in any::<prop::sample::Index>(), areas: bool,
    ) {
        let _ = read_flatgeobuf(&[b"fgb\x03fgb\x00".as_slice(), &noise].concat(), LIMIT);
        let mut bytes = file(5, if areas { GeometryType::MultiPolygon } else { GeometryType::Point });
        for (at, byte) in spoilt {
            let at = at.index(bytes.len());
            bytes[at] = byte;
        }
        let _ = read_flatgeobuf(&bytes, LIMIT);
        bytes.truncate(cut.index(bytes.len()));
        let _ = read_flatgeobuf(&bytes, LIMIT);
    }
}
