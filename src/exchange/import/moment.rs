//! Times as files write them: ISO 8601, `2024/1/5 8:03`, `20240105 080300`,
//! `2024年1月5日8时3分`, epoch milliseconds, and day-month or month-day orders where the
//! column itself shows which it is. A day without time of day is that whole local day.
//!
//! Nothing is guessed where two readings are possible: such a row is refused with how
//! to declare the form.

use jiff::civil::{Date, DateTime, Time};
use jiff::tz::{Offset, TimeZone};
use jiff::{Timestamp, ToSpan};

use crate::exchange::import::moment_scan::{Scanner, without_chinese};
use crate::exchange::import::refusal::{Reason, RowFault};

/// How dates like `3/4/2024` are to be read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum DayOrder {
    /// Month first, as in the United States.
    MonthDay,
    /// Day first.
    DayMonth,
    /// Nothing tells.
    Unknown,
}

/// Reads the times of one column.
#[derive(Debug, Clone)]
pub struct MomentReader {
    zone: TimeZone,
    order: DayOrder,
    /// `strftime` form declared by the user, or `excel`.
    declared: Option<String>,
}

/// A time as read: an instant, or a local day as a whole.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Moment {
    /// To the second, or finer.
    Exact(Timestamp),
    /// From this midnight to the next.
    Day(Date),
}

enum Found {
    Absolute(Timestamp),
    Local(DateTime),
    Day(Date),
}

enum Trouble {
    Unknown,
    Impossible,
    Ambiguous,
}

impl MomentReader {
    /// A reader for a column, after a look at its values.
    pub fn new<'a>(
        zone: TimeZone,
        declared: Option<String>,
        values: impl Iterator<Item = &'a str>,
    ) -> Self {
        let order = if declared.is_some() {
            DayOrder::Unknown
        } else {
            day_order(values)
        };
        Self {
            zone,
            order,
            declared,
        }
    }

    /// The day order that the column showed.
    pub fn order(&self) -> DayOrder {
        self.order
    }

    /// Reads one value; `clock` is the time of day from a column of its own, or empty.
    ///
    /// # Errors
    /// [`RowFault`] with what is wrong.
    pub fn read(&self, field: &'static str, text: &str, clock: &str) -> Result<Moment, RowFault> {
        let fault = |reason, why: &str| Err(RowFault::new(reason, field, text, why));
        if text.is_empty() {
            return fault(Reason::NoTime, "the time is missing");
        }
        let found = match &self.declared {
            Some(form) => declared(form, text),
            None => free(text, self.order),
        };
        let found = match found {
            Ok(found) => found,
            Err(Trouble::Unknown) => {
                return fault(
                    Reason::BadTime,
                    "it is no date or time in a known form; declare it with --time-format",
                );
            }
            Err(Trouble::Impossible) => {
                return fault(
                    Reason::ImpossibleDate,
                    "there is no such day or time of day",
                );
            }
            Err(Trouble::Ambiguous) => {
                return fault(
                    Reason::AmbiguousDate,
                    "day and month can't be told apart; declare --time-format %m/%d/%Y or %d/%m/%Y",
                );
            }
        };
        match found {
            Found::Absolute(at) => Ok(Moment::Exact(at)),
            Found::Local(local) => self.instant(field, text, local),
            Found::Day(day) if clock.is_empty() => Ok(Moment::Day(day)),
            Found::Day(day) => match time_of_day(&mut Scanner::new(clock), false) {
                Ok((time, _)) => self.instant(field, text, day.to_datetime(time)),
                Err(_) => Err(RowFault::new(
                    Reason::BadTime,
                    "clock",
                    clock,
                    "it is no time of day",
                )),
            },
        }
    }

    /// First and last instant of a moment: the same, but for a day.
    ///
    /// # Errors
    /// [`RowFault`] where the day has no place on the time line.
    pub fn bounds(
        &self,
        field: &'static str,
        moment: Moment,
    ) -> Result<(Timestamp, Option<Timestamp>), RowFault> {
        match moment {
            Moment::Exact(at) => Ok((at, None)),
            Moment::Day(day) => {
                let shown = day.to_string();
                let start = self.midnight(field, &shown, day)?;
                let next = day.checked_add(1.day()).map_err(|_| {
                    RowFault::new(
                        Reason::ImpossibleDate,
                        field,
                        &shown,
                        "there is no day after it",
                    )
                })?;
                Ok((start, Some(self.midnight(field, &shown, next)?)))
            }
        }
    }

    fn midnight(&self, field: &'static str, shown: &str, day: Date) -> Result<Timestamp, RowFault> {
        let local = day.to_datetime(Time::midnight());
        self.zone
            .to_timestamp(local)
            .map_err(|fault| RowFault::new(Reason::ImpossibleDate, field, shown, fault.to_string()))
    }

    fn instant(
        &self,
        field: &'static str,
        text: &str,
        local: DateTime,
    ) -> Result<Moment, RowFault> {
        self.zone
            .to_timestamp(local)
            .map(Moment::Exact)
            .map_err(|fault| RowFault::new(Reason::ImpossibleDate, field, text, fault.to_string()))
    }
}

/// Looks for a value that can only be read one way.
fn day_order<'a>(values: impl Iterator<Item = &'a str>) -> DayOrder {
    let (mut month_first, mut day_first) = (false, false);
    for value in values {
        let mut scanner = Scanner::new(value);
        let Some((first, 1..=2)) = scanner.number() else {
            continue;
        };
        if !scanner.skip_one(b"/.-") {
            continue;
        }
        let Some((second, 1..=2)) = scanner.number() else {
            continue;
        };
        if !scanner.skip_one(b"/.-") || !matches!(scanner.number(), Some((_, 4))) {
            continue;
        }
        day_first |= first > 12 && second <= 12;
        month_first |= second > 12 && first <= 12;
    }
    match (month_first, day_first) {
        (true, false) => DayOrder::MonthDay,
        (false, true) => DayOrder::DayMonth,
        _ => DayOrder::Unknown,
    }
}

fn declared(form: &str, text: &str) -> Result<Found, Trouble> {
    if form.eq_ignore_ascii_case("excel") {
        return excel_serial(text);
    }
    let parts = jiff::fmt::strtime::parse(form, text).map_err(|_| Trouble::Unknown)?;
    if let Ok(at) = parts.to_timestamp() {
        return Ok(Found::Absolute(at));
    }
    if parts.hour().is_some()
        && let Ok(local) = parts.to_datetime()
    {
        return in_range(local.date()).map(|_| Found::Local(local));
    }
    parts
        .to_date()
        .map_err(|_| Trouble::Impossible)
        .and_then(in_range)
        .map(Found::Day)
}

/// Days since 1899-12-30, as spreadsheets count.
fn excel_serial(text: &str) -> Result<Found, Trouble> {
    let serial: f64 = text.parse().map_err(|_| Trouble::Unknown)?;
    if !(1.0..100_000.0).contains(&serial) {
        return Err(Trouble::Impossible);
    }
    let seconds = (serial * 86_400.0).round() as i64;
    let day = jiff::civil::date(1899, 12, 30)
        .checked_add((seconds / 86_400).days())
        .map_err(|_| Trouble::Impossible)?;
    let of_day = seconds % 86_400;
    if of_day == 0 {
        return Ok(Found::Day(day));
    }
    day.to_datetime(Time::midnight())
        .checked_add(of_day.seconds())
        .map(Found::Local)
        .map_err(|_| Trouble::Impossible)
}

fn free(text: &str, order: DayOrder) -> Result<Found, Trouble> {
    if text.len() > 64 {
        return Err(Trouble::Unknown);
    }
    if !text.is_ascii() {
        let plain = without_chinese(text);
        return if plain.is_ascii() {
            free(&plain, order)
        } else {
            Err(Trouble::Unknown)
        };
    }
    let mut scanner = Scanner::new(text);
    let (first, digits) = scanner.number().ok_or(Trouble::Unknown)?;
    let date = match digits {
        13 if scanner.done() => {
            return Timestamp::from_millisecond(first)
                .map(Found::Absolute)
                .map_err(|_| Trouble::Impossible);
        }
        14 | 12 if scanner.done() => {
            let seconds = if digits == 14 { first % 100 } else { 0 };
            let rest = if digits == 14 { first / 100 } else { first };
            let date = compact_date(rest / 10_000)?;
            let time = civil_time(rest / 100 % 100, rest % 100, seconds, 0)?;
            return Ok(Found::Local(date.to_datetime(time)));
        }
        8 => compact_date(first)?,
        4 => {
            let mark = scanner.peek();
            if !scanner.skip_one(b"-/.") {
                return Err(Trouble::Unknown);
            }
            let (month, 1..=2) = scanner.number().ok_or(Trouble::Unknown)? else {
                return Err(Trouble::Unknown);
            };
            if scanner.peek() != mark || !scanner.skip_one(b"-/.") {
                return Err(Trouble::Unknown);
            }
            let (day, 1..=2) = scanner.number().ok_or(Trouble::Unknown)? else {
                return Err(Trouble::Unknown);
            };
            civil_date(first, month, day)?
        }
        1 | 2 => year_last(first, &mut scanner, order)?,
        _ => return Err(Trouble::Unknown),
    };
    scanner.skip_many(b"T ,");
    if scanner.done() {
        return Ok(Found::Day(date));
    }
    let (time, offset) = time_of_day(&mut scanner, true)?;
    let local = date.to_datetime(time);
    match offset {
        None => Ok(Found::Local(local)),
        Some(offset) => offset
            .to_timestamp(local)
            .map(Found::Absolute)
            .map_err(|_| Trouble::Impossible),
    }
}

fn year_last(first: i64, scanner: &mut Scanner<'_>, order: DayOrder) -> Result<Date, Trouble> {
    if !scanner.skip_one(b"/.-") {
        return Err(Trouble::Unknown);
    }
    let (second, 1..=2) = scanner.number().ok_or(Trouble::Unknown)? else {
        return Err(Trouble::Unknown);
    };
    if !scanner.skip_one(b"/.-") {
        return Err(Trouble::Unknown);
    }
    let (year, 4) = scanner.number().ok_or(Trouble::Unknown)? else {
        return Err(Trouble::Unknown);
    };
    match order {
        _ if first > 12 && second <= 12 => civil_date(year, second, first),
        _ if second > 12 && first <= 12 => civil_date(year, first, second),
        _ if first == second => civil_date(year, first, second),
        DayOrder::MonthDay => civil_date(year, first, second),
        DayOrder::DayMonth => civil_date(year, second, first),
        DayOrder::Unknown if first > 12 => Err(Trouble::Impossible),
        DayOrder::Unknown => Err(Trouble::Ambiguous),
    }
}

/// `h:mm[:ss[.fraction]]`, `hhmm`, `hhmmss`, with `AM`/`PM` and an offset or `Z` behind.
fn time_of_day(
    scanner: &mut Scanner<'_>,
    offset_allowed: bool,
) -> Result<(Time, Option<Offset>), Trouble> {
    scanner.skip_many(b" ");
    let (first, digits) = scanner.number().ok_or(Trouble::Unknown)?;
    let (mut hour, minute, second, mut nanosecond) = match digits {
        6 => (first / 10_000, first / 100 % 100, first % 100, 0),
        // A column of its own may drop the leading zeros of hhmm.
        3 | 4 => (first / 100, first % 100, 0, 0),
        1 | 2 if scanner.skip_one(b":") => {
            let (minute, 1..=2) = scanner.number().ok_or(Trouble::Unknown)? else {
                return Err(Trouble::Unknown);
            };
            let second = if scanner.skip_one(b":") {
                scanner.number().ok_or(Trouble::Unknown)?.0
            } else {
                0
            };
            (first, minute, second, 0)
        }
        1 | 2 => (first, 0, 0, 0),
        _ => return Err(Trouble::Unknown),
    };
    if scanner.skip_one(b".") {
        let (fraction, digits) = scanner.number().ok_or(Trouble::Unknown)?;
        if digits > 9 {
            return Err(Trouble::Unknown);
        }
        nanosecond = fraction * 10_i64.pow(9 - digits as u32);
    }
    scanner.skip_many(b" ");
    let half = scanner.rest().to_ascii_uppercase();
    if half.starts_with("AM") || half.starts_with("PM") {
        if !(1..=12).contains(&hour) {
            return Err(Trouble::Impossible);
        }
        hour = hour % 12 + if half.starts_with("PM") { 12 } else { 0 };
        scanner.advance(2);
        scanner.skip_many(b" ");
    }
    let offset = if offset_allowed {
        offset(scanner)?
    } else {
        None
    };
    if !scanner.done() {
        return Err(Trouble::Unknown);
    }
    Ok((civil_time(hour, minute, second, nanosecond)?, offset))
}

fn offset(scanner: &mut Scanner<'_>) -> Result<Option<Offset>, Trouble> {
    if scanner.skip_one(b"Zz") {
        return Ok(Some(Offset::UTC));
    }
    let sign = match scanner.peek() {
        Some(b'+') => 1,
        Some(b'-') => -1,
        _ => return Ok(None),
    };
    scanner.advance(1);
    let (first, digits) = scanner.number().ok_or(Trouble::Unknown)?;
    let (hours, minutes) = match digits {
        4 => (first / 100, first % 100),
        1 | 2 if scanner.skip_one(b":") => (first, scanner.number().ok_or(Trouble::Unknown)?.0),
        1 | 2 => (first, 0),
        _ => return Err(Trouble::Unknown),
    };
    if hours > 18 || minutes > 59 {
        return Err(Trouble::Impossible);
    }
    let seconds = i32::try_from(sign * (hours * 3600 + minutes * 60));
    let offset = seconds.ok().and_then(|s| Offset::from_seconds(s).ok());
    offset.map(Some).ok_or(Trouble::Impossible)
}

fn compact_date(number: i64) -> Result<Date, Trouble> {
    civil_date(number / 10_000, number / 100 % 100, number % 100)
}

fn civil_date(year: i64, month: i64, day: i64) -> Result<Date, Trouble> {
    let part = |n: i64| i8::try_from(n).map_err(|_| Trouble::Impossible);
    let year = i16::try_from(year).map_err(|_| Trouble::Impossible)?;
    Date::new(year, part(month)?, part(day)?)
        .map_err(|_| Trouble::Impossible)
        .and_then(in_range)
}

/// Years outside these are typing errors, not history.
fn in_range(date: Date) -> Result<Date, Trouble> {
    if (1900..=2199).contains(&date.year()) {
        Ok(date)
    } else {
        Err(Trouble::Impossible)
    }
}

fn civil_time(hour: i64, minute: i64, second: i64, nanosecond: i64) -> Result<Time, Trouble> {
    let part = |n: i64| i8::try_from(n).map_err(|_| Trouble::Impossible);
    // A leap second counts as the last of its minute.
    let second = if second == 60 { 59 } else { second };
    let nanosecond = i32::try_from(nanosecond).map_err(|_| Trouble::Impossible)?;
    Time::new(part(hour)?, part(minute)?, part(second)?, nanosecond)
        .map_err(|_| Trouble::Impossible)
}

#[cfg(test)]
#[path = "moment_tests.rs"]
mod tests;
