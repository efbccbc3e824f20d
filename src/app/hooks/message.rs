//! What a hook's message says: `type`, `timestamp` and `data`, as Standard Webhooks advises.
//! Places, categories, times, numbers; no text that somebody wrote about a case, and names of
//! beats and stations with everything blotted out that looks like a person's.

use jiff::Timestamp;
use serde_json::{Map, Value, json};

use crate::app::session::near::beat_of;
use crate::app::session::snapshot::Snapshot;
use crate::exchange::import::personal::scrub;
use crate::live::hook::happening::{AlarmThen, Happening, IncidentThen, Subject};
use crate::place::position::Position;

/// The event of a message that only says that messages arrive.
pub const TEST: &str = "hook.test";

/// The body of the message about what happened.
pub fn body(happening: &Happening, snapshot: &Snapshot) -> String {
    let mut data = Map::new();
    data.insert("sequence".into(), json!(happening.sequence));
    let (name, about) = match &happening.subject {
        Subject::Incident(it) => ("incident", incident(it, snapshot)),
        Subject::Alarm(it) => ("alarm", alarm(it, snapshot)),
        Subject::Plan(id) => ("plan", json!({ "id": id })),
        Subject::Areas { layer, version } => {
            ("areas", json!({ "layer": layer, "version": version }))
        }
    };
    data.insert(name.into(), about);
    written(
        happening.event.name(),
        happening.at,
        data,
        &snapshot.district.name,
        snapshot.district.synthetic,
    )
}

/// The body of a test.
pub fn test_body(at: Timestamp, district: &str, synthetic: bool) -> String {
    written(TEST, at, Map::new(), district, synthetic)
}

fn written(
    kind: &str,
    at: Timestamp,
    mut data: Map<String, Value>,
    district: &str,
    synthetic: bool,
) -> String {
    data.insert("district".into(), json!(scrub(district)));
    data.insert("synthetic".into(), json!(synthetic));
    json!({ "type": kind, "timestamp": at, "data": data }).to_string()
}

fn incident(it: &IncidentThen, snapshot: &Snapshot) -> Value {
    let mut told = place(Some(it.position), snapshot);
    told.insert("id".into(), json!(scrub(it.id.as_str())));
    told.insert("number".into(), json!(format!("C{:04}", it.number)));
    told.insert("category".into(), category(&it.category, snapshot));
    told.insert("priority".into(), json!(it.priority.number()));
    told.insert("origin".into(), json!(it.origin));
    told.insert("state".into(), json!(it.state));
    told.insert("received_at".into(), json!(it.received_at));
    let mut maybe = |name: &str, value: Option<Value>| {
        if let Some(value) = value {
            told.insert(name.into(), value);
        }
    };
    let before = it.category_before.as_deref();
    maybe(
        "category_before",
        before.map(|code| category(code, snapshot)),
    );
    maybe("happened_at", it.happened_at.map(|at| json!(at)));
    maybe("until", it.until.map(|at| json!(at)));
    maybe("unit", it.unit.as_ref().map(|id| json!(scrub(id.as_str()))));
    maybe("reason", it.reason.map(|why| json!(why)));
    let merged = it.merged_into.as_ref();
    maybe("merged_into", merged.map(|id| json!(scrub(id.as_str()))));
    Value::Object(told)
}

fn alarm(it: &AlarmThen, snapshot: &Snapshot) -> Value {
    let mut told = place(it.position, snapshot);
    told.insert("number".into(), json!(it.number));
    told.insert("pillar".into(), json!(scrub(it.pillar.as_str())));
    told.insert("level".into(), json!(it.level));
    Value::Object(told)
}

/// Longitude and latitude, the beat, and the station that it belongs to.
fn place(position: Option<Position>, snapshot: &Snapshot) -> Map<String, Value> {
    let mut told = Map::new();
    let Some(position) = position else {
        return told;
    };
    told.insert("position".into(), json!(position));
    let beat = beat_of(snapshot, position);
    let named = |id: &str, name: &str| json!({ "id": scrub(id), "name": scrub(name) });
    if let Some(beat) = beat {
        told.insert("beat".into(), named(beat.id.as_str(), &beat.name));
    }
    let of = beat.and_then(|beat| beat.station.as_ref());
    let mut stations = snapshot.layers.stations.iter();
    if let Some(station) = of.and_then(|of| stations.find(|station| station.id == *of)) {
        told.insert("station".into(), named(station.id.as_str(), &station.name));
    }
    told
}

fn category(code: &str, snapshot: &Snapshot) -> Value {
    let mut table = snapshot.categories.iter().map(|counted| &counted.category);
    match table.find(|category| category.code == code) {
        Some(known) => json!({ "code": code, "en": known.name_en, "zh": known.name_zh }),
        None => json!({ "code": code }),
    }
}
