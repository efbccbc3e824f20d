//! A line laid over areas: where it crosses a border, both sides and the line get the same
//! new corner; what of the line lies inside an area divides it.

use std::collections::{BTreeMap, HashSet};

use geo::line_intersection::{LineIntersection, line_intersection};
use geo::{Contains, Polygon};

use crate::place::area::Area;
use crate::place::partition::fault::EditFault;
use crate::place::partition::knit::{Inserted, dense, insert, side};
use crate::place::partition::part::{
    HalfEdge, Key, Part, Point, half_edges, key, metres_between, nearest_on, undirected,
};
use crate::place::partition::trace::{as_line, polygons, without_loose_ends};

/// A line's corner so near to a border is meant to be on it, metres.
const ON_BORDER_M: f64 = 0.5;

/// A crossing so near to a corner is that corner, metres.
const AT_CORNER_M: f64 = 0.05;

/// Lays lines over the areas; returns the areas with the crossings as corners, and the
/// lines in pieces between them. Borders of areas that `counts` leaves out are not crossed.
///
/// # Errors
/// [`EditFault::Invalid`].
pub fn lay(
    parts: &[Part],
    lines: &[Vec<Point>],
    counts: impl Fn(&Part) -> bool,
) -> Result<(Vec<Part>, Vec<HalfEdge>), EditFault> {
    let mut sides: BTreeMap<(Key, Key), HalfEdge> = BTreeMap::new();
    for edge in parts
        .iter()
        .filter(|p| counts(p))
        .flat_map(|p| half_edges(&p.area))
    {
        sides.insert(side(edge), undirected(edge));
    }
    let sides: Vec<HalfEdge> = sides.into_values().collect();
    let (mut on_sides, mut on_lines) = (Inserted::new(), Inserted::new());
    let mut snapped = Vec::with_capacity(lines.len());
    for line in lines {
        let mut points: Vec<Point> = line
            .iter()
            .map(|&p| onto_border(p, &sides, &mut on_sides))
            .collect();
        points.dedup_by(|a, b| key(*a) == key(*b));
        snapped.push(points);
    }
    for pair in snapped.iter().flat_map(|line| line.windows(2)) {
        let piece = (pair[0], pair[1]);
        for &edge in &sides {
            cross(piece, edge, &mut on_lines, &mut on_sides);
        }
    }
    let parts = insert(parts, &on_sides)?;
    let mut pieces = Vec::new();
    for line in &snapped {
        let points = dense(line, &on_lines);
        pieces.extend(points.windows(2).map(|w| (w[0], w[1])));
    }
    Ok((parts, pieces))
}

/// The polygons into which lines divide an area; one where they don't.
///
/// # Errors
/// [`EditFault::Unshared`].
pub fn pieces(area: &Area, lines: &[HalfEdge]) -> Result<Vec<Polygon<f64>>, EditFault> {
    let [west, south, east, north] = area.bbox();
    let middle = |(a, b): &HalfEdge| [(a[0] + b[0]) / 2.0, (a[1] + b[1]) / 2.0];
    let mut edges = half_edges(area);
    let border: HashSet<(Key, Key)> = edges.iter().map(|&edge| side(edge)).collect();
    let corners: HashSet<Key> = edges.iter().map(|(a, _)| key(*a)).collect();
    let mut seen = HashSet::new();
    let inside: Vec<HalfEdge> = lines
        .iter()
        .filter(|piece| {
            let [x, y] = middle(piece);
            let near = x >= west && x <= east && y >= south && y <= north;
            near && !border.contains(&side(**piece))
                && seen.insert(side(**piece))
                && area.shape().contains(&geo::Point::new(x, y))
        })
        .copied()
        .collect();
    for (a, b) in without_loose_ends(inside, &corners) {
        edges.push((a, b));
        edges.push((b, a));
    }
    polygons(&edges)
}

/// The first place where a line meets itself, but for a ring's end.
pub fn self_crossing(line: &[Point]) -> Option<Point> {
    let pieces: Vec<HalfEdge> = line.windows(2).map(|w| (w[0], w[1])).collect();
    let is_ring = line.first().map(|p| key(*p)) == line.last().map(|p| key(*p));
    for (i, &one) in pieces.iter().enumerate() {
        for (j, &other) in pieces.iter().enumerate().skip(i + 1) {
            let Some(met) = line_intersection(as_line(one), as_line(other)) else {
                continue;
            };
            let follows = j == i + 1 || (is_ring && i == 0 && j + 1 == pieces.len());
            match met {
                LineIntersection::SinglePoint { .. } if follows => {}
                LineIntersection::SinglePoint {
                    intersection: c, ..
                } => return Some([c.x, c.y]),
                LineIntersection::Collinear { intersection } => {
                    return Some([intersection.start.x, intersection.start.y]);
                }
            }
        }
    }
    None
}

/// The corner or the place on a border that a line's corner is meant to be on; itself where
/// none is near.
fn onto_border(p: Point, sides: &[HalfEdge], on_sides: &mut Inserted) -> Point {
    let mut best: Option<(f64, Point, Option<HalfEdge>)> = None;
    for &edge in sides {
        let far = |i: usize| {
            let (low, high) = (edge.0[i].min(edge.1[i]), edge.0[i].max(edge.1[i]));
            p[i] < low - 1e-4 || p[i] > high + 1e-4
        };
        if far(0) || far(1) {
            continue;
        }
        let (at, _, metres) = nearest_on(edge, p);
        if metres > ON_BORDER_M {
            continue;
        }
        let end = [edge.0, edge.1]
            .into_iter()
            .find(|e| metres_between(*e, at) <= ON_BORDER_M);
        let found = match end {
            // A corner is preferred to the side beside it.
            Some(end) => (metres - ON_BORDER_M, end, None),
            None => (metres, at, Some(edge)),
        };
        if best.is_none_or(|(least, ..)| found.0 < least) {
            best = Some(found);
        }
    }
    let Some((_, at, edge)) = best else {
        return p;
    };
    if let Some(edge) = edge {
        on_sides.entry(side(edge)).or_default().push(at);
    }
    at
}

fn cross(piece: HalfEdge, edge: HalfEdge, on_lines: &mut Inserted, on_sides: &mut Inserted) {
    let apart = |i: usize| {
        let least = |(a, b): HalfEdge| a[i].min(b[i]);
        let most = |(a, b): HalfEdge| a[i].max(b[i]);
        most(piece) < least(edge) || most(edge) < least(piece)
    };
    if apart(0) || apart(1) {
        return;
    }
    let mut note = |c: geo::Coord<f64>| {
        let found = [c.x, c.y];
        let ends = [edge.0, edge.1, piece.0, piece.1];
        let at = ends
            .into_iter()
            .find(|end| metres_between(*end, found) <= AT_CORNER_M)
            .unwrap_or(found);
        let is_end_of = |(a, b): HalfEdge| key(a) == key(at) || key(b) == key(at);
        if !is_end_of(piece) {
            on_lines.entry(side(piece)).or_default().push(at);
        }
        if !is_end_of(edge) {
            on_sides.entry(side(edge)).or_default().push(at);
        }
    };
    match line_intersection(as_line(undirected(piece)), as_line(edge)) {
        Some(LineIntersection::SinglePoint { intersection, .. }) => note(intersection),
        Some(LineIntersection::Collinear { intersection }) => {
            note(intersection.start);
            note(intersection.end);
        }
        None => {}
    }
}
