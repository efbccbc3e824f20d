//! One incident as a feed delivers it: fields by name, each checked; whatever else is there
//! is dropped unseen and named, since it may tell of a person.

use jiff::{SignedDuration, Timestamp};
use serde_json::{Map, Value};

use crate::app::session::snapshot::Snapshot;
use crate::calendar::text::parse_instant;
use crate::exchange::import::identity::prefixed;
use crate::exchange::import::incident_rows::content_id;
use crate::exchange::import::personal::{pattern_of, scrub};
use crate::http::live::place::{OUTSIDE, believed};
use crate::http::problem::Problem;
use crate::incident::record::{CallState, Incident, Origin, Priority};
use crate::live::command::NewIncident;
use crate::place::id::Id;

/// What is taken in.
const FIELDS: [&str; 9] = [
    "id", "at", "until", "position", "lon", "lat", "category", "priority", "origin",
];

/// How far ahead of the service's clock another's may be.
const AHEAD: SignedDuration = SignedDuration::from_mins(5);

/// How old an incident may be that is not imported but delivered: a feed catches up on a
/// weekend, not on a year.
const OLDEST: SignedDuration = SignedDuration::from_hours(31 * 24);

/// Longest id of a source.
const LONGEST_ID: usize = 100;

/// Longest name of a dropped field that is told, and most of them.
const SHOWN: usize = 40;

/// An item that can be taken in, and which of its fields were not.
#[derive(Debug, Clone, PartialEq)]
pub struct Item {
    /// The incident.
    pub incident: NewIncident,
    /// Names of fields that were dropped.
    pub dropped: Vec<String>,
}

/// Reads an item.
///
/// # Errors
/// [`Problem`] with the field at fault.
pub fn read(
    value: &Value,
    feed: &str,
    now: Timestamp,
    snapshot: &Snapshot,
) -> Result<Item, Problem> {
    let Value::Object(fields) = value else {
        return Err(Problem::parameter("", "an incident is a JSON object"));
    };
    let position = believed(position(fields)?, OUTSIDE, snapshot)?;
    let at = time(fields, "at", now, snapshot)?.unwrap_or(milliseconds(now));
    let until = time(fields, "until", now, snapshot)?;
    if until.is_some_and(|until| until <= at) {
        return Err(Problem::parameter("until", "until must be after at"));
    }
    let mut incident = Incident {
        id: Id::new(""),
        at,
        until,
        position,
        category: category(fields, snapshot)?,
        priority: priority(fields)?,
        origin: origin(fields)?,
        state: state(fields)?,
        source_id: source_id(fields)?,
    };
    // As the import of the same rows would name it with `--source`.
    let source = (feed != "local").then_some(feed);
    let own = incident
        .source_id
        .clone()
        .unwrap_or_else(|| content_id(&incident));
    incident.id = Id::new(prefixed(source, own));
    let known = |name: &str| FIELDS.contains(&name) || name == "state";
    let dropped = fields
        .keys()
        .filter(|name| !known(name))
        .take(SHOWN)
        .map(|name| scrub(&name.chars().take(SHOWN).collect::<String>()))
        .collect();
    Ok(Item {
        incident: NewIncident {
            id: incident.id,
            source_id: incident.source_id,
            happened_at: incident.at,
            until: incident.until,
            position: incident.position,
            category: incident.category,
            priority: incident.priority,
            origin: incident.origin,
            state: incident.state,
        },
        dropped,
    })
}

fn position(fields: &Map<String, Value>) -> Result<[f64; 2], Problem> {
    let pair = match fields.get("position") {
        Some(Value::Array(pair)) => {
            let number = |i: usize| pair.get(i).and_then(Value::as_f64);
            (pair.len() == 2)
                .then(|| number(0).zip(number(1)))
                .flatten()
        }
        Some(_) => None,
        None => {
            let number = |name: &str| fields.get(name).and_then(Value::as_f64);
            number("lon").zip(number("lat"))
        }
    };
    let pair = pair.map(|(lon, lat)| [lon, lat]);
    pair.ok_or_else(|| {
        Problem::parameter(
            "position",
            "position must be [longitude, latitude] in degrees of WGS 84, or lon and lat numbers",
        )
    })
}

/// An instant that a feed may deliver.
fn time(
    fields: &Map<String, Value>,
    name: &'static str,
    now: Timestamp,
    snapshot: &Snapshot,
) -> Result<Option<Timestamp>, Problem> {
    let text = match fields.get(name) {
        None | Some(Value::Null) => return Ok(None),
        Some(Value::String(text)) => text,
        Some(_) => {
            return Err(Problem::parameter(
                name,
                format!("{name} must be a text in ISO 8601, like 2026-11-26T22:15:00+08:00"),
            ));
        }
    };
    let at =
        parse_instant(text, &snapshot.zone).map_err(|fault| Problem::parameter(name, fault))?;
    check_time(name, at, now).map(milliseconds).map(Some)
}

/// As instants are stored.
pub fn milliseconds(at: Timestamp) -> Timestamp {
    Timestamp::from_millisecond(at.as_millisecond()).unwrap_or(at)
}

/// Refuses instants of other years.
///
/// # Errors
/// [`Problem`] with the field at fault.
pub fn check_time(name: &'static str, at: Timestamp, now: Timestamp) -> Result<Timestamp, Problem> {
    let from_now = at.duration_since(now);
    if from_now > AHEAD {
        return Err(Problem::parameter(
            name,
            format!("{at} is ahead of this service's clock ({now}); set the sender's clock"),
        ));
    }
    if -from_now > OLDEST {
        return Err(Problem::parameter(
            name,
            format!("{at} is more than 31 days ago; import older incidents from a file"),
        ));
    }
    Ok(at)
}

fn category(fields: &Map<String, Value>, snapshot: &Snapshot) -> Result<String, Problem> {
    let Some(Value::String(code)) = fields.get("category") else {
        return Err(Problem::parameter(
            "category",
            "category must be a code of the category table; /api/workspace lists them",
        ));
    };
    let wanted = [code.clone()];
    match snapshot.unknown_category(&wanted) {
        None => Ok(code.clone()),
        Some(_) => Err(Problem::parameter(
            "category",
            format!(
                "there is no category {:?}; /api/workspace lists them",
                scrub(&code.chars().take(SHOWN).collect::<String>())
            ),
        )),
    }
}

fn priority(fields: &Map<String, Value>) -> Result<Priority, Problem> {
    match fields.get("priority") {
        None | Some(Value::Null) => Ok(Priority::Three),
        Some(value) => value
            .as_u64()
            .and_then(|number| u8::try_from(number).ok())
            .and_then(Priority::from_number)
            .ok_or_else(|| Problem::parameter("priority", "priority must be 1, 2 or 3")),
    }
}

fn origin(fields: &Map<String, Value>) -> Result<Origin, Problem> {
    match fields.get("origin") {
        None | Some(Value::Null) => Ok(Origin::CitizenCall),
        Some(value) => serde_json::from_value(value.clone()).map_err(|_| {
            Problem::parameter(
                "origin",
                "origin must be citizen_call, alarm_pillar, sensor, patrol_discovered or counter",
            )
        }),
    }
}

fn state(fields: &Map<String, Value>) -> Result<CallState, Problem> {
    match fields.get("state").and_then(Value::as_str) {
        None if !fields.contains_key("state") => Ok(CallState::Received),
        Some("received") => Ok(CallState::Received),
        Some("closed") => Ok(CallState::Closed),
        _ => Err(Problem::parameter(
            "state",
            "state must be received (a call for the board) or closed (known and over)",
        )),
    }
}

fn source_id(fields: &Map<String, Value>) -> Result<Option<String>, Problem> {
    let text = match fields.get("id") {
        None | Some(Value::Null) => return Ok(None),
        Some(Value::String(text)) => text.trim().to_owned(),
        Some(Value::Number(number)) => number.to_string(),
        Some(_) => return Err(Problem::parameter("id", "id must be a text")),
    };
    if text.is_empty() || text.len() > LONGEST_ID || text.contains(char::is_control) {
        return Err(Problem::parameter(
            "id",
            format!("id must be a text of 1 to {LONGEST_ID} bytes on one line"),
        ));
    }
    if let Some(pattern) = pattern_of(&text) {
        return Err(Problem::parameter(
            "id",
            format!(
                "id looks like one of {}: nothing of a person is taken in",
                pattern.words()
            ),
        ));
    }
    Ok(Some(text))
}
