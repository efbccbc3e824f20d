//! Rows of patrol plans: a line a unit, a point a stop. Ids are made of plan, unit and
//! number, so that they stay the same from export to export.

use geo_types::Geometry;
use jiff::tz::TimeZone;

use crate::exchange::write::from_place::{line_of, point};
use crate::exchange::write::row::{FeatureRow, FieldValue};
use crate::patrol::plan::{PatrolPlan, StopReason};
use crate::patrol::reason::{Language, of_stop};

/// The routes of a plan, by unit.
pub fn routes(plan: &PatrolPlan) -> Vec<FeatureRow> {
    let mut rows: Vec<FeatureRow> = plan
        .routes
        .iter()
        .map(|route| FeatureRow {
            // A unit that stays where it is has no line.
            geometry: (route.line.len() > 1).then(|| Geometry::LineString(line_of(&route.line))),
            values: vec![
                FieldValue::text(format!("{}~{}", plan.id, route.unit)),
                FieldValue::text(plan.id.as_str()),
                FieldValue::text(route.unit.as_str()),
                FieldValue::text(&route.call_sign),
                FieldValue::Time(plan.window.start()),
                FieldValue::Time(plan.window.end()),
                FieldValue::Whole(route.stops.len() as i64),
                FieldValue::Real(route.length.0),
                FieldValue::Real(route.driving.0),
                FieldValue::Flag(plan.synthetic),
            ],
        })
        .collect();
    rows.sort_by(|a, b| a.id().cmp(b.id()));
    rows
}

/// The stops of a plan, by unit and number.
pub fn stops(plan: &PatrolPlan, zone: &TimeZone) -> Vec<FeatureRow> {
    let mut rows = Vec::new();
    for route in &plan.routes {
        for stop in &route.stops {
            let reason = match stop.reason {
                StopReason::Risk { .. } => "risk",
                StopReason::MustVisit { .. } => "must_visit",
                StopReason::Break { .. } => "break",
            };
            let words = |language| FieldValue::text(of_stop(stop, plan.window, zone, language));
            rows.push(FeatureRow {
                geometry: Some(point(stop.position)),
                values: vec![
                    FieldValue::text(format!("{}~{}~{:04}", plan.id, route.unit, stop.number)),
                    FieldValue::text(plan.id.as_str()),
                    FieldValue::text(route.unit.as_str()),
                    FieldValue::text(&route.call_sign),
                    FieldValue::Whole(stop.number.into()),
                    FieldValue::text(&stop.label),
                    FieldValue::Time(stop.arrival),
                    FieldValue::Time(stop.departure),
                    FieldValue::Real(stop.drive.0),
                    FieldValue::Real(stop.gain),
                    FieldValue::Word(reason),
                    words(Language::English),
                    words(Language::Chinese),
                    FieldValue::Flag(plan.synthetic),
                ],
            });
        }
    }
    rows.sort_by(|a, b| a.id().cmp(b.id()));
    rows
}
