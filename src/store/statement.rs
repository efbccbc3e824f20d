//! A statement with its values, before it is known which database will run it.
//!
//! Both databases take the same text but for the mark of a value, which is `?` here and is
//! numbered (`$1`) on its way to PostgreSQL. What they say differently is in [`Dialect`].

use std::borrow::Cow;

use jiff::Timestamp;

use crate::place::position::Position;
use crate::store::wkb::Wkb;

/// One value to write.
#[derive(Debug, Clone, PartialEq)]
pub enum Value {
    /// Text or NULL.
    Text(Option<String>),
    /// Text from the program itself.
    Word(&'static str),
    /// A number or NULL.
    Real(Option<f64>),
    /// A whole number or NULL.
    Int(Option<i64>),
    /// Bytes or NULL.
    Blob(Option<Vec<u8>>),
    /// An instant or NULL.
    Instant(Option<Timestamp>),
    /// A JSON document.
    Json(String),
    /// A point's geometry.
    Point(Position),
    /// Any geometry in WGS 84, or NULL.
    Shape(Option<Wkb>),
}

impl Value {
    /// Text.
    pub fn text(text: impl Into<String>) -> Self {
        Self::Text(Some(text.into()))
    }
}

impl From<&str> for Value {
    fn from(text: &str) -> Self {
        Self::text(text)
    }
}

impl From<i64> for Value {
    fn from(number: i64) -> Self {
        Self::Int(Some(number))
    }
}

impl From<Option<i64>> for Value {
    fn from(number: Option<i64>) -> Self {
        Self::Int(number)
    }
}

impl From<f64> for Value {
    fn from(number: f64) -> Self {
        Self::Real(Some(number))
    }
}

impl From<Option<f64>> for Value {
    fn from(number: Option<f64>) -> Self {
        Self::Real(number)
    }
}

impl From<Timestamp> for Value {
    fn from(at: Timestamp) -> Self {
        Self::Instant(Some(at))
    }
}

/// A statement with its values.
#[derive(Debug, Clone, PartialEq)]
pub struct Statement {
    sql: Cow<'static, str>,
    values: Vec<Value>,
}

impl Statement {
    /// A statement of the program's own making, each value marked by `?`.
    pub fn new(sql: impl Into<Cow<'static, str>>) -> Self {
        Self {
            sql: sql.into(),
            values: Vec::new(),
        }
    }

    /// Adds the next value.
    pub fn bind(mut self, value: impl Into<Value>) -> Self {
        self.values.push(value.into());
        self
    }

    /// Adds the next values.
    pub fn bind_all(mut self, values: impl IntoIterator<Item = Value>) -> Self {
        self.values.extend(values);
        self
    }

    /// Its text for SQLite, and its values.
    pub fn plain(self) -> (String, Vec<Value>) {
        (self.sql.into_owned(), self.values)
    }

    /// Its text for PostgreSQL, and its values.
    pub fn numbered(self) -> (String, Vec<Value>) {
        (numbered(&self.sql), self.values)
    }
}

/// What the two databases say differently.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Dialect {
    /// SQLite.
    Gpkg,
    /// PostgreSQL.
    Postgis,
}

impl Dialect {
    /// A table `name (value)` of the texts in a JSON list, which is the next value.
    pub fn listed(self, name: &str) -> String {
        match self {
            Self::Gpkg => format!("(SELECT value FROM json_each(?)) AS {name}"),
            Self::Postgis => format!("json_array_elements_text(?::text::json) AS {name} (value)"),
        }
    }
}

/// `?` by `$1`, `$2`…; those in a quoted text stay.
fn numbered(sql: &str) -> String {
    let mut text = String::with_capacity(sql.len() + 16);
    let (mut count, mut quoted) = (0, false);
    for letter in sql.chars() {
        quoted ^= letter == '\'';
        if letter == '?' && !quoted {
            count += 1;
            text.push('$');
            text.push_str(&count.to_string());
        } else {
            text.push(letter);
        }
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_are_numbered_and_quoted_marks_are_not() {
        let statement = Statement::new("SELECT ?, '?''?', ? WHERE x = ?").bind("a");
        let (sql, values) = statement.numbered();
        assert_eq!(sql, "SELECT $1, '?''?', $2 WHERE x = $3");
        assert_eq!(values, [Value::text("a")]);
    }
}
