//! How many incidents are usual in each zone over a stretch of time.
//!
//! The district's rate is that of the past, what is older weighing less, times the rhythm of
//! the week. Where it falls is learned for six parts of the week apart (working days and
//! weekends; 06:00 to 14:00, to 22:00, to 06:00), since a bar street by night is a
//! shopping street by day; each is shrunk towards the whole week's, and that a little
//! towards even, so that nowhere is nothing usual.

use jiff::tz::TimeZone;

use crate::calendar::week::HOURS;
use crate::calendar::week_clock::WeekClock;
use crate::calendar::window::Window;
use crate::grid::hexgrid::HexGrid;
use crate::place::position::Position;
use crate::risk::kernel::Quartic;
use crate::risk::model::RiskEvent;
use crate::risk::past::dates_only;
use crate::risk::rhythm::Rhythm;
use crate::risk::unusual::zones::Zones;

/// Parts of the week.
pub const PARTS: usize = 6;

const HOUR_MS: f64 = 3_600_000.0;
const DAY_MS: f64 = 24.0 * HOUR_MS;

/// Half-life of an incident's weight in the rate, days: a season.
const HALF_LIFE_DAYS: f64 = 90.0;

/// A past shorter than four weeks shows no week.
const LEAST_DAYS: f64 = 28.0;

/// Fewer incidents than this say little of any zone.
const FEWEST: usize = 200;

/// How far an incident is spread, metres: less than a zone's radius.
const BANDWIDTH_M: f64 = 200.0;

/// Incidents by the whole week that a part of the week starts with…
const PRIOR_PART: f64 = 200.0;

/// …and incidents spread evenly that the whole week starts with.
const PRIOR_EVEN: f64 = 20.0;

/// What is usual.
#[derive(Debug, Clone)]
pub struct Usual {
    /// Incidents in the district in an hour, by hour of the week.
    pub per_hour: [f64; HOURS],
    /// By part of the week, each cell's share of the district's.
    pub by_cell: Vec<Vec<f64>>,
    /// The same of each zone.
    by_zone: Vec<Vec<f64>>,
}

/// Incidents usual in the district in a stretch, by part of the week.
pub type Stretch = [f64; PARTS];

/// The part of the week, 0 to 5, that an hour of the week is in.
pub fn part_of(hour: usize) -> usize {
    // The night belongs to the day on which it began.
    let third = (hour + HOURS - 6) % HOURS / 8;
    third % 3 + if third / 3 >= 5 { 3 } else { 0 }
}

impl Usual {
    /// Learns it from the incidents of a stretch of the past; none where they are too few,
    /// over too short a time, or have dates without times.
    pub fn learn(
        grid: &HexGrid,
        zones: &Zones,
        events: &[RiskEvent],
        past: Window,
        zone: &TimeZone,
    ) -> Option<Self> {
        let events: Vec<RiskEvent> = (events.iter())
            .copied()
            .filter(|event| past.contains(event.at) && grid.index_at(event.position).is_some())
            .collect();
        let days = past.length().0 * 1000.0 / DAY_MS;
        if events.len() < FEWEST || days < LEAST_DAYS || dates_only(&events, zone) {
            return None;
        }
        let clock = WeekClock::new(zone, past);
        let (mut counts, mut exposure) = ([0.0; HOURS], [0.0; HOURS]);
        for event in &events {
            counts[clock.hour_of_week(event.at)] += 1.0;
        }
        for piece in clock.pieces(past) {
            exposure[piece.hour] += piece.length_ms() as f64;
        }
        let rhythm = Rhythm::fit(&counts, &exposure);
        let rate = rate_per_ms(&events, past);
        let by_cell = shares(grid, &events, &clock);
        Some(Self {
            per_hour: std::array::from_fn(|hour| rate * HOUR_MS * rhythm.of(hour)),
            by_zone: by_cell.iter().map(|share| zones.sums(share)).collect(),
            by_cell,
        })
    }

    /// The district's share of a stretch that is cut at the turns of the hours: hour of the
    /// week and how much of an hour.
    pub fn over(&self, pieces: impl IntoIterator<Item = (usize, f64)>) -> Stretch {
        let mut stretch = [0.0; PARTS];
        for (hour, hours) in pieces {
            stretch[part_of(hour)] += self.per_hour[hour % HOURS] * hours;
        }
        stretch
    }

    /// Incidents usual in a zone in a stretch.
    pub fn in_zone(&self, zone: u32, stretch: &Stretch) -> f64 {
        let parts = stretch.iter().zip(&self.by_zone);
        parts
            .map(|(usual, share)| usual * share[zone as usize])
            .sum()
    }
}

/// Weighted incidents over weighted time.
fn rate_per_ms(events: &[RiskEvent], past: Window) -> f64 {
    let end = past.end().as_millisecond();
    let half_life = HALF_LIFE_DAYS * DAY_MS;
    let weight = |age: f64| (-age / half_life).exp2();
    let weights: f64 = events
        .iter()
        .map(|event| weight((end - event.at.as_millisecond()) as f64))
        .sum();
    let length = past.length().0 * 1000.0;
    let mean_life = half_life / std::f64::consts::LN_2;
    weights / (mean_life * -(-length / mean_life).exp_m1())
}

/// By part of the week, each cell's share.
fn shares(grid: &HexGrid, events: &[RiskEvent], clock: &WeekClock) -> Vec<Vec<f64>> {
    let kernel = Quartic::new(grid, BANDWIDTH_M);
    let spread = |part: Option<usize>| -> Vec<f64> {
        let positions: Vec<Position> = (events.iter())
            .filter(|event| part.is_none_or(|part| part_of(clock.hour_of_week(event.at)) == part))
            .map(|event| event.position)
            .collect();
        kernel.spread(&positions, &vec![1.0; positions.len()]).mass
    };
    let area: f64 = grid.area_km2().iter().sum();
    let even: Vec<f64> = grid.area_km2().iter().map(|a| a / area).collect();
    let whole = towards(&even, PRIOR_EVEN, spread(None));
    (0..PARTS)
        .map(|part| towards(&whole, PRIOR_PART, spread(Some(part))))
        .collect()
}

/// Shares of a mass, shrunk towards others by so many incidents.
fn towards(prior: &[f64], strength: f64, mass: Vec<f64>) -> Vec<f64> {
    let total: f64 = mass.iter().sum();
    mass.iter()
        .zip(prior)
        .map(|(mass, prior)| (mass + strength * prior) / (total + strength))
        .collect()
}
