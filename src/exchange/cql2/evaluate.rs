//! Asks a filter of a row. None means not known: a filter that is not known to be true
//! leaves the row out.

use std::cmp::Ordering;

use geo::{Geometry, Intersects, MapCoords, Relate};
use geo_types::Coord;
use jiff::tz::TimeZone;
use jiff::{Timestamp, ToSpan, civil};

use crate::exchange::cql2::expression::{
    Comparison, Expression, Scalar, Shape, Span, SpatialRelation, TemporalRelation,
};
use crate::exchange::write::row::{FeatureRow, FieldValue};

/// A filter, ready to be asked. What it compares is of one kind each: who reads it has seen to
/// that.
#[derive(Debug, Clone)]
pub struct Filter {
    expression: Expression,
    zone: TimeZone,
}

/// A value as it is compared.
#[derive(Debug, Clone, PartialEq)]
enum Value<'v> {
    Text(std::borrow::Cow<'v, str>),
    Number(f64),
    Flag(bool),
    Time(Timestamp),
}

impl Filter {
    /// Days are those of the zone.
    pub fn new(expression: Expression, zone: TimeZone) -> Self {
        Self { expression, zone }
    }

    /// The same with all given shapes moved by `place`, as from another frame to WGS 84.
    pub fn placed(mut self, place: &dyn Fn(Coord<f64>) -> Coord<f64>) -> Self {
        move_shapes(&mut self.expression, place);
        self
    }

    /// Whether the row is one that is wanted.
    pub fn takes(&self, row: &FeatureRow) -> bool {
        self.truth(&self.expression, row) == Some(true)
    }

    fn truth(&self, expression: &Expression, row: &FeatureRow) -> Option<bool> {
        match expression {
            Expression::Known(truth) => Some(*truth),
            Expression::Flag(scalar) => match self.value(scalar, row)? {
                Value::Flag(flag) => Some(flag),
                _ => None,
            },
            Expression::And(parts) => self.join(parts, row, false),
            Expression::Or(parts) => self.join(parts, row, true),
            Expression::Not(inside) => self.truth(inside, row).map(|truth| !truth),
            Expression::Compare(relation, a, b) => {
                let order = order(&self.value(a, row)?, &self.value(b, row)?)?;
                Some(holds(*relation, order))
            }
            Expression::IsNull(scalar) => Some(self.value(scalar, row).is_none()),
            Expression::Like(text, pattern) => {
                match (self.value(text, row)?, self.value(pattern, row)?) {
                    (Value::Text(text), Value::Text(pattern)) => Some(is_like(&text, &pattern)),
                    _ => None,
                }
            }
            Expression::Between(scalar, low, high) => {
                let value = self.value(scalar, row)?;
                let above = order(&value, &self.value(low, row)?)? != Ordering::Less;
                let below = order(&value, &self.value(high, row)?)? != Ordering::Greater;
                Some(above && below)
            }
            Expression::In(scalar, list) => {
                let value = self.value(scalar, row)?;
                let is_one = |item: &Scalar| {
                    let item = self.value(item, row)?;
                    Some(order(&value, &item)? == Ordering::Equal)
                };
                Some(list.iter().any(|item| is_one(item) == Some(true)))
            }
            Expression::Spatial(relation, a, b) => {
                Some(lie(*relation, shape(a, row)?, shape(b, row)?))
            }
            Expression::Temporal(relation, a, b) => {
                Some(last(*relation, self.ends(a, row)?, self.ends(b, row)?))
            }
        }
    }

    /// AND ends at the first false, OR at the first true.
    fn join(&self, parts: &[Expression], row: &FeatureRow, ends_at: bool) -> Option<bool> {
        let mut known = true;
        for part in parts {
            match self.truth(part, row) {
                Some(truth) if truth == ends_at => return Some(ends_at),
                Some(_) => {}
                None => known = false,
            }
        }
        known.then_some(!ends_at)
    }

    fn value<'v>(&self, scalar: &'v Scalar, row: &'v FeatureRow) -> Option<Value<'v>> {
        Some(match scalar {
            Scalar::Text(text) => Value::Text(text.as_str().into()),
            Scalar::Number(number) => Value::Number(*number),
            Scalar::Flag(flag) => Value::Flag(*flag),
            Scalar::Time(at) => Value::Time(*at),
            Scalar::Date(date) => Value::Time(self.start_of(*date)?),
            Scalar::CaseFolded(inside) => match self.value(inside, row)? {
                Value::Text(text) => Value::Text(text.to_lowercase().into()),
                _ => return None,
            },
            Scalar::Property(column) => match row.values.get(*column)? {
                FieldValue::Nothing => return None,
                FieldValue::Text(text) => Value::Text(text.as_str().into()),
                FieldValue::Word(word) => Value::Text((*word).into()),
                FieldValue::Whole(number) => Value::Number(*number as f64),
                FieldValue::Real(number) => Value::Number(*number),
                FieldValue::Flag(flag) => Value::Flag(*flag),
                FieldValue::Time(at) => Value::Time(*at),
            },
        })
    }

    /// First and last instant of a time.
    fn ends(&self, span: &Span, row: &FeatureRow) -> Option<[Timestamp; 2]> {
        match span {
            Span::Of(Scalar::Date(date)) => {
                let start = self.start_of(*date)?;
                let end = self.start_of(date.tomorrow().ok()?)?;
                let last = end.checked_sub(1.nanosecond()).ok()?;
                Some([start, last])
            }
            Span::Of(scalar) => self.time(scalar, row).map(|at| [at, at]),
            Span::Interval(from, to) => {
                let from = match from {
                    Some(scalar) => self.time(scalar, row)?,
                    None => Timestamp::MIN,
                };
                let to = match to {
                    Some(scalar) => self.time(scalar, row)?,
                    None => Timestamp::MAX,
                };
                Some([from, to])
            }
        }
    }

    fn start_of(&self, day: civil::Date) -> Option<Timestamp> {
        let midnight = day.to_datetime(civil::Time::midnight());
        self.zone.to_timestamp(midnight).ok()
    }

    fn time(&self, scalar: &Scalar, row: &FeatureRow) -> Option<Timestamp> {
        match self.value(scalar, row)? {
            Value::Time(at) => Some(at),
            _ => None,
        }
    }
}

/// How two values stand; none where they are of two kinds, which no filter asks of.
fn order(a: &Value<'_>, b: &Value<'_>) -> Option<Ordering> {
    match (a, b) {
        (Value::Text(a), Value::Text(b)) => Some(a.cmp(b)),
        (Value::Number(a), Value::Number(b)) => a.partial_cmp(b),
        (Value::Flag(a), Value::Flag(b)) => Some(a.cmp(b)),
        (Value::Time(a), Value::Time(b)) => Some(a.cmp(b)),
        _ => None,
    }
}

fn holds(relation: Comparison, order: Ordering) -> bool {
    match relation {
        Comparison::Equal => order == Ordering::Equal,
        Comparison::NotEqual => order != Ordering::Equal,
        Comparison::Less => order == Ordering::Less,
        Comparison::AtMost => order != Ordering::Greater,
        Comparison::More => order == Ordering::Greater,
        Comparison::AtLeast => order != Ordering::Less,
    }
}

/// Whether a text matches a pattern, in time proportional to both lengths: only the last
/// `%` is ever gone back to. A backslash takes the next character as it is.
fn is_like(text: &str, pattern: &str) -> bool {
    let text: Vec<char> = text.chars().collect();
    let mut wanted: Vec<(char, bool)> = Vec::new();
    let mut letters = pattern.chars();
    while let Some(letter) = letters.next() {
        match letter {
            '\\' => wanted.extend(letters.next().map(|next| (next, false))),
            letter => wanted.push((letter, matches!(letter, '%' | '_'))),
        }
    }
    let (mut t, mut p) = (0, 0);
    let mut back: Option<(usize, usize)> = None;
    while t < text.len() {
        match wanted.get(p) {
            Some(('%', true)) => {
                back = Some((p, t));
                p += 1;
            }
            Some((letter, is_wild)) if *is_wild || *letter == text[t] => {
                p += 1;
                t += 1;
            }
            _ => match back {
                Some((percent, from)) => {
                    back = Some((percent, from + 1));
                    p = percent + 1;
                    t = from + 1;
                }
                None => return false,
            },
        }
    }
    wanted[p..].iter().all(|part| *part == ('%', true))
}

fn shape<'s>(shape: &'s Shape, row: &'s FeatureRow) -> Option<&'s Geometry<f64>> {
    match shape {
        Shape::Row => row.geometry.as_ref(),
        Shape::Given(given) => Some(given),
    }
}

fn lie(relation: SpatialRelation, a: &Geometry<f64>, b: &Geometry<f64>) -> bool {
    match relation {
        SpatialRelation::Intersects => a.intersects(b),
        SpatialRelation::Disjoint => !a.intersects(b),
        other => {
            let matrix = a.relate(b);
            match other {
                SpatialRelation::Within => matrix.is_within(),
                SpatialRelation::Contains => matrix.is_contains(),
                SpatialRelation::Equals => matrix.is_equal_topo(),
                SpatialRelation::Touches => matrix.is_touches(),
                SpatialRelation::Crosses => matrix.is_crosses(),
                _ => matrix.is_overlaps(),
            }
        }
    }
}

fn last(relation: TemporalRelation, [a, b]: [Timestamp; 2], [c, d]: [Timestamp; 2]) -> bool {
    match relation {
        TemporalRelation::After => a > d,
        TemporalRelation::Before => b < c,
        TemporalRelation::Contains => a < c && b > d,
        TemporalRelation::Disjoint => b < c || a > d,
        TemporalRelation::During => a > c && b < d,
        TemporalRelation::Equals => a == c && b == d,
        TemporalRelation::FinishedBy => a < c && b == d,
        TemporalRelation::Finishes => a > c && b == d,
        TemporalRelation::Intersects => a <= d && b >= c,
        TemporalRelation::Meets => b == c,
        TemporalRelation::MetBy => a == d,
        TemporalRelation::OverlappedBy => a > c && a < d && b > d,
        TemporalRelation::Overlaps => a < c && b > c && b < d,
        TemporalRelation::StartedBy => a == c && b > d,
        TemporalRelation::Starts => a == c && b < d,
    }
}

fn move_shapes(expression: &mut Expression, place: &dyn Fn(Coord<f64>) -> Coord<f64>) {
    match expression {
        Expression::And(parts) | Expression::Or(parts) => {
            parts.iter_mut().for_each(|part| move_shapes(part, place));
        }
        Expression::Not(inside) => move_shapes(inside, place),
        Expression::Spatial(_, a, b) => {
            for shape in [a, b] {
                if let Shape::Given(given) = shape {
                    *given = given.map_coords(place);
                }
            }
        }
        _ => {}
    }
}

#[cfg(test)]
#[path = "evaluate_tests.rs"]
mod tests;
