//! What is wrong with areas that should share borders, where, and how many m² it is.
//!
//! What was wrong before a draft began is told apart: an import may be imperfect, and a
//! planner answers for the draft only.

use std::collections::BTreeMap;

use geo::{BooleanOps, Centroid, Line, MultiPolygon, Polygon, unary_union};
use serde::Serialize;

use crate::place::partition::knit::{HAIR_M, JOIN_M, near_corners};
use crate::place::partition::part::{
    HalfEdge, Part, Point, half_edges, metres_between, nearest_on, plane_m2,
};
use crate::place::partition::trace::outline;

/// Less ground than this is the arithmetic's, not a fault, m².
const LEAST_M2: f64 = 0.01;

/// Ground narrower than this is a sliver, metres.
const SLIVER_M: f64 = 3.0;

/// Two drafts of one outer border may differ by so much, metres: corners nearer than
/// [`HAIR_M`] are joined when a draft begins, on one side or the other.
const BORDER_M: f64 = 2.0 * HAIR_M;

/// At most so many pairs of a corner and a side are looked at for a piece of ground.
const MOST_COMPARED: usize = 20_000_000;

/// Most faults of a kind that are listed.
const MOST: usize = 100;

/// What is wrong.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Wrong {
    /// Two areas hold the same ground.
    Overlap,
    /// Ground between areas that none holds.
    Gap,
    /// Ground that the areas held before, and none holds now.
    Uncovered,
    /// Ground beyond what the areas held before.
    Outside,
    /// Two corners a hair apart: they should be one.
    NearCorners,
    /// Two areas have one name.
    SameName,
    /// An area is in pieces.
    Pieces,
}

/// A fault.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Fault {
    /// What is wrong.
    pub wrong: Wrong,
    /// Whether it is narrow.
    pub sliver: bool,
    /// Whose: ids of the areas.
    pub areas: Vec<String>,
    /// Where.
    pub at: Point,
    /// How much ground, m².
    pub m2: f64,
    /// Whether it was there before the draft.
    pub before: bool,
}

/// What a check found.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Checked {
    /// Faults of the draft first, the largest first.
    pub faults: Vec<Fault>,
    /// Whether all inner borders are the same points on both sides.
    pub borders_shared: bool,
}

impl Checked {
    /// Faults that the draft made, and that forbid to publish it.
    pub fn forbidding(&self) -> impl Iterator<Item = &Fault> {
        self.faults.iter().filter(|fault| {
            !fault.before && !matches!(fault.wrong, Wrong::NearCorners | Wrong::Pieces)
        })
    }
}

/// Checks a draft against what it began from. Areas that need not `cover` the ground
/// (zones) may have gaps, and reach beyond what they held.
pub fn check(parts: &[Part], base: &[Part], cover: bool) -> Checked {
    let (now, was) = (union(parts), union(base));
    let mut faults = found(parts, &now, cover);
    if cover {
        // A gap between areas that held the ground before is said once.
        let borders = [&was, &now].map(sides);
        let beyond = |ground: MultiPolygon<f64>| beyond_a_hair(ground, &borders);
        let mut uncovered = grounds(&beyond(was.difference(&now)), Wrong::Uncovered);
        uncovered.retain(|lost| {
            let is_same = |gap: &Fault| gap.wrong == Wrong::Gap && away_m(gap, lost) < 1.0;
            !faults.iter().any(is_same)
        });
        faults.extend(uncovered);
        faults.extend(grounds(&beyond(now.difference(&was)), Wrong::Outside));
    }
    if !faults.is_empty() {
        let before = found(base, &was, cover);
        for fault in &mut faults {
            fault.before = before.iter().any(|b| is_same(b, fault));
        }
    }
    faults.sort_by(|a, b| a.before.cmp(&b.before).then(b.m2.total_cmp(&a.m2)));
    Checked {
        faults,
        borders_shared: borders_are_shared(parts, &now),
    }
}

/// The pieces of ground between two outer borders that are nowhere wider than a hair: no
/// corner of theirs is further than that from both borders. The others are left.
fn beyond_a_hair(ground: MultiPolygon<f64>, borders: &[Vec<HalfEdge>; 2]) -> MultiPolygon<f64> {
    let of_all = borders[0].len() + borders[1].len();
    let is_wide = |piece: &Polygon<f64>| {
        let corners = piece.exterior().0.iter();
        // A fault that is none is better than a planner who waits.
        piece.exterior().0.len().saturating_mul(of_all) > MOST_COMPARED
            || !piece.interiors().is_empty()
            || corners.into_iter().any(|at| {
                let is_near = |side: &HalfEdge| nearest_on(*side, [at.x, at.y]).2 <= BORDER_M;
                borders.iter().any(|sides| !sides.iter().any(is_near))
            })
    };
    ground.into_iter().filter(is_wide).collect()
}

/// All straight pieces of a border, holes and all.
fn sides(border: &MultiPolygon<f64>) -> Vec<HalfEdge> {
    let rings = border
        .iter()
        .flat_map(|p| std::iter::once(p.exterior()).chain(p.interiors()));
    let lines = rings.flat_map(|ring| ring.lines());
    lines
        .map(|line| ([line.start.x, line.start.y], [line.end.x, line.end.y]))
        .collect()
}

/// Faults of areas by themselves.
fn found(parts: &[Part], now: &MultiPolygon<f64>, cover: bool) -> Vec<Fault> {
    let mut faults = overlaps(parts);
    if cover {
        let holes = now.iter().flat_map(|polygon| polygon.interiors());
        let holes = holes.map(|ring| Polygon::new(ring.clone(), Vec::new()));
        faults.extend(grounds(&holes.collect(), Wrong::Gap));
    }
    for (a, b, metres) in near_corners(parts, JOIN_M, MOST) {
        let mut fault = bare(Wrong::NearCorners, a, Vec::new());
        fault.m2 = 0.0;
        fault.sliver = metres > 0.0;
        fault.at = b;
        faults.push(fault);
    }
    let mut names: BTreeMap<&str, Vec<&Part>> = BTreeMap::new();
    for part in parts {
        names.entry(part.name.as_str()).or_default().push(part);
        if part.area.shape().0.len() > 1 {
            faults.push(bare(Wrong::Pieces, inside(part), vec![part.id.clone()]));
        }
    }
    for same in names.into_values().filter(|same| same.len() > 1) {
        let ids = same.iter().map(|part| part.id.clone()).collect();
        faults.push(bare(Wrong::SameName, inside(same[0]), ids));
    }
    faults
}

fn overlaps(parts: &[Part]) -> Vec<Fault> {
    let boxes: Vec<[f64; 4]> = parts.iter().map(|part| part.area.bbox()).collect();
    let mut faults = Vec::new();
    for (i, a) in parts.iter().enumerate() {
        for (j, b) in parts.iter().enumerate().skip(i + 1) {
            let ([w, s, e, n], [west, south, east, north]) = (boxes[i], boxes[j]);
            if w >= east || west >= e || s >= north || south >= n {
                continue;
            }
            let shared = a.area.shape().intersection(b.area.shape());
            for mut fault in grounds(&shared, Wrong::Overlap) {
                fault.areas = vec![a.id.clone(), b.id.clone()];
                faults.push(fault);
            }
        }
    }
    faults
}

/// A fault for each piece of ground that is more than arithmetic.
fn grounds(ground: &MultiPolygon<f64>, wrong: Wrong) -> Vec<Fault> {
    let mut faults: Vec<Fault> = ground
        .iter()
        .filter_map(|piece| {
            let m2 = plane_m2(&MultiPolygon(vec![piece.clone()]));
            let around_m: f64 = piece.exterior().lines().map(length_m).sum();
            let at = piece.centroid()?;
            (m2 > LEAST_M2).then(|| Fault {
                m2,
                sliver: 2.0 * m2 / around_m.max(f64::MIN_POSITIVE) < SLIVER_M,
                ..bare(wrong, [at.x(), at.y()], Vec::new())
            })
        })
        .collect();
    faults.sort_by(|a, b| b.m2.total_cmp(&a.m2));
    faults.truncate(MOST);
    faults
}

fn bare(wrong: Wrong, at: Point, areas: Vec<String>) -> Fault {
    Fault {
        wrong,
        sliver: false,
        areas,
        at,
        m2: 0.0,
        before: false,
    }
}

fn inside(part: &Part) -> Point {
    let [west, south, east, north] = part.area.bbox();
    let middle = part.area.shape().centroid();
    middle.map_or([(west + east) / 2.0, (south + north) / 2.0], |p| {
        [p.x(), p.y()]
    })
}

fn union(parts: &[Part]) -> MultiPolygon<f64> {
    unary_union(parts.iter().flat_map(|part| part.area.shape().iter()))
}

/// The same kind at the same place, and not larger.
fn is_same(before: &Fault, now: &Fault) -> bool {
    let same_place =
        away_m(before, now) < 5.0 || (before.wrong == Wrong::Pieces && before.areas == now.areas);
    before.wrong == now.wrong && same_place && now.m2 <= before.m2 * 1.01 + LEAST_M2
}

fn length_m(line: Line<f64>) -> f64 {
    let (a, b) = (line.start, line.end);
    metres_between([a.x, a.y], [b.x, b.y])
}

/// Metres between the places of two faults.
fn away_m(a: &Fault, b: &Fault) -> f64 {
    metres_between(a.at, b.at)
}

/// Whether what is left of all borders, where those that run both ways cancel out, is as
/// long as the outer border of all ground: then no inner border is left.
fn borders_are_shared(parts: &[Part], now: &MultiPolygon<f64>) -> bool {
    let Ok(left) = outline(parts.iter().flat_map(|part| half_edges(&part.area))) else {
        return false;
    };
    let length = |(a, b): (Point, Point)| metres_between(a, b);
    let left_m: f64 = left.into_iter().map(length).sum();
    let outer_m: f64 = sides(now).into_iter().map(length).sum();
    (left_m - outer_m).abs() < 0.5 + outer_m * 1e-6
}
