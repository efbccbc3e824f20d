//! What each zone's work comes to: calls × (handling + driving to them).
//!
//! A zone's unit is somewhere its work is when the next call comes. The mean distance of
//! two points drawn by the zone's calls is close to 0.905 of their root mean square
//! distance √(2 Var) (0.903 on a square, 0.905 on a disc, drawn evenly), and the variance
//! follows from sums that a cell adds to or takes from in a moment. So driving is the pace
//! times that distance. It is the same rule for each partition that is compared; it does
//! not see rivers, and the pace is the network's own where there is one.

use crate::patrol::zones::ground::ZoneGround;
use crate::patrol::zones::partition::Partition;

/// Mean distance of two random points over its root mean square.
const MEAN_TO_RMS: f64 = 0.905;

/// Sums over a zone's cells.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct ZoneSums {
    /// How many cells.
    pub cells: usize,
    /// Expected calls.
    pub calls: f64,
    /// Calls × east, calls × north, calls × (east² + north²).
    moments: [f64; 3],
}

impl ZoneSums {
    /// With or without a cell.
    #[must_use]
    pub fn changed(self, ground: &ZoneGround, cell: usize, joins: bool) -> Self {
        let [x, y] = ground.at_m[cell];
        let calls = if joins {
            ground.calls[cell]
        } else {
            -ground.calls[cell]
        };
        Self {
            cells: if joins {
                self.cells + 1
            } else {
                self.cells.saturating_sub(1)
            },
            calls: (self.calls + calls).max(0.0),
            moments: [
                self.moments[0] + calls * x,
                self.moments[1] + calls * y,
                self.moments[2] + calls * (x * x + y * y),
            ],
        }
    }

    /// Mean driving distance to a call as the crow flies, metres; 0 where there are none.
    pub fn distance_m(&self) -> f64 {
        if self.calls <= 0.0 {
            return 0.0;
        }
        let [x, y, squares] = self.moments.map(|m| m / self.calls);
        MEAN_TO_RMS * (2.0 * (squares - x * x - y * y).max(0.0)).sqrt()
    }

    /// Seconds of work in the time that the calls are for.
    pub fn work_s(&self, ground: &ZoneGround) -> f64 {
        self.calls * (ground.work.handling_s + ground.work.pace_s_per_m * self.distance_m())
    }
}

/// The sums of all zones.
pub fn tally(ground: &ZoneGround, partition: &Partition) -> Vec<ZoneSums> {
    let mut sums = vec![ZoneSums::default(); partition.zones()];
    for cell in 0..partition.len() {
        let zone = partition.zone(cell);
        sums[zone] = sums[zone].changed(ground, cell, true);
    }
    sums
}
