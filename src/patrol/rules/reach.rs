//! How long a drive takes: the network's milliseconds, rounded up to a whole second.
//!
//! Arrival = departure of the stop before + this. Rounding up keeps each arrival one that
//! the network allows.

use crate::roads::network::{TravelMatrix, UNREACHABLE};

/// Stands for "no way": later than any window, and still safe to add to a time.
pub const NEVER: u32 = 1_000_000_000;

/// Drives in whole seconds over a problem's matrix.
#[derive(Debug, Clone, Copy)]
pub struct Reach<'a> {
    millis: &'a [u32],
    width: usize,
}

impl<'a> Reach<'a> {
    /// Over a square matrix.
    pub fn new(matrix: &'a TravelMatrix) -> Self {
        Self {
            millis: &matrix.millis,
            width: matrix.targets,
        }
    }

    /// Seconds from point `from` to point `to`, rounded up; [`NEVER`] where there is no way.
    pub fn seconds(&self, from: u32, to: u32) -> u32 {
        match self.millis[from as usize * self.width + to as usize] {
            UNREACHABLE => NEVER,
            millis => millis.div_ceil(1000).min(NEVER),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn reach(millis: Vec<u32>, width: usize) -> TravelMatrix {
        TravelMatrix {
            sources: width,
            targets: width,
            millis,
        }
    }

    #[test]
    fn drives_are_rounded_up_and_gaps_stay_gaps() {
        let matrix = reach(vec![0, 1, 1000, UNREACHABLE], 2);
        let reach = Reach::new(&matrix);
        assert_eq!(reach.seconds(0, 0), 0);
        assert_eq!(reach.seconds(0, 1), 1);
        assert_eq!(reach.seconds(1, 0), 1);
        assert_eq!(reach.seconds(1, 1), NEVER);
    }
}
