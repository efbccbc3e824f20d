//! The past as a point process on cells: when and where, on a clock that runs only in the
//! wanted hours.
//!
//! Time is in days of 86,400 s of wanted time since the look-back's start. An event covers
//! a stretch of it: none where its instant is known; its whole local day where the source
//! gave dates only. It can be triggered by events whose stretch is over when its own
//! begins, never by one of the same instant or the same day.

use jiff::SignedDuration;
use rayon::prelude::*;

use crate::calendar::week::{HOURS, HourSet};
use crate::calendar::week_clock::WeekClock;
use crate::calendar::window::Window;
use crate::risk::model::RiskQuestion;
use crate::risk::past::Past;

const DAY_MS: f64 = 86_400_000.0;
const DAY: i64 = 86_400_000;

/// One event of the process.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Happening {
    /// Cell of the grid.
    pub cell: u32,
    /// Hour of the week; the first of its day where only the date is known.
    pub hour: u8,
    /// Where its stretch begins, days.
    pub start: f64,
    /// How long its stretch is, days; 0 where its instant is known.
    pub length: f64,
    /// How much of an event it is: the wanted share of its day, or 1.
    pub share: f64,
    /// What it weighs in the fit: `share`, less what has been forgotten.
    pub weight: f64,
}

/// Events in the grid, ascending by start.
#[derive(Debug, Clone, PartialEq)]
pub struct History {
    /// Ascending by `start`.
    pub happenings: Vec<Happening>,
    /// Whether only dates are known.
    pub dates_only: bool,
    /// Wanted days of the look-back.
    pub length: f64,
    /// The same, weighted as the events are.
    pub exposure: f64,
    /// Forgetting, per wanted day: a weight is `e^(−forgetting · age)`.
    pub forgetting: f64,
    /// Wanted days by hour of the week.
    pub time: [f64; HOURS],
}

impl History {
    /// Prepares what [`Past`] has chosen.
    pub fn new(question: &RiskQuestion<'_>, past: &Past, half_life_days: Option<f64>) -> Self {
        let look_back = question.look_back;
        let clock = WeekClock::new(question.zone, look_back);
        let wanted = WantedTime::new(&clock, look_back, question.hours, question.without);
        let end_ms = look_back.end().as_millisecond();
        let mut happenings: Vec<(i64, usize, Happening)> = (0..past.at.len())
            .into_par_iter()
            .filter_map(|i| {
                let cell = question.grid.index_at(past.positions[i])? as u32;
                let (at, ms) = (past.at[i], past.at[i].as_millisecond());
                let forgotten = half_life_days.map_or(1.0, |days| {
                    (-((end_ms - ms) as f64) / (days * DAY_MS)).exp2()
                });
                let hour = clock.hour_of_week(at);
                let (first, stretch) = if past.dates_only {
                    // The day begins at local midnight; where the clocks change the other
                    // end is an hour off, which wanted time of whole days forgives.
                    let midnight = at
                        .checked_sub(SignedDuration::from_millis(clock.ms_of_day(at)))
                        .map_or(ms, |m| m.as_millisecond());
                    (
                        midnight,
                        [wanted.days(midnight), wanted.days(midnight + DAY)],
                    )
                } else {
                    (ms, [wanted.days(ms); 2])
                };
                let happening = Happening {
                    cell,
                    hour: if past.dates_only {
                        hour / 24 * 24
                    } else {
                        hour
                    } as u8,
                    start: stretch[0],
                    length: stretch[1] - stretch[0],
                    share: (past.weights[i] / forgotten).min(1.0),
                    weight: past.weights[i],
                };
                Some((first, i, happening))
            })
            .collect();
        happenings.par_sort_by_key(|&(first, i, _)| (first, i));
        let length = past.time_ms.iter().sum::<f64>() / DAY_MS;
        let wall_days = look_back.length().0 / 86_400.0;
        Self {
            happenings: happenings.into_iter().map(|h| h.2).collect(),
            dates_only: past.dates_only,
            length,
            exposure: past.exposure_ms / DAY_MS,
            forgetting: half_life_days.map_or(0.0, |days| {
                std::f64::consts::LN_2 / days * wall_days / length.max(1e-9)
            }),
            time: past.time_ms.map(|ms| ms / DAY_MS),
        }
    }

    /// Whether an event is over when another begins, so that it may have triggered it.
    pub fn is_over(&self, source: &Happening, target: &Happening) -> bool {
        if self.dates_only {
            source.start + source.length <= target.start
        } else {
            source.start < target.start
        }
    }

    /// The hours of the week that an event may have been in, from its [`Happening::hour`].
    pub fn hours_of(&self, hour: u8) -> std::ops::Range<usize> {
        let hour = usize::from(hour);
        if self.dates_only {
            hour..(hour + 24).min(HOURS)
        } else {
            hour..hour + 1
        }
    }
}

/// Wanted time since the look-back's start; what is in quarantine is none.
struct WantedTime {
    /// Wanted stretches: from, to (milliseconds since 1970), wanted milliseconds before.
    stretches: Vec<[i64; 3]>,
}

impl WantedTime {
    fn new(clock: &WeekClock, look_back: Window, hours: &HourSet, without: &[Window]) -> Self {
        let mut stretches: Vec<[i64; 3]> = Vec::new();
        let mut before = 0;
        for known in known(look_back, without) {
            for piece in clock.pieces(known).filter(|p| hours.contains(p.hour)) {
                match stretches.last_mut() {
                    Some(last) if last[1] == piece.start_ms => last[1] = piece.end_ms,
                    _ => stretches.push([piece.start_ms, piece.end_ms, before]),
                }
                before += piece.length_ms();
            }
        }
        Self { stretches }
    }

    fn days(&self, ms: i64) -> f64 {
        let after = self.stretches.partition_point(|s| s[0] <= ms);
        let wanted = after.checked_sub(1).map_or(0, |i| {
            let [from, to, before] = self.stretches[i];
            before + ms.min(to) - from
        });
        wanted as f64 / DAY_MS
    }
}

/// What is left of a look-back without some stretches, which may be in any order.
fn known(look_back: Window, without: &[Window]) -> Vec<Window> {
    let mut left = vec![look_back];
    for out in without {
        left = left
            .into_iter()
            .flat_map(|part| {
                let before = Window::new(part.start(), part.end().min(out.start()));
                let after = Window::new(part.start().max(out.end()), part.end());
                [before, after].into_iter().flatten()
            })
            .collect();
    }
    left
}
