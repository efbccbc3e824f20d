//! Files that are none, or torn. Real files are read in `tests/roads.rs`.

use proptest::prelude::*;

use crate::exchange::osm_pbf::{OsmFault, Reading, read_osm_pbf};
use crate::place::position::Position;
use crate::roads::draft::{WayDirection, WayDraft};

/// An `OSMHeader` blob with an empty raw header block.
fn header() -> Vec<u8> {
    blob("OSMHeader", &[])
}

/// A blob of a type with raw data.
fn blob(kind: &str, data: &[u8]) -> Vec<u8> {
    let mut body = vec![0x0a];
    length(&mut body, data.len());
    body.extend(data);
    let mut head = vec![0x0a, kind.len() as u8];
    head.extend(kind.as_bytes());
    head.push(0x18);
    length(&mut head, body.len());
    let mut out = (head.len() as u32).to_be_bytes().to_vec();
    out.extend(head);
    out.extend(body);
    out
}

fn length(out: &mut Vec<u8>, mut n: usize) {
    while n > 0x7f {
        out.push(n as u8 | 0x80);
        n >>= 7;
    }
    out.push(n as u8);
}

#[test]
fn what_is_no_pbf_is_told_apart_from_what_is_torn() {
    assert_eq!(read_osm_pbf(b"").unwrap_err(), OsmFault::Empty);
    let html = b"<!doctype html><html><body>404</body></html>";
    assert_eq!(read_osm_pbf(html).unwrap_err(), OsmFault::NotPbf);
    assert_eq!(read_osm_pbf(&header()).unwrap_err(), OsmFault::NoWays);

    let mut torn = header();
    let byte = torn.len();
    torn.extend(&blob("OSMData", &[0x0a, 0x00])[..9]);
    let fault = read_osm_pbf(&torn).unwrap_err();
    assert!(matches!(fault, OsmFault::Torn { blob: 2, byte: b, .. } if b == byte));
    assert!(fault.to_string().contains(&format!("byte {byte}")));
    // Fewer bytes than a length has: osmpbf alone would take this for the end.
    let mut tail = header();
    tail.extend([0, 0]);
    assert!(matches!(
        read_osm_pbf(&tail),
        Err(OsmFault::Torn { blob: 2, .. })
    ));
}

#[test]
fn a_feature_that_is_not_known_is_named() {
    let name = b"HistoricalInformation";
    let mut data = vec![0x22, name.len() as u8];
    data.extend(name);
    let fault = read_osm_pbf(&blob("OSMHeader", &data)).unwrap_err();
    assert_eq!(fault, OsmFault::Feature("HistoricalInformation".into()));
}

#[test]
fn a_member_of_no_known_type_is_a_fault_not_a_panic() {
    // PrimitiveBlock { stringtable { s: "", "type", "restriction", "no_u_turn" },
    // group { relation { id 1, type=restriction restriction=no_u_turn, member of type 9 } } }
    let mut table = Vec::new();
    for text in ["", "type", "restriction", "no_u_turn"] {
        table.extend([0x0a, text.len() as u8]);
        table.extend(text.as_bytes());
    }
    let relation = [
        0x08, 1, 0x12, 2, 1, 2, 0x1a, 2, 2, 3, 0x42, 1, 0, 0x4a, 1, 2, 0x52, 1, 9,
    ];
    let mut group = vec![0x22, relation.len() as u8];
    group.extend(relation);
    let mut block = vec![0x0a, table.len() as u8];
    block.extend(table);
    block.extend([0x12, group.len() as u8]);
    block.extend(group);
    let mut file = header();
    file.extend(blob("OSMData", &block));
    assert!(matches!(
        read_osm_pbf(&file),
        Err(OsmFault::Torn { blob: 2, .. })
    ));
}

/// Roads with these nodes; nodes 50 and above are barriers.
fn with_barriers(ways: &[&[i64]]) -> (Vec<Vec<i64>>, usize) {
    let mut reading = Reading::default();
    for (i, nodes) in ways.iter().enumerate() {
        for &node in *nodes {
            reading
                .places
                .insert(node, Position::wrapped(node as f64 * 1e-3, 0.0));
            if node >= 50 {
                reading.barriers.insert(node);
            }
        }
        reading.roads.push(WayDraft {
            id: i as i64,
            nodes: nodes.to_vec(),
            class: "service".into(),
            name: String::new(),
            direction: WayDirection::Both,
            max_kmh: None,
        });
    }
    let (draft, barriers) = reading.road_draft();
    for way in &draft.ways {
        assert!(way.nodes.iter().all(|n| draft.nodes.contains_key(n)));
    }
    (draft.ways.into_iter().map(|w| w.nodes).collect(), barriers)
}

#[test]
fn a_barrier_within_a_way_cuts_it_in_two() {
    let (ways, barriers) = with_barriers(&[&[1, 50, 2]]);
    assert_eq!(barriers, 1);
    assert_eq!(ways[0], [1, 50]);
    assert_eq!((ways[1].len(), ways[1][1]), (2, 2));
    assert_ne!(ways[1][0], 50);
}

#[test]
fn a_barrier_between_two_ways_parts_them() {
    let (ways, barriers) = with_barriers(&[&[1, 50], &[50, 2]]);
    assert_eq!(barriers, 1);
    assert_ne!(ways[0][1], ways[1][0]);
}

#[test]
fn a_gate_at_a_side_street_leaves_the_through_street_open() {
    let (ways, _) = with_barriers(&[&[1, 50, 2], &[50, 3]]);
    assert_eq!(ways[0], [1, 50, 2]);
    assert_ne!(ways[1][0], 50);
    // Two through streets that cross: nothing is cut.
    let (ways, barriers) = with_barriers(&[&[1, 50, 2], &[3, 50, 4]]);
    assert_eq!((ways.len(), barriers), (2, 0));
    // The end of a lone way: nothing to part.
    assert_eq!(with_barriers(&[&[1, 50]]).1, 0);
}

proptest! {
    #[test]
    fn random_bytes_never_panic(bytes in prop::collection::vec(any::<u8>(), 0..400)) {
        prop_assert!(read_osm_pbf(&bytes).is_err());
        // The same as the content of a blob, where the reader looks deeper.
        let mut file = header();
        file.extend(blob("OSMData", &bytes));
        let _ = read_osm_pbf(&file);
    }
}
