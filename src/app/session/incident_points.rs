//! All incidents in memory, without their sources' ids: the map's tiles are cut from them, and
//! choices of them made and counted.
//!
//! A tile with more incidents than a screen can show holds one point for each small
//! square, with the number of incidents it stands for (`count`): fewer points, none lost.

use std::collections::BTreeMap;
use std::ops::Range;
use std::sync::{Arc, OnceLock};

use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp};

use crate::app::incident_sieve::Narrowing;
use crate::app::session::incident_sift::Sift;
use crate::app::session::layers::around;
use crate::app::session::snapshot::{Indexes, Standing};
use crate::calendar::week_clock::WeekClock;
use crate::calendar::window::Window;
use crate::exchange::tile::{self, TileError, TileFeature, TileId, TileShape, TileValue};
use crate::incident::hour_profile::middle;
use crate::incident::record::{CallState, Incident, Origin, Priority};
use crate::index::boxes::BoxIndex;
use crate::index::strips::StripedArea;
use crate::place::area::Area;
use crate::place::id::Id;
use crate::place::measure::Metres;
use crate::place::position::Position;
use crate::risk::model::RiskEvent;
use crate::risk::past;

/// More incidents than this in one tile are gathered into squares.
const MOST_POINTS: usize = 5_000;

/// A time with less than this part of all is looked through, instead of the box: ten years of a
/// district are cut into tiles of four weeks each, and a tile may hold the whole district.
const LOOKED_THROUGH: usize = 8;

/// Squares along a tile's side.
const SQUARES: f64 = 128.0;

/// No degree of latitude is shorter, metres.
const METRES_PER_DEGREE: f64 = 110_500.0;

/// Stands for no beat in a list of beats.
pub const NO_BEAT: u32 = u32::MAX;

/// Which incidents are drawn, listed, counted.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct PointFilter {
    /// Not before.
    pub from: Option<Timestamp>,
    /// Before this.
    pub until: Option<Timestamp>,
    /// Category codes, children included; empty means all.
    pub categories: Vec<String>,
    /// Of which beats, in which hours, where.
    pub narrowing: Narrowing,
}

/// An incident near a place.
#[derive(Debug, Clone, PartialEq)]
pub struct NearIncident {
    /// Its id.
    pub id: String,
    /// When it happened.
    pub at: Timestamp,
    /// Category code.
    pub category: String,
    /// How far off it was.
    pub metres: Metres,
}

/// Incidents, found by tile.
#[derive(Debug)]
pub struct IncidentPoints {
    points: Vec<Point>,
    /// Category codes, named by their place here.
    codes: Vec<String>,
    index: BoxIndex,
    layers: Arc<Standing>,
    indexes: Arc<Indexes>,
    zone: TimeZone,
    /// The district's clock from the first to the end of the last.
    clock: WeekClock,
    beats: OnceLock<Vec<u32>>,
    hours: OnceLock<Vec<u8>>,
    dates_only: OnceLock<bool>,
    longest: OnceLock<SignedDuration>,
    bounds: OnceLock<Option<[f64; 4]>>,
}

/// An incident in memory.
#[derive(Debug)]
pub struct Point {
    /// Its id.
    pub id: Box<str>,
    /// Where.
    pub position: Position,
    /// When, or not before.
    pub at: Timestamp,
    /// Not after, where it is a span.
    pub until: Option<Timestamp>,
    /// Its category's place in [`IncidentPoints::codes`].
    pub code: u32,
    priority: Priority,
    origin: Origin,
    state: CallState,
}

impl IncidentPoints {
    /// Indexes incidents; the order of those of one instant is kept. The beats are those of the
    /// layers.
    pub fn new(
        mut incidents: Vec<Incident>,
        layers: Arc<Standing>,
        indexes: Arc<Indexes>,
        zone: TimeZone,
    ) -> Self {
        // As the store has them; those of a time are found by it.
        incidents.sort_by_key(|incident| incident.at);
        let mut codes: Vec<String> = incidents.iter().map(|i| i.category.clone()).collect();
        codes.sort_unstable();
        codes.dedup();
        let boxes: Vec<[f64; 4]> = incidents
            .iter()
            .map(|i| {
                let (x, y) = (i.position.lon(), i.position.lat());
                [x, y, x, y]
            })
            .collect();
        let points: Vec<Point> = incidents
            .into_iter()
            .map(|incident| Point {
                // Every code is in the list that was made of them.
                code: codes.partition_point(|c| *c < incident.category) as u32,
                id: incident.id.as_str().into(),
                position: incident.position,
                at: incident.at,
                until: incident.until,
                priority: incident.priority,
                origin: incident.origin,
                state: incident.state,
            })
            .collect();
        Self {
            index: BoxIndex::new(&boxes),
            clock: clock_of(&points, &zone),
            points,
            codes,
            layers,
            indexes,
            zone,
            beats: OnceLock::new(),
            hours: OnceLock::new(),
            dates_only: OnceLock::new(),
            longest: OnceLock::new(),
            bounds: OnceLock::new(),
        }
    }

    /// All of them, oldest first.
    pub fn points(&self) -> &[Point] {
        &self.points
    }

    /// Category codes that incidents have.
    pub fn codes(&self) -> &[String] {
        &self.codes
    }

    /// What stands in the district.
    pub fn layers(&self) -> &Standing {
        &self.layers
    }

    /// The district's clock over all of them.
    pub fn clock(&self) -> &WeekClock {
        &self.clock
    }

    /// The beat of each, by its place in the layer; [`NO_BEAT`] where it is in none.
    pub fn beats(&self) -> &[u32] {
        self.beats.get_or_init(|| {
            let beat = |point: &Point| self.indexes.beats.at(point.position);
            let beats = self.points.iter().map(beat);
            beats
                .map(|beat| beat.and_then(|b| u32::try_from(b).ok()).unwrap_or(NO_BEAT))
                .collect()
        })
    }

    /// The hour of the week of each, a span by its middle.
    pub fn hours(&self) -> &[u8] {
        self.hours.get_or_init(|| {
            let hour = |point: &Point| self.clock.hour_of_week(middle(point.at, point.until)) as u8;
            self.points.iter().map(hour).collect()
        })
    }

    /// Whether most have a date only: their time of day says nothing.
    pub fn dates_only(&self) -> bool {
        *self.dates_only.get_or_init(|| {
            let event = |point: &Point| RiskEvent {
                position: point.position,
                at: middle(point.at, point.until),
            };
            let events: Vec<RiskEvent> = self.points.iter().map(event).collect();
            past::dates_only(&events, &self.zone)
        })
    }

    /// Where they are: west, south, east, north, degrees; none where there are none.
    pub fn bounds(&self) -> Option<[f64; 4]> {
        *self.bounds.get_or_init(|| {
            let boxes = self.points.iter().map(|point| {
                let (lon, lat) = (point.position.lon(), point.position.lat());
                [lon, lat, lon, lat]
            });
            boxes.reduce(around)
        })
    }

    /// The longest span of time that one of them is known by; nothing where all have an instant.
    pub fn longest(&self) -> SignedDuration {
        *self.longest.get_or_init(|| {
            let span = |point: &Point| Some(point.until?.duration_since(point.at));
            self.points
                .iter()
                .filter_map(span)
                .max()
                .unwrap_or_default()
        })
    }

    /// Those that a filter takes, by their places, oldest first.
    pub fn places(&self, filter: &PointFilter) -> Vec<u32> {
        let sift = Sift::new(self, filter);
        let taken = |&place: &u32| sift.takes(place as usize);
        match &filter.narrowing.area {
            Some(area) => self.meeting(area.bbox(), filter, taken),
            None => self.in_time(filter).filter(taken).collect(),
        }
    }

    /// The places of those of a filter's time: they lie beside each other.
    fn in_time(&self, filter: &PointFilter) -> Range<u32> {
        // Less than 2³² fit into memory.
        let before = |end: Timestamp| self.points.partition_point(|p| p.at < end) as u32;
        let start = filter.from.map_or(0, before);
        let end = filter.until.map_or(self.points.len() as u32, before);
        start..end.max(start)
    }

    /// Those of a box and of a filter's time that are taken, oldest first.
    fn meeting(
        &self,
        bounds: [f64; 4],
        filter: &PointFilter,
        taken: impl Fn(&u32) -> bool,
    ) -> Vec<u32> {
        let of_time = self.in_time(filter);
        if of_time.len() > self.points.len() / LOOKED_THROUGH {
            let inside = self.index.meeting(bounds);
            return inside.into_iter().filter(taken).collect();
        }
        let [west, south, east, north] = bounds;
        let inside = |&place: &u32| {
            let at = self.points[place as usize].position;
            (west..=east).contains(&at.lon()) && (south..=north).contains(&at.lat())
        };
        of_time.filter(inside).filter(taken).collect()
    }

    /// The place of the incident of that id.
    pub fn place_of(&self, id: &str) -> Option<u32> {
        let place = self.points.iter().position(|point| &*point.id == id)?;
        u32::try_from(place).ok()
    }

    /// The incident at a place, without its source's id; panics where there is none.
    pub fn incident(&self, place: u32) -> Incident {
        let point = &self.points[place as usize];
        Incident {
            id: Id::new(point.id.to_string()),
            at: point.at,
            until: point.until,
            position: point.position,
            category: self.codes[point.code as usize].clone(),
            priority: point.priority,
            origin: point.origin,
            state: point.state,
            source_id: None,
        }
    }

    /// Encodes a tile with the layer `incidents`.
    ///
    /// # Errors
    /// [`TileError::Encoding`].
    pub fn tile(&self, tile: TileId, filter: &PointFilter) -> Result<Vec<u8>, TileError> {
        let chosen = self.chosen(tile::bounds(tile), filter);
        let features = if chosen.len() > MOST_POINTS {
            gathered(tile, &chosen)
                .into_iter()
                .map(|(point, count)| self.feature(point, count))
                .collect()
        } else {
            chosen.into_iter().map(|p| self.feature(p, 1)).collect()
        };
        tile::encode(tile, &[("incidents", features)])
    }

    /// When the incident of that id was, or began; none where there is none.
    pub fn time_of(&self, id: &str) -> Option<Timestamp> {
        let point = self.points.iter().find(|point| &*point.id == id)?;
        Some(point.at)
    }

    /// How many incidents an area covers, by category code; codes without any are left out.
    pub fn counts_within(&self, area: &Area, filter: &PointFilter) -> BTreeMap<String, u64> {
        let prepared = StripedArea::new(area);
        let mut counts = vec![0u64; self.codes.len()];
        for point in self.chosen(area.bbox(), filter) {
            if prepared.covers(point.position) {
                counts[point.code as usize] += 1;
            }
        }
        let counted = self.codes.iter().cloned().zip(counts);
        counted.filter(|(_, count)| *count > 0).collect()
    }

    /// Incidents since an instant that happened within so many metres of a place, oldest
    /// first.
    pub fn near(&self, place: Position, within: Metres, since: Timestamp) -> Vec<NearIncident> {
        let north = within.0 / METRES_PER_DEGREE;
        let east = north / place.lat().to_radians().cos().max(0.01);
        let (x, y) = (place.lon(), place.lat());
        let filter = PointFilter {
            from: Some(since),
            ..PointFilter::default()
        };
        let found = self.chosen([x - east, y - north, x + east, y + north], &filter);
        let near = |point: &Point| NearIncident {
            id: point.id.to_string(),
            at: point.at,
            category: self.codes[point.code as usize].clone(),
            metres: point.position.metres_to(place),
        };
        found
            .into_iter()
            .map(near)
            .filter(|near| near.metres <= within)
            .collect()
    }

    /// The incidents of a box that pass the filter, oldest first.
    fn chosen(&self, bounds: [f64; 4], filter: &PointFilter) -> Vec<&Point> {
        let sift = Sift::new(self, filter);
        let places = self.meeting(bounds, filter, |&place| sift.takes(place as usize));
        let points = places.into_iter();
        points.map(|place| &self.points[place as usize]).collect()
    }

    fn feature<'a>(&'a self, point: &'a Point, count: i64) -> TileFeature<'a> {
        TileFeature {
            geometry: TileShape::Point(point.position),
            properties: vec![
                ("id", TileValue::from(&*point.id)),
                (
                    "category",
                    TileValue::from(self.codes[point.code as usize].as_str()),
                ),
                (
                    "priority",
                    TileValue::from(i64::from(point.priority.number())),
                ),
                ("at", TileValue::from(point.at.to_string())),
                ("count", TileValue::from(count)),
            ],
            id: None,
        }
    }
}

/// A clock from the first to after the last instant that any of them speaks of.
fn clock_of(points: &[Point], zone: &TimeZone) -> WeekClock {
    let first = points.iter().map(|p| p.at).min();
    let last = points
        .iter()
        .map(|p| p.until.unwrap_or(p.at).max(p.at))
        .max();
    let after = last.and_then(|last| last.checked_add(SignedDuration::from_millis(1)).ok());
    let window = first
        .zip(after)
        .map(|(first, after)| Window::new(first, after));
    // Without incidents nobody asks the clock; at the end of time it is that of its last day.
    let window = window.unwrap_or(Window::new(Timestamp::UNIX_EPOCH, Timestamp::MAX));
    window.map_or_else(
        |fault| WeekClock::fixed(zone, fault.start),
        |w| WeekClock::new(zone, w),
    )
}

/// The newest incident of each square, and how many the square has.
fn gathered<'a>(tile: TileId, chosen: &[&'a Point]) -> Vec<(&'a Point, i64)> {
    let [west, south, east, north] = tile::bounds(tile);
    let square = |value: f64, low: f64, high: f64| ((value - low) / (high - low) * SQUARES) as i32;
    let mut squares: BTreeMap<(i32, i32), (&Point, i64)> = BTreeMap::new();
    for &point in chosen {
        let at = (
            square(point.position.lon(), west, east),
            square(point.position.lat(), south, north),
        );
        let entry = squares.entry(at).or_insert((point, 0));
        entry.1 += 1;
        if point.at >= entry.0.at {
            entry.0 = point;
        }
    }
    squares.into_values().collect()
}

#[cfg(test)]
#[path = "incident_points_tests.rs"]
mod tests;
