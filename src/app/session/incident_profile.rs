//! The incidents of a filter, counted: by hour of the week, by category, by beat, over time.
//! Each count leaves its own question out (the hours that are not chosen show what they would
//! bring), so that a screen can show what a choice is made from; the total leaves none out.

use jiff::civil::{Date, date};
use jiff::{Span, Timestamp};

use crate::app::session::Session;
use crate::app::session::error::SessionError;
use crate::app::session::incident_points::{IncidentPoints, NO_BEAT, PointFilter};
use crate::app::session::incident_sift::Sift;
use crate::app::session::snapshot::Snapshot;
use crate::incident::hour_profile::HourProfile;

/// More bars than this can't be told apart on a screen.
const MOST_BARS: i64 = 400;

/// How long a bar of the counts over time is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum BarStep {
    /// A local day.
    Day,
    /// A week from Monday on.
    Week,
    /// A calendar month.
    Month,
}

impl BarStep {
    /// As it is written.
    pub fn word(self) -> &'static str {
        match self {
            Self::Day => "day",
            Self::Week => "week",
            Self::Month => "month",
        }
    }

    fn start_of(self, day: Date) -> Date {
        match self {
            Self::Day => day,
            Self::Week => {
                let past = day.weekday().to_monday_zero_offset();
                day.saturating_sub(Span::new().days(past))
            }
            Self::Month => day.first_of_month(),
        }
    }

    fn after(self, start: Date) -> Date {
        match self {
            Self::Day => start.saturating_add(Span::new().days(1)),
            Self::Week => start.saturating_add(Span::new().weeks(1)),
            Self::Month => start.saturating_add(Span::new().months(1)),
        }
    }
}

/// Incidents of a filter, counted.
#[derive(Debug, Clone, PartialEq)]
pub struct IncidentProfile {
    /// How many the filter takes.
    pub matched: u64,
    /// How many there are.
    pub of: u64,
    /// How many of the matched hold a span of time.
    pub spans: u64,
    /// Whether most of all have a date only, so that hours say nothing.
    pub dates_only: bool,
    /// The first of the matched.
    pub first: Option<Timestamp>,
    /// The last of the matched.
    pub last: Option<Timestamp>,
    /// By hour of the week, of those in any hour; spans spread over their hours.
    pub hours: HourProfile,
    /// By code as recorded, of those in any category; codes without any are left out.
    pub by_code: Vec<(String, u64)>,
    /// By the beat's place in the layer, of those in any beat.
    pub by_beat: Vec<u64>,
    /// Of those, how many lie in no beat.
    pub in_no_beat: u64,
    /// How long a bar is.
    pub step: BarStep,
    /// By first day of the bar, of those at any time; without a gap.
    pub bars: Vec<(Date, u64)>,
}

impl IncidentProfile {
    /// Counts.
    pub fn of(all: &IncidentPoints, filter: &PointFilter) -> Self {
        let sift = Sift::new(all, filter);
        let (points, beats, clock) = (all.points(), all.beats(), all.clock());
        let mut hours = HourProfile::default();
        let mut by_code = vec![0; all.codes().len()];
        let mut by_beat = vec![0; all.layers().beats.len()];
        let (mut matched, mut spans, mut in_no_beat) = (0, 0, 0);
        let (mut first, mut last) = (None, None);
        let mut days = Days::of(all);
        for (place, point) in points.iter().enumerate() {
            if !sift.area(place) {
                continue;
            }
            let [time, category, hour, beat] = [
                sift.time(place),
                sift.category(place),
                sift.hour(place),
                sift.beat(place),
            ];
            if time && category && beat {
                hours.add(clock, point.at, point.until);
            }
            if time && hour && beat {
                by_code[point.code as usize] += 1;
            }
            if time && category && hour {
                match beats[place] {
                    NO_BEAT => in_no_beat += 1,
                    beat => by_beat[beat as usize] += 1,
                }
            }
            if category && hour && beat {
                days.count(clock.local_day(point.at));
                if time {
                    matched += 1;
                    spans += u64::from(point.until.is_some_and(|until| until > point.at));
                    first = first.or(Some(point.at));
                    last = Some(point.at);
                }
            }
        }
        let named = all.codes().iter().cloned().zip(by_code);
        let (step, bars) = days.bars();
        Self {
            matched,
            of: points.len() as u64,
            spans,
            dates_only: all.dates_only(),
            first,
            last,
            hours,
            by_code: named.filter(|(_, count)| *count > 0).collect(),
            by_beat,
            in_no_beat,
            step,
            bars,
        }
    }
}

/// Incidents by local day from the first to the last of all.
struct Days {
    first: i64,
    counts: Vec<u64>,
}

impl Days {
    fn of(all: &IncidentPoints) -> Self {
        let day = |at| all.clock().local_day(at);
        let first = all.points().first().map(|point| day(point.at));
        let last = all.points().last().map(|point| day(point.at));
        match first.zip(last) {
            Some((first, last)) => Self {
                first,
                counts: vec![0; usize::try_from(last - first + 1).unwrap_or(0)],
            },
            None => Self {
                first: 0,
                counts: Vec::new(),
            },
        }
    }

    fn count(&mut self, day: i64) {
        let place = usize::try_from(day - self.first).ok();
        // A clock set back at midnight may put the last a day before another.
        if let Some(count) = place.and_then(|place| self.counts.get_mut(place)) {
            *count += 1;
        }
    }

    fn bars(&self) -> (BarStep, Vec<(Date, u64)>) {
        let days = self.counts.len() as i64;
        let step = match days {
            ..=MOST_BARS => BarStep::Day,
            _ if days <= 7 * MOST_BARS => BarStep::Week,
            _ => BarStep::Month,
        };
        let mut bars: Vec<(Date, u64)> = Vec::new();
        for (day, &count) in (self.first..).zip(&self.counts) {
            let day = date(1970, 1, 1).saturating_add(Span::new().days(day));
            match bars.last_mut() {
                Some((start, sum)) if day < step.after(*start) => *sum += count,
                _ => bars.push((step.start_of(day), count)),
            }
        }
        (step, bars)
    }
}

impl Session {
    /// The incidents of a filter, counted.
    ///
    /// # Errors
    /// [`SessionError`].
    pub async fn incident_profile(
        &self,
        snapshot: &Snapshot,
        filter: PointFilter,
    ) -> Result<IncidentProfile, SessionError> {
        let points = snapshot.incident_points(self.workspace()).await?;
        let _turn = self.choices.turns.turn().await?;
        tokio::task::spawn_blocking(move || IncidentProfile::of(&points, &filter))
            .await
            .map_err(|_| SessionError::BrokenOff)
    }
}
