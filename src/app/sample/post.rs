//! Stations, police posts, joint-duty posts, alarm pillars and camera sites, all beside a
//! street.

use rand::RngExt;

use crate::app::sample::beats::StationGround;
use crate::app::sample::centre::Centre;
use crate::app::sample::chance::{Chance, stream};
use crate::app::sample::name;
use crate::app::sample::outline::Outline;
use crate::app::sample::piece::{Piece, Pieces};
use crate::app::sample::plane::Spot;
use crate::app::sample::street::Class;
use crate::app::sample::terrain::urbanity;
use crate::place::feature::{
    AlarmPillar, Camera, CommercialDistrict, JointDutyPost, PillarState, Post, Station,
};
use crate::place::id::Id;
use crate::place::measure::{Metres, Seconds};

const PILLARS: usize = 40;
const POSTS: usize = 8;
const CAMERAS: usize = 90;
const VISIT_EVERY: Seconds = Seconds(2.0 * 3600.0);

/// From a street's middle to what stands beside it.
const KERB_M: f64 = 9.0;

/// A main street that one may stop in.
pub fn is_calm_main(piece: &Piece) -> bool {
    piece.is_main() && piece.class != Class::Trunk
}

/// Beside the street nearest to a spot: the spot itself where there is none near.
pub fn kerb(pieces: &Pieces, spot: Spot, wanted: impl Fn(&Piece) -> bool) -> Spot {
    match pieces.nearest(spot, wanted) {
        Some(on_street) => {
            let off = on_street.metres_to(spot).max(1.0);
            on_street.towards(spot, (KERB_M / off).min(1.0))
        }
        None => spot,
    }
}

/// One station a ground, on a main street near its middle.
pub fn stations(pieces: &Pieces, grounds: &[StationGround]) -> Vec<Station> {
    grounds
        .iter()
        .enumerate()
        .map(|(number, ground)| Station {
            id: ground.id.clone(),
            name: format!("{}派出所（模拟） Station {}", ground.name, number + 1),
            position: kerb(pieces, ground.middle, is_calm_main).position(),
        })
        .collect()
}

/// One joint-duty post a commercial district, near its crossing.
pub fn joint_duty_posts(
    seed: u64,
    pieces: &Pieces,
    centres: &[Centre],
    districts: &[CommercialDistrict],
) -> Vec<JointDutyPost> {
    let mut chance = stream(seed, "joint-duty posts");
    centres
        .iter()
        .zip(districts)
        .enumerate()
        .map(|(number, (centre, district))| JointDutyPost {
            id: Id::new(format!("joint-{}", number + 1)),
            name: format!("{}联勤岗（模拟）", name::COMMERCIAL[number]),
            position: kerb(pieces, about(&mut chance, centre.spot, 60.0), is_calm_main).position(),
            commercial_district: Some(district.id.clone()),
            visit_every: Some(VISIT_EVERY),
        })
        .collect()
}

/// Police posts at main streets, far from one another.
pub fn posts(seed: u64, pieces: &Pieces, outline: &Outline) -> Vec<Post> {
    let mut chance = stream(seed, "posts");
    scattered(&mut chance, pieces, outline, POSTS, 2200.0, &[])
        .into_iter()
        .enumerate()
        .map(|(number, spot)| Post {
            id: Id::new(format!("post-{}", number + 1)),
            name: format!("模拟{}号警务岗", name::chinese(number + 1)),
            position: spot.position(),
            hours: if number % 2 == 0 {
                "06:00-22:00"
            } else {
                "00:00-24:00"
            }
            .into(),
        })
        .collect()
}

/// Pillars: three at each commercial district, the others at main streets where it is
/// urban. One has lost its line.
pub fn pillars(
    seed: u64,
    pieces: &Pieces,
    outline: &Outline,
    centres: &[Centre],
) -> Vec<AlarmPillar> {
    let mut chance = stream(seed, "pillars");
    let near: Vec<Spot> = centres
        .iter()
        .flat_map(|centre| [(0.1, 90.0), (2.2, 210.0), (4.3, 240.0)].map(|turn| (centre, turn)))
        .map(|(centre, (angle, off))| {
            let angle: f64 = angle + chance.random_range(-0.5..0.5);
            let spot = centre.spot.moved(off * angle.cos(), off * angle.sin());
            kerb(pieces, spot, is_calm_main)
        })
        .collect();
    let others = PILLARS - near.len();
    let mut spots = scattered(&mut chance, pieces, outline, others, 700.0, &near);
    spots.extend(near);
    spots.sort_by(|a, b| a.y.total_cmp(&b.y));
    let dead = chance.random_range(0..spots.len());
    spots
        .iter()
        .enumerate()
        .map(|(number, spot)| AlarmPillar {
            id: Id::new(format!("pillar-{:02}", number + 1)),
            name: format!("{}号报警柱（模拟）", number + 1),
            position: spot.position(),
            state: if number == dead {
                PillarState::Offline
            } else {
                PillarState::Online
            },
        })
        .collect()
}

/// Camera sites at main streets.
pub fn cameras(seed: u64, pieces: &Pieces, outline: &Outline) -> Vec<Camera> {
    let mut chance = stream(seed, "cameras");
    scattered(&mut chance, pieces, outline, CAMERAS, 330.0, &[])
        .into_iter()
        .enumerate()
        .map(|(number, spot)| Camera {
            id: Id::new(format!("camera-{:02}", number + 1)),
            name: format!("模拟监控点 {}", number + 1),
            position: spot.position(),
            view: Metres([60.0, 80.0, 120.0][chance.random_range(0..3)]),
        })
        .collect()
}

fn about(chance: &mut Chance, spot: Spot, metres: f64) -> Spot {
    let angle = chance.random_range(0.0..std::f64::consts::TAU);
    spot.moved(metres * angle.cos(), metres * angle.sin())
}

/// Spots beside main streets, denser where it is urban, at least `apart_m` from one
/// another and from those taken; closer only where the district has no more room.
fn scattered(
    chance: &mut Chance,
    pieces: &Pieces,
    outline: &Outline,
    count: usize,
    apart_m: f64,
    taken: &[Spot],
) -> Vec<Spot> {
    let mut found: Vec<Spot> = Vec::new();
    let mut apart = apart_m;
    while found.len() < count && !pieces.all.is_empty() {
        for _ in 0..3000 {
            let piece = &pieces.all[chance.random_range(0..pieces.all.len())];
            let spot = piece.a;
            if found.len() < count
                && is_calm_main(piece)
                && chance.random_bool(urbanity(spot))
                && outline.contains_by(spot, 60.0)
                && found.iter().chain(taken).all(|s| s.metres_to(spot) > apart)
            {
                found.push(kerb(pieces, about(chance, spot, 15.0), is_calm_main));
            }
        }
        apart *= 0.8;
    }
    found
}
