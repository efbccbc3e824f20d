//! Drives between the places of a simulated town, and where a unit is while it drives.
//!
//! A unit on a leg is known by time, and may turn off at the next place of the town that
//! lies on its fastest way: a place `p` with `d(a, p) + d(p, b) = d(a, b)`, not yet passed.
//! Times are the network's; so a unit that turns off is never faster than the road, and is
//! late by no more than the drive to that place.

use crate::patrol::simulator::town::SimulationFault;
use crate::roads::network::{TravelMatrix, UNREACHABLE};

/// Parts of streets are rounded to milliseconds: by so much a place on the way may seem off.
const ROUNDING_MS: u32 = 5;

/// Milliseconds between all places, by origin and by destination.
#[derive(Debug, Clone, PartialEq)]
pub struct Travel {
    places: usize,
    out: Vec<u32>,
    back: Vec<u32>,
}

impl Travel {
    /// From a square matrix.
    ///
    /// # Errors
    /// [`SimulationFault::Matrix`].
    pub fn new(matrix: TravelMatrix) -> Result<Self, SimulationFault> {
        let places = matrix.sources;
        if matrix.targets != places || matrix.millis.len() != places * places {
            return Err(SimulationFault::Matrix);
        }
        let out = matrix.millis;
        let mut back = vec![UNREACHABLE; out.len()];
        // In blocks, so that both sides stay in the cache.
        const BLOCK: usize = 32;
        for top in (0..places).step_by(BLOCK) {
            for left in (0..places).step_by(BLOCK) {
                for i in top..(top + BLOCK).min(places) {
                    for j in left..(left + BLOCK).min(places) {
                        back[j * places + i] = out[i * places + j];
                    }
                }
            }
        }
        Ok(Self { places, out, back })
    }

    /// How many places.
    pub fn places(&self) -> usize {
        self.places
    }

    /// Milliseconds from one place to another; none where there is no way.
    pub fn millis(&self, from: u32, to: u32) -> Option<u32> {
        let millis = self.out[from as usize * self.places + to as usize];
        Some(millis).filter(|&t| t != UNREACHABLE)
    }

    /// Milliseconds to each place; [`UNREACHABLE`] where there is no way.
    pub fn from(&self, place: u32) -> &[u32] {
        &self.out[place as usize * self.places..][..self.places]
    }

    /// Milliseconds from each place; [`UNREACHABLE`] where there is no way.
    pub fn to(&self, place: u32) -> &[u32] {
        &self.back[place as usize * self.places..][..self.places]
    }

    /// Where a unit on the fastest way from `a` to `b` can turn off after so much driving:
    /// the next place, and how long the drive to it takes from `a`. At the latest that is
    /// `b` itself.
    pub fn next_on_way(&self, a: u32, b: u32, driven_ms: u32) -> (u32, u32) {
        let (from_a, to_b) = (self.from(a), self.to(b));
        let whole = from_a[b as usize];
        let mut next = (b, whole);
        for (place, (&before, &after)) in (0u32..).zip(from_a.iter().zip(to_b)) {
            if before >= driven_ms
                && before < next.1
                && before.saturating_add(after) <= whole.saturating_add(ROUNDING_MS)
            {
                next = (place, before);
            }
        }
        next
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A street with four places, 10 s apart, and a fifth 3 s off the second.
    fn street() -> Travel {
        let at = |i: usize| -> (i64, i64) {
            [
                (0, 0),
                (10_000, 0),
                (20_000, 0),
                (30_000, 0),
                (10_000, 3_000),
            ][i]
        };
        let mut millis = Vec::new();
        for i in 0..5 {
            for j in 0..5 {
                let ((x, y), (u, v)) = (at(i), at(j));
                millis.push(((x - u).abs() + (y - v).abs()) as u32);
            }
        }
        Travel::new(TravelMatrix {
            sources: 5,
            targets: 5,
            millis,
        })
        .unwrap()
    }

    #[test]
    fn a_unit_turns_off_at_the_next_place_on_its_way() {
        let street = street();
        assert_eq!(street.next_on_way(0, 3, 0), (0, 0));
        assert_eq!(street.next_on_way(0, 3, 1), (1, 10_000));
        assert_eq!(street.next_on_way(0, 3, 10_000), (1, 10_000));
        assert_eq!(street.next_on_way(0, 3, 10_001), (2, 20_000));
        assert_eq!(street.next_on_way(0, 3, 29_999), (3, 30_000));
        // The fifth place lies on the way to itself only.
        assert_eq!(street.next_on_way(0, 4, 10_001), (4, 13_000));
    }

    #[test]
    fn both_sides_are_the_same_times() {
        let n = 70;
        let millis: Vec<u32> = (0..n * n).map(|k| (k * 7919 % 1000) as u32).collect();
        let travel = Travel::new(TravelMatrix {
            sources: n,
            targets: n,
            millis,
        })
        .unwrap();
        for i in 0..n as u32 {
            for j in 0..n as u32 {
                assert_eq!(travel.from(i)[j as usize], travel.to(j)[i as usize]);
                assert_eq!(travel.millis(i, j), Some(travel.from(i)[j as usize]));
            }
        }
    }

    #[test]
    fn a_matrix_that_is_not_square_is_refused() {
        let matrix = TravelMatrix {
            sources: 2,
            targets: 1,
            millis: vec![0, 1],
        };
        assert_eq!(Travel::new(matrix), Err(SimulationFault::Matrix));
    }
}
