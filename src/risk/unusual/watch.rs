//! The watch: what was learned from a workspace's past, and a look at what has come in.

use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp};

use crate::calendar::week_clock::WeekClock;
use crate::calendar::window::Window;
use crate::grid::hexgrid::{GridError, HexGrid};
use crate::risk::model::RiskEvent;
use crate::risk::unusual::chance::{OnceIn, Weeks, strongest};
use crate::risk::unusual::scan::{Cluster, Counts, Look, Seen, WINDOWS_H};
use crate::risk::unusual::usual::Usual;
use crate::risk::unusual::zones::{Zone, Zones};

/// Weeks of the workspace's own past that are gone through.
const OWN_WEEKS: i64 = 26;

/// Fewer weeks of the own past than this set no threshold.
const LEAST_OWN_WEEKS: usize = 8;

const HOUR_MS: f64 = 3_600_000.0;

/// What to watch with.
#[derive(Debug, Clone)]
pub struct Watch {
    zones: Zones,
    usual: Usual,
    chance: Weeks,
    own: Weeks,
}

/// What a look has found.
#[derive(Debug, Clone, PartialEq)]
pub struct Report {
    /// The score from which it rings.
    pub threshold: f64,
    /// How often that comes up where all is as usual.
    pub false_alarm: OnceIn,
    /// In how many of the last weeks of the own past it would have rung…
    pub own_ringing: usize,
    /// …of how many.
    pub own_weeks: usize,
    /// Strongest first.
    pub clusters: Vec<Found>,
}

/// A cluster, where and how rare.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Found {
    /// The cluster.
    pub cluster: Cluster,
    /// Where.
    pub zone: Zone,
    /// How often so much comes up where all is as usual.
    pub once_in: OnceIn,
}

impl Watch {
    /// Learns from a stretch of the past; none where it is too thin, too short, or has no
    /// times of day. Some seconds of work.
    ///
    /// # Errors
    /// [`GridError`].
    pub fn learn(
        grid: &HexGrid,
        events: &[RiskEvent],
        past: Window,
        zone: &TimeZone,
    ) -> Result<Option<Self>, GridError> {
        let zones = Zones::cover(grid)?;
        let Some(usual) = Usual::learn(grid, &zones, events, past, zone) else {
            return Ok(None);
        };
        let chance = Weeks::simulate(&zones, &usual);
        let own = own_weeks(grid, &zones, &usual, events, past, zone);
        Ok(Some(Self {
            zones,
            usual,
            chance,
            own,
        }))
    }

    /// Looks at what has come in (ascending), for one false alarm in so many days.
    pub fn look(&self, recent: &[Seen], now: Timestamp, zone: &TimeZone, days: f64) -> Report {
        let by_chance = self.chance.threshold(days).unwrap_or(f64::INFINITY);
        let by_own = (self.own.len() >= LEAST_OWN_WEEKS)
            .then(|| self.own.threshold(days))
            .flatten();
        let threshold = by_own.map_or(by_chance, |own| own.max(by_chance));
        let rare = |score| {
            self.chance.once_in(score).unwrap_or(OnceIn {
                days: 0.0,
                or_rarer: true,
            })
        };
        let now_ms = now.as_millisecond();
        let pieces = |from, to| pieces_of(zone, from, to);
        let look = Look {
            zones: &self.zones,
            usual: &self.usual,
            now_ms,
            stretches: WINDOWS_H.map(|hours| {
                let from = now_ms - i64::from(hours) * HOUR_MS as i64;
                self.usual.over(pieces(from, now_ms))
            }),
        };
        let mut counts = Counts::new(self.zones.len());
        let clusters = look.clusters(recent, threshold, &mut counts);
        Report {
            threshold,
            false_alarm: rare(threshold),
            own_ringing: self.own.reaching(threshold),
            own_weeks: self.own.len(),
            clusters: (clusters.into_iter())
                .map(|cluster| Found {
                    zone: self.zones.zones[cluster.zone as usize],
                    once_in: rare(cluster.score),
                    cluster,
                })
                .collect(),
        }
    }
}

/// The strongest score of each of the last weeks.
fn own_weeks(
    grid: &HexGrid,
    zones: &Zones,
    usual: &Usual,
    events: &[RiskEvent],
    past: Window,
    zone: &TimeZone,
) -> Weeks {
    let mut seen: Vec<Seen> = (events.iter())
        .filter(|event| past.contains(event.at))
        .filter_map(|event| {
            Some(Seen {
                cell: grid.index_at(event.position)? as u32,
                at_ms: event.at.as_millisecond(),
            })
        })
        .collect();
    seen.sort_by_key(|seen| seen.at_ms);
    let week = SignedDuration::from_hours(7 * 24);
    let lead = SignedDuration::from_hours(i64::from(WINDOWS_H[WINDOWS_H.len() - 1]));
    let clock = WeekClock::new(zone, past);
    let mut counts = Counts::new(zones.len());
    let mut scores = Vec::new();
    for back in 1..=OWN_WEEKS as i32 {
        let from = past
            .end()
            .saturating_sub(week * back)
            .unwrap_or(past.start());
        let first = from.saturating_sub(lead).unwrap_or(past.start());
        if first < past.start() {
            break;
        }
        let to_ms = past.end().as_millisecond() - week.as_millis() as i64 * i64::from(back - 1);
        let inside = seen.partition_point(|it| it.at_ms < first.as_millisecond())
            ..seen.partition_point(|it| it.at_ms < to_ms);
        scores.push(strongest(
            zones,
            usual,
            &seen[inside],
            from.as_millisecond(),
            |from, to| hours(&clock, from, to),
            &mut counts,
        ));
    }
    Weeks::of(scores)
}

/// A stretch cut at the turns of the hours.
fn pieces_of(zone: &TimeZone, from_ms: i64, to_ms: i64) -> Vec<(usize, f64)> {
    match window(from_ms, to_ms) {
        Some(stretch) => hours(&WeekClock::new(zone, stretch), from_ms, to_ms),
        None => Vec::new(),
    }
}

fn hours(clock: &WeekClock, from_ms: i64, to_ms: i64) -> Vec<(usize, f64)> {
    let Some(stretch) = window(from_ms, to_ms) else {
        return Vec::new();
    };
    let pieces = clock.pieces(stretch);
    pieces
        .map(|piece| (piece.hour, piece.length_ms() as f64 / HOUR_MS))
        .collect()
}

fn window(from_ms: i64, to_ms: i64) -> Option<Window> {
    let instant = |ms| Timestamp::from_millisecond(ms).ok();
    Window::new(instant(from_ms)?, instant(to_ms)?).ok()
}

#[cfg(test)]
#[path = "watch_tests.rs"]
mod tests;
