//! Would it have been right? Forecasts made as if it were then, scored on what came.
//!
//! Rolling origin: each window is forecast from events before its start only, scored on
//! its own events, and the origin steps on. Whatever a model tunes it tunes on the past
//! that it is given; nothing is tuned on what is scored.

use std::ops::ControlFlow;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::calendar::week::HourSet;
use crate::calendar::week_clock::WeekClock;
use crate::calendar::window::Window;
use crate::grid::hexgrid::HexGrid;
use crate::risk::bootstrap::{self, Estimate};
use crate::risk::dispersion::Law;
use crate::risk::model::{RiskError, RiskEvent, RiskModel, RiskQuestion, TerrainFactor};
use crate::risk::scatter::Scatter;
use crate::risk::score::{Flagged, WindowScore, score};

/// Blocks of the bootstrap last at least so long, milliseconds: a week.
const BLOCK_MS: i64 = 7 * 86_400_000;

/// Seed of the bootstrap.
const SEED: u64 = 20_170_301;

/// What all models are asked.
#[derive(Debug, Clone)]
pub struct Trial<'a> {
    /// The cells; chosen without a look at what is scored.
    pub grid: &'a HexGrid,
    /// The windows to forecast, in the order of their starts.
    pub windows: &'a [Window],
    /// First instant of the data.
    pub data_from: Timestamp,
    /// Hours of the week that count.
    pub hours: &'a HourSet,
    /// The district's time zone.
    pub zone: &'a jiff::tz::TimeZone,
    /// The places around.
    pub terrain: &'a [TerrainFactor],
    /// Stretches of the past of which nothing is known.
    pub without: &'a [Window],
    /// Areas to flag.
    pub flagged: &'a [Flagged],
}

/// A model under a name that tells its settings too: `"count, half-life 90 d"`.
pub struct Contender {
    /// The name.
    pub name: String,
    /// The model.
    pub model: Box<dyn RiskModel + Send + Sync>,
}

/// One contender's scores.
#[derive(Debug, Clone, PartialEq)]
pub struct Record {
    /// The contender's name.
    pub name: String,
    /// One score a window, in the windows' order.
    pub windows: Vec<WindowScore>,
    /// Expected against observed by tenths of the cells' expectation.
    pub deciles: Vec<Decile>,
    /// By what law the counts scattered about the forecasts.
    pub law: Law,
}

/// A whole comparison: all contenders on the same windows.
#[derive(Debug, Clone, PartialEq)]
pub struct Backtest {
    /// One record a contender, in the order asked for.
    pub records: Vec<Record>,
    /// The windows.
    pub windows: Vec<Window>,
    /// Areas flagged.
    pub flagged: Vec<Flagged>,
    /// Cells of the grid.
    pub cells: usize,
    /// Square kilometres of the grid.
    pub area_km2: f64,
    /// H3 resolution.
    pub resolution: u8,
    /// Categories; empty means all.
    pub categories: Vec<String>,
    /// Hours of the week that count.
    pub hours: HourSet,
    /// The district's time zone.
    pub zone: jiff::tz::TimeZone,
    /// Whether incidents that patrols discovered were learned from and scored.
    pub patrol_discovered: bool,
    /// SHA-256 of the incidents, the grid and the places, hexadecimal.
    pub inputs_sha256: String,
    /// Incidents of the windows that lie in the grid.
    pub scored: usize,
    /// Incidents of the windows outside the grid, left out for all alike.
    pub outside: usize,
    /// Incidents before the first window.
    pub before: usize,
    /// Made-up data.
    pub synthetic: bool,
}

/// Cells whose forecasts are in the same tenth of all that was expected.
#[derive(Debug, Clone, Copy, PartialEq, Default, Serialize, Deserialize)]
pub struct Decile {
    /// Events expected in them, over all windows.
    pub expected: f64,
    /// Events that happened in them.
    pub observed: f64,
    /// Forecasts (cells times windows).
    pub forecasts: f64,
}

/// Forecasts and scores all windows by one contender; `events` by time. `watch` is called after each window
/// and may break off.
///
/// # Errors
/// [`RiskError`]; [`RiskError::BrokenOff`] where `watch` breaks off.
pub fn run(
    trial: &Trial<'_>,
    contender: &Contender,
    events: &[RiskEvent],
    watch: &mut dyn FnMut() -> ControlFlow<()>,
) -> Result<Record, RiskError> {
    let questions: Vec<RiskQuestion<'_>> = trial
        .windows
        .iter()
        .filter_map(|&window| {
            Some(RiskQuestion {
                grid: trial.grid,
                look_back: Window::new(trial.data_from, window.start()).ok()?,
                window,
                hours: trial.hours,
                zone: trial.zone,
                terrain: trial.terrain,
                without: trial.without,
            })
        })
        .collect();
    let mut record = Record {
        name: contender.name.clone(),
        windows: Vec::with_capacity(questions.len()),
        deciles: vec![Decile::default(); 10],
        law: Law::Poisson,
    };
    let mut scatter = Scatter::default();
    contender
        .model
        .predict_each(&questions, events, &mut |answer| {
            let Some(question) = questions.get(record.windows.len()) else {
                return ControlFlow::Break(());
            };
            let observed = observed(question, events);
            record.windows.push(score(
                question.window,
                &answer.expected,
                &observed,
                trial.grid.area_km2(),
                trial.flagged,
            ));
            add_deciles(&mut record.deciles, &answer.expected, &observed);
            scatter.add(&answer.expected, &observed);
            watch()
        })?;
    record.law = scatter.law();
    Ok(record)
}

/// Events of the window, in wanted hours, in each cell; `events` by time.
pub fn observed(question: &RiskQuestion<'_>, events: &[RiskEvent]) -> Vec<f64> {
    let mut observed = vec![0.0; question.grid.len()];
    for event in happened(question.window, question.hours, question.zone, events) {
        if let Some(cell) = question.grid.index_at(event.position) {
            observed[cell] += 1.0;
        }
    }
    observed
}

/// Events of a window in wanted hours, in the grid or not; `events` by time.
pub fn happened<'a>(
    window: Window,
    hours: &'a HourSet,
    zone: &jiff::tz::TimeZone,
    events: &'a [RiskEvent],
) -> impl Iterator<Item = &'a RiskEvent> {
    let clock = WeekClock::new(zone, window);
    let from = events.partition_point(|event| event.at < window.start());
    let until = events.partition_point(|event| event.at < window.end());
    let inside = &events[from..until.max(from)];
    inside
        .iter()
        .filter(move |event| hours.contains(clock.hour_of_week(event.at)))
}

/// Adds a window to tenths of the expectation: the first has the densest cells.
pub fn add_deciles(deciles: &mut [Decile], expected: &[f64], observed: &[f64]) {
    let total: f64 = expected.iter().sum();
    let mut order: Vec<usize> = (0..expected.len()).collect();
    order.sort_by(|&a, &b| expected[b].total_cmp(&expected[a]).then(a.cmp(&b)));
    let (mut sum, tenths) = (0.0, deciles.len());
    for cell in order {
        let tenth = if total > 0.0 {
            ((sum + expected[cell] / 2.0) / total * tenths as f64) as usize
        } else {
            0
        };
        let decile = &mut deciles[tenth.min(tenths - 1)];
        decile.expected += expected[cell];
        decile.observed += observed[cell];
        decile.forecasts += 1.0;
        sum += expected[cell];
    }
}

/// A figure of a record; from sums over windows, so that windows with more events weigh
/// more.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Figure {
    /// Hits over events in a flagged area (by its place in the trial).
    HitRate(usize),
    /// Hit rate over the share of the area that is flagged.
    Pai(usize),
    /// Hits over the most that were possible.
    Pei(usize),
    /// Expected over observed in the flagged area.
    Calibration(usize),
    /// Poisson log score an event.
    LogScore,
    /// Logarithm of the share of an event's cell, an event.
    WhereScore,
    /// Brier score a cell and window.
    Brier,
    /// Expected over observed in all.
    Total,
}

impl Figure {
    /// The figure of some windows, each counted so many times. None where it is undefined
    /// (no events).
    pub fn of(self, windows: &[WindowScore], times: &[f64]) -> Option<f64> {
        let sum = |value: &dyn Fn(&WindowScore) -> f64| -> f64 {
            windows.iter().zip(times).map(|(w, t)| t * value(w)).sum()
        };
        let events = || sum(&|w| w.events);
        let ratio = |above: f64, below: f64| (below > 0.0).then(|| above / below);
        match self {
            Self::HitRate(i) => ratio(sum(&|w| w.flagged[i].hits), events()),
            Self::Pai(i) => {
                let share = windows.first()?.flagged[i];
                let rate = Self::HitRate(i).of(windows, times)?;
                ratio(rate * share.whole_km2, share.km2)
            }
            Self::Pei(i) => ratio(
                sum(&|w| w.flagged[i].hits),
                sum(&|w| w.flagged[i].best_hits),
            ),
            Self::Calibration(i) => {
                ratio(sum(&|w| w.flagged[i].expected), sum(&|w| w.flagged[i].hits))
            }
            Self::LogScore => ratio(sum(&|w| w.log_sum), events()),
            Self::WhereScore => ratio(sum(&|w| w.where_sum), events()),
            Self::Brier => ratio(sum(&|w| w.brier_sum), sum(&|w| w.cells as f64)),
            Self::Total => ratio(sum(&|w| w.expected), events()),
        }
    }
}

/// A figure with its interval over blocks of weeks.
pub fn estimate(record: &Record, figure: Figure) -> Option<Estimate> {
    let blocks = blocks(&record.windows);
    bootstrap::estimate(block_count(&blocks), SEED, |times| {
        figure.of(&record.windows, &spread(times, &blocks))
    })
}

/// How much larger a figure is in one record than in another, with its interval: both on
/// the same draws of weeks.
pub fn difference(record: &Record, other: &Record, figure: Figure) -> Option<Estimate> {
    let blocks = blocks(&record.windows);
    bootstrap::estimate(block_count(&blocks), SEED, |times| {
        let times = spread(times, &blocks);
        Some(figure.of(&record.windows, &times)? - figure.of(&other.windows, &times)?)
    })
}

/// The block of each window: its own where it lasts a week, else the week it begins in.
fn blocks(windows: &[WindowScore]) -> Vec<usize> {
    let Some(first) = windows.first() else {
        return Vec::new();
    };
    let start = |w: &WindowScore| w.window.start().as_millisecond();
    let mut found = Vec::with_capacity(windows.len());
    let (mut block, mut from) = (0, start(first));
    for window in windows {
        if start(window) - from >= BLOCK_MS {
            block += 1;
            from = start(window);
        }
        found.push(block);
    }
    found
}

fn block_count(blocks: &[usize]) -> usize {
    blocks.last().map_or(0, |last| last + 1)
}

fn spread(times: &[f64], blocks: &[usize]) -> Vec<f64> {
    blocks.iter().map(|&block| times[block]).collect()
}

#[cfg(test)]
#[path = "backtest_tests.rs"]
mod tests;
