//! Layers and incidents as GeoJSON (RFC 7946): one feature a thing, its fields in
//! `snake_case`, and `synthetic` on each, so that no export of a sample passes for real.

use geojson::GeometryValue;
use jiff::{Timestamp, tz::TimeZone};
use serde_json::{Map, Value, json};

use crate::incident::record::Incident;
use crate::place::area::Area;
use crate::place::district::District;
use crate::place::feature::{
    AlarmPillar, Beat, Camera, CommercialDistrict, JointDutyPost, PatrolZone, Place, Post, Station,
    Unit,
};
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

/// The district's boundary; none where it has none.
pub fn boundary(district: &District) -> Option<Value> {
    let area = district.boundary.as_ref()?;
    Some(feature(
        "boundary",
        area_geometry(area),
        json!({
            "id": "boundary",
            "name": district.name,
            "kind": "boundary",
            "synthetic": district.synthetic,
        }),
    ))
}

/// A police station.
pub fn station(it: &Station, synthetic: bool) -> Value {
    feature(
        it.id.as_str(),
        point_geometry(it.position),
        json!({ "id": it.id, "name": it.name, "kind": "stations", "synthetic": synthetic }),
    )
}

/// A beat.
pub fn beat(it: &Beat, synthetic: bool) -> Value {
    feature(
        it.id.as_str(),
        area_geometry(&it.area),
        json!({
            "id": it.id,
            "name": it.name,
            "kind": "beats",
            "station": it.station,
            "synthetic": synthetic,
        }),
    )
}

/// A patrol zone.
pub fn zone(it: &PatrolZone, synthetic: bool) -> Value {
    feature(
        it.id.as_str(),
        area_geometry(&it.area),
        json!({ "id": it.id, "name": it.name, "kind": "zones", "synthetic": synthetic }),
    )
}

/// A police post.
pub fn post(it: &Post, synthetic: bool) -> Value {
    feature(
        it.id.as_str(),
        point_geometry(it.position),
        json!({
            "id": it.id,
            "name": it.name,
            "kind": "posts",
            "hours": it.hours,
            "synthetic": synthetic,
        }),
    )
}

/// A joint-duty post.
pub fn joint_duty_post(it: &JointDutyPost, synthetic: bool) -> Value {
    feature(
        it.id.as_str(),
        point_geometry(it.position),
        json!({
            "id": it.id,
            "name": it.name,
            "kind": "joint_duty_posts",
            "commercial_district": it.commercial_district,
            "visit_every_s": it.visit_every,
            "synthetic": synthetic,
        }),
    )
}

/// A commercial district.
pub fn commercial_district(it: &CommercialDistrict, synthetic: bool) -> Value {
    feature(
        it.id.as_str(),
        area_geometry(&it.area),
        json!({
            "id": it.id,
            "name": it.name,
            "kind": "commercial_districts",
            "synthetic": synthetic,
        }),
    )
}

/// An alarm pillar.
pub fn pillar(it: &AlarmPillar, synthetic: bool) -> Value {
    feature(
        it.id.as_str(),
        point_geometry(it.position),
        json!({
            "id": it.id,
            "name": it.name,
            "kind": "pillars",
            "state": it.state,
            "synthetic": synthetic,
        }),
    )
}

/// A camera site.
pub fn camera(it: &Camera, synthetic: bool) -> Value {
    feature(
        it.id.as_str(),
        point_geometry(it.position),
        json!({
            "id": it.id,
            "name": it.name,
            "kind": "cameras",
            "view_m": it.view,
            "synthetic": synthetic,
        }),
    )
}

/// A place of interest.
pub fn place(it: &Place, synthetic: bool) -> Value {
    feature(
        it.id.as_str(),
        point_geometry(it.position),
        json!({
            "id": it.id,
            "name": it.name,
            "kind": "places",
            "place_kind": it.kind,
            "tier": it.tier,
            "synthetic": synthetic,
        }),
    )
}

/// A unit.
pub fn unit(it: &Unit, synthetic: bool) -> Value {
    feature(
        it.id.as_str(),
        point_geometry(it.position),
        json!({
            "id": it.id,
            "name": it.call_sign,
            "kind": "units",
            "call_sign": it.call_sign,
            "unit_kind": it.kind,
            "station": it.station,
            "status": it.status,
            "synthetic": synthetic,
        }),
    )
}

/// An incident; times with the zone's offset. The source's own id is not given out.
pub fn incident(it: &Incident, zone: &TimeZone, synthetic: bool) -> Value {
    feature(
        it.id.as_str(),
        point_geometry(it.position),
        json!({
            "id": it.id,
            "at": local_time(it.at, zone),
            "until": it.until.map(|until| local_time(until, zone)),
            "category": it.category,
            "priority": it.priority.number(),
            "origin": it.origin,
            "state": it.state,
            "synthetic": synthetic,
        }),
    )
}

fn feature(id: &str, geometry: Value, properties: Value) -> Value {
    json!({ "type": "Feature", "id": id, "geometry": geometry, "properties": properties })
}

#[cfg(test)]
mod tests {
    use super::*;
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
        let beat = super::beat(
            &Beat {
                id: Id::new("b1"),
                name: "一号警务区".into(),
                station: Some(Id::new("s1")),
                area: area.clone(),
            },
            true,
        );
        let text = collection(vec![beat], Map::new()).to_string();
        let read: geojson::FeatureCollection = text.parse().unwrap();
        let feature = &read.features[0];
        assert_eq!(feature.property("station"), Some(&Value::from("s1")));
        assert_eq!(feature.property("synthetic"), Some(&Value::from(true)));
        let shape: geo::Polygon = feature.geometry.clone().unwrap().try_into().unwrap();
        assert_eq!(geo::MultiPolygon::from(shape), *area.shape());
    }

    #[test]
    fn times_carry_the_offset() {
        let zone = TimeZone::get("Asia/Shanghai").unwrap();
        let at: Timestamp = "2026-10-31T14:00:00Z".parse().unwrap();
        assert_eq!(local_time(at, &zone), "2026-10-31T22:00:00+08:00");
    }
}
