//! Which incidents, from an address: of which beats, in which hours, where. The same
//! parameters narrow lists, counts, tiles, downloads and statistics.

use crate::app::incident_sieve::Narrowing;
use crate::app::session::incident_points::PointFilter;
use crate::app::session::snapshot::Snapshot;
use crate::calendar::text::parse_hours;
use crate::calendar::week::{HOURS, HourSet};
use crate::http::problem::Problem;
use crate::http::query::{Query, quoted};
use crate::place::area::Area;
use crate::place::area_text::{area_text, parse_area};

/// Most beats named.
const MOST_BEATS: usize = 300;

/// `beat`, `hours` and `area`.
///
/// # Errors
/// [`Problem`] that names the parameter.
pub fn narrowing(query: &mut Query, snapshot: &Snapshot) -> Result<Narrowing, Problem> {
    Ok(Narrowing {
        beats: known_beats(query.many("beat"), snapshot)?,
        hours: hours(query)?,
        area: area(query)?,
    })
}

/// The ids, sorted, each once.
///
/// # Errors
/// [`Problem`] that names the first that no beat has.
pub fn known_beats(mut ids: Vec<String>, snapshot: &Snapshot) -> Result<Vec<String>, Problem> {
    ids.retain(|id| !id.is_empty());
    ids.sort();
    ids.dedup();
    if ids.len() > MOST_BEATS {
        let detail = format!("beat names at most {MOST_BEATS} beats");
        return Err(Problem::parameter("beat", detail));
    }
    let beats = ids;
    let narrowing = Narrowing {
        beats,
        ..Narrowing::default()
    };
    match narrowing.unknown_beat(&snapshot.layers.beats) {
        Some(id) => Err(Problem::parameter(
            "beat",
            format!(
                "there is no beat {}; /api/layers/beats lists them",
                quoted(id)
            ),
        )),
        None => Ok(narrowing.beats),
    }
}

/// `hours`; all where absent.
///
/// # Errors
/// [`Problem`].
pub fn hours(query: &mut Query) -> Result<HourSet, Problem> {
    match query.text("hours")? {
        None => Ok(HourSet::full()),
        Some(text) => parse_hours(&text).map_err(|_| {
            Problem::parameter(
                "hours",
                format!(
                    "{} names no hours; write 22-6, or hours of the week",
                    quoted(&text)
                ),
            )
        }),
    }
}

/// `area`; none: everywhere.
///
/// # Errors
/// [`Problem`].
pub fn area(query: &mut Query) -> Result<Option<Area>, Problem> {
    let text = query.text("area")?;
    text.map(|text| parse_area(&text).map_err(|fault| Problem::parameter("area", fault)))
        .transpose()
}

/// The filter as parameters of an address.
pub fn pairs(filter: &PointFilter) -> Vec<(&'static str, String)> {
    let mut pairs = Vec::new();
    pairs.extend(filter.from.map(|from| ("from", from.to_string())));
    pairs.extend(filter.until.map(|until| ("until", until.to_string())));
    let categories = filter.categories.iter();
    pairs.extend(categories.map(|code| ("category", code.clone())));
    let narrowing = &filter.narrowing;
    pairs.extend(narrowing.beats.iter().map(|id| ("beat", id.clone())));
    if narrowing.hours.len() < HOURS {
        let hours: Vec<String> = narrowing.hours.hours().map(|h| h.to_string()).collect();
        pairs.push(("hours", hours.join(",")));
    }
    pairs.extend(
        narrowing
            .area
            .as_ref()
            .map(|area| ("area", area_text(area))),
    );
    pairs
}
