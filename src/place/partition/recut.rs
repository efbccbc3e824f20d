//! Areas divided anew along borders that somebody else drew (a draft of even zones follows
//! hexagons): the outer border and locked areas stay to the bit, pieces too small to be
//! meant go to a neighbour.

use std::collections::{BTreeMap, HashMap, HashSet};

use geo::{InteriorPoint, Polygon};

use crate::place::measure::Metres;
use crate::place::partition::cut::{lay, pieces};
use crate::place::partition::fault::EditFault;
use crate::place::partition::knit::side;
use crate::place::partition::part::{HalfEdge, Key, Part, Point, half_edges, metres_between};
use crate::place::partition::split::{as_area, ground};
use crate::place::partition::trace::{outline, polygons};
use crate::place::position::Position;

/// A piece of ground and who gets it.
struct Piece {
    edges: Vec<HalfEdge>,
    m2: f64,
    zone: usize,
}

/// Divides areas along the borders between `zones`: each gets the ground that lies in it, or
/// nearest to it. Areas in `locked` keep theirs. Zones that get nothing are left out.
///
/// # Errors
/// [`EditFault`].
pub fn recut(parts: &[Part], zones: &[Part], locked: &[String]) -> Result<Vec<Part>, EditFault> {
    let is_locked = |part: &Part| locked.contains(&part.id) || locked.contains(&part.name);
    let open: Vec<&Part> = zones.iter().filter(|zone| !is_locked(zone)).collect();
    if open.is_empty() {
        return Err(EditFault::MergeOfOne);
    }
    let (parts, lines) = lay(parts, &inner_borders(zones), |part| !is_locked(part))?;
    let mut kept: Vec<Part> = Vec::new();
    let mut all: Vec<Piece> = Vec::new();
    for part in &parts {
        if is_locked(part) {
            kept.push(part.clone());
            continue;
        }
        for polygon in pieces(&part.area, &lines)? {
            all.push(Piece {
                zone: nearest(&polygon, &open),
                m2: ground(&polygon),
                edges: half_edges(&as_area(part, vec![polygon])?),
            });
        }
    }
    let neighbours = borders(&all);
    settle(&mut all, &neighbours, open.len());
    for (number, zone) in open.iter().enumerate() {
        let mine = all.iter().filter(|piece| piece.zone == number);
        let edges: Vec<HalfEdge> = mine.flat_map(|piece| piece.edges.clone()).collect();
        if edges.is_empty() {
            continue;
        }
        let area = as_area(zone, polygons(&outline(edges)?)?)?;
        kept.push(Part {
            area,
            ..(*zone).clone()
        });
    }
    kept.sort_by(|a, b| a.id.cmp(&b.id));
    Ok(kept)
}

/// Borders that two zones share: pieces of two points.
fn inner_borders(zones: &[Part]) -> Vec<Vec<Point>> {
    let mut seen: HashSet<(Key, Key)> = HashSet::new();
    let mut inner = Vec::new();
    for edge in zones.iter().flat_map(|zone| half_edges(&zone.area)) {
        if !seen.insert(side(edge)) {
            inner.push(vec![edge.0, edge.1]);
        }
    }
    inner
}

fn nearest(piece: &Polygon<f64>, zones: &[&Part]) -> usize {
    let Some(at) = piece.interior_point() else {
        return 0;
    };
    let at = Position::wrapped(at.x(), at.y());
    let far = |zone: &Part| -> Metres { zone.area.metres_from(at) };
    let by_distance = |a: &usize, b: &usize| far(zones[*a]).0.total_cmp(&far(zones[*b]).0);
    (0..zones.len()).min_by(by_distance).unwrap_or(0)
}

/// For each piece, its neighbours and the metres of border with each.
fn borders(all: &[Piece]) -> Vec<BTreeMap<usize, f64>> {
    let mut first: HashMap<(Key, Key), usize> = HashMap::new();
    let mut shared = vec![BTreeMap::new(); all.len()];
    for (i, piece) in all.iter().enumerate() {
        for &edge in &piece.edges {
            if let Some(j) = first.insert(side(edge), i) {
                let metres = metres_between(edge.0, edge.1);
                *shared[i].entry(j).or_insert(0.0) += metres;
                *shared[j].entry(i).or_insert(0.0) += metres;
            }
        }
    }
    shared
}

/// Of each zone the largest part that hangs together stays; the others go to the zone with
/// which they share most border.
fn settle(all: &mut [Piece], neighbours: &[BTreeMap<usize, f64>], zones: usize) {
    // Each round joins at least one fragment to another zone, or is the last.
    for _ in 0..all.len() {
        let mut moved = false;
        for zone in 0..zones {
            let mut islands = islands(all, neighbours, zone);
            islands.sort_by(|a, b| {
                let m2 = |island: &[usize]| island.iter().map(|&i| all[i].m2).sum::<f64>();
                m2(b).total_cmp(&m2(a))
            });
            for island in islands.into_iter().skip(1) {
                let mut to: BTreeMap<usize, f64> = BTreeMap::new();
                for (&other, metres) in island.iter().flat_map(|&i| &neighbours[i]) {
                    if all[other].zone != zone {
                        *to.entry(all[other].zone).or_insert(0.0) += metres;
                    }
                }
                if let Some((&best, _)) = to.iter().max_by(|a, b| a.1.total_cmp(b.1)) {
                    island.iter().for_each(|&i| all[i].zone = best);
                    moved = true;
                }
            }
        }
        if !moved {
            return;
        }
    }
}

fn islands(all: &[Piece], neighbours: &[BTreeMap<usize, f64>], zone: usize) -> Vec<Vec<usize>> {
    let mut seen = vec![false; all.len()];
    let mut found = Vec::new();
    for start in (0..all.len()).filter(|&i| all[i].zone == zone) {
        if seen[start] {
            continue;
        }
        let (mut island, mut open) = (Vec::new(), vec![start]);
        seen[start] = true;
        while let Some(at) = open.pop() {
            island.push(at);
            for &next in neighbours[at].keys() {
                if !seen[next] && all[next].zone == zone {
                    seen[next] = true;
                    open.push(next);
                }
            }
        }
        found.push(island);
    }
    found
}
