//! How few places hold how much: the Lorenz curve of incidents over cells, and the share of
//! cells that holds half of them (Weisburd 2015).
//!
//! The trap: with fewer incidents than cells they look concentrated whatever happens, since
//! most cells can't have any. So beside each figure stands what the same number of
//! incidents, thrown at random on cells that are all alike, would show; and the Gini
//! coefficient comes with the correction of Bernasco & Steenbeek (2017):
//! `G′ = max(1/c, 1/n) (2 Σ i yᵢ − n − 1) − max(n/c, 1) + 1` for n cells, c incidents and
//! shares y ascending.

/// At so many places the curve is drawn.
const CURVE_POINTS: usize = 200;

/// A point of the Lorenz curve, busiest cells first.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct CurvePoint {
    /// Share of the cells.
    pub cells: f64,
    /// Share of the incidents that they hold.
    pub incidents: f64,
}

/// How concentrated incidents are.
#[derive(Debug, Clone, PartialEq)]
pub struct Concentration {
    /// Cells.
    pub cells: usize,
    /// Incidents.
    pub incidents: u64,
    /// Cells with an incident.
    pub cells_with_any: usize,
    /// From (0, 0) to (1, 1); empty without incidents.
    pub curve: Vec<CurvePoint>,
    /// Gini coefficient; none without incidents.
    pub gini: Option<f64>,
    /// The same against the most even that so few incidents can be.
    pub gini_adjusted: Option<f64>,
}

impl Concentration {
    /// Of the incidents in each cell.
    pub fn of(counts: &[u32]) -> Self {
        let mut busiest = counts.to_vec();
        busiest.sort_unstable_by(|a, b| b.cmp(a));
        let incidents: u64 = counts.iter().map(|&c| u64::from(c)).sum();
        let (gini, gini_adjusted) = match incidents {
            0 => (None, None),
            _ => {
                let (plain, adjusted) = gini(&busiest, incidents);
                (Some(plain), Some(adjusted))
            }
        };
        Self {
            cells: counts.len(),
            incidents,
            cells_with_any: counts.iter().filter(|&&c| c > 0).count(),
            curve: curve(&busiest, incidents),
            gini,
            gini_adjusted,
        }
    }
}

/// The smallest share of the cells that holds at least `share` of the incidents; none
/// without incidents. `share` is taken as 0 to 1.
pub fn cells_holding(counts: &[u32], share: f64) -> Option<f64> {
    let incidents: u64 = counts.iter().map(|&c| u64::from(c)).sum();
    if incidents == 0 {
        return None;
    }
    let mut busiest = counts.to_vec();
    busiest.sort_unstable_by(|a, b| b.cmp(a));
    let wanted = share.clamp(0.0, 1.0) * incidents as f64;
    let mut held = 0;
    let mut needed = 0;
    for count in busiest {
        if held as f64 >= wanted {
            break;
        }
        held += u64::from(count);
        needed += 1;
    }
    Some(f64::from(needed) / counts.len() as f64)
}

/// What [`cells_holding`] would be about, were all cells alike and incidents independent:
/// counts are then Poisson with the mean of all; none where there is nothing to spread.
pub fn cells_holding_by_chance(cells: usize, incidents: u64, share: f64) -> Option<f64> {
    if cells == 0 || incidents == 0 {
        return None;
    }
    let mean = incidents as f64 / cells as f64;
    let share = share.clamp(0.0, 1.0);
    // Share of incidents in cells with more than x incidents is P(X ≥ x).
    let most = (mean + 12.0 * mean.sqrt() + 40.0) as usize;
    let mut p = vec![0.0; most + 1];
    for (x, p) in p.iter_mut().enumerate() {
        let x = x as f64;
        *p = (x * mean.ln() - mean - statrs::function::gamma::ln_gamma(x + 1.0)).exp();
    }
    let (mut in_cells, mut held) = (0.0, 0.0);
    for x in (1..=most).rev() {
        let holds = p[x] * x as f64 / mean;
        if held + holds >= share {
            let part = if holds > 0.0 {
                (share - held) / holds
            } else {
                0.0
            };
            return Some((in_cells + part * p[x]).clamp(0.0, 1.0));
        }
        held += holds;
        in_cells += p[x];
    }
    Some(in_cells.clamp(0.0, 1.0))
}

/// Of counts, busiest first: the plain coefficient and the adjusted one.
fn gini(busiest: &[u32], incidents: u64) -> (f64, f64) {
    let (n, c) = (busiest.len() as f64, incidents as f64);
    let weighted: f64 = busiest
        .iter()
        .rev()
        .zip(1u64..)
        .map(|(&count, i)| i as f64 * f64::from(count) / c)
        .sum();
    let spread = 2.0 * weighted - n - 1.0;
    let plain = spread / n;
    let adjusted = (1.0 / c).max(1.0 / n) * spread - (n / c).max(1.0) + 1.0;
    (plain.clamp(0.0, 1.0), adjusted.clamp(0.0, 1.0))
}

fn curve(busiest: &[u32], incidents: u64) -> Vec<CurvePoint> {
    if incidents == 0 {
        return Vec::new();
    }
    let n = busiest.len();
    let mut points = vec![CurvePoint {
        cells: 0.0,
        incidents: 0.0,
    }];
    let mut held = 0u64;
    for (i, &count) in busiest.iter().enumerate() {
        held += u64::from(count);
        // More points where the curve bends: at squares of even steps.
        let reached = |i: usize| ((i as f64 / n as f64).sqrt() * CURVE_POINTS as f64) as usize;
        if reached(i + 1) > reached(i) || i + 1 == n {
            points.push(CurvePoint {
                cells: (i + 1) as f64 / n as f64,
                incidents: held as f64 / incidents as f64,
            });
        }
    }
    points
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use rand::rngs::ChaCha8Rng;
    use rand::{RngExt, SeedableRng};

    use super::*;

    #[test]
    fn by_hand() {
        let counts = [6, 2, 1, 1, 0, 0, 0, 0, 0, 0];
        let found = Concentration::of(&counts);
        assert_eq!(
            (found.cells, found.incidents, found.cells_with_any),
            (10, 10, 4)
        );
        assert_eq!(cells_holding(&counts, 0.5), Some(0.1));
        assert_eq!(cells_holding(&counts, 0.7), Some(0.2));
        assert_eq!(cells_holding(&counts, 1.0), Some(0.4));
        assert_eq!(cells_holding(&counts, 0.0), Some(0.0));
        // 2 (7·0.1 + 8·0.1 + 9·0.2 + 10·0.6)/10 − 11/10.
        assert!((found.gini.unwrap() - 0.76).abs() < 1e-12);
        assert!((found.gini_adjusted.unwrap() - 0.76).abs() < 1e-12);
    }

    #[test]
    fn few_incidents_on_many_cells_are_not_concentrated() {
        // Ten incidents, each in a cell of its own among a hundred: as even as it can be.
        let counts: Vec<u32> = (0..100).map(|i| u32::from(i % 10 == 0)).collect();
        let found = Concentration::of(&counts);
        assert!((found.gini.unwrap() - 0.9).abs() < 1e-12);
        assert!(found.gini_adjusted.unwrap().abs() < 1e-12);
        let half = cells_holding(&counts, 0.5).unwrap();
        let by_chance = cells_holding_by_chance(100, 10, 0.5).unwrap();
        assert_eq!(half, 0.05);
        assert!((by_chance - 0.0475).abs() < 0.005, "{by_chance}");
    }

    #[test]
    fn chance_is_as_thrown() {
        let mut rng = ChaCha8Rng::seed_from_u64(4);
        for (cells, incidents) in [(2000, 500u64), (2000, 4000), (500, 100_000)] {
            let mut counts = vec![0u32; cells];
            for _ in 0..incidents {
                counts[rng.random_range(0..cells)] += 1;
            }
            for share in [0.25, 0.5, 0.8] {
                let thrown = cells_holding(&counts, share).unwrap();
                let expected = cells_holding_by_chance(cells, incidents, share).unwrap();
                assert!(
                    (thrown - expected).abs() < 0.02,
                    "{cells} {incidents}: {thrown} {expected}"
                );
            }
        }
    }

    #[test]
    fn nothing_and_one() {
        for counts in [vec![], vec![0; 5]] {
            let found = Concentration::of(&counts);
            assert_eq!((found.gini, found.curve.len()), (None, 0));
            assert_eq!(cells_holding(&counts, 0.5), None);
        }
        assert_eq!(cells_holding_by_chance(0, 5, 0.5), None);
        assert_eq!(cells_holding_by_chance(5, 0, 0.5), None);
        let one = Concentration::of(&[0, 1, 0, 0]);
        assert_eq!((one.gini, one.gini_adjusted), (Some(0.75), Some(0.0)));
    }

    proptest! {
        #[test]
        fn the_curve_rises_and_bends_down(counts in prop::collection::vec(0u32..100, 1..300)) {
            let found = Concentration::of(&counts);
            for pair in found.curve.windows(2) {
                prop_assert!(pair[0].cells < pair[1].cells && pair[0].incidents <= pair[1].incidents);
                // Busiest first: the curve lies above the diagonal.
                prop_assert!(pair[1].incidents >= pair[1].cells - 1e-12);
            }
            if found.incidents > 0 {
                prop_assert_eq!(found.curve.last().unwrap().incidents, 1.0);
                let half = cells_holding(&counts, 0.5).unwrap();
                prop_assert!(half > 0.0 && half <= cells_holding(&counts, 0.9).unwrap());
                prop_assert!(found.gini_adjusted.unwrap() <= found.gini.unwrap() + 1e-12);
            }
        }
    }
}
