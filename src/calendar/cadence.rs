//! Windows that come again and again, each forecast before it begins.

use jiff::civil::{Date, Time, Weekday};
use jiff::tz::TimeZone;
use jiff::{Timestamp, ToSpan};
use serde::{Deserialize, Serialize};

use crate::calendar::shift::Shift;
use crate::calendar::window::Window;

/// How often.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Cadence {
    /// Local weeks from Monday.
    Week,
    /// Each shift of each day.
    Shift,
}

impl Cadence {
    /// Its word in files and addresses.
    pub fn code(self) -> &'static str {
        match self {
            Self::Week => "week",
            Self::Shift => "shift",
        }
    }

    /// From its word.
    pub fn from_code(code: &str) -> Option<Self> {
        [Self::Week, Self::Shift]
            .into_iter()
            .find(|c| c.code() == code)
    }

    /// The windows that begin next, none of them before `now`: the coming week, or the
    /// shifts that begin within a day. Empty at the calendar's end.
    pub fn next(self, now: Timestamp, shifts: &[Shift], zone: &TimeZone) -> Vec<Window> {
        match self {
            Self::Week => next_week(now, zone).into_iter().collect(),
            Self::Shift => next_shifts(now, shifts, zone),
        }
    }
}

fn next_week(now: Timestamp, zone: &TimeZone) -> Option<Window> {
    let today = zone.to_datetime(now).date();
    let midnight = |day: Date| zone.to_timestamp(day.to_datetime(Time::midnight())).ok();
    let monday = if today.weekday() == Weekday::Monday && midnight(today)? >= now {
        today
    } else {
        today.nth_weekday(1, Weekday::Monday).ok()?
    };
    let end = monday.checked_add(1.week()).ok()?;
    Window::new(midnight(monday)?, midnight(end)?).ok()
}

fn next_shifts(now: Timestamp, shifts: &[Shift], zone: &TimeZone) -> Vec<Window> {
    let today = zone.to_datetime(now).date();
    let Ok(tomorrow) = today.tomorrow() else {
        return Vec::new();
    };
    let within_a_day = |w: &Window| {
        let ahead = w.start().as_second() - now.as_second();
        w.start() >= now && ahead < 86_400
    };
    let mut windows: Vec<Window> = [today, tomorrow]
        .into_iter()
        .flat_map(|day| {
            shifts
                .iter()
                .filter_map(move |s| s.window_on(day, zone).ok())
        })
        .filter(within_a_day)
        .collect();
    windows.sort_by_key(|w| w.start());
    windows
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(text: &str) -> Timestamp {
        text.parse().unwrap()
    }

    fn shanghai() -> TimeZone {
        TimeZone::get("Asia/Shanghai").unwrap()
    }

    #[test]
    fn the_coming_week_begins_on_monday_of_the_place() {
        let week = |now| Cadence::Week.next(at(now), &[], &shanghai())[0];
        // Thursday, and the last instant of Sunday.
        for now in ["2026-11-26T06:00:00Z", "2026-11-29T15:59:59.999Z"] {
            assert_eq!(week(now).start(), at("2026-11-29T16:00:00Z"));
            assert_eq!(week(now).end(), at("2026-12-06T16:00:00Z"));
        }
        // Monday's first instant is its own week; the next one is not.
        assert_eq!(
            week("2026-11-29T16:00:00Z").start(),
            at("2026-11-29T16:00:00Z")
        );
        assert_eq!(
            week("2026-11-29T16:00:00.001Z").start(),
            at("2026-12-06T16:00:00Z")
        );
        // A week in which the clocks change lasts 169 hours.
        let chicago = TimeZone::get("America/Chicago").unwrap();
        let long = Cadence::Week.next(at("2026-10-25T12:00:00Z"), &[], &chicago)[0];
        assert_eq!(long.length().0, 169.0 * 3600.0);
    }

    #[test]
    fn each_shift_is_named_once_before_it_begins() {
        let shifts = Shift::defaults();
        let windows = Cadence::Shift.next(at("2026-11-26T06:00:00Z"), &shifts, &shanghai());
        assert_eq!(windows.len(), shifts.len());
        let later = |w: &Window| w.start() >= at("2026-11-26T06:00:00Z");
        assert!(windows.iter().all(later) && windows.is_sorted_by_key(|w| w.start()));
    }

    #[test]
    fn words_are_read_back() {
        for cadence in [Cadence::Week, Cadence::Shift] {
            assert_eq!(Cadence::from_code(cadence.code()), Some(cadence));
        }
        assert_eq!(Cadence::from_code("month"), None);
    }
}
