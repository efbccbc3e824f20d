//! Shifts 班次: named stretches of the local day; the table is the workspace's.

use jiff::{civil, tz::TimeZone};
use serde::{Deserialize, Serialize};
use thiserror::Error;

use crate::calendar::window::Window;

/// One shift of the day.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Shift {
    /// `early`, `late`, `night` by default.
    pub id: String,
    /// English name.
    pub name_en: String,
    /// Chinese name.
    pub name_zh: String,
    /// Local time at which it starts.
    pub start: civil::Time,
    /// Local time at which it ends; on the next day where not after `start`.
    pub end: civil::Time,
}

/// A shift that has no instant on a day (a clock change swallowed it, a date out of range).
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[error("shift {shift} can't be placed on {date}")]
pub struct ShiftError {
    /// Its id.
    pub shift: String,
    /// The day asked for.
    pub date: civil::Date,
}

impl Shift {
    /// The window of the shift that starts on the given local day.
    ///
    /// # Errors
    /// [`ShiftError`] at the calendar's edges.
    pub fn window_on(&self, date: civil::Date, zone: &TimeZone) -> Result<Window, ShiftError> {
        let fail = || ShiftError {
            shift: self.id.clone(),
            date,
        };
        let last = if self.end > self.start {
            date
        } else {
            date.tomorrow().map_err(|_| fail())?
        };
        let at = |date: civil::Date, time| {
            zone.to_timestamp(date.to_datetime(time))
                .map_err(|_| fail())
        };
        Window::new(at(date, self.start)?, at(last, self.end)?).map_err(|_| fail())
    }

    /// Early 06–14, late 14–22, night 22–06: what a new workspace starts with.
    pub fn defaults() -> Vec<Self> {
        let shift = |id: &str, en: &str, zh: &str, start: i8, end: i8| Self {
            id: id.into(),
            name_en: en.into(),
            name_zh: zh.into(),
            start: civil::time(start, 0, 0, 0),
            end: civil::time(end, 0, 0, 0),
        };
        vec![
            shift("early", "early shift", "早班", 6, 14),
            shift("late", "late shift", "中班", 14, 22),
            shift("night", "night shift", "夜班", 22, 6),
        ]
    }
}
