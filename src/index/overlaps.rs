//! Which areas lie over each other? Beats should share no ground: whoever draws them is
//! told which do, and by how much. Boxes first, then the ground that both cover.

use crate::index::boxes::BoxIndex;
use crate::place::area::Area;

/// Two areas with ground in common.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Overlap {
    /// Place of the first in the list.
    pub first: usize,
    /// Place of the second; after the first.
    pub second: usize,
    /// The ground they share.
    pub km2: f64,
}

/// Every pair that shares more than `least_km2`, the largest share first.
pub fn overlaps(areas: &[&Area], least_km2: f64) -> Vec<Overlap> {
    let boxes: Vec<[f64; 4]> = areas.iter().map(|area| area.bbox()).collect();
    let index = BoxIndex::new(&boxes);
    let mut found = Vec::new();
    for (first, (area, &bounds)) in areas.iter().zip(&boxes).enumerate() {
        for second in index.meeting(bounds).into_iter().map(|i| i as usize) {
            if second <= first {
                continue;
            }
            let km2 = area.shared_km2(areas[second]);
            if km2 > least_km2 {
                found.push(Overlap { first, second, km2 });
            }
        }
    }
    found.sort_by(|a, b| {
        let by_place = (a.first, a.second).cmp(&(b.first, b.second));
        b.km2.total_cmp(&a.km2).then(by_place)
    });
    found
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use crate::index::overlaps::overlaps;
    use crate::place::area::Area;

    fn block([w, s, e, n]: [f64; 4]) -> Area {
        let ring = vec![[w, s], [e, s], [e, n], [w, n], [w, s]];
        Area::from_rings(&[vec![ring]]).unwrap()
    }

    #[test]
    fn neighbours_that_touch_do_not_overlap() {
        let a = block([10.0, 50.0, 10.1, 50.1]);
        let b = block([10.1, 50.0, 10.2, 50.1]);
        let c = block([10.0, 50.1, 10.1, 50.2]);
        assert_eq!(overlaps(&[&a, &b, &c], 0.0), []);
    }

    #[test]
    fn a_beat_inside_another_shares_all_its_ground() {
        let outer = block([10.0, 50.0, 10.2, 50.2]);
        let inner = block([10.05, 50.05, 10.1, 50.1]);
        let found = overlaps(&[&inner, &outer], 0.001);
        assert_eq!(found.len(), 1);
        assert_eq!((found[0].first, found[0].second), (0, 1));
        assert!((found[0].km2 / inner.km2() - 1.0).abs() < 1e-6);
    }

    fn a_box() -> impl Strategy<Value = [f64; 4]> {
        (0u8..12, 0u8..12, 1u8..5, 1u8..5).prop_map(|(x, y, dx, dy)| {
            let at = |base: f64, steps: u8| base + f64::from(steps) * 0.01;
            [at(20.0, x), at(40.0, y), at(20.0, x + dx), at(40.0, y + dy)]
        })
    }

    proptest! {
        /// Blocks share the block between their inner sides.
        #[test]
        fn blocks_share_what_lies_between_their_sides(
            boxes in prop::collection::vec(a_box(), 2..8),
        ) {
            let areas: Vec<Area> = boxes.iter().copied().map(block).collect();
            let found = overlaps(&areas.iter().collect::<Vec<_>>(), 1e-6);
            for (i, a) in boxes.iter().enumerate() {
                for (j, b) in boxes.iter().enumerate().skip(i + 1) {
                    let shared = [a[0].max(b[0]), a[1].max(b[1]), a[2].min(b[2]), a[3].min(b[3])];
                    let truth = if shared[2] - shared[0] > 1e-9 && shared[3] - shared[1] > 1e-9 {
                        block(shared).km2()
                    } else {
                        0.0
                    };
                    let said = found
                        .iter()
                        .find(|o| (o.first, o.second) == (i, j))
                        .map_or(0.0, |o| o.km2);
                    prop_assert!((said - truth).abs() <= 1e-6 + truth * 1e-6, "{said} {truth}");
                }
            }
            prop_assert!(found.is_sorted_by(|a, b| a.km2 >= b.km2));
        }
    }
}
