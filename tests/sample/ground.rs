//! What the ground promises: layers, beats, roads, the basemap.

use frontbeat::place::area::Area;
use frontbeat::place::basemap::{BasemapKind, BasemapShape};
use frontbeat::place::feature::{PillarState, PlaceTier, UnitKind, UnitStatus};
use frontbeat::place::measure::Metres;
use frontbeat::place::position::Position;
use geo::{Area as _, BooleanOps, Relate};
use std::collections::BTreeMap;

use crate::made::{district, network};

#[test]
fn everything_is_there_and_inside() {
    let d = district();
    let counts = [
        (d.stations.len(), 10),
        (d.beats.len(), 60),
        (d.commercial_districts.len(), 6),
        (d.joint_duty_posts.len(), 6),
        (d.posts.len(), 8),
        (d.pillars.len(), 40),
        (d.cameras.len(), 90),
        (d.places.len(), 1090),
        (d.units.len(), 24),
    ];
    for (i, (found, wanted)) in counts.into_iter().enumerate() {
        assert_eq!(found, wanted, "layer {i}");
    }
    assert!(
        (30_000..=40_000).contains(&d.incidents.len()),
        "{}",
        d.incidents.len()
    );

    let kinds = |kind| d.units.iter().filter(|u| u.kind == kind).count();
    assert_eq!(
        [UnitKind::Car, UnitKind::Motorcycle, UnitKind::Foot].map(kinds),
        [16, 5, 3]
    );
    assert!(d.units.iter().all(|u| u.status == UnitStatus::Idle));
    let offline = d.pillars.iter().filter(|p| p.state == PillarState::Offline);
    assert_eq!(offline.count(), 1);
    let yellow = d
        .places
        .iter()
        .filter(|p| p.tier == PlaceTier::Yellow)
        .count();
    assert!((20..200).contains(&yellow), "{yellow}");

    let points = (d.stations.iter().map(|x| x.position))
        .chain(d.joint_duty_posts.iter().map(|x| x.position))
        .chain(d.posts.iter().map(|x| x.position))
        .chain(d.pillars.iter().map(|x| x.position))
        .chain(d.cameras.iter().map(|x| x.position))
        .chain(d.places.iter().map(|x| x.position))
        .chain(d.units.iter().map(|x| x.position))
        .chain(d.incidents.iter().map(|x| x.position))
        .chain(d.roads.nodes.values().copied());
    for point in points {
        assert!(d.boundary.covers(point), "{point:?} lies outside");
    }
    for (post, shops) in d.joint_duty_posts.iter().zip(&d.commercial_districts) {
        assert_eq!(post.commercial_district.as_ref(), Some(&shops.id));
        assert!(shops.area.covers(post.position), "{}", post.id);
    }
}

#[test]
fn beats_cover_the_district_without_gap_or_overlap() {
    let d = district();
    let whole = d.boundary.shape().unsigned_area();
    let parts: f64 = d.beats.iter().map(|b| b.area.shape().unsigned_area()).sum();
    assert!((parts / whole - 1.0).abs() < 1e-6, "{parts} of {whole}");
    for (i, a) in d.beats.iter().enumerate() {
        for b in &d.beats[i + 1..] {
            let common = a.area.shape().intersection(b.area.shape()).unsigned_area();
            assert!(
                common < 1e-9 * whole,
                "{} and {} overlap by {common}",
                a.id,
                b.id
            );
        }
    }
}

#[test]
fn neighbouring_beats_have_the_same_coordinates_on_their_border() {
    let d = district();
    type Side = ([u64; 2], [u64; 2]);
    let mut sides: BTreeMap<Side, usize> = BTreeMap::new();
    for beat in &d.beats {
        for polygon in beat.area.shape() {
            for ring in std::iter::once(polygon.exterior()).chain(polygon.interiors()) {
                for side in ring.lines() {
                    let key = |c: geo::Coord| [c.x.to_bits(), c.y.to_bits()];
                    *sides.entry((key(side.start), key(side.end))).or_default() += 1;
                }
            }
        }
    }
    let border = d.boundary.shape();
    let mut lonely = 0;
    for (&(a, b), &count) in &sides {
        assert_eq!(count, 1, "a side belongs to two beats");
        if !sides.contains_key(&(b, a)) {
            lonely += 1;
            let middle = geo::Point::new(
                (f64::from_bits(a[0]) + f64::from_bits(b[0])) / 2.0,
                (f64::from_bits(a[1]) + f64::from_bits(b[1])) / 2.0,
            );
            let off = Position::wrapped(middle.x(), middle.y());
            let inner = border.0[0].exterior().lines().all(|side| {
                let line = geo::LineString::from(vec![side.start, side.end]);
                use geo::{Distance, Euclidean};
                Euclidean.distance(&middle, &line) > 2e-7
            });
            assert!(!inner, "the side at {off:?} has no beat on its other hand");
        }
    }
    assert!(lonely >= 200, "the outline's own sides: {lonely}");
}

#[test]
fn a_station_has_six_beats_in_one_piece() {
    let d = district();
    let mut by_station: BTreeMap<&str, Vec<&Area>> = BTreeMap::new();
    for beat in &d.beats {
        assert_eq!(beat.area.shape().0.len(), 1, "{} is in one piece", beat.id);
        let station = beat.station.as_ref().expect("a station");
        by_station
            .entry(station.as_str())
            .or_default()
            .push(&beat.area);
    }
    assert_eq!(by_station.len(), 10);
    for station in &d.stations {
        let areas = &by_station[station.id.as_str()];
        assert_eq!(areas.len(), 6);
        assert!(
            areas.iter().any(|a| a.covers(station.position)),
            "{} stands on its own ground",
            station.id
        );
        let mut reached = vec![0];
        let mut next = 0;
        while let Some(&from) = reached.get(next) {
            next += 1;
            for to in 0..areas.len() {
                let touch = areas[from].shape().relate(areas[to].shape());
                if !reached.contains(&to) && touch.is_touches() {
                    reached.push(to);
                }
            }
        }
        assert_eq!(reached.len(), 6, "{}", station.id);
    }
}

#[test]
fn the_road_network_is_one_piece_and_everything_stands_at_it() {
    let d = district();
    let (network, report) = network();
    println!("MEASURED roads: {report:?}");
    assert_eq!(report.arcs_left_out, 0);
    assert!(report.one_way_ways > 100, "{}", report.one_way_ways);
    assert!(report.restrictions_kept > 5, "{}", report.restrictions_kept);
    assert_eq!(report.restrictions_unused, 0);
    assert!(
        (700_000..2_000_000).contains(&report.length_m),
        "{}",
        report.length_m
    );
    let standing = (d.stations.iter().map(|x| x.position))
        .chain(d.joint_duty_posts.iter().map(|x| x.position))
        .chain(d.posts.iter().map(|x| x.position))
        .chain(d.pillars.iter().map(|x| x.position))
        .chain(d.units.iter().map(|x| x.position));
    let snaps: Vec<_> = standing
        .map(|p| network.snap(p, Metres(50.0)).expect("a road within 50 m"))
        .collect();
    let matrix = network.matrix(&snaps, &snaps);
    for i in 0..snaps.len() {
        for j in 0..snaps.len() {
            assert!(matrix.millis(i, j).is_some(), "no way from {i} to {j}");
        }
    }
}

#[test]
fn the_basemap_has_streets_water_green_buildings_and_names() {
    let d = district();
    let count = |kind| d.basemap.iter().filter(|f| f.kind == kind).count();
    assert!(count(BasemapKind::Street) > 800);
    assert!(count(BasemapKind::Water) >= 2);
    assert!(count(BasemapKind::Green) >= 20);
    assert!((6_000..=10_000).contains(&count(BasemapKind::Building)));
    assert_eq!(count(BasemapKind::Railway), 1);
    assert!(count(BasemapKind::Label) >= 20);
    for feature in &d.basemap {
        match &feature.shape {
            BasemapShape::Line(line) => assert!(line.len() >= 2),
            BasemapShape::Polygon(rings) => {
                assert!(rings.iter().all(|r| r.len() >= 4 && r.first() == r.last()));
            }
            BasemapShape::Point(_) => assert!(!feature.name.is_empty()),
        }
    }
}
