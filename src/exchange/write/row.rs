//! One feature on its way out: its geometry in WGS 84 and the values of its layer's columns.

use geo_types::Geometry;
use jiff::{Timestamp, tz::TimeZone};

use crate::exchange::feature_geojson::local_time;

/// A value of a column.
#[derive(Debug, Clone, PartialEq)]
pub enum FieldValue {
    /// Not known.
    Nothing,
    /// Text.
    Text(String),
    /// A word of the program's own.
    Word(&'static str),
    /// A whole number.
    Whole(i64),
    /// A number.
    Real(f64),
    /// True or false.
    Flag(bool),
    /// An instant.
    Time(Timestamp),
}

/// One feature.
#[derive(Debug, Clone, PartialEq)]
pub struct FeatureRow {
    /// WGS 84, longitude first; none where it has none.
    pub geometry: Option<Geometry<f64>>,
    /// In the order of the layer's columns; the id is the first.
    pub values: Vec<FieldValue>,
}

impl FeatureRow {
    /// The id; empty where the first value is none.
    pub fn id(&self) -> &str {
        match self.values.first() {
            Some(FieldValue::Text(id)) => id,
            Some(FieldValue::Word(id)) => id,
            _ => "",
        }
    }
}

impl FieldValue {
    /// Text.
    pub fn text(text: impl Into<String>) -> Self {
        Self::Text(text.into())
    }

    /// What is known of an optional value.
    pub fn optional<T>(value: Option<T>, make: impl FnOnce(T) -> Self) -> Self {
        value.map_or(Self::Nothing, make)
    }

    /// The value as tables of text have it: times in ISO 8601 with the zone's offset,
    /// numbers with as many figures as tell them from their neighbours.
    pub fn to_text(&self, zone: &TimeZone) -> String {
        match self {
            Self::Nothing => String::new(),
            Self::Text(text) => text.clone(),
            Self::Word(word) => (*word).to_owned(),
            Self::Whole(number) => number.to_string(),
            Self::Real(number) => number.to_string(),
            Self::Flag(flag) => flag.to_string(),
            Self::Time(at) => local_time(*at, zone),
        }
    }
}
