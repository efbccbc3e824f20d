//! The sample district: what it promises, on the generator and on the saved file.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::OnceLock;

use frontbeat::app::sample::ATTRIBUTION;
use frontbeat::app::sample::district::SampleDistrict;
use frontbeat::app::sample::process::{REPEAT_DAYS, REPEAT_M};
use frontbeat::calendar::week::hour_of_week;
use frontbeat::incident::record::{CallState, Incident, Origin};
use frontbeat::place::area::Area;
use frontbeat::place::basemap::{BasemapKind, BasemapShape};
use frontbeat::place::feature::{PillarState, PlaceTier, UnitKind, UnitStatus};
use frontbeat::place::measure::Metres;
use frontbeat::place::position::Position;
use frontbeat::roads::network::{BuildReport, RoadNetwork};
use frontbeat::roads::speed::SpeedTable;
use frontbeat::store::record::IncidentFilter;
use frontbeat::store::workspace::{Access, Workspace};
use geo::{Area as _, BooleanOps, Relate};
use sha2::{Digest, Sha256};

fn district() -> &'static SampleDistrict {
    static DISTRICT: OnceLock<SampleDistrict> = OnceLock::new();
    DISTRICT.get_or_init(|| SampleDistrict::generate(7).expect("seed 7"))
}

fn network() -> &'static (RoadNetwork, BuildReport) {
    static NETWORK: OnceLock<(RoadNetwork, BuildReport)> = OnceLock::new();
    NETWORK.get_or_init(|| {
        RoadNetwork::build(&district().roads, &SpeedTable::default()).expect("a network")
    })
}

/// Runs the program; the sample is made once for all tests that read it.
fn frontbeat(arguments: &[&str]) -> std::process::Output {
    Command::new(env!("CARGO_BIN_EXE_frontbeat"))
        .args(arguments)
        .output()
        .expect("the program starts")
}

fn sample_file() -> &'static Path {
    static FILE: OnceLock<(tempfile::TempDir, PathBuf)> = OnceLock::new();
    let (_, path) = FILE.get_or_init(|| {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("sample.gpkg");
        let started = std::time::Instant::now();
        let output = frontbeat(&["sample", &path.display().to_string(), "--seed", "7"]);
        assert!(output.status.success(), "{output:?}");
        let bytes = path.metadata().expect("the file").len();
        println!(
            "MEASURED sample: {:.1} s in this build, {:.1} MiB",
            started.elapsed().as_secs_f64(),
            bytes as f64 / (1 << 20) as f64
        );
        assert!(bytes <= 20 << 20, "{bytes} bytes");
        let mut left: Vec<_> = std::fs::read_dir(folder.path())
            .expect("the folder")
            .map(|entry| entry.expect("an entry").file_name())
            .collect();
        left.sort();
        assert_eq!(left, ["sample.gpkg", "sample.gpkg.lock"]);
        (folder, path)
    });
    path
}

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

fn of<'a>(code: &'a str) -> impl Iterator<Item = &'static Incident> + 'a {
    district()
        .incidents
        .iter()
        .filter(move |i| i.category == code)
}

#[test]
fn the_week_has_its_rhythm() {
    let zone = district().process.zone();
    let share = |code: &str, hours: &dyn Fn(usize) -> bool| {
        let all = of(code).count() as f64;
        of(code).filter(|i| hours(hour_of_week(i.at, zone))).count() as f64 / all
    };
    let rush = |h: usize| matches!(h % 24, 7 | 8 | 17 | 18);
    assert!(share("traffic/collision", &rush) > 0.33);
    assert!(share("public_order/fight", &|h| !(4..20).contains(&(h % 24))) > 0.7);
    let office = |h: usize| h / 24 < 5 && (9..17).contains(&(h % 24));
    assert!(share("fraud/telecom", &office) > 0.55);
    assert!(share("criminal/theft", &|h| (13..20).contains(&(h % 24))) > 0.5);
    // A night of Friday or Saturday has more fights than one of Monday or Tuesday.
    let evening = |day: usize| move |h: usize| h / 24 == day && h % 24 >= 20;
    let week_end =
        share("public_order/fight", &evening(4)) + share("public_order/fight", &evening(5));
    let week_start =
        share("public_order/fight", &evening(0)) + share("public_order/fight", &evening(1));
    assert!(week_end > 1.4 * week_start, "{week_end} {week_start}");
}

/// Pairs of incidents of a category within 150 m and a fortnight, against how many there
/// are within 150 m at gaps of 10 to 12 fortnights, each per day that two years have room
/// for such a gap.
fn near_repeat_ratio(code: &str) -> f64 {
    let events: Vec<(i64, Position)> = of(code).map(|i| (i.at.as_second(), i.position)).collect();
    let (mut near, mut far) = (0.0, 0.0);
    for (i, a) in events.iter().enumerate() {
        for b in &events[i + 1..] {
            let fortnights = (b.0 - a.0).abs() as f64 / (14.0 * 86_400.0);
            let (close, control) = (fortnights < 1.0, (10.0..12.0).contains(&fortnights));
            if (close || control) && a.1.metres_to(b.1).0 < 150.0 {
                if close {
                    near += 1.0;
                } else {
                    far += 0.5;
                }
            }
        }
    }
    let (days, near_gap, far_gap) = (730.0, 7.0, 154.0);
    let ratio = (near / (days - near_gap)) / (far / (days - far_gap));
    println!("MEASURED near repeats of {code}: {ratio:.2}");
    ratio
}

#[test]
fn repeats_are_near_and_soon_where_the_process_says_so() {
    const { assert!(REPEAT_DAYS < 14.0 && REPEAT_M < 150.0) };
    let burglary = near_repeat_ratio("criminal/burglary");
    assert!(burglary > 1.5, "burglary {burglary}");
    assert!(near_repeat_ratio("criminal/ebike_theft") > 1.2);
    let collision = near_repeat_ratio("traffic/collision");
    assert!((0.85..1.15).contains(&collision), "collision {collision}");
}

#[test]
fn commercial_districts_are_denser() {
    let d = district();
    let km2: f64 = d.commercial_districts.iter().map(|c| c.area.km2()).sum();
    let inside = d
        .incidents
        .iter()
        .filter(|i| {
            d.commercial_districts
                .iter()
                .any(|c| c.area.covers(i.position))
        })
        .count() as f64;
    let ratio = (inside / km2) / (d.incidents.len() as f64 / d.boundary.km2());
    assert!(ratio > 3.0, "{ratio}");
}

#[test]
fn origins_states_and_times_are_plausible() {
    let d = district();
    let all = d.incidents.len() as f64;
    let share = |origin| d.incidents.iter().filter(|i| i.origin == origin).count() as f64 / all;
    assert!((0.045..0.075).contains(&share(Origin::PatrolDiscovered)));
    assert!(share(Origin::CitizenCall) > 0.7);
    for origin in [Origin::AlarmPillar, Origin::Sensor, Origin::Counter] {
        assert!(share(origin) > 0.005, "{origin:?}");
    }
    let (start, end) = (d.process.start(), d.process.end());
    let last_hours = end.as_second() - 6 * 3600;
    for i in &d.incidents {
        assert!(start <= i.at && i.at < end, "{}", i.id);
        assert!(
            i.until.is_none_or(|until| i.at < until && until <= end),
            "{}",
            i.id
        );
        assert!(i.state == CallState::Closed || i.at.as_second() > last_hours - 13 * 3600);
    }
    assert!(d.incidents.iter().any(|i| i.state != CallState::Closed));
}

#[test]
fn the_stated_intensity_is_the_one_drawn_from() {
    let d = district();
    let code = "criminal/theft";
    let [west, south, east, north] = d.boundary.bbox();
    // The mass of the density over the district is one: integrate on a grid of about 10 m.
    let at = d.process.start() + jiff::SignedDuration::from_hours(24 * 100 + 15);
    let (dx, dy) = (0.00012, 0.00009);
    let (columns, rows) = (
        ((east - west) / dx) as usize,
        ((north - south) / dy) as usize,
    );
    let cell_km2 = Position::wrapped(west, 41.86)
        .metres_to(Position::wrapped(west + dx, 41.86))
        .0
        * Position::wrapped(west, 41.86)
            .metres_to(Position::wrapped(west, 41.86 + dy))
            .0
        / 1e6;
    let mut mass = 0.0;
    let mut coarse: BTreeMap<(usize, usize), f64> = BTreeMap::new();
    for i in 0..columns {
        for j in 0..rows {
            let p = Position::wrapped(west + dx * i as f64, south + dy * j as f64);
            let value = d.process.true_intensity(p, at, code) * cell_km2;
            mass += value;
            *coarse.entry((i / 64, j / 64)).or_default() += value;
        }
    }
    let truth = d
        .process
        .truths()
        .iter()
        .find(|t| t.kind.code == code)
        .unwrap();
    let hour = hour_of_week(at, d.process.zone());
    let rate = mass / truth.weekly[hour] / (truth.kind.per_day / 24.0);
    assert!(
        (0.8..1.2).contains(&rate),
        "season apart, the mass is one: {rate}"
    );

    // Counts follow it: the chi-square of counts on cells of about 600 m against their
    // shares, over-dispersed by the repeats, stays near its degrees of freedom.
    let total = of(code).count() as f64;
    let mut counts: BTreeMap<(usize, usize), f64> = BTreeMap::new();
    for i in of(code) {
        let column = ((i.position.lon() - west) / dx) as usize / 64;
        let row = ((i.position.lat() - south) / dy) as usize / 64;
        *counts.entry((column, row)).or_default() += 1.0;
    }
    let (mut chi2, mut cells) = (0.0, 0.0);
    for (cell, value) in &coarse {
        let wanted = value / mass * total;
        if wanted >= 5.0 {
            let found = counts.get(cell).copied().unwrap_or(0.0);
            chi2 += (found - wanted).powi(2) / wanted;
            cells += 1.0;
        }
    }
    println!("MEASURED chi2 {chi2:.1} on {cells} cells");
    assert!(cells > 50.0 && chi2 / cells < 1.8, "{chi2} on {cells}");

    // An event raises the intensity beside it, for a while.
    let place = d.incidents[0].position;
    let later = at + jiff::SignedDuration::from_hours(24);
    let plain = d.process.true_intensity(place, later, code);
    let raised = d
        .process
        .conditional_intensity(place, later, code, &[(at, place)]);
    assert!(
        raised > plain
            && d.process
                .conditional_intensity(place, at, code, &[(later, place)])
                > 0.0
    );
    assert_eq!(d.process.true_intensity(place, at, "no/such"), 0.0);
}

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
    assert_ne!(first, fingerprint(&SampleDistrict::generate(8).unwrap()));
}

#[test]
fn other_seeds_work_too() {
    for seed in [0, 1, 42, u64::MAX] {
        let d = SampleDistrict::generate(seed).unwrap_or_else(|e| panic!("seed {seed}: {e}"));
        assert_eq!(d.beats.len(), 60);
        let (_, report) = RoadNetwork::build(&d.roads, &SpeedTable::default()).unwrap();
        assert_eq!(report.arcs_left_out, 0, "seed {seed}");
    }
}

#[tokio::test]
async fn the_saved_file_holds_what_was_generated() {
    let d = district();
    let workspace = Workspace::open(sample_file(), Access::Read).await.unwrap();
    let saved = workspace.district().await.unwrap();
    assert!(
        saved.synthetic && saved.name.contains("SYNTHETIC 模拟数据"),
        "{}",
        saved.name
    );
    assert_eq!(saved.timezone, "Asia/Shanghai");
    assert_eq!(saved.boundary.as_ref(), Some(&d.boundary));
    assert_eq!(workspace.beats().await.unwrap(), d.beats);
    assert_eq!(workspace.stations().await.unwrap(), d.stations);
    assert_eq!(workspace.units().await.unwrap(), d.units);
    assert_eq!(workspace.pillars().await.unwrap(), d.pillars);
    assert_eq!(workspace.places().await.unwrap(), d.places);
    assert_eq!(
        workspace.joint_duty_posts().await.unwrap(),
        d.joint_duty_posts
    );
    let mut incidents = d.incidents.clone();
    incidents.sort_by(|a, b| (a.at, &a.id).cmp(&(b.at, &b.id)));
    assert_eq!(
        workspace
            .incidents(&IncidentFilter::default())
            .await
            .unwrap(),
        incidents
    );
    assert_eq!(workspace.basemap().await.unwrap().len(), d.basemap.len());
    let known = workspace.categories().await.unwrap();
    assert!(
        known
            .iter()
            .any(|c| c.code == "criminal/burglary" && c.name_zh == "入室盗窃")
    );
    assert_eq!(workspace.info().await.unwrap().attribution, ATTRIBUTION);
    let bytes = workspace.road_network().await.unwrap().expect("roads");
    assert!(
        bytes == network().0.to_bytes(),
        "made twice, the network is the same"
    );
    let opened = RoadNetwork::from_bytes(&bytes).unwrap();
    assert!(opened.snap(d.units[0].position, Metres(50.0)).is_some());
    workspace.close().await;
}

#[test]
fn an_existing_file_is_refused_and_left_alone() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("mine.gpkg");
    std::fs::write(&path, "mine").unwrap();
    let output = frontbeat(&["sample", &path.display().to_string()]);
    assert_eq!(output.status.code(), Some(1));
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(said.contains("exists already"), "{said}");
    assert_eq!(std::fs::read(&path).unwrap(), b"mine");

    let nowhere = folder.path().join("no/such/folder/out.gpkg");
    let output = frontbeat(&["sample", &nowhere.display().to_string()]);
    assert_eq!(output.status.code(), Some(1), "{output:?}");
    assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 1);
}

#[test]
fn gdal_reads_every_layer_without_a_warning() {
    let output = match Command::new("ogrinfo")
        .args(["-ro", "-so", "-al"])
        .arg(sample_file())
        .output()
    {
        Ok(output) => output,
        Err(e) => {
            println!("SKIPPED gdal_reads_every_layer_without_a_warning: no ogrinfo ({e})");
            return;
        }
    };
    let said = String::from_utf8_lossy(&output.stdout);
    let complaints = String::from_utf8_lossy(&output.stderr);
    assert!(
        output.status.success() && complaints.trim().is_empty(),
        "{complaints}"
    );
    for count in [
        "Feature Count: 60",
        "Feature Count: 1090",
        "Feature Count: 40",
    ] {
        assert!(said.contains(count), "{count} in {said}");
    }
    let incidents = format!("Feature Count: {}", district().incidents.len());
    assert!(said.contains(&incidents), "{incidents}");
}
