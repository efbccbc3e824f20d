//! When a post is manned, as its source writes it: `06:00-22:00`, `00:00-24:00`,
//! `08:00-12:00, 14:00-18:00`, `24h`, 全天. Times are those of every day, in the district's
//! zone; a second time that is not after the first is of the next day.

use jiff::civil::{Date, Time};
use jiff::tz::TimeZone;
use jiff::{Timestamp, ToSpan};

use crate::calendar::window::Window;

/// Texts that mean every hour of the day.
const ALL_DAY: [&str; 5] = ["24h", "24小时", "全天", "24/7", "24 h"];
/// What stands between the two times of a turn.
const BETWEEN: [char; 6] = ['-', '–', '—', '~', '～', '至'];
/// What stands between two turns.
const BESIDE: [char; 7] = [',', '，', ';', '；', '、', '/', ' '];

/// The share of a window in which a post is manned, 0 to 1; none where its hours are not known
/// or can't be read.
pub fn manned_share(hours: &str, window: Window, zone: &TimeZone) -> Option<f64> {
    let hours = hours.trim();
    if hours.is_empty() {
        return None;
    }
    if ALL_DAY.contains(&hours.to_lowercase().as_str()) {
        return Some(1.0);
    }
    let turns = hours.split(BESIDE).map(str::trim).filter(|t| !t.is_empty());
    let turns = turns.map(turn).collect::<Option<Vec<_>>>()?;
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

/// From when until when on each day; 24:00 is none of a clock's times.
fn turn(text: &str) -> Option<(Time, Option<Time>)> {
    let (from, until) = text.split_once(BETWEEN)?;
    let time = |text: &str| Time::strptime("%H:%M", text.trim()).ok();
    match until.trim() {
        "24:00" => Some((time(from)?, None)),
        until => Some((time(from)?, Some(time(until)?))),
    }
}

/// The turns of each day that the window touches.
fn spans(
    turns: &[(Time, Option<Time>)],
    window: Window,
    zone: &TimeZone,
) -> Option<Vec<(Timestamp, Timestamp)>> {
    let day_of = |at| zone.to_datetime(at).date();
    // A turn of the day before may last until the window.
    let mut day = day_of(window.start()).yesterday().ok()?;
    let last = day_of(window.end());
    let mut spans = Vec::new();
    while day <= last {
        for &(from, until) in turns {
            let next = day.checked_add(1.day()).ok()?;
            let until = match until {
                None => at(next, Time::midnight(), zone)?,
                Some(until) if until > from => at(day, until, zone)?,
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
