//! An incident filter as SQL. Categories are resolved against the table of categories
//! first, so that a first-level code takes its children in by `code_within` alone.

use sqlx::SqliteConnection;

use crate::incident::category::code_within;
use crate::store::codes::Coded;
use crate::store::instant;
use crate::store::record::IncidentFilter;
use crate::store::row::Value;

/// A condition with its values.
#[derive(Debug, Clone, PartialEq)]
pub struct Condition {
    /// What follows `FROM incidents`: empty, or ` WHERE …`.
    pub sql: String,
    /// The values of its question marks, in order.
    pub values: Vec<Value>,
}

/// The condition of a filter; its limit is not in it.
///
/// # Errors
/// The database's own fault.
pub async fn condition(
    conn: &mut SqliteConnection,
    filter: &IncidentFilter,
) -> Result<Condition, sqlx::Error> {
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
        let known: Vec<String> =
            sqlx::query_scalar("SELECT code FROM incident_categories ORDER BY code")
                .fetch_all(conn)
                .await?;
        let within = |code: &String| filter.categories.iter().any(|w| code_within(code, w));
        let wanted: Vec<String> = known.into_iter().filter(within).collect();
        terms.push(is_one_of("category", wanted.len()));
        values.extend(wanted.into_iter().map(Value::text));
    }
    if !filter.origins.is_empty() {
        terms.push(is_one_of("origin", filter.origins.len()));
        values.extend(filter.origins.iter().map(|o| Value::Word(o.code())));
    }
    let sql = match terms.is_empty() {
        true => String::new(),
        false => format!(" WHERE {}", terms.join(" AND ")),
    };
    Ok(Condition { sql, values })
}

/// `column IN (?, ?…)`; with no value, what is never true.
fn is_one_of(column: &str, count: usize) -> String {
    format!("{column} IN ({})", vec!["?"; count].join(","))
}
