//! Which shifts are simulated: so many days from the first, all shifts of the day or one.

use jiff::civil::Date;
use jiff::{Span, tz::TimeZone};

use crate::app::simulate::error::SimulateError;
use crate::calendar::shift::Shift;
use crate::calendar::text::parse_window;
use crate::calendar::window::Window;
use crate::patrol::simulator::pose::ShiftTime;

/// More days are a slip of the pen.
pub const MOST_DAYS: u32 = 366;

/// Longer, and the window would overlap the next day's.
const A_DAY_S: f64 = 86_400.0;

/// The simulated time and its shifts, in order.
#[derive(Debug, Clone, PartialEq)]
pub struct SimulatedTime {
    /// From the first shift's start to the last one's end.
    pub period: Window,
    /// The shifts.
    pub shifts: Vec<ShiftTime>,
}

impl SimulatedTime {
    /// So many days from `first`. `window` is a shift, `SHIFT@DATE` or `START/END`, at the
    /// same local time every day; none: all shifts of the table.
    ///
    /// # Errors
    /// [`SimulateError::Days`], [`SimulateError::Window`], [`SimulateError::LongWindow`],
    /// [`SimulateError::Calendar`].
    pub fn of(
        first: Date,
        days: u32,
        window: Option<&str>,
        table: &[Shift],
        zone: &TimeZone,
    ) -> Result<Self, SimulateError> {
        if !(1..=MOST_DAYS).contains(&days) {
            return Err(SimulateError::Days(days));
        }
        let days = i64::from(days);
        let mut shifts = Vec::new();
        match window {
            Some(text) => {
                let window = parse_window(text, table, zone, first)?;
                if window.length().0 > A_DAY_S + 3600.0 {
                    return Err(SimulateError::LongWindow);
                }
                for day in 0..days {
                    let window = days_later(window, day, zone)?;
                    shifts.push(ShiftTime { kind: 0, window });
                }
            }
            None => {
                for day in 0..days {
                    let date = first.checked_add(Span::new().days(day));
                    let date = date.map_err(|_| SimulateError::Calendar)?;
                    for (kind, shift) in table.iter().enumerate() {
                        let window = shift.window_on(date, zone);
                        let window = window.map_err(|_| SimulateError::Calendar)?;
                        shifts.push(ShiftTime { kind, window });
                    }
                }
            }
        }
        shifts.sort_by_key(|shift| (shift.window.start(), shift.kind));
        let start = shifts.iter().map(|s| s.window.start()).min();
        let end = shifts.iter().map(|s| s.window.end()).max();
        let (Some(start), Some(end)) = (start, end) else {
            return Err(SimulateError::NoShifts);
        };
        let period = Window::new(start, end).map_err(|_| SimulateError::Calendar)?;
        Ok(Self { period, shifts })
    }
}

/// The same local times some days later.
fn days_later(window: Window, days: i64, zone: &TimeZone) -> Result<Window, SimulateError> {
    let later = |at: jiff::Timestamp| {
        let local = zone.to_datetime(at).checked_add(Span::new().days(days));
        local.and_then(|local| zone.to_timestamp(local))
    };
    let ends = later(window.start()).and_then(|start| Ok((start, later(window.end())?)));
    let (start, end) = ends.map_err(|_| SimulateError::Calendar)?;
    Window::new(start, end).map_err(|_| SimulateError::Calendar)
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;

    use super::*;

    fn of(days: u32, window: Option<&str>) -> Result<SimulatedTime, SimulateError> {
        let zone = TimeZone::get("America/Chicago").unwrap();
        SimulatedTime::of(date(2010, 3, 12), days, window, &Shift::defaults(), &zone)
    }

    #[test]
    fn all_shifts_or_one_every_day_at_its_local_time() {
        // The clocks go forward on the 14th.
        let all = of(3, None).unwrap();
        assert_eq!(all.shifts.len(), 9);
        assert!(
            all.shifts
                .windows(2)
                .all(|w| w[0].window.end() == w[1].window.start())
        );
        assert_eq!(all.period.start().to_string(), "2010-03-12T12:00:00Z");
        assert_eq!(all.period.end().to_string(), "2010-03-15T11:00:00Z");
        let nights = of(3, Some("night")).unwrap();
        assert_eq!(nights.shifts.len(), 3);
        assert!(nights.shifts.iter().all(|s| s.kind == 0));
        let lengths: Vec<f64> = nights.shifts.iter().map(|s| s.window.length().0).collect();
        assert_eq!(lengths, [28_800.0, 25_200.0, 28_800.0]);
        let dated = of(2, Some("late@2010-05-01")).unwrap();
        assert_eq!(dated.period.start().to_string(), "2010-05-01T19:00:00Z");
        let plain = of(2, Some("2010-05-01T20:00/2010-05-02T02:00")).unwrap();
        assert_eq!(
            plain.shifts[1].window.start().to_string(),
            "2010-05-03T01:00:00Z"
        );
    }

    #[test]
    fn nonsense_is_refused() {
        assert!(matches!(of(0, None), Err(SimulateError::Days(0))));
        assert!(matches!(of(367, None), Err(SimulateError::Days(367))));
        assert!(matches!(of(1, Some("noon")), Err(SimulateError::Window(_))));
        let long = Some("2010-05-01/2010-05-03");
        assert!(matches!(of(1, long), Err(SimulateError::LongWindow)));
        let zone = TimeZone::UTC;
        let none = SimulatedTime::of(date(2010, 3, 12), 1, None, &[], &zone);
        assert!(matches!(none, Err(SimulateError::NoShifts)));
        let late = SimulatedTime::of(date(9999, 12, 30), 5, None, &Shift::defaults(), &zone);
        assert!(matches!(late, Err(SimulateError::Calendar)));
    }
}
