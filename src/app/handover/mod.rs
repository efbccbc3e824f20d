//! The hand-over of a shift: which stretch of time it is about, what it tells, and the
//! sentences that a dispatcher writes for those who come.

pub mod next_shift;

use jiff::{SignedDuration, Timestamp, tz::TimeZone};
use thiserror::Error;

use crate::app::handover::next_shift::NextShift;
use crate::calendar::roster::{about, handing_over};
use crate::calendar::shift::Shift;
use crate::calendar::window::Window;
use crate::exchange::import::personal::pattern_of;
use crate::live::handover::figures::Handover;
use crate::live::note::{HandoverNote, LONGEST_NOTE, WrittenNote};
use crate::patrol::summary::PlanSummary;
use crate::place::feature::Station;
use crate::place::id::Id;

/// Longest stretch that is told of, days.
const MOST_DAYS: i64 = 31;

/// What is told of where there are no shifts.
const WITHOUT_SHIFTS: SignedDuration = SignedDuration::from_hours(8);

/// Why there is no hand-over, or nothing was written.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum HandoverFault {
    /// One end without the other.
    #[error("give from and until, or neither for the shift that hands over")]
    OneEnd,
    /// No stretch of time.
    #[error("until must come after from")]
    Backwards,
    /// Too long.
    #[error("at most {MOST_DAYS} days can be told of at once")]
    TooLong,
    /// Nothing is known so far.
    #[error("it has not begun")]
    Ahead,
    /// No such station.
    #[error("there is no station {0:?}")]
    UnknownStation(String),
    /// A text that can't be shown.
    #[error("a note needs 1 to {LONGEST_NOTE} characters")]
    Text,
    /// A text that tells of a person.
    #[error("the note looks like one of {0}: nothing of a person is kept; write of places")]
    Personal(&'static str),
}

/// What is asked for.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct HandoverAsk {
    /// From when; the shift that hands over where absent.
    pub from: Option<Timestamp>,
    /// Until when.
    pub until: Option<Timestamp>,
    /// A station by its id or name; the whole district where absent.
    pub station: Option<String>,
}

/// The stretch of time that is told of.
#[derive(Debug, Clone, PartialEq)]
pub struct Stretch {
    /// From its beginning to its end, which may lie ahead.
    pub window: Window,
    /// The part of it that is known.
    pub known: Window,
    /// The shift, where it is one.
    pub shift: Option<Shift>,
}

/// A hand-over, and what stands beside it.
#[derive(Debug, Clone, PartialEq)]
pub struct HandoverReport {
    /// The stretch of time.
    pub stretch: Stretch,
    /// The station; none: the whole district.
    pub station: Option<Station>,
    /// What happened and what is left.
    pub told: Handover,
    /// What was written about it last.
    pub note: Option<WrittenNote>,
    /// What was written last about a time before.
    pub note_before: Option<WrittenNote>,
    /// Plans of the time, newest first.
    pub plans: Vec<PlanSummary>,
    /// What the next shift has to expect, or why nothing can be said.
    pub next: Result<NextShift, String>,
}

impl HandoverAsk {
    /// The stretch of time it is about.
    ///
    /// # Errors
    /// [`HandoverFault`].
    pub fn stretch(
        &self,
        shifts: &[Shift],
        zone: &TimeZone,
        now: Timestamp,
    ) -> Result<Stretch, HandoverFault> {
        let (window, shift) = match (self.from, self.until) {
            (Some(from), Some(until)) => {
                let window = Window::new(from, until).map_err(|_| HandoverFault::Backwards)?;
                let placed = about(shifts, zone, from).into_iter();
                let same = placed.into_iter().find(|(_, of)| *of == window);
                (window, same.map(|(shift, _)| shift.clone()))
            }
            (None, None) => match handing_over(shifts, zone, now) {
                Some((shift, window)) => (window, Some(shift.clone())),
                None => {
                    let start = now.checked_sub(WITHOUT_SHIFTS);
                    let start = start.map_err(|_| HandoverFault::Ahead)?;
                    let window = Window::new(start, now).map_err(|_| HandoverFault::Ahead)?;
                    (window, None)
                }
            },
            _ => return Err(HandoverFault::OneEnd),
        };
        if window.length().0 > (MOST_DAYS * 86_400) as f64 {
            return Err(HandoverFault::TooLong);
        }
        let known = Window::new(window.start(), window.end().min(now));
        Ok(Stretch {
            known: known.map_err(|_| HandoverFault::Ahead)?,
            window,
            shift,
        })
    }
}

/// The station that a person means, by its id or name.
///
/// # Errors
/// [`HandoverFault::UnknownStation`].
pub fn station<'s>(stations: &'s [Station], text: &str) -> Result<&'s Station, HandoverFault> {
    let by_id = stations.iter().find(|station| station.id.as_str() == text);
    let found = by_id.or_else(|| stations.iter().find(|station| station.name == text));
    found.ok_or_else(|| HandoverFault::UnknownStation(text.chars().take(60).collect()))
}

/// A note as it is kept: on one line, and without anything that looks like a person's.
///
/// # Errors
/// [`HandoverFault::Text`], [`HandoverFault::Personal`].
pub fn note(
    window: Window,
    station: Option<Id<Station>>,
    text: &str,
) -> Result<HandoverNote, HandoverFault> {
    let text = text.split_whitespace().collect::<Vec<_>>().join(" ");
    let length = text.chars().count();
    if length == 0 || length > LONGEST_NOTE || text.contains(char::is_control) {
        return Err(HandoverFault::Text);
    }
    match pattern_of(&text) {
        Some(pattern) => Err(HandoverFault::Personal(pattern.words())),
        None => Ok(HandoverNote {
            window: window.into(),
            station,
            text,
        }),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(text: &str) -> Timestamp {
        text.parse().unwrap()
    }

    #[test]
    fn a_running_shift_is_told_as_far_as_it_is_known() {
        let (shifts, zone) = (Shift::defaults(), TimeZone::get("Asia/Shanghai").unwrap());
        let ask = |from: Option<&str>, until: Option<&str>| {
            let ask = HandoverAsk {
                from: from.map(at),
                until: until.map(at),
                station: None,
            };
            ask.stretch(&shifts, &zone, at("2026-11-25T21:30:00Z"))
        };
        let night = ask(None, None).unwrap();
        assert_eq!(night.shift.map(|shift| shift.id), Some("night".into()));
        assert_eq!(night.window.end(), at("2026-11-25T22:00:00Z"));
        assert_eq!(night.known.end(), at("2026-11-25T21:30:00Z"));
        let hour = ask(Some("2026-11-25T14:00:00Z"), Some("2026-11-25T22:00:00Z")).unwrap();
        assert_eq!(hour.shift.map(|shift| shift.id), Some("night".into()));
        let other = ask(Some("2026-11-25T14:00:00Z"), Some("2026-11-25T15:00:00Z")).unwrap();
        assert_eq!((other.shift, other.known), (None, other.window));
        for (from, until, fault) in [
            (Some("2026-11-25T14:00:00Z"), None, HandoverFault::OneEnd),
            (
                Some("2026-11-25T14:00:00Z"),
                Some("2026-11-25T14:00:00Z"),
                HandoverFault::Backwards,
            ),
            (
                Some("2026-09-25T14:00:00Z"),
                Some("2026-11-25T14:00:00Z"),
                HandoverFault::TooLong,
            ),
            (
                Some("2026-11-25T21:30:00Z"),
                Some("2026-11-25T23:00:00Z"),
                HandoverFault::Ahead,
            ),
        ] {
            assert_eq!(ask(from, until), Err(fault));
        }
    }

    #[test]
    fn a_note_is_of_places() {
        let window = Window::new(at("2026-11-25T14:00:00Z"), at("2026-11-25T22:00:00Z")).unwrap();
        let noted = |text: &str| note(window, None, text).map(|note| note.text);
        assert_eq!(
            noted("  3号报警柱离线。\n前进街两起打架。 "),
            Ok("3号报警柱离线。 前进街两起打架。".into())
        );
        assert_eq!(noted(" \n"), Err(HandoverFault::Text));
        assert!(noted(&"字".repeat(LONGEST_NOTE)).is_ok());
        assert_eq!(
            noted(&"字".repeat(LONGEST_NOTE + 1)),
            Err(HandoverFault::Text)
        );
        assert_eq!(noted("a\u{7}b"), Err(HandoverFault::Text));
        let phone = noted("call back 13912345678");
        assert_eq!(phone, Err(HandoverFault::Personal("mobile phone numbers")));
    }
}
