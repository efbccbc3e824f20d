//! Windows that follow one another: weeks, months, every shift.

use jiff::civil::Date;
use jiff::tz::TimeZone;
use jiff::{Span, ToSpan};
use thiserror::Error;

use crate::calendar::shift::Shift;
use crate::calendar::window::Window;

/// More windows than this are a slip of the pen.
const MOST: usize = 20_000;

/// How long each window lasts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Step {
    /// So many days.
    Days(u16),
    /// So many months of the calendar.
    Months(u16),
    /// Each shift of each day.
    Shift,
}

/// Why there are no windows.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum StepError {
    /// No length of a window.
    #[error("{0:?} is no window: write 1w, 2w, 1m, 2m, 3m, 30d or shift")]
    Text(String),
    /// The first window would end after the last day.
    #[error("no whole window lies from {from} to {to}")]
    None {
        /// First day.
        from: Date,
        /// The day after the last.
        to: Date,
    },
    /// Too many.
    #[error(
        "more than {MOST} windows lie from {from} to {to}: choose longer windows or fewer days"
    )]
    TooMany {
        /// First day.
        from: Date,
        /// The day after the last.
        to: Date,
    },
}

impl std::str::FromStr for Step {
    type Err = StepError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let refuse = || StepError::Text(text.to_owned());
        if text == "shift" {
            return Ok(Self::Shift);
        }
        let (digits, unit) =
            text.split_at(text.len() - text.chars().next_back().map_or(0, char::len_utf8));
        let count: u16 = digits.parse().map_err(|_| refuse())?;
        match (count, unit) {
            (1..=1000, "d") => Ok(Self::Days(count)),
            (1..=104, "w") => Ok(Self::Days(count * 7)),
            (1..=60, "m") => Ok(Self::Months(count)),
            _ => Err(refuse()),
        }
    }
}

impl Step {
    /// The whole windows within local days `[from, to)`, one after another.
    ///
    /// # Errors
    /// [`StepError::None`], [`StepError::TooMany`].
    pub fn windows(
        self,
        from: Date,
        to: Date,
        shifts: &[Shift],
        zone: &TimeZone,
    ) -> Result<Vec<Window>, StepError> {
        let mut windows = Vec::new();
        let mut day = from;
        while day < to {
            let Ok(next) = day.checked_add(self.span()) else {
                break;
            };
            match self {
                Self::Shift => {
                    let mut of_day: Vec<Window> = shifts
                        .iter()
                        .filter_map(|shift| shift.window_on(day, zone).ok())
                        .collect();
                    of_day.sort_by_key(|w| w.start());
                    windows.extend(of_day);
                }
                Self::Days(_) | Self::Months(_) if next <= to => {
                    windows.extend(between(day, next, zone));
                }
                _ => {}
            }
            if windows.len() > MOST {
                return Err(StepError::TooMany { from, to });
            }
            day = next;
        }
        if self == Self::Shift {
            let end = midnight(to, zone);
            windows.retain(|w| end.is_some_and(|end| w.end() <= end));
        }
        if windows.is_empty() {
            return Err(StepError::None { from, to });
        }
        Ok(windows)
    }

    fn span(self) -> Span {
        match self {
            Self::Days(days) => i64::from(days).days(),
            Self::Months(months) => i64::from(months).months(),
            Self::Shift => 1.day(),
        }
    }
}

fn between(first: Date, last: Date, zone: &TimeZone) -> Option<Window> {
    Window::new(midnight(first, zone)?, midnight(last, zone)?).ok()
}

fn midnight(day: Date, zone: &TimeZone) -> Option<jiff::Timestamp> {
    zone.to_timestamp(day.to_datetime(jiff::civil::Time::midnight()))
        .ok()
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;

    use super::*;

    fn found(step: &str, from: Date, to: Date) -> Vec<Window> {
        let zone = TimeZone::get("America/Chicago").unwrap();
        let step: Step = step.parse().unwrap();
        step.windows(from, to, &Shift::defaults(), &zone).unwrap()
    }

    #[test]
    fn windows_tile_the_days() {
        for (step, count) in [("1w", 12), ("2w", 6), ("1m", 2), ("2m", 1), ("30d", 2)] {
            let windows = found(step, date(2010, 2, 1), date(2010, 4, 26));
            assert_eq!(windows.len(), count, "{step}");
            assert!(windows.windows(2).all(|w| w[0].end() == w[1].start()));
        }
        // Over a clock change a day of three shifts still has three.
        let shifts = found("shift", date(2010, 3, 13), date(2010, 3, 16));
        assert_eq!(shifts.len(), 8, "the last night ends after the last day");
        assert!(shifts.windows(2).all(|w| w[0].end() == w[1].start()));
    }

    #[test]
    fn nonsense_is_refused() {
        for text in ["", "w", "0w", "1y", "-1w", "1e9m", "周", "9999d"] {
            assert!(text.parse::<Step>().is_err(), "{text}");
        }
        let zone = TimeZone::UTC;
        let none = Step::Months(3).windows(date(2010, 1, 1), date(2010, 2, 1), &[], &zone);
        assert!(matches!(none, Err(StepError::None { .. })));
        let many = Step::Days(1).windows(date(1, 1, 1), date(9999, 1, 1), &[], &zone);
        assert!(matches!(many, Err(StepError::TooMany { .. })));
    }
}
