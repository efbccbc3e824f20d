//! A patrol plan as GeoJSON (RFC 7946): each route's line, each stop's point with its times
//! and its reason in words, and what made the plan.

use geojson::{Feature, FeatureCollection, Geometry, GeometryValue, JsonObject};
use jiff::Timestamp;
use jiff::tz::TimeZone;
use serde_json::{Value, json};

use crate::patrol::feasible_words::{cause, remedy};
use crate::patrol::plan::{PatrolPlan, PatrolRoute, Stop};
use crate::patrol::reason::{self, Language};
use crate::place::position::Position;

/// Writes the file; times are RFC 3339 with the zone's offset.
pub fn plan_geojson(plan: &PatrolPlan, zone: &TimeZone) -> String {
    let mut features = Vec::new();
    for route in &plan.routes {
        if route.line.len() > 1 {
            features.push(line(plan, route));
        }
        for stop in &route.stops {
            features.push(point(plan, route, stop, zone));
        }
    }
    let missed: Vec<Value> = plan
        .missed
        .iter()
        .map(|missed| {
            json!({
                "name": missed.name,
                "from": local(missed.due.start(), zone),
                "until": local(missed.due.end(), zone),
                "kind": missed.kind,
                "why": missed.why,
                "reason_en": reason::of_missed(missed, zone, Language::English),
                "reason_zh": reason::of_missed(missed, zone, Language::Chinese),
            })
        })
        .collect();
    let obstacles: Vec<Value> = plan
        .obstacles
        .iter()
        .map(|obstacle| {
            json!({
                "obstacle": obstacle,
                "cause_en": cause(obstacle, zone, Language::English),
                "cause_zh": cause(obstacle, zone, Language::Chinese),
                "remedy_en": remedy(obstacle, Language::English),
                "remedy_zh": remedy(obstacle, Language::Chinese),
            })
        })
        .collect();
    let left_out: Vec<Value> = plan
        .left_out
        .iter()
        .map(|left_out| {
            json!({
                "unit": left_out.unit,
                "call_sign": left_out.call_sign,
                "why": left_out.why,
                "replaced_by": left_out.replaced_by,
                "reason_en": reason::of_left_out(left_out, Language::English),
                "reason_zh": reason::of_left_out(left_out, Language::Chinese),
            })
        })
        .collect();
    let members = json!({
        "plan": plan.id,
        "made_at": local(plan.made_at, zone),
        "window": {"start": local(plan.window.start(), zone), "end": local(plan.window.end(), zone)},
        "synthetic": plan.synthetic,
        "risk_covered": plan.risk_covered,
        "risk_total": plan.risk_total,
        "missed": missed,
        "obstacles": obstacles,
        "left_out": left_out,
        "units_asked": plan.units_asked,
        "seed": plan.seed,
        "provenance": plan.risk,
    });
    let collection = FeatureCollection {
        bbox: None,
        features,
        foreign_members: object(members),
    };
    collection.to_string()
}

fn line(plan: &PatrolPlan, route: &PatrolRoute) -> Feature {
    let coordinates = route.line.iter().map(|p| lon_lat(*p));
    feature(
        GeometryValue::new_line_string(coordinates),
        json!({
            "kind": "route",
            "unit": route.unit,
            "call_sign": route.call_sign,
            "stops": route.stops.len(),
            "length_m": route.length,
            "driving_s": route.driving,
            "synthetic": synthetic(plan),
        }),
    )
}

fn point(plan: &PatrolPlan, route: &PatrolRoute, stop: &Stop, zone: &TimeZone) -> Feature {
    feature(
        GeometryValue::new_point(lon_lat(stop.position)),
        json!({
            "kind": "stop",
            "unit": route.unit,
            "call_sign": route.call_sign,
            "number": stop.number,
            "label": stop.label,
            "cell": stop.cell,
            "arrival": local(stop.arrival, zone),
            "begins": stop.begins.map(|at| local(at, zone)),
            "departure": local(stop.departure, zone),
            "drive_s": stop.drive,
            "gain": stop.gain,
            "instead": stop.instead,
            "instead_en": reason::of_instead(stop, Language::English),
            "instead_zh": reason::of_instead(stop, Language::Chinese),
            "reason_en": reason::of_stop(stop, plan.window, zone, Language::English),
            "reason_zh": reason::of_stop(stop, plan.window, zone, Language::Chinese),
            "synthetic": synthetic(plan),
        }),
    )
}

fn synthetic(plan: &PatrolPlan) -> Value {
    if plan.synthetic {
        json!("SYNTHETIC 模拟数据")
    } else {
        json!(null)
    }
}

fn feature(geometry: GeometryValue, properties: Value) -> Feature {
    Feature {
        geometry: Some(Geometry::new(geometry)),
        properties: object(properties),
        ..Feature::default()
    }
}

fn object(value: Value) -> Option<JsonObject> {
    match value {
        Value::Object(object) => Some(object),
        _ => None,
    }
}

fn lon_lat(position: Position) -> [f64; 2] {
    position.into()
}

fn local(at: Timestamp, zone: &TimeZone) -> String {
    at.display_with_offset(zone.to_offset(at)).to_string()
}
