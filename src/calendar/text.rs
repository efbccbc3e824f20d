//! Windows and hours as people write them at the prompt and in a URL.
//!
//! A window: `START/END` in ISO 8601, each with or without an offset (without one it is local time;
//! a date alone is its midnight), a shift by its id, or `SHIFT@DATE`. Hours: `22-6` on every
//! day, or hours of the week with commas between.

use jiff::{Timestamp, civil, tz::TimeZone};
use thiserror::Error;

use crate::calendar::shift::Shift;
use crate::calendar::week::{HOURS, HourSet};
use crate::calendar::window::Window;

/// A text that names no window.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[error(
    "{text:?} is no window ({why}); write START/END in ISO 8601{}", or_a_shift(.shifts)
)]
pub struct WindowTextError {
    /// As given.
    pub text: String,
    /// What is wrong.
    pub why: String,
    /// Ids of the known shifts.
    pub shifts: String,
}

/// Where there are shifts, a window may be one of them.
fn or_a_shift(shifts: &str) -> String {
    match shifts.is_empty() {
        true => String::new(),
        false => format!(", a shift ({shifts}), or SHIFT@DATE like night@2026-11-25"),
    }
}

/// Reads `START/END` (ISO 8601; without an offset: local time), `SHIFT` (the one that
/// starts on `today`) or `SHIFT@DATE`. A local time that a clock change skips is moved
/// forward by the gap; one that comes twice is the first.
///
/// # Errors
/// [`WindowTextError`].
pub fn parse_window(
    text: &str,
    shifts: &[Shift],
    zone: &TimeZone,
    today: civil::Date,
) -> Result<Window, WindowTextError> {
    let wanted = text.trim();
    let window = match wanted.split_once('/') {
        Some((start, end)) => between(start, end, zone),
        None => of_shift(wanted, shifts, zone, today),
    };
    window.map_err(|why| WindowTextError {
        text: text.into(),
        why,
        shifts: shifts
            .iter()
            .map(|shift| shift.id.as_str())
            .collect::<Vec<_>>()
            .join(", "),
    })
}

/// A text that names no hours.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[error(
    "{0:?} names no hours; write FROM-TO in hours of the day like 22-6, or hours of the week from 0 (Monday 00:00) to 167 with commas between"
)]
pub struct HoursTextError(pub String);

/// Reads `FROM-TO`, hours of every day, the second not included (`22-6` goes over
/// midnight, `0-24` is all), or hours of the week like `0,1,2`.
///
/// # Errors
/// [`HoursTextError`].
pub fn parse_hours(text: &str) -> Result<HourSet, HoursTextError> {
    let fail = || HoursTextError(text.into());
    let number = |text: &str, most: usize| match text.trim().parse::<usize>() {
        Ok(hour) if hour <= most => Ok(hour),
        _ => Err(fail()),
    };
    let Some((from, to)) = text.split_once('-') else {
        return text.split(',').map(|h| number(h, HOURS - 1)).collect();
    };
    let (from, to) = (number(from, 23)?, number(to, 24)?);
    if from == to {
        return Err(fail());
    }
    let wanted = |hour: usize| {
        if from < to {
            (from..to).contains(&hour)
        } else {
            hour >= from || hour < to
        }
    };
    Ok((0..HOURS).filter(|h| wanted(h % 24)).collect())
}

/// Reads an instant with its offset, a local date and time, or a local date (its midnight).
/// A blank may stand for the `T` and, where that is there already, for a `+` that was not
/// escaped in an address.
///
/// # Errors
/// What is wrong, as the end of a sentence.
pub fn parse_instant(text: &str, zone: &TimeZone) -> Result<Timestamp, String> {
    let text = text.trim();
    let with_t = if text.contains(['T', 't']) {
        text.to_owned()
    } else {
        text.replacen(' ', "T", 1)
    };
    let written = with_t.replace(' ', "+");
    if let Ok(at) = written.parse::<Timestamp>() {
        return Ok(at);
    }
    let local: civil::DateTime = written
        .parse()
        .map_err(|_| format!("{text:?} is not a date and time"))?;
    zone.to_timestamp(local)
        .map_err(|_| format!("{text:?} is out of range"))
}

fn between(start: &str, end: &str, zone: &TimeZone) -> Result<Window, String> {
    let window = Window::new(parse_instant(start, zone)?, parse_instant(end, zone)?);
    // As they were written they are in the sentence already.
    window.map_err(|_| "it must end after it starts".to_owned())
}

fn of_shift(
    text: &str,
    shifts: &[Shift],
    zone: &TimeZone,
    today: civil::Date,
) -> Result<Window, String> {
    let (id, date) = match text.split_once('@') {
        Some((id, date)) => {
            let date = date.trim();
            let parsed = date.parse::<civil::Date>();
            (
                id.trim(),
                parsed.map_err(|_| format!("{date:?} is not a date"))?,
            )
        }
        None => (text, today),
    };
    let Some(shift) = shifts.iter().find(|shift| shift.id == id) else {
        return Err(if id.is_empty() {
            "it is empty".into()
        } else {
            format!("there is no shift {id:?}")
        });
    };
    shift
        .window_on(date, zone)
        .map_err(|fault| fault.to_string())
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;
    use proptest::prelude::*;

    use super::*;

    fn zone(name: &str) -> TimeZone {
        TimeZone::get(name).unwrap()
    }

    fn parse(text: &str, zone_name: &str) -> Result<Window, WindowTextError> {
        let today = date(2026, 11, 25);
        parse_window(text, &Shift::defaults(), &zone(zone_name), today)
    }

    fn shown(text: &str, zone_name: &str) -> String {
        let w = parse(text, zone_name).unwrap();
        format!("{} {}", w.start(), w.end())
    }

    #[test]
    fn start_and_end() {
        let expected = "2026-10-31T14:00:00Z 2026-10-31T22:00:00Z";
        for text in [
            "2026-10-31T22:00:00+08:00/2026-11-01T06:00:00+08:00",
            "2026-10-31T14:00:00Z/2026-10-31T22:00:00Z",
            "2026-10-31T22:00/2026-11-01T06:00",
            " 2026-10-31 22:00 / 2026-11-01T06:00:00 ",
            "2026-10-31T22:00/2026-10-31T22:00:00Z",
            // A `+` that was not escaped in an address.
            "2026-10-31T22:00:00 08:00/2026-11-01T06:00 08:00",
            "2026-10-31 22:00 08:00/2026-11-01 06:00",
        ] {
            assert_eq!(shown(text, "Asia/Shanghai"), expected, "{text}");
        }
        assert_eq!(
            shown("2026-10-31/2026-11-01", "Asia/Shanghai"),
            "2026-10-30T16:00:00Z 2026-10-31T16:00:00Z"
        );
    }

    #[test]
    fn where_there_are_no_shifts_none_are_offered() {
        let text = "2026-10-31T23:00/2026-10-31T22:00";
        let fault = parse_window(text, &[], &zone("Asia/Shanghai"), date(2026, 11, 25));
        let said = fault.unwrap_err().to_string();
        assert!(
            !said.contains("()") && !said.contains("SHIFT@DATE"),
            "{said}"
        );
        // As it was written, not in another zone.
        assert!(said.contains("it must end after it starts"), "{said}");
        assert!(!said.contains("15:00"), "{said}");
    }

    #[test]
    fn an_instant_is_read_the_same_with_blanks() {
        let zone = zone("Asia/Shanghai");
        let want = Ok("2026-10-31T14:00:00Z".parse().unwrap());
        for text in [
            "2026-10-31T22:00:00+08:00",
            "2026-10-31T22:00:00 08:00",
            "2026-10-31 22:00:00 08:00",
            "2026-10-31T14:00:00Z",
            "2026-10-31T22:00",
            " 2026-10-31 22:00 ",
        ] {
            assert_eq!(parse_instant(text, &zone), want, "{text}");
        }
        let midnight = Ok("2026-10-30T16:00:00Z".parse().unwrap());
        assert_eq!(parse_instant("2026-10-31", &zone), midnight);
        assert!(parse_instant("yesterday", &zone).is_err());
    }

    #[test]
    fn a_night_goes_over_midnight() {
        let night = "2026-11-25T14:00:00Z 2026-11-25T22:00:00Z";
        assert_eq!(shown("night", "Asia/Shanghai"), night);
        assert_eq!(shown("night@2026-11-25", "Asia/Shanghai"), night);
        assert_eq!(
            shown("night@2026-12-31", "Asia/Shanghai"),
            "2026-12-31T14:00:00Z 2026-12-31T22:00:00Z"
        );
        assert_eq!(
            shown("early@2026-11-26", "Asia/Shanghai"),
            "2026-11-25T22:00:00Z 2026-11-26T06:00:00Z"
        );
    }

    #[test]
    fn clock_changes() {
        let hours = |text: &str| parse(text, "America/Chicago").unwrap().length().0 / 3600.0;
        assert_eq!(hours("night@2010-03-13"), 7.0);
        assert_eq!(hours("night@2010-11-06"), 9.0);
        assert_eq!(hours("night@2010-11-07"), 8.0);
        assert_eq!(hours("2010-03-14/2010-03-15"), 23.0);
        // 02:30 does not exist on that day: it is taken as 03:30.
        assert_eq!(
            shown("2010-03-14T02:30/2010-03-14T04:00", "America/Chicago"),
            "2010-03-14T08:30:00Z 2010-03-14T09:00:00Z"
        );
        // 01:30 comes twice: the first.
        assert_eq!(
            shown("2010-11-07T01:30/2010-11-07T03:00", "America/Chicago"),
            "2010-11-07T06:30:00Z 2010-11-07T09:00:00Z"
        );
    }

    #[test]
    fn what_is_wrong_is_said() {
        for (text, why) in [
            ("", "it is empty"),
            ("dawn", "no shift \"dawn\""),
            ("night@tomorrow", "\"tomorrow\" is not a date"),
            ("night@2026-02-30", "\"2026-02-30\" is not a date"),
            ("2026-10-31/x", "\"x\" is not a date and time"),
            ("2026-10-31/2026-10-31", "must end after it starts"),
            ("2026-10-31/2026-10-30", "must end after it starts"),
            ("night@9999-12-31", "can't be placed"),
            ("9999-12-31T23:59/9999-12-31T23:59:59", "out of range"),
            ("2026-10-31", "no shift"),
            ("a/b/c", "\"a\" is not"),
        ] {
            let fault = parse(text, "America/Chicago").unwrap_err();
            assert!(fault.why.contains(why), "{text}: {}", fault.why);
            assert_eq!(fault.shifts, "early, late, night");
        }
    }

    #[test]
    fn hours_of_the_day_and_of_the_week() {
        let hours = |text: &str| parse_hours(text).map(|set| set.hours().collect::<Vec<_>>());
        assert_eq!(hours("0, 5,167"), Ok(vec![0, 5, 167]));
        assert_eq!(hours("0-24").unwrap().len(), HOURS);
        let night = hours("22-6").unwrap();
        assert_eq!(night.len(), 7 * 8);
        assert!(night.iter().all(|h| h % 24 >= 22 || h % 24 < 6));
        assert_eq!(
            hours("8-9").unwrap(),
            (0..7).map(|d| d * 24 + 8).collect::<Vec<_>>()
        );
        for bad in [
            "", "168", "-1", "5-5", "24-3", "6-25", "a-b", "1,,2", "22-6-7", "1.5",
        ] {
            assert_eq!(hours(bad), Err(HoursTextError(bad.into())));
        }
    }

    proptest! {
        #[test]
        fn any_text_is_answered(text in "\\PC{0,40}") {
            let _ = parse(&text, "America/Chicago");
            let _ = parse_hours(&text);
        }

        #[test]
        fn what_is_written_is_read(start in -60_000_000_000i64..200_000_000_000, length in 1i64..100_000_000) {
            let at = |s| Timestamp::from_second(s).unwrap();
            let window = Window::new(at(start), at(start + length)).unwrap();
            let text = format!("{}/{}", window.start(), window.end());
            prop_assert_eq!(parse(&text, "Asia/Shanghai").unwrap(), window);
        }
    }
}
