//! How a window's expected incidents are spread over its hours, by the week's rhythm.

use jiff::tz::TimeZone;

use crate::calendar::week::{HourSet, hour_of_week};
use crate::calendar::window::Window;

/// The rhythm is sampled this often: time zones differ by multiples of a quarter hour.
const STEP_MS: i64 = 900_000;
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
    let (start, end) = (window.start(), window.end());
    let length = end.as_millisecond() - start.as_millisecond();
    let mut shares = vec![0.0; ((length + HOUR_MS - 1) / HOUR_MS) as usize];
    let mut at = 0;
    while at < length {
        let step = STEP_MS.min(length - at);
        let middle = start + jiff::SignedDuration::from_millis(at + step / 2);
        let hour = hour_of_week(middle, zone);
        if counted.contains(hour) {
            shares[(at / HOUR_MS) as usize] += relative(hour).max(0.0) * step as f64;
        }
        at += step;
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
