//! All pairs of positions within a distance, each once.
//!
//! Positions are sorted into cubes of the distance's size in space (straight chords are
//! shorter than arcs, so nothing near is missed, at the poles and the antimeridian
//! neither), and each looks only at the cubes around its own. The distance itself is
//! [`Position::metres_to`].

use std::collections::HashMap;
use std::ops::Range;
use std::sync::atomic::{AtomicUsize, Ordering};

use rayon::prelude::*;

use crate::place::measure::EARTH_RADIUS_M;
use crate::place::position::Position;
use crate::risk::statistics::error::StatisticsError;

/// Most pairs listed: 160 MB, and a minute of shuffling.
pub const MOST_PAIRS: usize = 20_000_000;

/// Positions are dealt to this many chunks, whatever the number of threads.
const CHUNKS: usize = 256;

type Cube = [i32; 3];

/// Pairs of positions that are near each other, by distance band.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NearPairs {
    /// Order in which the pairs number the positions: near ones have near numbers, so that
    /// whoever walks the pairs stays in the processor's cache.
    pub order: Vec<u32>,
    /// One list a band, of places in `order`, the smaller first.
    pub bands: Vec<Vec<(u32, u32)>>,
}

/// The pairs whose distance is in `[edges[0], edges[1])`, `[edges[1], edges[2])` and so on.
///
/// # Errors
/// [`StatisticsError::Edges`], or [`StatisticsError::TooManyPairs`].
pub fn near_pairs(positions: &[Position], edges_m: &[f64]) -> Result<NearPairs, StatisticsError> {
    at_most(MOST_PAIRS, positions, edges_m)
}

fn at_most(
    most: usize,
    positions: &[Position],
    edges_m: &[f64],
) -> Result<NearPairs, StatisticsError> {
    check_edges("the distance bands", edges_m)?;
    let reach = edges_m[edges_m.len() - 1];
    let mut numbered: Vec<(Cube, u32)> = positions
        .iter()
        .zip(0u32..)
        .map(|(&p, i)| (cube(p, reach), i))
        .collect();
    numbered.par_sort_unstable();
    let sorted: Vec<Position> = numbered.iter().map(|n| positions[n.1 as usize]).collect();
    let mut cubes: HashMap<Cube, Range<usize>> = HashMap::new();
    let mut start = 0;
    for stretch in numbered.chunk_by(|a, b| a.0 == b.0) {
        cubes.insert(stretch[0].0, start..start + stretch.len());
        start += stretch.len();
    }

    let each = positions.len().div_ceil(CHUNKS).max(1);
    let too_many = || StatisticsError::TooManyPairs {
        most,
        metres: reach,
    };
    let starts: Vec<usize> = (0..positions.len()).step_by(each).collect();
    let found = AtomicUsize::new(0);
    let parts: Vec<Vec<Vec<(u32, u32)>>> = starts
        .into_par_iter()
        .map(|start| {
            let mut bands = vec![Vec::new(); edges_m.len() - 1];
            for i in start..(start + each).min(sorted.len()) {
                for range in around(numbered[i].0).filter_map(|cube| cubes.get(&cube)) {
                    for j in range.clone().filter(|&j| j > i) {
                        let metres = sorted[i].metres_to(sorted[j]).0;
                        if let Some(band) = band_of(metres, edges_m) {
                            // Counted over all chunks, so that memory stays bounded.
                            if found.fetch_add(1, Ordering::Relaxed) >= most {
                                return Err(too_many());
                            }
                            bands[band].push((i as u32, j as u32));
                        }
                    }
                }
            }
            Ok(bands)
        })
        .collect::<Result<_, _>>()?;
    let bands = (0..edges_m.len() - 1)
        .map(|band| parts.iter().flat_map(|p| p[band].iter().copied()).collect())
        .collect();
    Ok(NearPairs {
        order: numbered.into_iter().map(|n| n.1).collect(),
        bands,
    })
}

/// Which band holds a value: closed below, open above; none outside of all.
pub fn band_of(value: f64, edges: &[f64]) -> Option<usize> {
    let above = edges.partition_point(|&edge| edge <= value);
    (1..edges.len()).contains(&above).then(|| above - 1)
}

/// Checks that band edges ascend from 0 or more.
///
/// # Errors
/// [`StatisticsError::Edges`].
pub fn check_edges(name: &'static str, edges: &[f64]) -> Result<(), StatisticsError> {
    let fine = (2..=9).contains(&edges.len())
        && edges.iter().all(|e| e.is_finite() && *e >= 0.0)
        && edges.windows(2).all(|w| w[0] < w[1]);
    if fine {
        Ok(())
    } else {
        Err(StatisticsError::Edges { name })
    }
}

fn cube(position: Position, size_m: f64) -> Cube {
    let (lat_sin, lat_cos) = position.lat().to_radians().sin_cos();
    let (lon_sin, lon_cos) = position.lon().to_radians().sin_cos();
    // A touch larger than the reach, so that rounding loses no pair.
    let scale = EARTH_RADIUS_M / (size_m.max(0.01) * (1.0 + 1e-6) + 1e-6);
    [lat_cos * lon_cos, lat_cos * lon_sin, lat_sin].map(|x| (x * scale).floor() as i32)
}

fn around([x, y, z]: Cube) -> impl Iterator<Item = Cube> {
    (-1..=1).flat_map(move |dx| {
        (-1..=1).flat_map(move |dy| (-1..=1).map(move |dz| [x + dx, y + dy, z + dz]))
    })
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn as_set(found: &NearPairs) -> Vec<Vec<(u32, u32)>> {
        let bands = found.bands.iter().map(|band| {
            let named = band.iter().map(|&(i, j)| {
                let (a, b) = (found.order[i as usize], found.order[j as usize]);
                (a.min(b), a.max(b))
            });
            let mut named: Vec<(u32, u32)> = named.collect();
            named.sort_unstable();
            named
        });
        bands.collect()
    }

    fn slow(positions: &[Position], edges: &[f64]) -> Vec<Vec<(u32, u32)>> {
        let mut bands = vec![Vec::new(); edges.len() - 1];
        for i in 0..positions.len() {
            for j in i + 1..positions.len() {
                let metres = positions[i].metres_to(positions[j]).0;
                for band in 0..edges.len() - 1 {
                    if metres >= edges[band] && metres < edges[band + 1] {
                        bands[band].push((i as u32, j as u32));
                    }
                }
            }
        }
        bands
    }

    proptest! {
        #[test]
        fn as_all_pairs(
            at in prop::collection::vec((-0.01..0.01f64, -0.01..0.01f64), 0..60),
            (lon, lat) in prop::sample::select(vec![(123.4, 41.8), (180.0, 0.0), (30.0, 89.995), (0.0, -90.0)]),
        ) {
            let positions: Vec<Position> = at.iter().map(|(x, y)| Position::wrapped(lon + x, lat + y)).collect();
            for edges in [vec![0.0, 100.0, 200.0, 300.0], vec![50.0, 900.0], vec![0.0, 1e-3]] {
                let found = near_pairs(&positions, &edges).unwrap();
                prop_assert_eq!(as_set(&found), slow(&positions, &edges));
            }
        }
    }

    #[test]
    fn bands_are_closed_below_and_open_above() {
        let edges = [0.0, 7.0, 14.0];
        let bands = [-0.1, 0.0, 6.9, 7.0, 13.9, 14.0].map(|v| band_of(v, &edges));
        assert_eq!(bands, [None, Some(0), Some(0), Some(1), Some(1), None]);
        assert_eq!(band_of(5.0, &[7.0, 8.0]), None);
    }

    #[test]
    fn a_heap_at_one_place_is_refused_and_bad_edges_too() {
        let heap = vec![Position::wrapped(10.0, 50.0); 100];
        assert_eq!(
            near_pairs(&heap, &[0.0, 100.0]).unwrap().bands[0].len(),
            4950
        );
        assert!(at_most(4950, &heap, &[0.0, 100.0]).is_ok());
        assert!(matches!(
            at_most(4949, &heap, &[0.0, 100.0]),
            Err(StatisticsError::TooManyPairs { most: 4949, .. })
        ));
        for edges in [
            vec![],
            vec![0.0],
            vec![1.0, 1.0],
            vec![0.0, f64::NAN],
            vec![-1.0, 5.0],
        ] {
            assert!(near_pairs(&[], &edges).is_err());
        }
        assert!(near_pairs(&[], &[0.0, 9.0]).unwrap().bands[0].is_empty());
    }
}
