//! The past windows on which a forecast is rehearsed: like the one that is asked for, but
//! over before the cut-off, so that what the members would have said can be compared with
//! what happened.

use jiff::{SignedDuration, Timestamp};

use crate::calendar::window::Window;

const HOUR_MS: i64 = 3_600_000;
const DAY_MS: i64 = 24 * HOUR_MS;

/// Rehearsals reach so far back; older ones say little about now.
const FARTHEST_MS: i64 = 730 * DAY_MS;

/// This share of the past is learned from before the first rehearsal.
const LEARN_FIRST: f64 = 0.25;

/// Windows longer than this overlap: the next begins so much earlier.
const LONGEST_STEP_MS: i64 = 30 * DAY_MS;

/// Most rehearsals.
const MOST: usize = 168;

/// The windows, oldest first: as long as `window`, the last one over at the end of
/// `look_back`. A window of at most a day keeps its time of day.
pub fn windows(look_back: Window, window: Window) -> Vec<Window> {
    let length = length_ms(window);
    let whole = length_ms(look_back);
    let step = match length {
        ..=DAY_MS => DAY_MS,
        _ => length.min(LONGEST_STEP_MS),
    };
    let earliest = (whole as f64 * LEARN_FIRST) as i64;
    let first_start = back_to(look_back.end(), window, length, step);
    let mut found = Vec::new();
    for k in 0..MOST as i64 {
        let start = first_start - k * step;
        let since = start - look_back.start().as_millisecond();
        let age = look_back.end().as_millisecond() - start;
        if since < earliest || age > FARTHEST_MS.max(length) {
            break;
        }
        found.extend(from_ms(start, length));
    }
    found.reverse();
    found
}

/// Start of the last window that is over by the cut-off: whole steps before the one asked
/// for, so that the time of day is kept.
fn back_to(cut_off: Timestamp, window: Window, length: i64, step: i64) -> i64 {
    let start = window.start().as_millisecond();
    let gap = start + length - cut_off.as_millisecond();
    if length > DAY_MS {
        return cut_off.as_millisecond() - length;
    }
    start - gap.max(0).div_euclid(step) * step - if gap.max(0) % step > 0 { step } else { 0 }
}

fn length_ms(window: Window) -> i64 {
    window.end().as_millisecond() - window.start().as_millisecond()
}

fn from_ms(start: i64, length: i64) -> Option<Window> {
    let start = Timestamp::from_millisecond(start).ok()?;
    let end = start
        .checked_add(SignedDuration::from_millis(length))
        .ok()?;
    Window::new(start, end).ok()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn all_are_over_before_the_cut_off(
            start in 0i64..1_000_000, look_back in 1i64..40_000, gap in 0i64..500, length in 1i64..3000,
        ) {
            let at = |hours: i64| Timestamp::from_millisecond(hours * HOUR_MS).unwrap();
            let past = Window::new(at(start), at(start + look_back)).unwrap();
            let from = start + look_back + gap;
            let asked = Window::new(at(from), at(from + length)).unwrap();
            let found = windows(past, asked);
            prop_assert!(found.len() <= MOST);
            for one in &found {
                prop_assert!(one.start() >= past.start() && one.end() <= past.end());
                prop_assert_eq!(length_ms(*one), length_ms(asked));
                if length <= 24 {
                    let apart = asked.start().as_millisecond() - one.start().as_millisecond();
                    prop_assert_eq!(apart % DAY_MS, 0);
                }
            }
            prop_assert!(found.windows(2).all(|w| w[0].start() < w[1].start()));
            if length * 4 < look_back * 3 - 96 {
                prop_assert!(!found.is_empty());
            }
        }
    }
}
