//! Real OpenStreetMap extracts: read, built, stored, opened, driven on.

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

fn say(extract: &OsmExtract, report: &BuildReport) {
    println!(
        "{report:?}; not read {}, barriers {}, areas not closed {}",
        extract.restrictions_not_read, extract.barriers, extract.areas_not_closed
    );
    for kind in [
        BasemapKind::Street,
        BasemapKind::Railway,
        BasemapKind::Water,
        BasemapKind::Green,
        BasemapKind::Building,
        BasemapKind::Label,
    ] {
        println!("{kind:?} {}", count(extract, kind));
    }
}

#[test]
fn porto_alegre_counts() {
    let Some(extract) = read("porto_alegre_counts", PORTO_ALEGRE) else {
        return;
    };
    let (_, report) = build(&extract.roads);
    say(&extract, &report);
    // Of 4,743 one-way ways, those that cars may use.
    assert_eq!(report.one_way_ways, 4273);
    assert_eq!(
        (report.restrictions_kept, report.restrictions_unused),
        (0, 0)
    );
    assert_eq!((report.nodes, report.arcs), (13_819, 31_068));
    // Nearly everything hangs together.
    assert!(report.arcs_left_out * 50 < report.arcs);
    // 2,028 km of all kinds of ways; each direction counts here, paths don't.
    assert!((2_000_000..3_200_000).contains(&report.length_m));
    assert!(count(&extract, BasemapKind::Street) > 15_000);
    assert!(extract.basemap.iter().any(|f| f.name == "Avenida Ipiranga"));
    let [west, south, east, north] = extract.bounds.unwrap();
    assert!(west > -51.3 && south > -30.2 && east < -51.1 && north < -29.9);
}

#[test]
fn helsinki_counts() {
    let Some(extract) = read("helsinki_counts", HELSINKI) else {
        return;
    };
    let (_, report) = build(&extract.roads);
    say(&extract, &report);
    // All 45 have a via node; 16 lie on ways that cars may not use or that lead out of
    // the extract.
    assert_eq!(extract.roads.restrictions.len(), 45);
    assert_eq!(
        (report.restrictions_kept, report.restrictions_unused),
        (29, 16)
    );
    assert!((30_000..60_000).contains(&report.length_m));
    for (kind, least) in [
        (BasemapKind::Street, 2000),
        (BasemapKind::Railway, 300),
        (BasemapKind::Water, 10),
        (BasemapKind::Green, 100),
        (BasemapKind::Building, 440),
        (BasemapKind::Label, 10),
    ] {
        assert!(count(&extract, kind) >= least, "{kind:?}");
    }
    // Buildings with courtyards come from relations, with their holes.
    let courtyards = extract.basemap.iter().filter(|f| {
        f.kind == BasemapKind::Building
            && matches!(&f.shape, BasemapShape::Polygon(rings) if rings.len() > 1)
    });
    assert!(courtyards.count() > 20);
    assert!(
        extract
            .basemap
            .iter()
            .any(|f| f.name == "Kluuvi" && f.class == "suburb")
    );
}

#[test]
fn singapore_counts() {
    let Some(extract) = read("singapore_counts", SINGAPORE) else {
        return;
    };
    let (_, report) = build(&extract.roads);
    say(&extract, &report);
    // 13 of the 40 have a via way.
    assert_eq!(extract.restrictions_not_read, 13);
    assert_eq!(extract.roads.restrictions.len(), 27);
    assert_eq!(report.restrictions_kept + report.restrictions_unused, 27);
    assert!(report.restrictions_kept >= 4);
    // The piece is so small that most one-way carriageways lead out of it.
    assert!(report.arcs > 50 && report.arcs < report.arcs_left_out);
    assert!(count(&extract, BasemapKind::Water) > 5);
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
fn a_stored_network_is_the_same_when_opened() {
    let Some(extract) = read("a_stored_network_is_the_same_when_opened", PORTO_ALEGRE) else {
        return;
    };
    let (network, _) = build(&extract.roads);
    let bytes = network.to_bytes();
    let opened = RoadNetwork::from_bytes(&bytes).unwrap();
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

/// Turns that must not be driven, as three positions: before, at and after the via node.
fn forbidden_turns(draft: &RoadDraft) -> Vec<[Position; 3]> {
    let speeds = SpeedTable::default();
    let driven = |class: &str| speeds.kmh(class).is_some();
    let ways: Vec<_> = draft.ways.iter().filter(|w| driven(&w.class)).collect();
    let mut turns = Vec::new();
    for r in &draft.restrictions {
        let Some(&via) = draft.nodes.get(&r.via_node) else {
            continue;
        };
        // Neighbours of the via node, with the way that leads to each.
        let mut beside: Vec<(i64, i64)> = Vec::new();
        for way in &ways {
            for pair in way.nodes.windows(2) {
                match pair {
                    [a, b] if *a == r.via_node => beside.push((way.id, *b)),
                    [a, b] if *b == r.via_node => beside.push((way.id, *a)),
                    _ => {}
                }
            }
        }
        let of = |id: i64| {
            beside
                .iter()
                .filter(|b| b.0 == id)
                .map(|b| b.1)
                .collect::<Vec<_>>()
        };
        let ([before], [after]) = (&of(r.from_way)[..], &of(r.to_way)[..]) else {
            continue;
        };
        for (_, next) in beside.iter().filter(|b| (b.1 == *after) != r.only) {
            turns.push([draft.nodes[before], via, draft.nodes[next]]);
        }
    }
    turns
}

#[test]
fn no_forbidden_turn_is_driven() {
    // Singapore's few turns in the connected part are never worth driving.
    for (file, least) in [(HELSINKI, 20), (SINGAPORE, 0)] {
        let Some(extract) = read("no_forbidden_turn_is_driven", file) else {
            return;
        };
        let (network, _) = build(&extract.roads);
        let mut free = extract.roads.clone();
        free.restrictions.clear();
        let (unrestricted, _) = build(&free);
        let turns = forbidden_turns(&extract.roads);

        // From just before each turn to just after it.
        let mut driven_when_free = 0;
        for [before, via, after] in &turns {
            let ask = |network: &RoadNetwork| {
                let from = network.snap(*before, Metres(1.0))?;
                let to = network.snap(*after, Metres(1.0))?;
                Some(drives(
                    &network.route(from, to)?.line,
                    *before,
                    *via,
                    *after,
                ))
            };
            assert_ne!(
                ask(&network),
                Some(true),
                "{file}: {before:?} {via:?} {after:?}"
            );
            driven_when_free += usize::from(ask(&unrestricted) == Some(true));
        }
        println!(
            "{file}: {} forbidden turns, {driven_when_free} driven when free",
            turns.len()
        );
        assert!(driven_when_free >= least, "{file}: {driven_when_free}");

        // And all over the town.
        let snaps = snaps(&network, extract.bounds.unwrap(), 40, 11);
        for (i, from) in snaps.iter().enumerate() {
            for to in &snaps[i..] {
                let line = network.route(*from, *to).unwrap().line;
                for [before, via, after] in &turns {
                    assert!(!drives(&line, *before, *via, *after), "{file}: {via:?}");
                }
            }
        }
    }
}

/// Whether a line goes from one neighbour of a place through it straight to another.
fn drives(line: &[Position], before: Position, via: Position, after: Position) -> bool {
    let near = |a: Position, b: Position| a.metres_to(b).0 < 0.05;
    line.windows(3)
        .any(|w| near(w[0], before) && near(w[1], via) && near(w[2], after))
}

#[test]
fn a_torn_file_is_refused() {
    let Some(bytes) = extract_bytes("a_torn_file_is_refused", SINGAPORE) else {
        return;
    };
    let half = read_osm_pbf(&bytes[..bytes.len() / 2]).unwrap_err();
    assert!(matches!(half, OsmFault::Torn { .. }), "{half}");
    println!("{half}");
    // Wherever it is cut, nothing is read by half: an error, or (cut at a blob's border
    // after the last way) all ways are there.
    let whole = read_osm_pbf(&bytes).unwrap();
    for cut in (0..bytes.len()).step_by(331) {
        match read_osm_pbf(&bytes[..cut]) {
            Err(_) => {}
            Ok(extract) => assert_eq!(extract.roads.ways, whole.roads.ways, "cut at {cut}"),
        }
    }
    for cut in bytes.len() - 20..bytes.len() {
        assert!(read_osm_pbf(&bytes[..cut]).is_err());
    }
}

#[test]
fn bent_bytes_never_panic() {
    let Some(bytes) = extract_bytes("bent_bytes_never_panic", SINGAPORE) else {
        return;
    };
    let mut rng = StdRng::seed_from_u64(5);
    let mut refused = 0;
    for _ in 0..200 {
        let mut bent = bytes.clone();
        for _ in 0..rng.random_range(1..4) {
            let at = rng.random_range(0..bent.len());
            bent[at] = rng.random();
        }
        match read_osm_pbf(&bent) {
            Ok(extract) => drop(RoadNetwork::build(&extract.roads, &SpeedTable::default())),
            Err(fault) => {
                assert!(!fault.to_string().contains('\n'), "{fault}");
                refused += 1;
            }
        }
    }
    assert!(refused > 150, "{refused}");
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

/// What GDAL counts in a layer of an extract.
fn counted(path: &std::path::Path, layer: &str, condition: &str) -> usize {
    let sql = format!("SELECT count(*) AS n FROM {layer} WHERE {condition}");
    let done = std::process::Command::new("ogrinfo")
        .args(["-ro", "-q", "-dialect", "SQLITE", "-sql", &sql])
        .arg(path)
        .output()
        .expect("ogrinfo is needed (gdal-bin)");
    let said = String::from_utf8_lossy(&done.stdout).into_owned();
    let number = said
        .lines()
        .find_map(|line| line.trim().strip_prefix("n (Integer) = "));
    number
        .and_then(|n| n.parse().ok())
        .unwrap_or_else(|| panic!("{said}"))
}

/// The real program, a list of tags of one's own, and GDAL as the judge of how many there are.
#[test]
fn places_come_out_of_an_extract_as_gdal_counts_them() {
    let test = "places_come_out_of_an_extract";
    let Some(bytes) = extract_bytes(test, HELSINKI) else {
        return;
    };
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("h.osm.pbf");
    std::fs::write(&path, bytes).unwrap();
    let tags = "key,value,kind,tier\namenity,bar,bar,yellow\namenity,school,school,green\n";
    std::fs::write(folder.path().join("tags.csv"), tags).unwrap();
    let run = |arguments: &[&str]| {
        let done = std::process::Command::new(env!("CARGO_BIN_EXE_frontbeat"))
            .args(arguments)
            .current_dir(folder.path())
            .output()
            .unwrap();
        let said = [done.stdout, done.stderr].concat();
        let said = String::from_utf8_lossy(&said).into_owned();
        assert!(done.status.success(), "{arguments:?}: {said}");
    };
    run(&["init", "h.gpkg", "--name", "Helsinki"]);
    let list = ["--place-tags", "tags.csv"];
    run(&[
        &["import", "h.gpkg", "h.osm.pbf", "--as", "places"],
        &list[..],
    ]
    .concat());
    run(&["export", "h.gpkg", "--layer", "places", "-o", "p.geojson"]);
    let text = std::fs::read_to_string(folder.path().join("p.geojson")).unwrap();
    let read: serde_json::Value = serde_json::from_str(&text).unwrap();
    let places = read["features"].as_array().unwrap();
    for (kind, tier) in [("bar", "yellow"), ("school", "green")] {
        let ours = places
            .iter()
            .filter(|it| it["properties"]["place_kind"] == kind);
        let ours: Vec<_> = ours.collect();
        let points = counted(
            &path,
            "points",
            &format!("other_tags LIKE '%\"amenity\"=>\"{kind}\"%'"),
        );
        let ways = format!("amenity = '{kind}' AND osm_way_id IS NOT NULL");
        let areas = counted(&path, "multipolygons", &ways);
        assert!(points + areas > 0);
        assert_eq!(ours.len(), points + areas, "{kind}");
        for place in ours {
            assert_eq!(place["properties"]["tier"], tier);
            assert_eq!(place["geometry"]["type"], "Point");
        }
    }
}
