//! A risk surface: expected incidents per cell for a window, with what made it.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::calendar::week::HourSet;
use crate::calendar::window::Window;
use crate::grid::hexgrid::HexGrid;
use crate::risk::scorecard::Question;

/// What made a surface. The same provenance and inputs give the same numbers.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Provenance {
    /// `count`, `kde`…
    pub model: String,
    /// Its parameters, as text with units in the names.
    pub parameters: BTreeMap<String, String>,
    /// The past it looked at; its end is the data cut-off.
    pub look_back: Window,
    /// The window it is for.
    pub window: Window,
    /// The hours of the week that count.
    pub hours: HourSet,
    /// Category codes; empty means all.
    pub categories: Vec<String>,
    /// H3 resolution.
    pub resolution: u8,
    /// How many events it learned from.
    pub events: usize,
    /// SHA-256 of the events and the grid, hexadecimal.
    pub inputs_sha256: String,
    /// Version of the program.
    pub version: String,
}

impl Provenance {
    /// What the surface is of, as records and forecasts have it.
    pub fn question(&self) -> Question {
        Question::new(self.categories.clone(), self.hours.clone(), self.resolution)
    }
}

/// Expected incidents per cell.
#[derive(Debug, Clone, PartialEq)]
pub struct RiskSurface {
    /// The cells.
    pub grid: HexGrid,
    /// Expected incidents in the window, one a cell; finite, not negative.
    pub expected: Vec<f64>,
    /// What made it.
    pub provenance: Provenance,
}

/// A surface learned from fewer incidents than this is no map to go by: on 30 incidents
/// the standard error of a part's share is still up to 9 points.
pub const FEWEST_EVENTS: usize = 30;

/// Data that end longer before the window than this, in seconds, say little about it: four
/// weeks, what the record shows to matter most in short memories.
const STALE_S: i64 = 28 * 86_400;

impl RiskSurface {
    /// Whether it rests on too few incidents to be a map.
    pub fn is_thin(&self) -> bool {
        self.provenance.events < FEWEST_EVENTS
    }

    /// Days from the end of the data to the window's start, where that is long ago.
    pub fn stale_days(&self) -> Option<i64> {
        let made = &self.provenance;
        let gap_s = made.window.start().as_second() - made.look_back.end().as_second();
        (gap_s > STALE_S).then_some(gap_s / 86_400)
    }

    /// Expected incidents in all cells together.
    pub fn total(&self) -> f64 {
        // A sum of nothing is −0.
        self.expected.iter().sum::<f64>() + 0.0
    }

    /// Expected incidents per km² in cell `i` over the window.
    pub fn per_km2(&self, i: usize) -> f64 {
        self.expected[i] / self.grid.area_km2()[i]
    }
}
