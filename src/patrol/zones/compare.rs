//! Two partitions of one ground side by side: spread of work, compactness, borders along
//! roads, what moved; and which new zone is mostly an old one.
//!
//! Imbalance is the variance of work over zones (Zhu, Wang & Xie 2021), given in hours²;
//! where the numbers of zones differ the relative variance (variance / mean²) compares.
//! Compactness is 4π · area / border² (Polsby & Popper 1991) with the hexagons' zigzag as
//! border: a round zone has about 0.7 then, not 1. How calls are answered in time is the
//! day simulator's to say, not guessed here.

use crate::patrol::coverage::assignment::assign;
use crate::patrol::zones::ground::ZoneGround;
use crate::patrol::zones::partition::Partition;
use crate::patrol::zones::tally::tally;

/// More zones than this are matched one pair after the other.
const MOST_MATCHED: usize = 600;

/// One zone's figures.
#[derive(Debug, Clone, PartialEq)]
pub struct ZoneFigures {
    /// Cells.
    pub cells: usize,
    /// Ground, km².
    pub km2: f64,
    /// Expected calls, in the ground's unit of time.
    pub calls: f64,
    /// Work in that time, hours.
    pub work_h: f64,
    /// Of these, driving to calls.
    pub driving_h: f64,
    /// 4π · area / border².
    pub compactness: f64,
    /// Of how many connected pieces it is.
    pub pieces: usize,
}

/// A partition's figures.
#[derive(Debug, Clone, PartialEq)]
pub struct PartitionFigures {
    /// By zone.
    pub zones: Vec<ZoneFigures>,
    /// Mean work of a zone, hours.
    pub mean_h: f64,
    /// Its standard deviation over zones, hours.
    pub sd_h: f64,
    /// Most work over the mean.
    pub most_over_mean: f64,
    /// Variance over mean².
    pub relative_variance: f64,
    /// Mean compactness of the zones.
    pub compactness: f64,
    /// Length of the borders between zones, km along the cells' sides.
    pub border_km: f64,
    /// Share of them that runs along a big road.
    pub border_along_road: f64,
}

/// What became of a partition.
#[derive(Debug, Clone, PartialEq)]
pub struct Comparison {
    /// Before.
    pub before: PartitionFigures,
    /// After.
    pub after: PartitionFigures,
    /// For each zone after, the one before that it carries on; none where it is new.
    pub carries_on: Vec<Option<usize>>,
    /// Whether it mostly equals that one: at least half of the cells of both.
    pub keeps_name: Vec<bool>,
    /// Cells whose zone does not carry on the one they were in.
    pub moved_cells: usize,
    /// Their share of all cells.
    pub moved_share: f64,
    /// Share of the calls in them.
    pub moved_calls_share: f64,
    /// By how much imbalance fell, as a share of what it was: of the variance, or of the
    /// relative variance where the numbers of zones differ. None where there was none.
    pub imbalance_cut: Option<f64>,
}

/// The figures of a partition.
pub fn figures(ground: &ZoneGround, partition: &Partition) -> PartitionFigures {
    let sums = tally(ground, partition);
    let pieces = partition.pieces(ground);
    let mut zones: Vec<ZoneFigures> = sums
        .iter()
        .zip(pieces)
        .map(|(sums, pieces)| {
            let work_h = sums.work_s(ground) / 3600.0;
            ZoneFigures {
                cells: sums.cells,
                km2: 0.0,
                calls: sums.calls,
                work_h,
                driving_h: sums.calls * ground.work.pace_s_per_m * sums.distance_m() / 3600.0,
                compactness: 0.0,
                pieces,
            }
        })
        .collect();
    let mut round_m = vec![0.0; zones.len()];
    let (mut border_m, mut along_m) = (0.0, 0.0);
    for cell in 0..ground.len() {
        let (zone, side_m) = (partition.zone(cell), ground.side_m(cell));
        zones[zone].km2 += ground.km2[cell];
        let mut sides = 6.0 - ground.neighbours(cell).len() as f64;
        for (other, along) in ground.road_borders(cell) {
            if partition.zone(other) != zone {
                sides += 1.0;
                // Each border is met from both of its sides.
                border_m += side_m / 2.0;
                along_m += if along { side_m / 2.0 } else { 0.0 };
            }
        }
        round_m[zone] += sides.max(0.0) * side_m;
    }
    for (zone, round_m) in zones.iter_mut().zip(round_m) {
        if round_m > 0.0 {
            zone.compactness = 4.0 * std::f64::consts::PI * zone.km2 * 1e6 / (round_m * round_m);
        }
    }
    let count = zones.len().max(1) as f64;
    let mean_h = zones.iter().map(|z| z.work_h).sum::<f64>() / count;
    let variance = zones
        .iter()
        .map(|z| (z.work_h - mean_h).powi(2))
        .sum::<f64>()
        / count;
    let most_h = zones.iter().map(|z| z.work_h).fold(0.0, f64::max);
    let over = |value: f64, by: f64| if by > 0.0 { value / by } else { 0.0 };
    PartitionFigures {
        mean_h,
        sd_h: variance.sqrt(),
        most_over_mean: over(most_h, mean_h),
        relative_variance: over(variance, mean_h * mean_h),
        compactness: zones.iter().map(|z| z.compactness).sum::<f64>() / count,
        border_km: border_m / 1000.0,
        border_along_road: over(along_m, border_m),
        zones,
    }
}

/// Sets `after` beside `before`. Where `same_zones` says so, zone i carries on zone i; else
/// each zone carries on the one with which it shares most, no two the same.
pub fn compare(
    ground: &ZoneGround,
    before: &Partition,
    after: &Partition,
    same_zones: bool,
) -> Comparison {
    let mut shared = vec![0u64; before.zones() * after.zones()];
    for cell in 0..ground.len() {
        shared[after.zone(cell) * before.zones() + before.zone(cell)] += 1;
    }
    let of = |a: usize, b: usize| shared[a * before.zones() + b];
    let carries_on: Vec<Option<usize>> = match same_zones {
        true => (0..after.zones())
            .map(|z| (z < before.zones()).then_some(z))
            .collect(),
        false => matched(before.zones(), after.zones(), &of),
    };
    let moved = |cell: &usize| carries_on[after.zone(*cell)] != Some(before.zone(*cell));
    let moved: Vec<usize> = (0..ground.len()).filter(moved).collect();
    let (was, is) = (figures(ground, before), figures(ground, after));
    let keeps_name = carries_on
        .iter()
        .enumerate()
        .map(|(a, b)| {
            b.is_some_and(|b| {
                let both = 2 * of(a, b) as usize;
                both > 0 && both >= was.zones[b].cells && both >= is.zones[a].cells
            })
        })
        .collect();
    let imbalance = |f: &PartitionFigures| match before.zones() == after.zones() {
        true => f.sd_h * f.sd_h,
        false => f.relative_variance,
    };
    let calls =
        |cells: &mut dyn Iterator<Item = usize>| cells.map(|c| ground.calls[c]).sum::<f64>();
    Comparison {
        imbalance_cut: (imbalance(&was) > 0.0).then(|| 1.0 - imbalance(&is) / imbalance(&was)),
        before: was,
        after: is,
        carries_on,
        keeps_name,
        moved_cells: moved.len(),
        moved_share: moved.len() as f64 / ground.len() as f64,
        moved_calls_share: calls(&mut moved.iter().copied()) / calls(&mut (0..ground.len())),
    }
}

/// One old zone for each new one, so that the cells shared are the most; none for those
/// left over or that share nothing.
fn matched(
    before: usize,
    after: usize,
    shared: &impl Fn(usize, usize) -> u64,
) -> Vec<Option<usize>> {
    if before.max(after) > MOST_MATCHED {
        return matched_greedily(before, after, shared);
    }
    let most = (0..after)
        .flat_map(|a| (0..before).map(move |b| (a, b)))
        .map(|(a, b)| shared(a, b))
        .max()
        .unwrap_or(0);
    let mut carries_on = vec![None; after];
    if after <= before {
        if let Some(assigned) = assign(after, before, |a, b| Some(most - shared(a, b))) {
            carries_on = assigned.into_iter().map(Some).collect();
        }
    } else if let Some(assigned) = assign(before, after, |b, a| Some(most - shared(a, b))) {
        for (b, a) in assigned.into_iter().enumerate() {
            carries_on[a] = Some(b);
        }
    }
    let shares = |(a, b): (usize, Option<usize>)| b.filter(|&b| shared(a, b) > 0);
    carries_on.into_iter().enumerate().map(shares).collect()
}

/// The same, the pair that shares most first: for so many zones that the best matching
/// would take minutes.
fn matched_greedily(
    before: usize,
    after: usize,
    shared: &impl Fn(usize, usize) -> u64,
) -> Vec<Option<usize>> {
    let mut pairs: Vec<(u64, usize, usize)> = (0..after)
        .flat_map(|a| (0..before).map(move |b| (a, b)))
        .map(|(a, b)| (shared(a, b), a, b))
        .filter(|pair| pair.0 > 0)
        .collect();
    pairs.sort_by_key(|&(shared, a, b)| (std::cmp::Reverse(shared), a, b));
    let (mut carries_on, mut taken) = (vec![None; after], vec![false; before]);
    for (_, a, b) in pairs {
        if carries_on[a].is_none() && !taken[b] {
            (carries_on[a], taken[b]) = (Some(b), true);
        }
    }
    carries_on
}

#[cfg(test)]
#[path = "compare_tests.rs"]
mod tests;
