//! Rows of incidents. The source's own id is not given out.

use crate::exchange::write::from_place::point;
use crate::exchange::write::row::{FeatureRow, FieldValue};
use crate::incident::record::{CallState, Incident, Origin};

/// An incident.
pub fn incident(it: &Incident, synthetic: bool) -> FeatureRow {
    FeatureRow {
        geometry: Some(point(it.position)),
        values: vec![
            FieldValue::text(it.id.as_str()),
            FieldValue::Time(it.at),
            FieldValue::optional(it.until, FieldValue::Time),
            FieldValue::text(&it.category),
            FieldValue::Whole(it.priority.number().into()),
            FieldValue::Word(origin(it.origin)),
            FieldValue::Word(state(it.state)),
            FieldValue::Flag(synthetic),
        ],
    }
}

fn origin(origin: Origin) -> &'static str {
    match origin {
        Origin::CitizenCall => "citizen_call",
        Origin::AlarmPillar => "alarm_pillar",
        Origin::Sensor => "sensor",
        Origin::PatrolDiscovered => "patrol_discovered",
        Origin::Counter => "counter",
    }
}

fn state(state: CallState) -> &'static str {
    match state {
        CallState::Received => "received",
        CallState::Dispatched => "dispatched",
        CallState::Arrived => "arrived",
        CallState::Handling => "handling",
        CallState::Closed => "closed",
    }
}
