//! Where does nobody come in time? Demand points by the ring within which the nearest of
//! all sources reaches them, busy or not.

use crate::patrol::coverage::rings::{CoverageFault, Rings};

/// Demand points beyond the rings.
#[derive(Debug, Clone, PartialEq)]
pub struct GapMap {
    /// For each point the innermost ring that reaches it (0 is the first), or the number of
    /// rings where none does.
    pub ring_of: Vec<usize>,
    /// Share of demand beyond each ring; 0 where there is no demand.
    pub share_beyond: Vec<f64>,
    /// Points with demand beyond each ring.
    pub points_beyond: Vec<usize>,
}

/// The gaps, from each point's demand and the milliseconds that the nearest source needs
/// to it; none where no source comes at all.
///
/// # Errors
/// [`CoverageFault::Row`] where these are not as many.
pub fn gap_map(
    demand: &[f64],
    nearest_ms: &[Option<u32>],
    rings: &Rings,
) -> Result<GapMap, CoverageFault> {
    if demand.len() != nearest_ms.len() {
        return Err(CoverageFault::Row {
            row: nearest_ms.len(),
            points: demand.len(),
        });
    }
    let ring_of: Vec<usize> = nearest_ms
        .iter()
        .map(|millis| match millis {
            Some(millis) => rings.limits_ms().partition_point(|limit| limit < millis),
            None => rings.len(),
        })
        .collect();
    let total: f64 = demand.iter().sum();
    let beyond = |ring: usize| {
        let points = ring_of.iter().zip(demand);
        points.filter(move |&(&of, &d)| of > ring && d > 0.0)
    };
    let share = |ring: usize| {
        let sum: f64 = beyond(ring).map(|(_, d)| d).sum();
        if total > 0.0 { sum / total } else { 0.0 }
    };
    Ok(GapMap {
        share_beyond: (0..rings.len()).map(share).collect(),
        points_beyond: (0..rings.len()).map(|ring| beyond(ring).count()).collect(),
        ring_of,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn gaps_by_hand() {
        let rings = Rings::default();
        let nearest = [
            Some(60_000),
            Some(60_001),
            Some(300_000),
            Some(300_001),
            None,
            None,
        ];
        let gaps = gap_map(&[1.0, 2.0, 3.0, 4.0, 0.0, 10.0], &nearest, &rings).unwrap();
        assert_eq!(gaps.ring_of, [0, 1, 2, 3, 3, 3]);
        assert_eq!(gaps.share_beyond, [19.0 / 20.0, 17.0 / 20.0, 14.0 / 20.0]);
        assert_eq!(gaps.points_beyond, [4, 3, 2]);
        assert!(gap_map(&[1.0], &[], &rings).is_err());
        let nothing = gap_map(&[0.0], &[None], &rings).unwrap();
        assert_eq!(nothing.share_beyond, [0.0; 3]);
    }
}
