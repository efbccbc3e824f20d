//! Borders that are the same on both sides. Areas from elsewhere often only nearly touch: a
//! corner of one lies on a side of the other, or a hair beside its corner. Here such corners
//! become one, and a side gets the corners that lie on it.

use std::collections::{BTreeMap, HashMap};

use crate::place::area::{Area, RawPolygon};
use crate::place::partition::fault::EditFault;
use crate::place::partition::part::{
    HalfEdge, Key, Part, Point, half_edges, key, metres_between, metres_per_degree, nearest_on,
    undirected,
};

/// Corners on a side, by that side in its agreed order.
pub type Inserted = BTreeMap<(Key, Key), Vec<Point>>;

/// A centimetre: what more digits would say is not known of any border.
const DIGITS: f64 = 1e7;

/// What a person can't have meant, metres.
pub const HAIR_M: f64 = 0.03;

/// Corners nearer than this are offered for joining, metres.
pub const JOIN_M: f64 = 1.0;

/// Rounds corners to a centimetre and joins what is nearer than `within_m`. An area that
/// would not be valid then stays as it is.
pub fn knit(parts: &[Part], within_m: f64) -> Vec<Part> {
    let rounded = map_points(parts, |[x, y]| {
        [(x * DIGITS).round() / DIGITS, (y * DIGITS).round() / DIGITS]
    });
    join(&rounded, within_m)
}

/// Joins corners, and corners with sides, that are nearer than `within_m`.
pub fn join(parts: &[Part], within_m: f64) -> Vec<Part> {
    let welds = welds(parts, within_m);
    let welded = map_points(parts, |p| welds.get(&key(p)).copied().unwrap_or(p));
    let inserted = corners_on_sides(&welded, within_m.min(JOIN_M));
    insert(&welded, &inserted).unwrap_or(welded)
}

/// Pairs of corners that are near each other and not the same, as `(one, other, metres)`.
pub fn near_corners(parts: &[Part], within_m: f64, most: usize) -> Vec<(Point, Point, f64)> {
    let mut found: Vec<(Point, Point, f64)> = welds(parts, within_m)
        .into_iter()
        .filter_map(|(from, to)| {
            let from = corner_of(parts, from)?;
            Some((from, to, metres_between(from, to)))
        })
        .filter(|(a, b, _)| key(*a) != key(*b))
        .collect();
    found.sort_by(|a, b| a.2.total_cmp(&b.2));
    found.truncate(most);
    found
}

/// Puts corners on sides, in every area that has the side.
///
/// # Errors
/// [`EditFault::Invalid`].
pub fn insert(parts: &[Part], inserted: &Inserted) -> Result<Vec<Part>, EditFault> {
    let mut all = Vec::with_capacity(parts.len());
    for part in parts {
        let has = half_edges(&part.area)
            .into_iter()
            .any(|edge| inserted.contains_key(&side(edge)));
        if !has {
            all.push(part.clone());
            continue;
        }
        let rings: Vec<RawPolygon> = part
            .area
            .to_rings()
            .iter()
            .map(|polygon| polygon.iter().map(|ring| dense(ring, inserted)).collect())
            .collect();
        all.push(with_rings(part, &rings)?);
    }
    Ok(all)
}

/// The name of a side, whichever way it runs.
pub fn side(edge: HalfEdge) -> (Key, Key) {
    let (a, b) = undirected(edge);
    (key(a), key(b))
}

/// The area with other rings.
///
/// # Errors
/// [`EditFault::Invalid`].
pub fn with_rings(part: &Part, rings: &[RawPolygon]) -> Result<Part, EditFault> {
    let area = Area::from_rings(rings).map_err(|fault| EditFault::Invalid {
        name: part.name.clone(),
        fault,
    })?;
    Ok(Part {
        area,
        ..part.clone()
    })
}

/// A line's pieces with corners put on them, in their order.
pub fn dense(line: &[Point], inserted: &Inserted) -> Vec<Point> {
    let mut points: Vec<Point> = Vec::with_capacity(line.len());
    for pair in line.windows(2) {
        let (a, b) = (pair[0], pair[1]);
        points.push(a);
        if let Some(on) = inserted.get(&side((a, b))) {
            let mut on: Vec<(f64, Point)> =
                on.iter().map(|&p| (nearest_on((a, b), p).1, p)).collect();
            on.sort_by(|x, y| x.0.total_cmp(&y.0));
            points.extend(on.into_iter().map(|(_, p)| p));
        }
    }
    points.extend(line.last());
    points.dedup_by(|a, b| key(*a) == key(*b));
    points
}

/// Which corner becomes which: of those that are near each other, the first in the list.
fn welds(parts: &[Part], within_m: f64) -> HashMap<Key, Point> {
    let mut cells: HashMap<(i64, i64), Vec<Point>> = HashMap::new();
    let mut welds: HashMap<Key, Point> = HashMap::new();
    let Some(first) = parts.first() else {
        return welds;
    };
    let [east, north] = metres_per_degree(first.area.bbox()[1]);
    let cell = |p: Point| {
        let of = |v: f64| (v / within_m).floor() as i64;
        (of(p[0] * east), of(p[1] * north))
    };
    for part in parts {
        for (corner, _) in half_edges(&part.area) {
            if welds.contains_key(&key(corner)) {
                continue;
            }
            let (cx, cy) = cell(corner);
            let around = (-1..=1).flat_map(|dx| (-1..=1).map(move |dy| (cx + dx, cy + dy)));
            let near = around
                .filter_map(|at| cells.get(&at))
                .flatten()
                .map(|&p| (metres_between(p, corner), p))
                .filter(|(metres, _)| *metres <= within_m)
                .min_by(|a, b| a.0.total_cmp(&b.0));
            let to = near.map_or(corner, |(_, p)| p);
            if near.is_none() {
                cells.entry((cx, cy)).or_default().push(corner);
            }
            welds.insert(key(corner), to);
        }
    }
    welds
}

fn corner_of(parts: &[Part], wanted: Key) -> Option<Point> {
    let corners = parts.iter().flat_map(|part| half_edges(&part.area));
    corners.map(|(a, _)| a).find(|a| key(*a) == wanted)
}

/// Corners that lie on a side without being one of its ends.
fn corners_on_sides(parts: &[Part], within_m: f64) -> Inserted {
    let mut corners: BTreeMap<Key, Point> = BTreeMap::new();
    let mut sides: BTreeMap<(Key, Key), HalfEdge> = BTreeMap::new();
    for edge in parts.iter().flat_map(|part| half_edges(&part.area)) {
        corners.insert(key(edge.0), edge.0);
        sides.insert(side(edge), undirected(edge));
    }
    let mut by_lon: Vec<Point> = corners.into_values().collect();
    by_lon.sort_by(|a, b| a[0].total_cmp(&b[0]));
    let mut inserted = Inserted::new();
    for (name, (a, b)) in sides {
        let [east, north] = metres_per_degree(a[1]);
        let (dx, dy) = (within_m / east, within_m / north);
        let (west, end) = (a[0].min(b[0]) - dx, a[0].max(b[0]) + dx);
        let (south, top) = (a[1].min(b[1]) - dy, a[1].max(b[1]) + dy);
        let from = by_lon.partition_point(|p| p[0] < west);
        for &p in by_lon[from..].iter().take_while(|p| p[0] <= end) {
            let is_end = key(p) == key(a) || key(p) == key(b);
            if is_end || p[1] < south || p[1] > top {
                continue;
            }
            let (_, along, metres) = nearest_on((a, b), p);
            if metres <= within_m && along > 0.0 && along < 1.0 {
                inserted.entry(name).or_default().push(p);
            }
        }
    }
    inserted
}

/// The areas with each point changed; one that would not be valid stays.
fn map_points(parts: &[Part], to: impl Fn(Point) -> Point) -> Vec<Part> {
    let moved = |part: &Part| {
        let ring = |ring: &Vec<Point>| {
            let mut points: Vec<Point> = ring.iter().map(|&p| to(p)).collect();
            points.dedup_by(|a, b| key(*a) == key(*b));
            points
        };
        let rings: Vec<RawPolygon> = part
            .area
            .to_rings()
            .iter()
            .map(|polygon| polygon.iter().map(ring).collect())
            .collect();
        with_rings(part, &rings).unwrap_or_else(|_| part.clone())
    };
    parts.iter().map(moved).collect()
}
