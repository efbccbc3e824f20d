//! Layers of areas: beats, patrol zones, commercial districts.

use crate::place::feature::{Beat, CommercialDistrict, PatrolZone};
use crate::store::error::StoreError;
use crate::store::gpkg::contents::Extent;
use crate::store::layers::{LayerRow, area_value, id, optional_id, reference};
use crate::store::row::Reader;
use crate::store::statement::Value;

impl LayerRow for Beat {
    const TABLE: &'static str = "beats";
    const COLUMNS: &'static [&'static str] = &["name", "station"];

    fn key(&self) -> &str {
        self.id.as_str()
    }

    fn geometry(&self) -> Result<Value, StoreError> {
        area_value(Self::TABLE, &self.area)
    }

    fn extent(&self) -> Extent {
        Extent::of_area(&self.area)
    }

    fn values(&self) -> Vec<Value> {
        vec![Value::text(&self.name), reference(&self.station)]
    }

    fn read(row: Reader<'_>) -> Result<Self, StoreError> {
        Ok(Self {
            id: id(row, "id")?,
            area: row.area()?,
            name: row.get("name")?,
            station: optional_id(row, "station")?,
        })
    }
}

impl LayerRow for PatrolZone {
    const TABLE: &'static str = "zones";
    const COLUMNS: &'static [&'static str] = &["name"];

    fn key(&self) -> &str {
        self.id.as_str()
    }

    fn geometry(&self) -> Result<Value, StoreError> {
        area_value(Self::TABLE, &self.area)
    }

    fn extent(&self) -> Extent {
        Extent::of_area(&self.area)
    }

    fn values(&self) -> Vec<Value> {
        vec![Value::text(&self.name)]
    }

    fn read(row: Reader<'_>) -> Result<Self, StoreError> {
        Ok(Self {
            id: id(row, "id")?,
            area: row.area()?,
            name: row.get("name")?,
        })
    }
}

impl LayerRow for CommercialDistrict {
    const TABLE: &'static str = "commercial_districts";
    const COLUMNS: &'static [&'static str] = &["name"];

    fn key(&self) -> &str {
        self.id.as_str()
    }

    fn geometry(&self) -> Result<Value, StoreError> {
        area_value(Self::TABLE, &self.area)
    }

    fn extent(&self) -> Extent {
        Extent::of_area(&self.area)
    }

    fn values(&self) -> Vec<Value> {
        vec![Value::text(&self.name)]
    }

    fn read(row: Reader<'_>) -> Result<Self, StoreError> {
        Ok(Self {
            id: id(row, "id")?,
            area: row.area()?,
            name: row.get("name")?,
        })
    }
}
