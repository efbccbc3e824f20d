//! Real OpenStreetMap extracts: read, built, stored, opened, driven on.

use std::collections::{HashMap, HashSet};
use std::path::PathBuf;
use std::time::Instant;

use frontbeat::exchange::basemap_tile::BasemapIndex;
use frontbeat::exchange::osm_pbf::{OsmExtract, OsmFault, read_osm_pbf};
use frontbeat::exchange::tile::TileId;
use frontbeat::place::basemap::{BasemapKind, BasemapShape};
use frontbeat::place::measure::Metres;
use frontbeat::place::position::Position;
use frontbeat::roads::draft::RoadDraft;
use frontbeat::roads::network::{BuildReport, RoadNetwork, Snap};
use frontbeat::roads::speed::SpeedTable;
use proptest::prelude::*;
use rand::rngs::StdRng;
use rand::{RngExt, SeedableRng};

const PORTO_ALEGRE: &str = "porto_alegre_centre.osm.pbf";
const HELSINKI: &str = "helsinki_centre.osm.pbf";
const SINGAPORE: &str = "singapore_bayfront.osm.pbf";

/// The bytes of an extract; none, and a word, where there is no data.
fn extract_bytes(test: &str, file: &str) -> Option<Vec<u8>> {
    let beside = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../shared/data");
    let data = std::env::var_os("FRONTBEAT_DATA").map_or(beside, PathBuf::from);
    if !data.is_dir() {
        println!("SKIPPED {test}: no FRONTBEAT_DATA");
        return None;
    }
    let path = data.join("osm").join(file);
    Some(std::fs::read(&path).unwrap_or_else(|e| panic!("{}: {e}", path.display())))
}

fn read(test: &str, file: &str) -> Option<OsmExtract> {
    extract_bytes(test, file).map(|bytes| read_osm_pbf(&bytes).unwrap())
}

fn build(draft: &RoadDraft) -> (RoadNetwork, BuildReport) {
    RoadNetwork::build(draft, &SpeedTable::default()).unwrap()
}

fn count(extract: &OsmExtract, kind: BasemapKind) -> usize {
    extract.basemap.iter().filter(|f| f.kind == kind).count()
}

/// Positions all over the box, on the network.
fn snaps(network: &RoadNetwork, bounds: [f64; 4], wanted: usize, seed: u64) -> Vec<Snap> {
    let mut rng = StdRng::seed_from_u64(seed);
    let mut found = Vec::new();
    while found.len() < wanted {
        let at = Position::new(
            rng.random_range(bounds[0]..bounds[2]),
            rng.random_range(bounds[1]..bounds[3]),
        );
        found.extend(network.snap(at.unwrap(), Metres(500.0)));
    }
    found
}

#[test]
fn porto_alegre_counts() {
    let Some(extract) = read("porto_alegre_counts", PORTO_ALEGRE) else {
        return;
    };
    let (_, report) = build(&extract.roads);
    println!("{report:?}");
    println!(
        "{} barriers, {} areas not closed",
        extract.barriers, extract.areas_not_closed
    );
    for kind in [
        BasemapKind::Street,
        BasemapKind::Railway,
        BasemapKind::Water,
        BasemapKind::Green,
        BasemapKind::Building,
        BasemapKind::Label,
    ] {
        println!("{kind:?} {}", count(&extract, kind));
    }
}

#[test]
fn helsinki_counts() {
    let Some(extract) = read("helsinki_counts", HELSINKI) else {
        return;
    };
    let (_, report) = build(&extract.roads);
    println!(
        "{report:?} {} {}",
        extract.restrictions_not_read,
        extract.roads.restrictions.len()
    );
    println!(
        "{} barriers, {} areas not closed",
        extract.barriers, extract.areas_not_closed
    );
    for kind in [
        BasemapKind::Street,
        BasemapKind::Railway,
        BasemapKind::Water,
        BasemapKind::Green,
        BasemapKind::Building,
        BasemapKind::Label,
    ] {
        println!("{kind:?} {}", count(&extract, kind));
    }
}

#[test]
fn singapore_counts() {
    let Some(extract) = read("singapore_counts", SINGAPORE) else {
        return;
    };
    let (_, report) = build(&extract.roads);
    println!(
        "{report:?} {} {}",
        extract.restrictions_not_read,
        extract.roads.restrictions.len()
    );
    println!(
        "{} barriers, {} areas not closed",
        extract.barriers, extract.areas_not_closed
    );
    for kind in [
        BasemapKind::Street,
        BasemapKind::Railway,
        BasemapKind::Water,
        BasemapKind::Green,
        BasemapKind::Building,
        BasemapKind::Label,
    ] {
        println!("{kind:?} {}", count(&extract, kind));
    }
}

#[test]
fn every_pair_is_reachable_and_routes_agree_with_the_matrix() {
    for file in [PORTO_ALEGRE, HELSINKI, SINGAPORE] {
        let Some(extract) = read("every_pair_is_reachable", file) else {
            return;
        };
        let (network, _) = build(&extract.roads);
        let snaps = snaps(&network, extract.bounds.unwrap(), 200, 7);
        let matrix = network.matrix(&snaps, &snaps);
        let reached = (0..200).flat_map(|i| (0..200).map(move |j| (i, j)));
        for (i, j) in reached.clone() {
            assert!(matrix.millis(i, j).is_some(), "{file}: {i} to {j}");
        }
        for (i, j) in reached.step_by(97) {
            let route = network.route(snaps[i], snaps[j]).unwrap();
            assert_eq!(
                Some(route.millis),
                matrix.millis(i, j),
                "{file}: {i} to {j}"
            );
            let drawn: f64 = route.line.windows(2).map(|w| w[0].metres_to(w[1]).0).sum();
            assert!((drawn - route.length.0).abs() < 0.5, "{file}: {i} to {j}");
        }
    }
}

#[test]
fn a_stored_network_opens_fast_and_is_the_same() {
    let Some(extract) = read("a_stored_network_opens_fast", PORTO_ALEGRE) else {
        return;
    };
    let (network, _) = build(&extract.roads);
    let bytes = network.to_bytes();
    let start = Instant::now();
    let opened = RoadNetwork::from_bytes(&bytes).unwrap();
    let took = start.elapsed();
    println!("{} bytes, opened in {took:?}", bytes.len());
    assert!(took.as_secs_f64() < 1.0, "{took:?}");
    assert_eq!(opened.to_bytes(), bytes);
    let snaps = snaps(&network, extract.bounds.unwrap(), 40, 3);
    assert_eq!(
        opened.matrix(&snaps, &snaps),
        network.matrix(&snaps, &snaps)
    );
}

#[test]
fn a_place_on_a_street_snaps_to_it() {
    let Some(extract) = read("a_place_on_a_street_snaps_to_it", HELSINKI) else {
        return;
    };
    let (network, _) = build(&extract.roads);
    let mut far = 0;
    let mut all = 0;
    for way in &extract.roads.ways {
        let named = SpeedTable::default().kmh(&way.class).is_some();
        for node in way.nodes.iter().filter(|_| named) {
            let Some(&at) = extract.roads.nodes.get(node) else {
                continue;
            };
            all += 1;
            match network.snap(at, Metres(2.0)) {
                Some(snap) => assert!(snap.off_road.0 < 2.0 && at.metres_to(snap.position).0 < 2.1),
                None => far += 1,
            }
        }
    }
    // Streets outside the strongly connected part are the only ones left out.
    println!("{far} of {all} nodes are off the network");
    assert!(far * 5 < all, "{far} of {all}");
}

/// A restricted turn as three positions: before, at and after the via node.
fn restricted_turns(draft: &RoadDraft) -> Vec<[Position; 3]> {
    let ways: HashMap<i64, &[i64]> = draft.ways.iter().map(|w| (w.id, &w.nodes[..])).collect();
    let beside = |way: i64, via: i64| -> Option<Position> {
        let nodes = ways.get(&way)?;
        let neighbour = match nodes {
            [first, second, ..] if *first == via => second,
            [.., second, last] if *last == via => second,
            _ => return None,
        };
        draft.nodes.get(neighbour).copied()
    };
    draft
        .restrictions
        .iter()
        .filter(|r| !r.only)
        .filter_map(|r| {
            let via = draft.nodes.get(&r.via_node).copied()?;
            Some([
                beside(r.from_way, r.via_node)?,
                via,
                beside(r.to_way, r.via_node)?,
            ])
        })
        .collect()
}

#[test]
fn no_restricted_turn_is_driven() {
    for file in [HELSINKI, SINGAPORE] {
        let Some(extract) = read("no_restricted_turn_is_driven", file) else {
            return;
        };
        let (network, report) = build(&extract.roads);
        let turns = restricted_turns(&extract.roads);
        let mut free = extract.roads.clone();
        free.restrictions.clear();
        let (unrestricted, _) = build(&free);
        let (mut driven_when_free, mut asked) = (0, 0);
        for turn in &turns {
            let [before, via, after] = *turn;
            let ask = |network: &RoadNetwork| {
                let from = network.snap(before, Metres(1.0))?;
                let to = network.snap(after, Metres(1.0))?;
                Some(drives(&network.route(from, to)?.line, via, before, after))
            };
            if let Some(driven) = ask(&network) {
                asked += 1;
                assert!(!driven, "{file}: {turn:?}");
            }
            driven_when_free += usize::from(ask(&unrestricted) == Some(true));
        }
        println!("{file}: {asked} asked, {driven_when_free} driven when free; {report:?}");
    }
}

/// Whether a line goes straight from one neighbour of a place to the other through it.
fn drives(line: &[Position], via: Position, before: Position, after: Position) -> bool {
    let near = |a: Position, b: Position| a.metres_to(b).0 < 1.0;
    line.windows(3)
        .any(|w| near(w[0], before) && near(w[1], via) && near(w[2], after))
}

#[test]
fn tiles_of_every_zoom_are_made_fast() {
    for file in [PORTO_ALEGRE, HELSINKI] {
        let Some(extract) = read("tiles_of_every_zoom", file) else {
            return;
        };
        let [west, south, east, north] = extract.bounds.unwrap();
        let index = BasemapIndex::new(extract.basemap);
        for z in 8..=16u8 {
            let side = f64::from(1u32 << z);
            let x = ((west + east) / 2.0 + 180.0) / 360.0 * side;
            let latitude = ((south + north) / 2.0).to_radians();
            let y = (0.5 - latitude.tan().asinh() / std::f64::consts::TAU) * side;
            let tile = TileId::new(z, x as u32, y as u32).unwrap();
            let start = Instant::now();
            let bytes = index.tile(tile).unwrap();
            println!("{file} {z}: {} bytes in {:?}", bytes.len(), start.elapsed());
            assert!(z < 10 || !bytes.is_empty(), "{file} {z}");
        }
    }
}
