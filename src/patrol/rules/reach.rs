//! How long a drive takes: the network's milliseconds at the hour's speed, rounded up to a
//! whole second.
//!
//! Arrival = departure of the stop before + this. Rounding up keeps each arrival one that
//! the network allows.

use crate::patrol::problem::PlanProblem;
use crate::patrol::rules::speed::Speeds;
use crate::roads::network::UNREACHABLE;

/// Stands for "no way": later than any window, and still safe to add to a time.
pub const NEVER: u32 = 1_000_000_000;

/// Drives in whole seconds over a problem's matrix.
#[derive(Debug, Clone)]
pub struct Reach<'a> {
    millis: &'a [u32],
    width: usize,
    speeds: Speeds,
}

impl<'a> Reach<'a> {
    /// Over a checked problem's matrix.
    pub fn new(problem: &'a PlanProblem) -> Self {
        Self {
            millis: &problem.travel.millis,
            width: problem.travel.targets,
            speeds: Speeds::new(&problem.speeds),
        }
    }

    /// Seconds from point `from` to point `to` at the matrix's speed, rounded up; [`NEVER`]
    /// where there is no way.
    pub fn seconds(&self, from: u32, to: u32) -> u32 {
        match self.millis[from as usize * self.width + to as usize] {
            UNREACHABLE => NEVER,
            millis => millis.div_ceil(1000).min(NEVER),
        }
    }

    /// The second at which a unit is at `to` that leaves `from` at second `depart`; not
    /// before [`NEVER`] where there is no way.
    pub fn arrive(&self, from: u32, to: u32, depart: u32) -> u32 {
        if self.speeds.are_steady() {
            return depart + self.seconds(from, to);
        }
        match self.millis[from as usize * self.width + to as usize] {
            UNREACHABLE => depart + NEVER,
            millis => {
                let end = self.speeds.end_ms(depart, millis).div_ceil(1000);
                end.min(u64::from(NEVER)) as u32
            }
        }
    }

    /// The last second to leave `from` and be at `to` by second `by`; none where that lies
    /// before the window or there is no way.
    pub fn leave_by(&self, from: u32, to: u32, by: u32) -> Option<u32> {
        match self.millis[from as usize * self.width + to as usize] {
            UNREACHABLE => None,
            millis => self.speeds.depart_by(by, millis),
        }
    }

    /// Milliseconds that the drive takes at its hour's speed, rounded up.
    pub fn drive_ms(&self, from: u32, to: u32, depart: u32) -> u32 {
        let millis = self.millis[from as usize * self.width + to as usize];
        if self.speeds.are_steady() || millis == UNREACHABLE {
            return millis;
        }
        let took = self.speeds.end_ms(depart, millis) - u64::from(depart) * 1000;
        took.min(u64::from(u32::MAX - 1)) as u32
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::patrol::made_up::{TownSize, town};
    use crate::patrol::problem::SpeedPiece;
    use crate::roads::network::TravelMatrix;

    #[test]
    fn drives_are_rounded_up_and_gaps_stay_gaps() {
        let size = TownSize {
            units: 2,
            candidates: 0,
            must_visits: 0,
            hours: 1.0,
            side_m: 10.0,
        };
        let mut problem = town(size, 1).unwrap();
        problem.travel = TravelMatrix {
            sources: 2,
            targets: 2,
            millis: vec![0, 1, 1000, UNREACHABLE],
        };
        let reach = Reach::new(&problem);
        assert_eq!(reach.seconds(0, 0), 0);
        assert_eq!(reach.seconds(0, 1), 1);
        assert_eq!(reach.arrive(1, 0, 7), 8);
        assert_eq!(reach.leave_by(1, 0, 7), Some(6));
        assert_eq!(reach.seconds(1, 1), NEVER);
        assert!(reach.arrive(1, 1, 7) >= NEVER);
        problem.speeds = vec![SpeedPiece {
            from_ms: 0,
            permille: 250,
        }];
        let slow = Reach::new(&problem);
        assert_eq!(slow.arrive(1, 0, 7), 11);
        assert_eq!(slow.drive_ms(1, 0, 7), 4000);
        assert!(slow.arrive(1, 1, 7) >= NEVER);
    }
}
