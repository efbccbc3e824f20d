//! A filter made ready for all incidents in memory, question by question, so that a count may
//! leave one of them out: what would other hours, other categories bring?

use jiff::Timestamp;

use crate::app::session::incident_points::{IncidentPoints, PointFilter};
use crate::calendar::week::{HOURS, HourSet};
use crate::incident::category::code_within;
use crate::index::strips::StripedArea;

/// A filter over incidents, named by their places.
pub struct Sift<'a> {
    all: &'a IncidentPoints,
    from: Option<Timestamp>,
    until: Option<Timestamp>,
    codes: Vec<bool>,
    beats: Option<(Vec<bool>, &'a [u32])>,
    hours: Option<(&'a HourSet, &'a [u8])>,
    area: Option<StripedArea>,
}

impl<'a> Sift<'a> {
    /// Prepares a filter.
    pub fn new(all: &'a IncidentPoints, filter: &'a PointFilter) -> Self {
        let narrowing = &filter.narrowing;
        let is_wanted = |code: &String| {
            filter.categories.is_empty() || filter.categories.iter().any(|c| code_within(code, c))
        };
        let beats = all.layers().beats.iter();
        let of_wanted = |id: &str| narrowing.beats.iter().any(|wanted| wanted == id);
        Self {
            all,
            from: filter.from,
            until: filter.until,
            codes: all.codes().iter().map(is_wanted).collect(),
            beats: (!narrowing.beats.is_empty()).then(|| {
                let wanted = beats.map(|beat| of_wanted(beat.id.as_str())).collect();
                (wanted, all.beats())
            }),
            hours: (narrowing.hours.len() < HOURS).then(|| (&narrowing.hours, all.hours())),
            area: narrowing.area.as_ref().map(StripedArea::new),
        }
    }

    /// Whether the filter takes it.
    pub fn takes(&self, place: usize) -> bool {
        self.time(place)
            && self.category(place)
            && self.hour(place)
            && self.area(place)
            && self.beat(place)
    }

    /// Whether it is of the wanted time.
    pub fn time(&self, place: usize) -> bool {
        let at = self.all.points()[place].at;
        self.from.is_none_or(|from| at >= from) && self.until.is_none_or(|until| at < until)
    }

    /// Whether it is of a wanted category.
    pub fn category(&self, place: usize) -> bool {
        self.codes[self.all.points()[place].code as usize]
    }

    /// Whether it is in a wanted hour.
    pub fn hour(&self, place: usize) -> bool {
        let hour = |(hours, of): &(&HourSet, &[u8])| hours.contains(of[place].into());
        self.hours.as_ref().is_none_or(hour)
    }

    /// Whether it lies in the wanted area.
    pub fn area(&self, place: usize) -> bool {
        let position = self.all.points()[place].position;
        self.area.as_ref().is_none_or(|area| area.covers(position))
    }

    /// Whether it lies in a wanted beat.
    pub fn beat(&self, place: usize) -> bool {
        let beat = |(wanted, of): &(Vec<bool>, &[u32])| {
            wanted.get(of[place] as usize).is_some_and(|&wanted| wanted)
        };
        self.beats.as_ref().is_none_or(beat)
    }
}
