//! Incidents in memory are found by time or by place, and both find the same.

use std::sync::Arc;

use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp};
use proptest::prelude::*;

use super::{IncidentPoints, PointFilter};
use crate::app::session::snapshot::{Indexes, Standing};
use crate::incident::record::{CallState, Incident, Origin, Priority};
use crate::place::id::Id;
use crate::place::position::Position;

fn at(hours: i64) -> Timestamp {
    Timestamp::UNIX_EPOCH + SignedDuration::from_hours(hours)
}

/// Incidents at hours and places of a grid, in the order given.
fn points(incidents: &[(i64, i16, i16)]) -> IncidentPoints {
    let incident = |(number, &(hours, x, y)): (usize, &(i64, i16, i16))| Incident {
        id: Id::new(number.to_string()),
        at: at(hours),
        until: None,
        position: Position::new(123.0 + f64::from(x) / 100.0, 41.0 + f64::from(y) / 100.0).unwrap(),
        category: "traffic".into(),
        priority: Priority::Two,
        origin: Origin::CitizenCall,
        state: CallState::Closed,
        source_id: None,
    };
    let standing = Standing::default();
    let indexes = Indexes::of(&standing);
    IncidentPoints::new(
        incidents.iter().enumerate().map(incident).collect(),
        Arc::new(standing),
        Arc::new(indexes),
        TimeZone::UTC,
    )
}

proptest! {
    /// A short time is looked through, a long one found by the box: both are what a look at
    /// every incident finds.
    #[test]
    fn those_of_a_box_and_a_time_are_found_either_way(
        incidents in prop::collection::vec((0i64..100, 0i16..20, 0i16..20), 0..80),
        from in prop::option::of(0i64..100),
        hours in prop::option::of(-5i64..120),
        corner in (0i16..20, 0i16..20),
    ) {
        let all = points(&incidents);
        let filter = PointFilter {
            from: from.map(at),
            until: hours.map(|hours| at(from.unwrap_or_default() + hours)),
            ..PointFilter::default()
        };
        let (west, south) = (123.0 + f64::from(corner.0) / 100.0, 41.0 + f64::from(corner.1) / 100.0);
        let bounds = [west, south, west + 0.06, south + 0.06];
        let mut slow: Vec<&(i64, i16, i16)> = incidents.iter().collect();
        slow.sort_by_key(|incident| incident.0);
        let of_time = |hours: i64| {
            filter.from.is_none_or(|from| at(hours) >= from)
                && filter.until.is_none_or(|until| at(hours) < until)
        };
        let inside = |position: Position| {
            (bounds[0]..=bounds[2]).contains(&position.lon())
                && (bounds[1]..=bounds[3]).contains(&position.lat())
        };
        let ids = |found: Vec<&super::Point>| -> Vec<String> {
            found.into_iter().map(|point| point.id.to_string()).collect()
        };
        let looked: Vec<&super::Point> = all
            .points()
            .iter()
            .filter(|point| filter.from.is_none_or(|from| point.at >= from))
            .filter(|point| filter.until.is_none_or(|until| point.at < until))
            .collect();
        prop_assert_eq!(looked.len(), slow.iter().filter(|it| of_time(it.0)).count());
        prop_assert_eq!(all.places(&filter).len(), looked.len());
        let in_box = looked.into_iter().filter(|point| inside(point.position)).collect();
        prop_assert_eq!(ids(all.chosen(bounds, &filter)), ids(in_box));
    }
}
