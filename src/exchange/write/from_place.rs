//! Rows of what stands in the district, and of the basemap.

use geo_types::{Geometry, LineString, MultiPolygon, Polygon};

use crate::exchange::write::row::{FeatureRow, FieldValue};
use crate::place::area::Area;
use crate::place::basemap::{BasemapFeature, BasemapKind, BasemapShape};
use crate::place::district::District;
use crate::place::feature::{
    AlarmPillar, Beat, Camera, CommercialDistrict, JointDutyPost, PatrolZone, PillarState, Place,
    PlaceTier, Post, Station, Unit, UnitKind, UnitStatus,
};
use crate::place::id::Id;
use crate::place::position::Position;

/// The district's boundary; none where it has none.
pub fn boundary(district: &District) -> Option<FeatureRow> {
    let area = district.boundary.as_ref()?;
    Some(FeatureRow {
        geometry: Some(areas(area)),
        values: vec![
            FieldValue::Word("boundary"),
            FieldValue::text(&district.name),
            FieldValue::Flag(district.synthetic),
        ],
    })
}

/// A police station.
pub fn station(it: &Station, synthetic: bool) -> FeatureRow {
    row(point(it.position), &it.id, &it.name, [], synthetic)
}

/// A beat.
pub fn beat(it: &Beat, synthetic: bool) -> FeatureRow {
    row(
        areas(&it.area),
        &it.id,
        &it.name,
        [reference(&it.station)],
        synthetic,
    )
}

/// A patrol zone.
pub fn zone(it: &PatrolZone, synthetic: bool) -> FeatureRow {
    row(areas(&it.area), &it.id, &it.name, [], synthetic)
}

/// A police post.
pub fn post(it: &Post, synthetic: bool) -> FeatureRow {
    row(
        point(it.position),
        &it.id,
        &it.name,
        [FieldValue::text(&it.hours)],
        synthetic,
    )
}

/// A joint-duty post.
pub fn joint_duty_post(it: &JointDutyPost, synthetic: bool) -> FeatureRow {
    let own = [
        reference(&it.commercial_district),
        FieldValue::optional(it.visit_every, |seconds| FieldValue::Real(seconds.0)),
    ];
    row(point(it.position), &it.id, &it.name, own, synthetic)
}

/// A commercial district.
pub fn commercial_district(it: &CommercialDistrict, synthetic: bool) -> FeatureRow {
    row(areas(&it.area), &it.id, &it.name, [], synthetic)
}

/// An alarm pillar.
pub fn pillar(it: &AlarmPillar, synthetic: bool) -> FeatureRow {
    let state = match it.state {
        PillarState::Online => "online",
        PillarState::Pressed => "pressed",
        PillarState::Answered => "answered",
        PillarState::Offline => "offline",
    };
    row(
        point(it.position),
        &it.id,
        &it.name,
        [FieldValue::Word(state)],
        synthetic,
    )
}

/// A camera site.
pub fn camera(it: &Camera, synthetic: bool) -> FeatureRow {
    row(
        point(it.position),
        &it.id,
        &it.name,
        [FieldValue::Real(it.view.0)],
        synthetic,
    )
}

/// A place of interest.
pub fn place(it: &Place, synthetic: bool) -> FeatureRow {
    let tier = match it.tier {
        PlaceTier::Blue => "blue",
        PlaceTier::Green => "green",
        PlaceTier::Yellow => "yellow",
    };
    let own = [FieldValue::text(&it.kind), FieldValue::Word(tier)];
    row(point(it.position), &it.id, &it.name, own, synthetic)
}

/// A unit.
pub fn unit(it: &Unit, synthetic: bool) -> FeatureRow {
    let kind = match it.kind {
        UnitKind::Car => "car",
        UnitKind::Motorcycle => "motorcycle",
        UnitKind::Foot => "foot",
    };
    let status = match it.status {
        UnitStatus::Idle => "idle",
        UnitStatus::Dispatched => "dispatched",
        UnitStatus::OnScene => "on_scene",
        UnitStatus::Break => "break",
        UnitStatus::OffDuty => "off_duty",
    };
    let own = [
        FieldValue::Word(kind),
        reference(&it.station),
        FieldValue::Word(status),
    ];
    row(point(it.position), &it.id, &it.call_sign, own, synthetic)
}

/// A thing of the basemap, by its place among them: it has no id of its own.
pub fn basemap(it: &BasemapFeature, number: usize) -> FeatureRow {
    let kind = match it.kind {
        BasemapKind::Street => "street",
        BasemapKind::Railway => "railway",
        BasemapKind::Water => "water",
        BasemapKind::Green => "green",
        BasemapKind::Building => "building",
        BasemapKind::Label => "label",
    };
    let geometry = match &it.shape {
        BasemapShape::Point(position) => point(*position),
        BasemapShape::Line(line) => Geometry::LineString(line_of(line)),
        BasemapShape::Polygon(rings) => {
            let mut rings = rings.iter().map(|ring| line_of(ring));
            let outer = rings.next().unwrap_or_else(|| LineString::new(Vec::new()));
            Geometry::MultiPolygon(MultiPolygon(vec![Polygon::new(outer, rings.collect())]))
        }
    };
    FeatureRow {
        geometry: Some(geometry),
        values: vec![
            FieldValue::text(format!("{number:08}")),
            FieldValue::Word(kind),
            FieldValue::text(&it.class),
            FieldValue::text(&it.name),
        ],
    }
}

/// A point's geometry.
pub fn point(position: Position) -> Geometry<f64> {
    Geometry::Point(position.point())
}

/// An area's geometry: always a multi-polygon, since a layer has one type.
pub fn areas(area: &Area) -> Geometry<f64> {
    Geometry::MultiPolygon(area.shape().clone())
}

/// A line of positions.
pub fn line_of(positions: &[Position]) -> LineString<f64> {
    LineString(positions.iter().map(|p| p.coord()).collect())
}

fn reference<T>(id: &Option<Id<T>>) -> FieldValue {
    FieldValue::optional(id.as_ref(), |id| FieldValue::text(id.as_str()))
}

fn row<T, const N: usize>(
    geometry: Geometry<f64>,
    id: &Id<T>,
    name: &str,
    own: [FieldValue; N],
    synthetic: bool,
) -> FeatureRow {
    let mut values = Vec::with_capacity(N + 3);
    values.extend([FieldValue::text(id.as_str()), FieldValue::text(name)]);
    values.extend(own);
    values.push(FieldValue::Flag(synthetic));
    FeatureRow {
        geometry: Some(geometry),
        values,
    }
}
