//! How a window's expected incidents are spread over its hours, by the week's rhythm.

use jiff::tz::TimeZone;

use crate::calendar::week::HourSet;
use crate::calendar::week_clock::WeekClock;
use crate::calendar::window::Window;

const HOUR_MS: i64 = 3_600_000;

/// The share of the window's expected incidents in each of its hours, from its start; the
/// last may be a part of an hour. Adds up to 1, or to 0 where no hour of the window counts.
///
/// `relative` is the rate of an hour of the week against the mean hour; hours that don't
/// count have no share.
pub fn shares(
    window: Window,
    zone: &TimeZone,
    counted: &HourSet,
    relative: impl Fn(usize) -> f64,
) -> Vec<f64> {
    let start = window.start().as_millisecond();
    let length = window.end().as_millisecond() - start;
    let mut shares = vec![0.0; ((length + HOUR_MS - 1) / HOUR_MS) as usize];
    for piece in WeekClock::new(zone, window).pieces(window) {
        if !counted.contains(piece.hour) {
            continue;
        }
        let rate = relative(piece.hour).max(0.0);
        // A piece of a local hour may lie across two hours of a window that starts at half
        // past.
        let mut from = piece.start_ms - start;
        let until = piece.end_ms - start;
        while from < until {
            let hour = from / HOUR_MS;
            let cut = ((hour + 1) * HOUR_MS).min(until);
            shares[hour as usize] += rate * (cut - from) as f64;
            from = cut;
        }
    }
    let sum: f64 = shares.iter().sum();
    if sum > 0.0 {
        for share in &mut shares {
            *share /= sum;
        }
    }
    shares
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::calendar::week::hour_of_week;

    fn window(start: &str, end: &str) -> Window {
        Window::new(start.parse().unwrap(), end.parse().unwrap()).unwrap()
    }

    #[test]
    fn hours_share_by_the_rhythm_and_parts_by_their_length() {
        // Saturday 22:30 to Sunday 01:00 in a zone of +8.
        let window = window("2026-10-31T14:30:00Z", "2026-10-31T17:00:00Z");
        let zone = TimeZone::get("Asia/Shanghai").unwrap();
        let rhythm = |hour: usize| match hour {
            142 => 1.0,
            143 => 3.0,
            144 => 5.0,
            _ => 99.0,
        };
        let shares = shares(window, &zone, &HourSet::full(), rhythm);
        // 22:30 to 23:30, to 00:30, to 01:00: (0.5 + 1.5, 1.5 + 2.5, 2.5) of 8.5.
        let wanted = [2.0 / 8.5, 4.0 / 8.5, 2.5 / 8.5];
        assert_eq!(shares.len(), 3);
        for (share, wanted) in shares.iter().zip(wanted) {
            assert!((share - wanted).abs() < 1e-12);
        }
    }

    #[test]
    fn only_counted_hours_share() {
        let window = window("2026-10-31T14:00:00Z", "2026-10-31T16:00:00Z");
        let zone = TimeZone::UTC;
        let one: HourSet = [hour_of_week(window.start(), &zone)].into_iter().collect();
        assert_eq!(shares(window, &zone, &one, |_| 1.0), vec![1.0, 0.0]);
        let none: HourSet = std::iter::empty().collect();
        assert_eq!(shares(window, &zone, &none, |_| 1.0), vec![0.0, 0.0]);
    }
}
