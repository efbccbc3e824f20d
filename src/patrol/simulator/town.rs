//! Everything that a simulation happens in, checked once: places and drives, which calls
//! come, what is forecast, who works when.

use thiserror::Error;

use crate::patrol::simulator::process::{CallProcess, HOUR_MS};
use crate::patrol::simulator::travel::Travel;
use crate::roads::network::UNREACHABLE;

/// Hot cells make up this share of the area.
pub const HOT_SHARE: f64 = 0.02;

/// Longer is a slip of the pen.
const MOST_HOURS: usize = 366 * 24;

/// Half-open, milliseconds since the simulation's start.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Stretch {
    /// First millisecond.
    pub from_ms: u64,
    /// First one after.
    pub until_ms: u64,
}

impl Stretch {
    /// Whether a time lies in it.
    pub fn contains(self, at_ms: u64) -> bool {
        self.from_ms <= at_ms && at_ms < self.until_ms
    }

    /// How long it is.
    pub fn length_ms(self) -> u64 {
        self.until_ms - self.from_ms
    }
}

/// A unit in its turns of duty. Each shift of the day has units of its own: one that takes
/// over starts at its base, one that is relieved while it handles a call ends that first.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Crew {
    /// Where it starts each turn, a place.
    pub base: u32,
    /// In order, apart from each other.
    pub works: Vec<Stretch>,
}

/// A cell of the grid.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct TownCell {
    /// Where its calls happen; none where there is no road.
    pub place: Option<u32>,
    /// Its area.
    pub km2: f64,
    /// Calls forecast, over all hours: what policies go by.
    pub forecast: f64,
}

/// The parts of a town.
#[derive(Debug, Clone, PartialEq)]
pub struct TownParts {
    /// Drives between places.
    pub travel: Travel,
    /// The cell that each place is the middle of.
    pub own_cell: Vec<Option<u32>>,
    /// The cells.
    pub cells: Vec<TownCell>,
    /// Which calls come: the truth, which no policy knows.
    pub process: CallProcess,
    /// Hours of the simulated time.
    pub hours: usize,
    /// When calls are answered; stretches of the simulated time, apart from each other.
    pub open: Vec<Stretch>,
    /// Who works.
    pub crews: Vec<Crew>,
    /// Whose ground is whose; none: all crews answer alike.
    pub grounds: Option<Grounds>,
}

/// Zones that have crews of their own: a call is answered by the nearest idle one of its
/// zone, and by the rule for all only where there is none.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Grounds {
    /// The zone of each cell.
    pub of_cell: Vec<u32>,
    /// The zone of each crew.
    pub of_crew: Vec<u32>,
}

/// A checked town, with what follows from its parts.
#[derive(Debug, Clone, PartialEq)]
pub struct Town {
    parts: TownParts,
    demand: Vec<f64>,
    hot: Vec<bool>,
    ranked: Vec<u32>,
    ranked_hot: usize,
    roam: Vec<(f64, u32)>,
    off_road: f64,
}

/// Why there is nothing to simulate.
#[derive(Debug, Clone, PartialEq, Error)]
pub enum SimulationFault {
    /// The travel times and the places don't fit.
    #[error("the simulation's travel times do not fit its places")]
    Matrix,
    /// The process' parts don't fit each other.
    #[error("the simulation's calls do not fit its cells and hours")]
    Process,
    /// No time at all.
    #[error("there is no time to simulate: give at least one day")]
    NoTime,
    /// More than a year.
    #[error("at most 366 days can be simulated")]
    TooLong,
    /// Turns of duty or opening times that overlap, or lie outside the simulated time.
    #[error("turns of duty must lie in the simulated time, one after another")]
    Duty,
    /// No unit.
    #[error("no unit works in the simulated time: give at least one unit")]
    NoUnits,
    /// No call is expected.
    #[error("no call is expected in the simulated time, so there is nothing to answer")]
    NoCalls,
    /// More calls than any district has.
    #[error("more than fifty million calls would be drawn: simulate fewer days")]
    TooManyCalls,
    /// No unit has a way to where calls are expected.
    #[error("no unit can drive to any place where calls are expected: check the roads")]
    NoWay,
    /// A handling time that is none.
    #[error(
        "the mean time at a call must be above 0 and at most a week, and its variation above 0 and at most 10"
    )]
    Handling,
    /// A setting that is none.
    #[error("a dwell and the time between looks at the coverage must be positive")]
    Settings,
    /// A shift's plan that does not fit the town, or can't be searched.
    #[error("a shift's patrol problem is not sound ({0}); please report this")]
    Plan(String),
    /// No policy, or no seed.
    #[error("there is nothing to compare: give at least one policy and one seed")]
    NothingToRun,
    /// It was told to stop.
    #[error("the simulation was broken off")]
    BrokenOff,
}

impl Town {
    /// Checks the parts.
    ///
    /// # Errors
    /// [`SimulationFault`].
    pub fn new(parts: TownParts) -> Result<Self, SimulationFault> {
        check(&parts)?;
        let expected = parts.process.expected();
        let places = parts.travel.places();
        let mut demand = vec![0.0; places];
        let mut off_road = 0.0;
        for (cell, expected) in parts.cells.iter().zip(&expected) {
            match cell.place {
                Some(place) => demand[place as usize] += expected,
                None => off_road += expected,
            }
        }
        let reachable = |place: usize| {
            let to = parts.travel.to(place as u32);
            parts
                .crews
                .iter()
                .any(|c| to[c.base as usize] != UNREACHABLE)
        };
        if !(0..places).any(|place| demand[place] > 0.0 && reachable(place)) {
            return Err(SimulationFault::NoWay);
        }
        let km2 = |cell: usize| parts.cells[cell].km2;
        let hot_cells = hottest(&parts, |cell| expected[cell]);
        let mut hot = vec![false; places];
        for &cell in &hot_cells.0[..hot_cells.1] {
            // Only a place in the cell itself is in it.
            let place = parts.cells[cell as usize].place;
            if let Some(place) = place.filter(|&p| parts.own_cell[p as usize] == Some(cell)) {
                hot[place as usize] = true;
            }
        }
        let (by_forecast, hot_by_forecast) = hottest(&parts, |cell| parts.cells[cell].forecast);
        let own_place = |&cell: &u32| {
            let place = parts.cells[cell as usize].place?;
            (parts.own_cell[place as usize] == Some(cell)).then_some(place)
        };
        let ranked_hot = by_forecast[..hot_by_forecast]
            .iter()
            .filter_map(own_place)
            .count();
        let ranked = by_forecast.iter().filter_map(own_place).collect();
        let mut area = 0.0;
        let mut roam = Vec::new();
        for (cell, ground) in parts.cells.iter().enumerate() {
            if let Some(place) = ground.place {
                area += km2(cell);
                roam.push((area, place));
            }
        }
        Ok(Self {
            parts,
            demand,
            hot,
            ranked,
            ranked_hot,
            roam,
            off_road,
        })
    }

    /// Its parts.
    pub fn parts(&self) -> &TownParts {
        &self.parts
    }

    /// Drives between places.
    pub fn travel(&self) -> &Travel {
        &self.parts.travel
    }

    /// Who works.
    pub fn crews(&self) -> &[Crew] {
        &self.parts.crews
    }

    /// Calls truly expected at each place, over all hours.
    pub fn demand(&self) -> &[f64] {
        &self.demand
    }

    /// Calls truly expected in cells that no road leads to: they are not drawn.
    pub fn off_road(&self) -> f64 {
        self.off_road
    }

    /// Whether a place lies in one of the truly hottest 2 % of the area.
    pub fn is_hot(&self, place: u32) -> bool {
        self.hot[place as usize]
    }

    /// Places that are the middle of a cell, the hottest by forecast first.
    pub fn by_forecast(&self) -> &[u32] {
        &self.ranked
    }

    /// The first of [`Town::by_forecast`]: the hottest 2 % of the area, at least one.
    pub fn hot_by_forecast(&self) -> &[u32] {
        &self.ranked[..self.ranked_hot.max(1).min(self.ranked.len())]
    }

    /// The place at a share (0 to 1) of the area that roads lead to.
    pub fn at_share_of_area(&self, share: f64) -> u32 {
        let total = self.roam.last().map_or(0.0, |r| r.0);
        let at = self.roam.partition_point(|r| r.0 <= share * total);
        self.roam[at.min(self.roam.len() - 1)].1
    }

    /// End of the simulated time, milliseconds.
    pub fn end_ms(&self) -> u64 {
        self.parts.hours as u64 * HOUR_MS
    }
}

/// Cells by expected calls a km², the densest first, and how many make up the hot share.
fn hottest(parts: &TownParts, expected: impl Fn(usize) -> f64) -> (Vec<u32>, usize) {
    let density = |cell: u32| {
        let km2 = parts.cells[cell as usize].km2;
        expected(cell as usize) / km2
    };
    let mut order: Vec<u32> = (0..parts.cells.len() as u32).collect();
    order.sort_by(|&a, &b| density(b).total_cmp(&density(a)).then(a.cmp(&b)));
    let total: f64 = parts.cells.iter().map(|c| c.km2).sum();
    let mut area = 0.0;
    let within = order
        .iter()
        .take_while(|&&cell| {
            area += parts.cells[cell as usize].km2;
            area <= HOT_SHARE * total * (1.0 + 1e-9)
        })
        .count();
    (order, within)
}

fn check(parts: &TownParts) -> Result<(), SimulationFault> {
    if parts.hours == 0 || parts.open.is_empty() {
        return Err(SimulationFault::NoTime);
    }
    if parts.hours > MOST_HOURS {
        return Err(SimulationFault::TooLong);
    }
    let places = parts.travel.places();
    let cells = parts.cells.len();
    let is_place = |place: u32| (place as usize) < places;
    let sound = parts.own_cell.len() == places
        && parts
            .own_cell
            .iter()
            .flatten()
            .all(|&c| (c as usize) < cells)
        && parts.cells.iter().filter_map(|c| c.place).all(is_place)
        && parts.crews.iter().all(|c| is_place(c.base));
    let grounds_fit = parts.grounds.as_ref().is_none_or(|grounds| {
        grounds.of_cell.len() == cells && grounds.of_crew.len() == parts.crews.len()
    });
    if !sound || !grounds_fit {
        return Err(SimulationFault::Matrix);
    }
    let number = |x: f64| x.is_finite() && x >= 0.0;
    if !parts
        .cells
        .iter()
        .all(|c| number(c.km2) && c.km2 > 0.0 && number(c.forecast))
    {
        return Err(SimulationFault::Process);
    }
    let end_ms = parts.hours as u64 * HOUR_MS;
    let in_order = |stretches: &[Stretch]| {
        stretches
            .iter()
            .all(|s| s.from_ms < s.until_ms && s.until_ms <= end_ms)
            && stretches.windows(2).all(|w| w[0].until_ms <= w[1].from_ms)
    };
    if !in_order(&parts.open) || !parts.crews.iter().all(|c| in_order(&c.works)) {
        return Err(SimulationFault::Duty);
    }
    if parts.crews.iter().all(|c| c.works.is_empty()) {
        return Err(SimulationFault::NoUnits);
    }
    parts.process.check(cells, parts.hours)
}

#[cfg(test)]
#[path = "town_tests.rs"]
mod tests;
