//! An incident filter as SQL. Wanted categories come in as one value, a JSON list, so that
//! any number of them works; a first-level code takes its children in as the range of
//! codes from `criminal/` to just before `criminal0` (`0` follows `/`).

use std::collections::BTreeSet;

use crate::store::codes::Coded;
use crate::store::instant;
use crate::store::record::IncidentFilter;
use crate::store::statement::{Dialect, Value};

/// A condition with its values.
#[derive(Debug, Clone, PartialEq)]
pub struct Condition {
    /// What follows `FROM incidents`: empty, or ` WHERE …`.
    pub sql: String,
    /// The values of its question marks, in order.
    pub values: Vec<Value>,
}

/// The condition of a filter; its limit is not in it.
pub fn condition(filter: &IncidentFilter, dialect: Dialect) -> Condition {
    let mut terms: Vec<String> = Vec::new();
    let mut values = Vec::new();
    if let Some(window) = filter.window {
        terms.push("at_ms >= ? AND at_ms < ?".into());
        values.push(Value::Int(Some(instant::millis_from(window.start()))));
        values.push(Value::Int(Some(instant::millis_from(window.end()))));
    }
    if let Some((at, id)) = &filter.after {
        let millis = instant::millis(*at);
        terms.push("at_ms >= ? AND (at_ms > ? OR id > ?)".into());
        values.push(Value::Int(Some(millis)));
        values.push(Value::Int(Some(millis)));
        values.push(Value::text(id.as_str()));
    }
    if !filter.categories.is_empty() {
        terms.push(category_within(dialect));
        values.push(json_list(&filter.categories));
    }
    if !filter.origins.is_empty() {
        let words: BTreeSet<&str> = filter.origins.iter().map(|o| o.code()).collect();
        terms.push(is_one_of("origin", words.len()));
        values.extend(words.into_iter().map(Value::text));
    }
    let sql = match terms.is_empty() {
        true => String::new(),
        false => format!(" WHERE {}", terms.join(" AND ")),
    };
    Condition { sql, values }
}

/// Whether the category is in a list, the next value. Asked once a query, not once a row.
/// [`code_within`] says the same of two codes.
///
/// [`code_within`]: crate::incident::category::code_within
pub fn category_within(dialect: Dialect) -> String {
    format!(
        "category IN (SELECT c.code FROM incident_categories c
    JOIN {} ON c.code = w.value
        OR (c.code >= w.value || '/' AND c.code < w.value || '0'))",
        dialect.listed("w")
    )
}

/// A list of texts as one value.
pub fn json_list<T: AsRef<str>>(texts: &[T]) -> Value {
    let texts: Vec<&str> = texts.iter().map(AsRef::as_ref).collect();
    Value::text(serde_json::Value::from(texts).to_string())
}

/// `column IN (?, ?…)`; with no value, what is never true.
fn is_one_of(column: &str, count: usize) -> String {
    format!("{column} IN ({})", vec!["?"; count].join(","))
}
