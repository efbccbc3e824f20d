//! The same seed, the same district; another seed, another one that works.

use std::sync::OnceLock;

use frontbeat::app::sample::district::SampleDistrict;
use frontbeat::roads::network::RoadNetwork;
use frontbeat::roads::speed::SpeedTable;
use sha2::{Digest, Sha256};

use crate::made::district;

fn fingerprint(d: &SampleDistrict) -> String {
    let mut hash = Sha256::new();
    let mut nodes: Vec<_> = d.roads.nodes.iter().collect();
    nodes.sort_by_key(|(id, _)| **id);
    hash.update(format!(
        "{nodes:?} {:?} {:?}",
        d.roads.ways, d.roads.restrictions
    ));
    hash.update(format!("{:?} {:?} {:?}", d.basemap, d.stations, d.beats));
    hash.update(format!(
        "{:?} {:?}",
        d.commercial_districts, d.joint_duty_posts
    ));
    hash.update(format!("{:?} {:?} {:?}", d.posts, d.pillars, d.cameras));
    hash.update(format!("{:?} {:?} {:?}", d.places, d.units, d.incidents));
    hash.finalize().iter().map(|b| format!("{b:02x}")).collect()
}

#[test]
fn the_same_seed_gives_the_same_district() {
    let first = fingerprint(district());
    assert_eq!(first, fingerprint(&SampleDistrict::generate(7).unwrap()));
    assert_ne!(first, fingerprint(other_district()));
}

#[test]
fn other_seeds_work_too() {
    let last = SampleDistrict::generate(u64::MAX);
    let last = last.unwrap_or_else(|e| panic!("the last seed: {e}"));
    for d in [other_district(), &last] {
        assert_eq!(d.beats.len(), 60);
        let (_, report) = RoadNetwork::build(&d.roads, &SpeedTable::default()).unwrap();
        assert_eq!(report.arcs_left_out, 0);
    }
}

fn other_district() -> &'static SampleDistrict {
    static OTHER: OnceLock<SampleDistrict> = OnceLock::new();
    OTHER.get_or_init(|| SampleDistrict::generate(42).expect("seed 42"))
}
