//! What the made-up streets have to go round or over: a synthetic river (模拟河) from the
//! east border to the west one, a railway, and two ring roads; and how urban a spot is.

use crate::app::sample::plane::{Spot, crossing};

/// Half the river's width.
pub const RIVER_HALF_WIDTH_M: f64 = 24.0;
/// From the river's middle to the outer edge of the green along its banks.
pub const BANK_M: f64 = 75.0;

/// The two ring roads: name, centre, radius.
pub const RINGS: [(&str, Spot, f64); 2] = [
    ("模拟内环", Spot::new(-8200.0, -9400.0), 8900.0),
    ("模拟外环", Spot::new(-8200.0, -9400.0), 14200.0),
];

/// The terrain.
#[derive(Debug, Clone)]
pub struct Terrain {
    /// The river's middle line.
    pub river: Vec<Spot>,
    /// The railway's line.
    pub railway: Vec<Spot>,
}

impl Default for Terrain {
    fn default() -> Self {
        Self {
            river: meander(
                Spot::new(6200.0, -900.0),
                Spot::new(-6200.0, -4300.0),
                330.0,
                3.3,
            ),
            railway: meander(
                Spot::new(-3600.0, -11000.0),
                Spot::new(4300.0, 10800.0),
                600.0,
                1.2,
            ),
        }
    }
}

impl Terrain {
    /// Whether a segment crosses the river's water.
    pub fn crosses_river(&self, a: Spot, b: Spot) -> bool {
        crosses(&self.river, a, b)
            || self.metres_from_river(a) < RIVER_HALF_WIDTH_M
            || self.metres_from_river(b) < RIVER_HALF_WIDTH_M
    }

    /// Whether a segment crosses the railway.
    pub fn crosses_railway(&self, a: Spot, b: Spot) -> bool {
        crosses(&self.railway, a, b)
    }

    /// Metres to the river's middle line.
    pub fn metres_from_river(&self, spot: Spot) -> f64 {
        metres_from_line(&self.river, spot)
    }

    /// Metres to the nearest of river bank, railway or ring road: how much room there is.
    pub fn room_m(&self, spot: Spot) -> f64 {
        let rings = RINGS
            .iter()
            .map(|&(_, centre, radius)| (spot.metres_to(centre) - radius).abs() - 20.0);
        (self.metres_from_river(spot) - BANK_M)
            .min(metres_from_line(&self.railway, spot) - 15.0)
            .min(rings.fold(f64::INFINITY, f64::min))
    }
}

/// How densely built a spot is, 0.12 to 1: the old town in the south-west is dense, the
/// north is works and fields.
pub fn urbanity(spot: Spot) -> f64 {
    let south = 1.0 - (spot.y + 6500.0) / 15_500.0;
    let west = 0.06 * (-(spot.x + 1500.0) / 3000.0).clamp(-1.0, 1.0);
    (south + west).clamp(0.12, 1.0)
}

fn metres_from_line(line: &[Spot], spot: Spot) -> f64 {
    line.windows(2)
        .map(|s| spot.metres_to_segment(s[0], s[1]))
        .fold(f64::INFINITY, f64::min)
}

fn crosses(line: &[Spot], a: Spot, b: Spot) -> bool {
    line.windows(2)
        .any(|s| crossing(a, b, s[0], s[1]).is_some())
}

/// A line that swings about the straight way.
fn meander(from: Spot, to: Spot, swing_m: f64, swings: f64) -> Vec<Spot> {
    let length = from.metres_to(to);
    let (nx, ny) = (-(to.y - from.y) / length, (to.x - from.x) / length);
    let steps = (length / 90.0) as usize;
    (0..=steps)
        .map(|i| {
            let share = i as f64 / steps as f64;
            let phase = share * swings * std::f64::consts::PI;
            let off = swing_m * (phase.sin() + 0.35 * (2.3 * phase + 1.0).sin());
            from.towards(to, share).moved(nx * off, ny * off)
        })
        .collect()
}
