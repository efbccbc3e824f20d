//! Shifts one after the other: which one hands over now, and which one takes over.

use jiff::{SignedDuration, Timestamp, ToSpan, tz::TimeZone};

use crate::calendar::shift::Shift;
use crate::calendar::window::Window;

/// A shift hands over from so long before its end on.
pub const SOON: SignedDuration = SignedDuration::from_hours(1);

/// Days before and after an instant that are looked at: no shift is longer than one.
const DAYS: i32 = 2;

/// Shifts about an instant with their windows, in the order they begin.
pub fn about<'s>(shifts: &'s [Shift], zone: &TimeZone, at: Timestamp) -> Vec<(&'s Shift, Window)> {
    let day = zone.to_datetime(at).date();
    let mut placed: Vec<(&Shift, Window)> = (-DAYS..=DAYS)
        .filter_map(|days| day.checked_add(days.days()).ok())
        .flat_map(|day| shifts.iter().map(move |shift| (shift, day)))
        .filter_map(|(shift, day)| Some((shift, shift.window_on(day, zone).ok()?)))
        .collect();
    placed.sort_by_key(|(_, window)| (window.start(), window.end()));
    placed
}

/// The shift that hands over: the one that runs where it ends [`SOON`], or else the one that
/// ended last.
pub fn handing_over<'s>(
    shifts: &'s [Shift],
    zone: &TimeZone,
    now: Timestamp,
) -> Option<(&'s Shift, Window)> {
    let ends_by = now.checked_add(SOON).ok()?;
    let placed = about(shifts, zone, now).into_iter();
    placed
        .filter(|(_, window)| window.start() < now && window.end() <= ends_by)
        .max_by_key(|(_, window)| window.end())
}

/// The first shift that begins at an instant or after it.
pub fn taking_over<'s>(
    shifts: &'s [Shift],
    zone: &TimeZone,
    at: Timestamp,
) -> Option<(&'s Shift, Window)> {
    let placed = about(shifts, zone, at).into_iter();
    placed
        .filter(|(_, window)| window.start() >= at)
        .min_by_key(|(_, window)| window.start())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_shift_hands_over_from_an_hour_before_its_end_until_the_next_one_does() {
        let (shifts, zone) = (Shift::defaults(), TimeZone::get("Asia/Shanghai").unwrap());
        let local = |text: &str| {
            let at: jiff::civil::DateTime = text.parse().unwrap();
            zone.to_timestamp(at).unwrap()
        };
        let told = |at: &str| {
            let (shift, window) = handing_over(&shifts, &zone, local(at)).unwrap();
            let (next, then) = taking_over(&shifts, &zone, window.end()).unwrap();
            assert_eq!(then.start(), window.end());
            format!(
                "{} {} {}",
                shift.id,
                zone.to_datetime(window.start()),
                next.id
            )
        };
        for (now, then) in [
            ("2026-11-26T04:59", "late 2026-11-25T14:00:00 night"),
            ("2026-11-26T05:00", "night 2026-11-25T22:00:00 early"),
            ("2026-11-26T06:00", "night 2026-11-25T22:00:00 early"),
            ("2026-11-26T12:59", "night 2026-11-25T22:00:00 early"),
            ("2026-11-26T13:00", "early 2026-11-26T06:00:00 late"),
            ("2026-11-26T23:30", "late 2026-11-26T14:00:00 night"),
        ] {
            assert_eq!(told(now), then, "{now}");
        }
        assert_eq!(handing_over(&[], &zone, local("2026-11-26T06:00")), None);
    }
}
