//! Areas from several ways: lines joined end to end into closed rings, holes put into the
//! outer ring around them. For drawing: rings that do not close are left out.

use std::collections::HashMap;

use geo::{Area, Contains, Coord, LineString, Polygon};

use crate::place::position::Position;

/// Node ids of a member, and whether it bounds a hole.
pub(crate) type MemberLine<'a> = (&'a [i64], bool);

/// The polygons of a relation: each its outer ring, then its holes, all closed.
pub(crate) fn assemble(
    members: &[MemberLine<'_>],
    places: &HashMap<i64, Position>,
) -> Vec<Vec<Vec<Position>>> {
    let of_role = |hole: bool| -> Vec<Vec<Position>> {
        let lines: Vec<&[i64]> = members
            .iter()
            .filter(|m| m.1 == hole)
            .map(|m| m.0)
            .collect();
        join(&lines)
            .iter()
            .filter_map(|ring| ring.iter().map(|n| places.get(n).copied()).collect())
            .collect()
    };
    let mut outers: Vec<(Polygon<f64>, Vec<Vec<Position>>)> = of_role(false)
        .into_iter()
        .map(|ring| (polygon(&ring), vec![ring]))
        .collect();
    for hole in of_role(true) {
        let Some(corner) = hole.first().map(|p| p.point()) else {
            continue;
        };
        // Of nested outer rings the innermost is meant. A hole that touches its outer
        // ring with this corner is found by another one.
        let around = |shape: &Polygon<f64>| {
            shape.contains(&corner) || hole.iter().skip(1).any(|p| shape.contains(&p.point()))
        };
        let home = outers
            .iter_mut()
            .filter(|(shape, _)| around(shape))
            .min_by(|a, b| a.0.unsigned_area().total_cmp(&b.0.unsigned_area()));
        if let Some((_, rings)) = home {
            rings.push(hole);
        }
    }
    outers.into_iter().map(|(_, rings)| rings).collect()
}

fn polygon(ring: &[Position]) -> Polygon<f64> {
    let line: Vec<Coord<f64>> = ring.iter().map(|p| p.coord()).collect();
    Polygon::new(LineString::new(line), Vec::new())
}

/// Joins lines at their ends into closed rings of at least three corners.
fn join(lines: &[&[i64]]) -> Vec<Vec<i64>> {
    let mut at_end: HashMap<i64, Vec<usize>> = HashMap::new();
    for (i, line) in lines.iter().enumerate() {
        if let (Some(&a), Some(&b)) = (line.first(), line.last()) {
            at_end.entry(a).or_default().push(i);
            at_end.entry(b).or_default().push(i);
        }
    }
    let mut used = vec![false; lines.len()];
    let mut rings = Vec::new();
    for start in 0..lines.len() {
        if std::mem::replace(&mut used[start], true) {
            continue;
        }
        let mut ring = lines[start].to_vec();
        while let (Some(&first), Some(&last)) = (ring.first(), ring.last()) {
            if first == last {
                break;
            }
            let free = |i: &&usize| !used[**i];
            let Some(&next) = at_end.get(&last).and_then(|l| l.iter().find(free)) else {
                break;
            };
            used[next] = true;
            let line = lines[next];
            if line.first() == Some(&last) {
                ring.extend(&line[1..]);
            } else {
                ring.extend(line[..line.len() - 1].iter().rev());
            }
        }
        if ring.len() > 3 && ring.first() == ring.last() {
            rings.push(ring);
        }
    }
    rings
}

#[cfg(test)]
mod tests {
    use super::*;

    fn square(first: i64, west: f64, side: f64, places: &mut HashMap<i64, Position>) -> [i64; 4] {
        let ids = [first, first + 1, first + 2, first + 3];
        for (id, (x, y)) in ids
            .into_iter()
            .zip([(0., 0.), (1., 0.), (1., 1.), (0., 1.)])
        {
            places.insert(id, Position::wrapped(west + x * side, west + y * side));
        }
        ids
    }

    #[test]
    fn pieces_in_any_order_and_direction_close_with_their_hole() {
        let mut places = HashMap::new();
        let [a, b, c, d] = square(1, 0.0, 10.0, &mut places);
        let [e, f, g, h] = square(11, 4.0, 1.0, &mut places);
        let pieces: [&[i64]; 3] = [&[a, b], &[a, d, c], &[b, c]];
        let hole: &[i64] = &[e, f, g, h, e];
        let members = [
            (pieces[1], false),
            (hole, true),
            (pieces[0], false),
            (pieces[2], false),
        ];
        let polygons = assemble(&members, &places);
        assert_eq!(polygons.len(), 1);
        assert_eq!(polygons[0].len(), 2);
        for ring in &polygons[0] {
            assert_eq!((ring.len(), ring.first()), (5, ring.last()));
        }
    }

    #[test]
    fn what_does_not_close_is_left_out() {
        let mut places = HashMap::new();
        let [a, b, c, d] = square(1, 0.0, 10.0, &mut places);
        assert!(assemble(&[(&[a, b, c, d], false)], &places).is_empty());
        assert!(assemble(&[(&[a, b, a], false)], &places).is_empty());
        assert!(assemble(&[], &places).is_empty());
        // A corner that is missing from the file.
        assert!(assemble(&[(&[a, b, 99, d, a], false)], &places).is_empty());
    }

    #[test]
    fn a_hole_goes_to_the_innermost_ring() {
        let mut places = HashMap::new();
        let big = square(1, 0.0, 10.0, &mut places);
        let small = square(11, 3.0, 4.0, &mut places);
        let hole = square(21, 4.0, 1.0, &mut places);
        let closed = |s: [i64; 4]| vec![s[0], s[1], s[2], s[3], s[0]];
        let (big, small, hole) = (closed(big), closed(small), closed(hole));
        let polygons = assemble(&[(&hole, true), (&big, false), (&small, false)], &places);
        assert_eq!(polygons.iter().map(Vec::len).collect::<Vec<_>>(), [1, 2]);
    }
}
