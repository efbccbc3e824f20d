//! Twenty-four idle units over the ten stations: sixteen cars, five motorcycles, three
//! foot teams, each somewhere on its station's ground.

use rand::RngExt;

use crate::app::sample::beats::StationGround;
use crate::app::sample::centre::Centre;
use crate::app::sample::chance::stream;
use crate::app::sample::piece::Pieces;
use crate::app::sample::plane::Spot;
use crate::app::sample::post::{is_calm_main, kerb};
use crate::place::feature::{Station, Unit, UnitKind, UnitStatus};
use crate::place::id::Id;

const CARS: usize = 16;
const MOTORCYCLES: usize = 5;
const FOOT: usize = 3;

/// The units; foot teams walk at commercial districts.
pub fn units(
    seed: u64,
    pieces: &Pieces,
    grounds: &[StationGround],
    stations: &[Station],
    centres: &[Centre],
) -> Vec<Unit> {
    let mut chance = stream(seed, "units");
    let nearest = |spot: Spot| {
        stations.iter().min_by(|a, b| {
            let off = |s: &Station| Spot::of(s.position).metres_to(spot);
            off(a).total_cmp(&off(b))
        })
    };
    (0..CARS + MOTORCYCLES + FOOT)
        .map(|number| {
            let kind = match number {
                n if n < CARS => UnitKind::Car,
                n if n < CARS + MOTORCYCLES => UnitKind::Motorcycle,
                _ => UnitKind::Foot,
            };
            let (about, reach) = if kind == UnitKind::Foot {
                (centres[number % centres.len()].spot, 120.0)
            } else {
                (grounds[number % grounds.len()].middle, 650.0)
            };
            let angle = chance.random_range(0.0..std::f64::consts::TAU);
            let off = reach * chance.random_range(0.3..1.0_f64);
            let spot = about.moved(off * angle.cos(), off * angle.sin());
            let station = if kind == UnitKind::Foot {
                nearest(spot).map(|s| s.id.clone())
            } else {
                Some(grounds[number % grounds.len()].id.clone())
            };
            Unit {
                id: Id::new(format!("unit-{:02}", number + 1)),
                call_sign: format!("大东-{:02}", number + 1),
                kind,
                station,
                position: kerb(pieces, spot, is_calm_main).position(),
                status: UnitStatus::Idle,
            }
        })
        .collect()
}
