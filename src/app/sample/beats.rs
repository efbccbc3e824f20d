//! Ten stations with six beats each: the faces of the partition, grown together from
//! seeds so that each group is in one piece and the groups weigh about the same (an urban
//! face weighs more than a field of its size).

use std::collections::BTreeSet;

use rand::RngExt;

use crate::app::sample::chance::{Chance, stream};
use crate::app::sample::fault::SampleError;
use crate::app::sample::name;
use crate::app::sample::partition::Partition;
use crate::app::sample::plane::Spot;
use crate::app::sample::terrain::urbanity;
use crate::place::area::Area;
use crate::place::feature::{Beat, Station};
use crate::place::id::Id;

/// How many stations.
pub const STATIONS: usize = 10;
/// How many beats a station has.
pub const BEATS_PER_STATION: usize = 6;
const ROUNDS: usize = 14;

/// A station's ground.
#[derive(Debug, Clone)]
pub struct StationGround {
    /// The station's id.
    pub id: Id<Station>,
    /// Name of its area.
    pub name: &'static str,
    /// Middle of its ground.
    pub middle: Spot,
}

/// Stations' grounds from south to north, and the beats, station by station.
///
/// # Errors
/// [`SampleError`] where a beat is no valid area.
pub fn draw(
    seed: u64,
    partition: &Partition,
) -> Result<(Vec<StationGround>, Vec<Beat>), SampleError> {
    let mut chance = stream(seed, "beats");
    let all: Vec<usize> = (0..partition.faces.len()).collect();
    let mut groups = grow(&mut chance, partition, &all, STATIONS);
    south_to_north(partition, &mut groups);
    let mut grounds = Vec::new();
    let mut beats = Vec::new();
    for (number, group) in groups.iter().enumerate() {
        let ground = StationGround {
            id: Id::new(format!("station-{:02}", number + 1)),
            name: name::AREAS[number % name::AREAS.len()],
            middle: middle(partition, group),
        };
        let mut parts = grow(&mut chance, partition, group, BEATS_PER_STATION);
        south_to_north(partition, &mut parts);
        for (part_number, part) in parts.into_iter().enumerate() {
            let beat_number = beats.len() + 1;
            let faces: BTreeSet<usize> = part.into_iter().collect();
            let polygons = partition.polygons(|face| faces.contains(&face));
            let area = Area::from_rings(&polygons).map_err(|fault| SampleError::Area {
                what: format!("beat {beat_number}"),
                fault,
            })?;
            beats.push(Beat {
                id: Id::new(format!("beat-{beat_number:02}")),
                name: format!(
                    "{}{}号警务区 Beat {beat_number}",
                    ground.name,
                    name::chinese(part_number + 1)
                ),
                station: Some(ground.id.clone()),
                area,
            });
        }
        grounds.push(ground);
    }
    Ok((grounds, beats))
}

/// Splits faces into groups in one piece: the lightest group that can grow takes the face
/// nearest to its seed; then each seed moves to its group's middle, and again.
fn grow(
    chance: &mut Chance,
    partition: &Partition,
    members: &[usize],
    count: usize,
) -> Vec<Vec<usize>> {
    let faces = &partition.faces;
    let inside: BTreeSet<usize> = members.iter().copied().collect();
    let mut seeds = spread_seeds(chance, partition, members, count);
    let mut best: Option<(f64, Vec<Vec<usize>>)> = None;
    for _ in 0..ROUNDS {
        let mut groups: Vec<Vec<usize>> = seeds.iter().map(|&s| vec![s]).collect();
        let mut weights: Vec<f64> = seeds.iter().map(|&s| weight(partition, s)).collect();
        let mut free: BTreeSet<usize> = &inside - &seeds.iter().copied().collect();
        while !free.is_empty() {
            let nearest = |group: usize| {
                let seed = faces[seeds[group]].middle;
                groups[group]
                    .iter()
                    .flat_map(|&f| faces[f].neighbours.keys().copied())
                    .filter(|f| free.contains(f))
                    .min_by(|&a, &b| {
                        let off = |f: usize| faces[f].middle.metres_to(seed);
                        off(a).total_cmp(&off(b))
                    })
            };
            let next = (0..groups.len())
                .filter_map(|g| nearest(g).map(|face| (g, face)))
                .min_by(|a, b| weights[a.0].total_cmp(&weights[b.0]));
            // The faces are in one piece, so some group can grow while any face is free.
            let Some((group, face)) = next else { break };
            groups[group].push(face);
            weights[group] += weight(partition, face);
            free.remove(&face);
        }
        let spread: f64 = groups.iter().map(|g| moment(partition, g)).sum();
        seeds = groups.iter().map(|g| central(partition, g)).collect();
        if best.as_ref().is_none_or(|(least, _)| spread < *least) {
            best = Some((spread, groups));
        }
    }
    best.map(|(_, groups)| groups).unwrap_or_default()
}

/// Seeds far from one another: each next one is the face farthest from those before.
fn spread_seeds(
    chance: &mut Chance,
    partition: &Partition,
    members: &[usize],
    count: usize,
) -> Vec<usize> {
    let mut seeds = vec![members[chance.random_range(0..members.len())]];
    while seeds.len() < count.min(members.len()) {
        let off = |f: usize| {
            seeds
                .iter()
                .map(|&s| {
                    partition.faces[f]
                        .middle
                        .metres_to(partition.faces[s].middle)
                })
                .fold(f64::INFINITY, f64::min)
        };
        let farthest = members
            .iter()
            .copied()
            .filter(|f| !seeds.contains(f))
            .max_by(|&a, &b| off(a).total_cmp(&off(b)));
        seeds.extend(farthest);
    }
    seeds
}

/// Faces in square metres, urban ones counted up to five times.
fn weight(partition: &Partition, face: usize) -> f64 {
    let face = &partition.faces[face];
    face.m2 * (0.25 + urbanity(face.middle))
}

fn middle(partition: &Partition, group: &[usize]) -> Spot {
    let (mut x, mut y, mut m2) = (0.0, 0.0, 0.0);
    for &f in group {
        let face = &partition.faces[f];
        x += face.middle.x * face.m2;
        y += face.middle.y * face.m2;
        m2 += face.m2;
    }
    Spot::new(x / m2, y / m2)
}

fn central(partition: &Partition, group: &[usize]) -> usize {
    let middle = middle(partition, group);
    let off = |f: usize| partition.faces[f].middle.metres_to(middle);
    group
        .iter()
        .copied()
        .min_by(|&a, &b| off(a).total_cmp(&off(b)))
        .unwrap_or(0)
}

/// How far a group's ground lies from its middle: small for a compact group.
fn moment(partition: &Partition, group: &[usize]) -> f64 {
    let middle = middle(partition, group);
    let square = |f: usize| partition.faces[f].middle.metres_to(middle).powi(2);
    group
        .iter()
        .map(|&f| weight(partition, f) * square(f))
        .sum()
}

fn south_to_north(partition: &Partition, groups: &mut [Vec<usize>]) {
    groups.sort_by(|a, b| {
        let north = |group: &[usize]| middle(partition, group).y;
        north(a).total_cmp(&north(b))
    });
}
