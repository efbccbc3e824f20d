//! An incident filter as SQL. Wanted categories come in as one value, a JSON list, so that
//! any number of them works; a first-level code takes its children in as the range of
//! codes from `criminal/` to just before `criminal0` (`0` follows `/`).

use std::collections::BTreeSet;

use crate::store::codes::Coded;
use crate::store::instant;
use crate::store::record::IncidentFilter;
use crate::store::row::Value;

/// Asked once a query, not once a row. [`code_within`] says the same of two codes.
///
/// [`code_within`]: crate::incident::category::code_within
pub const CATEGORY_WITHIN: &str = "category IN (SELECT c.code FROM incident_categories c
    JOIN json_each(?) w ON c.code = w.value
        OR (c.code >= w.value || '/' AND c.code < w.value || '0'))";

/// A condition with its values.
#[derive(Debug, Clone, PartialEq)]
pub struct Condition {
    /// What follows `FROM incidents`: empty, or ` WHERE …`.
    pub sql: String,
    /// The values of its question marks, in order.
    pub values: Vec<Value>,
}

/// The condition of a filter; its limit is not in it.
pub fn condition(filter: &IncidentFilter) -> Condition {
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
        let wanted = serde_json::Value::from(filter.categories.clone());
        terms.push(CATEGORY_WITHIN.into());
        values.push(Value::text(wanted.to_string()));
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

/// `column IN (?, ?…)`; with no value, what is never true.
fn is_one_of(column: &str, count: usize) -> String {
    format!("{column} IN ({})", vec!["?"; count].join(","))
}
