//! Layers of points: stations, posts, joint-duty posts, pillars, cameras, places, units.

use crate::place::feature::{AlarmPillar, Camera, JointDutyPost, Place, Post, Station, Unit};
use crate::place::measure::{Metres, Seconds};
use crate::store::codes::Coded;
use crate::store::error::StoreError;
use crate::store::gpkg::contents::Extent;
use crate::store::layers::{LayerRow, id, optional_id, reference};
use crate::store::row::Reader;
use crate::store::statement::Value;

impl LayerRow for Station {
    const TABLE: &'static str = "stations";
    const COLUMNS: &'static [&'static str] = &["name"];

    fn key(&self) -> &str {
        self.id.as_str()
    }

    fn geometry(&self) -> Result<Value, StoreError> {
        Ok(Value::Point(self.position))
    }

    fn extent(&self) -> Extent {
        Extent::of_position(self.position)
    }

    fn values(&self) -> Vec<Value> {
        vec![Value::text(&self.name)]
    }

    fn read(row: Reader<'_>) -> Result<Self, StoreError> {
        Ok(Self {
            id: id(row, "id")?,
            position: row.position()?,
            name: row.get("name")?,
        })
    }
}

impl LayerRow for Post {
    const TABLE: &'static str = "posts";
    const COLUMNS: &'static [&'static str] = &["name", "hours"];

    fn key(&self) -> &str {
        self.id.as_str()
    }

    fn geometry(&self) -> Result<Value, StoreError> {
        Ok(Value::Point(self.position))
    }

    fn extent(&self) -> Extent {
        Extent::of_position(self.position)
    }

    fn values(&self) -> Vec<Value> {
        vec![Value::text(&self.name), Value::text(&self.hours)]
    }

    fn read(row: Reader<'_>) -> Result<Self, StoreError> {
        Ok(Self {
            id: id(row, "id")?,
            position: row.position()?,
            name: row.get("name")?,
            hours: row.get("hours")?,
        })
    }
}

impl LayerRow for JointDutyPost {
    const TABLE: &'static str = "joint_duty_posts";
    const COLUMNS: &'static [&'static str] = &["name", "commercial_district", "visit_every_s"];

    fn key(&self) -> &str {
        self.id.as_str()
    }

    fn geometry(&self) -> Result<Value, StoreError> {
        Ok(Value::Point(self.position))
    }

    fn extent(&self) -> Extent {
        Extent::of_position(self.position)
    }

    fn values(&self) -> Vec<Value> {
        vec![
            Value::text(&self.name),
            reference(&self.commercial_district),
            Value::Real(self.visit_every.map(|s| s.0)),
        ]
    }

    fn read(row: Reader<'_>) -> Result<Self, StoreError> {
        Ok(Self {
            id: id(row, "id")?,
            position: row.position()?,
            name: row.get("name")?,
            commercial_district: optional_id(row, "commercial_district")?,
            visit_every: row.get::<Option<f64>>("visit_every_s")?.map(Seconds),
        })
    }
}

impl LayerRow for AlarmPillar {
    const TABLE: &'static str = "pillars";
    const COLUMNS: &'static [&'static str] = &["name", "state"];

    fn key(&self) -> &str {
        self.id.as_str()
    }

    fn geometry(&self) -> Result<Value, StoreError> {
        Ok(Value::Point(self.position))
    }

    fn extent(&self) -> Extent {
        Extent::of_position(self.position)
    }

    fn values(&self) -> Vec<Value> {
        vec![Value::text(&self.name), Value::Word(self.state.code())]
    }

    fn read(row: Reader<'_>) -> Result<Self, StoreError> {
        Ok(Self {
            id: id(row, "id")?,
            position: row.position()?,
            name: row.get("name")?,
            state: row.code("state")?,
        })
    }
}

impl LayerRow for Camera {
    const TABLE: &'static str = "cameras";
    const COLUMNS: &'static [&'static str] = &["name", "view_m"];

    fn key(&self) -> &str {
        self.id.as_str()
    }

    fn geometry(&self) -> Result<Value, StoreError> {
        Ok(Value::Point(self.position))
    }

    fn extent(&self) -> Extent {
        Extent::of_position(self.position)
    }

    fn values(&self) -> Vec<Value> {
        vec![Value::text(&self.name), Value::Real(Some(self.view.0))]
    }

    fn read(row: Reader<'_>) -> Result<Self, StoreError> {
        Ok(Self {
            id: id(row, "id")?,
            position: row.position()?,
            name: row.get("name")?,
            view: Metres(row.get("view_m")?),
        })
    }
}

impl LayerRow for Place {
    const TABLE: &'static str = "places";
    const COLUMNS: &'static [&'static str] = &["name", "place_kind", "tier"];

    fn key(&self) -> &str {
        self.id.as_str()
    }

    fn geometry(&self) -> Result<Value, StoreError> {
        Ok(Value::Point(self.position))
    }

    fn extent(&self) -> Extent {
        Extent::of_position(self.position)
    }

    fn values(&self) -> Vec<Value> {
        vec![
            Value::text(&self.name),
            Value::text(&self.kind),
            Value::Word(self.tier.code()),
        ]
    }

    fn read(row: Reader<'_>) -> Result<Self, StoreError> {
        Ok(Self {
            id: id(row, "id")?,
            position: row.position()?,
            name: row.get("name")?,
            kind: row.get("place_kind")?,
            tier: row.code("tier")?,
        })
    }
}

impl LayerRow for Unit {
    const TABLE: &'static str = "units";
    const COLUMNS: &'static [&'static str] = &["call_sign", "unit_kind", "station", "status"];

    fn key(&self) -> &str {
        self.id.as_str()
    }

    fn geometry(&self) -> Result<Value, StoreError> {
        Ok(Value::Point(self.position))
    }

    fn extent(&self) -> Extent {
        Extent::of_position(self.position)
    }

    fn values(&self) -> Vec<Value> {
        vec![
            Value::text(&self.call_sign),
            Value::Word(self.kind.code()),
            reference(&self.station),
            Value::Word(self.status.code()),
        ]
    }

    fn read(row: Reader<'_>) -> Result<Self, StoreError> {
        Ok(Self {
            id: id(row, "id")?,
            position: row.position()?,
            call_sign: row.get("call_sign")?,
            kind: row.code("unit_kind")?,
            station: optional_id(row, "station")?,
            status: row.code("status")?,
        })
    }
}
