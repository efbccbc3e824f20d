//! A follow-up as the API shows it and the command line prints it: by beat, by cell, by unit,
//! minutes with one digit.

use jiff::Timestamp;
use jiff::tz::TimeZone;
use serde::Serialize;
use utoipa::ToSchema;

use crate::app::follow_up::FollowedUp;
use crate::exchange::feature_geojson::local_time;
use crate::live::dosage::report::{BeatCount, StopCount};
use crate::place::feature::Unit;
use crate::place::id::Id;
use crate::place::measure::Seconds;

/// What was driven and what was kept between two instants.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
#[schema(as = FollowUp)]
pub struct FollowUpBody {
    /// From then on.
    pub from: String,
    /// Until then, or until now where that is earlier.
    pub until: String,
    /// How many minutes that is; visibility is a share of them.
    pub minutes: u32,
    /// Whether the workspace is made up.
    pub synthetic: bool,
    /// H3 resolution of the cells.
    pub resolution: u8,
    /// One a beat, in the order of their layer.
    pub beats: Vec<FollowUpBeat>,
    /// What is in no beat; none where a station is asked for.
    pub outside: Option<FollowUpCount>,
    /// Stops of all beats that are shown.
    pub total: StopsBody,
    /// Cells where patrol was or was wanted.
    pub cells: Vec<FollowUpCell>,
    /// Units that had a round or were on patrol.
    pub units: Vec<FollowUpUnit>,
    /// Must-visits that were not made in their window, in its order.
    pub missed: Vec<FollowUpMissed>,
}

/// A must-visit that was not made.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub struct FollowUpMissed {
    /// The unit that was to make it.
    pub unit: String,
    /// What it is called on the radio.
    pub call_sign: String,
    /// Where that is, in words.
    pub label: String,
    /// Until when it was due.
    pub until: String,
}

/// A beat.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub struct FollowUpBeat {
    /// Its id.
    pub beat: String,
    /// Its name.
    pub name: String,
    /// Its station.
    pub station: Option<String>,
    /// What it was given.
    #[serde(flatten)]
    pub count: FollowUpCount,
}

/// What a beat was given.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub struct FollowUpCount {
    /// Patrol minutes that the plans in force wanted: the stops' dwell.
    pub wanted_min: f64,
    /// Patrol minutes that it was given by units that were free.
    pub given_min: f64,
    /// Share of the minutes in which some unit on patrol was there 见警率.
    pub visibility: Option<f64>,
    /// Its stops.
    pub stops: StopsBody,
}

/// What became of stops.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub struct StopsBody {
    /// All of them.
    pub planned: u32,
    /// The unit was there.
    pub made: u32,
    /// It said why it does not go there.
    pub skipped: u32,
    /// Their time has passed.
    pub missed: u32,
    /// Their time is yet to come, or not over.
    pub open: u32,
    /// Made of all that are over, percent; none where none is.
    pub kept_percent: Option<f64>,
    /// How many had to be visited in a window.
    pub must: u32,
    /// How many of those were.
    pub must_made: u32,
}

/// A cell.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub struct FollowUpCell {
    /// H3 index.
    pub cell: String,
    /// Patrol minutes that were wanted.
    pub wanted_min: f64,
    /// Patrol minutes that were given 巡防强度.
    pub given_min: f64,
    /// The beat that it is counted in.
    pub beat: Option<String>,
}

/// A unit.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub struct FollowUpUnit {
    /// Its id.
    pub unit: String,
    /// What it is called on the radio.
    pub call_sign: String,
    /// Minutes on patrol.
    pub given_min: f64,
    /// Minutes free without a position: nobody knows where.
    pub silent_min: f64,
    /// Its stops.
    pub stops: StopsBody,
}

impl FollowUpBody {
    /// What is shown; only of these stations where any is given.
    pub fn of(
        followed: &FollowedUp,
        stations: &[String],
        resolution: u8,
        synthetic: bool,
        zone: &TimeZone,
    ) -> Self {
        let count = &followed.count;
        let is_meant = |station: Option<&str>| {
            stations.is_empty() || station.is_some_and(|id| stations.iter().any(|s| s == id))
        };
        let meant: Vec<bool> = followed
            .beats
            .iter()
            .map(|beat| is_meant(beat.station.as_ref().map(Id::as_str)))
            .collect();
        let of_beat = |row: &BeatCount| FollowUpCount {
            wanted_min: tenths(row.wanted),
            given_min: tenths(row.given),
            visibility: count.visibility(row),
            stops: StopsBody::of(&row.stops),
        };
        let rows = followed.beats.iter().zip(&count.beats).zip(&meant);
        let rows: Vec<_> = rows
            .filter(|(_, meant)| **meant)
            .map(|(row, _)| row)
            .collect();
        let mut total = StopCount::default();
        rows.iter().for_each(|(_, row)| total.add(&row.stops));
        if stations.is_empty() {
            total.add(&count.outside.stops);
        }
        let cells = count.cells.iter().filter(|(_, cell)| match cell.beat {
            Some(beat) => meant[beat],
            None => stations.is_empty(),
        });
        let call_sign = |id: &Id<Unit>| {
            let unit = followed.ground.unit(id);
            unit.map_or_else(|| id.to_string(), |unit| unit.call_sign.clone())
        };
        let units = count.units.iter().filter_map(|(id, row)| {
            let unit = followed.ground.unit(id);
            let station = unit.and_then(|unit| unit.station.as_ref());
            is_meant(station.map(Id::as_str)).then(|| FollowUpUnit {
                unit: id.to_string(),
                call_sign: call_sign(id),
                given_min: tenths(row.given),
                silent_min: tenths(row.silent),
                stops: StopsBody::of(&row.stops),
            })
        });
        let missed = count.missed.iter().filter(|stop| match stop.beat {
            Some(beat) => meant[beat],
            None => stations.is_empty(),
        });
        Self {
            missed: missed
                .map(|stop| FollowUpMissed {
                    unit: stop.unit.to_string(),
                    call_sign: call_sign(&stop.unit),
                    label: stop.label.clone(),
                    until: local_time(stop.due_until, zone),
                })
                .collect(),
            from: local_time(count.from, zone),
            // Nobody reads parts of a second.
            until: local_time(second(count.until), zone),
            minutes: count.minutes(),
            synthetic,
            resolution,
            beats: rows
                .iter()
                .map(|(beat, row)| FollowUpBeat {
                    beat: beat.id.to_string(),
                    name: beat.name.clone(),
                    station: beat.station.as_ref().map(Id::to_string),
                    count: of_beat(row),
                })
                .collect(),
            outside: stations.is_empty().then(|| of_beat(&count.outside)),
            total: StopsBody::of(&total),
            cells: cells
                .map(|(cell, row)| FollowUpCell {
                    cell: cell.to_string(),
                    wanted_min: tenths(row.wanted),
                    given_min: tenths(row.given),
                    beat: row.beat.map(|beat| followed.beats[beat].id.to_string()),
                })
                .collect(),
            units: units.collect(),
        }
    }
}

impl StopsBody {
    fn of(stops: &StopCount) -> Self {
        Self {
            planned: stops.planned(),
            made: stops.made,
            skipped: stops.skipped,
            missed: stops.missed,
            open: stops.open,
            kept_percent: stops.kept_percent(),
            must: stops.must,
            must_made: stops.must_made,
        }
    }
}

fn second(at: Timestamp) -> Timestamp {
    Timestamp::from_second(at.as_second()).unwrap_or(at)
}

/// Minutes, to a tenth.
fn tenths(time: Seconds) -> f64 {
    (time.0 / 6.0).round() / 10.0
}
