//! Whatever is done to areas that share borders: the same ground, none twice, none lost,
//! and each inner border the same points on both sides.

use proptest::prelude::*;

use crate::place::area::Area;
use crate::place::partition::check::{Wrong, check};
use crate::place::partition::draw::draw;
use crate::place::partition::fault::EditFault;
use crate::place::partition::knit::{HAIR_M, JOIN_M, join, knit};
use crate::place::partition::made_up::lattice;
use crate::place::partition::merge::merge;
use crate::place::partition::part::{Part, half_edges, metres_per_degree, turning};
use crate::place::partition::recut::recut;
use crate::place::partition::split::split;
use crate::place::partition::three_way::{Side, compose, groups};
use crate::place::partition::trace::outline;
use crate::place::partition::vertex::{add_corner, move_corners, remove_corner};

/// m² in the plane of longitude and latitude, where borders are straight (RFC 7946): a
/// geodesic between the same ends lies a centimetre beside them.
fn ground(parts: &[Part]) -> f64 {
    let [east, north] = metres_per_degree(41.8);
    let rings = parts.iter().flat_map(|part| part.area.to_rings()).flatten();
    rings.map(|ring| turning(&ring) / 2.0 * east * north).sum()
}

/// No fault, the same ground to ten square centimetres, and the exact test: what is left
/// of the borders is a closed outer border only.
fn is_whole(before: &[Part], after: &[Part]) {
    let checked = check(after, before, true);
    assert_eq!(checked.forbidding().collect::<Vec<_>>(), Vec::<&_>::new());
    assert!(checked.borders_shared);
    assert!((ground(before) - ground(after)).abs() < 1e-3);
    let [west, south, east, north] = bounds(before);
    for (a, b) in outline(after.iter().flat_map(|p| half_edges(&p.area))).unwrap() {
        let on = |v: f64, w: f64| (v - w).abs() < 1e-9;
        let along = |i: usize, low: f64, high: f64| {
            (on(a[i], low) && on(b[i], low)) || (on(a[i], high) && on(b[i], high))
        };
        assert!(
            along(0, west, east) || along(1, south, north),
            "{a:?} {b:?}"
        );
    }
}

fn bounds(parts: &[Part]) -> [f64; 4] {
    parts
        .iter()
        .fold([180.0, 90.0, -180.0, -90.0], |all, part| {
            let [w, s, e, n] = part.area.bbox();
            [all[0].min(w), all[1].min(s), all[2].max(e), all[3].max(n)]
        })
}

fn shakes() -> impl Strategy<Value = Vec<f64>> {
    prop::collection::vec(-1.0..1.0f64, 24)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]

    #[test]
    fn a_split_loses_nothing(
        shake in shakes(), at in 0usize..9, from in 0.1..0.9f64, to in 0.1..0.9f64, bend in 0.2..0.8f64,
    ) {
        let before = lattice(3, 3, &shake);
        let [w, s, e, n] = before[at].area.bbox();
        let x = |share: f64| w + (e - w) * share;
        let line = [[x(from), s - 0.01], [x(bend), (s + n) / 2.0], [x(to), n + 0.01]];
        match split(&before, &format!("b{at}"), &line) {
            Ok(after) => {
                prop_assert!(after.len() > before.len());
                is_whole(&before, &after);
                // Merged again it is what it was, but for corners on straight borders.
                let ids: Vec<String> = after.iter().map(|p| p.id.clone())
                    .filter(|id| id == &format!("b{at}") || id.starts_with(&format!("b{at}-")))
                    .collect();
                let again = merge(&after, &ids).unwrap();
                is_whole(&before, &again);
                prop_assert!(groups(&before, &before, &again).is_empty());
            }
            Err(fault) => prop_assert!(matches!(fault, EditFault::NoCut { .. }), "{fault}"),
        }
    }

    #[test]
    fn a_moved_corner_moves_on_all_sides_or_not_at_all(
        shake in shakes(), x in 1usize..3, y in 1usize..3, dx in -0.02..0.02f64, dy in -0.02..0.02f64,
    ) {
        let before = lattice(3, 3, &shake);
        let from = before[y * 3 + x].area.to_rings()[0][0][0];
        let to = [from[0] + dx, from[1] + dy];
        match move_corners(&before, &[(from, to)], true) {
            Ok(after) => {
                let has = |part: &&Part| half_edges(&part.area).iter().any(|e| e.0 == to);
                prop_assert_eq!(after.iter().filter(has).count(), 4);
                is_whole(&before, &after);
            }
            Err(fault) => prop_assert!(
                matches!(fault, EditFault::Invalid { .. } | EditFault::InsideOut { .. }), "{}", fault
            ),
        }
    }

    #[test]
    fn a_drawn_area_takes_what_others_give(
        shake in shakes(), w in 0.0..2.0f64, s in 0.0..2.0f64, width in 0.1..1.5f64, height in 0.1..1.5f64,
    ) {
        let before = lattice(3, 3, &shake);
        let at = |x: f64, y: f64| [123.4 + x * 0.01, 41.8 + y * 0.008];
        let ring = [at(w, s), at(w + width, s), at(w + width, s + height), at(w, s + height), at(w, s)];
        match draw(&before, &ring, "New", true) {
            Ok(after) => {
                prop_assert_eq!(after.len(), 10);
                is_whole(&before, &after);
            }
            Err(fault) => prop_assert!(matches!(fault, EditFault::Swallows(_)), "{}", fault),
        }
    }

    #[test]
    fn recutting_keeps_the_outer_border_and_what_is_locked(shake in shakes(), others in shakes()) {
        let before = lattice(4, 3, &shake);
        let zones: Vec<Part> = lattice(4, 3, &others);
        let after = recut(&before, &zones, &["b5".into()]).unwrap();
        is_whole(&before, &after);
        let of = |parts: &[Part]| ground(&[parts.iter().find(|p| p.id == "b5").unwrap().clone()]);
        prop_assert!((of(&before) - of(&after)).abs() < 1e-3);
        prop_assert!(after.iter().all(|part| part.area.shape().0.len() == 1));
    }
}

#[test]
fn two_planners_who_worked_apart_lose_nothing() {
    let base = lattice(4, 3, &[0.3, -0.2, 0.1]);
    let cut = |id: &str, parts: &[Part]| {
        let at = parts.iter().find(|p| p.id == id).unwrap();
        let [w, s, e, n] = at.area.bbox();
        split(
            parts,
            id,
            &[[(w + e) / 2.0, s - 0.01], [(w + e) / 2.0, n + 0.01]],
        )
        .unwrap()
    };
    let (mine, theirs) = (cut("b0", &base), cut("b10", &base));
    let found = groups(&base, &mine, &theirs);
    assert_eq!(found.len(), 2);
    assert!(found.iter().all(|group| !group.conflict));
    let taken: Vec<Side> = found.iter().map(|group| group.taken).collect();
    let joined = compose(&mine, &theirs, &found, &taken);
    is_whole(&base, &joined);
    assert_eq!(joined.len(), base.len() + 2);

    // Both cut the same one: one group, a conflict, either choice is whole.
    let theirs = move_corners(
        &base,
        &[(base[0].area.to_rings()[0][0][2], [123.411, 41.809])],
        true,
    );
    let theirs = theirs.unwrap();
    let found = groups(&base, &mine, &theirs);
    assert_eq!(found.iter().filter(|group| group.conflict).count(), 1);
    for side in [Side::Mine, Side::Theirs] {
        let joined = compose(&mine, &theirs, &found, &vec![side; found.len()]);
        is_whole(&base, &joined);
    }
}

#[test]
fn corners_are_put_in_and_taken_away_on_both_sides() {
    let base = lattice(2, 1, &[]);
    let ring = base[0].area.to_rings()[0][0].clone();
    let (a, b) = (ring[1], ring[2]);
    let at = [123.412, 41.804];
    let bent = add_corner(&base, (a, b), at, true).unwrap();
    is_whole(&base, &bent);
    assert_eq!(
        bent.iter()
            .filter(|p| half_edges(&p.area).iter().any(|e| e.0 == at))
            .count(),
        2
    );
    let straight = remove_corner(&bent, at, true).unwrap();
    assert_eq!(straight, base);
    let outer = remove_corner(&base, a, true);
    assert!(
        matches!(outer, Err(EditFault::Junction { .. })),
        "{outer:?}"
    );
    let gone = move_corners(&base, &[(a, at)], true);
    assert!(matches!(gone, Err(EditFault::Outline { .. })), "{gone:?}");
}

#[test]
fn a_corner_on_a_neighbours_side_and_a_hair_between_are_mended() {
    let block = |w: f64, s: f64, e: f64, n: f64, id: &str| Part {
        id: id.into(),
        name: id.into(),
        station: None,
        area: Area::from_rings(&[vec![vec![[w, s], [e, s], [e, n], [w, n], [w, s]]]]).unwrap(),
    };
    // One tall block beside two low ones, a hair apart.
    let parts = [
        block(123.40, 41.80, 123.41, 41.82, "a"),
        block(123.410_000_1, 41.80, 123.42, 41.81, "b"),
        block(123.41, 41.81, 123.42, 41.82, "c"),
    ];
    assert!(!check(&parts, &parts, true).borders_shared);
    let knitted = knit(&parts, HAIR_M);
    let checked = check(&knitted, &knitted, true);
    assert!(checked.borders_shared, "{checked:?}");
    assert_eq!(checked.faults, []);
    // Half a metre apart: said, offered, and mended when asked.
    let apart = [
        parts[0].clone(),
        block(123.410_006, 41.80, 123.42, 41.81, "b"),
        parts[2].clone(),
    ];
    let checked = check(&apart, &knitted, true);
    assert!(checked.faults.iter().any(|f| f.wrong == Wrong::NearCorners));
    assert!(
        checked
            .faults
            .iter()
            .any(|f| f.wrong == Wrong::Uncovered && f.sliver)
    );
    let joined = join(&apart, JOIN_M);
    assert!(check(&joined, &joined, true).borders_shared);
    // What was there before the draft is not the draft's.
    assert!(check(&apart, &apart, true).forbidding().next().is_none());
}

#[test]
fn lines_that_divide_nothing_and_loops_are_refused() {
    let base = lattice(2, 2, &[0.2, 0.1]);
    let stub = [[123.402, 41.802], [123.405, 41.804]];
    assert!(matches!(
        split(&base, "b0", &stub),
        Err(EditFault::NoCut { .. })
    ));
    let away = [[123.5, 41.9], [123.6, 41.9]];
    assert!(matches!(
        split(&base, "b0", &away),
        Err(EditFault::NoCut { .. })
    ));
    let loop_line = [
        [123.39, 41.804],
        [123.42, 41.804],
        [123.405, 41.79],
        [123.405, 41.81],
    ];
    assert!(matches!(
        split(&base, "b0", &loop_line),
        Err(EditFault::LineCrossesItself { .. })
    ));
    assert!(matches!(
        split(&base, "b0", &[[123.0, 41.0]]),
        Err(EditFault::Points { .. })
    ));
    assert!(matches!(
        split(&base, "x", &stub),
        Err(EditFault::UnknownArea(_))
    ));
    let far = merge(&base, &["b0".into(), "b3".into()]);
    assert!(matches!(far, Err(EditFault::NotNeighbours(_))), "{far:?}");
    assert!(matches!(
        merge(&base, &["b0".into(), "b0".into()]),
        Err(EditFault::MergeOfOne)
    ));
    let bow = [
        [123.40, 41.80],
        [123.41, 41.81],
        [123.41, 41.80],
        [123.40, 41.81],
        [123.40, 41.80],
    ];
    assert!(matches!(
        draw(&base, &bow, "x", true),
        Err(EditFault::LineCrossesItself { .. })
    ));
    let outside = [[124.0, 42.0], [124.1, 42.0], [124.1, 42.1], [124.0, 42.0]];
    assert!(matches!(
        draw(&base, &outside, "x", true),
        Err(EditFault::Outside)
    ));
    assert!(matches!(
        draw(&base, &outside, "Beat 1", true),
        Err(EditFault::NameTaken(_))
    ));
    assert!(draw(&base, &outside, "x", false).is_ok());
}

#[test]
fn a_ring_inside_one_area_makes_a_hole_and_the_hole_can_be_merged_away() {
    let base = lattice(2, 2, &[]);
    let ring = [
        [123.402, 41.802],
        [123.406, 41.802],
        [123.406, 41.805],
        [123.402, 41.802],
    ];
    let with = draw(&base, &ring, "Inner", true).unwrap();
    is_whole(&base, &with);
    assert_eq!(with[0].area.shape().0[0].interiors().len(), 1);
    let id = with.last().unwrap().id.clone();
    assert_eq!(merge(&with, &["b0".into(), id]).unwrap(), base);
}

#[test]
fn a_hair_along_the_outer_border_is_none_and_ground_behind_it_is() {
    let area = |ring: Vec<[f64; 2]>| Part {
        id: "a".into(),
        name: "a".into(),
        station: None,
        area: Area::from_rings(&[vec![ring]]).unwrap(),
    };
    let (w, s, e, n) = (123.40, 41.80, 123.42, 41.82);
    let to = |east: f64| vec![[w, s], [east, s], [east, n], [w, n], [w, s]];
    let base = [area(to(e))];
    // A centimetre or two of two kilometres: tens of square metres, and no fault.
    for east in [e - 2e-7, e + 2e-7] {
        assert_eq!(check(&[area(to(east))], &base, true).faults, []);
    }
    // A metre is one, on either side.
    for (east, wrong) in [(e - 1.2e-5, Wrong::Uncovered), (e + 1.2e-5, Wrong::Outside)] {
        let faults = check(&[area(to(east))], &base, true).faults;
        assert!(
            faults.iter().any(|fault| fault.wrong == wrong),
            "{faults:?}"
        );
    }
    // Half a centimetre all along, and a bite of 20 m by 20 m on the same stretch: in the mean
    // the piece is narrower than a hair, and it is ground all the same.
    let (in_by, bite) = (e - 6e-8, e - 2.4e-4);
    let (low, high) = (41.81, 41.810_18);
    let bitten = vec![
        [w, s],
        [in_by, s],
        [in_by, low],
        [bite, low],
        [bite, high],
        [in_by, high],
        [in_by, n],
        [w, n],
        [w, s],
    ];
    let checked = check(&[area(bitten)], &base, true);
    assert!(
        checked
            .forbidding()
            .any(|fault| fault.wrong == Wrong::Uncovered),
        "{checked:?}"
    );
}
