//! Classes of a surface: the top 0.5, 1, 2, 5 and 10 % of the area, hottest first.
//!
//! Shares of **area**, not of cells or of the highest value: "class 5" is what a fixed
//! small part of the district can be patrolled, and is comparable between models. A cell
//! belongs to the share within which it begins, so the hottest cell is always in class 5.
//! Cells of no risk, and those beyond the top tenth, have class 0.

/// Upper ends of the shares of area, class 5 first.
const SHARES: [f64; 5] = [0.005, 0.01, 0.02, 0.05, 0.10];

/// Class and rank of every cell.
#[derive(Debug, Clone, PartialEq)]
pub struct Classes {
    /// 5 (hottest) to 1, or 0.
    pub class: Vec<u8>,
    /// From 1, by density; equal densities by the grid's order.
    pub rank: Vec<u32>,
    /// Cell indexes by rank.
    pub order: Vec<u32>,
    /// The legend, class 5 first.
    pub rows: Vec<ClassRow>,
}

/// One row of the legend.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct ClassRow {
    /// 5 (hottest) to 1.
    pub class: u8,
    /// From which share of the area.
    pub share_from: f64,
    /// To which.
    pub share_to: f64,
    /// Density of its coolest cell, expected incidents per km² in the window; none where
    /// the class has no cell.
    pub min_per_km2: Option<f64>,
    /// How many cells it has.
    pub cells: usize,
}

impl Classes {
    /// Classes of cells with these expectations and areas (one a cell, same length).
    pub fn of(expected: &[f64], area_km2: &[f64]) -> Self {
        let density: Vec<f64> = expected.iter().zip(area_km2).map(|(e, a)| e / a).collect();
        let mut order: Vec<u32> = (0u32..).take(density.len()).collect();
        order.sort_by(|&a, &b| {
            density[b as usize]
                .total_cmp(&density[a as usize])
                .then(a.cmp(&b))
        });
        let whole: f64 = area_km2.iter().take(density.len()).sum();
        let mut class = vec![0; density.len()];
        let mut rank = vec![0; density.len()];
        let mut rows: Vec<ClassRow> = (0..SHARES.len())
            .map(|i| ClassRow {
                class: 5 - i as u8,
                share_from: if i == 0 { 0.0 } else { SHARES[i - 1] },
                share_to: SHARES[i],
                min_per_km2: None,
                cells: 0,
            })
            .collect();
        let mut before = 0.0;
        for (place, &i) in (1u32..).zip(&order) {
            let i = i as usize;
            rank[i] = place;
            let share = before / whole;
            if density[i] > 0.0
                && let Some(row) = rows.iter_mut().find(|row| share < row.share_to)
            {
                class[i] = row.class;
                row.cells += 1;
                row.min_per_km2 = Some(density[i]);
            }
            before += area_km2[i];
        }
        Self {
            class,
            rank,
            order,
            rows,
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn hotter_is_never_of_a_lower_class(
            expected in prop::collection::vec(0.0..9.0_f64, 1..400),
        ) {
            let area = vec![0.015; expected.len()];
            let classes = Classes::of(&expected, &area);
            for pair in classes.order.windows(2) {
                let (hot, cool) = (pair[0] as usize, pair[1] as usize);
                prop_assert!(expected[hot] >= expected[cool]);
                prop_assert!(classes.class[hot] >= classes.class[cool]);
            }
            let counted: usize = classes.rows.iter().map(|r| r.cells).sum();
            prop_assert_eq!(counted, classes.class.iter().filter(|&&c| c > 0).count());
            // A cell is in where the area before it is under a tenth.
            let tenth = (expected.len() as f64 * 0.10).ceil() as usize;
            prop_assert!(counted <= tenth.max(1));
        }
    }

    #[test]
    fn a_thousand_equal_areas_split_at_the_shares() {
        let expected: Vec<f64> = (0..1000).map(|i| f64::from(i) + 1.0).collect();
        let classes = Classes::of(&expected, &vec![1.0; 1000]);
        let cells: Vec<usize> = classes.rows.iter().map(|r| r.cells).collect();
        assert_eq!(cells, [5, 5, 10, 30, 50]);
        assert_eq!(classes.rank[999], 1);
        assert_eq!(classes.class[999], 5);
        assert_eq!(classes.class[0], 0);
    }

    #[test]
    fn nothing_expected_is_no_class() {
        let classes = Classes::of(&[0.0; 50], &[1.0; 50]);
        assert!(classes.class.iter().all(|&c| c == 0));
        assert!(classes.rows.iter().all(|r| r.min_per_km2.is_none()));
    }
}
