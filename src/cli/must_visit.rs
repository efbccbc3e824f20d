//! `--must-visit ID@22:00-23:30`: a point, and the time of the shift to be there.
//!
//! Times are the district's. They mean the night or day of the shift in which they lie; a
//! second time that is not after the first is of the next day.

use jiff::civil::{Date, Time};
use jiff::tz::TimeZone;
use jiff::{Timestamp, ToSpan};
use thiserror::Error;

use crate::app::plan::MustVisitRequest;
use crate::calendar::text::parse_instant;
use crate::calendar::window::Window;
use crate::cli::failure::Failure;

/// Reads one must-visit. Of the day before the shift's, the shift's and the one after, the
/// first on which the times overlap the shift counts; where none does, the shift's own, and
/// the plan will say that it is missed.
///
/// # Errors
/// [`Failure`] of wrong use.
pub fn must_visit(text: &str, shift: Window, zone: &TimeZone) -> Result<MustVisitRequest, Failure> {
    let remedy = "write ID@FROM-UNTIL, like --must-visit POST-3@22:00-23:30";
    let wrong = || {
        Failure::usage(
            format!("--must-visit {text:?} names no point and time"),
            remedy,
        )
    };
    let (id, times) = text.rsplit_once('@').ok_or_else(wrong)?;
    let id = id.trim();
    if id.is_empty() {
        return Err(wrong());
    }
    let due = within(times, shift, zone)
        .map_err(|fault| Failure::usage(format!("--must-visit {text:?}: {fault}"), remedy))?;
    Ok(MustVisitRequest {
        id: id.to_owned(),
        due,
        dwell: None,
    })
}

/// Why two times of day are no window of a shift.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum TimesFault {
    /// They can't be read.
    #[error("it has no two times like 22:00-23:30")]
    Unreadable,
    /// They are the same.
    #[error("it ends when it begins")]
    NoLength,
    /// The second is before the first, and not of the next day: that would be longer than
    /// the shift.
    #[error("it ends before it begins")]
    Backwards,
}

/// Reads `22:00-23:30` as times of a shift, as [`must_visit`] does.
///
/// # Errors
/// [`TimesFault`].
pub fn within(times: &str, shift: Window, zone: &TimeZone) -> Result<Window, TimesFault> {
    let time = |text: &str| Time::strptime("%H:%M", text.trim()).ok();
    let both = times.split_once('-');
    let both = both.and_then(|(from, until)| Some((time(from)?, time(until)?)));
    let (from, until) = both.ok_or(TimesFault::Unreadable)?;
    if from == until {
        return Err(TimesFault::NoLength);
    }
    let first = zone.to_datetime(shift.start()).date();
    let on = |days: i32| {
        let date = first.checked_add(days.days()).ok()?;
        let next = match until > from {
            true => date,
            false => date.tomorrow().ok()?,
        };
        Window::new(at(date, from, zone)?, at(next, until, zone)?).ok()
    };
    let overlaps = |due: &Window| due.start() < shift.end() && shift.start() < due.end();
    let mut days = [-1, 0, 1].into_iter().filter_map(on);
    let found = days.find(overlaps).or_else(|| on(0));
    let found = found.ok_or(TimesFault::Unreadable)?;
    match until < from && found.length().0 > shift.length().0 {
        true => Err(TimesFault::Backwards),
        false => Ok(found),
    }
}

/// Reads `23:10` as that time in the shift; else an instant in ISO 8601.
///
/// # Errors
/// [`Failure`] of wrong use; `option` is what it was asked for with.
pub fn moment(
    option: &str,
    text: &str,
    shift: Window,
    zone: &TimeZone,
) -> Result<Timestamp, Failure> {
    let Ok(time) = Time::strptime("%H:%M", text.trim()) else {
        return parse_instant(text, zone).map_err(|e| {
            let example = format!("write it like --{option} 23:10 or --{option} 2026-10-31T23:10");
            Failure::usage(format!("--{option}: {e}"), example)
        });
    };
    let first = zone.to_datetime(shift.start()).date();
    let on = |days: i32| at(first.checked_add(days.days()).ok()?, time, zone);
    // A shift longer than a day has the time more than once: then the first counts.
    let mut within = [0, 1].into_iter().filter_map(on);
    let found = within.find(|&at| shift.start() <= at && at <= shift.end());
    found.ok_or_else(|| {
        let local = |at| zone.to_datetime(at).strftime("%Y-%m-%d %H:%M");
        let (from, until) = (local(shift.start()), local(shift.end()));
        let cause = format!("--{option} {text} is not in the shift, {from} to {until}");
        Failure::usage(cause, "give a time of the shift, or one in ISO 8601")
    })
}

fn at(date: Date, time: Time, zone: &TimeZone) -> Option<Timestamp> {
    zone.to_timestamp(date.to_datetime(time)).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn due(text: &str) -> Result<String, Failure> {
        let zone = TimeZone::get("Asia/Shanghai").unwrap();
        // 22:00 to 06:00.
        let start = "2026-10-31T14:00:00Z".parse().unwrap();
        let end = "2026-10-31T22:00:00Z".parse().unwrap();
        let shift = Window::new(start, end).unwrap();
        let must = must_visit(text, shift, &zone)?;
        let local = |at| zone.to_datetime(at).strftime("%d %H:%M").to_string();
        let (from, until) = (local(must.due.start()), local(must.due.end()));
        Ok(format!("{} {from} {until}", must.id))
    }

    #[test]
    fn times_are_those_of_the_shift() {
        for (text, wanted) in [
            ("p1@22:00-23:30", "p1 31 22:00 31 23:30"),
            ("p1@23:00-01:00", "p1 31 23:00 01 01:00"),
            ("p1@01:00-02:30", "p1 01 01:00 01 02:30"),
            ("p1@21:00-23:00", "p1 31 21:00 31 23:00"),
            // Outside the shift.
            ("a@b@12:00-13:00", "a@b 31 12:00 31 13:00"),
        ] {
            assert_eq!(due(text).as_deref(), Ok(wanted), "{text}");
        }
    }

    #[test]
    fn what_is_no_point_and_time_is_refused() {
        for text in [
            "",
            "p1",
            "p1@",
            "p1@22:00",
            "@22:00-23:00",
            "p@22-23",
            "p@22:00-22:00",
            // Not "until 23:00 of the next day".
            "p@23:30-23:00",
            "p@03:00-02:00",
        ] {
            assert_eq!(due(text).unwrap_err().code, 2, "{text}");
        }
    }
}
