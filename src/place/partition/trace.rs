//! Rings out of borders: the faces of a drawing in the plane.
//!
//! Each piece of border is given its twin that runs the other way, so that at every corner
//! the next piece of the same face is the first one clockwise from where one came from. A
//! face that holds a twin lies outside; the others are the polygons wanted, with the
//! coordinates that went in.

use std::collections::{BTreeMap, HashMap};

use geo::{Contains, Coord, Line, LineString, Polygon};

use crate::place::partition::fault::EditFault;
use crate::place::partition::part::{HalfEdge, Key, Point, key, turning};

/// The polygons whose borders these are; each piece once, its ground to the left.
///
/// # Errors
/// [`EditFault::Unshared`] where borders don't close.
pub fn polygons(edges: &[HalfEdge]) -> Result<Vec<Polygon<f64>>, EditFault> {
    let mut outer = Vec::new();
    let mut holes = Vec::new();
    for face in faces(edges)? {
        for ring in simple_rings(face) {
            match turning(&ring) {
                area if area > 0.0 => outer.push(ring),
                area if area < 0.0 => holes.push(ring),
                _ => {}
            }
        }
    }
    outer.sort_by(|a, b| turning(a).total_cmp(&turning(b)));
    let shells: Vec<Polygon<f64>> = outer
        .iter()
        .map(|ring| Polygon::new(line(ring), Vec::new()))
        .collect();
    let mut holes_of: Vec<Vec<LineString<f64>>> = vec![Vec::new(); outer.len()];
    for hole in holes {
        let (Some(&a), Some(&b)) = (hole.first(), hole.get(1)) else {
            continue;
        };
        let middle = geo::Point::new((a[0] + b[0]) / 2.0, (a[1] + b[1]) / 2.0);
        // The smallest that holds it, since they are sorted.
        match shells.iter().position(|shell| shell.contains(&middle)) {
            Some(of) => holes_of[of].push(line(&hole)),
            None => return Err(EditFault::Unshared { at: a }),
        }
    }
    let whole = shells.into_iter().zip(holes_of);
    Ok(whole
        .map(|(shell, holes)| Polygon::new(shell.exterior().clone(), holes))
        .collect())
}

/// What is left of borders where those that run both ways cancel out.
///
/// # Errors
/// [`EditFault::Unshared`] where two areas have the same side of a border: they overlap.
pub fn outline(edges: impl IntoIterator<Item = HalfEdge>) -> Result<Vec<HalfEdge>, EditFault> {
    let mut left: BTreeMap<(Key, Key), HalfEdge> = BTreeMap::new();
    for edge in edges {
        let (a, b) = (key(edge.0), key(edge.1));
        if left.remove(&(b, a)).is_some() {
            continue;
        }
        if left.insert((a, b), edge).is_some() {
            return Err(EditFault::Unshared { at: edge.0 });
        }
    }
    Ok(left.into_values().collect())
}

/// Takes away, of lines that may end anywhere, what does not divide: loose ends.
/// `fixed` are the corners of the area that they are drawn in.
pub fn without_loose_ends(
    mut lines: Vec<HalfEdge>,
    fixed: &std::collections::HashSet<Key>,
) -> Vec<HalfEdge> {
    loop {
        let mut ends: HashMap<Key, usize> = HashMap::new();
        for (a, b) in &lines {
            *ends.entry(key(*a)).or_default() += 1;
            *ends.entry(key(*b)).or_default() += 1;
        }
        let before = lines.len();
        let held = |p: Point| fixed.contains(&key(p)) || ends.get(&key(p)).is_some_and(|n| *n > 1);
        lines.retain(|(a, b)| held(*a) && held(*b));
        if lines.len() == before {
            return lines;
        }
    }
}

/// The faces to the left of the given pieces, each once round.
fn faces(edges: &[HalfEdge]) -> Result<Vec<Vec<Point>>, EditFault> {
    let mut number: HashMap<(Key, Key), usize> = HashMap::new();
    let mut all: Vec<(HalfEdge, bool)> = Vec::with_capacity(edges.len() * 2);
    for &(a, b) in edges {
        if key(a) != key(b) && !number.contains_key(&(key(a), key(b))) {
            number.insert((key(a), key(b)), all.len());
            all.push(((a, b), true));
        }
    }
    for i in 0..all.len() {
        let (a, b) = all[i].0;
        number.entry((key(b), key(a))).or_insert_with(|| {
            all.push(((b, a), false));
            all.len() - 1
        });
    }
    let angle = |(a, b): HalfEdge| (b[1] - a[1]).atan2(b[0] - a[0]);
    let mut leaving: HashMap<Key, Vec<(f64, usize)>> = HashMap::new();
    for (i, (edge, _)) in all.iter().enumerate() {
        let there = leaving.entry(key(edge.0)).or_default();
        there.push((angle(*edge), i));
    }
    for there in leaving.values_mut() {
        there.sort_by(|a, b| a.0.total_cmp(&b.0));
    }
    // The twin's place among those that leave; the one before it is the next clockwise.
    let next = |i: usize| -> Option<usize> {
        let (a, b) = all[i].0;
        let twin = *number.get(&(key(b), key(a)))?;
        let there = leaving.get(&key(b))?;
        let at = there.iter().position(|(_, e)| *e == twin)?;
        there
            .get((at + there.len() - 1) % there.len())
            .map(|(_, e)| *e)
    };
    let mut seen = vec![false; all.len()];
    let mut found = Vec::new();
    for start in 0..all.len() {
        if seen[start] || !all[start].1 {
            continue;
        }
        let (mut ring, mut at) = (Vec::new(), start);
        while !seen[at] {
            seen[at] = true;
            let (edge, is_real) = all[at];
            ring.push(edge.0);
            match next(at).filter(|_| is_real) {
                Some(to) => at = to,
                None => return Err(EditFault::Unshared { at: edge.0 }),
            }
        }
        found.push(ring);
    }
    Ok(found)
}

/// A walk round a face in rings that visit no corner twice.
fn simple_rings(face: Vec<Point>) -> Vec<Vec<Point>> {
    let mut rings = Vec::new();
    let mut walk: Vec<Point> = Vec::new();
    let mut place: HashMap<Key, usize> = HashMap::new();
    for point in face {
        if let Some(&since) = place.get(&key(point)) {
            let ring = walk.split_off(since);
            for gone in &ring {
                place.remove(&key(*gone));
            }
            rings.push(ring);
        }
        place.insert(key(point), walk.len());
        walk.push(point);
    }
    rings.push(walk);
    rings.retain(|ring| ring.len() > 2);
    rings
}

fn line(ring: &[Point]) -> LineString<f64> {
    let closed = ring.iter().chain(ring.first());
    closed.map(|p| Coord { x: p[0], y: p[1] }).collect()
}

/// The same as the geometry library has it.
pub fn as_line((a, b): HalfEdge) -> Line<f64> {
    let coord = |p: Point| Coord { x: p[0], y: p[1] };
    Line::new(coord(a), coord(b))
}
