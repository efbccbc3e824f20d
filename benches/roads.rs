//! Roads and tiles of Porto Alegre: read, build, open, snap, route, matrix, tile.
//!
//! `FRONTBEAT_DATA=… cargo bench --bench roads`; without the data it says so and ends.

use std::hint::black_box;
use std::path::PathBuf;
use std::time::Duration;

use criterion::{Criterion, criterion_group, criterion_main};
use frontbeat::exchange::basemap_tile::BasemapIndex;
use frontbeat::exchange::osm_pbf::read_osm_pbf;
use frontbeat::exchange::tile::TileId;
use frontbeat::place::measure::Metres;
use frontbeat::place::position::Position;
use frontbeat::roads::network::{RoadNetwork, Snap};
use frontbeat::roads::speed::SpeedTable;
use rand::rngs::StdRng;
use rand::{RngExt, SeedableRng};

fn roads(c: &mut Criterion) {
    let beside = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../shared/data");
    let data = std::env::var_os("FRONTBEAT_DATA").map_or(beside, PathBuf::from);
    let Ok(bytes) = std::fs::read(data.join("osm/porto_alegre_centre.osm.pbf")) else {
        println!("SKIPPED roads: no FRONTBEAT_DATA");
        return;
    };
    let extract = read_osm_pbf(&bytes).expect("Porto Alegre can be read");
    let bounds = extract.bounds.expect("it has nodes");
    let speeds = SpeedTable::default();
    let (network, _) = RoadNetwork::build(&extract.roads, &speeds).expect("it has roads");
    let stored = network.to_bytes();
    let snaps = snaps(&network, bounds, 517);

    let mut group = c.benchmark_group("porto_alegre");
    group
        .sample_size(10)
        .measurement_time(Duration::from_secs(4));
    group.bench_function("read_osm_pbf", |b| {
        b.iter(|| read_osm_pbf(black_box(&bytes)))
    });
    group.bench_function("build", |b| {
        b.iter(|| RoadNetwork::build(black_box(&extract.roads), &speeds));
    });
    group.bench_function("open_stored", |b| {
        b.iter(|| RoadNetwork::from_bytes(black_box(&stored)));
    });
    group.bench_function("matrix_517_x_517", |b| {
        b.iter(|| network.matrix(black_box(&snaps), &snaps));
    });
    group.bench_function("route", |b| {
        b.iter(|| network.route(black_box(snaps[0]), snaps[1]));
    });
    group.bench_function("snap", |b| {
        b.iter(|| network.snap(black_box(snaps[2].position), Metres(500.0)));
    });

    let index = BasemapIndex::new(extract.basemap.clone());
    for z in [10, 11, 12, 13, 14] {
        let tile = middle_tile(bounds, z);
        group.bench_function(format!("basemap_tile_z{z}"), |b| {
            b.iter(|| index.tile(black_box(tile)));
        });
    }
    group.finish();
}

fn snaps(network: &RoadNetwork, bounds: [f64; 4], wanted: usize) -> Vec<Snap> {
    let mut rng = StdRng::seed_from_u64(7);
    let mut found = Vec::new();
    while found.len() < wanted {
        let at = Position::wrapped(
            rng.random_range(bounds[0]..bounds[2]),
            rng.random_range(bounds[1]..bounds[3]),
        );
        found.extend(network.snap(at, Metres(500.0)));
    }
    found
}

fn middle_tile([west, south, east, north]: [f64; 4], z: u8) -> TileId {
    let side = f64::from(1u32 << z);
    let x = ((west + east) / 2.0 + 180.0) / 360.0 * side;
    let latitude = ((south + north) / 2.0).to_radians();
    let y = (0.5 - latitude.tan().asinh() / std::f64::consts::TAU) * side;
    TileId::new(z, x as u32, y as u32).expect("it is on the map")
}

criterion_group!(benches, roads);
criterion_main!(benches);
