//! Which bandwidth the past itself speaks for: rolling-origin likelihood.
//!
//! The last stretch of the past is cut into windows. For each, the kernel surface of all
//! that happened before it is asked what it gave to the cells where the window's events
//! then fell; the candidate with the best mean logarithm wins. Nothing at or after the
//! cut-off takes part, and no event scores a surface that has seen it. Rules of thumb
//! (Silverman, Scott) oversmooth a city; leave-one-out likelihood is fooled by repeats at
//! one address within one night, which a forecast can't know.
//!
//! The surfaces are sums over events, so that each candidate spreads each event once,
//! window after window, and not once a window.

use rayon::prelude::*;

use crate::calendar::window::Window;
use crate::grid::hexgrid::HexGrid;
use crate::place::position::Position;
use crate::risk::kernel::Quartic;
use crate::risk::past::Past;

/// Bandwidths to choose from, metres.
pub const CANDIDATES_M: [f64; 6] = [75.0, 100.0, 150.0, 200.0, 300.0, 400.0];

/// The bandwidth where the past is too thin to choose, metres.
pub const DEFAULT_M: f64 = 200.0;

/// Windows scored.
const WINDOWS: i64 = 8;

/// They reach back so far, milliseconds: eight weeks…
const SPAN_MS: i64 = 56 * 86_400_000;

/// …or to this many events, but never past the middle of the look-back.
const ENOUGH_EVENTS: usize = 400;

/// Fewer scored events than this don't tell one bandwidth from another.
const FEWEST_SCORED: usize = 30;

/// Share of an even surface in what is scored: a first event at a new place costs much,
/// not everything.
const FLOOR: f64 = 0.01;

/// A bandwidth and the reason for it.
#[derive(Debug, Clone, PartialEq)]
pub struct Choice {
    /// Metres.
    pub bandwidth_m: f64,
    /// Mean log of the share of the surface that fell to the cells of the scored events,
    /// one a candidate; empty where there was too little to score.
    pub scores: Vec<f64>,
    /// How many events were scored.
    pub scored: usize,
}

impl Choice {
    /// One line for the provenance.
    pub fn reason(&self) -> String {
        if self.scores.is_empty() {
            return "default: too few events to choose by".into();
        }
        let of: Vec<String> = CANDIDATES_M
            .iter()
            .zip(&self.scores)
            .map(|(bandwidth, score)| format!("{bandwidth} m {score:.3}"))
            .collect();
        format!(
            "best rolling log score on the last {} events: {}",
            self.scored,
            of.join("; ")
        )
    }
}

/// Chooses among [`CANDIDATES_M`].
pub fn choose(grid: &HexGrid, past: &Past, look_back: Window) -> Choice {
    let events = Sorted::new(grid, past);
    let starts = window_starts(&events, look_back);
    let first_scored = events.before(starts[0]);
    let scored = events.cell.len() - first_scored;
    if scored < FEWEST_SCORED || first_scored < FEWEST_SCORED {
        return Choice {
            bandwidth_m: DEFAULT_M,
            scores: Vec::new(),
            scored,
        };
    }
    let scores: Vec<f64> = CANDIDATES_M
        .iter()
        .map(|&bandwidth| mean_log(grid, &events, &starts, bandwidth))
        .collect();
    let mut best = 0;
    for (i, score) in scores.iter().enumerate() {
        if *score > scores[best] {
            best = i;
        }
    }
    Choice {
        bandwidth_m: CANDIDATES_M[best],
        scores,
        scored,
    }
}

/// The events in the grid, oldest first.
struct Sorted {
    ms: Vec<i64>,
    cell: Vec<usize>,
    position: Vec<Position>,
    weight: Vec<f64>,
}

impl Sorted {
    fn new(grid: &HexGrid, past: &Past) -> Self {
        let cells: Vec<Option<usize>> = past
            .positions
            .par_iter()
            .map(|&position| grid.index_at(position))
            .collect();
        let mut order: Vec<(i64, usize, usize)> = cells
            .into_iter()
            .enumerate()
            .filter_map(|(i, cell)| Some((past.at[i].as_millisecond(), i, cell?)))
            .collect();
        order.par_sort_unstable();
        Self {
            ms: order.iter().map(|e| e.0).collect(),
            cell: order.iter().map(|e| e.2).collect(),
            position: order.iter().map(|e| past.positions[e.1]).collect(),
            weight: order.iter().map(|e| past.weights[e.1]).collect(),
        }
    }

    /// How many happened before an instant.
    fn before(&self, ms: i64) -> usize {
        self.ms.partition_point(|&at| at < ms)
    }
}

/// Starts of the windows, and the end of the last.
fn window_starts(events: &Sorted, look_back: Window) -> Vec<i64> {
    let (start, end) = (
        look_back.start().as_millisecond(),
        look_back.end().as_millisecond(),
    );
    let enough = events.ms.len().checked_sub(ENOUGH_EVENTS);
    let wanted = enough.map_or(start, |i| events.ms[i]).min(end - SPAN_MS);
    let first = wanted.max(start + (end - start) / 2);
    (0..=WINDOWS)
        .map(|i| first + (end - first) * i / WINDOWS)
        .collect()
}

/// Mean log score of a candidate over the windows.
fn mean_log(grid: &HexGrid, events: &Sorted, starts: &[i64], bandwidth_m: f64) -> f64 {
    let area: f64 = grid.area_km2().iter().sum();
    let kernel = Quartic::new(grid, bandwidth_m);
    let mut mass = vec![0.0; grid.len()];
    let (mut total, mut sum, mut scored, mut known) = (0.0, 0.0, 0, 0);
    for window in starts.windows(2) {
        let (from, to) = (events.before(window[0]), events.before(window[1]));
        if from == to {
            continue;
        }
        let more = kernel.spread(&events.position[known..from], &events.weight[known..from]);
        for (mass, more) in mass.iter_mut().zip(&more.mass) {
            *mass += more;
        }
        total += events.weight[known..from].iter().sum::<f64>();
        known = from;
        for &cell in &events.cell[from..to] {
            let even = grid.area_km2()[cell] / area;
            let share = if total > 0.0 {
                mass[cell] / total
            } else {
                even
            };
            sum += ((1.0 - FLOOR) * share + FLOOR * even).ln();
            scored += 1;
        }
    }
    sum / f64::from(scored.max(1))
}

#[cfg(test)]
#[path = "bandwidth_tests.rs"]
mod tests;
