//! What a filter says, its properties already found in the layer.

use geo_types::Geometry;
use jiff::{Timestamp, civil};

/// A statement about a row.
#[derive(Debug, Clone, PartialEq)]
pub enum Expression {
    /// True or false.
    Known(bool),
    /// A property that is true or false by itself.
    Flag(Scalar),
    /// All of them.
    And(Vec<Expression>),
    /// At least one.
    Or(Vec<Expression>),
    /// Its opposite.
    Not(Box<Expression>),
    /// Two values compared.
    Compare(Comparison, Scalar, Scalar),
    /// A value is not known.
    IsNull(Scalar),
    /// A text matches a pattern: `%` any run, `_` one character.
    Like(Scalar, Scalar),
    /// A value within two, both included.
    Between(Scalar, Scalar, Scalar),
    /// A value is one of several.
    In(Scalar, Vec<Scalar>),
    /// Two shapes.
    Spatial(SpatialRelation, Shape, Shape),
    /// Two times.
    Temporal(TemporalRelation, Span, Span),
}

/// How two values are compared.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Comparison {
    /// `=`.
    Equal,
    /// `<>`.
    NotEqual,
    /// `<`.
    Less,
    /// `<=`.
    AtMost,
    /// `>`.
    More,
    /// `>=`.
    AtLeast,
}

/// A value.
#[derive(Debug, Clone, PartialEq)]
pub enum Scalar {
    /// Of the row: the place of its column.
    Property(usize),
    /// Text.
    Text(String),
    /// Number.
    Number(f64),
    /// True or false.
    Flag(bool),
    /// An instant.
    Time(Timestamp),
    /// A day of the district.
    Date(civil::Date),
    /// The same without case.
    CaseFolded(Box<Scalar>),
}

impl Scalar {
    /// An instant with its offset, or a day.
    pub fn of_time(text: &str) -> Option<Self> {
        if let Ok(at) = text.parse::<Timestamp>() {
            return Some(Self::Time(at));
        }
        // `2026-10-31T12` would pass for a day.
        let is_day = text.len() == 10;
        let day = text.parse::<civil::Date>().ok().filter(|_| is_day);
        day.map(Self::Date)
    }
}

/// A shape.
#[derive(Debug, Clone, PartialEq)]
pub enum Shape {
    /// The row's.
    Row,
    /// A given one, WGS 84.
    Given(Geometry<f64>),
}

/// How two shapes lie.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SpatialRelation {
    /// `S_INTERSECTS`.
    Intersects,
    /// `S_DISJOINT`.
    Disjoint,
    /// `S_WITHIN`.
    Within,
    /// `S_CONTAINS`.
    Contains,
    /// `S_EQUALS`.
    Equals,
    /// `S_TOUCHES`.
    Touches,
    /// `S_CROSSES`.
    Crosses,
    /// `S_OVERLAPS`.
    Overlaps,
}

/// A time with two ends; an open one is none.
#[derive(Debug, Clone, PartialEq)]
pub enum Span {
    /// An instant, or a day.
    Of(Scalar),
    /// From, to.
    Interval(Option<Scalar>, Option<Scalar>),
}

/// How two times lie (Allen's relations, and three looser ones).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TemporalRelation {
    /// `T_AFTER`.
    After,
    /// `T_BEFORE`.
    Before,
    /// `T_CONTAINS`.
    Contains,
    /// `T_DISJOINT`.
    Disjoint,
    /// `T_DURING`.
    During,
    /// `T_EQUALS`.
    Equals,
    /// `T_FINISHEDBY`.
    FinishedBy,
    /// `T_FINISHES`.
    Finishes,
    /// `T_INTERSECTS`.
    Intersects,
    /// `T_MEETS`.
    Meets,
    /// `T_METBY`.
    MetBy,
    /// `T_OVERLAPPEDBY`.
    OverlappedBy,
    /// `T_OVERLAPS`.
    Overlaps,
    /// `T_STARTEDBY`.
    StartedBy,
    /// `T_STARTS`.
    Starts,
}
