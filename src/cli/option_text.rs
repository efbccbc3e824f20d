//! Parts of an option's text: pairs, times of the shift, lengths of time, positions; what
//! can't be read is said with an example.

use jiff::civil::Date;
use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp};

use crate::calendar::window::Window;
use crate::cli::failure::Failure;
use crate::cli::must_visit::within;
use crate::place::measure::Seconds;
use crate::place::position::Position;

/// Times of the shift within an option's text.
///
/// # Errors
/// [`Failure`] of wrong use.
pub fn window_of(
    option: &str,
    text: &str,
    times: &str,
    (shift, zone): (Window, &TimeZone),
    example: &str,
) -> Result<Window, Failure> {
    within(times, shift, zone).map_err(|fault| {
        Failure::usage(
            format!("--{option} {text:?}: {fault}"),
            format!("write it like --{option} {example}"),
        )
    })
}

/// What a unit has one of is given once.
///
/// # Errors
/// [`Failure`] where it is given twice.
pub fn once(option: &str, unit: &str, twice: bool) -> Result<(), Failure> {
    match twice {
        true => Err(Failure::usage(
            format!("--{option} is given twice for {unit}"),
            "give it once for each unit",
        )),
        false => Ok(()),
    }
}

/// A position as it is typed.
///
/// # Errors
/// [`Failure`] of wrong use.
pub fn position(option: &str, text: &str) -> Result<Position, Failure> {
    let wrong = |why: String| {
        Failure::usage(
            format!("--{option} {text:?} is no position{why}"),
            format!("write LON,LAT, like --{option} 123.43,41.80"),
        )
    };
    let numbers = text.split_once(',');
    let numbers = numbers.and_then(|(lon, lat)| {
        Some((
            lon.trim().parse::<f64>().ok()?,
            lat.trim().parse::<f64>().ok()?,
        ))
    });
    let (lon, lat) = numbers.ok_or_else(|| wrong(String::new()))?;
    Position::new(lon, lat).map_err(|e| wrong(format!(" ({e})")))
}

/// That an option can't be read, and how it is written.
pub fn wrong(option: &str, text: &str, example: &str) -> Failure {
    Failure::usage(
        format!("--{option} {text:?} can't be read"),
        format!("write it like --{option} {example}"),
    )
}

/// Two parts with `=` between.
///
/// # Errors
/// [`Failure`] of wrong use.
pub fn pair<'a>(option: &str, text: &'a str, example: &str) -> Result<(&'a str, &'a str), Failure> {
    let parts = text.split_once('=').map(|(a, b)| (a.trim(), b.trim()));
    parts
        .filter(|(a, b)| !a.is_empty() && !b.is_empty())
        .ok_or_else(|| wrong(option, text, example))
}

/// An instant with its offset, for clap.
///
/// # Errors
/// The end of a sentence, with an example.
pub fn instant(text: &str) -> Result<Timestamp, String> {
    text.trim().parse().map_err(|_| {
        "it is no instant with its offset; write it like 2026-11-27T06:00:00Z or 2026-11-27T14:00+08:00"
            .to_owned()
    })
}

/// A day, for clap.
///
/// # Errors
/// The end of a sentence, with an example.
pub fn day(text: &str) -> Result<Date, String> {
    let day = text.trim().parse();
    day.map_err(|_| "it is no day; write it like 2026-11-27".to_owned())
}

/// A length of time, like `1h30m`.
///
/// # Errors
/// [`Failure`] of wrong use.
pub fn duration(option: &str, text: &str) -> Result<Seconds, Failure> {
    let length: Result<SignedDuration, _> = text.trim().parse();
    match length {
        Ok(length) if length.is_positive() => Ok(Seconds(length.as_secs_f64())),
        _ => Err(Failure::usage(
            format!("--{option}: {text:?} is no length of time"),
            "write it like 2h, 90m or 1h30m",
        )),
    }
}
