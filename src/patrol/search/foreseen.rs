//! What somebody who watched the nights before would expect: visits to a place at about the
//! time at which it was visited then. A plan that is drawn gives some of its worth for doing
//! otherwise.
//!
//! Each earlier night counts less than the one after it; a visit is expected by the weight of
//! the nights that had one at the same cell within half an hour, so that it is a number from
//! 0 to 1.

use crate::patrol::search::route::TimedStop;

/// Two visits are at about the same time if they begin within so many seconds.
pub const SAME_TIME_S: u32 = 1800;
/// Times are looked up in pieces of so many seconds.
const PIECE_S: u32 = 300;
/// What the night before a night counts of that one.
const FADES: f64 = 0.7;

/// A visit on an earlier night, seconds since that night's window began.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct EarlierVisit {
    /// A candidate of the problem.
    pub candidate: usize,
    /// When it began.
    pub second: u32,
}

/// How much each visit is expected.
#[derive(Debug, Clone)]
pub struct Foreseen {
    /// By cell, then piece of the window.
    expected: Vec<f32>,
    pieces: usize,
    /// What a visit that is wholly expected costs, in incidents.
    price: f64,
    sum: f64,
}

impl Foreseen {
    /// Of earlier nights, the last one first; nothing is expected where there is none.
    pub fn new(nights: &[Vec<EarlierVisit>], candidates: usize, window_s: u32, price: f64) -> Self {
        let pieces = (window_s.div_ceil(PIECE_S) as usize).max(1);
        let all: f64 = (0..nights.len() as i32).map(|k| FADES.powi(k)).sum();
        let mut expected = vec![0f32; candidates * pieces];
        let mut had = vec![false; candidates * pieces];
        for (k, night) in (0..).zip(nights) {
            let weight = (FADES.powi(k) / all) as f32;
            had.fill(false);
            for visit in night.iter().filter(|visit| visit.candidate < candidates) {
                let first = visit.second.saturating_sub(SAME_TIME_S) / PIECE_S;
                let last = (visit.second + SAME_TIME_S) / PIECE_S;
                let of_cell = visit.candidate * pieces;
                for piece in (first as usize).min(pieces)..(last as usize + 1).min(pieces) {
                    // By its middle, a piece is near or it is not.
                    let middle = piece as u32 * PIECE_S + PIECE_S / 2;
                    had[of_cell + piece] |= middle.abs_diff(visit.second) < SAME_TIME_S;
                }
            }
            for (expected, _) in expected.iter_mut().zip(&had).filter(|(_, had)| **had) {
                *expected += weight;
            }
        }
        Self {
            expected,
            pieces,
            price,
            sum: 0.0,
        }
    }

    /// By how much a visit is expected, 0 to 1.
    pub fn of(&self, cell: u32, begin: u32) -> f64 {
        let piece = ((begin / PIECE_S) as usize).min(self.pieces - 1);
        let found = self.expected.get(cell as usize * self.pieces + piece);
        found.map_or(0.0, |&expected| f64::from(expected))
    }

    /// What a visit costs for being expected, in incidents.
    pub fn cost(&self, cell: u32, begin: u32) -> f64 {
        self.price * self.of(cell, begin)
    }

    /// What all visits cost.
    pub fn costs(&self) -> f64 {
        self.price * self.sum
    }

    /// A visit to a cell is in the plan.
    pub fn came(&mut self, cell: u32, stop: &TimedStop) {
        self.sum += self.of(cell, stop.begin);
    }

    /// It is there no more.
    pub fn went(&mut self, cell: u32, stop: &TimedStop) {
        self.sum -= self.of(cell, stop.begin);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn visit(candidate: usize, second: u32) -> EarlierVisit {
        EarlierVisit { candidate, second }
    }

    #[test]
    fn a_visit_is_expected_by_the_nights_that_had_one_then() {
        let nights = [
            vec![visit(0, 3600), visit(0, 3900), visit(2, 0)],
            vec![visit(0, 3600), visit(1, 7100), visit(9, 100)],
        ];
        let found = Foreseen::new(&nights, 3, 7200, 2.0);
        let (last, before) = (1.0 / 1.7, 0.7 / 1.7);
        let near = |a: f64, b: f64| (a - b).abs() < 1e-6;
        // Twice in a night is once.
        assert!(near(found.of(0, 3700), 1.0));
        assert!(near(found.of(0, 5500), last), "only the later of two");
        assert!(near(found.of(1, 7199), before));
        assert_eq!(found.of(1, 3600), 0.0);
        assert!(near(found.of(2, 0), last));
        assert_eq!(found.of(2, 3000), 0.0);
        assert_eq!(found.of(7, 0), 0.0, "no such cell");
        assert!(near(found.cost(0, 3700), 2.0));
        let nobody = Foreseen::new(&[], 3, 7200, 2.0);
        assert_eq!(nobody.of(0, 3700), 0.0);
    }
}
