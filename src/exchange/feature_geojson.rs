//! Layers and incidents as GeoJSON (RFC 7946): one feature a thing, its fields in
//! `snake_case`, and `synthetic` on each, so that no export of a sample passes for real.

use geojson::GeometryValue;
use jiff::{Timestamp, tz::TimeZone};
use serde_json::{Map, Value, json};

use crate::exchange::write::feature_json::JsonFeature;
use crate::exchange::write::layer::Layer;
use crate::exchange::write::row::FeatureRow;
use crate::place::area::Area;
use crate::place::position::Position;

/// A feature collection, with further members (`next`, `provenance`…) where given.
pub fn collection(features: Vec<Value>, members: Map<String, Value>) -> Value {
    let mut all = members;
    all.insert("type".into(), "FeatureCollection".into());
    all.insert("features".into(), features.into());
    Value::Object(all)
}

/// RFC 3339 with the offset that the zone has at that instant.
pub fn local_time(at: Timestamp, zone: &TimeZone) -> String {
    at.display_with_offset(zone.to_offset(at)).to_string()
}

/// The geometry of an area: a polygon where it is one, else a multi-polygon.
pub fn area_geometry(area: &Area) -> Value {
    let value = match area.shape().0.as_slice() {
        [one] => GeometryValue::from(one),
        _ => GeometryValue::from(area.shape()),
    };
    json!(geojson::Geometry::new(value))
}

/// The geometry of a point.
pub fn point_geometry(position: Position) -> Value {
    json!({ "type": "Point", "coordinates": position })
}

/// A row as a feature.
pub fn feature(layer: &Layer, row: &FeatureRow, zone: &TimeZone) -> Value {
    // Finite numbers and text only: this can't fail.
    serde_json::to_value(JsonFeature::new(layer, row, zone)).unwrap_or_default()
}

/// A row as the map's layers have it: with `kind`, its layer's name, and a unit with its
/// call sign as `name` too, so that every kind has one.
pub fn drawn_feature(layer: &Layer, row: &FeatureRow, zone: &TimeZone) -> Value {
    let mut feature = feature(layer, row, zone);
    if let Some(properties) = feature["properties"].as_object_mut() {
        properties.insert("kind".into(), layer.name.into());
        if let Some(name) = properties.get("call_sign").cloned() {
            properties.insert("name".into(), name);
        }
    }
    feature
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::exchange::write::from_place;
    use crate::exchange::write::layers::{BEATS, UNITS};
    use crate::place::feature::{Beat, Unit, UnitKind, UnitStatus};
    use crate::place::id::Id;

    #[test]
    fn a_feature_reads_back_as_geojson() {
        let area = Area::from_rings(&[vec![vec![
            [123.0, 41.0],
            [123.1, 41.0],
            [123.1, 41.1],
            [123.0, 41.0],
        ]]])
        .unwrap();
        let beat = from_place::beat(
            &Beat {
                id: Id::new("b1"),
                name: "一号警务区".into(),
                station: Some(Id::new("s1")),
                area: area.clone(),
            },
            true,
        );
        let beat = drawn_feature(&BEATS, &beat, &TimeZone::UTC);
        let text = collection(vec![beat], Map::new()).to_string();
        let read: geojson::FeatureCollection = text.parse().unwrap();
        let feature = &read.features[0];
        assert_eq!(feature.property("station"), Some(&Value::from("s1")));
        assert_eq!(feature.property("kind"), Some(&Value::from("beats")));
        assert_eq!(feature.property("synthetic"), Some(&Value::from(true)));
        let shape: geo::Polygon = feature.geometry.clone().unwrap().try_into().unwrap();
        assert_eq!(geo::MultiPolygon::from(shape), *area.shape());
    }

    #[test]
    fn a_unit_goes_by_its_call_sign() {
        let unit = Unit {
            id: Id::new("u1"),
            call_sign: "沈巡 1".into(),
            kind: UnitKind::Car,
            station: None,
            position: Position::new(123.4, 41.8).unwrap(),
            status: UnitStatus::OnScene,
        };
        let row = from_place::unit(&unit, false);
        let feature = drawn_feature(&UNITS, &row, &TimeZone::UTC);
        assert_eq!(
            feature,
            json!({
                "type": "Feature",
                "id": "u1",
                "geometry": {"type": "Point", "coordinates": [123.4, 41.8]},
                "properties": {
                    "id": "u1", "name": "沈巡 1", "kind": "units", "call_sign": "沈巡 1",
                    "unit_kind": "car", "station": null, "status": "on_scene",
                    "synthetic": false,
                },
            })
        );
    }

    #[test]
    fn times_carry_the_offset() {
        let zone = TimeZone::get("Asia/Shanghai").unwrap();
        let at: Timestamp = "2026-10-31T14:00:00Z".parse().unwrap();
        assert_eq!(local_time(at, &zone), "2026-10-31T22:00:00+08:00");
    }
}
