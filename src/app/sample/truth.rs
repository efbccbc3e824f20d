//! The sample's true process by cell and hour, for whoever simulates its calls: what the
//! generator draws from, not what a model learned.

use jiff::SignedDuration;

use crate::app::sample::process::{Process, REPEAT_DAYS, REPEAT_M};
use crate::app::sample::rhythm::{at_hour, slow};
use crate::calendar::window::Window;
use crate::grid::hexgrid::HexGrid;
use crate::patrol::simulator::process::{Repeats, Stratum};
use crate::risk::hawkes::triggering::{RINGS, Triggering};

/// So many spots stand for a piece of street.
const SPOTS: usize = 8;

const HOUR_S: i64 = 3600;

/// One stratum a kind of incident: where it happens, when, how urgent it is. Repeats are in
/// the totals. Hours of the window are from its start; the last may be a part of one.
pub fn strata(process: &Process, grid: &HexGrid, window: Window) -> Vec<Stratum> {
    let cells_of: Vec<Vec<usize>> = process
        .pieces()
        .all
        .iter()
        .map(|piece| {
            let spot = |i| piece.a.towards(piece.b, (i as f64 + 0.5) / SPOTS as f64);
            (0..SPOTS)
                .filter_map(|i| grid.index_at(spot(i).position()))
                .collect()
        })
        .collect();
    let seconds = window.length().0 as i64;
    let hours = (seconds + HOUR_S - 1) / HOUR_S;
    process
        .truths()
        .iter()
        .map(|truth| {
            let total = truth.running.last().copied().unwrap_or(0.0).max(1e-300);
            let mut shares = vec![0.0; grid.len()];
            let mut before = 0.0;
            for (running, cells) in truth.running.iter().zip(&cells_of) {
                for &cell in cells {
                    shares[cell] += (running - before) / total / SPOTS as f64;
                }
                before = *running;
            }
            let by_hour: Vec<f64> = (0..hours)
                .map(|hour| {
                    let length_s = (seconds - hour * HOUR_S).min(HOUR_S);
                    let middle = SignedDuration::from_secs(hour * HOUR_S + length_s / 2);
                    let at = window.start() + middle;
                    let season = slow(&truth.kind.year, at, process.start(), process.zone());
                    let rhythm = at_hour(&truth.weekly, at, process.zone());
                    truth.kind.per_day / 86_400.0 * length_s as f64 * season * rhythm
                })
                .collect();
            let all: f64 = by_hour.iter().sum::<f64>() / (1.0 - truth.kind.repeats);
            let sum = by_hour.iter().sum::<f64>().max(1e-300);
            Stratum {
                expected: shares.iter().map(|share| share * all).collect(),
                hour_shares: by_hour.iter().map(|of_hour| of_hour / sum).collect(),
                urgent: [truth.kind.urgent.0, truth.kind.urgent.1],
            }
        })
        .collect()
}

/// The repeats, as many as the kinds have in the mean, each ring as likely as a Gaussian
/// from somewhere in the cell makes it.
pub fn repeats(process: &Process, grid: &HexGrid) -> Repeats {
    let per_day: f64 = process.truths().iter().map(|t| t.kind.per_day).sum();
    let repeats = process
        .truths()
        .iter()
        .map(|t| t.kind.repeats * t.kind.per_day);
    let total = repeats.sum::<f64>() / per_day;
    let mean_km2 = grid.area_km2().iter().sum::<f64>() / grid.len().max(1) as f64;
    // A disc of the cell's area; a spot in it deviates by half of its radius each way.
    let radius_m = (mean_km2 * 1e6 / std::f64::consts::PI).sqrt();
    let variance = REPEAT_M * REPEAT_M + radius_m * radius_m / 4.0;
    let within = |ring: usize| {
        let cells = 1.0 + 3.0 * (ring * (ring + 1)) as f64;
        1.0 - (-radius_m * radius_m * cells / (2.0 * variance)).exp()
    };
    let of_ring = |ring: usize| match ring {
        0 => within(0),
        ring => within(ring) - within(ring - 1),
    };
    let all = within(RINGS - 1);
    Repeats {
        triggering: Triggering {
            by_ring: std::array::from_fn(|ring| total * of_ring(ring) / all),
            decay: 1.0 / REPEAT_DAYS,
        },
        grid: grid.clone(),
    }
}
