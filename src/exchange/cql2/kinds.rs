//! Whether what a filter compares can be compared at all: a number with a number, a time with a
//! time. What can't would be true of no row, and who asked would take that for an answer.
//!
//! A text written beside a time is read as one, and 1 or 0 beside what is true or false: clients
//! that know no other literals write them so.

use crate::exchange::cql2::expression::{Expression, Scalar, Span};
use crate::exchange::cql2::fault::FilterFault;
use crate::exchange::write::layer::{ColumnKind, Layer};

/// What a value is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kind {
    Text,
    Number,
    Flag,
    Time,
}

impl Kind {
    fn of_column(kind: ColumnKind) -> Self {
        match kind {
            ColumnKind::Text => Self::Text,
            ColumnKind::Whole | ColumnKind::Real => Self::Number,
            ColumnKind::Flag => Self::Flag,
            ColumnKind::Time => Self::Time,
        }
    }

    fn told(self) -> &'static str {
        match self {
            Self::Text => "a text",
            Self::Number => "a number",
            Self::Flag => "true or false",
            Self::Time => "a time",
        }
    }
}

/// Makes literals what they stand beside, and refuses what is not to be compared.
///
/// # Errors
/// [`FilterFault::Kinds`].
pub fn fit(expression: &mut Expression, layer: &Layer) -> Result<(), FilterFault> {
    match expression {
        Expression::Known(_) | Expression::Spatial(..) => Ok(()),
        Expression::IsNull(value) => kind(value, layer).map(|_| ()),
        Expression::Flag(value) => match kind(value, layer)? {
            Kind::Flag => Ok(()),
            other => {
                let (name, what) = (told(value, layer), other.told());
                let why = format!("{name} is {what}, not true or false; compare it with a value");
                Err(FilterFault::Kinds { why })
            }
        },
        Expression::And(parts) | Expression::Or(parts) => {
            parts.iter_mut().try_for_each(|part| fit(part, layer))
        }
        Expression::Not(inside) => fit(inside, layer),
        Expression::Compare(_, a, b) => pair(a, b, layer),
        Expression::Like(value, pattern) => {
            of_kind(value, Kind::Text, layer)?;
            of_kind(pattern, Kind::Text, layer)
        }
        Expression::Between(value, low, high) => {
            pair(value, low, layer)?;
            pair(value, high, layer)
        }
        Expression::In(value, list) => list
            .iter_mut()
            .try_for_each(|item| pair(value, item, layer)),
        Expression::Temporal(_, a, b) => [a, b].into_iter().try_for_each(|span| match span {
            Span::Of(at) => time(at, layer),
            Span::Interval(from, to) => [from, to]
                .into_iter()
                .flatten()
                .try_for_each(|at| time(at, layer)),
        }),
    }
}

/// Two values of one kind.
fn pair(a: &mut Scalar, b: &mut Scalar, layer: &Layer) -> Result<(), FilterFault> {
    let kinds = [kind(a, layer)?, kind(b, layer)?];
    match kinds {
        [a, b] if a == b => return Ok(()),
        [Kind::Time, Kind::Text] => return time(b, layer),
        [Kind::Text, Kind::Time] => return time(a, layer),
        [Kind::Flag, Kind::Number] if flag(b) => return Ok(()),
        [Kind::Number, Kind::Flag] if flag(a) => return Ok(()),
        _ => {}
    }
    let [first, second] = kinds.map(Kind::told);
    let (a, b) = (told(a, layer), told(b, layer));
    let why = format!("{a} is {first} and {b} is {second}; they can't be compared");
    Err(FilterFault::Kinds { why })
}

/// A time, or a text that says one.
fn time(value: &mut Scalar, layer: &Layer) -> Result<(), FilterFault> {
    let Scalar::Text(text) = value else {
        return of_kind(value, Kind::Time, layer);
    };
    match Scalar::of_time(text) {
        Some(at) => {
            *value = at;
            Ok(())
        }
        None => {
            let name = told(value, layer);
            let why = format!("{name} is no time; write '2026-10-31T14:00:00Z', or a day");
            Err(FilterFault::Kinds { why })
        }
    }
}

/// Makes 1 or 0 true or false; whether it is one of them.
fn flag(value: &mut Scalar) -> bool {
    let Scalar::Number(number) = *value else {
        return false;
    };
    let is_flag = number == 0.0 || number == 1.0;
    if is_flag {
        *value = Scalar::Flag(number == 1.0);
    }
    is_flag
}

fn of_kind(value: &Scalar, wanted: Kind, layer: &Layer) -> Result<(), FilterFault> {
    let found = kind(value, layer)?;
    if found == wanted {
        return Ok(());
    }
    let (name, found, wanted) = (told(value, layer), found.told(), wanted.told());
    let why = format!("{name} is {found}, where {wanted} belongs");
    Err(FilterFault::Kinds { why })
}

fn kind(value: &Scalar, layer: &Layer) -> Result<Kind, FilterFault> {
    Ok(match value {
        Scalar::Property(column) => Kind::of_column(layer.columns[*column].kind),
        Scalar::Text(_) => Kind::Text,
        Scalar::Number(_) => Kind::Number,
        Scalar::Flag(_) => Kind::Flag,
        Scalar::Time(_) | Scalar::Date(_) => Kind::Time,
        Scalar::CaseFolded(inside) => {
            of_kind(inside, Kind::Text, layer)?;
            Kind::Text
        }
    })
}

/// A value as its reader knows it again.
fn told(value: &Scalar, layer: &Layer) -> String {
    match value {
        Scalar::Property(column) => layer.columns[*column].name.to_owned(),
        Scalar::Text(text) => format!("'{}'", text.chars().take(60).collect::<String>()),
        Scalar::Number(number) => number.to_string(),
        Scalar::Flag(flag) => flag.to_string(),
        Scalar::Time(at) => at.to_string(),
        Scalar::Date(day) => day.to_string(),
        Scalar::CaseFolded(inside) => format!("CASEI({})", told(inside, layer)),
    }
}
