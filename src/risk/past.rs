//! What every model starts from: the events that count, what each weighs, and by what
//! their weighted number must be multiplied to be the number expected in the window.
//!
//! # The numbers
//! An event counts where it lies in the look-back and in a wanted hour of the week. It
//! weighs `2^(−age/half-life)`, its age reckoned from the cut-off; 1 without a half-life.
//! The look-back's wanted time, weighted in the same way, is the exposure; so weighted
//! events over exposure is a rate, and
//!
//! `expected = weighted events / exposure × the window's wanted time × rhythm`.
//!
//! `rhythm` is the mean of [`Rhythm`] over the window's wanted hours: a night shift differs
//! from a Saturday afternoon. It is 1 in a window of a week or more (which has every hour
//! in it) and after a look-back of less than four weeks (which shows no weekly rhythm).
//! So a window as long as its look-back, all hours wanted, no half-life, has the factor
//! 1 exactly, and a count of it sums to the number of events, exactly.
//!
//! # Dates without a time
//! Where most events share one time of day (midnight, or noon), the source gave dates
//! only. Such an event is spread evenly over its local day: it weighs the wanted share of
//! that day's hours, and the rhythm is that of the days.

use std::collections::BTreeMap;

use jiff::{Timestamp, tz::TimeZone};
use rayon::prelude::*;

use crate::calendar::week::{HOURS, HourSet};
use crate::calendar::week_clock::WeekClock;
use crate::calendar::window::Window;
use crate::grid::hexgrid::HexGrid;
use crate::place::position::Position;
use crate::risk::model::{RiskError, RiskEvent, RiskQuestion};
use crate::risk::rhythm::Rhythm;

const DAY_MS: f64 = 86_400_000.0;
const WEEK_MS: f64 = 7.0 * DAY_MS;

/// A look-back shorter than this shows no rhythm of the week.
pub const SHORTEST_RHYTHM_MS: f64 = 4.0 * WEEK_MS;

/// A longer look-back or window is a slip of the pen.
const LONGEST_YEARS: f64 = 100.0;

/// Fewer events than this don't show that their times are mere dates.
const FEWEST_DATED: usize = 20;

/// The events that count, ready for a model.
#[derive(Debug, Clone, PartialEq)]
pub struct Past {
    /// Where each happened.
    pub positions: Vec<Position>,
    /// When each happened.
    pub at: Vec<Timestamp>,
    /// What each weighs; greater than 0, at most 1.
    pub weights: Vec<f64>,
    /// Whether most of them have a date only: their time of day says nothing.
    pub dates_only: bool,
    /// The look-back's wanted time, weighted as the events are, milliseconds.
    pub exposure_ms: f64,
    /// The look-back's wanted time by hour of the week, milliseconds.
    pub time_ms: [f64; HOURS],
    /// The window's wanted time by hour of the week, milliseconds; some is not 0.
    pub wanted_ms: [f64; HOURS],
    /// Weighted events times this are the events expected in the window.
    pub factor: f64,
    /// The same as if every hour of the week were alike.
    pub factor_without_rhythm: f64,
    /// How it was done, for the provenance.
    pub parameters: BTreeMap<String, String>,
}

impl Past {
    /// Chooses and weighs the events.
    ///
    /// # Errors
    /// [`RiskError::Parameter`] for a half-life that is no positive number,
    /// [`RiskError::TooLong`], [`RiskError::NoHours`].
    pub fn new(
        question: &RiskQuestion<'_>,
        events: &[RiskEvent],
        half_life_days: Option<f64>,
    ) -> Result<Self, RiskError> {
        if let Some(days) = half_life_days {
            positive("half_life_days", days)?;
        }
        for window in [question.look_back, question.window] {
            let years = window.length().0 / (365.25 * 86_400.0);
            if years > LONGEST_YEARS {
                return Err(RiskError::TooLong { years });
            }
        }
        let wanted = exposure(
            &WeekClock::new(question.zone, question.window),
            question.window,
            question.hours,
        );
        let wanted_ms: f64 = wanted.iter().sum();
        if wanted_ms <= 0.0 {
            return Err(RiskError::NoHours);
        }
        Ok(Self::weighed(question, events, half_life_days, &wanted))
    }

    /// Weight of the events in each cell of a grid, and how many events lie in it.
    pub fn by_cell(&self, grid: &HexGrid) -> (Vec<f64>, usize) {
        let cells: Vec<Option<usize>> = self
            .positions
            .par_iter()
            .map(|&position| grid.index_at(position))
            .collect();
        let mut weights = vec![0.0; grid.len()];
        let mut inside = 0;
        for (cell, weight) in cells.iter().zip(&self.weights) {
            if let Some(cell) = *cell {
                weights[cell] += weight;
                inside += 1;
            }
        }
        (weights, inside)
    }

    fn weighed(
        question: &RiskQuestion<'_>,
        events: &[RiskEvent],
        half_life_days: Option<f64>,
        wanted: &[f64; HOURS],
    ) -> Self {
        let (look_back, hours) = (question.look_back, question.hours);
        let clock = WeekClock::new(question.zone, look_back);
        let inside: Vec<RiskEvent> = events
            .par_iter()
            .copied()
            .filter(|event| look_back.contains(event.at))
            .filter(|event| !question.without.iter().any(|w| w.contains(event.at)))
            .collect();
        let holes = || question.without.iter().filter_map(|w| w.overlap(look_back));
        let dated = DatedOnly::find(&inside, &clock);
        let decay = Decay::new(look_back, half_life_days);

        let shares: Vec<[f64; 2]> = inside
            .par_iter()
            .map(|event| {
                let share = dated.wanted_share(event, &clock, hours);
                [share, share * decay.weight(event.at.as_millisecond())]
            })
            .collect();
        let counted = || {
            inside
                .iter()
                .zip(&shares)
                .filter(|(_, share)| share[1] > 0.0)
        };
        let (positions, weights) = counted().map(|(e, share)| (e.position, share[1])).unzip();
        let at = counted().map(|(event, _)| event.at).collect();

        let mut time = exposure(&clock, look_back, hours);
        for hole in holes() {
            for (time, unknown) in time.iter_mut().zip(exposure(&clock, hole, hours)) {
                *time = (*time - unknown).max(0.0);
            }
        }
        let rhythm = if decides_rhythm(look_back, question.window) {
            let mut counts = [0.0; HOURS];
            for (event, _) in counted() {
                dated.add_to(&mut counts, event, &clock, hours);
            }
            Some(Rhythm::fit(&counts, &time))
        } else {
            None
        };
        let rhythm_factor = rhythm.as_ref().map_or(1.0, |r| r.mean_over(wanted));
        let exposure_ms = match half_life_days {
            None => time.iter().sum(),
            Some(_) => {
                let unknown = holes().map(|hole| decay.exposure_ms(&clock, hole, hours));
                let all = decay.exposure_ms(&clock, look_back, hours);
                (all - unknown.sum::<f64>()).max(0.0)
            }
        };
        let wanted_ms: f64 = wanted.iter().sum();
        let factor_without_rhythm = if exposure_ms > 0.0 {
            wanted_ms / exposure_ms
        } else {
            0.0
        };

        let mut parameters = BTreeMap::new();
        let mut note = |name: &str, value: String| parameters.insert(name.into(), value);
        if let Some(days) = half_life_days {
            note("half_life_days", days.to_string());
        }
        note("rhythm_factor", format!("{rhythm_factor:.4}"));
        if dated.ms_of_day.is_some() {
            note(
                "time_of_day",
                "unknown: most events have a date only".into(),
            );
        }
        Self {
            positions,
            at,
            weights,
            dates_only: dated.ms_of_day.is_some(),
            exposure_ms,
            time_ms: time,
            wanted_ms: *wanted,
            factor: factor_without_rhythm * rhythm_factor,
            factor_without_rhythm,
            parameters,
        }
    }
}

/// Whether most events have a date but no time of day.
pub fn dates_only(events: &[RiskEvent], zone: &TimeZone) -> bool {
    let first = events.iter().map(|event| event.at).min();
    let last = events.iter().map(|event| event.at).max();
    let span = first.zip(last).and_then(|(a, b)| Window::new(a, b).ok());
    span.is_some_and(|span| {
        DatedOnly::find(events, &WeekClock::new(zone, span))
            .ms_of_day
            .is_some()
    })
}

/// Checks a parameter.
///
/// # Errors
/// [`RiskError::Parameter`] where it is not finite and greater than 0.
pub fn positive(name: &str, value: f64) -> Result<f64, RiskError> {
    if value.is_finite() && value > 0.0 {
        Ok(value)
    } else {
        Err(RiskError::Parameter {
            name: name.into(),
            value,
        })
    }
}

fn exposure(clock: &WeekClock, window: Window, hours: &HourSet) -> [f64; HOURS] {
    clock.exposure_ms(window, hours).map(|ms| ms as f64)
}

fn decides_rhythm(look_back: Window, window: Window) -> bool {
    look_back.length().0 * 1000.0 >= SHORTEST_RHYTHM_MS && window.length().0 * 1000.0 < WEEK_MS
}

/// Exponential forgetting.
struct Decay {
    end_ms: i64,
    half_life_ms: Option<f64>,
}

impl Decay {
    fn new(look_back: Window, half_life_days: Option<f64>) -> Self {
        Self {
            end_ms: look_back.end().as_millisecond(),
            half_life_ms: half_life_days.map(|days| days * DAY_MS),
        }
    }

    fn weight(&self, at_ms: i64) -> f64 {
        self.half_life_ms.map_or(1.0, |half_life| {
            (-((self.end_ms - at_ms) as f64) / half_life).exp2()
        })
    }

    /// Weighted milliseconds of the wanted hours.
    fn exposure_ms(&self, clock: &WeekClock, look_back: Window, hours: &HourSet) -> f64 {
        let Some(half_life) = self.half_life_ms else {
            return clock.exposure_ms(look_back, hours).iter().sum::<i64>() as f64;
        };
        let mean_life = half_life / std::f64::consts::LN_2;
        clock
            .pieces(look_back)
            .filter(|piece| hours.contains(piece.hour))
            .map(|piece| {
                let length = piece.length_ms() as f64;
                -mean_life * self.weight(piece.end_ms) * (-length / mean_life).exp_m1()
            })
            .sum()
    }
}

/// The time of day that stands for "time unknown", where there is one.
struct DatedOnly {
    ms_of_day: Option<i64>,
}

impl DatedOnly {
    fn find(events: &[RiskEvent], clock: &WeekClock) -> Self {
        let mut times: Vec<(i64, i64)> = events
            .par_iter()
            .map(|event| (clock.ms_of_day(event.at), event.at.as_second()))
            .collect();
        times.par_sort_unstable();
        let most_common = times.chunk_by(|a, b| a.0 == b.0).max_by_key(|c| c.len());
        let ms_of_day = most_common
            .filter(|chunk| chunk.len() >= FEWEST_DATED && chunk.len() * 2 > events.len())
            .filter(|chunk| chunk.first().map(|t| t.1) != chunk.last().map(|t| t.1))
            .map(|chunk| chunk[0].0);
        Self { ms_of_day }
    }

    fn is_dated(&self, event: &RiskEvent, clock: &WeekClock) -> bool {
        self.ms_of_day
            .is_some_and(|ms| clock.ms_of_day(event.at) == ms)
    }

    /// Which part of the event lies in wanted hours.
    fn wanted_share(&self, event: &RiskEvent, clock: &WeekClock, hours: &HourSet) -> f64 {
        let hour = clock.hour_of_week(event.at);
        if self.is_dated(event, clock) {
            let wanted = hours_of_day(hour).filter(|&h| hours.contains(h)).count();
            wanted as f64 / 24.0
        } else if hours.contains(hour) {
            1.0
        } else {
            0.0
        }
    }

    fn add_to(
        &self,
        counts: &mut [f64; HOURS],
        event: &RiskEvent,
        clock: &WeekClock,
        hours: &HourSet,
    ) {
        let hour = clock.hour_of_week(event.at);
        if self.is_dated(event, clock) {
            for h in hours_of_day(hour).filter(|&h| hours.contains(h)) {
                counts[h] += 1.0 / 24.0;
            }
        } else {
            counts[hour] += 1.0;
        }
    }
}

fn hours_of_day(hour: usize) -> std::ops::Range<usize> {
    let first = hour / 24 * 24;
    first..first + 24
}

#[cfg(test)]
#[path = "past_tests.rs"]
mod tests;
