//! What of a choice of incidents no database looks at: the beat that holds them, the hour of
//! the week, an area. One rule for lists, tiles, counts, downloads and statistics, so that the
//! number shown is the number taken away.
//!
//! An incident belongs to the first beat of the list that covers its place, and to the hour of
//! the week in which the middle of its time span lies.

use jiff::Timestamp;
use jiff::tz::TimeZone;

use crate::calendar::week::{HOURS, HourSet, hour_of_week};
use crate::incident::hour_profile::middle;
use crate::incident::record::Incident;
use crate::index::areas::AreaIndex;
use crate::index::strips::StripedArea;
use crate::place::area::Area;
use crate::place::feature::Beat;
use crate::place::position::Position;

/// Of which beats, in which hours, where.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Narrowing {
    /// Ids of beats; empty means all, and what lies in none.
    pub beats: Vec<String>,
    /// Hours of the week.
    pub hours: HourSet,
    /// Inside of this, or on its border.
    pub area: Option<Area>,
}

/// A narrowing made ready for many incidents.
#[derive(Debug)]
pub struct Sieve {
    beats: Option<(AreaIndex, Vec<bool>)>,
    hours: Option<(HourSet, TimeZone)>,
    area: Option<StripedArea>,
}

impl Narrowing {
    /// Whether it takes everything.
    pub fn is_open(&self) -> bool {
        self.beats.is_empty() && self.area.is_none() && self.hours.len() == HOURS
    }

    /// The first id that no beat has.
    pub fn unknown_beat<'a>(&'a self, beats: &[Beat]) -> Option<&'a str> {
        let known = |id: &&String| beats.iter().any(|beat| beat.id.as_str() == id.as_str());
        self.beats.iter().find(|id| !known(id)).map(String::as_str)
    }
}

impl Sieve {
    /// Of all beats of the workspace and its clock.
    pub fn new(narrowing: &Narrowing, beats: &[Beat], zone: &TimeZone) -> Self {
        let wanted = |beat: &Beat| narrowing.beats.iter().any(|id| beat.id.as_str() == id);
        Self {
            beats: (!narrowing.beats.is_empty()).then(|| {
                let areas = beats.iter().map(|beat| beat.area.clone()).collect();
                (AreaIndex::new(areas), beats.iter().map(wanted).collect())
            }),
            hours: (narrowing.hours.len() < HOURS).then(|| (narrowing.hours.clone(), zone.clone())),
            area: narrowing.area.as_ref().map(StripedArea::new),
        }
    }

    /// Whether an incident falls through.
    pub fn takes(&self, it: &Incident) -> bool {
        self.takes_at(it.position, middle(it.at, it.until))
    }

    /// The same of a place and a time, a span by its middle.
    pub fn takes_at(&self, place: Position, middle: Timestamp) -> bool {
        let hour = |(hours, zone): &(HourSet, TimeZone)| hours.contains(hour_of_week(middle, zone));
        let beat = |(index, wanted): &(AreaIndex, Vec<bool>)| {
            index.at(place).is_some_and(|beat| wanted[beat])
        };
        self.hours.as_ref().is_none_or(hour)
            && self.area.as_ref().is_none_or(|area| area.covers(place))
            && self.beats.as_ref().is_none_or(beat)
    }
}
