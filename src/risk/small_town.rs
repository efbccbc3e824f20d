//! A town of a few square kilometres for the models' tests: its grid, its clock, events by
//! share of its width and height.

use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp};
use rand::rngs::ChaCha8Rng;
use rand::{RngExt, SeedableRng};

use crate::calendar::week::HourSet;
use crate::calendar::window::Window;
use crate::grid::hexgrid::HexGrid;
use crate::place::area::Area;
use crate::place::position::Position;
use crate::risk::model::{
    RiskAnswer, RiskError, RiskEvent, RiskModel, RiskQuestion, TerrainFactor,
};

const WEST: f64 = 123.40;
const SOUTH: f64 = 41.75;
const SIZE: f64 = 0.03;

/// About 8 km², at an H3 resolution.
pub fn grid(resolution: u8) -> HexGrid {
    let (e, n) = (WEST + SIZE, SOUTH + SIZE);
    let ring = vec![[WEST, SOUTH], [e, SOUTH], [e, n], [WEST, n], [WEST, SOUTH]];
    HexGrid::cover(&Area::from_rings(&[vec![ring]]).unwrap(), resolution, &[]).unwrap()
}

/// Summer time and all.
pub fn zone() -> TimeZone {
    TimeZone::get("America/Chicago").unwrap()
}

/// A window in UTC.
pub fn window(from: &str, to: &str) -> Window {
    Window::new(from.parse().unwrap(), to.parse().unwrap()).unwrap()
}

/// A place by share of the town's width and height.
pub fn place(x: f64, y: f64) -> Position {
    Position::wrapped(WEST + x * SIZE, SOUTH + y * SIZE)
}

/// An event at a place.
pub fn event(x: f64, y: f64, at: Timestamp) -> RiskEvent {
    RiskEvent {
        position: place(x, y),
        at,
    }
}

/// So many events at chance in a window: every second one anywhere (a few outside), the
/// others near one of three spots.
pub fn events(n: usize, over: Window, seed: u64) -> Vec<RiskEvent> {
    let mut rng = ChaCha8Rng::seed_from_u64(seed);
    (0..n)
        .map(|i| {
            let at = over.start()
                + SignedDuration::from_secs((over.length().0 * rng.random::<f64>()) as i64);
            let (u, v): (f64, f64) = (rng.random(), rng.random());
            if i % 2 == 0 {
                event(1.1 * u - 0.05, 1.1 * v - 0.05, at)
            } else {
                let (x, y) = [(0.2, 0.3), (0.7, 0.6), (0.4, 0.9)][i / 2 % 3];
                event(x + 0.06 * (u - 0.5), y + 0.06 * (v - 0.5), at)
            }
        })
        .collect()
}

/// Asks a model about all hours.
pub fn ask(
    model: &dyn RiskModel,
    grid: &HexGrid,
    events: &[RiskEvent],
    look_back: Window,
    window: Window,
) -> Result<RiskAnswer, RiskError> {
    ask_with(model, grid, events, look_back, window, &[])
}

/// The same with places around.
pub fn ask_with(
    model: &dyn RiskModel,
    grid: &HexGrid,
    events: &[RiskEvent],
    look_back: Window,
    window: Window,
    terrain: &[TerrainFactor],
) -> Result<RiskAnswer, RiskError> {
    let question = RiskQuestion {
        grid,
        look_back,
        window,
        hours: &HourSet::full(),
        zone: &zone(),
        terrain,
        without: &[],
    };
    model.predict(&question, events)
}

/// The sum, of numbers that are all finite and not negative.
pub fn total(answer: &RiskAnswer) -> f64 {
    assert!(answer.expected.iter().all(|v| v.is_finite() && *v >= 0.0));
    answer.expected.iter().sum()
}
