//! When a post is manned, as its source writes it: `06:00-22:00`, `00:00-24:00`,
//! `08:00-12:00, 14:00-18:00`, `24h`, 全天, `22:00-次日06:00`, with blanks and full-width signs
//! wherever people put them. Times are those of every day, in the district's zone; a second time
//! that is not after the first is of the next day.

use jiff::civil::{Date, Time};
use jiff::tz::TimeZone;
use jiff::{Timestamp, ToSpan};

use crate::calendar::window::Window;

/// Texts that mean every hour of the day.
const ALL_DAY: [&str; 7] = [
    "24h",
    "24hours",
    "24小时",
    "全天",
    "全天候",
    "全天24小时",
    "24/7",
];
/// What stands between the two times of a turn.
const BETWEEN: [char; 6] = ['-', '–', '—', '~', '至', '到'];
/// What says that the second time of a turn is of the next day.
const NEXT_DAY: [&str; 3] = ["次日", "翌日", "第二天"];
/// What stands between two turns.
const BESIDE: [char; 7] = [',', '，', ';', '；', '、', '/', ' '];

/// A turn of every day.
#[derive(Clone, Copy)]
struct Turn {
    from: Time,
    /// None: 24:00, which is none of a clock's times.
    until: Option<Time>,
    /// It is said to end on the next day.
    next_day: bool,
}

/// Whether hours are given that can't be read.
pub fn is_not_understood(hours: &str) -> bool {
    let hours = tidy(hours);
    !hours.is_empty() && !is_all_day(&hours) && turns(&hours).is_none()
}

/// The share of a window in which a post is manned, 0 to 1; none where its hours are not known
/// or can't be read.
pub fn manned_share(hours: &str, window: Window, zone: &TimeZone) -> Option<f64> {
    let hours = tidy(hours);
    if hours.is_empty() {
        return None;
    }
    if is_all_day(&hours) {
        return Some(1.0);
    }
    let turns = turns(&hours)?;
    let mut manned = spans(&turns, window, zone)?;
    manned.sort();
    let (mut seconds, mut done) = (0.0, window.start());
    for (from, until) in manned {
        let (from, until) = (from.max(done), until.min(window.end()));
        if from < until {
            seconds += until.duration_since(from).as_secs_f64();
            done = until;
        }
    }
    Some((seconds / window.length().0).clamp(0.0, 1.0))
}

/// Full-width digits and signs as the usual ones, and no blanks around what stands between two
/// times: a blank parts turns otherwise.
fn tidy(hours: &str) -> String {
    let narrow = |sign: char| match sign {
        // The full-width forms of ASCII's signs, in its order.
        '！'..='～' => char::from_u32(sign as u32 - '！' as u32 + '!' as u32).unwrap_or(sign),
        '\u{3000}' => ' ',
        '−' | '‐' | '‑' => '-',
        other => other,
    };
    let mut tidied = String::with_capacity(hours.len());
    for sign in hours.trim().chars().map(narrow) {
        let after = tidied.ends_with(BETWEEN) || NEXT_DAY.iter().any(|day| tidied.ends_with(day));
        if sign.is_whitespace() && after {
            continue;
        }
        if BETWEEN.contains(&sign) {
            tidied.truncate(tidied.trim_end().len());
        }
        tidied.push(sign);
    }
    tidied
}

fn is_all_day(tidied: &str) -> bool {
    let dense: String = tidied.split_whitespace().collect();
    ALL_DAY.contains(&dense.to_lowercase().as_str())
}

fn turns(tidied: &str) -> Option<Vec<Turn>> {
    let turns = tidied.split(BESIDE).map(str::trim);
    turns.filter(|text| !text.is_empty()).map(turn).collect()
}

/// From when until when on each day.
fn turn(text: &str) -> Option<Turn> {
    let (from, until) = text.split_once(BETWEEN)?;
    let time = |text: &str| Time::strptime("%H:%M", text.trim()).ok();
    let said = NEXT_DAY.iter().find_map(|day| until.strip_prefix(day));
    let clock = said.unwrap_or(until).trim();
    Some(Turn {
        from: time(from)?,
        until: match clock {
            "24:00" if said.is_none() => None,
            clock => Some(time(clock)?),
        },
        next_day: said.is_some(),
    })
}

/// The turns of each day that the window touches.
fn spans(turns: &[Turn], window: Window, zone: &TimeZone) -> Option<Vec<(Timestamp, Timestamp)>> {
    let day_of = |at| zone.to_datetime(at).date();
    // A turn of the day before may last until the window.
    let mut day = day_of(window.start()).yesterday().ok()?;
    let last = day_of(window.end());
    let mut spans = Vec::new();
    while day <= last {
        for turn in turns {
            let from = turn.from;
            let next = day.checked_add(1.day()).ok()?;
            let until = match turn.until {
                None => at(next, Time::midnight(), zone)?,
                Some(until) if until > from && !turn.next_day => at(day, until, zone)?,
                Some(until) => at(next, until, zone)?,
            };
            spans.push((at(day, from, zone)?, until));
        }
        day = day.checked_add(1.day()).ok()?;
    }
    Some(spans)
}

fn at(date: Date, time: Time, zone: &TimeZone) -> Option<Timestamp> {
    zone.to_timestamp(date.to_datetime(time)).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn share(hours: &str, from: &str, until: &str) -> Option<f64> {
        let window = Window::new(from.parse().unwrap(), until.parse().unwrap()).unwrap();
        manned_share(hours, window, &TimeZone::get("Asia/Shanghai").unwrap())
    }

    #[test]
    fn hours_are_those_of_the_districts_clock() {
        // 22:00 to 06:00.
        let night = |hours| share(hours, "2026-10-31T14:00:00Z", "2026-10-31T22:00:00Z");
        assert_eq!(night("06:00-22:00"), Some(0.0));
        assert_eq!(night("00:00-24:00"), Some(1.0));
        assert_eq!(night("00:00-00:00"), Some(1.0));
        assert_eq!(night("18:00–02:00"), Some(0.5));
        assert_eq!(night("20:00-23:00，22:00-24:00"), Some(0.25));
        assert_eq!(night("全天"), Some(1.0));
        assert_eq!(night("24H"), Some(1.0));
        // As people write them.
        for by_day in [
            "06:00 - 22:00",
            "06：00-22：00",
            "０６：００ － ２２：００",
            "06:00 至 22:00",
        ] {
            assert_eq!(night(by_day), Some(0.0), "{by_day}");
            assert!(!is_not_understood(by_day), "{by_day}");
        }
        for all_night in [
            "24 小时",
            "全天候",
            "24 Hours",
            "22:00-次日06:00",
            "22:00 - 次日 06:00",
        ] {
            assert_eq!(night(all_night), Some(1.0), "{all_night}");
            assert!(!is_not_understood(all_night), "{all_night}");
        }
        assert_eq!(night("08:00-次日23:00"), Some(1.0));
        assert_eq!(night("18:00 – 02:00"), Some(0.5));
        assert_eq!(night("20:00 ～ 23:00 22:00 - 24:00"), Some(0.25));
        // It is said of what is given and not understood, and of nothing else.
        assert!(is_not_understood("by day"));
        assert!(is_not_understood("Mon-Fri 08:00-18:00"));
        assert!(!is_not_understood(" "));
        // What is not known or not understood is not held against a post.
        assert_eq!(night(""), None);
        assert_eq!(night("by day"), None);
        assert_eq!(night("Mon-Fri 08:00-18:00"), None);
    }

    #[test]
    fn a_week_has_seven_days() {
        let week = share(
            "06:00-18:00",
            "2026-10-31T16:00:00Z",
            "2026-11-07T16:00:00Z",
        );
        assert_eq!(week, Some(0.5));
    }
}
