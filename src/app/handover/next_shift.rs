//! What the next shift has to expect: calls in all with an interval, against the usual, and
//! the places where most is expected, by name.
//!
//! The interval is that of whole shifts: how far the counts of the last such shifts scattered
//! about their mean (Poisson's law, or the negative binomial's where they speak for it). A week
//! of which no incident came in is a gap of the data, and tells nothing.

use jiff::{SignedDuration, Timestamp};

use crate::app::place_names::PlaceNames;
use crate::calendar::shift::Shift;
use crate::calendar::window::Window;
use crate::grid::cell::Cell;
use crate::place::measure::Metres;
use crate::place::position::Position;
use crate::risk::classes::Classes;
use crate::risk::dispersion::{INTERVAL, Law, Outcome};
use crate::risk::surface::RiskSurface;
use crate::roads::network::RoadNetwork;

/// As many shifts of the past are the usual.
const USUAL: usize = 28;

/// How far back they are looked for, days.
pub const USUAL_DAYS: i64 = 120;

/// So long without any incident is a gap of the data, not a quiet time.
const GAP: SignedDuration = SignedDuration::from_hours(7 * 24);

/// Fewer shifts than this tell nothing of how counts scatter.
const FEWEST_SHIFTS: usize = 7;

/// Cells that are named.
const TOP: usize = 5;

/// How far a cell's middle may be from the street it is named after.
const STREET_WITHIN: Metres = Metres(250.0);

/// What the next shift has to expect.
#[derive(Debug, Clone, PartialEq)]
pub struct NextShift {
    /// The shift, where there is one after this.
    pub shift: Option<Shift>,
    /// When.
    pub window: Window,
    /// The model.
    pub model: String,
    /// Calls expected.
    pub expected: f64,
    /// 80 % of what may come, both ends included.
    pub interval: [u64; 2],
    /// What such shifts had; none where the data are too short.
    pub usual: Option<Usual>,
    /// Just after the newest incident that the model knows.
    pub data_until: Timestamp,
    /// Days from there to the shift, where these are many.
    pub stale_days: Option<i64>,
    /// Whether too little is known for a map.
    pub thin: bool,
    /// Where most is expected, the most first.
    pub cells: Vec<TopCell>,
}

/// What such shifts had.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Usual {
    /// Incidents a shift, in the mean.
    pub mean: f64,
    /// Of how many shifts.
    pub shifts: usize,
    /// The end of the last of them.
    pub until: Timestamp,
}

/// A cell with its name.
#[derive(Debug, Clone, PartialEq)]
pub struct TopCell {
    /// Which.
    pub cell: Cell,
    /// Its middle.
    pub centre: Position,
    /// Expected calls.
    pub expected: f64,
    /// 80 % of what may come, both ends included.
    pub interval: [u64; 2],
    /// Beat, and street or landmark.
    pub label: String,
}

/// What it is made of.
pub struct NextFrom<'a> {
    /// The shift, where there is one.
    pub shift: Option<Shift>,
    /// The forecast.
    pub surface: &'a RiskSurface,
    /// By what law cells scatter.
    pub law: Law,
    /// Incidents of the past that the model learns from: when and where.
    pub past: &'a [(Timestamp, Position)],
    /// Which part of the past is known.
    pub known: Option<Window>,
    /// Which places count.
    pub has_place: &'a dyn Fn(Position) -> bool,
    /// What places are called.
    pub names: &'a PlaceNames,
    /// The streets.
    pub network: Option<&'a RoadNetwork>,
}

/// The same window on the last days that are known, the latest first; days in a gap of the
/// data are none.
pub fn earlier(window: Window, known: Window, at: &[Timestamp]) -> Vec<Window> {
    let gaps = gaps(at, known);
    let all = daily(window, known).into_iter();
    all.filter(|of| !gaps.iter().any(|gap| gap.overlap(*of).is_some()))
        .take(USUAL)
        .collect()
}

/// Stretches without an incident that are too long to be quiet: between two, before the
/// first, and after the last, since data may end long before the time that is asked about.
fn gaps(at: &[Timestamp], known: Window) -> Vec<Window> {
    let mut at: Vec<Timestamp> = at
        .iter()
        .copied()
        .filter(|at| known.contains(*at))
        .collect();
    at.extend([known.start(), known.end()]);
    at.sort_unstable();
    at.windows(2)
        .filter(|two| two[1].duration_since(two[0]) >= GAP)
        .filter_map(|two| Window::new(two[0], two[1]).ok())
        .collect()
}

/// The same window on each day before one that is known, the latest first.
fn daily(window: Window, known: Window) -> Vec<Window> {
    let day = SignedDuration::from_hours(24);
    let end = known.end().min(window.start());
    let behind = window.end().duration_since(end).as_secs_f64().max(0.0);
    let first = (behind / 86_400.0).ceil() as i64;
    (first..first + USUAL_DAYS)
        .filter_map(|days| {
            let ago = day.checked_mul(i32::try_from(days).ok()?)?;
            let start = window.start().checked_sub(ago).ok()?;
            Window::new(start, window.end().checked_sub(ago).ok()?).ok()
        })
        .filter(|of| of.start() >= known.start() && of.end() <= end)
        .collect()
}

/// Says what the next shift has to expect.
pub fn next_shift(from: &NextFrom<'_>) -> NextShift {
    let surface = from.surface;
    let made = &surface.provenance;
    let centres = surface.grid.centres();
    let counts = |i: &usize| (from.has_place)(centres[*i]);
    // A sum of nothing is −0.
    let expected = (0..centres.len())
        .filter(counts)
        .map(|i| surface.expected[i])
        .sum::<f64>()
        + 0.0;
    let at: Vec<Timestamp> = from.past.iter().map(|(at, _)| *at).collect();
    let known = from.known;
    let earlier = known.map_or_else(Vec::new, |known| earlier(made.window, known, &at));
    let in_each: Vec<u32> = earlier
        .iter()
        .map(|of| {
            let in_it =
                |(at, place): &&(Timestamp, Position)| of.contains(*at) && (from.has_place)(*place);
            u32::try_from(from.past.iter().filter(in_it).count()).unwrap_or(u32::MAX)
        })
        .collect();
    let mean = in_each.iter().map(|&n| f64::from(n)).sum::<f64>() / in_each.len().max(1) as f64;
    let law = match in_each.len() < FEWEST_SHIFTS {
        true => Law::Poisson,
        false => {
            let outcome = |&count: &u32| Outcome {
                mean,
                count,
                times: 1.0,
            };
            Law::fit(&in_each.iter().map(outcome).collect::<Vec<_>>())
        }
    };
    let order = Classes::of(surface).order;
    let top = order.into_iter().filter(counts).take(TOP);
    NextShift {
        shift: from.shift.clone(),
        window: made.window,
        model: made.model.clone(),
        expected,
        interval: law.interval(expected, INTERVAL),
        usual: earlier.first().map(|last| Usual {
            mean,
            shifts: earlier.len(),
            until: last.end(),
        }),
        data_until: made.look_back.end(),
        stale_days: surface.stale_days(),
        thin: surface.is_thin(),
        cells: top
            .filter(|&i| surface.expected[i] > 0.0)
            .map(|i| TopCell {
                cell: surface.grid.cells()[i],
                centre: centres[i],
                expected: surface.expected[i],
                interval: from.law.interval(surface.expected[i], INTERVAL),
                label: from.names.of_place(from.network, centres[i], STREET_WITHIN),
            })
            .collect(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_usual_ends_with_what_is_known() {
        let at = |text: &str| -> Timestamp { text.parse().unwrap() };
        let window = |from: &str, until: &str| Window::new(at(from), at(until)).unwrap();
        let night = window("2026-11-26T14:00:00Z", "2026-11-26T22:00:00Z");
        let known = window("2026-01-01T00:00:00Z", "2026-11-26T13:00:00Z");
        let every: Vec<Timestamp> = (0..400)
            .map(|days| known.end() - SignedDuration::from_hours(days * 24))
            .collect();
        let shifts = earlier(night, known, &every);
        assert_eq!(shifts.len(), 28);
        assert_eq!(shifts[0].end(), at("2026-11-25T22:00:00Z"));
        // Data that ended long ago, in the middle of a night.
        let old = window("2026-10-30T20:00:00Z", "2026-11-02T21:00:00Z");
        let shifts = earlier(night, old, &every);
        let ends: Vec<_> = shifts.iter().map(|of| of.end().to_string()).collect();
        assert_eq!(ends, ["2026-11-01T22:00:00Z", "2026-10-31T22:00:00Z"]);
        // What is yet to come is no past, whatever was imported.
        let ahead = window("2026-11-20T00:00:00Z", "2027-01-01T00:00:00Z");
        let latest = earlier(night, ahead, &every)[0];
        assert_eq!(latest.end(), at("2026-11-25T22:00:00Z"));
        // Ten days of which nothing came in are not ten quiet days; five are.
        let without = |from: &str, until: &str| -> Vec<Timestamp> {
            let gone = window(from, until);
            every
                .iter()
                .copied()
                .filter(|at| !gone.contains(*at))
                .collect()
        };
        let gap = without("2026-11-10T00:00:00Z", "2026-11-20T00:00:00Z");
        let shifts = earlier(night, known, &gap);
        assert_eq!(shifts.len(), 28);
        let missing = window("2026-11-10T14:00:00Z", "2026-11-19T13:00:00Z");
        assert!(shifts.iter().all(|of| of.overlap(missing).is_none()));
        // Data that end long before the night: the usual is that of the last nights they have.
        let ended = without("2026-10-31T23:00:00Z", "2026-11-27T00:00:00Z");
        let shifts = earlier(night, known, &ended);
        assert_eq!(shifts[0].end(), at("2026-10-30T22:00:00Z"));
        let quiet = without("2026-11-15T00:00:00Z", "2026-11-20T00:00:00Z");
        let shifts = earlier(night, known, &quiet);
        assert_eq!(shifts[27].end(), at("2026-10-29T22:00:00Z"));
    }
}
