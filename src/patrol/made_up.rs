//! A made-up town for tests and benches: points on a square, streets parallel to its sides,
//! a few blocks where more happens than elsewhere, and an hour-of-night rhythm.
//!
//! Deterministic by seed. Nothing here is a district's.

use jiff::Timestamp;
use rand::rngs::ChaCha8Rng;
use rand::{RngExt, SeedableRng};

use crate::calendar::window::{Window, WindowError};
use crate::grid::cell::Cell;
use crate::patrol::objective::weights::Weights;
use crate::patrol::problem::{BeatShare, Candidate, MustVisit, PatrolUnit, PlanProblem};
use crate::place::id::Id;
use crate::place::measure::Metres;
use crate::place::position::Position;
use crate::roads::network::{Snap, TravelMatrix};

/// A resolution-10 cell whose last digits count up.
const FIRST_CELL: u64 = 0x08a2_a107_2b59_ffff;

const METRES_A_DEGREE: f64 = 111_195.0;

/// How large a town.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct TownSize {
    /// Idle units.
    pub units: usize,
    /// Candidate cells.
    pub candidates: usize,
    /// Must-visit points, each due every two hours.
    pub must_visits: usize,
    /// Length of the shift, hours.
    pub hours: f64,
    /// Side of the square, metres; driven at 8 m/s.
    pub side_m: f64,
}

/// The town's problem.
///
/// # Errors
/// [`WindowError`] where the shift has no length.
pub fn town(size: TownSize, seed: u64) -> Result<PlanProblem, WindowError> {
    let mut rng = ChaCha8Rng::seed_from_u64(seed);
    let length_ms = (size.hours * 3_600_000.0) as u32;
    let start = Timestamp::UNIX_EPOCH;
    let end = start
        .checked_add(jiff::SignedDuration::from_millis(i64::from(length_ms)))
        .unwrap_or(start);
    let window = Window::new(start, end)?;
    let mut spot = |near: Option<(f64, f64)>| -> (f64, f64) {
        let mut side = || rng.random_range(0.0..1.0) * size.side_m;
        match near {
            None => (side(), side()),
            Some((x, y)) => (x * 0.8 + side() * 0.2, y * 0.8 + side() * 0.2),
        }
    };
    let stations: Vec<(f64, f64)> = (0..4).map(|_| spot(None)).collect();
    let hot: Vec<(f64, f64)> = (0..5).map(|_| spot(None)).collect();
    let mut places: Vec<(f64, f64)> = (0..size.units).map(|u| stations[u % 4]).collect();
    for c in 0..size.candidates {
        places.push(spot((c % 3 == 0).then_some(hot[c % 5])));
    }
    for _ in 0..size.must_visits {
        places.push(spot(None));
    }
    let hours = (f64::from(length_ms) / 3_600_000.0).ceil() as usize;
    let snap = |i: usize| made_up_snap(places[i], i);
    let units = (0..size.units)
        .map(|u| PatrolUnit {
            id: Id::new(format!("u{u}")),
            call_sign: format!("U{u:02}"),
            start: snap(u),
            from_ms: 0,
            until_ms: length_ms,
            end: None,
            skills: Vec::new(),
            beats: None,
            breaks: Vec::new(),
            so_far: None,
        })
        .collect();
    let candidates: Vec<Candidate> = (0..size.candidates)
        .filter_map(|c| {
            let base: f64 = rng.random_range(0.05f64..1.0).powi(4) * 0.4;
            let late: f64 = rng.random_range(0.2..1.5);
            Some(Candidate {
                cell: made_up_cell(c)?,
                snap: snap(size.units + c),
                risk_by_hour: (0..hours)
                    .map(|h| base * (1.0 + late * (h as f64 * 0.8).sin().abs()))
                    .collect(),
                rank_by_hour: vec![1; hours],
                label: format!("cell {c}"),
                beat: Some(beat_of(places[size.units + c], size.side_m)),
                needs: Vec::new(),
                protected: 0.0,
            })
        })
        .collect();
    let risk_total = candidates.iter().flat_map(|c| &c.risk_by_hour).sum();
    let must_visits = (0..size.must_visits)
        .map(|m| MustVisit {
            id: format!("m{m}"),
            name: format!("post {m}"),
            snap: snap(size.units + size.candidates + m),
            position: snap(size.units + size.candidates + m).position,
            windows_ms: (0..length_ms / 7_200_000)
                .map(|w| (w * 7_200_000, (w + 1) * 7_200_000))
                .collect(),
            dwell_ms: 600_000,
            every_ms: None,
            since_ms: None,
            beat: Some(beat_of(
                places[size.units + size.candidates + m],
                size.side_m,
            )),
            needs: Vec::new(),
        })
        .collect();
    let beats = beats(&candidates, risk_total);
    Ok(PlanProblem {
        window,
        units,
        surface_cells: candidates.len() as u32,
        candidates,
        must_visits,
        demand: Vec::new(),
        dwell_options_ms: vec![600_000, 720_000, 900_000],
        presence_ms: 600_000,
        decay_half_life_ms: 3_600_000,
        risk_total,
        places: Vec::new(),
        speeds: Vec::new(),
        pins: Vec::new(),
        forbidden: Vec::new(),
        not_these: Vec::new(),
        beats,
        weights: Weights::default(),
        travel: city_blocks(&places),
        seed,
    })
}

/// Nine beats of the same size, row by row.
fn beat_of((x, y): (f64, f64), side_m: f64) -> u32 {
    let third = |v: f64| ((v / side_m * 3.0) as u32).min(2);
    third(y) * 3 + third(x)
}

/// Beats want minutes by the risk of their cells.
fn beats(candidates: &[Candidate], risk_total: f64) -> Vec<BeatShare> {
    (0..9u32)
        .map(|beat| {
            let of_beat = candidates.iter().filter(|c| c.beat == Some(beat));
            let risk: f64 = of_beat.flat_map(|c| &c.risk_by_hour).sum();
            BeatShare {
                name: format!("beat {beat}"),
                wanted: if risk_total > 0.0 {
                    risk / risk_total
                } else {
                    0.0
                },
            }
        })
        .collect()
}

/// Drives along the sides of the square at 8 m/s.
fn city_blocks(places: &[(f64, f64)]) -> TravelMatrix {
    let millis = places
        .iter()
        .flat_map(|a| {
            places
                .iter()
                .map(|b| (((a.0 - b.0).abs() + (a.1 - b.1).abs()) * 125.0).round() as u32)
        })
        .collect();
    TravelMatrix {
        sources: places.len(),
        targets: places.len(),
        millis,
    }
}

/// Milliseconds between points of made-up towns, along the sides of the square at 8 m/s.
pub fn block_times(from: &[Snap], to: &[Snap]) -> TravelMatrix {
    let metres = |snap: &Snap| {
        let p = snap.position;
        (p.lon() * METRES_A_DEGREE, p.lat() * METRES_A_DEGREE)
    };
    let millis = from.iter().flat_map(|a| {
        to.iter().map(move |b| {
            let ((ax, ay), (bx, by)) = (metres(a), metres(b));
            (((ax - bx).abs() + (ay - by).abs()) * 125.0).round() as u32
        })
    });
    TravelMatrix {
        sources: from.len(),
        targets: to.len(),
        millis: millis.collect(),
    }
}

/// Metres on the square, as a place near the equator.
pub fn made_up_snap((x, y): (f64, f64), arc: usize) -> Snap {
    Snap {
        arc: arc as u32,
        along: 0.0,
        position: Position::wrapped(x / METRES_A_DEGREE, y / METRES_A_DEGREE),
        off_road: Metres(0.0),
    }
}

/// The `i`-th cell: seven children a level, counted in base 7 from the finest digit up.
pub fn made_up_cell(i: usize) -> Option<Cell> {
    let mut number = FIRST_CELL;
    let mut rest = i as u64;
    for digit in 0..7 {
        let shift = 15 + 3 * digit;
        number = (number & !(7 << shift)) | ((rest % 7) << shift);
        rest /= 7;
    }
    Cell::new(number)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_town_is_a_valid_problem() {
        let size = TownSize {
            units: 3,
            candidates: 50,
            must_visits: 2,
            hours: 7.5,
            side_m: 5000.0,
        };
        let problem = town(size, 1).unwrap();
        assert_eq!(problem.candidates.len(), 50);
        assert_eq!(problem.hours(), 8);
        assert_eq!(problem.check(), Ok(()));
        assert_eq!(town(size, 1).unwrap(), problem);
    }
}
