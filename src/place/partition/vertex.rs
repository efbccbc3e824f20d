//! Corners of borders moved, put in and taken away, on all sides at once.

use std::collections::{BTreeSet, HashMap, HashSet};

use crate::place::area::RawPolygon;
use crate::place::partition::fault::EditFault;
use crate::place::partition::knit::{Inserted, insert, side, with_rings};
use crate::place::partition::part::{Key, Part, Point, half_edges, key, shared_m2, turning};
use crate::place::partition::trace::outline;

/// Ground that may be shared by zones' borders for want of digits, m².
const NO_GROUND_M2: f64 = 0.01;

/// Moves corners, each from a place to a place, in every area that has them.
///
/// Where the areas `cover` the ground (beats do) the outer border stays.
///
/// # Errors
/// [`EditFault`]; nothing is changed then.
pub fn move_corners(
    parts: &[Part],
    moves: &[(Point, Point)],
    cover: bool,
) -> Result<Vec<Part>, EditFault> {
    let to: HashMap<Key, Point> = moves.iter().map(|(from, to)| (key(*from), *to)).collect();
    let mut found: HashSet<Key> = HashSet::new();
    for (corner, _) in parts.iter().flat_map(|part| half_edges(&part.area)) {
        if to.contains_key(&key(corner)) {
            found.insert(key(corner));
        }
    }
    if let Some((at, _)) = moves.iter().find(|(from, _)| !found.contains(&key(*from))) {
        return Err(EditFault::NoCorner { at: *at });
    }
    let outer = outer_corners(parts)?;
    let of_outline = moves.iter().find(|(from, _)| outer.contains(&key(*from)));
    if let Some((at, _)) = of_outline.filter(|_| cover) {
        return Err(EditFault::Outline { at: *at });
    }
    let moved = rewrite(parts, |ring| {
        ring.iter()
            .map(|p| to.get(&key(*p)).copied().unwrap_or(*p))
            .collect()
    })?;
    if of_outline.is_some() {
        no_overlap(parts, &moved)?;
    }
    Ok(moved)
}

/// Puts a corner on the border between two neighbouring corners.
///
/// # Errors
/// [`EditFault`]; nothing is changed then.
pub fn add_corner(
    parts: &[Part],
    between: (Point, Point),
    at: Point,
    cover: bool,
) -> Result<Vec<Part>, EditFault> {
    let mut sides = parts.iter().flat_map(|part| half_edges(&part.area));
    if !sides.any(|edge| side(edge) == side(between)) {
        return Err(EditFault::NoBorder {
            from: between.0,
            to: between.1,
        });
    }
    let middle = |i: usize| (between.0[i] + between.1[i]) / 2.0;
    let middle = [middle(0), middle(1)];
    let inserted = Inserted::from([(side(between), vec![middle])]);
    let with = insert(parts, &inserted)?;
    if key(middle) == key(at) {
        return Ok(with);
    }
    move_corners(&with, &[(middle, at)], cover)
}

/// Takes a corner away where at most two areas meet.
///
/// # Errors
/// [`EditFault`]; nothing is changed then.
pub fn remove_corner(parts: &[Part], at: Point, cover: bool) -> Result<Vec<Part>, EditFault> {
    let mut around: BTreeSet<(Key, Key)> = BTreeSet::new();
    for edge in parts.iter().flat_map(|part| half_edges(&part.area)) {
        if key(edge.0) == key(at) || key(edge.1) == key(at) {
            around.insert(side(edge));
        }
    }
    if around.is_empty() {
        return Err(EditFault::NoCorner { at });
    }
    if around.len() > 2 {
        return Err(EditFault::Junction { at });
    }
    let is_outer = outer_corners(parts)?.contains(&key(at));
    if is_outer && cover {
        return Err(EditFault::Outline { at });
    }
    let removed = rewrite(parts, |ring| {
        let mut rest: Vec<Point> = ring.to_vec();
        rest.pop();
        rest.retain(|p| key(*p) != key(at));
        rest.extend(rest.first().copied());
        rest
    })?;
    if is_outer {
        no_overlap(parts, &removed)?;
    }
    Ok(removed)
}

/// Corners on the outer border.
fn outer_corners(parts: &[Part]) -> Result<HashSet<Key>, EditFault> {
    let edges = parts.iter().flat_map(|part| half_edges(&part.area));
    let ends = outline(edges)?.into_iter();
    Ok(ends.flat_map(|(a, b)| [key(a), key(b)]).collect())
}

/// Changes rings; each keeps the side on which its ground lies.
fn rewrite(parts: &[Part], to: impl Fn(&[Point]) -> Vec<Point>) -> Result<Vec<Part>, EditFault> {
    let mut all = Vec::with_capacity(parts.len());
    for part in parts {
        let before = part.area.to_rings();
        let after: Vec<RawPolygon> = before
            .iter()
            .map(|polygon| polygon.iter().map(|ring| to(ring)).collect())
            .collect();
        if before == after {
            all.push(part.clone());
            continue;
        }
        let rings = before.iter().flatten().zip(after.iter().flatten());
        for (was, is) in rings {
            let turned = |ring: &[Point]| turning(ring.get(1..).unwrap_or_default()) > 0.0;
            if is.len() > 3 && turned(was) != turned(is) {
                return Err(EditFault::InsideOut {
                    name: part.name.clone(),
                });
            }
        }
        all.push(with_rings(part, &after)?);
    }
    Ok(all)
}

/// Whether those that changed share ground with others now that they did not share before.
fn no_overlap(before: &[Part], after: &[Part]) -> Result<(), EditFault> {
    let changed = |i: usize| before[i].area != after[i].area;
    for i in (0..after.len()).filter(|&i| changed(i)) {
        for j in (0..after.len()).filter(|&j| j != i) {
            let m2 = shared_m2(&after[i].area, &after[j].area);
            let was = shared_m2(&before[i].area, &before[j].area);
            if m2 > was + NO_GROUND_M2 {
                return Err(EditFault::Overlap {
                    first: after[i].name.clone(),
                    second: after[j].name.clone(),
                    m2,
                });
            }
        }
    }
    Ok(())
}
