//! Cuts the outline along the lattice into faces, and joins faces to beats.
//!
//! Faces are found on a graph of corners in whole 1e-7 degrees, so two neighbours have the
//! same coordinates on their common border, and the faces cover the outline without gap
//! or overlap. A beat's rings are the face sides that have another beat (or nothing) on
//! their right.

use std::collections::{BTreeMap, BTreeSet};

use crate::app::sample::lattice::Lattice;
use crate::app::sample::outline::Outline;
use crate::app::sample::plane::{Spot, crossing};
use crate::place::area::RawPolygon;

/// A corner in whole 1e-7 degrees, longitude first.
type Corner = (i64, i64);

/// A face: a piece of a block inside the outline.
#[derive(Debug, Clone)]
pub struct Face {
    /// Its middle (centroid of its ring).
    pub middle: Spot,
    /// Its size.
    pub m2: f64,
    /// Faces with a common side, and how long that is in metres.
    pub neighbours: BTreeMap<usize, f64>,
}

/// All faces of the outline.
#[derive(Debug, Clone)]
pub struct Partition {
    /// The faces.
    pub faces: Vec<Face>,
    /// Directed side to the face on its left.
    left: BTreeMap<(Corner, Corner), usize>,
}

impl Partition {
    /// Cuts the outline along all lattice lines.
    pub fn cut(outline: &Outline, lattice: &Lattice) -> Self {
        let ways_out = sides(outline, lattice);
        let mut left: BTreeMap<(Corner, Corner), usize> = BTreeMap::new();
        let mut faces = Vec::new();
        for (&from, around) in &ways_out {
            for &to in around {
                if left.contains_key(&(from, to)) {
                    continue;
                }
                let ring = walk(from, to, |at, came| {
                    clockwise_after(&ways_out[&at], at, came)
                });
                let spots: Vec<Spot> = ring.iter().map(|&c| spot(c)).collect();
                let m2 = signed_m2(&spots);
                // The ring around everything runs clockwise: it is no face.
                if m2 <= 0.0 {
                    continue;
                }
                for (i, &corner) in ring.iter().enumerate() {
                    left.insert((corner, ring[(i + 1) % ring.len()]), faces.len());
                }
                faces.push(Face {
                    middle: centroid(&spots),
                    m2,
                    neighbours: BTreeMap::new(),
                });
            }
        }
        for (&(a, b), &face) in &left {
            if let Some(&other) = left.get(&(b, a)) {
                *faces[face].neighbours.entry(other).or_default() += spot(a).metres_to(spot(b));
            }
        }
        Self { faces, left }
    }

    /// The polygons of a group of faces.
    pub fn polygons(&self, in_group: impl Fn(usize) -> bool) -> Vec<RawPolygon> {
        let mut next: BTreeMap<Corner, Vec<Corner>> = BTreeMap::new();
        for (&(a, b), &face) in &self.left {
            let outside = self.left.get(&(b, a)).is_none_or(|&f| !in_group(f));
            if in_group(face) && outside {
                next.entry(a).or_default().push(b);
            }
        }
        let mut done: BTreeSet<(Corner, Corner)> = BTreeSet::new();
        let (mut outer, mut holes) = (Vec::new(), Vec::new());
        for (&from, around) in &next {
            for &to in around {
                if done.contains(&(from, to)) {
                    continue;
                }
                // Where a ring touches itself, keep to the same outside: it then falls
                // apart into rings that touch, which is valid.
                let ring = walk(from, to, |at, came| clockwise_before(&next[&at], at, came));
                for (i, &corner) in ring.iter().enumerate() {
                    done.insert((corner, ring[(i + 1) % ring.len()]));
                }
                let spots: Vec<Spot> = ring.iter().map(|&c| spot(c)).collect();
                if signed_m2(&spots) > 0.0 {
                    outer.push((ring, spots));
                } else {
                    holes.push(ring);
                }
            }
        }
        let mut polygons: Vec<RawPolygon> = outer.iter().map(|(r, _)| vec![closed(r)]).collect();
        for hole in holes {
            // A corner of the hole that is not on the outer ring says which one holds it.
            let owner = outer.iter().position(|(ring, spots)| {
                hole.iter()
                    .find(|c| !ring.contains(c))
                    .is_some_and(|&c| encloses(spots, spot(c)))
            });
            polygons[owner.unwrap_or(0)].push(closed(&hole));
        }
        polygons
    }
}

/// All sides: outline and lattice, cut where they meet; both directions.
fn sides(outline: &Outline, lattice: &Lattice) -> BTreeMap<Corner, Vec<Corner>> {
    let border: Vec<(Spot, Spot)> = outline.ring.windows(2).map(|s| (s[0], s[1])).collect();
    let mut on_border: Vec<Vec<(f64, Corner)>> = border
        .iter()
        .map(|&(a, b)| vec![(0.0, corner(a)), (1.0, corner(b))])
        .collect();
    let mut pairs: BTreeSet<(Corner, Corner)> = BTreeSet::new();
    let mut add = |a: Corner, b: Corner| {
        if a != b {
            pairs.insert((a, b));
            pairs.insert((b, a));
        }
    };
    for (a, b) in lattice_sides(lattice) {
        let mut cuts = vec![(0.0, corner(a)), (1.0, corner(b))];
        for (&(c, d), on_border) in border.iter().zip(&mut on_border) {
            if let Some((t, u)) = crossing(a, b, c, d) {
                let cut = corner(a.towards(b, t));
                cuts.push((t, cut));
                on_border.push((u, cut));
            }
        }
        cuts.sort_by(|p, q| p.0.total_cmp(&q.0));
        for pair in cuts.windows(2) {
            if outline.contains(a.towards(b, (pair[0].0 + pair[1].0) / 2.0)) {
                add(pair[0].1, pair[1].1);
            }
        }
    }
    for mut cuts in on_border {
        cuts.sort_by(|p, q| p.0.total_cmp(&q.0));
        for pair in cuts.windows(2) {
            add(pair[0].1, pair[1].1);
        }
    }
    let mut ways_out: BTreeMap<Corner, Vec<Corner>> = BTreeMap::new();
    for (a, b) in pairs {
        ways_out.entry(a).or_default().push(b);
    }
    ways_out
}

fn lattice_sides(lattice: &Lattice) -> Vec<(Spot, Spot)> {
    let mut sides = Vec::new();
    for column in 0..lattice.columns() {
        for row in 0..lattice.rows() {
            let here = lattice.corner(column, row);
            if column + 1 < lattice.columns() {
                sides.push((here, lattice.corner(column + 1, row)));
            }
            if row + 1 < lattice.rows() {
                sides.push((here, lattice.corner(column, row + 1)));
            }
        }
    }
    sides
}

/// Follows sides from `from` over `to` until the first side comes again.
fn walk(from: Corner, to: Corner, next: impl Fn(Corner, Corner) -> Corner) -> Vec<Corner> {
    let mut ring = vec![from];
    let (mut came, mut at) = (from, to);
    loop {
        let then = next(at, came);
        if at == from && then == to {
            return ring;
        }
        ring.push(at);
        (came, at) = (at, then);
    }
}

/// Of the ways out of `at`, the first one clockwise after the way back to `came`.
fn clockwise_after(around: &[Corner], at: Corner, came: Corner) -> Corner {
    pick(around, at, came, |turn| turn)
}

/// Of the ways out of `at`, the first one counter-clockwise after the way back.
fn clockwise_before(around: &[Corner], at: Corner, came: Corner) -> Corner {
    pick(around, at, came, |turn| std::f64::consts::TAU - turn)
}

fn pick(around: &[Corner], at: Corner, came: Corner, rank: impl Fn(f64) -> f64) -> Corner {
    let angle = |to: Corner| {
        let (a, b) = (spot(at), spot(to));
        (b.y - a.y).atan2(b.x - a.x)
    };
    let back = angle(came);
    let turn = |to: Corner| {
        let clockwise = (back - angle(to)).rem_euclid(std::f64::consts::TAU);
        // Straight back comes last either way.
        if to == came {
            f64::INFINITY
        } else {
            rank(clockwise)
        }
    };
    around
        .iter()
        .copied()
        .min_by(|&p, &q| turn(p).total_cmp(&turn(q)))
        .unwrap_or(came)
}

fn corner(spot: Spot) -> Corner {
    let position = spot.position();
    let whole = |degrees: f64| (degrees * 1e7).round() as i64;
    (whole(position.lon()), whole(position.lat()))
}

fn degrees(corner: Corner) -> [f64; 2] {
    [corner.0 as f64 / 1e7, corner.1 as f64 / 1e7]
}

fn spot(corner: Corner) -> Spot {
    let [lon, lat] = degrees(corner);
    Spot::of(crate::place::position::Position::wrapped(lon, lat))
}

fn closed(ring: &[Corner]) -> Vec<[f64; 2]> {
    ring.iter()
        .chain(ring.first())
        .map(|&c| degrees(c))
        .collect()
}

fn signed_m2(ring: &[Spot]) -> f64 {
    sum_over_sides(ring, |_, _, cross| cross) / 2.0
}

fn centroid(ring: &[Spot]) -> Spot {
    let six = 6.0 * signed_m2(ring);
    Spot::new(
        sum_over_sides(ring, |a, b, cross| (a.x + b.x) * cross) / six,
        sum_over_sides(ring, |a, b, cross| (a.y + b.y) * cross) / six,
    )
}

fn sum_over_sides(ring: &[Spot], term: impl Fn(Spot, Spot, f64) -> f64) -> f64 {
    (0..ring.len())
        .map(|i| {
            let (a, b) = (ring[i], ring[(i + 1) % ring.len()]);
            term(a, b, a.x * b.y - b.x * a.y)
        })
        .sum()
}

fn encloses(ring: &[Spot], spot: Spot) -> bool {
    let mut inside = false;
    for i in 0..ring.len() {
        let (a, b) = (ring[i], ring[(i + 1) % ring.len()]);
        if (a.y > spot.y) != (b.y > spot.y)
            && spot.x < a.x + (spot.y - a.y) / (b.y - a.y) * (b.x - a.x)
        {
            inside = !inside;
        }
    }
    inside
}
