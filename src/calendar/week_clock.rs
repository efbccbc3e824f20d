//! The hour of the week of many instants, and how long each hour of the week lasts in a
//! window: a time zone unrolled over one stretch of time.
//!
//! Idea: within a window the zone has few offsets, so the local hour is integer
//! arithmetic on the offset in force. Clock changes are exact: an hour that comes twice
//! counts twice, one that is skipped not at all.

use jiff::{Timestamp, tz::TimeZone};

use crate::calendar::week::{HOURS, HourSet};
use crate::calendar::window::Window;

const HOUR_MS: i64 = 3_600_000;

/// 1970-01-01 was a Thursday; weeks start on Monday.
const EPOCH_HOUR: i64 = 3 * 24;

/// A time zone over one stretch of time.
#[derive(Debug, Clone)]
pub struct WeekClock {
    /// From which millisecond which offset (in milliseconds) holds; ascending, not empty.
    offsets: Vec<(i64, i64)>,
}

/// A stretch within one hour of the week.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct HourPiece {
    /// 0 (Monday 00:00) to 167.
    pub hour: usize,
    /// First millisecond since 1970.
    pub start_ms: i64,
    /// First millisecond after.
    pub end_ms: i64,
}

impl HourPiece {
    /// How long it is, milliseconds.
    pub fn length_ms(self) -> i64 {
        self.end_ms - self.start_ms
    }
}

impl WeekClock {
    /// Unrolls the zone over a window.
    pub fn new(zone: &TimeZone, window: Window) -> Self {
        let offset_ms = |seconds: i32| i64::from(seconds) * 1000;
        let first = zone.to_offset(window.start()).seconds();
        let mut offsets = vec![(i64::MIN, offset_ms(first))];
        for change in zone.following(window.start()) {
            if change.timestamp() >= window.end() {
                break;
            }
            let at = change.timestamp().as_millisecond();
            offsets.push((at, offset_ms(change.offset().seconds())));
        }
        Self { offsets }
    }

    /// The offset of one instant, for all time.
    pub fn fixed(zone: &TimeZone, at: Timestamp) -> Self {
        let offset_ms = i64::from(zone.to_offset(at).seconds()) * 1000;
        Self {
            offsets: vec![(i64::MIN, offset_ms)],
        }
    }

    /// The hour of the week, 0 to 167, of an instant within the window.
    pub fn hour_of_week(&self, at: Timestamp) -> usize {
        let local_hour = self.local_ms(at).div_euclid(HOUR_MS);
        (local_hour + EPOCH_HOUR).rem_euclid(HOURS as i64) as usize
    }

    /// Milliseconds since local midnight.
    pub fn ms_of_day(&self, at: Timestamp) -> i64 {
        self.local_ms(at).rem_euclid(24 * HOUR_MS)
    }

    /// The local day of an instant within the window, counted from 1970-01-01.
    pub fn local_day(&self, at: Timestamp) -> i64 {
        self.local_ms(at).div_euclid(24 * HOUR_MS)
    }

    /// The window cut at the turns of the local hours and at clock changes, in order.
    pub fn pieces(&self, window: Window) -> impl Iterator<Item = HourPiece> + '_ {
        let (mut at, end) = (
            window.start().as_millisecond(),
            window.end().as_millisecond(),
        );
        let mut i = self.in_force(at);
        std::iter::from_fn(move || {
            if at >= end {
                return None;
            }
            while self.offsets.get(i + 1).is_some_and(|next| next.0 <= at) {
                i += 1;
            }
            let offset = self.offsets[i].1;
            let local_hour = (at + offset).div_euclid(HOUR_MS);
            let turn = (local_hour + 1) * HOUR_MS - offset;
            let change = self.offsets.get(i + 1).map_or(i64::MAX, |next| next.0);
            let piece = HourPiece {
                hour: (local_hour + EPOCH_HOUR).rem_euclid(HOURS as i64) as usize,
                start_ms: at,
                end_ms: turn.min(change).min(end),
            };
            at = piece.end_ms;
            Some(piece)
        })
    }

    /// Milliseconds of each wanted hour of the week in a window; 0 for the others.
    pub fn exposure_ms(&self, window: Window, hours: &HourSet) -> [i64; HOURS] {
        let mut exposure = [0; HOURS];
        for piece in self.pieces(window).filter(|p| hours.contains(p.hour)) {
            exposure[piece.hour] += piece.length_ms();
        }
        exposure
    }

    fn local_ms(&self, at: Timestamp) -> i64 {
        let at = at.as_nanosecond().div_euclid(1_000_000) as i64;
        at + self.offsets[self.in_force(at)].1
    }

    fn in_force(&self, at_ms: i64) -> usize {
        let after = self.offsets.partition_point(|change| change.0 <= at_ms);
        after.saturating_sub(1)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::calendar::week::hour_of_week;

    fn window(start: i64, end: i64) -> Window {
        let at = |s| Timestamp::from_second(s).unwrap();
        Window::new(at(start), at(end)).unwrap()
    }

    fn zone() -> impl Strategy<Value = TimeZone> {
        prop::sample::select(vec![
            "Asia/Shanghai",
            "America/Chicago",
            "Australia/Lord_Howe",
            "Asia/Kathmandu",
            "Africa/Casablanca",
            "UTC",
        ])
        .prop_map(|name| TimeZone::get(name).unwrap())
    }

    proptest! {
        #[test]
        fn the_hour_is_the_zones(
            zone in zone(), start in -2_000_000_000i64..4_000_000_000, length in 1i64..100_000_000,
            share in 0.0..1.0f64, nanos in 0i32..1_000_000_000,
        ) {
            let clock = WeekClock::new(&zone, window(start, start + length));
            let at = Timestamp::new(start + (length as f64 * share) as i64, nanos).unwrap();
            prop_assert_eq!(clock.hour_of_week(at), hour_of_week(at, &zone));
        }

        /// Pieces tile the window, and each lies in the hour it names.
        #[test]
        fn pieces_tile_the_window(
            zone in zone(), start in 0i64..2_000_000_000, length in 1i64..3_000_000,
        ) {
            let whole = window(start, start + length);
            let clock = WeekClock::new(&zone, whole);
            let mut at = whole.start().as_millisecond();
            for piece in clock.pieces(whole) {
                prop_assert_eq!(piece.start_ms, at);
                prop_assert!(piece.end_ms > at && piece.length_ms() <= HOUR_MS);
                for ms in [piece.start_ms, piece.end_ms - 1] {
                    let instant = Timestamp::from_millisecond(ms).unwrap();
                    prop_assert_eq!(hour_of_week(instant, &zone), piece.hour);
                }
                at = piece.end_ms;
            }
            prop_assert_eq!(at, whole.end().as_millisecond());
            let exposure: i64 = clock.exposure_ms(whole, &HourSet::full()).iter().sum();
            prop_assert_eq!(exposure, length * 1000);
        }
    }

    #[test]
    fn clock_changes_count() {
        let zone = TimeZone::get("America/Chicago").unwrap();
        let week = |from: &str| {
            let start: Timestamp = from.parse().unwrap();
            let whole =
                Window::new(start, start + jiff::SignedDuration::from_hours(24 * 7)).unwrap();
            WeekClock::new(&zone, whole).exposure_ms(whole, &HourSet::full())
        };
        let sunday = 6 * 24;
        // Spring forward: Sunday 02:00 does not exist.
        assert_eq!(week("2010-03-08T00:00-06:00")[sunday + 2], 0);
        // Fall back: Sunday 01:00 comes twice.
        assert_eq!(week("2010-11-01T00:00-05:00")[sunday + 1], 2 * HOUR_MS);
        assert_eq!(week("2010-06-07T00:00-05:00"), [HOUR_MS; HOURS]);
    }
}
